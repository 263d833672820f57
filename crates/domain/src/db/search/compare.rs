//! One value compared with a literal, as a condition that is never NULL: `NOT` of it is its opposite.

use serde_json::Value;
use wicketgate_scim::{
    date,
    filter::{CompareOp, Literal, comparable_literal},
    schema::{Attribute, Type},
};

use super::{
    source::{Expr, Shape},
    sql::{Dialect, Sql},
};
use crate::db::{statement::Bind, types::exact_number};

const NANOSECONDS: i128 = 1_000_000;

/// Whether the value is assigned.
pub(super) fn is_present(expr: &Expr) -> Sql {
    if expr.nullable {
        Sql::fill("({} IS NOT NULL)", [&expr.sql])
    } else {
        Sql::constant(true)
    }
}

/// The value, compared with what a filter says.
pub(super) fn compare(d: Dialect, expr: &Expr, leaf: &Attribute, op: CompareOp, literal: &Literal) -> Sql {
    if *literal == Literal::Null {
        return if op == CompareOp::Ne {
            is_present(expr)
        } else {
            Sql::fill("(NOT {})", [&is_present(expr)])
        };
    }
    let value = comparable_literal(leaf, literal).filter(|_| expr.shape != Shape::List);
    let Some(value) = value else {
        return Sql::constant(op == CompareOp::Ne);
    };
    // No value is empty text.
    if value == "" {
        match op {
            CompareOp::Eq => return Sql::constant(false),
            CompareOp::Ne => return Sql::constant(true),
            CompareOp::Co | CompareOp::Sw | CompareOp::Ew => return is_present(expr),
            CompareOp::Gt | CompareOp::Ge | CompareOp::Lt | CompareOp::Le => {}
        }
    }
    let condition = condition(d, expr, op, &value);
    match (expr.nullable, op) {
        (false, _) => condition,
        (true, CompareOp::Ne) => Sql::fill("coalesce({}, true)", [&condition]),
        (true, _) => Sql::fill("coalesce({}, false)", [&condition]),
    }
}

/// The value, compared with a value in comparable form. NULL where it is unassigned.
pub(super) fn condition(d: Dialect, expr: &Expr, op: CompareOp, value: &Value) -> Sql {
    match value {
        Value::String(text) => of_text(d, &expr.sql, op, text),
        Value::Bool(flag) => of_flag(d, expr, op, *flag),
        Value::Number(number) => {
            let literal = match (number.as_i64(), d) {
                (Some(whole), Dialect::Sqlite) => Sql::value(Bind::BigInt(whole)),
                (Some(whole), Dialect::Postgres) => decimal(whole.to_string()),
                (None, Dialect::Sqlite) => {
                    // Read as the stored numbers are read.
                    Sql::fill("json_extract({}, '$')", [&Sql::text(number.to_string())])
                }
                (None, Dialect::Postgres) => decimal(exact_number(number.as_f64().unwrap_or_default())),
            };
            Sql::fill(&format!("({{}} {} {{}})", operator(op)), [&expr.sql, &literal])
        }
        Value::Null | Value::Array(_) | Value::Object(_) => Sql::constant(op == CompareOp::Ne),
    }
}

fn decimal(digits: String) -> Sql {
    Sql::fill("to_jsonb(CAST({} AS numeric))", [&Sql::text(digits)])
}

fn of_flag(d: Dialect, expr: &Expr, op: CompareOp, flag: bool) -> Sql {
    let literal = match (d, expr.shape) {
        (Dialect::Postgres, Shape::Scalar) => format!("CAST('{flag}' AS jsonb)"),
        _ => flag.to_string(),
    };
    Sql::fill(&format!("({{}} {} {literal})", operator(op)), [&expr.sql])
}

fn of_text(d: Dialect, value: &Sql, op: CompareOp, text: &str) -> Sql {
    let literal = Sql::text(text);
    match (op, d) {
        (CompareOp::Co, Dialect::Sqlite) => Sql::fill("(instr({}, {}) > 0)", [value, &literal]),
        (CompareOp::Co, Dialect::Postgres) => Sql::fill("(strpos({}, {}) > 0)", [value, &literal]),
        (CompareOp::Sw, Dialect::Sqlite) => {
            Sql::fill("(substr({}, 1, length({})) = {})", [value, &literal, &literal])
        }
        (CompareOp::Sw, Dialect::Postgres) => Sql::fill("starts_with({}, {})", [value, &literal]),
        (CompareOp::Ew, Dialect::Sqlite) => {
            Sql::fill("(substr({}, -length({})) = {})", [value, &literal, &literal])
        }
        (CompareOp::Ew, Dialect::Postgres) => {
            Sql::fill("(right({}, length({})) = {})", [value, &literal, &literal])
        }
        (_, Dialect::Sqlite) => Sql::fill(&format!("({{}} {} {{}})", operator(op)), [value, &literal]),
        // The order of bytes, whatever the database's own is.
        (_, Dialect::Postgres) => Sql::fill(
            &format!("({{}} COLLATE \"C\" {} {{}})", operator(op)),
            [value, &literal],
        ),
    }
}

const fn operator(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Ne => "<>",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        // The others are written as functions.
        CompareOp::Eq | CompareOp::Co | CompareOp::Sw | CompareOp::Ew => "=",
    }
}

/// A column of milliseconds, compared with a date and time that may be finer.
pub(super) fn moment(column: &str, leaf: &Attribute, op: CompareOp, literal: &Literal) -> Sql {
    debug_assert_eq!(leaf.kind, Type::DateTime);
    let text = match literal {
        Literal::String(text) => text,
        // Every resource has both times; null and what is no time differ from them.
        Literal::Null | Literal::Bool(_) | Literal::Number(_) => return Sql::constant(op == CompareOp::Ne),
    };
    let Some(timestamp) = date::parse(text) else {
        return Sql::constant(op == CompareOp::Ne);
    };
    let nanoseconds = timestamp.as_nanosecond();
    let is_whole = nanoseconds.rem_euclid(NANOSECONDS) == 0;
    let before = i64::try_from(nanoseconds.div_euclid(NANOSECONDS)).unwrap_or_default();
    // Between two milliseconds, the earlier one is before it and the later one is after it.
    let op = match (op, is_whole) {
        (CompareOp::Eq | CompareOp::Co | CompareOp::Sw | CompareOp::Ew, false) => {
            return Sql::constant(false);
        }
        (CompareOp::Ne, false) => return Sql::constant(true),
        (CompareOp::Ge, false) => CompareOp::Gt,
        (CompareOp::Lt, false) => CompareOp::Le,
        (op, _) => op,
    };
    Sql::fill(
        &format!("({column} {} {{}})", operator(op)),
        [&Sql::value(Bind::BigInt(before))],
    )
}

//! Filters (RFC 7644 §3.4.2.2): what they mean as data, and how they are printed. It evaluates nothing against a
//! database; that is the domain's translation of a checked filter.

mod check;
pub(crate) mod comparable;
pub(crate) mod matches;
pub(crate) mod parse;
mod root;

use std::fmt;

pub use check::check;
pub(crate) use check::check_element;
pub use comparable::{comparable, comparable_date, comparable_key, comparable_literal};
pub use matches::{matches, matches_element};
pub use parse::parse;
pub use root::check_any;
use serde_json::{Number, Value};

use crate::path::AttrPath;

/// The longest filter or path, in characters.
pub const MAX_LENGTH: usize = 4_096;
/// How deep parentheses and value paths may nest.
pub const MAX_DEPTH: usize = 12;
/// How many comparisons a filter may consist of.
pub const MAX_TERMS: usize = 64;

/// A comparison operator of RFC 7644 table 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// Equal.
    Eq,
    /// Not equal. True of an unassigned attribute.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater than, or later than.
    Gt,
    /// Greater than or equal to.
    Ge,
    /// Less than, or earlier than.
    Lt,
    /// Less than or equal to.
    Le,
}

impl CompareOp {
    /// All operators, for messages and tests.
    pub const ALL: [Self; 9] = [
        Self::Eq,
        Self::Ne,
        Self::Co,
        Self::Sw,
        Self::Ew,
        Self::Gt,
        Self::Ge,
        Self::Lt,
        Self::Le,
    ];

    /// The operator as written in a filter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }

    /// Whether the operator asks for an order.
    pub const fn is_ordering(self) -> bool {
        matches!(self, Self::Gt | Self::Ge | Self::Lt | Self::Le)
    }

    /// Whether the operator looks inside text.
    pub const fn is_substring(self) -> bool {
        matches!(self, Self::Co | Self::Sw | Self::Ew)
    }
}

/// What an attribute is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `null`: `eq null` means unassigned, `ne null` present.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A JSON number.
    Number(Number),
    /// A JSON string.
    String(String),
}

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// All hold. At least two parts.
    And(Vec<Filter>),
    /// One holds. At least two parts.
    Or(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// An attribute is compared with a literal; of a multi-valued attribute one value suffices.
    Compare {
        /// The attribute.
        path: AttrPath,
        /// How it is compared.
        op: CompareOp,
        /// With what.
        value: Literal,
    },
    /// The attribute is assigned.
    Present(AttrPath),
    /// One element fulfils the whole inner filter.
    ValuePath {
        /// The complex attribute.
        path: AttrPath,
        /// What the element fulfils; its paths are sub-attributes.
        filter: Box<Filter>,
        /// A comparison of the selected elements' sub-attribute: `emails[type eq "work"].value eq "x"`, outside the
        /// RFC's grammar and sent by Microsoft Entra. `.value pr` is `ne null`.
        then: Option<(String, CompareOp, Literal)>,
    },
    /// An answer that does not depend on the resource. No text reads as it: only [`check_any`] makes it, of a question
    /// about an attribute that the resource type does not have.
    Constant(bool),
}

impl fmt::Display for CompareOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::String(value) => write!(f, "{}", Value::from(value.as_str())),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => joined(f, parts, " and ", |part| {
                matches!(part, Self::And(_) | Self::Or(_))
            }),
            Self::Or(parts) => joined(f, parts, " or ", |part| matches!(part, Self::Or(_))),
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::Compare { path, op, value } => write!(f, "{path} {op} {value}"),
            Self::Present(path) => write!(f, "{path} pr"),
            Self::ValuePath { path, filter, then } => {
                write!(f, "{path}[{filter}]")?;
                match then {
                    Some((sub, op, value)) => write!(f, ".{sub} {op} {value}"),
                    None => Ok(()),
                }
            }
            Self::Constant(answer) => write!(f, "{answer}"),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Filter],
    word: &str,
    needs_group: impl Fn(&Filter) -> bool,
) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(word)?;
        }
        if needs_group(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::{collection::vec, option, prelude::*, sample::select};

    use super::*;
    use crate::mode::Mode;

    fn any_name() -> impl Strategy<Value = String> {
        "\\$?[a-zA-Z][a-zA-Z0-9_-]{0,6}".prop_filter("`not` starts a negation", |name| {
            !name.eq_ignore_ascii_case("not")
        })
    }

    fn any_path() -> impl Strategy<Value = AttrPath> {
        (
            option::of("urn(:[a-z0-9.]{1,5}){1,3}"),
            any_name(),
            option::of(any_name()),
        )
            .prop_map(|(urn, name, sub)| AttrPath { urn, name, sub })
    }

    fn any_literal() -> impl Strategy<Value = Literal> {
        prop_oneof![
            Just(Literal::Null),
            any::<bool>().prop_map(Literal::Bool),
            any::<i64>().prop_map(|number| Literal::Number(number.into())),
            any::<i32>().prop_map(|number| {
                Literal::Number(Number::from_f64(f64::from(number) + 0.5).expect("it is finite"))
            }),
            "[^\\x00]{0,12}".prop_map(Literal::String),
        ]
    }

    fn any_term(path: BoxedStrategy<AttrPath>) -> BoxedStrategy<Filter> {
        prop_oneof![
            (path.clone(), select(&CompareOp::ALL[..]), any_literal())
                .prop_map(|(path, op, value)| Filter::Compare { path, op, value }),
            path.prop_map(Filter::Present),
        ]
        .boxed()
    }

    fn any_logic(leaf: BoxedStrategy<Filter>) -> BoxedStrategy<Filter> {
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                vec(inner.clone(), 2..4).prop_map(Filter::And),
                vec(inner.clone(), 2..4).prop_map(Filter::Or),
                inner.prop_map(|filter| Filter::Not(Box::new(filter))),
            ]
        })
        .boxed()
    }

    /// Filters as they stand inside brackets.
    pub(crate) fn any_value_filter() -> BoxedStrategy<Filter> {
        any_logic(any_term(any_name().prop_map(AttrPath::simple).boxed()))
    }

    fn any_filter() -> BoxedStrategy<Filter> {
        let value_path = (
            any_path(),
            any_value_filter(),
            option::of((any_name(), select(&CompareOp::ALL[..]), any_literal())),
        )
            .prop_map(|(path, filter, then)| Filter::ValuePath {
                path: AttrPath { sub: None, ..path },
                filter: Box::new(filter),
                then,
            });
        any_logic(prop_oneof![3 => any_term(any_path().boxed()), 1 => value_path].boxed())
    }

    fn terms(filter: &Filter) -> usize {
        match filter {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().map(terms).sum(),
            Filter::Not(inner) => terms(inner),
            Filter::Compare { .. } | Filter::Present(_) => 1,
            Filter::ValuePath { filter, then, .. } => terms(filter) + usize::from(then.is_some()),
            Filter::Constant(_) => 0,
        }
    }

    proptest! {
        #[test]
        fn a_printed_filter_reads_back(filter in any_filter()) {
            let text = filter.to_string();
            prop_assume!(terms(&filter) <= MAX_TERMS && text.chars().count() <= MAX_LENGTH);
            prop_assert_eq!(parse(&text, Mode::Strict).unwrap(), filter.clone(), "{}", text);
            prop_assert_eq!(parse(&text, Mode::Tolerant).unwrap(), filter);
        }

        #[test]
        fn no_text_makes_the_filter_parser_panic(text in "[a-c\\[\\]().\"\\\\ éeqnot0-9:-]{0,40}") {
            let _ = parse(&text, Mode::Tolerant);
        }
    }
}

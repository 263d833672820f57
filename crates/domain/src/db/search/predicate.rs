//! A checked filter as a condition on one row. It answers what `scim::filter::matches` answers of the resource as it is
//! shown, and is never NULL, so that `not` is right.

use serde_json::Value;
use wicketgate_scim::{
    Object,
    filter::{CompareOp, Filter, Literal, matches},
    path::AttrPath,
    schema::{ResourceType, Target},
};

use super::{
    Kind, Scope,
    compare::{compare, is_present, moment},
    source::{Elements, Source},
    sql::{Dialect, Sql},
};
use crate::user::keys::key;

impl Scope {
    /// Whether a row of `users` or `groups` fulfils the filter.
    pub(super) fn predicate(&self, d: Dialect, kind: Kind, filter: &Filter) -> Sql {
        let all = |parts: &[Filter]| -> Vec<Sql> {
            parts.iter().map(|part| self.predicate(d, kind, part)).collect()
        };
        match filter {
            Filter::And(parts) => Sql::joined(&all(parts), " AND "),
            Filter::Or(parts) => Sql::joined(&all(parts), " OR "),
            Filter::Not(inner) => Sql::fill("(NOT {})", [&self.predicate(d, kind, inner)]),
            Filter::Constant(answer) => Sql::constant(*answer),
            Filter::Present(path) => self.presence(d, kind, path),
            Filter::Compare { path, op, value } => {
                let compared = self.comparison(d, kind, path, *op, value);
                match (self.name_asked_for(kind, path, *op), value) {
                    (true, Literal::String(name)) => {
                        Sql::joined(&[compared, self.address_stands_in(d, name)], " OR ")
                    }
                    _ => compared,
                }
            }
            Filter::ValuePath { path, filter, then } => {
                let rt = self.resource_type(kind);
                let Some(target) = rt.find(path.urn.as_deref(), &path.name, None) else {
                    return Sql::constant(false);
                };
                match self.source(d, kind, &target) {
                    Source::Elements(elements) => {
                        let mut conditions = vec![self.element(d, &target, &elements, filter)];
                        if let Some((sub, op, value)) = then {
                            conditions.push(self.part_comparison(d, &target, &elements, sub, *op, value));
                        }
                        Sql::fill(
                            "EXISTS (SELECT 1 FROM {} WHERE {})",
                            [&self.rows(d, kind, &elements), &Sql::joined(&conditions, " AND ")],
                        )
                    }
                    // `meta` has one element, which is always there.
                    Source::Value(_) | Source::Moment(_) | Source::ResourceType => {
                        let mut parts = vec![qualified(path, filter)];
                        parts.extend(then.as_ref().map(|(sub, op, value)| Filter::Compare {
                            path: part_of(path, sub),
                            op: *op,
                            value: value.clone(),
                        }));
                        self.predicate(d, kind, &Filter::And(parts))
                    }
                }
            }
        }
    }

    pub(super) fn resource_type(&self, kind: Kind) -> &ResourceType {
        match kind {
            Kind::User => &self.types.user,
            Kind::Group => &self.types.group,
        }
    }

    fn presence(&self, d: Dialect, kind: Kind, path: &AttrPath) -> Sql {
        let rt = self.resource_type(kind);
        let Some(target) = rt.find(path.urn.as_deref(), &path.name, path.sub.as_deref()) else {
            return Sql::constant(false);
        };
        match self.source(d, kind, &target) {
            Source::Value(expr) => is_present(&expr),
            Source::Moment(_) | Source::ResourceType => Sql::constant(true),
            Source::Elements(elements) => self.any_present(d, kind, &target, &elements),
        }
    }

    fn any_present(&self, d: Dialect, kind: Kind, target: &Target<'_>, elements: &Elements<'_>) -> Sql {
        let rows = self.rows(d, kind, elements);
        match target.sub {
            None => Sql::fill("EXISTS (SELECT 1 FROM {})", [&rows]),
            Some(sub) => {
                let part = self.part(d, elements, Some(sub));
                Sql::fill("EXISTS (SELECT 1 FROM {} WHERE {})", [&rows, &is_present(&part)])
            }
        }
    }

    fn comparison(&self, d: Dialect, kind: Kind, path: &AttrPath, op: CompareOp, value: &Literal) -> Sql {
        let rt = self.resource_type(kind);
        let Some(target) = rt.find(path.urn.as_deref(), &path.name, path.sub.as_deref()) else {
            return Sql::constant(false);
        };
        match self.source(d, kind, &target) {
            Source::Value(expr) => compare(d, &expr, target.leaf(), op, value),
            Source::Moment(column) => moment(&format!("{}.{column}", kind.table()), target.leaf(), op, value),
            Source::ResourceType => Sql::constant(fits_type(rt, path, op, value)),
            Source::Elements(elements) if *value == Literal::Null => {
                let present = self.any_present(d, kind, &target, &elements);
                if op == CompareOp::Ne {
                    present
                } else {
                    Sql::fill("(NOT {})", [&present])
                }
            }
            Source::Elements(elements) => {
                let rows = self.rows(d, kind, &elements);
                let part = self.part(d, &elements, target.sub);
                let compared = compare(d, &part, target.leaf(), op, value);
                if op == CompareOp::Ne {
                    Sql::fill(
                        "(NOT EXISTS (SELECT 1 FROM {}) OR EXISTS (SELECT 1 FROM {} WHERE {}))",
                        [&rows, &rows, &compared],
                    )
                } else {
                    Sql::fill("EXISTS (SELECT 1 FROM {} WHERE {})", [&rows, &compared])
                }
            }
        }
    }

    /// Whether the element `e` fulfils the filter in brackets.
    fn element(&self, d: Dialect, target: &Target<'_>, elements: &Elements<'_>, filter: &Filter) -> Sql {
        let all = |parts: &[Filter]| -> Vec<Sql> {
            parts
                .iter()
                .map(|part| self.element(d, target, elements, part))
                .collect()
        };
        match filter {
            Filter::And(parts) => Sql::joined(&all(parts), " AND "),
            Filter::Or(parts) => Sql::joined(&all(parts), " OR "),
            Filter::Not(inner) => Sql::fill("(NOT {})", [&self.element(d, target, elements, inner)]),
            Filter::Constant(answer) => Sql::constant(*answer),
            Filter::Present(path) => match target.attribute.sub_attribute(&path.name) {
                Some(sub) => is_present(&self.part(d, elements, Some(sub))),
                None => Sql::constant(false),
            },
            Filter::Compare { path, op, value } => {
                self.part_comparison(d, target, elements, &path.name, *op, value)
            }
            Filter::ValuePath { .. } => Sql::constant(false),
        }
    }

    fn part_comparison(
        &self,
        d: Dialect,
        target: &Target<'_>,
        elements: &Elements<'_>,
        sub: &str,
        op: CompareOp,
        value: &Literal,
    ) -> Sql {
        match target.attribute.sub_attribute(sub) {
            Some(leaf) => compare(d, &self.part(d, elements, Some(leaf)), leaf, op, value),
            None => Sql::constant(false),
        }
    }

    /// Whether the filter asks for a name where an address may stand in for it.
    pub(super) fn name_asked_for(&self, kind: Kind, path: &AttrPath, op: CompareOp) -> bool {
        self.by_email
            && kind == Kind::User
            && op == CompareOp::Eq
            && path.urn.is_none()
            && path.name == "userName"
    }

    /// Whether the primary e-mail address is `name`, and nobody has it as a name.
    fn address_stands_in(&self, d: Dialect, name: &str) -> Sql {
        let primary = Filter::Compare {
            path: AttrPath::simple("primary"),
            op: CompareOp::Eq,
            value: Literal::Bool(true),
        };
        let address = Filter::ValuePath {
            path: AttrPath::simple("emails"),
            filter: Box::new(primary),
            then: Some((
                "value".to_owned(),
                CompareOp::Eq,
                Literal::String(name.to_owned()),
            )),
        };
        let nobody = Sql::fill(
            "NOT EXISTS (SELECT 1 FROM users AS named WHERE named.org_id = {} AND named.user_name_key = {} \
             AND named.live)",
            [&Sql::key(self.org), &Sql::text(key(name))],
        );
        Sql::joined(&[self.predicate(d, Kind::User, &address), nobody], " AND ")
    }
}

/// What a filter says of `meta.resourceType`.
fn fits_type(rt: &ResourceType, path: &AttrPath, op: CompareOp, value: &Literal) -> bool {
    let filter = Filter::Compare {
        path: path.clone(),
        op,
        value: value.clone(),
    };
    let meta = Object::from_iter([("resourceType".to_owned(), Value::from(rt.name.as_str()))]);
    matches(
        rt,
        &filter,
        &Object::from_iter([("meta".to_owned(), Value::Object(meta))]),
    )
}

fn part_of(path: &AttrPath, sub: &str) -> AttrPath {
    AttrPath {
        sub: Some(sub.to_owned()),
        ..path.clone()
    }
}

/// A filter in brackets after `path`, without the brackets.
fn qualified(path: &AttrPath, filter: &Filter) -> Filter {
    let all = |parts: &[Filter]| parts.iter().map(|part| qualified(path, part)).collect();
    match filter {
        Filter::And(parts) => Filter::And(all(parts)),
        Filter::Or(parts) => Filter::Or(all(parts)),
        Filter::Not(inner) => Filter::Not(Box::new(qualified(path, inner))),
        Filter::Present(part) => Filter::Present(part_of(path, &part.name)),
        Filter::Compare {
            path: part,
            op,
            value,
        } => Filter::Compare {
            path: part_of(path, &part.name),
            op: *op,
            value: value.clone(),
        },
        other @ (Filter::Constant(_) | Filter::ValuePath { .. }) => other.clone(),
    }
}

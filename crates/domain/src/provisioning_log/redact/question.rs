//! Filters: what was looked for, with the values of attributes that the log may have. The text that was sent is not
//! kept, only what was understood of it.

use wicketgate_scim::{
    filter::{Filter, Literal},
    path::AttrPath,
    schema::{Attribute, ResourceType},
};

use super::{HIDDEN, Hidden, LONGEST_TEXT, cut};

/// A filter on resources of these types as the log keeps it. A type may not have an attribute; none may keep it secret.
pub(crate) fn question(types: &[&ResourceType], filter: &Filter, hidden: &mut Hidden) -> String {
    let known = |path: &AttrPath| -> Option<bool> {
        let found: Vec<bool> = types
            .iter()
            .filter_map(|rt| {
                let target = rt.find(path.urn.as_deref(), &path.name, path.sub.as_deref())?;
                Some(!target.attribute.is_secret() && !target.leaf().is_secret())
            })
            .collect();
        Some(!found.is_empty() && found.iter().all(|is_open| *is_open))
    };
    let attribute_of = |path: &AttrPath| {
        types
            .iter()
            .find_map(|rt| rt.find(path.urn.as_deref(), &path.name, None))
            .map(|target| target.attribute)
            .filter(|attribute| !attribute.is_secret())
    };
    let shown = rebuilt(
        filter.clone(),
        &|path| known(path).unwrap_or(false),
        &attribute_of,
        hidden,
    );
    cut(&shown.to_string(), LONGEST_TEXT * 2)
}

/// The filter of a path that selects values of an attribute; of one that is not known, no value is kept.
pub(super) fn values_of(filter: Filter, attribute: Option<&Attribute>, hidden: &mut Hidden) -> Filter {
    let known = |path: &AttrPath| is_open_part(attribute, &path.name);
    rebuilt(filter, &known, &|_| None, hidden)
}

fn is_open_part(attribute: Option<&Attribute>, name: &str) -> bool {
    attribute
        .and_then(|attribute| attribute.sub_attribute(name))
        .is_some_and(|sub| !sub.is_secret())
}

fn rebuilt<'a>(
    filter: Filter,
    is_known: &dyn Fn(&AttrPath) -> bool,
    attribute_of: &dyn Fn(&AttrPath) -> Option<&'a Attribute>,
    hidden: &mut Hidden,
) -> Filter {
    match filter {
        Filter::And(parts) => Filter::And(
            parts
                .into_iter()
                .map(|part| rebuilt(part, is_known, attribute_of, hidden))
                .collect(),
        ),
        Filter::Or(parts) => Filter::Or(
            parts
                .into_iter()
                .map(|part| rebuilt(part, is_known, attribute_of, hidden))
                .collect(),
        ),
        Filter::Not(inner) => Filter::Not(Box::new(rebuilt(*inner, is_known, attribute_of, hidden))),
        Filter::Compare { path, op, value } => {
            let value = literal(value, is_known(&path), hidden);
            Filter::Compare { path, op, value }
        }
        Filter::ValuePath { path, filter, then } => {
            let attribute = attribute_of(&path);
            let filter = Box::new(values_of(*filter, attribute, hidden));
            let then = then.map(|(sub, op, value)| {
                let value = literal(value, is_open_part(attribute, &sub), hidden);
                (sub, op, value)
            });
            Filter::ValuePath { path, filter, then }
        }
        other @ (Filter::Present(_) | Filter::Constant(_)) => other,
    }
}

fn literal(value: Literal, is_known: bool, hidden: &mut Hidden) -> Literal {
    match value {
        Literal::Null | Literal::Bool(_) => value,
        Literal::String(text) if is_known => Literal::String(cut(&text, LONGEST_TEXT)),
        Literal::Number(_) if is_known => value,
        Literal::String(text) => {
            hidden.text(&text);
            Literal::String(HIDDEN.to_owned())
        }
        Literal::Number(number) => {
            hidden.text(&number.to_string());
            Literal::String(HIDDEN.to_owned())
        }
    }
}

//! Holds a filter against the schema: names exist, operators fit types, literals fit attributes. What passes is
//! canonical and can be translated without looking back.

use serde_json::Number;

use super::{CompareOp, Filter, Literal};
use crate::{
    date,
    error::Error,
    mode::Mode,
    path::AttrPath,
    schema::{Attribute, ResourceType, Target, Type},
};

/// Checks a filter for a resource type.
///
/// The result has canonical names; a URN remains only where it is an extension's. A multi-valued complex attribute
/// that is compared without a sub-attribute is compared by its `value`. Anything unknown or unfitting is
/// `invalidFilter` and named: a filter never silently matches nobody.
pub fn check(rt: &ResourceType, filter: Filter, mode: Mode) -> Result<Filter, Error> {
    walk(filter, &Names::Resource(rt, &[]), mode)
}

/// As [`check`] for a query that covers several resource types: what `rt` does not have but one of `others` has is
/// unassigned for `rt`, and the filter has a [`Filter::Constant`] in its place.
pub(super) fn check_among(
    rt: &ResourceType,
    others: &[&ResourceType],
    filter: Filter,
    mode: Mode,
) -> Result<Filter, Error> {
    walk(filter, &Names::Resource(rt, others), mode)
}

/// Checks the filter in the brackets after `attribute`: its paths are sub-attributes, or `value` for the values of a
/// simple attribute.
pub(crate) fn check_element(attribute: &Attribute, filter: Filter, mode: Mode) -> Result<Filter, Error> {
    walk(filter, &Names::Element(attribute, Vec::new()), mode)
}

/// What the names in a filter refer to, and what else may have them.
enum Names<'a> {
    Resource(&'a ResourceType, &'a [&'a ResourceType]),
    Element(&'a Attribute, Vec<&'a Attribute>),
}

struct Found<'a> {
    path: AttrPath,
    attribute: &'a Attribute,
    leaf: &'a Attribute,
}

fn walk(filter: Filter, names: &Names<'_>, mode: Mode) -> Result<Filter, Error> {
    let all = |parts: Vec<Filter>| -> Result<Vec<Filter>, Error> {
        parts.into_iter().map(|part| walk(part, names, mode)).collect()
    };
    Ok(match filter {
        Filter::And(parts) => Filter::And(all(parts)?),
        Filter::Or(parts) => Filter::Or(all(parts)?),
        Filter::Not(inner) => Filter::Not(Box::new(walk(*inner, names, mode)?)),
        Filter::Constant(answer) => Filter::Constant(answer),
        Filter::Present(path) => match names.find(&path)? {
            Some(found) => Filter::Present(found.path),
            None => Filter::Constant(false),
        },
        Filter::Compare { path, op, value } => {
            let Some(mut found) = names.find(&path)? else {
                return Ok(Filter::Constant(of_unassigned(op, &value)));
            };
            if found.leaf.is_complex() {
                let Some(value) = found
                    .leaf
                    .sub_attribute("value")
                    .filter(|_| found.leaf.multi_valued)
                else {
                    return Err(Error::filter(format!(
                        "The attribute \"{path}\" has parts: compare one of them, such as \"{path}.{}\".",
                        found
                            .leaf
                            .sub_attributes
                            .first()
                            .map_or("value", |sub| sub.name.as_str())
                    )));
                };
                refuse_secrets(&[value], &path)?;
                found.path.sub = Some(value.name.clone());
                found.leaf = value;
            }
            Filter::Compare {
                value: fit(found.leaf, op, value, mode, &path.to_string())?,
                path: found.path,
                op,
            }
        }
        Filter::ValuePath { path, filter, then } => {
            let Some(found) = names.find(&path)? else {
                return Ok(Filter::Constant(false));
            };
            if !found.leaf.is_complex() {
                return Err(Error::filter(format!(
                    "The attribute \"{path}\" has no parts to select by: compare it directly, without brackets."
                )));
            }
            let element = Names::Element(found.attribute, names.namesakes(&path));
            let mut filter = walk(*filter, &element, mode)?;
            let mut then_checked = None;
            if let Some((sub, op, value)) = then {
                match element.find(&AttrPath::simple(sub))? {
                    Some(part) => {
                        let label = format!("{path}.{}", part.path.name);
                        let value = fit(part.leaf, op, value, mode, &label)?;
                        then_checked = Some((part.path.name, op, value));
                    }
                    None if of_unassigned(op, &value) => {}
                    None => filter = Filter::Constant(false),
                }
            }
            Filter::ValuePath {
                path: found.path,
                filter: Box::new(filter),
                then: then_checked,
            }
        }
    })
}

/// An answer to a question about a secret is an oracle for it (RFC 7643 §9).
fn refuse_secrets(named: &[&Attribute], path: &AttrPath) -> Result<(), Error> {
    if named.iter().any(|attribute| attribute.is_secret()) {
        return Err(Error::filter(format!(
            "The attribute \"{path}\" cannot be used in a filter."
        )));
    }
    Ok(())
}

/// What a comparison answers of an attribute without a value.
fn of_unassigned(op: CompareOp, value: &Literal) -> bool {
    match value {
        Literal::Null => op == CompareOp::Eq,
        _ => op == CompareOp::Ne,
    }
}

impl<'a> Names<'a> {
    /// What the path names. `None`: nothing here, but something elsewhere.
    fn find(&self, path: &AttrPath) -> Result<Option<Found<'a>>, Error> {
        match self {
            Names::Resource(rt, others) => {
                let find =
                    |rt: &'a ResourceType| rt.find(path.urn.as_deref(), &path.name, path.sub.as_deref());
                let Some(target) = find(rt) else {
                    if others.iter().any(|other| find(other).is_some()) {
                        return Ok(None);
                    }
                    let mut types = rt.name.clone();
                    for other in others.iter().filter(|other| other.name != rt.name) {
                        types = format!("{types} or {}", other.name);
                    }
                    return Err(Error::filter(format!(
                        "The attribute \"{path}\" does not exist for {types}; check its spelling and its schema URN."
                    )));
                };
                refuse_secrets(&[target.attribute, target.leaf()], path)?;
                Ok(Some(Found {
                    path: canonical(&target),
                    attribute: target.attribute,
                    leaf: target.leaf(),
                }))
            }
            Names::Element(attribute, namesakes) => {
                if let Some(found) = part(attribute, path) {
                    refuse_secrets(&[attribute, found.leaf], path)?;
                    return Ok(Some(found));
                }
                if namesakes.iter().any(|namesake| part(namesake, path).is_some()) {
                    return Ok(None);
                }
                Err(Error::filter(format!(
                    "The attribute \"{}\" has no sub-attribute \"{path}\"; the brackets name {}.",
                    attribute.name,
                    part_names(attribute)
                )))
            }
        }
    }

    /// The attributes of other resource types that the path names.
    fn namesakes(&self, path: &AttrPath) -> Vec<&'a Attribute> {
        match self {
            Names::Resource(_, others) => others
                .iter()
                .filter_map(|other| other.find(path.urn.as_deref(), &path.name, None))
                .map(|target| target.attribute)
                .collect(),
            Names::Element(..) => Vec::new(),
        }
    }
}

/// What a name in brackets stands for.
fn part<'a>(attribute: &'a Attribute, path: &AttrPath) -> Option<Found<'a>> {
    let is_complex = attribute.is_complex();
    let leaf = match (&path.urn, &path.sub) {
        (None, None) if is_complex => attribute.sub_attribute(&path.name)?,
        (None, None) if path.name.eq_ignore_ascii_case("value") => attribute,
        _ => return None,
    };
    Some(Found {
        path: AttrPath::simple(if is_complex { &leaf.name } else { "value" }),
        attribute: leaf,
        leaf,
    })
}

fn canonical(target: &Target<'_>) -> AttrPath {
    AttrPath {
        urn: target.extension.map(str::to_owned),
        name: target.attribute.name.clone(),
        sub: target.sub.map(|sub| sub.name.clone()),
    }
}

fn part_names(attribute: &Attribute) -> String {
    if !attribute.is_complex() {
        return "value".to_owned();
    }
    let names: Vec<&str> = attribute
        .sub_attributes
        .iter()
        .map(|sub| sub.name.as_str())
        .collect();
    names.join(", ")
}

/// Checks operator and literal against the attribute's type.
fn fit(leaf: &Attribute, op: CompareOp, value: Literal, mode: Mode, path: &str) -> Result<Literal, Error> {
    if value == Literal::Null {
        return match op {
            CompareOp::Eq | CompareOp::Ne => Ok(value),
            _ => Err(Error::filter(format!(
                "\"{path} {op} null\" has no meaning: null goes with eq or ne."
            ))),
        };
    }
    let refused = match leaf.kind {
        Type::Boolean => op.is_ordering() || op.is_substring(),
        Type::Binary => op.is_ordering(),
        Type::Integer | Type::Decimal | Type::DateTime => op.is_substring(),
        Type::String | Type::Reference | Type::Complex => false,
    };
    if refused {
        return Err(Error::filter(format!(
            "The operator \"{op}\" cannot be used on \"{path}\", which is of type {}.",
            leaf.kind.as_str()
        )));
    }
    let fitting = match (leaf.kind, value) {
        (Type::Boolean, value @ Literal::Bool(_))
        | (Type::Integer | Type::Decimal, value @ Literal::Number(_))
        | (Type::String | Type::Reference | Type::Binary, value @ Literal::String(_)) => Some(value),
        (Type::DateTime, Literal::String(text)) if date::parse(&text).is_some() => {
            Some(Literal::String(text))
        }
        (_, value) if mode.is_tolerant() => understood(leaf.kind, &value),
        _ => None,
    };
    fitting.ok_or_else(|| {
        let wanted = match leaf.kind {
            Type::Boolean => "true or false, without quotes",
            Type::Integer | Type::Decimal => "a number, without quotes",
            Type::DateTime => "a date and time such as \"2026-05-13T04:42:34Z\"",
            Type::String | Type::Reference | Type::Binary | Type::Complex => "text in double quotes",
        };
        Error::filter(format!("The attribute \"{path}\" is compared with {wanted}."))
    })
}

/// The literal that a client meant which writes `"True"` for `true`, or leaves out the quotes around digits.
fn understood(kind: Type, value: &Literal) -> Option<Literal> {
    match (kind, value) {
        (Type::Boolean, Literal::String(text)) if text.eq_ignore_ascii_case("true") => {
            Some(Literal::Bool(true))
        }
        (Type::Boolean, Literal::String(text)) if text.eq_ignore_ascii_case("false") => {
            Some(Literal::Bool(false))
        }
        (Type::Integer | Type::Decimal, Literal::String(text)) => {
            text.parse::<Number>().ok().map(Literal::Number)
        }
        (Type::String | Type::Reference | Type::Binary, Literal::Number(_) | Literal::Bool(_)) => {
            Some(Literal::String(value.to_string()))
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;

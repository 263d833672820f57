//! The form in which a database compares a resource: plain order of bytes and numbers answers what
//! [`matches`](super::matches()) answers. It knows attributes, and nothing of how a database keeps the form.

use jiff::Timestamp;
use serde_json::Value;

use super::{Literal, matches::is_present};
use crate::{
    Object, date,
    fold::fold,
    schema::{Attribute, MEMBERS, Mutability, ResourceType, Target, Type, common},
};

/// The start of the year -9999 in UTC: no [`Timestamp`] is earlier. Part of the stored form, so it never changes.
const EPOCH_SECONDS: i128 = -377_705_116_800;
const NANOSECONDS: i128 = 1_000_000_000;

/// The comparable form of a stored resource: a flat object of arrays.
///
/// * A key is a top-level attribute's canonical name, or `URN:name` in a declared extension: see [`comparable_key`].
/// * A value is an array that is never empty. A singular attribute has one element. An element of a complex attribute
///   is an object of its assigned sub-attributes, of a simple attribute a scalar. Of several elements the primary one
///   is first, because sorting looks at the first (RFC 7644 §3.4.2.3).
/// * Text is folded unless the attribute is caseExact, a dateTime is [`comparable_date`], numbers and booleans are as
///   they are. A value that is empty or not of its attribute's type is left out, so a key exists exactly if the
///   attribute is present.
///
/// `id`, `meta`, `schemas` and what is computed are not in a stored resource, nor are attributes that nobody declared
/// in any answer to a filter: none of them is in the form, and neither are `members`, which are rows.
pub fn comparable(rt: &ResourceType, resource: &Object) -> Object {
    let mut flat = Object::with_capacity(resource.len());
    let core = rt.schema.attributes.iter().chain(common("externalId"));
    for attribute in core {
        put(&mut flat, None, attribute, resource.get(&attribute.name));
    }
    for extension in &rt.extensions {
        let Some(Value::Object(container)) = resource.get(&extension.schema.id) else {
            continue;
        };
        for attribute in &extension.schema.attributes {
            let urn = Some(extension.schema.id.as_str());
            put(&mut flat, urn, attribute, container.get(&attribute.name));
        }
    }
    flat
}

/// The key under which [`comparable`] has the attribute that a path leads to.
pub fn comparable_key(target: &Target<'_>) -> String {
    key(target.extension, target.attribute)
}

/// The literal in the form in which [`comparable`] has the values of `leaf`. `None`: null, or a literal that no value
/// of this attribute can be compared with.
pub fn comparable_literal(leaf: &Attribute, literal: &Literal) -> Option<Value> {
    match (leaf.kind, literal) {
        (Type::Boolean, Literal::Bool(value)) => Some(Value::Bool(*value)),
        (Type::Integer | Type::Decimal, Literal::Number(value)) => Some(Value::Number(value.clone())),
        (Type::DateTime | Type::String | Type::Reference | Type::Binary, Literal::String(value)) => {
            text(leaf, value)
        }
        _ => None,
    }
}

/// A point in time as text of 21 digits whose order is the order in time: nanoseconds since the year -9999.
pub fn comparable_date(timestamp: Timestamp) -> String {
    let since = timestamp.as_nanosecond() - EPOCH_SECONDS * NANOSECONDS;
    format!("{since:021}")
}

/// The comparable form of one value that is not complex.
pub(crate) fn scalar(leaf: &Attribute, value: &Value) -> Option<Value> {
    match (leaf.kind, value) {
        (Type::Boolean, Value::Bool(_)) | (Type::Integer | Type::Decimal, Value::Number(_)) => {
            Some(value.clone())
        }
        (Type::DateTime | Type::String | Type::Reference | Type::Binary, Value::String(value))
            if !value.is_empty() =>
        {
            text(leaf, value)
        }
        _ => None,
    }
}

/// The assigned elements of an attribute's value, the primary one first.
pub(crate) fn in_order(value: &Value) -> Vec<&Value> {
    let mut elements: Vec<&Value> = match value {
        Value::Array(elements) => elements.iter().filter(|element| is_present(element)).collect(),
        single if is_present(single) => vec![single],
        _ => Vec::new(),
    };
    let is_primary = |element: &&Value| element.get("primary") == Some(&Value::Bool(true));
    if let Some(rotated) = elements
        .iter()
        .position(is_primary)
        .and_then(|primary| elements.get_mut(..=primary))
    {
        rotated.rotate_right(1);
    }
    elements
}

fn put(flat: &mut Object, extension: Option<&str>, attribute: &Attribute, value: Option<&Value>) {
    if attribute.mutability == Mutability::ReadOnly || (extension.is_none() && attribute.name == MEMBERS) {
        return;
    }
    let Some(value) = value else { return };
    let elements: Vec<Value> = in_order(value)
        .into_iter()
        .filter_map(|value| element(attribute, value))
        .collect();
    if !elements.is_empty() {
        flat.insert(key(extension, attribute), Value::Array(elements));
    }
}

fn key(extension: Option<&str>, attribute: &Attribute) -> String {
    match extension {
        Some(urn) => format!("{urn}:{}", attribute.name),
        None => attribute.name.clone(),
    }
}

fn element(attribute: &Attribute, value: &Value) -> Option<Value> {
    if !attribute.is_complex() {
        return scalar(attribute, value);
    }
    let parts: Object = attribute
        .sub_attributes
        .iter()
        .filter_map(|sub| Some((sub.name.clone(), part(sub, value.get(&sub.name)?)?)))
        .collect();
    (!parts.is_empty()).then_some(Value::Object(parts))
}

/// A sub-attribute; one with several values stays an array, which no literal equals.
fn part(sub: &Attribute, value: &Value) -> Option<Value> {
    let Value::Array(values) = value else {
        return scalar(sub, value);
    };
    let values: Vec<Value> = values.iter().filter_map(|value| scalar(sub, value)).collect();
    (!values.is_empty()).then_some(Value::Array(values))
}

fn text(leaf: &Attribute, text: &str) -> Option<Value> {
    Some(Value::String(if leaf.kind == Type::DateTime {
        comparable_date(date::parse(text)?)
    } else if leaf.case_exact {
        text.to_owned()
    } else {
        fold(text)
    }))
}

#[cfg(test)]
#[path = "comparable_random.rs"]
mod random;
#[cfg(test)]
#[path = "comparable_tests.rs"]
mod tests;

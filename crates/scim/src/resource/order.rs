//! The order of an answer's members. Databases keep an object's members in orders of their own; an answer must not
//! depend on which database it came from. It adds and drops nothing.

use serde_json::Value;

use crate::{Object, schema::Attribute};

/// Brings the sub-attributes of a value into the order of the schema.
pub(super) fn order_value(attribute: &Attribute, value: &mut Value) {
    if !attribute.is_complex() {
        return;
    }
    match value {
        Value::Object(members) => order_members(&attribute.sub_attributes, members),
        Value::Array(values) => {
            for value in values {
                if let Value::Object(members) = value {
                    order_members(&attribute.sub_attributes, members);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Brings an object's members, and theirs, into the order of the schema; behind them what the schema does not have, by
/// name.
pub(super) fn order_members(attributes: &[Attribute], members: &mut Object) {
    let rank = |name: &str| {
        attributes
            .iter()
            .position(|attribute| attribute.name == name)
            .unwrap_or(attributes.len())
    };
    if !is_ordered(members, rank) {
        let mut sorted: Vec<(String, Value)> = std::mem::take(members).into_iter().collect();
        sorted.sort_by(|(a, _), (b, _)| (rank(a), a).cmp(&(rank(b), b)));
        *members = sorted.into_iter().collect();
    }
    for (name, value) in members {
        match attributes.iter().find(|attribute| attribute.name == *name) {
            Some(attribute) => order_value(attribute, value),
            None => order_unknown(value),
        }
    }
}

/// Brings the members of all objects in a value that has no schema into the order of their names.
pub(super) fn order_unknown(value: &mut Value) {
    match value {
        Value::Object(members) => order_members(&[], members),
        Value::Array(values) => values.iter_mut().for_each(order_unknown),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_ordered(members: &Object, rank: impl Fn(&str) -> usize) -> bool {
    members
        .keys()
        .zip(members.keys().skip(1))
        .all(|(a, b)| (rank(a), a) <= (rank(b), b))
}

//! Breaking a circle of references (RFC 7644 §3.7.1): what refers to a resource that comes later is taken out of a POST
//! and added by a PATCH afterwards. Which references those are is the plan's decision.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::reference;
use crate::{
    Object,
    schema::{Attribute, Mutability, ResourceType, is_urn},
};

/// The bulkIds that required attributes refer to: without those the resource cannot be created.
pub(super) fn required(rt: Option<&ResourceType>, data: &Object) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let Some(rt) = rt else { return found };
    for (key, value) in data {
        if let Some(extension) = rt.extension(key) {
            let Value::Object(container) = value else { continue };
            let mut all = BTreeSet::new();
            let mut stays = false;
            for (name, value) in container {
                let references = reference::in_value(value);
                if extension
                    .schema
                    .attribute(name)
                    .is_some_and(|attribute| attribute.required)
                {
                    found.extend(references.iter().cloned());
                }
                stays |= references.is_empty();
                all.extend(references);
            }
            if extension.required && !stays {
                found.append(&mut all);
            }
        } else if core(rt, key).is_some_and(|attribute| attribute.required) {
            found.append(&mut reference::in_value(value));
        }
    }
    found
}

/// Takes everything that refers to one of `later` out of a POST's data, and returns the PATCH operations that add it.
///
/// Of an array the elements are taken, of an extension the attributes, of everything else the whole value. What the
/// service provider ignores, because it is readOnly, is not added.
pub(super) fn take(rt: Option<&ResourceType>, data: &mut Object, later: &BTreeSet<String>) -> Vec<Value> {
    let mut operations = Vec::new();
    let keys: Vec<String> = data.keys().cloned().collect();
    for key in keys {
        let Some(taken) = take_member(data, &key, later, is_urn(&key)) else {
            continue;
        };
        let is_ignored = rt
            .and_then(|rt| core(rt, &key))
            .is_some_and(|attribute| attribute.mutability == Mutability::ReadOnly);
        if !is_ignored {
            operations.push(json!({"op": "add", "path": key, "value": taken}));
        }
    }
    operations
}

fn core<'a>(rt: &'a ResourceType, key: &str) -> Option<&'a Attribute> {
    rt.schema.attribute(rt.schema.unqualified(key).unwrap_or(key))
}

/// Takes what refers to `later` from one member, and the member itself when nothing is left of it.
fn take_member(
    parent: &mut Object,
    key: &str,
    later: &BTreeSet<String>,
    is_container: bool,
) -> Option<Value> {
    let value = parent.get_mut(key)?;
    let refers = |value: &Value| !reference::in_value(value).is_disjoint(later);
    let (taken, is_left) = match value {
        Value::Array(elements) => {
            let mut taken = Vec::new();
            let mut left = Vec::with_capacity(elements.len());
            for element in std::mem::take(elements) {
                if refers(&element) {
                    taken.push(element);
                } else {
                    left.push(element);
                }
            }
            *elements = left;
            (Value::Array(taken), !elements.is_empty())
        }
        Value::Object(container) if is_container => {
            let names: Vec<String> = container.keys().cloned().collect();
            let mut taken = Object::new();
            for name in names {
                if let Some(part) = take_member(container, &name, later, false) {
                    taken.insert(name, part);
                }
            }
            (Value::Object(taken), !container.is_empty())
        }
        other if refers(other) => (other.take(), false),
        _ => return None,
    };
    let is_empty =
        taken.as_array().is_some_and(Vec::is_empty) || taken.as_object().is_some_and(Object::is_empty);
    if is_empty {
        return None;
    }
    if !is_left {
        parent.shift_remove(key);
    }
    Some(taken)
}

//! Stored resources and a schema that was defined after them: what was kept as nobody's becomes the schema's. It never
//! refuses anything.

use serde_json::Value;

use crate::{
    Mode, Object,
    resource::{coerce::coerce_at, place::Place, validate::check},
    schema::{Attribute, Mutability, ResourceType, is_same_name},
};

/// Spells the names of declared extensions and of their attributes as their schemas do. Values stay as they are, also
/// those that do not fit their attribute. Says whether anything was spelled differently.
pub fn adopt(rt: &ResourceType, resource: &mut Object) -> bool {
    let mut changed = false;
    for extension in &rt.extensions {
        let schema = &extension.schema;
        changed |= respell(resource, &schema.id);
        let Some(Value::Object(container)) = resource.get_mut(&schema.id) else {
            continue;
        };
        for attribute in &schema.attributes {
            changed |= respell(container, &attribute.name);
            if let Some(value) = container.get_mut(&attribute.name) {
                changed |= respell_parts(attribute, value);
            }
        }
    }
    changed
}

fn respell_parts(attribute: &Attribute, value: &mut Value) -> bool {
    let mut changed = false;
    match value {
        Value::Array(values) => {
            for value in values {
                changed |= respell_parts(attribute, value);
            }
        }
        Value::Object(parts) => {
            for sub in &attribute.sub_attributes {
                changed |= respell(parts, &sub.name);
            }
        }
        _ => {}
    }
    changed
}

/// Gives a member its name, unless another member has that name already.
fn respell(members: &mut Object, name: &str) -> bool {
    if members.contains_key(name) {
        return false;
    }
    let Some(found) = members.keys().find(|key| is_same_name(key, name)).cloned() else {
        return false;
    };
    if let Some(value) = members.shift_remove(&found) {
        members.insert(name.to_owned(), value);
    }
    true
}

/// Brings the values of declared extensions to their attributes' types, before a resource is changed: a value that is
/// understood is converted, one that is not is dropped.
///
/// Only what was stored before its schema was defined can need it. Otherwise an administrator could not even
/// deactivate a user whose badge number was once sent as something else.
pub fn fit(rt: &ResourceType, resource: &mut Object) {
    for extension in &rt.extensions {
        let urn = extension.schema.id.as_str();
        let Some(stored) = resource.get_mut(urn) else {
            continue;
        };
        if let Value::Object(container) = stored {
            for attribute in &extension.schema.attributes {
                fit_attribute(urn, attribute, container);
            }
            if !container.is_empty() {
                continue;
            }
        }
        resource.shift_remove(urn);
    }
}

fn fit_attribute(urn: &str, attribute: &Attribute, container: &mut Object) {
    let place = Place::Extension(urn, &attribute.name);
    let Some(value) = container.get_mut(&attribute.name) else {
        return;
    };
    // A secret that is not kept of a client is not kept of one that sent it earlier either.
    let is_kept = attribute.mutability != Mutability::WriteOnly;
    if is_kept && check(place, attribute, value).is_ok() {
        return;
    }
    let understood = is_kept
        .then(|| coerce_at(place, attribute, Mode::Tolerant, value.take(), &mut Vec::new()).ok())
        .flatten();
    match understood.flatten() {
        Some(fitting) => *value = fitting,
        None => {
            container.shift_remove(&attribute.name);
        }
    }
}

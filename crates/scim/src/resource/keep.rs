//! What a PUT leaves as it is because the client cannot repeat it, or must not change it. It compares stored forms only.

use serde_json::Value;

use crate::{
    Error, Object,
    schema::{Attribute, Mutability, ResourceType, Returned},
};

/// Keeps in `after`, which a PUT sent, what is stored in `before` and not the PUT's to take away: readOnly and immutable
/// attributes and those that are never returned, also as parts of a singular complex attribute.
///
/// An immutable attribute that has a value and is sent with another is refused (RFC 7644 §3.5.1).
pub fn keep_unreadable(rt: &ResourceType, before: &Object, after: &mut Object) -> Result<(), Error> {
    keep_each(&rt.schema.attributes, "", before, after)?;
    for extension in &rt.extensions {
        let urn = &extension.schema.id;
        let Some(Value::Object(stored)) = before.get(urn) else {
            continue;
        };
        let mut container = match after.get_mut(urn).map(Value::take) {
            Some(Value::Object(container)) => container,
            _ => Object::new(),
        };
        keep_each(
            &extension.schema.attributes,
            &format!("{urn}:"),
            stored,
            &mut container,
        )?;
        if container.is_empty() {
            after.shift_remove(urn);
        } else {
            after.insert(urn.clone(), Value::Object(container));
        }
    }
    Ok(())
}

fn keep_each(
    attributes: &[Attribute],
    prefix: &str,
    before: &Object,
    after: &mut Object,
) -> Result<(), Error> {
    for attribute in attributes {
        let name = &attribute.name;
        let Some(stored) = before.get(name) else {
            continue;
        };
        let is_fixed = attribute.mutability == Mutability::Immutable;
        match after.get_mut(name) {
            Some(sent) if is_fixed && sent != stored => {
                return Err(Error::mutability(format!(
                    "{prefix}{name} is immutable: send the value it has, or leave it out"
                )));
            }
            Some(Value::Object(sent)) if !is_fixed => {
                if let Value::Object(stored) = stored {
                    keep_each(
                        &attribute.sub_attributes,
                        &format!("{prefix}{name}."),
                        stored,
                        sent,
                    )?;
                }
            }
            None if is_fixed
                || attribute.mutability == Mutability::ReadOnly
                || attribute.returned == Returned::Never =>
            {
                after.insert(name.clone(), stored.clone());
            }
            Some(_) | None => {}
        }
    }
    Ok(())
}

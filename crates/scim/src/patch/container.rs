//! Operations on an extension as a whole, and on extensions that nobody declared, which have no types to hold values
//! against.

use serde_json::Value;

use super::{Editor, Op, values::set};
use crate::{
    Error, Object,
    compat::RuleName,
    path::PatchPath,
    resource::{MAX_UNDECLARED_EXTENSIONS, MAX_UNDECLARED_MEMBERS, MAX_VALUES, Rewrite},
    schema::{Extension, Mutability, is_same_name, is_urn},
};

impl Editor<'_> {
    /// The path is the extension's URN alone: the value is an object of its attributes.
    pub(super) fn extension(
        &mut self,
        op: Op,
        extension: &Extension,
        value: Option<&Value>,
    ) -> Result<(), Error> {
        let urn = &extension.schema.id;
        match (op, value) {
            (Op::Remove, _) | (Op::Replace, Some(Value::Null)) => self.drop_extension(extension),
            (Op::Add | Op::Replace, Some(Value::Object(attributes))) => {
                self.attributes(op, attributes, Some(urn))
            }
            (Op::Add, None | Some(Value::Null)) | (Op::Replace, None) => Ok(()),
            (Op::Add | Op::Replace, Some(Value::String(text)))
                if text.is_empty() && self.mode.is_tolerant() =>
            {
                Rewrite::report(&mut self.rewrites, RuleName::EmptyString, urn.as_str());
                if op == Op::Replace {
                    self.drop_extension(extension)
                } else {
                    Ok(())
                }
            }
            (Op::Add | Op::Replace, Some(_)) => Err(Error::value(format!(
                "\"{urn}\" is an extension: its value must be an object of attributes."
            ))),
        }
    }

    /// Removes an extension's container, and with it the URN from `schemas`.
    pub(super) fn drop_extension(&mut self, extension: &Extension) -> Result<(), Error> {
        let urn = &extension.schema.id;
        if extension.required {
            return Err(Error::mutability(format!(
                "\"{urn}\" is required and cannot be removed."
            )));
        }
        if let Some(Value::Object(container)) = self.resource.get(urn)
            && let Some(kept) = extension.schema.attributes.iter().find(|attribute| {
                attribute.mutability == Mutability::Immutable && container.contains_key(&attribute.name)
            })
        {
            return Err(Error::mutability(format!(
                "\"{urn}:{}\" is immutable: it keeps the value it was given.",
                kept.name
            )));
        }
        self.resource.shift_remove(urn);
        Ok(())
    }

    /// An extension that nobody declared: kept and echoed as it comes.
    ///
    /// `urn` is the path up to the last colon. Whether the path is an attribute of that extension or an extension
    /// itself is told by what is stored, else by the value: an object is an extension.
    pub(super) fn undeclared(
        &mut self,
        op: Op,
        urn: &str,
        path: &PatchPath,
        value: Option<&Value>,
    ) -> Result<(), Error> {
        let whole = path.to_string();
        let stored = |wanted: &str| {
            self.resource
                .keys()
                .find(|key| is_same_name(key, wanted))
                .cloned()
        };
        let (container, attribute) = match (stored(&whole), stored(urn), &path.name) {
            (Some(container), _, _) => (container, None),
            (None, Some(container), Some(name)) => (container, Some(name)),
            (None, None, Some(name)) if !value.is_some_and(Value::is_object) => (urn.to_owned(), Some(name)),
            (None, _, _) => (whole, None),
        };
        let mut object = taken(&mut self.resource, &container);
        match attribute {
            Some(name) => write(op, &mut object, name, path.sub.as_deref(), value)?,
            None => match (op, value) {
                (Op::Add | Op::Replace, Some(Value::Object(parts))) => {
                    for (name, part) in parts {
                        write(op, &mut object, name, None, Some(part))?;
                    }
                }
                (Op::Remove, _) | (Op::Replace, Some(Value::Null)) => object.clear(),
                (Op::Add | Op::Replace, _) => {}
            },
        }
        if op != Op::Remove {
            let shown: String = container.chars().take(100).collect();
            Rewrite::report(&mut self.rewrites, RuleName::UndeclaredExtension, shown);
        }
        let object = (!object.is_empty()).then_some(Value::Object(object));
        set(&mut self.resource, &container, object);
        self.check_undeclared_count()
    }

    /// At once and not only at the end: finding a container costs the number of containers.
    fn check_undeclared_count(&self) -> Result<(), Error> {
        let is_undeclared = |urn: &&String| is_urn(urn) && self.rt.extension(urn).is_none();
        if self.resource.keys().filter(is_undeclared).count() > MAX_UNDECLARED_EXTENSIONS {
            return Err(Error::value(format!(
                "There would be more than {MAX_UNDECLARED_EXTENSIONS} extensions that the organization does not declare."
            )));
        }
        Ok(())
    }
}

fn write(
    op: Op,
    object: &mut Object,
    name: &str,
    sub: Option<&str>,
    value: Option<&Value>,
) -> Result<(), Error> {
    if is_same_name(name, "password") {
        return Ok(());
    }
    let key = object
        .keys()
        .find(|key| is_same_name(key, name))
        .cloned()
        .unwrap_or_else(|| name.to_owned());
    if let Some(sub) = sub {
        let mut inner = taken(object, &key);
        write(op, &mut inner, sub, None, value)?;
        set(object, &key, (!inner.is_empty()).then_some(Value::Object(inner)));
        return Ok(());
    }
    let value = value.filter(|_| op != Op::Remove).and_then(assigned);
    let value = match (op, object.get_mut(&key), value) {
        (Op::Add, Some(Value::Array(there)), Some(new)) => {
            let mut united = std::mem::take(there);
            for item in super::values::list(Some(new)) {
                // One too many is refused at the end; more would only cost time.
                if united.len() <= MAX_VALUES && !united.contains(&item) {
                    united.push(item);
                }
            }
            Some(Value::Array(united))
        }
        (_, _, value) => value,
    };
    set(object, &key, value);
    if object.len() > MAX_UNDECLARED_MEMBERS {
        return Err(Error::value(format!(
            "An extension that the organization does not declare would have more than {MAX_UNDECLARED_MEMBERS} \
             attributes."
        )));
    }
    Ok(())
}

/// Takes an object out of its place, where it is put back.
fn taken(parent: &mut Object, key: &str) -> Object {
    match parent.get_mut(key).map(Value::take) {
        Some(Value::Object(object)) => object,
        _ => Object::new(),
    }
}

/// The value without anything empty in it, and without anything called a password.
fn assigned(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Bool(_) | Value::Number(_) => Some(value.clone()),
        Value::String(text) => (!text.is_empty()).then(|| value.clone()),
        Value::Array(items) => {
            let items: Vec<Value> = items.iter().filter_map(assigned).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(parts) => {
            let parts: Object = parts
                .iter()
                .filter(|(key, _)| !is_same_name(key, "password"))
                .filter_map(|(key, part)| Some((key.clone(), assigned(part)?)))
                .collect();
            (!parts.is_empty()).then_some(Value::Object(parts))
        }
    }
}

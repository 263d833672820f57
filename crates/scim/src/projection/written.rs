//! Which attributes with `returned: request` a body writes (RFC 7643 §7). It reads names leniently and judges nothing:
//! whatever is wrong with the body is refused elsewhere.

use serde_json::Value;

use crate::{
    Mode, Object,
    path::PatchPath,
    schema::{Attribute, ResourceType, Returned, is_same_name},
};

/// Attributes and sub-attributes that are only returned on request, and were written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Written(Vec<Name>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    extension: Option<String>,
    attribute: String,
    sub: Option<String>,
}

impl Name {
    fn is(&self, extension: Option<&str>, attribute: &Attribute, sub: Option<&Attribute>) -> bool {
        self.extension.as_deref() == extension
            && self.attribute == attribute.name
            && self.sub.as_ref() == sub.map(|sub| &sub.name)
    }
}

impl Written {
    /// Reads the body of a POST, PUT or PATCH.
    pub(super) fn read(rt: &ResourceType, body: &Object) -> Self {
        let mut written = Self::default();
        let schemas = rt.extensions.iter().map(|extension| &extension.schema);
        let mut attributes = schemas.chain([&rt.schema]).flat_map(|schema| &schema.attributes);
        // Most organizations have no such attribute, and their bodies are not searched for one.
        if attributes.any(|attribute| is_requested(attribute) || has_requested(attribute)) {
            written.members(rt, None, body);
        }
        written
    }

    /// Whether an attribute was written at least in part, or the given part of it.
    pub(super) fn has(
        &self,
        extension: Option<&str>,
        attribute: &Attribute,
        sub: Option<&Attribute>,
    ) -> bool {
        self.0.iter().any(|name| name.is(extension, attribute, sub))
    }

    /// Members of a body, of an extension's container, or of the value of an operation without a path.
    fn members(&mut self, rt: &ResourceType, urn: Option<&str>, members: &Object) {
        for (key, value) in members {
            match value {
                Value::Array(operations) if urn.is_none() && is_same_name(key, "Operations") => {
                    for operation in operations.iter().filter_map(Value::as_object) {
                        self.operation(rt, operation);
                    }
                }
                value => self.at(rt, urn, key, value),
            }
        }
    }

    fn operation(&mut self, rt: &ResourceType, operation: &Object) {
        let member = |name: &str| {
            let found = operation.iter().find(|(key, _)| is_same_name(key, name));
            found.map_or(&Value::Null, |(_, value)| value)
        };
        match (member("path"), member("value")) {
            (Value::String(path), value) if !path.is_empty() => self.at(rt, None, path, value),
            (_, Value::Object(attributes)) => self.members(rt, None, attributes),
            _ => {}
        }
    }

    fn at(&mut self, rt: &ResourceType, urn: Option<&str>, path: &str, value: &Value) {
        let Ok(path) = PatchPath::parse(path, Mode::Tolerant) else {
            return;
        };
        if let Some(name) = &path.name
            && let Some(target) = rt.find(path.urn.as_deref().or(urn), name, path.sub.as_deref())
        {
            self.add(target.extension, target.attribute, None);
            match target.sub {
                Some(sub) => self.add(target.extension, target.attribute, Some(sub)),
                None => self.parts(target.extension, target.attribute, value),
            }
            return;
        }
        // `…:2.0:User` is split like an attribute; only here the whole is known to be a URN.
        let (whole, Value::Object(attributes)) = (path.to_string(), value) else {
            return;
        };
        if whole.eq_ignore_ascii_case(&rt.schema.id) {
            self.members(rt, None, attributes);
        } else if let Some(extension) = rt.extension(&whole) {
            self.members(rt, Some(&extension.schema.id), attributes);
        }
    }

    /// The parts of a complex value, or of each of several.
    fn parts(&mut self, extension: Option<&str>, attribute: &Attribute, value: &Value) {
        if !has_requested(attribute) {
            return;
        }
        let elements = match value {
            Value::Array(elements) => elements.as_slice(),
            one => std::slice::from_ref(one),
        };
        for key in elements
            .iter()
            .filter_map(Value::as_object)
            .flat_map(Object::keys)
        {
            if let Some(sub) = attribute.sub_attribute(key) {
                self.add(extension, attribute, Some(sub));
            }
        }
    }

    fn add(&mut self, extension: Option<&str>, attribute: &Attribute, sub: Option<&Attribute>) {
        if is_requested(sub.unwrap_or(attribute)) && !self.has(extension, attribute, sub) {
            self.0.push(Name {
                extension: extension.map(str::to_owned),
                attribute: attribute.name.clone(),
                sub: sub.map(|sub| sub.name.clone()),
            });
        }
    }
}

fn is_requested(attribute: &Attribute) -> bool {
    attribute.returned == Returned::Request
}

fn has_requested(attribute: &Attribute) -> bool {
    attribute.sub_attributes.iter().any(is_requested)
}

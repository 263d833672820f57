//! Bodies: a resource, or the operations of a PATCH. They are written anew, as text.

use serde_json::Value;
use wicketgate_scim::{
    Mode, Object,
    message::PATCH_OP,
    path::{AttrPath, PatchPath},
    schema::{Attribute, ResourceType, Schema, is_same_name},
};

use super::{
    HIDDEN, Hidden, LONGEST_BODY, LONGEST_TEXT, MOST_READ, MOST_VALUES, UNREADABLE, cut, is_known_schema,
    is_plain_name, question,
};

/// A body as the log keeps it, and what it does not.
pub(crate) struct Redacted {
    pub(crate) text: String,
    pub(crate) hidden: Hidden,
}

/// A resource that was sent.
pub(crate) fn resource(rt: &ResourceType, body: &Object) -> Redacted {
    let mut writer = Writer::new(rt);
    writer.attributes(body, Within::Resource);
    writer.finish()
}

/// The operations that were sent.
pub(crate) fn patch(rt: &ResourceType, body: &Object) -> Redacted {
    let mut writer = Writer::new(rt);
    writer.members(body, |writer, name, value| match value {
        Value::Array(operations) if is_same_name(name, "Operations") => {
            writer.list(operations, |writer, operation| match operation {
                Value::Object(operation) => writer.operation(operation),
                other => writer.hide(other),
            });
        }
        value if is_same_name(name, "schemas") => writer.schemas(value),
        value => writer.hide(value),
    });
    writer.finish()
}

/// Whose attributes are read.
#[derive(Clone, Copy)]
enum Within<'a> {
    Resource,
    Extension(&'a Schema),
}

/// Where a path or a name leads.
enum Lead<'a> {
    /// To an attribute that is known.
    Attribute(&'a Attribute),
    /// To all attributes of a schema.
    Schema(Within<'a>),
    /// To the list of schemas.
    Schemas,
    /// Nowhere that is known.
    Nowhere,
}

struct Writer<'a> {
    rt: &'a ResourceType,
    text: String,
    hidden: Hidden,
}

impl<'a> Writer<'a> {
    fn new(rt: &'a ResourceType) -> Self {
        Self {
            rt,
            text: String::with_capacity(512),
            hidden: Hidden::default(),
        }
    }

    fn finish(self) -> Redacted {
        Redacted {
            text: self.text,
            hidden: self.hidden,
        }
    }

    fn is_full(&self) -> bool {
        self.text.len() >= LONGEST_BODY
    }

    fn string(&mut self, text: &str) {
        self.text.push_str(&Value::from(text).to_string());
    }

    /// Leaves a value out.
    fn hide(&mut self, value: &Value) {
        self.hidden.value(value);
        self.string(HIDDEN);
    }

    /// An object, each of whose values `write` writes.
    fn members(&mut self, object: &Object, mut write: impl FnMut(&mut Self, &str, &Value)) {
        self.text.push('{');
        let mut left_out = None;
        for (number, (name, value)) in object.iter().enumerate() {
            // What is left out is read all the same: a detail may quote it.
            if self.is_full() && left_out.is_none() {
                left_out = Some(self.text.len());
            }
            if left_out.is_some() && number >= MOST_READ {
                self.hidden.everything = true;
                break;
            }
            if number > 0 && left_out.is_none() {
                self.text.push(',');
            }
            let shown = self.name(name);
            self.string(&shown);
            self.text.push(':');
            write(self, name, value);
            if let Some(end) = left_out {
                self.text.truncate(end);
            }
        }
        if let Some(end) = left_out {
            self.text.truncate(end);
            let is_first = self.text.ends_with('{');
            self.text.push_str(if is_first {
                "\"…\":\"…\""
            } else {
                ",\"…\":\"…\""
            });
        }
        self.text.push('}');
    }

    /// A list, each of whose values `write` writes.
    fn list(&mut self, values: &[Value], mut write: impl FnMut(&mut Self, &Value)) {
        self.text.push('[');
        let mut left_out = None;
        for (number, value) in values.iter().enumerate() {
            if number > 0 && left_out.is_none() {
                self.text.push(',');
            }
            if (number >= MOST_VALUES || self.is_full()) && left_out.is_none() {
                left_out = Some((self.text.len(), values.len() - number));
            }
            if left_out.is_some() && number >= MOST_READ {
                self.hidden.everything = true;
                break;
            }
            write(self, value);
            if let Some((end, _)) = left_out {
                self.text.truncate(end);
            }
        }
        if let Some((_, left)) = left_out {
            self.string(&format!("… and {left} more"));
        }
        self.text.push(']');
    }

    /// A name as it is shown: the filter of a path loses its values, and what is no name is not shown.
    fn name(&mut self, name: &str) -> String {
        if is_plain_name(name) {
            name.to_owned()
        } else {
            self.path(name).0
        }
    }

    fn attributes(&mut self, object: &Object, within: Within<'a>) {
        self.members(object, |writer, name, value| {
            let lead = match within {
                Within::Resource => writer.named(name),
                Within::Extension(schema) => {
                    let name = schema.unqualified(name).unwrap_or(name);
                    schema.attribute(name).map_or(Lead::Nowhere, Lead::Attribute)
                }
            };
            writer.led(&lead, value);
        });
    }

    fn led(&mut self, lead: &Lead<'a>, value: &Value) {
        match (lead, value) {
            (Lead::Attribute(attribute), value) => self.value(attribute, value),
            (Lead::Schema(within), Value::Object(attributes)) => self.attributes(attributes, *within),
            (Lead::Schemas, value) => self.schemas(value),
            (Lead::Schema(_) | Lead::Nowhere, value) => self.hide(value),
        }
    }

    /// What a name in a resource names.
    fn named(&self, name: &str) -> Lead<'a> {
        if let Some(schema) = self.schema(name) {
            return Lead::Schema(schema);
        }
        if is_same_name(name, "schemas") {
            return Lead::Schemas;
        }
        let Ok(path) = AttrPath::parse(name) else {
            return Lead::Nowhere;
        };
        self.rt
            .find(path.urn.as_deref(), &path.name, path.sub.as_deref())
            .filter(|target| !target.attribute.is_secret())
            .map_or(Lead::Nowhere, |target| Lead::Attribute(target.leaf()))
    }

    fn schema(&self, urn: &str) -> Option<Within<'a>> {
        if urn.eq_ignore_ascii_case(&self.rt.schema.id) {
            Some(Within::Resource)
        } else {
            let extension = self.rt.extension(urn)?;
            Some(Within::Extension(&extension.schema))
        }
    }

    /// The value of an attribute.
    fn value(&mut self, attribute: &'a Attribute, value: &Value) {
        if attribute.is_secret() {
            return self.hide(value);
        }
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => self.text.push_str(&value.to_string()),
            // Where parts are expected, nobody knows what a text alone is.
            Value::String(_) if !attribute.sub_attributes.is_empty() => self.hide(value),
            Value::String(text) => {
                let shown = cut(text, LONGEST_TEXT);
                self.string(&shown);
            }
            Value::Array(values) => self.list(values, |writer, value| writer.value(attribute, value)),
            Value::Object(parts) => {
                self.members(parts, |writer, name, value| match attribute.sub_attribute(name) {
                    Some(sub) => writer.value(sub, value),
                    None => writer.hide(value),
                });
            }
        }
    }

    /// `schemas`: only URNs that are known are shown.
    fn schemas(&mut self, value: &Value) {
        let rt = self.rt;
        let show = |writer: &mut Self, value: &Value| match value {
            Value::String(urn) if is_known_schema(rt, urn) || urn.eq_ignore_ascii_case(PATCH_OP) => {
                writer.string(urn);
            }
            other => writer.hide(other),
        };
        match value {
            Value::Array(urns) => self.list(urns, show),
            other => show(self, other),
        }
    }

    fn operation(&mut self, operation: &Object) {
        let path = operation
            .iter()
            .find(|(name, _)| is_same_name(name, "path"))
            .map(|(_, path)| path);
        let (shown, lead) = match path {
            None | Some(Value::Null) => (None, None),
            Some(Value::String(text)) if text.is_empty() => (Some(String::new()), None),
            Some(Value::String(text)) => {
                let (shown, lead) = self.path(text);
                (Some(shown), Some(lead))
            }
            Some(other) => {
                self.hidden.value(other);
                (Some(UNREADABLE.to_owned()), Some(Lead::Nowhere))
            }
        };
        self.members(operation, |writer, name, value| match value {
            Value::String(op) if is_same_name(name, "op") && is_op(op) => writer.string(op),
            Value::Null if is_same_name(name, "path") => writer.text.push_str("null"),
            _ if is_same_name(name, "path") => writer.string(shown.as_deref().unwrap_or_default()),
            value if is_same_name(name, "value") => match (&lead, value) {
                (Some(lead), value) => writer.led(lead, value),
                (None, Value::Object(attributes)) => writer.pathless(attributes),
                (None, other) => writer.hide(other),
            },
            value => writer.hide(value),
        });
    }

    /// The value of an operation without a path: each name may be a path itself.
    fn pathless(&mut self, attributes: &Object) {
        self.members(attributes, |writer, name, value| {
            let (_, lead) = writer.path(name);
            writer.led(&lead, value);
        });
    }

    /// A path as it is shown, and where it leads.
    fn path(&mut self, text: &str) -> (String, Lead<'a>) {
        let trimmed = text.trim_matches(' ');
        if let Some(schema) = self.schema(trimmed) {
            return (trimmed.to_owned(), Lead::Schema(schema));
        }
        if is_same_name(trimmed, "schemas") {
            return (trimmed.to_owned(), Lead::Schemas);
        }
        let Ok(mut path) = PatchPath::parse(text, Mode::Tolerant) else {
            self.hidden.text(text);
            return (UNREADABLE.to_owned(), Lead::Nowhere);
        };
        let attribute = path
            .name
            .as_deref()
            .and_then(|name| self.rt.find(path.urn.as_deref(), name, None))
            .map(|target| target.attribute)
            .filter(|attribute| !attribute.is_secret());
        if attribute.is_none() && path.filter.is_none() && !is_plain_name(trimmed) {
            self.hidden.text(text);
            return (UNREADABLE.to_owned(), Lead::Nowhere);
        }
        if let Some(filter) = path.filter.take() {
            path.filter = Some(question::values_of(filter, attribute, &mut self.hidden));
        }
        let lead = match (attribute, path.sub.as_deref()) {
            (None, _) => None,
            (Some(attribute), None) => Some(attribute),
            (Some(attribute), Some(sub)) => attribute.sub_attribute(sub),
        };
        let shown = path.to_string();
        // A filter by what is not known leads nowhere that is.
        let lead = lead.filter(|_| !shown.contains(HIDDEN));
        (
            cut(&shown, LONGEST_TEXT),
            lead.map_or(Lead::Nowhere, Lead::Attribute),
        )
    }
}

fn is_op(op: &str) -> bool {
    ["add", "remove", "replace"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(op))
}

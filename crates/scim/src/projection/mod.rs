//! `attributes` and `excludedAttributes` of RFC 7644 §3.9. It drops from a rendered resource and never adds to it.

mod selection;
mod written;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::{
    Error, Object,
    projection::{
        selection::{Container, Part, Parts, Selection},
        written::Written,
    },
    schema::{Attribute, ResourceType, Returned, Schema, common, is_same_name, is_urn},
};

/// Which attributes an answer carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    choice: Choice<Selection>,
    written: Written,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice<T> {
    /// The default set.
    All,
    /// The minimum set and these.
    Only(T),
    /// The default set without these.
    Without(T),
}

impl Projection {
    /// The default set.
    pub fn all() -> Self {
        Self::of(Choice::All)
    }

    fn of(choice: Choice<Selection>) -> Self {
        Self {
            choice,
            written: Written::default(),
        }
    }

    /// As this one, for the answer to a POST, PUT or PATCH with this body: what is otherwise returned only on request
    /// belongs to the default set where the body writes it (RFC 7643 §7).
    #[must_use]
    pub fn with_written(self, rt: &ResourceType, body: &Object) -> Self {
        Self {
            written: Written::read(rt, body),
            ..self
        }
    }

    /// Reads the two parameters: names in the notation of RFC 7644 §3.10, separated by commas.
    ///
    /// Unknown names are ignored, an empty parameter is none. Both at once are an error.
    pub fn parse(rt: &ResourceType, attributes: Option<&str>, excluded: Option<&str>) -> Result<Self, Error> {
        let given = |parameter: Option<&'_ str>| parameter.is_some_and(|names| !names.trim().is_empty());
        match (attributes, excluded) {
            (Some(_), Some(_)) if given(attributes) && given(excluded) => Err(Error::value(
                "attributes and excludedAttributes exclude each other: send one of them",
            )),
            (Some(names), _) if given(attributes) => Ok(Self::of(Choice::Only(Selection::parse(rt, names)))),
            (_, Some(names)) if given(excluded) => Ok(Self::of(Choice::Without(Selection::parse(rt, names)))),
            _ => Ok(Self::all()),
        }
    }

    /// Whether a core attribute that is returned by default appears, at least in part. A caller need not load one that
    /// does not.
    pub fn keeps(&self, name: &str) -> bool {
        match &self.choice {
            Choice::All => true,
            Choice::Only(selection) => selection.core.part(name).is_some(),
            Choice::Without(selection) => selection.core.part(name) != Some(&Part::Whole),
        }
    }

    /// Drops what is not to be returned. `schemas` and `id` always stay; what is never returned always goes.
    pub fn apply(&self, rt: &ResourceType, resource: Object) -> Object {
        let core = match &self.choice {
            Choice::All => Choice::All,
            Choice::Only(selection) => Choice::Only(&selection.core),
            Choice::Without(selection) => Choice::Without(&selection.core),
        };
        let mut kept = Object::with_capacity(resource.len());
        for (key, value) in resource {
            let value = if let Some(attribute) = rt.schema.attribute(&key).or_else(|| common(&key)) {
                self.project(&core, None, attribute, value)
            } else if let Some(extension) = rt.extension(&key) {
                self.extension(&extension.schema, value)
            } else if is_urn(&key) {
                self.undeclared(&key, value)
            } else {
                None
            };
            if let Some(value) = value {
                kept.insert(key, value);
            }
        }
        kept
    }

    fn extension(&self, schema: &Schema, value: Value) -> Option<Value> {
        let nothing = Parts::default();
        let choice = match &self.choice {
            Choice::All => Choice::All,
            Choice::Only(selection) => match selection.container(&schema.id) {
                // The whole container is what it would be by default.
                Some(Container::Whole) => Choice::All,
                Some(Container::Attributes(parts)) => Choice::Only(parts),
                None => Choice::Only(&nothing),
            },
            Choice::Without(selection) => match selection.container(&schema.id) {
                Some(Container::Whole) => Choice::Only(&nothing),
                Some(Container::Attributes(parts)) => Choice::Without(parts),
                None => Choice::All,
            },
        };
        let Value::Object(members) = value else {
            return None;
        };
        let mut kept = Object::with_capacity(members.len());
        for (key, value) in members {
            if let Some(attribute) = schema.attribute(&key)
                && let Some(value) = self.project(&choice, Some(&schema.id), attribute, value)
            {
                kept.insert(key, value);
            }
        }
        (!kept.is_empty()).then_some(Value::Object(kept))
    }

    /// Keeps an attribute, or the part of it that is to be returned (RFC 7643 §7, `returned`).
    fn project(
        &self,
        choice: &Choice<&Parts>,
        extension: Option<&str>,
        attribute: &Attribute,
        mut value: Value,
    ) -> Option<Value> {
        let part = match choice {
            Choice::All => None,
            Choice::Only(parts) | Choice::Without(parts) => parts.part(&attribute.name),
        };
        let is_kept = match (self.returned(extension, attribute, None), choice) {
            (Returned::Always, _) | (Returned::Default, Choice::All) => true,
            (Returned::Never, _) | (Returned::Request, Choice::All | Choice::Without(_)) => false,
            (Returned::Default | Returned::Request, Choice::Only(_)) => part.is_some(),
            (Returned::Default, Choice::Without(_)) => part != Some(&Part::Whole),
        };
        if !is_kept {
            return None;
        }
        let names = |sub: &Attribute| matches!(part, Some(Part::Subs(subs)) if subs.contains(&sub.name));
        let only_subs = matches!((choice, part), (Choice::Only(_), Some(Part::Subs(_))));
        for sub in &attribute.sub_attributes {
            let is_kept = match (self.returned(extension, attribute, Some(sub)), choice) {
                (Returned::Always, _) | (Returned::Default, Choice::All) => true,
                (Returned::Never, _) => false,
                (Returned::Request, _) => only_subs && names(sub),
                (Returned::Default, Choice::Only(_)) => !only_subs || names(sub),
                (Returned::Default, Choice::Without(_)) => !names(sub),
            };
            if !is_kept {
                remove_sub(&mut value, &sub.name);
            }
        }
        is_assigned(&value).then_some(value)
    }

    /// When an attribute or a part of it is returned in this answer.
    fn returned(&self, extension: Option<&str>, attribute: &Attribute, sub: Option<&Attribute>) -> Returned {
        let leaf = sub.unwrap_or(attribute);
        match leaf.returned {
            _ if leaf.is_secret() => Returned::Never,
            Returned::Request if self.written.has(extension, attribute, sub) => Returned::Default,
            returned => returned,
        }
    }

    /// An extension without a schema: all of it, or single members.
    fn undeclared(&self, urn: &str, mut value: Value) -> Option<Value> {
        let (selection, is_only) = match &self.choice {
            Choice::All => return Some(value),
            Choice::Only(selection) => (selection, true),
            Choice::Without(selection) => (selection, false),
        };
        let below = |sent: &String| -> Option<String> {
            let (head, rest) = sent.split_at_checked(urn.len())?;
            head.eq_ignore_ascii_case(urn).then(|| rest.to_owned())
        };
        let below: Vec<String> = selection.undeclared.iter().filter_map(below).collect();
        if below.iter().any(String::is_empty) {
            return is_only.then_some(value);
        }
        value.as_object_mut()?.retain(|key, _| {
            let is_named = below
                .iter()
                .filter_map(|rest| rest.strip_prefix(':'))
                .any(|name| is_same_name(name, key));
            is_named == is_only
        });
        is_assigned(&value).then_some(value)
    }
}

/// Removes a sub-attribute from a complex value, or from each of several.
fn remove_sub(value: &mut Value, name: &str) {
    match value {
        Value::Object(members) => {
            members.shift_remove(name);
        }
        Value::Array(items) => {
            for item in &mut *items {
                if let Value::Object(members) = item {
                    members.shift_remove(name);
                }
            }
            items.retain(is_assigned);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_assigned(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

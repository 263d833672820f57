//! The checks on a resource and its values: types, limits, one primary, required attributes. It changes nothing.

use serde_json::Value;

use crate::{
    Error, Object, date,
    resource::{
        Context, MAX_BINARY_BYTES, MAX_EXTERNAL_ID_CHARS, MAX_MEMBERS, MAX_UNDECLARED_EXTENSIONS,
        MAX_UNDECLARED_MEMBERS, MAX_USER_NAME_CHARS, MAX_VALUE_BYTES, MAX_VALUES,
        coerce::is_members,
        place::{Place, Shown},
    },
    schema::{Attribute, Mutability, ResourceType, Returned, Type, common, is_urn},
};

/// Checks a stored resource as [`accept`](crate::resource::accept()) does: types, limits, one primary, and that the
/// required attributes are there.
pub fn validate(rt: &ResourceType, resource: &Object) -> Result<(), Error> {
    let mut undeclared = 0;
    for (key, value) in resource {
        if let Some(attribute) = rt.schema.attribute(key).or_else(|| common(key)) {
            check(Place::Named(key), attribute, value)?;
        } else if let Some(extension) = rt.extension(key) {
            let Value::Object(container) = value else {
                return Err(must_be(Place::Named(key), "an object", value));
            };
            for (name, value) in container {
                if let Some(attribute) = extension.schema.attribute(name) {
                    check(Place::Extension(key, name), attribute, value)?;
                }
            }
        } else if is_urn(key) {
            undeclared += 1;
            if undeclared > MAX_UNDECLARED_EXTENSIONS {
                return Err(too_many_extensions());
            }
            check_text(Place::Named(key), key)?;
            check_unknown_extension(Place::Named(key), value)?;
        }
    }
    check_required(rt, resource, Context::Create)
}

/// Refuses a resource that lacks a required attribute or extension.
///
/// A PUT need not repeat what nobody can read: see [`keep_unreadable`](super::keep_unreadable()).
pub(super) fn check_required(rt: &ResourceType, resource: &Object, context: Context) -> Result<(), Error> {
    let is_sent =
        |attribute: &&Attribute| context == Context::Create || attribute.returned != Returned::Never;
    for attribute in rt.schema.attributes.iter().filter(is_sent) {
        require(Place::Named(&attribute.name), attribute, resource)?;
    }
    for extension in &rt.extensions {
        let urn = &extension.schema.id;
        match resource.get(urn) {
            Some(Value::Object(container)) => {
                for attribute in extension.schema.attributes.iter().filter(is_sent) {
                    require(Place::Extension(urn, &attribute.name), attribute, container)?;
                }
            }
            _ if extension.required => {
                return Err(Error::value(format!(
                    "the extension {urn} is required: send its attributes"
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

fn require(place: Place<'_>, attribute: &Attribute, parent: &Object) -> Result<(), Error> {
    // A readOnly attribute is not the client's to send, and a writeOnly one is not kept.
    if matches!(attribute.mutability, Mutability::ReadOnly | Mutability::WriteOnly) {
        return Ok(());
    }
    match parent.get(&attribute.name) {
        None if attribute.required => Err(Error::value(format!(
            "{place} is required: map it to an attribute that has a value for everyone who is provisioned"
        ))),
        Some(Value::String(text)) if attribute.required && text.trim().is_empty() => {
            Err(Error::value(format!("{place} is required and must not be empty")))
        }
        Some(Value::Object(value)) => require_subs(place, attribute, value),
        Some(Value::Array(values)) if attribute.sub_attributes.iter().any(|sub| sub.required) => {
            for (index, value) in values.iter().enumerate() {
                if let Value::Object(value) = value {
                    require_subs(Place::Index(&place, index), attribute, value)?;
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn require_subs(place: Place<'_>, attribute: &Attribute, value: &Object) -> Result<(), Error> {
    for sub in attribute.sub_attributes.iter().filter(|sub| sub.required) {
        require(Place::Sub(&place, &sub.name), sub, value)?;
    }
    Ok(())
}

pub(super) fn check(place: Place<'_>, attribute: &Attribute, value: &Value) -> Result<(), Error> {
    if !attribute.multi_valued {
        return check_element(place, attribute, value);
    }
    let Value::Array(values) = value else {
        return Err(must_be(place, "an array", value));
    };
    check_value_count(place, values.len())?;
    for (index, value) in values.iter().enumerate() {
        check_element(Place::Index(&place, index), attribute, value)?;
    }
    check_primary(place, attribute, values)
}

fn check_element(place: Place<'_>, attribute: &Attribute, value: &Value) -> Result<(), Error> {
    if !attribute.is_complex() {
        return check_scalar(place, attribute, value);
    }
    let Value::Object(object) = value else {
        return Err(must_be(place, "an object", value));
    };
    for (key, value) in object {
        if let Some(sub) = attribute.sub_attribute(key) {
            check(Place::Sub(&place, key), sub, value)?;
        }
    }
    Ok(())
}

/// An extension nobody declared has no types to check, only sizes.
fn check_unknown_extension(place: Place<'_>, value: &Value) -> Result<(), Error> {
    match value {
        Value::Object(object) => {
            check_member_count(place, object.len())?;
            for (key, value) in object {
                check_text(Place::Sub(&place, key), key)?;
                check_unknown_extension(Place::Sub(&place, key), value)?;
            }
            Ok(())
        }
        Value::Array(values) => {
            check_value_count(place, values.len())?;
            for (index, value) in values.iter().enumerate() {
                check_unknown_extension(Place::Index(&place, index), value)?;
            }
            Ok(())
        }
        Value::String(text) => check_text(place, text),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

/// Checks type and size of a value that is not complex.
pub(super) fn check_scalar(place: Place<'_>, attribute: &Attribute, value: &Value) -> Result<(), Error> {
    match (attribute.kind, value) {
        (Type::Boolean, Value::Bool(_)) | (Type::Decimal, Value::Number(_)) => Ok(()),
        (Type::Integer, Value::Number(number)) if number.is_i64() => Ok(()),
        (Type::DateTime, Value::String(text)) => {
            if date::parse(text).is_none() {
                return Err(Error::value(format!(
                    "{place} is not a dateTime: send date and time as in 2026-01-31T12:00:00Z"
                )));
            }
            check_text(place, text)
        }
        (Type::String | Type::Reference, Value::String(text)) => check_text(place, text),
        (Type::Binary, Value::String(text)) => {
            check_characters(place, text)?;
            check_length(place, text.len(), MAX_BINARY_BYTES, "bytes")
        }
        (Type::Boolean, other) => Err(must_be(place, "true or false, without quotes", other)),
        (Type::Integer, Value::Number(_)) => Err(Error::value(format!(
            "{place} must be a whole number without fraction or exponent"
        ))),
        (Type::Integer | Type::Decimal, other) => Err(must_be(place, "a number, without quotes", other)),
        (Type::Complex, other) => Err(must_be(place, "an object", other)),
        (Type::String | Type::Reference | Type::Binary | Type::DateTime, other) => {
            Err(must_be(place, "a string", other))
        }
    }
}

/// Checks the characters and the length of a text: a value, or a name in an extension that nobody declared.
pub(super) fn check_text(place: Place<'_>, text: &str) -> Result<(), Error> {
    check_characters(place, text)?;
    let (limit, sent, unit) = match place {
        // An ASCII text has as many characters as bytes, so the count is rarely made.
        Place::Named("userName") if text.len() > MAX_USER_NAME_CHARS => {
            (MAX_USER_NAME_CHARS, text.chars().count(), "characters")
        }
        Place::Named("externalId") if text.len() > MAX_EXTERNAL_ID_CHARS => {
            (MAX_EXTERNAL_ID_CHARS, text.chars().count(), "characters")
        }
        _ => (MAX_VALUE_BYTES, text.len(), "bytes"),
    };
    check_length(place, sent, limit, unit)
}

fn check_length(place: Place<'_>, sent: usize, limit: usize, unit: &str) -> Result<(), Error> {
    if sent > limit {
        return Err(Error::value(format!(
            "{place} has {sent} {unit}: at most {limit} are allowed"
        )));
    }
    Ok(())
}

/// U+0000 is the one character that a database cannot keep.
fn check_characters(place: Place<'_>, text: &str) -> Result<(), Error> {
    if text.contains('\0') {
        let shown = place.to_string().replace('\0', "\u{FFFD}");
        return Err(Error::value(format!(
            "{shown} contains the character U+0000: remove it"
        )));
    }
    Ok(())
}

/// Checks how many members an object in an extension that nobody declared has.
pub(super) fn check_member_count(place: Place<'_>, sent: usize) -> Result<(), Error> {
    check_length(place, sent, MAX_UNDECLARED_MEMBERS, "members")
}

pub(super) fn too_many_extensions() -> Error {
    Error::value(format!(
        "the resource has more than {MAX_UNDECLARED_EXTENSIONS} extensions that the organization does not declare"
    ))
}

pub(super) fn check_value_count(place: Place<'_>, sent: usize) -> Result<(), Error> {
    let limit = if is_members(place) {
        MAX_MEMBERS
    } else {
        MAX_VALUES
    };
    check_length(place, sent, limit, "values")
}

/// RFC 7643 §2.4: `primary` is true for at most one value.
pub(super) fn check_primary(place: Place<'_>, attribute: &Attribute, values: &[Value]) -> Result<(), Error> {
    if values.len() < 2 || attribute.sub_attribute("primary").is_none() {
        return Ok(());
    }
    let primaries = values
        .iter()
        .filter(|value| value.get("primary") == Some(&Value::Bool(true)))
        .count();
    if primaries > 1 {
        return Err(Error::value(format!(
            "{place} has {primaries} values with primary true: at most 1 is allowed"
        )));
    }
    Ok(())
}

pub(super) fn must_be(place: Place<'_>, expected: &str, value: &Value) -> Error {
    Error::value(format!("{place} must be {expected}, not {}", found(value)))
}

fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A name from a body as an error detail may show it.
pub(super) fn shown(name: &str) -> String {
    Shown(name).to_string()
}

//! One attribute value: understood, canonicalised and checked. It does not know resources, nor whether the attribute
//! may be written at all.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::{
    Error, Mode,
    compat::RuleName,
    json,
    resource::{
        Rewrite,
        place::Place,
        validate::{check_primary, check_scalar, check_value_count, must_be},
    },
    schema::{Attribute, Mutability, Type, is_same_name},
};

/// Coerces and validates the value of an attribute. `None` means that it is unassigned by this value.
///
/// readOnly and writeOnly sub-attributes are dropped, not refused. Whether `attribute` itself may be written is the caller's question.
pub fn coerce(
    attribute: &Attribute,
    mode: Mode,
    value: Value,
    rewrites: &mut Vec<Rewrite>,
) -> Result<Option<Value>, Error> {
    coerce_at(Place::Named(&attribute.name), attribute, mode, value, rewrites)
}

/// As [`coerce`], and errors and rewrites call the attribute by `path`: `name.givenName`, or with a URN.
pub fn coerce_named(
    path: &str,
    attribute: &Attribute,
    mode: Mode,
    value: Value,
    rewrites: &mut Vec<Rewrite>,
) -> Result<Option<Value>, Error> {
    coerce_at(Place::Named(path), attribute, mode, value, rewrites)
}

/// As [`coerce_named`], for one value of a multi-valued attribute instead of the array.
pub fn coerce_element(
    path: &str,
    attribute: &Attribute,
    mode: Mode,
    value: Value,
    rewrites: &mut Vec<Rewrite>,
) -> Result<Option<Value>, Error> {
    element(Place::Named(path), attribute, mode, value, rewrites)
}

pub(super) fn coerce_at(
    place: Place<'_>,
    attribute: &Attribute,
    mode: Mode,
    value: Value,
    rewrites: &mut Vec<Rewrite>,
) -> Result<Option<Value>, Error> {
    if attribute.multi_valued {
        return values(place, attribute, mode, value, rewrites);
    }
    let value = match value {
        Value::Array(items) if items.is_empty() => return Ok(None),
        Value::Array(mut items) if mode.is_tolerant() && items.len() == 1 => {
            Rewrite::report(rewrites, RuleName::ArrayAsSingleValue, place.attribute());
            items.pop().unwrap_or_default()
        }
        other => other,
    };
    element(place, attribute, mode, value, rewrites)
}

/// Answers an attribute that the schema does not have; in tolerant mode it is reported and dropped.
pub(super) fn unknown(place: Place<'_>, mode: Mode, rewrites: &mut Vec<Rewrite>) -> Result<(), Error> {
    match mode {
        Mode::Tolerant => {
            Rewrite::report(rewrites, RuleName::UnknownAttribute, place.attribute());
            Ok(())
        }
        Mode::Strict => Ok(()),
        Mode::Interop => Err(Error::syntax(format!(
            "{place} is not an attribute of this resource: remove it from the attribute mapping"
        ))),
    }
}

fn values(
    place: Place<'_>,
    attribute: &Attribute,
    mode: Mode,
    value: Value,
    rewrites: &mut Vec<Rewrite>,
) -> Result<Option<Value>, Error> {
    let items = match value {
        Value::Null => return Ok(None),
        Value::Array(items) => items,
        other if mode.is_tolerant() => {
            Rewrite::report(rewrites, RuleName::SingleValueAsArray, place.attribute());
            vec![other]
        }
        other => return Err(must_be(place, "an array", &other)),
    };
    check_value_count(place, items.len())?;

    let mut kept = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        if let Some(item) = element(Place::Index(&place, index), attribute, mode, item, rewrites)? {
            kept.push(item);
        }
    }
    if is_members(place) {
        keep_first_of_each_member(&mut kept);
    } else if mode.is_tolerant() && kept.len() > 1 {
        kept = without_duplicates(place, kept, rewrites);
    }
    check_primary(place, attribute, &kept)?;
    Ok((!kept.is_empty()).then_some(Value::Array(kept)))
}

fn element(
    place: Place<'_>,
    attribute: &Attribute,
    mode: Mode,
    value: Value,
    rewrites: &mut Vec<Rewrite>,
) -> Result<Option<Value>, Error> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() && mode.is_tolerant() => {
            Rewrite::report(rewrites, RuleName::EmptyString, place.attribute());
            Ok(None)
        }
        value if attribute.is_complex() => object(place, attribute, mode, value, rewrites),
        value => {
            let value = if mode.is_tolerant() {
                scalar(place, attribute.kind, value, rewrites)
            } else {
                value
            };
            check_scalar(place, attribute, &value)?;
            Ok(Some(value))
        }
    }
}

/// Understands a scalar of another JSON type. What it cannot understand it returns as it came, for the check to refuse.
fn scalar(place: Place<'_>, kind: Type, value: Value, rewrites: &mut Vec<Rewrite>) -> Value {
    let (rule, understood) = match (kind, &value) {
        (Type::Boolean, Value::String(text)) if text.eq_ignore_ascii_case("true") => {
            (RuleName::BooleanAsString, Value::Bool(true))
        }
        (Type::Boolean, Value::String(text)) if text.eq_ignore_ascii_case("false") => {
            (RuleName::BooleanAsString, Value::Bool(false))
        }
        (Type::String, Value::Number(number)) => {
            (RuleName::NumberForString, Value::String(number.to_string()))
        }
        (Type::Integer, Value::String(text)) => match text.trim().parse::<i64>() {
            Ok(number) => (RuleName::NumberAsString, Value::from(number)),
            Err(_) => return value,
        },
        (Type::Decimal, Value::String(text)) => match text.trim().parse().ok().and_then(json::number) {
            Some(number) => (RuleName::NumberAsString, number),
            None => return value,
        },
        _ => return value,
    };
    Rewrite::report(rewrites, rule, place.attribute());
    understood
}

fn object(
    place: Place<'_>,
    attribute: &Attribute,
    mode: Mode,
    value: Value,
    rewrites: &mut Vec<Rewrite>,
) -> Result<Option<Value>, Error> {
    let sent = match value {
        Value::Object(sent) => sent,
        // A manager or a member as its bare id.
        Value::String(_) | Value::Number(_)
            if mode.is_tolerant() && attribute.sub_attribute("value").is_some() =>
        {
            Rewrite::report(rewrites, RuleName::BareValue, place.attribute());
            Map::from_iter([("value".to_owned(), value)])
        }
        other => return Err(must_be(place, "an object", &other)),
    };
    let is_empty = sent.is_empty();
    let says_value = attribute.sub_attribute("value").is_some_and(is_kept)
        && sent.keys().any(|key| is_same_name(key, "value"));

    let mut kept = Map::with_capacity(sent.len());
    for (key, value) in sent {
        let Some(sub) = attribute.sub_attribute(&key) else {
            unknown(Place::Sub(&place, &key), mode, rewrites)?;
            continue;
        };
        if !is_kept(sub) {
            continue;
        }
        let here = Place::Sub(&place, &sub.name);
        if let Some(value) = coerce_at(here, sub, mode, value, rewrites)? {
            kept.insert(canonical(key, &sub.name), value);
        }
    }
    if is_member(place) && !is_empty && !kept.contains_key("value") && !kept.contains_key("$ref") {
        return Err(Error::value(format!(
            "{place}.value is missing: send the id of the user or group"
        )));
    }
    // A value that was sent empty is no value, and what describes it describes nothing.
    let hollow = mode.is_tolerant() && says_value && attribute.multi_valued && is_hollow(&kept);
    Ok((!hollow && !kept.is_empty()).then_some(Value::Object(kept)))
}

/// Whether an element of a multi-valued attribute holds only descriptions of a value, and no value.
pub(crate) fn is_hollow(element: &Map<String, Value>) -> bool {
    element
        .keys()
        .all(|key| matches!(key.as_str(), "type" | "primary" | "display" | "$ref"))
}

/// Whether a client's value is kept: not when it is the service provider's own, and not when it is a secret.
pub(super) fn is_kept(attribute: &Attribute) -> bool {
    !matches!(attribute.mutability, Mutability::ReadOnly | Mutability::WriteOnly)
        && !is_same_name(&attribute.name, "password")
        && !is_same_name(&attribute.name, "schemas")
}

/// The canonical spelling, without a new allocation when it was sent that way.
pub(super) fn canonical(sent: String, name: &str) -> String {
    if sent == name { sent } else { name.to_owned() }
}

/// `members` are a set of ids (RFC 7643 §4.2), and there may be a hundred thousand of them.
fn keep_first_of_each_member(members: &mut Vec<Value>) {
    let mut seen = HashSet::with_capacity(members.len());
    members.retain(|member| match member.get("value").and_then(Value::as_str) {
        Some(id) => seen.insert(id.to_owned()),
        None => true,
    });
}

/// Merges values that are the same, as clients with two mappings to one attribute send them.
fn without_duplicates(place: Place<'_>, values: Vec<Value>, rewrites: &mut Vec<Rewrite>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::with_capacity(values.len());
    for value in values {
        match kept.iter_mut().find(|earlier| is_same_value(earlier, &value)) {
            Some(earlier) => {
                Rewrite::report(rewrites, RuleName::DuplicateValue, place.attribute());
                absorb(earlier, value);
            }
            None => kept.push(value),
        }
    }
    kept
}

/// RFC 7643 §2.4: the pair of `type` and `value` identifies a value.
fn is_same_value(a: &Value, b: &Value) -> bool {
    match (a.get("value"), b.get("value")) {
        (Some(x), Some(y)) => x == y && a.get("type") == b.get("type"),
        _ => a == b,
    }
}

fn absorb(earlier: &mut Value, later: Value) {
    if let (Value::Object(earlier), Value::Object(later)) = (earlier, later) {
        for (key, value) in later {
            if key == "primary" && value == Value::Bool(true) {
                earlier.insert(key, value);
            } else {
                earlier.entry(key).or_insert(value);
            }
        }
    }
}

pub(super) fn is_members(place: Place<'_>) -> bool {
    matches!(place, Place::Named(crate::schema::MEMBERS))
}

fn is_member(place: Place<'_>) -> bool {
    match place {
        Place::Index(parent, _) => is_members(*parent),
        other => is_members(other),
    }
}

//! Reading bodies and rendering resources, in all three modes.

mod extended;
mod extensions;
mod limits;
mod members;
mod names;
mod read_only;
mod rendering;
mod required;
mod schemas;
mod types;
mod validation;
mod values;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    Error, Mode, ScimType, date,
    schema::{ENTERPRISE_USER, GROUP, ResourceType, USER},
};

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => panic!("not an object: {other}"),
    }
}

fn read(mode: Mode, body: Value) -> Result<Accepted, Error> {
    accept(&ResourceType::user(), mode, Context::Replace, object(body))
}

/// Reads a user body that lacks only `schemas` and `userName`.
fn read_with(mode: Mode, attributes: Value) -> Result<Accepted, Error> {
    let mut body = object(json!({"schemas": [USER, ENTERPRISE_USER], "userName": "bjensen"}));
    body.extend(object(attributes));
    read(mode, Value::Object(body))
}

/// What was stored besides `userName`.
fn stored(mode: Mode, attributes: Value) -> Value {
    let mut accepted = read_with(mode, attributes).unwrap();
    assert_eq!(accepted.attributes.remove("userName"), Some(json!("bjensen")));
    Value::Object(accepted.attributes)
}

fn refused(mode: Mode, attributes: Value) -> (ScimType, String) {
    let error = read_with(mode, attributes).unwrap_err();
    (error.scim_type, error.detail)
}

fn rewrites(attributes: Value) -> Vec<(&'static str, String)> {
    let accepted = read_with(Mode::Tolerant, attributes).unwrap();
    accepted
        .rewrites
        .into_iter()
        .map(|rewrite| (rewrite.rule.as_str(), rewrite.attribute))
        .collect()
}

fn invalid_value(detail: &str) -> (ScimType, String) {
    (ScimType::InvalidValue, detail.to_owned())
}

fn read_group(mode: Mode, members: Value) -> Result<Accepted, Error> {
    let mut body = object(json!({"schemas": [GROUP], "displayName": "Staff"}));
    body.insert("members".to_owned(), members);
    accept(&ResourceType::group(), mode, Context::Replace, body)
}

const MODES: [Mode; 3] = [Mode::Tolerant, Mode::Strict, Mode::Interop];

fn meta() -> Meta<'static> {
    Meta {
        id: "0192",
        location: "https://host/scim/v2/o/Users/0192".to_owned(),
        version: "W/\"3\"".to_owned(),
        created: date::parse("2026-01-31T12:00:00.123456Z").unwrap(),
        last_modified: date::parse("2026-02-01T12:00:00Z").unwrap(),
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop_oneof![Just(""), Just("True"), Just("x"), Just("12")].prop_map(Value::from),
    ];
    let key = prop_oneof![
        Just("value"),
        Just("TYPE"),
        Just("primary"),
        Just("givenName"),
        Just("manager"),
        Just("department"),
        Just("displayName"),
        Just("other"),
        Just("password"),
    ];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(key.clone(), inner, 0..4).prop_map(|members| members
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect()),
        ]
    })
}

fn is_stored_form(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        Value::Array(items) => !items.is_empty() && items.iter().all(is_stored_form),
        Value::Object(members) => !members.is_empty() && members.values().all(is_stored_form),
    }
}

proptest! {
    #[test]
    fn whatever_is_accepted_is_valid_has_the_stored_form_and_is_accepted_again(
        attributes in proptest::collection::btree_map(
            prop_oneof![
                Just("name".to_owned()), Just("emails".to_owned()), Just("active".to_owned()), Just("roles".to_owned()),
                Just("title".to_owned()), Just("addresses".to_owned()), Just("shoe".to_owned()),
                Just(ENTERPRISE_USER.to_owned()), Just("urn:example:Badge".to_owned()), Just("groups".to_owned()),
            ],
            any_json(),
            0..5,
        ),
    ) {
        let attributes = Value::Object(attributes.into_iter().collect());
        if let Ok(accepted) = read_with(Mode::Tolerant, attributes) {
            let rt = ResourceType::user();
            prop_assert!(accepted.attributes.values().all(is_stored_form), "{:?}", accepted.attributes);
            prop_assert!(!accepted.attributes.contains_key("groups"));
            prop_assert_eq!(validate(&rt, &accepted.attributes), Ok(()));
            let mut body = accepted.attributes.clone();
            body.insert("schemas".to_owned(), json!([USER]));
            let again = accept(&rt, Mode::Tolerant, Context::Replace, body).unwrap();
            prop_assert_eq!(again.attributes, accepted.attributes);
        }
    }
}

//! The engine, one file for each verb and one for each identity provider's bodies.

mod add;
mod entra;
mod envelope;
mod extensions;
mod members;
mod okta;
mod others;
mod pathless;
mod remove;
mod replace;
mod rows;
mod unwritable;
mod work;

use serde_json::{Value, json};

use super::{Applied, ValuesChange, apply, parse};
use crate::{Error, Mode, Object, ScimType, schema::ResourceType};

pub(super) const ENTERPRISE: &str = crate::schema::ENTERPRISE_USER;
pub(super) const ALL_MODES: [Mode; 3] = [Mode::Tolerant, Mode::Strict, Mode::Interop];

pub(super) fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is not an object"),
    }
}

fn body(operations: Value) -> Object {
    let mut body = object(json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}));
    body.insert("Operations".to_owned(), operations);
    body
}

/// A stored user with something of every kind.
pub(super) fn babs() -> Value {
    json!({
        "userName": "bjensen",
        "externalId": "ext-1",
        "name": {"familyName": "Jensen", "givenName": "Barbara"},
        "title": "Guide",
        "active": true,
        "emails": [
            {"value": "b@work.org", "type": "work", "primary": true},
            {"value": "b@home.org", "type": "home"}
        ],
        "addresses": [{"type": "work", "locality": "Hollywood", "country": "US"}],
        ENTERPRISE: {"department": "Tours", "manager": {"value": "m-1", "$ref": "../Users/m-1"}}
    })
}

pub(super) fn patch(mode: Mode, resource: Value, operations: Value) -> Result<Applied, Error> {
    let request = parse(body(operations), mode)?;
    apply(&ResourceType::user(), mode, &object(resource), &request, None)
}

/// Applies to [`babs`] and returns one attribute.
pub(super) fn after(mode: Mode, operations: Value, attribute: &str) -> Value {
    let applied = patch(mode, babs(), operations).unwrap();
    applied.resource.get(attribute).cloned().unwrap_or_default()
}

/// Whether a path selects whole values, which interop mode refuses: `emails[type eq "work"]`.
pub(super) fn selects_whole_values(operations: &Value) -> bool {
    operations.as_array().unwrap().iter().any(|operation| {
        let path = operation["path"].as_str().unwrap_or_default();
        path.ends_with(']') && !path.starts_with("schemas[")
    })
}

/// In interop mode as well, unless whole values are selected: then interop mode must refuse.
pub(super) fn in_all_modes(operations: &Value, attribute: &str, expected: &Value) {
    for mode in ALL_MODES {
        if mode == Mode::Interop && selects_whole_values(operations) {
            assert_eq!(
                refusal(mode, operations.clone()).0,
                ScimType::InvalidPath,
                "{operations}"
            );
            continue;
        }
        assert_eq!(after(mode, operations.clone(), attribute), *expected, "{mode}");
    }
}

pub(super) fn refusal(mode: Mode, operations: Value) -> (ScimType, String) {
    let error = patch(mode, babs(), operations).unwrap_err();
    (error.scim_type, error.detail)
}

pub(super) fn refused_everywhere(operations: &Value, scim_type: ScimType, naming: &str) {
    for mode in ALL_MODES {
        let (found, detail) = refusal(mode, operations.clone());
        assert_eq!(found, scim_type, "{mode}: {detail}");
        assert!(detail.contains(naming), "{mode}: {detail}");
    }
}

pub(super) fn changes_nothing(mode: Mode, operations: Value) {
    if mode == Mode::Interop && selects_whole_values(&operations) {
        assert_eq!(refusal(mode, operations).0, ScimType::InvalidPath);
        return;
    }
    assert_eq!(
        patch(mode, babs(), operations).unwrap().resource,
        object(babs()),
        "{mode}"
    );
}

pub(super) fn rules(applied: &Applied) -> Vec<&'static str> {
    applied
        .rewrites
        .iter()
        .map(|rewrite| rewrite.rule.as_str())
        .collect()
}

/// Applies to a group whose members are rows.
pub(super) fn group(mode: Mode, operations: Value) -> Result<Applied, Error> {
    let request = parse(body(operations), mode)?;
    let stored = object(json!({"displayName": "Guides"}));
    apply(&ResourceType::group(), mode, &stored, &request, Some("members"))
}

pub(super) fn member_changes(mode: Mode, operations: Value) -> Vec<ValuesChange> {
    group(mode, operations).unwrap().detached
}

/// What the changes make of the members a, b and c: the domain's part, for tests that count who is left.
pub(super) fn left_of_abc(changes: &[ValuesChange]) -> Vec<String> {
    let mut members = vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
    let ids = |objects: &[Object]| -> Vec<String> {
        objects
            .iter()
            .map(|object| object["value"].as_str().unwrap().to_owned())
            .collect()
    };
    for change in changes {
        match change {
            ValuesChange::Add(new) => {
                for id in ids(new) {
                    if !members.contains(&id) {
                        members.push(id);
                    }
                }
            }
            ValuesChange::Confirm(_) => {}
            ValuesChange::Remove(gone) => members.retain(|id| !gone.contains(id)),
            ValuesChange::RemoveWhere(filter) => panic!("unexpected {filter}"),
            ValuesChange::Replace(new) => members = ids(new),
        }
    }
    members
}

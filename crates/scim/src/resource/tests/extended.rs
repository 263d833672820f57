//! A schema that is defined after resources hold its values, and immutable attributes of a resource that is replaced.

use super::*;
use crate::schema::{Extension, definition};

const STAFF: &str = "urn:example:staff:2.0:User";

fn staff() -> ResourceType {
    let definition = json!({"id": STAFF, "attributes": [
        {"name": "badgeNumber", "mutability": "immutable"},
        {"name": "floor", "type": "integer"},
        {"name": "computed", "mutability": "readOnly"},
        {"name": "pin", "mutability": "writeOnly", "returned": "never"},
        {"name": "ward", "type": "complex", "subAttributes": [
            {"name": "value", "mutability": "immutable"},
            {"name": "since", "type": "dateTime"},
        ]},
        {"name": "keys", "multiValued": true},
    ]});
    let schema = definition::parse(&object(definition)).unwrap();
    ResourceType::user().extended([Extension {
        schema,
        required: false,
    }])
}

fn fitted(container: &Value) -> Value {
    let mut resource = object(json!({"userName": "x", STAFF: container}));
    fit(&staff(), &mut resource);
    resource.remove(STAFF).unwrap_or_default()
}

#[test]
fn names_become_those_of_the_schema_and_values_stay() {
    let mut resource = object(json!({
        "userName": "x",
        "URN:Example:STAFF:2.0:user": {"BADGENUMBER": 7, "Ward": {"VALUE": [], "other": 1}, "unknown": true},
        "urn:example:other": {"BADGENUMBER": 7},
    }));
    assert!(adopt(&staff(), &mut resource));
    assert_eq!(
        Value::Object(resource.clone()),
        json!({
            "userName": "x",
            "urn:example:other": {"BADGENUMBER": 7},
            STAFF: {"unknown": true, "badgeNumber": 7, "ward": {"other": 1, "value": []}},
        })
    );
    assert!(!adopt(&staff(), &mut resource));
}

#[test]
fn a_name_that_is_taken_stays_as_it_is() {
    let before =
        object(json!({STAFF: {"badgeNumber": "7"}, "URN:EXAMPLE:STAFF:2.0:USER": {"badgeNumber": "8"}}));
    let mut after = before.clone();
    assert!(!adopt(&staff(), &mut after));
    assert_eq!(after, before);
}

#[test]
fn values_that_are_understood_are_converted() {
    assert_eq!(
        fitted(&json!({"badgeNumber": 7, "floor": "3", "keys": "K1", "unknown": {"a": 1}})),
        json!({"badgeNumber": "7", "floor": 3, "keys": ["K1"], "unknown": {"a": 1}})
    );
}

#[test]
fn values_that_fit_nothing_are_dropped() {
    assert_eq!(
        fitted(
            &json!({"badgeNumber": {"a": 1}, "floor": "third", "ward": {"since": "today"}, "keys": ["K1"]})
        ),
        json!({"keys": ["K1"]})
    );
    assert_eq!(fitted(&json!({"floor": "third"})), Value::Null);
    assert_eq!(fitted(&json!("third")), Value::Null);
    assert_eq!(fitted(&json!({"pin": "1234"})), Value::Null);
}

#[test]
fn values_that_fit_stay_as_they_are() {
    let container = json!({"badgeNumber": "7", "floor": 3, "ward": {"value": "w"}, "keys": ["K1", "K1"]});
    assert_eq!(fitted(&container), container);
}

fn kept(before: Value, after: Value) -> Result<Value, Error> {
    let user = |container: Value| {
        let mut user = object(json!({"userName": "x"}));
        if !container.is_null() {
            user.insert(STAFF.to_owned(), container);
        }
        user
    };
    let mut after = user(after);
    keep_unreadable(&staff(), &user(before), &mut after)?;
    assert_eq!(after["userName"], "x");
    Ok(after.remove(STAFF).unwrap_or_default())
}

#[test]
fn an_immutable_value_that_is_left_out_stays() {
    let before = json!({"badgeNumber": "7", "floor": 3});
    assert_eq!(
        kept(before.clone(), Value::Null).unwrap(),
        json!({"badgeNumber": "7"})
    );
    assert_eq!(
        kept(before, json!({"floor": 4})).unwrap(),
        json!({"floor": 4, "badgeNumber": "7"})
    );
    assert_eq!(kept(json!({"floor": 3}), Value::Null).unwrap(), Value::Null);
    assert_eq!(
        kept(
            json!({"ward": {"value": "w"}}),
            json!({"ward": {"since": "2026-01-31T12:00:00Z"}})
        )
        .unwrap(),
        json!({"ward": {"since": "2026-01-31T12:00:00Z", "value": "w"}})
    );
}

#[test]
fn an_immutable_value_is_set_once() {
    let sent = json!({"badgeNumber": "7"});
    assert_eq!(kept(Value::Null, sent.clone()).unwrap(), sent);
    assert_eq!(kept(sent.clone(), sent.clone()).unwrap(), sent);
    for (before, after, place) in [
        (sent, json!({"badgeNumber": "8"}), "badgeNumber is immutable"),
        (
            json!({"ward": {"value": "w"}}),
            json!({"ward": {"value": "v"}}),
            "ward.value is immutable",
        ),
    ] {
        let error = kept(before, after).unwrap_err();
        assert_eq!(error.scim_type, ScimType::Mutability);
        assert!(error.detail.contains(place), "{}", error.detail);
    }
}

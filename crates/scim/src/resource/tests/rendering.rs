//! Resources as answers.

use super::*;

#[test]
fn an_answer_is_ordered_like_the_schema() {
    let stored = object(json!({
        "urn:example:B": {"x": 1}, "urn:example:A": {"x": 1},
        "roles": [{"value": "r"}], "active": true, ENTERPRISE_USER: {"department": "IT"},
        "userName": "bjensen", "externalId": "e",
    }));
    let computed = object(json!({"groups": [{"value": "g"}]}));
    let resource = render(&ResourceType::user(), stored, computed, &meta());
    let keys: Vec<_> = resource.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "schemas",
            "id",
            "externalId",
            "userName",
            "active",
            "groups",
            "roles",
            ENTERPRISE_USER,
            "urn:example:A",
            "urn:example:B",
            "meta",
        ]
    );
    assert_eq!(
        resource["schemas"],
        json!([USER, ENTERPRISE_USER, "urn:example:A", "urn:example:B"])
    );
}

#[test]
fn meta_is_complete() {
    let resource = render(
        &ResourceType::user(),
        object(json!({"userName": "a"})),
        Object::new(),
        &meta(),
    );
    assert_eq!(
        Value::Object(resource),
        json!({
            "schemas": [USER], "id": "0192", "userName": "a",
            "meta": {
                "resourceType": "User", "created": "2026-01-31T12:00:00.123Z",
                "lastModified": "2026-02-01T12:00:00.000Z",
                "location": "https://host/scim/v2/o/Users/0192", "version": "W/\"3\"",
            },
        })
    );
}

#[test]
fn a_group_without_members_shows_what_it_was_given() {
    let stored = object(json!({"displayName": "Staff"}));
    let resource = render(
        &ResourceType::group(),
        stored,
        object(json!({"members": []})),
        &meta(),
    );
    assert_eq!(resource["members"], json!([]));
    assert_eq!(resource["meta"]["resourceType"], "Group");
}

/// The same value with the members of each object in reverse.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .rev()
            .map(|(key, value)| (key.clone(), reversed(value)))
            .collect(),
        Value::Array(items) => items.iter().map(reversed).collect(),
        other => other.clone(),
    }
}

#[test]
fn an_answer_is_the_same_to_the_byte_whatever_order_a_database_returns() {
    let stored = json!({
        "userName": "bjensen",
        "name": {"familyName": "Jensen", "givenName": "Barbara", "honorificPrefix": "Dr"},
        "emails": [{"value": "b@x", "display": "B", "type": "work", "primary": true}, {"value": "c@x", "type": "home"}],
        "addresses": [{"streetAddress": "1 Road", "locality": "Town", "postalCode": "1", "type": "work"}],
        ENTERPRISE_USER: {"employeeNumber": "1", "department": "IT", "manager": {"value": "m", "$ref": "../Users/m"}},
        "urn:example:Aa": {"b": 1, "aa": {"y": [{"q": 1, "p": 2}], "x": 1}, "c": 1},
        "urn:example:b": {"x": 1},
    });
    let computed =
        json!({"groups": [{"value": "g", "$ref": "../Groups/g", "display": "G", "type": "direct"}]});
    let text = |stored: &Value, computed: &Value| {
        let resource = render(
            &ResourceType::user(),
            object(stored.clone()),
            object(computed.clone()),
            &meta(),
        );
        Value::Object(resource).to_string()
    };
    let expected = text(&stored, &computed);
    assert_eq!(text(&reversed(&stored), &reversed(&computed)), expected);
    for part in [
        r#""name":{"familyName":"Jensen","givenName":"Barbara","honorificPrefix":"Dr"}"#,
        r#""emails":[{"value":"b@x","display":"B","type":"work","primary":true},{"value":"c@x","type":"home"}]"#,
        r#"{"employeeNumber":"1","department":"IT","manager":{"value":"m","$ref":"../Users/m"}}"#,
        r#""urn:example:Aa":{"aa":{"x":1,"y":[{"p":2,"q":1}]},"b":1,"c":1},"urn:example:b":{"x":1},"meta""#,
        r#""groups":[{"value":"g","$ref":"../Groups/g","display":"G","type":"direct"}]"#,
    ] {
        assert!(expected.contains(part), "{part} in {expected}");
    }
}

proptest! {
    #[test]
    fn the_order_of_what_is_stored_never_shows(attributes in proptest::collection::btree_map(
        prop_oneof![Just("name".to_owned()), Just("emails".to_owned()), Just(ENTERPRISE_USER.to_owned()), Just("urn:example:a".to_owned())],
        any_json(),
        0..4,
    )) {
        let attributes = Value::Object(attributes.into_iter().collect());
        if let Ok(accepted) = read_with(Mode::Tolerant, attributes) {
            let stored = Value::Object(accepted.attributes);
            let text = |stored: Value| {
                let resource = render(&ResourceType::user(), object(stored), Object::new(), &meta());
                Value::Object(resource).to_string()
            };
            prop_assert_eq!(text(reversed(&stored)), text(stored));
        }
    }
}

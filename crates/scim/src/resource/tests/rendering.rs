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
            "urn:example:B",
            "urn:example:A",
            "meta",
        ]
    );
    assert_eq!(
        resource["schemas"],
        json!([USER, ENTERPRISE_USER, "urn:example:B", "urn:example:A"])
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

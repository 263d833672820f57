//! Bodies that Okta sends.

use super::*;

fn raw(text: &str) -> Object {
    crate::json::parse_object(text.as_bytes()).unwrap()
}

fn user(text: &str) -> Applied {
    let request = parse(raw(text), Mode::Tolerant).unwrap();
    apply(
        &ResourceType::user(),
        Mode::Tolerant,
        &object(babs()),
        &request,
        None,
    )
    .unwrap()
}

fn group_of_three(text: &str) -> Applied {
    let request = parse(raw(text), Mode::Tolerant).unwrap();
    let stored = object(json!({"displayName": "Guides"}));
    apply(
        &ResourceType::group(),
        Mode::Tolerant,
        &stored,
        &request,
        Some("members"),
    )
    .unwrap()
}

#[test]
fn okta_deactivates_without_a_path() {
    let applied = user(
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations":[{"op":"replace","value":{"active":false}}]}"#,
    );
    let mut expected = babs();
    expected["active"] = json!(false);
    assert_eq!(applied.resource, object(expected));
    assert!(applied.rewrites.is_empty());
}

#[test]
fn okta_sends_a_password_without_a_path() {
    let applied = user(
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations":[{"op":"replace","value":{"password":"1mz050nq"}}]}"#,
    );
    assert_eq!(applied.resource, object(babs()));
}

#[test]
fn okta_renames_a_group_with_its_id_and_without_schemas() {
    let applied = group_of_three(
        r#"{"Operations":[{"op":"replace","value":{"id":"abf4dd94-a4c0-4f67-89c9-76b03340cb9b","displayName":"New name"}}]}"#,
    );
    assert_eq!(applied.resource["displayName"], "New name");
    assert_eq!(applied.detached, []);
    assert_eq!(rules(&applied), ["patch-schemas-missing", "read-only-in-value"]);
}

#[test]
fn okta_changes_members_removals_first() {
    let applied = group_of_three(
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
            {"op":"remove","path":"members[value eq \"a\"]"},
            {"op":"add","path":"members","value":[{"value":"23a35c27-23d3-4c03-b4c5-6443c09e7173","display":"test.user@okta.local"}]}]}"#,
    );
    assert_eq!(
        left_of_abc(&applied.detached),
        ["b", "c", "23a35c27-23d3-4c03-b4c5-6443c09e7173"]
    );
    assert!(applied.rewrites.is_empty());
}

#[test]
fn okta_pushes_a_whole_group() {
    let applied = group_of_three(
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations":[{"op":"replace","path":"members","value":[{"value":"b","display":"b@x"},{"value":"d","display":"d@x"}]}]}"#,
    );
    assert_eq!(left_of_abc(&applied.detached), ["b", "d"]);
}

#[test]
fn okta_empties_a_group_with_and_without_a_path() {
    for operation in [
        r#"{"op":"replace","path":"members","value":[]}"#,
        r#"{"op":"replace","value":{"members":[],"id":"1","displayName":"Guides"}}"#,
    ] {
        let applied = group_of_three(&format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{operation}]}}"#
        ));
        assert_eq!(left_of_abc(&applied.detached), Vec::<String>::new());
        assert_eq!(applied.resource["displayName"], "Guides");
    }
}

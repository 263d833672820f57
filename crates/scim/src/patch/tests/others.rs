//! Bodies that other identity providers send.

use super::*;

#[test]
fn jumpcloud_sends_one_path_for_each_attribute_and_both_remove_shapes() {
    let applied = patch(
        Mode::Tolerant,
        babs(),
        json!([
            {"op": "replace", "path": "name.givenName", "value": "B"},
            {"op": "replace", "path": "active", "value": false}
        ]),
    )
    .unwrap();
    assert_eq!(applied.resource["name"]["givenName"], "B");
    let changes = member_changes(
        Mode::Tolerant,
        json!([
            {"op": "remove", "path": "members", "value": [{"value": "a"}]},
            {"op": "remove", "path": "members[value eq \"b\"]"},
            {"op": "add", "path": "members", "value": [{"value": "d"}]}
        ]),
    );
    assert_eq!(left_of_abc(&changes), ["c", "d"]);
}

#[test]
fn authentik_sends_the_whole_group_without_a_path() {
    let applied = group(Mode::Tolerant, json!([{"op": "replace", "value": {
        "id": "1", "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "externalId": "e", "displayName": "New"
    }}]))
    .unwrap();
    assert_eq!(
        applied.resource,
        object(json!({"displayName": "New", "externalId": "e"}))
    );
    assert_eq!(applied.detached, []);
}

#[test]
fn rauthy_unlinks_a_group_with_null() {
    let linked = object(json!({"displayName": "g", "externalId": "e"}));
    let request = parse(
        super::body(json!([{"op": "replace", "value": {"displayName": "g", "externalId": null}}])),
        Mode::Tolerant,
    );
    let applied = apply(
        &ResourceType::group(),
        Mode::Tolerant,
        &linked,
        &request.unwrap(),
        Some("members"),
    )
    .unwrap();
    assert_eq!(applied.resource, object(json!({"displayName": "g"})));
}

#[test]
fn keycloak_empties_a_group_by_remove_with_null_and_writes_active_as_text() {
    let changes = member_changes(
        Mode::Tolerant,
        json!([{"op": "remove", "path": "members", "value": null}]),
    );
    assert_eq!(changes, [ValuesChange::Replace(Vec::new())]);
    assert_eq!(
        after(
            Mode::Tolerant,
            json!([{"op": "replace", "path": "active", "value": "false"}]),
            "active"
        ),
        json!(false)
    );
}

#[test]
fn clients_that_always_write_the_path_leave_it_empty() {
    let applied = patch(
        Mode::Tolerant,
        babs(),
        json!([{"op": "replace", "path": "", "value": {"title": "x"}}]),
    )
    .unwrap();
    assert_eq!(applied.resource["title"], "x");
    assert_eq!(rules(&applied), ["empty-path"]);
    assert_eq!(
        after(
            Mode::Strict,
            json!([{"op": "replace", "path": null, "value": {"title": "x"}}]),
            "title"
        ),
        json!("x")
    );
}

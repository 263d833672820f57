//! Bodies that Microsoft Entra ID sends, without and with the feature flag `aadOptscim062020`.

use super::*;

fn entra(operations: Value) -> Applied {
    patch(Mode::Tolerant, babs(), operations).unwrap()
}

#[test]
fn entra_disables_a_user_with_text_and_a_capital() {
    let applied = entra(json!([{"op": "Replace", "path": "active", "value": "False"}]));
    assert_eq!(applied.resource["active"], json!(false));
    assert_eq!(rules(&applied), ["op-case", "boolean-as-string"]);
    let applied = entra(json!([{"op": "replace", "path": "active", "value": false}]));
    assert!(applied.rewrites.is_empty());
}

#[test]
fn entra_updates_a_user_one_path_at_a_time() {
    let applied = entra(json!([
        {"op": "Add", "path": "nickName", "value": "Babs"},
        {"op": "Replace", "path": "displayName", "value": "Pvlo"},
        {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "Test@work.org"},
        {"op": "Replace", "path": "name.givenName", "value": "Gtfd"},
        {"op": "Replace", "path": "externalId", "value": "Eqpj"},
        {"op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", "value": "Eqpj"}
    ]));
    let mut expected = babs();
    expected["nickName"] = json!("Babs");
    expected["displayName"] = json!("Pvlo");
    expected["emails"][0]["value"] = json!("Test@work.org");
    expected["name"]["givenName"] = json!("Gtfd");
    expected["externalId"] = json!("Eqpj");
    expected[ENTERPRISE]["employeeNumber"] = json!("Eqpj");
    assert_eq!(applied.resource, object(expected));
}

#[test]
fn entra_with_the_flag_updates_several_attributes_by_keys_that_are_paths() {
    let applied = entra(json!([
        {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "n@work.org"},
        {"op": "replace", "value": {
            "displayName": "Bjfe", "name.givenName": "Kkom", "name.familyName": "Unua",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber": "Aklq"
        }}
    ]));
    assert_eq!(applied.resource["displayName"], "Bjfe");
    assert_eq!(
        applied.resource["name"],
        json!({"familyName": "Unua", "givenName": "Kkom"})
    );
    assert_eq!(applied.resource[ENTERPRISE]["employeeNumber"], "Aklq");
    assert_eq!(rules(&applied), ["path-as-key"; 3]);
}

#[test]
fn entra_adds_and_removes_members_by_value_and_with_the_flag_by_filter() {
    let changes = member_changes(
        Mode::Tolerant,
        json!([
            {"op": "Add", "path": "members", "value": [{"$ref": null, "value": "d"}]},
            {"op": "Remove", "path": "members", "value": [{"$ref": null, "value": "a"}]},
            {"op": "remove", "path": "members[value eq \"b\"]"}
        ]),
    );
    assert_eq!(left_of_abc(&changes), ["c", "d"]);
    let applied = group(
        Mode::Tolerant,
        json!([{"op": "Remove", "path": "members", "value": [{"value": "a"}]}]),
    )
    .unwrap();
    assert_eq!(rules(&applied), ["op-case", "remove-with-value"]);
}

#[test]
fn entra_builds_one_address_from_several_operations() {
    let operations = json!([
        {"op": "Add", "path": "addresses[type eq \"other\"].Formatted", "value": "1 Road"},
        {"op": "Add", "path": "addresses[type eq \"other\"].streetAddress", "value": "1 Road"},
        {"op": "Add", "path": "addresses[type eq \"other\"].locality", "value": "Town"},
        {"op": "Replace", "path": "emails[type eq \"other\"].Value", "value": "o@x"}
    ]);
    let applied = entra(operations);
    assert_eq!(
        applied.resource["addresses"][1],
        json!({"type": "other", "formatted": "1 Road", "streetAddress": "1 Road", "locality": "Town"})
    );
    assert_eq!(
        applied.resource["emails"][2],
        json!({"type": "other", "value": "o@x"})
    );
    assert_eq!(
        rules(&applied),
        [
            "op-case",
            "value-created-from-filter",
            "value-created-from-filter"
        ]
    );
}

#[test]
fn entra_clears_with_an_empty_text() {
    let applied = entra(json!([
        {"op": "Replace", "path": "title", "value": ""},
        {"op": "Replace", "path": "name.givenName", "value": ""},
        {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": ""},
        {"op": "Replace", "path": "addresses[type eq \"work\"].locality", "value": ""},
        {"op": "Replace", "path": "addresses[type eq \"work\"].country", "value": null},
        {"op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": ""},
        {"op": "Replace", "path": "phoneNumbers[type eq \"work\"].value", "value": ""}
    ]));
    let expected = json!({
        "userName": "bjensen",
        "externalId": "ext-1",
        "name": {"familyName": "Jensen"},
        "active": true,
        "emails": [{"value": "b@home.org", "type": "home"}],
        ENTERPRISE: {"department": "Tours"}
    });
    assert_eq!(applied.resource, object(expected));
}

#[test]
fn entra_selects_roles_by_primary_as_text_and_by_urn_and_filter() {
    let stored = json!({"userName": "x", "roles": [{"value": "a", "primary": true}, {"value": "b"}]});
    let applied = patch(
        Mode::Tolerant,
        stored.clone(),
        json!([
            {"op": "Replace", "path": "roles[primary eq \"True\"].value", "value": "c"},
            {"op": "Remove", "path": "urn:ietf:params:scim:schemas:core:2.0:User:roles[value eq \"b\"]"}
        ]),
    );
    assert_eq!(
        applied.unwrap().resource["roles"],
        json!([{"value": "c", "primary": true}])
    );
    let applied = patch(
        Mode::Tolerant,
        stored,
        json!([
            {"op": "Add", "path": "roles", "value": [{"value": "d", "primary": "True"}]}
        ]),
    );
    assert_eq!(
        applied.unwrap().resource["roles"],
        json!([{"value": "a", "primary": false}, {"value": "b"}, {"value": "d", "primary": true}])
    );
}

#[test]
fn entra_removes_one_role_by_value() {
    let stored = json!({"userName": "x", "roles": [{"value": "a"}, {"value": "b"}]});
    let applied = patch(
        Mode::Tolerant,
        stored,
        json!([{"op": "Remove", "path": "roles", "value": [{"value": "a"}]}]),
    );
    assert_eq!(applied.unwrap().resource["roles"], json!([{"value": "b"}]));
}

#[test]
fn entra_adds_replaces_and_removes_a_manager() {
    let path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
    for value in [
        json!("m-2"),
        json!([{"value": "m-2"}]),
        json!([{"$ref": "../Users/m-2", "value": "m-2"}]),
    ] {
        let applied = entra(json!([{"op": "Add", "path": path, "value": value}]));
        assert_eq!(applied.resource[ENTERPRISE]["manager"]["value"], "m-2");
    }
    let applied = entra(json!([{"op": "Remove", "path": path}]));
    assert_eq!(applied.resource[ENTERPRISE], json!({"department": "Tours"}));
}

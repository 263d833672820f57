//! PATCH requests that stored the wrong thing, or nothing.

use serde_json::{Value, json};
use wicketgate_scim::{
    Mode,
    message::PATCH_OP,
    schema::{ENTERPRISE_USER, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    trap_16_dotted_keys_of_a_pathless_replace_are_paths,
    trap_17_extension_attributes_are_stored_in_their_container,
    trap_18_a_path_in_another_case_or_with_its_urn_is_the_same_path,
    trap_19_a_manager_may_be_text_or_empty,
    trap_19_a_manager_may_be_removed_by_a_filter_on_its_value,
    trap_20_a_patch_changes_nothing_that_is_read_only_or_immutable,
    trap_21_a_patch_keeps_all_that_it_does_not_name,
    trap_22_empty_operations_change_nothing,
    trap_22_two_new_primary_values_are_refused,
}

async fn trap_16_dotted_keys_of_a_pathless_replace_are_paths(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = format!("/Users/{}", org.user("anna").await);
    let value = json!({
        "name.givenName": "Anna", "name.familyName": "Berg", "emails[type eq \"work\"].value": "a@x.example",
        format!("{ENTERPRISE_USER}:department"): "Air",
    });
    let patched = org
        .patch(&endpoint, &json!([{"op": "Replace", "value": value}]))
        .await
        .expect(200)
        .json();
    assert_eq!(patched["name"]["givenName"], "Anna");
    assert_eq!(
        patched["emails"],
        json!([{"value": "a@x.example", "type": "work"}])
    );
    assert_eq!(patched[ENTERPRISE_USER], json!({"department": "Air"}));
    let keys: Vec<&String> = patched.as_object().unwrap().keys().collect();
    assert!(
        keys.iter()
            .all(|key| !key.contains('[') && !key.contains("name.") && !key.ends_with("department"))
    );
}

async fn trap_17_extension_attributes_are_stored_in_their_container(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = format!("/Users/{}", org.user("anna").await);
    let path = |name: &str| format!("{ENTERPRISE_USER}:{name}");
    let operations = json!([
        {"op": "add", "path": path("department"), "value": "Air"},
        {"op": "add", "path": path("manager.value"), "value": "boss"},
        {"op": "add", "value": {ENTERPRISE_USER: {"costCenter": "7"}}},
        {"op": "add", "path": ENTERPRISE_USER, "value": {"division": "North"}},
    ]);
    let patched = org.patch(&endpoint, &operations).await.expect(200).json();
    let expected = json!({
        "costCenter": "7", "division": "North", "department": "Air", "manager": {"value": "boss"},
    });
    assert_eq!(patched[ENTERPRISE_USER], expected);
    assert_eq!(patched["schemas"], json!([USER, ENTERPRISE_USER]));
    let emptied = org
        .patch(&endpoint, &json!([{"op": "remove", "path": ENTERPRISE_USER}]))
        .await
        .expect(200)
        .json();
    assert_eq!(emptied.get(ENTERPRISE_USER), None);
    assert_eq!(emptied["schemas"], json!([USER]));
}

async fn trap_18_a_path_in_another_case_or_with_its_urn_is_the_same_path(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = format!("/Users/{}", org.user("anna").await);
    for (number, path) in [
        "displayname".to_owned(),
        "DISPLAYNAME".to_owned(),
        format!("{USER}:displayName"),
        format!("{}:DisplayName", USER.to_uppercase()),
    ]
    .into_iter()
    .enumerate()
    {
        let operations = json!([{"op": "Replace", "path": path, "value": number.to_string()}]);
        let patched = org.patch(&endpoint, &operations).await.expect(200).json();
        assert_eq!(patched["displayName"], number.to_string(), "{path}");
    }
}

async fn trap_19_a_manager_may_be_text_or_empty(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let boss = org.user("boss").await;
    let endpoint = format!("/Users/{}", org.user("anna").await);
    let path = format!("{ENTERPRISE_USER}:manager");
    for (value, expected) in [
        (json!(boss), json!(boss)),
        (json!(""), Value::Null),
        (json!({"value": boss}), json!(boss)),
        (json!({"value": ""}), Value::Null),
        (json!([{"value": boss}]), json!(boss)),
        (json!(null), Value::Null),
    ] {
        let operations = json!([{"op": "Replace", "path": path, "value": value}]);
        let patched = org.patch(&endpoint, &operations).await;
        assert_eq!(patched.status, 200, "{value}: {patched:?}");
        assert_eq!(
            patched.json()[ENTERPRISE_USER]["manager"]["value"],
            expected,
            "{value}"
        );
    }
    let user =
        json!({"schemas": [USER, ENTERPRISE_USER], "userName": "berta", ENTERPRISE_USER: {"manager": boss}});
    let created = org.post("/Users", &user).await.expect(201).json();
    assert_eq!(created[ENTERPRISE_USER]["manager"]["value"], boss);
}

/// Microsoft's validator sends an empty list: where an organization is not strict, that is a change of nothing.
async fn trap_22_empty_operations_change_nothing(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = format!("/Users/{}", org.user("anna").await);
    let group = format!("/Groups/{}", org.group("Pilots", &[]).await);
    let (user_before, group_before) = (org.get(&user).await, org.get(&group).await);
    let before = org.latest_event().await;
    for mode in [Mode::Tolerant, Mode::Strict, Mode::Interop] {
        org.set_mode(mode).await;
        for operations in [Some(json!([])), Some(json!(null)), Some(json!({})), None] {
            let mut body = json!({"schemas": [PATCH_OP]});
            let is_understood = mode == Mode::Tolerant && operations == Some(json!([]));
            if let Some(operations) = operations {
                body["Operations"] = operations;
            }
            for (endpoint, done) in [(&user, 200), (&group, 204)] {
                let answer = org
                    .send("PATCH", endpoint, &[], Some(body.to_string().as_bytes()))
                    .await;
                if is_understood {
                    assert_eq!(answer.status, done, "{endpoint}: {answer:?}");
                } else {
                    refused(&answer, 400, Some("invalidSyntax"), &["Operations"]);
                }
            }
        }
    }
    assert_eq!(
        (org.get(&user).await, org.get(&group).await),
        (user_before, group_before)
    );
    let changes = org
        .events()
        .await
        .into_iter()
        .filter(|event| event.seq > before && event.kind != "org.updated");
    assert_eq!(changes.count(), 0);
}

async fn trap_19_a_manager_may_be_removed_by_a_filter_on_its_value(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": "anna",
        ENTERPRISE_USER: {"department": "Air", "manager": {"value": "boss"}},
    });
    let endpoint = format!("/Users/{}", org.post("/Users", &user).await.expect(201).id());
    let remove = |id: &str| {
        let path = format!("{ENTERPRISE_USER}:manager[value eq \"{id}\"]");
        json!([{"op": "remove", "path": path}])
    };
    for (id, left) in [
        (
            "somebody",
            json!({"department": "Air", "manager": {"value": "boss"}}),
        ),
        ("boss", json!({"department": "Air"})),
    ] {
        org.patch(&endpoint, &remove(id)).await.expect(200);
        assert_eq!(org.get(&endpoint).await.json()[ENTERPRISE_USER], left, "{id}");
    }
}

async fn trap_20_a_patch_changes_nothing_that_is_read_only_or_immutable(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [anna, berta] = [org.user("anna").await, org.user("berta").await];
    let group = format!("/Groups/{}", org.group("Pilots", &[&anna]).await);
    let anna = format!("/Users/{anna}");
    let before = org.snapshot().await;
    let of_users = [
        json!({"op": "replace", "path": "id", "value": "1"}),
        json!({"op": "remove", "path": "id"}),
        json!({"op": "replace", "path": "meta.created", "value": "2001-01-01T00:00:00Z"}),
        json!({"op": "add", "path": "groups", "value": [{"value": "x"}]}),
        json!({"op": "remove", "path": "groups"}),
        json!({"op": "replace", "path": format!("{ENTERPRISE_USER}:manager.displayName"), "value": "Boss"}),
    ];
    let of_groups = [
        json!({"op": "replace", "path": "id", "value": "1"}),
        json!({"op": "replace", "path": "meta", "value": {"version": "x"}}),
        json!({"op": "replace", "path": "members.value", "value": berta}),
        json!({"op": "replace", "path": "members[type eq \"User\"].value", "value": berta}),
    ];
    let of_users = of_users.into_iter().map(|operation| (&anna, operation));
    let of_groups = of_groups.into_iter().map(|operation| (&group, operation));
    for (endpoint, operation) in of_users.chain(of_groups) {
        let answer = org.patch(endpoint, &json!([operation])).await;
        assert_eq!(answer.status, 400, "{operation}: {answer:?}");
        refused(&answer, 400, Some("mutability"), &[]);
    }
    assert_eq!(org.snapshot().await, before);
}

async fn trap_21_a_patch_keeps_all_that_it_does_not_name(gateway: TestGateway) {
    const UNKNOWN_EXTENSION: &str = "urn:example:params:scim:schemas:extension:badge:2.0:User";

    let org = gateway.with_org().await;
    let user = json!({
        "schemas": [USER, ENTERPRISE_USER, UNKNOWN_EXTENSION], "userName": "anna", "externalId": "00u1",
        "password": "1mz050nq", "title": "Pilot", "x509Certificates": [{"value": "MIIDQzCC"}],
        "emails": [{"value": "a@x.example", "type": "work", "primary": true}],
        ENTERPRISE_USER: {"department": "Air", "manager": {"value": "boss"}},
        UNKNOWN_EXTENSION: {"number": 7, "doors": ["north", "south"]},
    });
    let id = org.post("/Users", &user).await.expect(201).id();
    let group = org.group("Pilots", &[&id]).await;
    let endpoint = format!("/Users/{id}");
    let mut expected = org.get(&endpoint).await.expect(200).json();
    let replace = json!([{"op": "replace", "path": "title", "value": "Captain"}]);
    org.patch(&endpoint, &replace).await.expect(200);
    let read = org.get(&endpoint).await.expect(200).json();
    assert_eq!(read[UNKNOWN_EXTENSION], user[UNKNOWN_EXTENSION]);
    assert_eq!(read["groups"][0]["value"], group);
    expected["title"] = json!("Captain");
    for name in ["version", "lastModified"] {
        assert_ne!(read["meta"][name], expected["meta"][name], "{name}");
        expected["meta"][name] = read["meta"][name].clone();
    }
    assert_eq!(read, expected);
}

async fn trap_22_two_new_primary_values_are_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = format!("/Users/{}", org.user("anna").await);
    let before = org.get(&endpoint).await;
    let two = json!([{"value": "a@x.example", "primary": true}, {"value": "b@x.example", "primary": true}]);
    for op in ["add", "replace"] {
        let operations = json!([{"op": op, "path": "emails", "value": two}]);
        refused(
            &org.patch(&endpoint, &operations).await,
            400,
            Some("invalidValue"),
            &["emails", "primary"],
        );
        assert_eq!(org.get(&endpoint).await, before);
    }
}

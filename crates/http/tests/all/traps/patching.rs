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
    dotted_keys_of_a_pathless_replace_were_stored_literally,
    extension_attributes_were_stored_flat_or_lost,
    a_path_in_another_case_or_with_its_urn_was_ignored,
    a_manager_that_is_text_or_empty_was_refused,
    empty_operations_were_accepted,
}

async fn dotted_keys_of_a_pathless_replace_were_stored_literally(gateway: TestGateway) {
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

async fn extension_attributes_were_stored_flat_or_lost(gateway: TestGateway) {
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

async fn a_path_in_another_case_or_with_its_urn_was_ignored(gateway: TestGateway) {
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

async fn a_manager_that_is_text_or_empty_was_refused(gateway: TestGateway) {
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

async fn empty_operations_were_accepted(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = format!("/Users/{}", org.user("anna").await);
    let before = org.latest_event().await;
    for mode in [Mode::Tolerant, Mode::Strict, Mode::Interop] {
        org.set_mode(mode).await;
        for operations in [Some(json!([])), Some(json!(null)), Some(json!({})), None] {
            let mut body = json!({"schemas": [PATCH_OP]});
            if let Some(operations) = operations {
                body["Operations"] = operations;
            }
            let answer = org
                .send("PATCH", &endpoint, &[], Some(body.to_string().as_bytes()))
                .await;
            refused(&answer, 400, Some("invalidSyntax"), &["Operations"]);
        }
    }
    let changes = org
        .events()
        .await
        .into_iter()
        .filter(|event| event.seq > before && event.kind != "org.updated");
    assert_eq!(changes.count(), 0);
}

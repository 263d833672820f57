//! `/admin/v1/orgs/{orgId}/service-users`.

use serde_json::{Value, json};
use wicketgate_testbed::both_engines;

use super::{Admin, fields, refused};
use crate::harness::TestGateway;

both_engines! {
    run with crate::admin::run:
    a_service_user_is_created_renamed_shut_and_opened,
    a_name_that_is_taken_is_refused_by_name,
    null_and_roles_of_accounts_are_refused,
    a_change_meant_for_another_state_is_refused,
    all_its_credentials_are_revoked_at_once,
}

async fn a_service_user_is_created_renamed_shut_and_opened(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let new = json!({"name": "Okta", "role": "org_user_manager", "provisioningDomain": "okta"});
    let created = admin.post("/service-users", &new).await.expect(201);
    let path = format!("/service-users/{}", created.id());
    let location = format!("https://scim.example.com{}", admin.path(&path));
    assert_eq!(created.header("location"), Some(&*location));
    assert_eq!(admin.get(&path).await.expect(200).json(), created.json());
    let changed = admin
        .patch(&path, &json!({"name": "Okta 2", "role": "org_user_reader"}))
        .await
        .expect(200);
    let mut expected = created.json();
    expected["name"] = json!("Okta 2");
    expected["role"] = json!("org_user_reader");
    assert_eq!(changed.json(), expected);
    for active in [false, true] {
        let changed = admin.patch(&path, &json!({"active": active})).await.expect(200);
        assert_eq!(changed.json()["active"], active);
    }
    let listed = admin.items("/service-users").await;
    assert_eq!(listed.last(), Some(&expected));
    let kinds: Vec<String> = admin
        .org
        .events()
        .await
        .into_iter()
        .map(|event| event.kind)
        .collect();
    assert_eq!(
        kinds[kinds.len() - 4..],
        [
            "service_user.created",
            "service_user.updated",
            "service_user.updated",
            "service_user.updated"
        ]
    );
}

async fn a_name_that_is_taken_is_refused_by_name(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let new = |name: &str| json!({"name": name, "role": "org_user_manager"});
    admin.post("/service-users", &new("Okta")).await.expect(201);
    let answer = admin.post("/service-users", &new("OKTA")).await;
    refused(&answer, 409, "already-exists", &["taken"]);
    assert_eq!(fields(&answer), ["name"]);
    let other = admin.post("/service-users", &new("Entra")).await.expect(201).id();
    let answer = admin
        .patch(&format!("/service-users/{other}"), &json!({"name": "okta"}))
        .await;
    refused(&answer, 409, "already-exists", &[]);
}

async fn null_and_roles_of_accounts_are_refused(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let path = format!("/service-users/{}", admin.service_user().await);
    let before = admin.get(&path).await;
    let answer = admin
        .patch(&path, &json!({"name": null, "active": "no", "id": "x"}))
        .await;
    refused(&answer, 400, "invalid-input", &["true or false"]);
    assert_eq!(fields(&answer), ["name", "active", "id"]);
    let answer = admin.patch(&path, &json!({"role": "org_viewer"})).await;
    refused(&answer, 400, "invalid-input", &["for accounts"]);
    assert_eq!(admin.get(&path).await, before);
}

async fn a_change_meant_for_another_state_is_refused(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let path = format!("/service-users/{}", admin.service_user().await);
    let tag = admin
        .get(&path)
        .await
        .expect(200)
        .header("etag")
        .unwrap()
        .to_owned();
    let change = json!({"active": false});
    let headers = [("If-Match", tag.as_str())];
    admin
        .send_with("PATCH", &path, &headers, &change)
        .await
        .expect(200);
    let answer = admin
        .send_with("PATCH", &path, &headers, &json!({"active": true}))
        .await;
    refused(&answer, 412, "changed-meanwhile", &[]);
    assert_eq!(admin.get(&path).await.json()["active"], false);
}

async fn all_its_credentials_are_revoked_at_once(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let path = format!("/service-users/{}/revoke-credentials", admin.service_user().await);
    admin.org.get("/Users").await.expect(200);
    let revoked = admin.send("POST", &path, &Value::Null).await.expect(200);
    assert_eq!(revoked.json(), json!({"revoked": 1}));
    admin.org.get("/Users").await.expect(401);
}

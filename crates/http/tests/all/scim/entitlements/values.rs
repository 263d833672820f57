//! Single values: how they are read, that nothing changes them, and that users hold any.

use serde_json::{Value, json};
use wicketgate_auth::Role;
use wicketgate_domain::EntitlementKind;
use wicketgate_scim::{
    Mode,
    message::BULK_REQUEST,
    schema::{ENTITLEMENT, ROLE, USER},
};
use wicketgate_testbed::both_engines;

use super::with_roles;
use crate::harness::{Answer, PUBLIC_URL, TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    a_role_is_read_with_location_and_version,
    an_entitlement_names_its_type,
    a_value_that_the_client_holds_is_not_sent_again,
    nothing_is_changed_here,
    everybody_who_may_read_users_may_read_what_is_offered,
    nothing_is_changed_in_bulk,
    users_hold_any_value_offered_or_not,
}

async fn a_role_is_read_with_location_and_version(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    let read = org.get("/Roles/pilot").await.expect(200);
    let location = format!("{PUBLIC_URL}{}", org.path("/Roles/pilot"));
    let role = read.json();
    assert_eq!(read.header("content-type"), Some("application/scim+json"));
    assert_eq!(read.header("location"), Some(location.as_str()));
    assert_eq!(read.header("etag"), role["meta"]["version"].as_str());
    assert_eq!(role["meta"]["lastModified"], role["meta"]["created"]);
    let mut expected = json!({
        "schemas": [ROLE], "id": "pilot", "displayName": "Pilot", "description": "Flies the plane.",
        "meta": {"resourceType": "Role", "location": location},
    });
    for name in ["created", "lastModified", "version"] {
        expected["meta"][name] = role["meta"][name].clone();
    }
    assert_eq!(role, expected);
    let listed = org.find("/Roles", "id eq \"pilot\"").await.expect(200).json();
    assert_eq!(listed["Resources"], json!([role]));
    for unknown in ["PILOT", "pilots", "pilot/x", "%00", "%C3%A9", "a%20b"] {
        refused(&org.get(&format!("/Roles/{unknown}")).await, 404, None, &[]);
    }
}

async fn an_entitlement_names_its_type(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.offer(EntitlementKind::Entitlement, "license-1", "License")
        .await;
    let read = org.get("/Entitlements/license-1").await.expect(200).json();
    assert_eq!(
        (&read["schemas"], &read["type"], &read["displayName"]),
        (&json!([ENTITLEMENT]), &json!("Entitlement"), &json!("License"))
    );
    assert_eq!(read.get("description"), None);
    assert_eq!(read["meta"]["resourceType"], "Entitlement");
}

async fn a_value_that_the_client_holds_is_not_sent_again(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    let tag = org.get("/Roles/pilot").await.header("etag").unwrap().to_owned();
    let conditional = || async {
        let headers = [("If-None-Match", tag.as_str())];
        org.send("GET", "/Roles/pilot", &headers, None).await
    };
    let unchanged = conditional().await.expect(304);
    assert_eq!(unchanged.header("etag"), Some(tag.as_str()));
    assert!(unchanged.body.is_empty());
    org.offer(EntitlementKind::Role, "pilot", "Captain").await;
    let changed = conditional().await.expect(200);
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
    assert_eq!(changed.json()["displayName"], "Captain");
}

async fn nothing_is_changed_here(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    let before = org.snapshot().await;
    for endpoint in ["/Roles", "/Roles/pilot"] {
        for method in ["POST", "PUT", "PATCH", "DELETE", "HEAD"] {
            let answer = org.send(method, endpoint, &[], Some(b"{}")).await.expect(405);
            assert_eq!(answer.header("allow"), Some("GET"), "{method} {endpoint}");
        }
    }
    assert_eq!(org.snapshot().await, before);
}

async fn everybody_who_may_read_users_may_read_what_is_offered(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    let manager = org.get("/Roles").await.expect(200);
    let path = org.path("/Roles");
    let reader = Some(org.token(Role::OrgUserReader));
    assert_eq!(gateway.call("GET", &path, reader, &[], None).await, manager);
}

async fn nothing_is_changed_in_bulk(gateway: TestGateway) {
    let statuses = |answer: Answer| -> Vec<Value> {
        let operations = answer.expect(200).json()["Operations"].clone();
        let operations = operations.as_array().unwrap();
        operations.iter().map(|done| done["status"].clone()).collect()
    };
    let bulk = json!({"schemas": [BULK_REQUEST], "Operations": [
        {"method": "POST", "path": "/Roles", "bulkId": "1", "data": {"displayName": "New"}},
        {"method": "PUT", "path": "/Roles/pilot", "data": {"displayName": "New"}},
        {"method": "DELETE", "path": "/Entitlements/license"},
    ]});
    let org = gateway.with_org().await;
    let nothing = statuses(org.post("/Bulk", &bulk).await);
    assert_eq!(nothing, ["404", "404", "404"]);
    org.offer(EntitlementKind::Role, "pilot", "Pilot").await;
    org.offer(EntitlementKind::Entitlement, "license", "License")
        .await;
    let before = org.snapshot().await;
    let refused = statuses(org.post("/Bulk", &bulk).await);
    assert_eq!(refused, ["405", "405", "405"]);
    assert_eq!(org.snapshot().await, before);
}

async fn users_hold_any_value_offered_or_not(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    let roles = json!([
        {"value": "pilot", "display": "Pilot", "primary": true},
        {"value": "never offered", "display": "Nobody knows"},
    ]);
    let entitlements = json!([{"value": "license", "display": "License", "type": "Profile"}]);
    for mode in [Mode::Tolerant, Mode::Strict, Mode::Interop] {
        org.set_mode(mode).await;
        let user = json!({
            "schemas": [USER], "userName": mode.as_str(), "roles": roles, "entitlements": entitlements,
        });
        let created = org.post("/Users", &user).await.expect(201);
        assert_eq!(created.json()["roles"], roles);
        assert_eq!(created.json()["entitlements"], entitlements);
        let read = org.get(&format!("/Users/{}", created.id())).await.expect(200);
        assert_eq!(read.json(), created.json(), "{mode}");
        org.delete(&format!("/Users/{}", created.id())).await.expect(204);
    }
    let user = json!({"schemas": [USER], "userName": "anna", "roles": [{"value": "pilot"}]});
    let id = org.post("/Users", &user).await.expect(201).id();
    org.withdraw(EntitlementKind::Role, "pilot").await;
    let read = org.get(&format!("/Users/{id}")).await.expect(200).json();
    assert_eq!(read["roles"], json!([{"value": "pilot"}]));
}

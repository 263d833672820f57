//! What identity providers see of users that an owner has released, blocked or restored.

use serde_json::json;
use wicketgate_scim::schema::USER;
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    a_released_user_is_there_without_external_id,
    a_name_of_a_released_user_is_taken,
    a_blocked_user_is_shown_as_inactive_and_stays_so,
    a_bulk_operation_that_activates_a_blocked_user_is_refused_alone,
    a_restored_user_is_found_under_its_id,
}

async fn a_released_user_is_there_without_external_id(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = super::anna(&org).await;
    let before = org.get(&endpoint).await.expect(200);
    org.release(endpoint.rsplit('/').next().unwrap()).await;
    let after = org.get(&endpoint).await.expect(200);
    assert!(after.json().get("externalId").is_none());
    assert_eq!(after.json()["userName"], "anna");
    assert_ne!(after.header("etag"), before.header("etag"));
    let by_external_id = org.find("/Users", "externalId eq \"00u1\"").await.expect(200);
    assert_eq!(by_external_id.json()["totalResults"], 0);
    let again = json!({"schemas": [USER], "userName": "anna", "externalId": "00u1"});
    org.put(&endpoint, &again).await.expect(200);
    let by_external_id = org.find("/Users", "externalId eq \"00u1\"").await.expect(200);
    assert_eq!(by_external_id.json()["totalResults"], 1);
}

async fn a_name_of_a_released_user_is_taken(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    org.release(&id).await;
    let user = json!({"schemas": [USER], "userName": "Anna"});
    refused(
        &org.post("/Users", &user).await,
        409,
        Some("uniqueness"),
        &["userName"],
    );
}

async fn a_blocked_user_is_shown_as_inactive_and_stays_so(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    org.block(&id).await;
    let endpoint = format!("/Users/{id}");
    assert_eq!(org.get(&endpoint).await.expect(200).json()["active"], false);
    let before = org.latest_event().await;
    let on = json!([{"op": "Replace", "path": "active", "value": "True"}]);
    let pathless = json!([{"op": "replace", "value": {"active": true, "title": "Pilot"}}]);
    let whole = json!({"schemas": [USER], "userName": "anna", "active": true});
    for answer in [
        org.patch(&endpoint, &on).await,
        org.patch(&endpoint, &pathless).await,
        org.put(&endpoint, &whole).await,
    ] {
        refused(&answer, 403, None, &["Org Owner", "blocked", "reactivate"]);
    }
    assert_eq!(org.latest_event().await, before);
    let title = json!([{"op": "replace", "path": "title", "value": "Pilot"}]);
    let answer = org.patch(&endpoint, &title).await.expect(200);
    assert_eq!(
        (&answer.json()["title"], &answer.json()["active"]),
        (&json!("Pilot"), &json!(false))
    );
    let inactive = json!({"schemas": [USER], "userName": "anna", "active": false});
    org.put(&endpoint, &inactive).await.expect(200);
    org.delete(&endpoint).await.expect(204);
}

async fn a_bulk_operation_that_activates_a_blocked_user_is_refused_alone(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let (anna, bea) = (org.user("anna").await, org.user("bea").await);
    org.block(&anna).await;
    let operation = |id: &str| {
        json!({"method": "PATCH", "path": format!("/Users/{id}"), "data": {"Operations": [
            {"op": "replace", "value": {"active": true, "title": "Pilot"}},
        ]}})
    };
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [operation(&anna), operation(&bea)],
    });
    let answer = org.post("/Bulk", &bulk).await.expect(200).json();
    let statuses: Vec<_> = answer["Operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| operation["status"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(statuses, ["403", "200"]);
}

async fn a_restored_user_is_found_under_its_id(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = super::anna(&org).await;
    let id = endpoint.rsplit('/').next().unwrap().to_owned();
    let group = org.group("Pilots", &[&id]).await;
    org.delete(&endpoint).await.expect(204);
    org.restore(&id).await;
    let user = org.get(&endpoint).await.expect(200).json();
    assert_eq!(
        (&user["externalId"], &user["groups"][0]["value"]),
        (&json!("00u1"), &json!(group))
    );
    assert_eq!(org.members(&group).await, [id]);
    let found = org.find("/Users", "externalId eq \"00u1\"").await.expect(200);
    assert_eq!(found.json()["totalResults"], 1);
}

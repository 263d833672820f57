//! `PUT /Groups/{id}`.

use serde_json::json;
use wicketgate_scim::{Mode, schema::GROUP};
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    members_become_exactly_those_that_were_sent,
    members_that_are_left_out_stay_in_tolerant_mode,
    an_echo_of_the_read_changes_nothing,
    a_group_that_does_not_exist_is_not_created,
    a_display_name_in_use_is_refused,
}

async fn members_become_exactly_those_that_were_sent(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [anna, berta, clara] = [org.user("a").await, org.user("b").await, org.user("c").await];
    let group = org.group("Pilots", &[&anna, &berta]).await;
    let endpoint = format!("/Groups/{group}");
    let put =
        |members: serde_json::Value| json!({"schemas": [GROUP], "displayName": "Pilots", "members": members});
    let replaced = org
        .put(&endpoint, &put(json!([{"value": berta}, {"value": clara}])))
        .await
        .expect(200);
    assert_eq!(replaced.header("etag"), Some("W/\"2\""));
    assert_eq!(replaced.json(), org.get(&endpoint).await.json());
    assert_eq!(org.members(&group).await, [berta, clara]);
    org.put(&endpoint, &put(json!([]))).await.expect(200);
    assert!(org.members(&group).await.is_empty());
}

async fn members_that_are_left_out_stay_in_tolerant_mode(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("a").await;
    let group = org.group("Pilots", &[&anna]).await;
    let renamed = json!({"schemas": [GROUP], "displayName": "Captains"});
    let replaced = org.put(&format!("/Groups/{group}"), &renamed).await.expect(200);
    assert_eq!(replaced.json()["displayName"], "Captains");
    assert_eq!(org.members(&group).await, [anna]);
    org.set_mode(Mode::Strict).await;
    org.put(&format!("/Groups/{group}"), &renamed).await.expect(200);
    assert!(org.members(&group).await.is_empty());
}

async fn an_echo_of_the_read_changes_nothing(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("a").await;
    let inner = org.group("Inner", &[]).await;
    let group = org.group("Pilots", &[&anna, &inner]).await;
    let before = org.latest_event().await;
    let read = org.get(&format!("/Groups/{group}")).await.expect(200);
    let replaced = org
        .put(&format!("/Groups/{group}"), &read.json())
        .await
        .expect(200);
    assert_eq!(replaced.json(), read.json());
    assert_eq!(replaced.header("etag"), read.header("etag"));
    assert_eq!(org.latest_event().await, before);
}

async fn a_group_that_does_not_exist_is_not_created(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let group = json!({"schemas": [GROUP], "displayName": "Pilots", "members": []});
    refused(
        &org.put("/Groups/0193d8a4-9b7e-7c3d-8f21-5a6b7c8d9e0f", &group)
            .await,
        404,
        None,
        &[],
    );
    assert_eq!(org.get("/Groups").await.expect(200).json()["totalResults"], 0);
}

async fn a_display_name_in_use_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("a").await;
    org.group("Crew", &[]).await;
    let group = org.group("Pilots", &[]).await;
    let before = org.snapshot().await;
    let renamed = json!({"schemas": [GROUP], "displayName": "CREW", "members": [{"value": anna}]});
    refused(
        &org.put(&format!("/Groups/{group}"), &renamed).await,
        409,
        Some("uniqueness"),
        &["displayName"],
    );
    assert_eq!(org.snapshot().await, before);
}

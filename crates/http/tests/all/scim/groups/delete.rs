//! `DELETE /Groups/{id}`.

use serde_json::json;
use wicketgate_scim::schema::GROUP;
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    a_deleted_group_is_unknown_and_its_members_stay,
    a_deleted_group_leaves_the_groups_it_was_in,
}

async fn a_deleted_group_is_unknown_and_its_members_stay(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let id = org.group("Pilots", &[&anna]).await;
    let endpoint = format!("/Groups/{id}");
    assert!(org.delete(&endpoint).await.expect(204).body.is_empty());
    let before = org.latest_event().await;
    let group = json!({"schemas": [GROUP], "displayName": "Pilots"});
    refused(&org.get(&endpoint).await, 404, None, &[]);
    refused(&org.put(&endpoint, &group).await, 404, None, &[]);
    refused(
        &org.patch(&endpoint, &json!([{"op": "remove", "path": "members"}]))
            .await,
        404,
        None,
        &[],
    );
    refused(&org.delete(&endpoint).await, 404, None, &[]);
    assert_eq!(org.latest_event().await, before);
    let read = org.get(&format!("/Users/{anna}")).await.expect(200);
    assert_eq!(read.json().get("groups"), None);
    assert_ne!(org.group("Pilots", &[&anna]).await, id);
}

async fn a_deleted_group_leaves_the_groups_it_was_in(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let inner = org.group("Inner", &[]).await;
    let outer = org.group("Outer", &[&inner]).await;
    org.delete(&format!("/Groups/{inner}")).await.expect(204);
    assert!(org.members(&outer).await.is_empty());
    let read = org.get(&format!("/Groups/{outer}")).await.expect(200);
    assert_eq!(read.header("etag"), Some("W/\"2\""));
}

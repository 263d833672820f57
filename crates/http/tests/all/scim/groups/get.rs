//! `GET /Groups/{id}`.

use serde_json::json;
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    a_group_is_read_with_all_its_members,
    members_are_left_out_where_nobody_asks_for_them,
    an_unknown_group_is_not_found,
    a_user_is_no_group,
}

async fn a_group_is_read_with_all_its_members(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let mut users = Vec::new();
    for number in 0..150 {
        users.push(org.user(&format!("user{number}")).await);
    }
    let members: Vec<&str> = users.iter().map(String::as_str).collect();
    let group = org.group("Pilots", &members).await;
    assert_eq!(org.members(&group).await, users);
}

async fn members_are_left_out_where_nobody_asks_for_them(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let group = org.group("Pilots", &[&anna]).await;
    for query in [
        "excludedAttributes=members",
        "attributes=displayName",
        "excludedAttributes=Members,meta",
    ] {
        for endpoint in [format!("/Groups/{group}?{query}"), format!("/Groups?{query}")] {
            let text = String::from_utf8(org.get(&endpoint).await.expect(200).body).unwrap();
            assert!(
                text.contains("Pilots") && !text.contains("members"),
                "{endpoint}: {text}"
            );
        }
    }
    let values = org
        .get(&format!("/Groups/{group}?attributes=members.value"))
        .await
        .expect(200);
    assert_eq!(values.json()["members"], json!([{"value": anna}]));
}

async fn an_unknown_group_is_not_found(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.group("Pilots", &[]).await;
    for id in ["0193d8a4-9b7e-7c3d-8f21-5a6b7c8d9e0f", "Pilots", "1"] {
        refused(&org.get(&format!("/Groups/{id}")).await, 404, None, &[]);
    }
}

async fn a_user_is_no_group(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let group = org.group("Pilots", &[]).await;
    refused(&org.get(&format!("/Groups/{anna}")).await, 404, None, &[]);
    refused(&org.delete(&format!("/Groups/{anna}")).await, 404, None, &[]);
    refused(&org.delete(&format!("/Users/{group}")).await, 404, None, &[]);
    org.get(&format!("/Users/{anna}")).await.expect(200);
    org.get(&format!("/Groups/{group}")).await.expect(200);
}

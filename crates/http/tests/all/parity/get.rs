//! Rows G4 to G6: `GET /Users/{id}`. G1 to G3 are in `strangers.rs`, G7 in `provisioning_domains.rs`.

use serde_json::json;
use wicketgate_scim::schema::USER;
use wicketgate_testbed::both_engines;

use super::{created, full_user, said};
use crate::harness::{PUBLIC_URL, TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    g04_an_unknown_user_is_not_found,
    g05_a_user_made_without_scim_is_visible,
    g06_a_full_user_is_read_whole,
}

async fn g04_an_unknown_user_is_not_found(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("anna").await;
    for id in ["0193d8a4-9b7e-7c3d-8f21-5a6b7c8d9e0f", "1", "anna", "%20"] {
        refused(&org.get(&format!("/Users/{id}")).await, 404, None, &[]);
    }
}

async fn g05_a_user_made_without_scim_is_visible(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({"schemas": [USER], "userName": "anna", "displayName": "Anna", "active": true});
    let id = org.user_made_elsewhere(user.clone()).await;
    let read = org.get(&format!("/Users/{id}")).await.expect(200).json();
    assert_eq!(said(&read), user);
    assert_eq!(read["meta"]["resourceType"], "User");
    let found = org
        .find("/Users", "userName eq \"anna\"")
        .await
        .expect(200)
        .json();
    assert_eq!(found["Resources"], json!([read]));
}

async fn g06_a_full_user_is_read_whole(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = full_user("anna");
    let endpoint = created(&org, &user).await;
    let answer = org.get(&endpoint).await.expect(200);
    let read = answer.json();
    assert_eq!(said(&read), user);
    let location = format!("{PUBLIC_URL}{}", org.path(&endpoint));
    let members: Vec<&String> = read["meta"].as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        ["resourceType", "created", "lastModified", "location", "version"]
    );
    assert_eq!(read["meta"]["location"], location);
    assert_eq!(read["meta"]["created"], read["meta"]["lastModified"]);
    assert_eq!(answer.header("etag"), read["meta"]["version"].as_str());
}

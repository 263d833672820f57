//! `DELETE /Users/{id}`.

use serde_json::json;
use wicketgate_scim::schema::USER;
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    a_deleted_user_is_unknown_to_every_verb,
    a_deleted_user_is_in_no_list_and_no_group,
    deleting_a_user_says_so_once,
}

async fn a_deleted_user_is_unknown_to_every_verb(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna@example.com").await;
    let endpoint = format!("/Users/{id}");
    let deleted = org.delete(&endpoint).await.expect(204);
    assert!(deleted.body.is_empty());
    let before = org.latest_event().await;
    let user = json!({"schemas": [USER], "userName": "anna@example.com"});
    let operation = json!([{"op": "replace", "path": "active", "value": true}]);
    refused(&org.get(&endpoint).await, 404, None, &[]);
    refused(&org.put(&endpoint, &user).await, 404, None, &[]);
    refused(&org.patch(&endpoint, &operation).await, 404, None, &[]);
    refused(&org.delete(&endpoint).await, 404, None, &[]);
    assert_eq!(org.latest_event().await, before);
}

async fn a_deleted_user_is_in_no_list_and_no_group(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [anna, berta] = [org.user("anna").await, org.user("berta").await];
    let group = org.group("Pilots", &[&anna, &berta]).await;
    org.delete(&format!("/Users/{anna}")).await.expect(204);
    assert_eq!(org.members(&group).await, [berta]);
    for query in [
        "/Users".to_owned(),
        "/Users?count=0".to_owned(),
        "/Users?filter=active%20eq%20true".to_owned(),
    ] {
        assert_eq!(
            org.get(&query).await.expect(200).json()["totalResults"],
            1,
            "{query}"
        );
    }
    for filter in ["userName eq \"anna\"".to_owned(), format!("id eq \"{anna}\"")] {
        assert_eq!(
            org.find("/Users", &filter).await.expect(200).json()["totalResults"],
            0,
            "{filter}"
        );
    }
    let of_anna = org
        .find("/Groups", &format!("members.value eq \"{anna}\""))
        .await
        .expect(200);
    assert_eq!(of_anna.json()["totalResults"], 0);
}

async fn deleting_a_user_says_so_once(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    org.delete(&format!("/Users/{id}")).await.expect(204);
    org.delete(&format!("/Users/{id}")).await.expect(404);
    let deleted = org
        .events()
        .await
        .into_iter()
        .filter(|event| event.kind == "user.deleted");
    let resources: Vec<String> = deleted.map(|event| event.resource.unwrap().to_string()).collect();
    assert_eq!(resources, [id]);
}

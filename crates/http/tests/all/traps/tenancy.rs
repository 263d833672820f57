//! Doors that stood open. The matrix of all routes is in `isolation/`.

use serde_json::json;
use wicketgate_auth::Role;
use wicketgate_scim::schema::USER;
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    a_token_was_authenticated_and_its_organization_discarded,
    a_conflict_told_of_another_organizations_user,
    an_empty_bearer_was_accepted,
    an_external_id_was_taken_for_an_internal_one,
}

async fn a_token_was_authenticated_and_its_organization_discarded(gateway: TestGateway) {
    let [a, b] = [gateway.with_org().await, gateway.with_org().await];
    let before = b.snapshot().await;
    let user = json!({"schemas": [USER], "userName": "grafted"}).to_string();
    for role in [Role::OrgOwner, Role::OrgUserManager] {
        let token = Some(a.token(role));
        let answer = gateway
            .call("POST", &b.path("/Users"), token, &[], Some(user.as_bytes()))
            .await;
        refused(&answer, 404, None, &[]);
        refused(
            &gateway.call("GET", &b.path("/Users"), token, &[], None).await,
            404,
            None,
            &[],
        );
    }
    assert_eq!(b.snapshot().await, before);
    assert_eq!(a.snapshot().await.users, []);
}

async fn a_conflict_told_of_another_organizations_user(gateway: TestGateway) {
    let [a, b] = [gateway.with_org().await, gateway.with_org().await];
    for org in [&a, &b] {
        org.user("anna@example.com").await;
        org.group("Pilots", &[]).await;
    }
    assert_eq!(a.get("/Users").await.json()["totalResults"], 1);
    assert_eq!(b.get("/Users").await.json()["totalResults"], 1);
}

async fn an_empty_bearer_was_accepted(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for value in [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer  ",
        "bearer\t",
        "Basic",
        "Basic Og==",
        "null",
        "Bearer undefined",
    ] {
        for method in ["GET", "POST"] {
            let headers = [("Authorization", value)];
            let answer = gateway
                .call(method, &org.path("/Users"), None, &headers, None)
                .await;
            refused(&answer, 401, None, &[]);
        }
    }
}

async fn an_external_id_was_taken_for_an_internal_one(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let victim = org.user("victim").await;
    let before = org.get(&format!("/Users/{victim}")).await;
    for external_id in ["1", "0", "-1", &victim] {
        let user =
            json!({"schemas": [USER], "userName": format!("user {external_id}"), "externalId": external_id});
        let created = org.post("/Users", &user).await.expect(201);
        assert_ne!(created.id(), victim);
        let operation = json!([{"op": "replace", "path": "active", "value": false}]);
        org.patch(&format!("/Users/{}", created.id()), &operation)
            .await
            .expect(200);
    }
    assert_eq!(org.get(&format!("/Users/{victim}")).await, before);
    org.get("/Users/1").await.expect(404);
}

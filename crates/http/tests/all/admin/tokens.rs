//! `/admin/v1/orgs/{orgId}/tokens`.

use serde_json::{Value, json};
use wicketgate_testbed::both_engines;

use super::{Admin, fields, refused};
use crate::{harness::TestGateway, route_rows::UNKNOWN};

both_engines! {
    run with crate::admin::run:
    a_token_is_shown_once_and_accepted_until_it_is_revoked,
    lives_that_the_organization_does_not_allow_are_refused,
    a_token_is_rotated_with_an_overlap,
    a_rotation_is_called_off,
    tokens_are_listed_by_service_user,
}

impl Admin {
    async fn token(&self, name: &str) -> Value {
        let service_user = self.service_user().await;
        let new = json!({"serviceUserId": service_user, "name": name, "expiresIn": 3600});
        self.post("/tokens", &new).await.expect(201).json()
    }

    async fn is_accepted(&self, secret: &Value) -> bool {
        let path = self.org.path("/Users");
        let answer = self.gateway.call("GET", &path, secret.as_str(), &[], None).await;
        answer.status == 200
    }
}

async fn a_token_is_shown_once_and_accepted_until_it_is_revoked(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let token = admin.token("okta").await;
    assert!(token["secret"].as_str().unwrap().starts_with("wicket_pat_"));
    assert!(admin.is_accepted(&token["secret"]).await);
    let path = format!("/tokens/{}", token["id"].as_str().unwrap());
    let shown = admin.get(&path).await.expect(200).json();
    let mut expected = token.clone();
    expected.as_object_mut().unwrap().shift_remove("secret");
    assert_eq!(shown, expected);
    admin.delete(&path).await.expect(204);
    assert!(!admin.is_accepted(&token["secret"]).await);
    admin.delete(&path).await.expect(204);
    let shown = admin.get(&path).await.expect(200).json();
    assert_eq!(shown["revokeReason"], "requested");
}

async fn lives_that_the_organization_does_not_allow_are_refused(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let service_user = admin.service_user().await;
    admin
        .patch("", &json!({"settings": {"endlessTokens": false}}))
        .await
        .expect(200);
    for (life, words) in [
        (json!(null), "never expire"),
        (json!(731 * 86_400), "730 days"),
        (json!(0), "from 1 on"),
        (json!(1.5), "whole seconds"),
        (json!("90d"), "whole seconds"),
    ] {
        let new = json!({"serviceUserId": service_user, "name": "x", "expiresIn": life});
        let answer = admin.post("/tokens", &new).await;
        refused(&answer, 400, "invalid-input", &[words]);
        assert_eq!(fields(&answer), ["expiresIn"], "{life}");
    }
    let new = json!({"serviceUserId": service_user, "name": "x"});
    assert_eq!(fields(&admin.post("/tokens", &new).await), ["expiresIn"]);
    let new = json!({"serviceUserId": UNKNOWN, "name": "x", "expiresIn": 1});
    let answer = admin.post("/tokens", &new).await;
    refused(&answer, 400, "invalid-input", &["no service user"]);
    assert_eq!(fields(&answer), ["serviceUserId"]);
    assert_eq!(admin.items("/tokens").await.len(), 3);
}

async fn a_token_is_rotated_with_an_overlap(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let old = admin.token("okta").await;
    let path = format!("/tokens/{}/rotation", old["id"].as_str().unwrap());
    let started = admin
        .post(&path, &json!({"overlap": 3600}))
        .await
        .expect(201)
        .json();
    let successor = &started["successor"];
    assert!(admin.is_accepted(&old["secret"]).await && admin.is_accepted(&successor["secret"]).await);
    let answer = admin.post(&path, &json!({})).await;
    refused(&answer, 400, "invalid-input", &["being rotated already"]);
    admin
        .send("POST", &format!("{path}/complete"), &Value::Null)
        .await
        .expect(204);
    assert!(!admin.is_accepted(&old["secret"]).await && admin.is_accepted(&successor["secret"]).await);
}

async fn a_rotation_is_called_off(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let old = admin.token("okta").await;
    let path = format!("/tokens/{}/rotation", old["id"].as_str().unwrap());
    refused(
        &admin.delete(&path).await,
        400,
        "invalid-input",
        &["start that first"],
    );
    let started = admin.post(&path, &json!({})).await.expect(201).json();
    admin.delete(&path).await.expect(204);
    assert!(admin.is_accepted(&old["secret"]).await);
    assert!(!admin.is_accepted(&started["successor"]["secret"]).await);
    let answer = admin.post(&path, &json!({"overlap": 31 * 86_400})).await;
    refused(&answer, 400, "invalid-input", &["overlap"]);
}

async fn tokens_are_listed_by_service_user(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    admin.token("a").await;
    let service_user = admin.service_user().await;
    let listed = admin
        .items(&format!("/tokens?serviceUserId={service_user}"))
        .await;
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|token| token["serviceUserId"] == service_user));
    assert!(listed.iter().all(|token| token.get("secret").is_none()));
    assert!(
        admin
            .items(&format!("/tokens?serviceUserId={UNKNOWN}"))
            .await
            .is_empty()
    );
}

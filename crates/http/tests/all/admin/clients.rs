//! `/admin/v1/orgs/{orgId}/clients`, their secrets and grants.

use serde_json::{Value, json};
use wicketgate_testbed::both_engines;

use super::{Admin, fields, refused};
use crate::{harness::TestGateway, route_rows::Object};

both_engines! {
    run with crate::admin::run:
    a_client_is_registered_changed_and_deleted,
    a_client_says_how_it_proves_who_it_is_and_nothing_else,
    a_change_meant_for_another_client_is_refused,
    secrets_are_exchanged_without_a_gap,
    a_grant_is_listed_and_taken_back,
}

impl Admin {
    async fn client(&self) -> Value {
        let service_user = self.service_user().await;
        let new = json!({
            "serviceUserId": service_user, "name": "Okta", "authentication": "client_secret",
            "redirectUris": ["https://system-admin.okta.com/cb"], "secretExpiresIn": 3600,
        });
        self.post("/clients", &new).await.expect(201).json()
    }

    async fn is_token_issued(&self, client: &str, secret: &Value) -> bool {
        let basic = crate::harness::basic(client, secret.as_str().unwrap());
        let form = "grant_type=client_credentials";
        let answer = self
            .gateway
            .post_form("/oauth/v2/token", Some(&basic), form)
            .await;
        answer.status == 200
    }
}

async fn a_client_is_registered_changed_and_deleted(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let client = admin.client().await;
    let id = client["clientId"].as_str().unwrap();
    assert_eq!(client["tokenEndpoint"], "https://scim.example.com/oauth/v2/token");
    assert!(admin.is_token_issued(id, &client["clientSecret"]).await);
    let path = format!("/clients/{id}");
    let shown = admin.get(&path).await.expect(200).json();
    assert!(shown.get("clientSecret").is_none(), "{shown}");
    assert_eq!(admin.items("/clients").await, std::slice::from_ref(&shown));
    let change =
        json!({"name": "Okta 2", "redirectUris": [], "accessTokenFormat": "jwt", "refreshRotation": "never"});
    let changed = admin.patch(&path, &change).await.expect(200).json();
    let mut expected = shown;
    for (name, value) in change.as_object().unwrap() {
        expected[name] = value.clone();
    }
    assert_eq!(changed, expected);
    assert_eq!(admin.get(&path).await.json(), expected);
    admin.patch(&path, &json!({"active": false})).await.expect(200);
    assert!(!admin.is_token_issued(id, &client["clientSecret"]).await);
    admin.delete(&path).await.expect(204);
    refused(&admin.get(&path).await, 404, "not-found", &[]);
}

async fn a_client_says_how_it_proves_who_it_is_and_nothing_else(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let service_user = admin.service_user().await;
    let new = |rest: Value| {
        let mut new = json!({"serviceUserId": service_user, "name": "c"});
        new.as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        new
    };
    for (rest, expected) in [
        (json!({}), &["authentication"][..]),
        (json!({"authentication": "password"}), &["authentication"]),
        (
            json!({"authentication": "client_secret", "jwksUri": "https://a.example.com"}),
            &["jwksUri"],
        ),
        (json!({"authentication": "private_key_jwt"}), &["jwks"]),
        (
            json!({"authentication": "private_key_jwt", "jwksUri": "http://a.example.com"}),
            &["jwksUri"],
        ),
        (
            json!({"authentication": "private_key_jwt", "jwks": {"keys": 1}}),
            &["jwks"],
        ),
        (
            json!({"authentication": "workload_identity"}),
            &["issuer", "subject", "audiences"],
        ),
        (
            json!({"authentication": "client_secret", "redirectUris": ["http://a"]}),
            &["redirectUris"],
        ),
        (
            json!({"authentication": "client_secret", "secretExpiresIn": 0}),
            &["secretExpiresIn"],
        ),
    ] {
        let answer = admin.post("/clients", &new(rest.clone())).await;
        refused(&answer, 400, "invalid-input", &[]);
        assert_eq!(fields(&answer), expected, "{rest}");
    }
    assert!(admin.items("/clients").await.is_empty());
    let workload = json!({
        "authentication": "workload_identity", "subject": "3f2b8c1e-5d4a-4b6c-9e8f-7a6b5c4d3e2f",
        "issuer": "https://login.microsoftonline.com/3f2b8c1e-5d4a-4b6c-9e8f-7a6b5c4d3e2f/v2.0",
        "audiences": ["api://wicketgate"],
    });
    let client = admin
        .post("/clients", &new(workload.clone()))
        .await
        .expect(201)
        .json();
    assert_eq!(
        (&client["subject"], client.get("clientSecret")),
        (&workload["subject"], None)
    );
    let keys = json!({"authentication": "private_key_jwt", "jwksUri": "https://a.example.com/keys"});
    let client = admin.post("/clients", &new(keys)).await.expect(201).json();
    assert_eq!(client["jwksUri"], "https://a.example.com/keys");
}

async fn a_change_meant_for_another_client_is_refused(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let client = admin.client().await;
    let path = format!("/clients/{}", client["clientId"].as_str().unwrap());
    let tag = admin.get(&path).await.header("etag").unwrap().to_owned();
    admin.patch(&path, &json!({"name": "Other"})).await.expect(200);
    let headers = [("If-Match", tag.as_str())];
    let answer = admin
        .send_with("PATCH", &path, &headers, &json!({"active": false}))
        .await;
    refused(&answer, 412, "changed-meanwhile", &[]);
    assert_eq!(admin.get(&path).await.json()["active"], true);
}

async fn secrets_are_exchanged_without_a_gap(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let client = admin.client().await;
    let id = client["clientId"].as_str().unwrap();
    let path = format!("/clients/{id}/secrets");
    let first = admin.items(&path).await.remove(0);
    let second = admin
        .post(&path, &json!({"expiresIn": null}))
        .await
        .expect(201)
        .json();
    assert!(admin.is_token_issued(id, &client["clientSecret"]).await);
    assert!(admin.is_token_issued(id, &second["secret"]).await);
    let first = format!("{path}/{}", first["id"].as_str().unwrap());
    admin.delete(&first).await.expect(204);
    admin.delete(&first).await.expect(204);
    assert!(!admin.is_token_issued(id, &client["clientSecret"]).await);
    assert!(admin.is_token_issued(id, &second["secret"]).await);
    assert_eq!(admin.items(&path).await.len(), 2);
}

async fn a_grant_is_listed_and_taken_back(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let grant = admin.org.object(Object::Grant, "it").await;
    let listed = admin.items("/grants").await;
    assert_eq!(
        (listed.len(), &listed[0]["id"], &listed[0]["revokedAt"]),
        (1, &json!(grant), &Value::Null)
    );
    admin.delete(&format!("/grants/{grant}")).await.expect(204);
    assert_eq!(admin.items("/grants").await[0]["revokeReason"], "revoked");
}

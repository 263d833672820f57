//! Revocation (RFC 7009) and introspection (RFC 7662): a client may end and look at what is its own, and learns nothing
//! about what is not.

use serde_json::json;
use wicketgate_testbed::both_engines;

use super::{granted, is_private, is_private_json, issued, opens, refused};
use crate::harness::{Answer, TestClient, TestGateway, unknown_token};

both_engines! {
    run with crate::oauth::run:
    a_revoked_access_token_opens_nothing,
    a_revoked_refresh_token_takes_its_grant_with_it,
    what_a_client_does_not_hold_is_revoked_like_what_is_not_there,
    a_client_is_told_what_its_tokens_are,
    what_belongs_to_another_organization_looks_like_nothing,
    who_does_not_prove_who_it_is_is_told_nothing,
}

async fn revoke(client: &TestClient, token: &str) -> Answer {
    client.post("revoke", &[("token", token)]).await
}

async fn a_revoked_access_token_opens_nothing(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    let token = issued(&client.client_credentials().await, "scim").access_token;
    let other = issued(&client.client_credentials().await, "scim").access_token;
    let first = revoke(&client, &token).await.expect(200);
    is_private(&first);
    assert!(first.body.is_empty());
    assert_eq!(opens(&org, &token).await, 401);
    assert!(!client.is_active(&token).await);
    assert_eq!(opens(&org, &other).await, 200);
    assert_eq!(revoke(&client, &token).await, first, "twice is no error");
}

async fn a_revoked_refresh_token_takes_its_grant_with_it(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    let tokens = granted(&org, &client).await;
    let pairs = [
        ("token", tokens.refresh_token()),
        ("token_type_hint", "access_token"),
    ];
    client.post("revoke", &pairs).await.expect(200);
    assert_eq!(opens(&org, &tokens.access_token).await, 401);
    refused(
        &client.refresh(tokens.refresh_token()).await,
        400,
        "invalid_grant",
        &[],
    );
}

async fn what_a_client_does_not_hold_is_revoked_like_what_is_not_there(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let (client, sibling) = (org.client().await, org.client().await);
    let foreign = gateway.with_org().await.client().await;
    let tokens = granted(&org, &client).await;
    let nothing = revoke(&sibling, &unknown_token()).await.expect(200);
    for thief in [&sibling, &foreign] {
        for token in [
            tokens.access_token.as_str(),
            tokens.refresh_token(),
            org.manager(),
            &client.secret,
            "garbage",
        ] {
            assert_eq!(revoke(thief, token).await, nothing);
        }
    }
    // Nor does a client revoke what is no token of OAuth.
    assert_eq!(revoke(&client, org.manager()).await, nothing);
    assert_eq!(revoke(&client, &client.secret).await, nothing);
    assert_eq!(opens(&org, org.manager()).await, 200);
    assert_eq!(opens(&org, &tokens.access_token).await, 200);
    issued(&client.refresh(tokens.refresh_token()).await, "scim");
}

async fn a_client_is_told_what_its_tokens_are(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    let tokens = granted(&org, &client).await;
    let answer = client.introspect(&tokens.access_token).await.expect(200);
    is_private_json(&answer);
    let body = answer.json();
    assert_eq!(body["active"], true);
    assert_eq!(body["scope"], "scim");
    assert_eq!(body["client_id"], client.id.as_str());
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["iss"], "https://scim.example.com");
    assert_eq!(body["aud"], format!("https://scim.example.com{}", org.path("")));
    assert!(
        org.service_users()
            .await
            .contains(&body["sub"].as_str().unwrap().to_owned())
    );
    assert!(tokens.access_token.contains(body["jti"].as_str().unwrap()));
    let life = body["exp"].as_i64().unwrap() - body["iat"].as_i64().unwrap();
    assert_eq!(life, 3_600);
    let refresh = client.introspect(tokens.refresh_token()).await.expect(200).json();
    assert_eq!(refresh["active"], true);
    assert_eq!(refresh.get("token_type"), None, "a refresh token opens no door");
    for text in [
        unknown_token().as_str(),
        "garbage",
        client.secret.as_str(),
        org.manager(),
    ] {
        let answer = client.introspect(text).await.expect(200);
        assert_eq!(answer.json(), json!({"active": false}), "{text}");
    }
}

async fn what_belongs_to_another_organization_looks_like_nothing(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    let foreign = gateway.with_org().await.client().await;
    let tokens = granted(&org, &client).await;
    let nothing = foreign.introspect("garbage").await.expect(200);
    for token in [tokens.access_token.as_str(), tokens.refresh_token()] {
        assert_eq!(foreign.introspect(token).await, nothing);
    }
    // A sibling sees the access tokens of the organization, and nobody else's refresh tokens.
    let sibling = org.client().await;
    assert!(sibling.is_active(&tokens.access_token).await);
    assert!(!sibling.is_active(tokens.refresh_token()).await);
}

async fn who_does_not_prove_who_it_is_is_told_nothing(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    let token = issued(&client.client_credentials().await, "scim").access_token;
    let bearer = format!("Bearer {token}");
    let manager = format!("Bearer {}", org.manager());
    for endpoint in ["/oauth/v2/introspect", "/oauth/v2/revoke"] {
        for authorization in [None, Some(bearer.as_str()), Some(manager.as_str())] {
            let answer = gateway
                .post_form(endpoint, authorization, &format!("token={token}"))
                .await;
            refused(&answer, 401, "invalid_client", &[]);
        }
        let answer = gateway.post_form(endpoint, Some(&client.basic()), "").await;
        refused(&answer, 400, "invalid_request", &["token"]);
    }
    assert_eq!(opens(&org, &token).await, 200);
}

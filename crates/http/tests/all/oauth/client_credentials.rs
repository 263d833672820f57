//! Tokens for the client itself: how it proves who it is, and what it may ask for.

use wicketgate_domain::{AccessTokenFormat, RefreshRotation};
use wicketgate_testbed::both_engines;

use super::{issued, opens, refused};
use crate::harness::{TestGateway, basic, form, unknown_secret, with_other_secret};

const TOKEN: &str = "/oauth/v2/token";
const GRANT: &str = "grant_type=client_credentials";

both_engines! {
    run with crate::oauth::run:
    a_client_gets_a_token_that_opens_its_organization,
    a_token_may_also_be_a_jwt,
    every_client_that_proves_nothing_is_answered_alike,
    a_client_presents_itself_in_one_way,
    a_parameter_that_is_there_twice_is_named,
    the_scope_may_be_in_the_query_as_okta_sends_it,
    a_token_is_for_the_organizations_own_resource,
    a_client_that_was_shut_is_no_client,
    grants_that_are_not_offered_are_refused,
}

async fn a_client_gets_a_token_that_opens_its_organization(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let other = gateway.with_org().await;
    let client = org.client().await;
    let in_body = format!("{GRANT}&client_id={}&client_secret={}", client.id, client.secret);
    for (authorization, body) in [
        (Some(client.basic()), GRANT.to_owned()),
        (Some(client.basic()), format!("{GRANT}&client_id={}", client.id)),
        (None, in_body),
    ] {
        let answer = gateway.post_form(TOKEN, authorization.as_deref(), &body).await;
        let issued = issued(&answer, "scim");
        assert!(issued.access_token.starts_with("wicket_at_"));
        assert_eq!(issued.refresh_token, None, "RFC 6749 §4.4.3");
        assert_eq!(opens(&org, &issued.access_token).await, 200);
        assert_eq!(opens(&other, &issued.access_token).await, 404);
    }
}

async fn a_token_may_also_be_a_jwt(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org
        .client_with(RefreshRotation::Grace, AccessTokenFormat::Jwt)
        .await;
    let token = issued(&client.client_credentials().await, "scim").access_token;
    assert_eq!(token.split('.').count(), 3, "{token}");
    assert_eq!(opens(&org, &token).await, 200);
    assert!(client.is_active(&token).await);
}

async fn every_client_that_proves_nothing_is_answered_alike(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let (client, sibling) = (org.client().await, org.client().await);
    let foreign = gateway.with_org().await.client().await;
    let (unknown_id, unknown_secret) = ("wicket_client_0123456789ABCDEF", unknown_secret());
    let wrong = with_other_secret(&client.secret);
    let token = issued(&client.client_credentials().await, "scim").access_token;
    let refusal = gateway.post_form(TOKEN, None, GRANT).await;
    refused(&refusal, 401, "invalid_client", &["secret"]);
    for (id, secret) in [
        (client.id.as_str(), wrong.as_str()),
        (&client.id, unknown_secret.as_str()),
        (&client.id, "garbage"),
        (&client.id, &foreign.secret),
        (&client.id, &sibling.secret),
        (&client.id, org.manager()),
        (&client.id, &token),
        (&foreign.id, &client.secret),
        (&sibling.id, &client.secret),
        (unknown_id, &client.secret),
        (unknown_id, &unknown_secret),
        ("garbage", &client.secret),
        ("' OR 1=1 --", "' OR 1=1 --"),
    ] {
        let answer = gateway.post_form(TOKEN, Some(&basic(id, secret)), GRANT).await;
        assert_eq!(answer, refusal, "{id} {secret} by header");
        let body = format!(
            "{GRANT}&{}",
            form(&[("client_id", id), ("client_secret", secret)])
        );
        let answer = gateway.post_form(TOKEN, None, &body).await;
        assert_eq!(answer, refusal, "{id} {secret} by body");
        for endpoint in ["/oauth/v2/introspect", "/oauth/v2/revoke"] {
            let body = format!("token={token}");
            let answer = gateway.post_form(endpoint, Some(&basic(id, secret)), &body).await;
            assert_eq!(answer, refusal, "{id} {secret} at {endpoint}");
        }
    }
    assert_eq!(opens(&org, &token).await, 200);
}

async fn a_client_presents_itself_in_one_way(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let (client, sibling) = (org.client().await, org.client().await);
    let header = client.basic();
    for body in [
        format!("{GRANT}&client_id={}&client_secret={}", client.id, client.secret),
        format!("{GRANT}&client_secret={}", client.secret),
        format!("{GRANT}&client_id={}", sibling.id),
        format!("{GRANT}&client_assertion=a.b.c"),
    ] {
        let answer = gateway.post_form(TOKEN, Some(&header), &body).await;
        refused(&answer, 400, "invalid_request", &[]);
    }
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Authorization", header.as_str()),
        ("Authorization", header.as_str()),
    ];
    let answer = gateway
        .call("POST", TOKEN, None, &headers, Some(GRANT.as_bytes()))
        .await;
    refused(&answer, 400, "invalid_request", &["Authorization"]);
    let target = format!("{TOKEN}?client_id={}&client_secret={}", client.id, client.secret);
    let answer = gateway.post_form(&target, None, GRANT).await;
    refused(&answer, 400, "invalid_request", &["client_id", "query"]);
}

async fn a_parameter_that_is_there_twice_is_named(gateway: TestGateway) {
    let client = gateway.with_org().await.client().await;
    for (name, value) in [
        ("grant_type", "client_credentials"),
        ("client_id", client.id.as_str()),
        ("scope", "scim"),
        ("code", "c"),
        ("redirect_uri", "https://idp.example.com/"),
        ("code_verifier", "v"),
        ("refresh_token", "r"),
        ("client_assertion", "a"),
        ("client_assertion_type", "t"),
        ("client_secret", "s"),
    ] {
        let twice = form(&[(name, value), (name, value)]);
        let body = if name == "grant_type" {
            twice
        } else {
            format!("{GRANT}&{twice}")
        };
        let answer = gateway.post_form(TOKEN, Some(&client.basic()), &body).await;
        refused(&answer, 400, "invalid_request", &[name, "more than once"]);
    }
    let ignored = format!("{GRANT}&audience=a&audience=b");
    let answer = gateway.post_form(TOKEN, Some(&client.basic()), &ignored).await;
    issued(&answer, "scim");
}

async fn the_scope_may_be_in_the_query_as_okta_sends_it(gateway: TestGateway) {
    let client = gateway.with_org().await.client().await;
    for (query, body, scope) in [
        ("", "", "scim"),
        ("?scope=scim", "", "scim"),
        ("?scope=scim%20offline_access", "", "scim"),
        ("?scope=openid+scim.read", "", "scim.read"),
        ("", "&scope=", "scim"),
        ("", "&scope=scim.read+scim", "scim scim.read"),
        ("?scope=scim.read", "&scope=scim.read", "scim.read"),
    ] {
        let answer = gateway
            .post_form(
                &format!("{TOKEN}{query}"),
                Some(&client.basic()),
                &format!("{GRANT}{body}"),
            )
            .await;
        issued(&answer, scope);
    }
    for (query, body, error) in [
        ("?scope=scim", "&scope=scim.read", "invalid_request"),
        ("?scope=scim&scope=scim", "", "invalid_request"),
        ("", "&scope=openid", "invalid_scope"),
        ("?scope=admin", "", "invalid_scope"),
    ] {
        let answer = gateway
            .post_form(
                &format!("{TOKEN}{query}"),
                Some(&client.basic()),
                &format!("{GRANT}{body}"),
            )
            .await;
        refused(&answer, 400, error, &["scope"]);
    }
}

async fn a_token_is_for_the_organizations_own_resource(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let foreign = gateway.with_org().await;
    let client = org.client().await;
    let base = format!("https://scim.example.com{}", org.path(""));
    let pairs = |resource: &str| format!("{GRANT}&{}", form(&[("resource", resource)]));
    let answer = gateway
        .post_form(TOKEN, Some(&client.basic()), &pairs(&base))
        .await;
    issued(&answer, "scim");
    for resource in [
        format!("https://scim.example.com{}", foreign.path("")),
        format!("{base}/Users"),
        "https://scim.example.com".to_owned(),
        "x".to_owned(),
    ] {
        let answer = gateway
            .post_form(TOKEN, Some(&client.basic()), &pairs(&resource))
            .await;
        refused(&answer, 400, "invalid_target", &["resource"]);
    }
    let twice = format!("{}&{}", pairs(&base), form(&[("resource", &base)]));
    let answer = gateway.post_form(TOKEN, Some(&client.basic()), &twice).await;
    refused(&answer, 400, "invalid_target", &["resource"]);
}

async fn a_client_that_was_shut_is_no_client(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    org.set_client_active(&client, false).await;
    refused(&client.client_credentials().await, 401, "invalid_client", &[]);
    org.set_client_active(&client, true).await;
    issued(&client.client_credentials().await, "scim");
}

async fn grants_that_are_not_offered_are_refused(gateway: TestGateway) {
    let client = gateway.with_org().await.client().await;
    for (pairs, error, word) in [
        (vec![], "invalid_request", "grant_type"),
        (vec![("grant_type", "")], "invalid_request", "grant_type"),
        (
            vec![("grant_type", "password"), ("username", "a"), ("password", "b")],
            "unsupported_grant_type",
            "grant_type",
        ),
        (
            vec![("grant_type", "urn:ietf:params:oauth:grant-type:device_code")],
            "unsupported_grant_type",
            "grant_type",
        ),
        (
            vec![("grant_type", "authorization_code")],
            "invalid_request",
            "code",
        ),
        (
            vec![("grant_type", "refresh_token")],
            "invalid_request",
            "refresh_token",
        ),
    ] {
        refused(&client.post("token", &pairs).await, 400, error, &[word]);
    }
}

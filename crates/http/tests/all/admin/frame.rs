//! What holds for every path: the order in which a request is checked, and the form of what is refused.

use serde_json::{Value, json};
use wicketgate_auth::Role;
use wicketgate_testbed::both_engines;

use super::{Admin, fields, refused, send};
use crate::harness::TestGateway;

both_engines! {
    run with crate::admin::run:
    without_a_credential_no_path_can_be_told_from_another,
    the_credential_comes_before_the_route_the_route_before_the_role_and_the_role_before_the_body,
    a_cookie_is_no_credential,
    bodies_are_strict_json_within_their_limit,
    every_field_that_is_wrong_is_named_with_its_fix,
    a_paused_organization_is_still_administered,
    a_token_for_reading_administers_nothing,
}

async fn without_a_credential_no_path_can_be_told_from_another(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    for token in [None, Some("garbage")] {
        let known = gateway.call("GET", &admin.path(""), token, &[], None).await;
        refused(&known, 401, "unauthenticated", &[]);
        assert!(
            known
                .header("www-authenticate")
                .unwrap()
                .starts_with("Bearer realm=\"admin\"")
        );
        for path in [
            "/admin",
            "/admin/v1",
            "/admin/v1/nothing",
            "/admin/v1/orgs",
            "/admin/v1/orgs/x",
            "/admin/v1/sessions",
            "/admin/v1/sessions/current",
            "/admin/v2/orgs",
        ] {
            let answer = gateway.call("GET", path, token, &[], None).await;
            assert_eq!(answer, known, "{path}");
        }
    }
}

async fn the_credential_comes_before_the_route_the_route_before_the_role_and_the_role_before_the_body(
    gateway: TestGateway,
) {
    let admin = Admin::new(&gateway).await;
    let manager = admin.org.manager();
    let call = async |method: &str, rest: &str| {
        send(
            &gateway,
            manager,
            method,
            &admin.path(rest),
            &[],
            &json!("no object"),
        )
        .await
    };
    refused(&call("POST", "/nothing").await, 404, "not-found", &[]);
    let wrong_method = call("PUT", "/tokens").await;
    refused(&wrong_method, 405, "method-not-allowed", &["GET, POST"]);
    assert_eq!(wrong_method.header("allow"), Some("GET, POST"));
    refused(&call("POST", "/tokens").await, 403, "role-needed", &["Org Owner"]);
    refused(&call("POST", "/pause").await, 403, "role-needed", &["Operator"]);
    refused(
        &admin.post("/tokens", &json!("no object")).await,
        400,
        "invalid-json",
        &[],
    );
}

async fn a_cookie_is_no_credential(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let session = org.account("anna@example.com", Role::OrgOwner).await;
    let path = format!("/admin/v1/orgs/{}", org.id);
    let cookie = format!("wicketgate_session={session}; __Host-session={session}");
    let answer = gateway
        .call("GET", &path, None, &[("Cookie", &cookie)], None)
        .await;
    refused(&answer, 401, "unauthenticated", &[]);
    gateway
        .call("GET", &path, Some(&session), &[], None)
        .await
        .expect(200);
}

async fn bodies_are_strict_json_within_their_limit(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let path = admin.path("/service-users");
    let call = async |content_type: &str, body: &[u8]| {
        let headers = [("Content-Type", content_type)];
        gateway
            .call("POST", &path, Some(&admin.token), &headers, Some(body))
            .await
    };
    let twice = br#"{"name": "a", "name": "b", "role": "org_owner"}"#;
    refused(
        &call("application/json", twice).await,
        400,
        "invalid-json",
        &["name"],
    );
    for body in [&b""[..], b"[]", b"{", b"{} {}", b"\xff"] {
        refused(&call("application/json", body).await, 400, "invalid-json", &[]);
    }
    refused(
        &call("text/plain", b"{}").await,
        415,
        "unsupported-media-type",
        &["application/json"],
    );
    let body = json!({"name": "x".repeat(256 << 10), "role": "org_owner"}).to_string();
    refused(
        &call("application/json", body.as_bytes()).await,
        413,
        "body-too-large",
        &["262144"],
    );
    assert_eq!(
        admin.items("/service-users").await.len(),
        3,
        "nothing was created"
    );
}

async fn every_field_that_is_wrong_is_named_with_its_fix(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let answer = admin
        .post(
            "/service-users",
            &json!({"role": "admin", "provisioningDomain": 7, "extra": true}),
        )
        .await;
    refused(&answer, 400, "invalid-input", &["org_user_manager"]);
    assert_eq!(fields(&answer), ["name", "role", "provisioningDomain", "extra"]);
    let answer = admin
        .post("/service-users", &json!({"name": " ", "role": "org_owner"}))
        .await;
    refused(&answer, 400, "invalid-input", &["1 to 200"]);
    assert_eq!(fields(&answer), ["name"]);
    let answer = admin.get("/tokens?limit=0&limit=1&serviceUserId=x&page=2").await;
    refused(&answer, 400, "invalid-input", &[]);
    assert_eq!(fields(&answer), ["limit", "page"]);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("cursor=x", "cursor"),
        ("serviceUserId=x", "serviceUserId"),
    ] {
        let answer = admin.get(&format!("/tokens?{query}")).await;
        refused(&answer, 400, "invalid-input", &[]);
        assert_eq!(fields(&answer), [field], "{query}");
    }
}

async fn a_paused_organization_is_still_administered(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    admin.org.pause().await;
    let org = admin.get("").await.expect(200);
    assert_eq!(org.json()["state"], "paused");
    assert_eq!(admin.items("/tokens").await.len(), 3);
}

async fn a_token_for_reading_administers_nothing(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let owners = admin.org.service_users().await.remove(0);
    let client = json!({"serviceUserId": owners, "name": "c", "authentication": "client_secret"});
    let client = admin.post("/clients", &client).await.expect(201).json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let basic = crate::harness::basic(&text(&client["clientId"]), &text(&client["clientSecret"]));
    for (scope, status) in [("scim", 200), ("scim.read", 403)] {
        let form = format!("grant_type=client_credentials&scope={scope}");
        let token = gateway
            .post_form("/oauth/v2/token", Some(&basic), &form)
            .await
            .expect(200);
        let token = text(&token.json()["access_token"]);
        let answer = gateway
            .call("GET", &admin.path("/tokens"), Some(&token), &[], None)
            .await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
}

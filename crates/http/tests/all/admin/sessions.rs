//! `/admin/v1/sessions`, and `/admin/v1/roles`.

use serde_json::{Value, json};
use wicketgate_auth::Role;
use wicketgate_testbed::both_engines;

use super::{fields, refused, send};
use crate::harness::{Answer, PASSWORD, TestGateway};

both_engines! {
    run with crate::admin::run:
    a_script_signs_in_enters_its_organization_and_signs_out,
    whoever_cannot_sign_in_is_told_the_same_whatever_is_wrong,
    guessing_is_slowed_down,
    a_session_that_is_too_old_issues_no_credentials_and_revokes_them,
    the_roles_are_described_to_whoever_has_a_credential,
}

async fn sign_in(gateway: &TestGateway, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password}).to_string();
    let headers = [("Content-Type", "application/json")];
    let target = "/admin/v1/sessions";
    gateway
        .call("POST", target, None, &headers, Some(body.as_bytes()))
        .await
}

async fn a_script_signs_in_enters_its_organization_and_signs_out(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.account("anna@example.com", Role::OrgOwner).await;
    let session = sign_in(&gateway, "Anna@example.com", PASSWORD).await.expect(201);
    assert_eq!(session.header("cache-control"), Some("no-store"));
    let session = session.json();
    assert_eq!(session["isFresh"], true);
    assert_eq!(session["isOperator"], false);
    assert_eq!(session["orgs"][0]["id"], org.id.to_string());
    assert_eq!(session["orgs"][0]["role"], "org_owner");
    let token = session["token"].as_str().unwrap();
    let path = format!("/admin/v1/orgs/{}/service-users", org.id);
    gateway
        .call("GET", &path, Some(token), &[], None)
        .await
        .expect(200);
    let current = "/admin/v1/sessions/current";
    let shown = gateway
        .call("GET", current, Some(token), &[], None)
        .await
        .expect(200)
        .json();
    assert_eq!(shown["id"], session["id"]);
    assert_eq!(shown["token"], Value::Null, "it is shown once");
    gateway
        .call("DELETE", current, Some(token), &[], None)
        .await
        .expect(204);
    for target in [current, &path] {
        refused(
            &gateway.call("GET", target, Some(token), &[], None).await,
            401,
            "unauthenticated",
            &[],
        );
    }
}

async fn whoever_cannot_sign_in_is_told_the_same_whatever_is_wrong(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.account("anna@example.com", Role::OrgOwner).await;
    let wrong = sign_in(&gateway, "anna@example.com", "another password").await;
    refused(&wrong, 401, "sign-in-failed", &[]);
    assert_eq!(sign_in(&gateway, "nobody@example.com", PASSWORD).await, wrong);
    let answer = send(
        &gateway,
        "",
        "POST",
        "/admin/v1/sessions",
        &[],
        &json!({"code": 1}),
    )
    .await;
    refused(&answer, 400, "invalid-input", &[]);
    assert_eq!(fields(&answer), ["email", "password", "code"]);
}

async fn guessing_is_slowed_down(gateway: TestGateway) {
    for _ in 0..6 {
        refused(
            &sign_in(&gateway, "anna@example.com", "guess").await,
            401,
            "sign-in-failed",
            &[],
        );
    }
    let waiting = sign_in(&gateway, "anna@example.com", "guess").await;
    refused(&waiting, 429, "too-many-attempts", &[]);
    assert!(waiting.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
}

async fn a_session_that_is_too_old_issues_no_credentials_and_revokes_them(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.account("anna@example.com", Role::OrgOwner).await;
    let stale = gateway.stale_session("anna@example.com").await;
    let service_user = org.service_users().await.remove(1);
    let path = format!("/admin/v1/orgs/{}/tokens", org.id);
    let body = json!({"serviceUserId": service_user, "name": "x", "expiresIn": 60});
    let refusal = send(&gateway, &stale, "POST", &path, &[], &body).await;
    refused(&refusal, 403, "recent-sign-in-needed", &["sign in again"]);
    let fresh = gateway.sign_in("anna@example.com").await;
    let token = send(&gateway, &fresh, "POST", &path, &[], &body)
        .await
        .expect(201)
        .id();
    let target = format!("{path}/{token}");
    send(&gateway, &stale, "DELETE", &target, &[], &Value::Null)
        .await
        .expect(204);
}

async fn the_roles_are_described_to_whoever_has_a_credential(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let roles = gateway
        .call("GET", "/admin/v1/roles", Some(org.manager()), &[], None)
        .await;
    let roles = roles.expect(200).json();
    let words: Vec<&str> = roles["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["role"].as_str().unwrap())
        .collect();
    assert_eq!(
        words,
        ["org_owner", "org_user_manager", "org_user_reader", "org_viewer"]
    );
    assert_eq!(
        roles["items"][1]["may"],
        json!([
            "read users and groups",
            "create, change and delete users and groups"
        ])
    );
    assert_eq!(roles["items"][3]["forServiceUsers"], false);
}

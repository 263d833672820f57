//! Creations under an `Idempotency-Key`.

use futures_util::future::join_all;
use serde_json::{Value, json};
use wicketgate_auth::Role;
use wicketgate_testbed::both_engines;

use super::{Admin, fields, refused, send};
use crate::harness::TestGateway;

both_engines! {
    run with crate::admin::run:
    the_same_request_has_the_same_answer_and_creates_nothing_twice,
    every_creation_is_carried_out_once_under_its_key,
    a_key_stands_for_one_request_of_one_caller,
    of_many_at_once_one_creates,
    a_key_is_forgotten_after_a_day,
    a_creation_that_was_refused_uses_up_no_key,
    a_key_that_is_none_is_refused,
    an_answer_with_a_secret_is_repeated_only_to_a_recent_sign_in,
    an_operator_creates_an_organization_once,
}

async fn once(admin: &Admin, key: &str, rest: &str, body: &Value) -> crate::harness::Answer {
    admin
        .send_with("POST", rest, &[("Idempotency-Key", key)], body)
        .await
}

async fn the_same_request_has_the_same_answer_and_creates_nothing_twice(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let service_user = admin.service_user().await;
    let body = json!({"serviceUserId": service_user, "name": "okta", "expiresIn": null});
    let first = once(&admin, "k1", "/tokens", &body).await.expect(201);
    let latest = admin.org.latest_event().await;
    // Quoted, as the draft has it, and bare.
    for key in ["k1", "\"k1\""] {
        assert_eq!(once(&admin, key, "/tokens", &body).await, first);
    }
    assert_eq!(admin.org.latest_event().await, latest);
    assert_eq!(admin.items("/tokens").await.len(), 4);
    assert_ne!(
        once(&admin, "k2", "/tokens", &body).await.expect(201).id(),
        first.id()
    );
}

async fn every_creation_is_carried_out_once_under_its_key(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let service_user = admin.service_user().await;
    let token = json!({"serviceUserId": service_user, "name": "okta", "expiresIn": null});
    let token = admin.post("/tokens", &token).await.expect(201).id();
    let client = json!({"serviceUserId": service_user, "name": "c", "authentication": "client_secret"});
    let known = admin.post("/clients", &client).await.expect(201).json();
    let known = known["clientId"].as_str().unwrap();
    for (rest, body) in [
        (
            "/service-users".to_owned(),
            json!({"name": "n", "role": "org_owner"}),
        ),
        (format!("/tokens/{token}/rotation"), json!({})),
        ("/clients".to_owned(), client),
        (format!("/clients/{known}/secrets"), json!({})),
        (
            "/invitations".to_owned(),
            json!({"email": "a@example.com", "role": "org_viewer"}),
        ),
        (
            "/identity-providers".to_owned(),
            json!({"issuer": "https://id.example.com", "name": "n", "clientId": "c", "clientSecret": "s"}),
        ),
    ] {
        let first = once(&admin, &rest, &rest, &body).await.expect(201);
        let latest = admin.org.latest_event().await;
        assert_eq!(once(&admin, &rest, &rest, &body).await, first, "{rest}");
        assert_eq!(admin.org.latest_event().await, latest, "{rest}");
    }
}

async fn a_key_stands_for_one_request_of_one_caller(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let body = |name: &str| json!({"name": name, "role": "org_user_reader"});
    let first = once(&admin, "k", "/service-users", &body("a")).await.expect(201);
    let other = once(&admin, "k", "/service-users", &body("b")).await;
    refused(&other, 422, "idempotency-key-reused", &[]);
    let invitation = json!({"email": "a@example.com", "role": "org_viewer"});
    refused(
        &once(&admin, "k", "/invitations", &invitation).await,
        422,
        "idempotency-key-reused",
        &[],
    );
    // Somebody else's key of the same name is another key.
    let session = admin.org.account("anna@example.com", Role::OrgOwner).await;
    let (target, headers) = (admin.path("/service-users"), [("Idempotency-Key", "k")]);
    let theirs = send(&gateway, &session, "POST", &target, &headers, &body("b"))
        .await
        .expect(201);
    assert_ne!(theirs.id(), first.id());
    // And so is the same person's with another session.
    let again = gateway.sign_in("anna@example.com").await;
    assert_eq!(
        send(&gateway, &again, "POST", &target, &headers, &body("b")).await,
        theirs
    );
    let b = Admin::new(&gateway).await;
    once(&b, "k", "/service-users", &body("a")).await.expect(201);
}

async fn of_many_at_once_one_creates(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let service_user = admin.service_user().await;
    let body = json!({"serviceUserId": service_user, "name": "okta", "expiresIn": null});
    let answers = join_all((0..8).map(|_| once(&admin, "k", "/tokens", &body))).await;
    let created: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert!(!created.is_empty());
    for answer in &answers {
        // Those that were slower are told to come back, or had the answer already.
        match answer.status {
            201 => assert_eq!(answer, created[0]),
            _ => assert_eq!(answer.status, 409, "{answer:?}"),
        }
    }
    assert_eq!(once(&admin, "k", "/tokens", &body).await, *created[0]);
    assert_eq!(admin.items("/tokens").await.len(), 4);
}

async fn a_key_is_forgotten_after_a_day(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let invitation = json!({"email": "a@example.com", "role": "org_viewer"});
    gateway.turn_clock(-24 * 3600);
    let first = once(&admin, "k", "/invitations", &invitation).await.expect(201);
    gateway.turn_clock(24 * 3600 - 60);
    assert_eq!(once(&admin, "k", "/invitations", &invitation).await, first);
    assert_eq!(
        gateway.surface().gateway.forget_idempotency_keys().await.unwrap(),
        0
    );
    gateway.turn_clock(60);
    // It stands for nothing any more, whether or not it was cleared away.
    assert_ne!(
        once(&admin, "k", "/invitations", &invitation)
            .await
            .expect(201)
            .id(),
        first.id()
    );
    gateway.turn_clock(24 * 3600);
    assert_eq!(
        gateway.surface().gateway.forget_idempotency_keys().await.unwrap(),
        1
    );
    gateway.turn_clock(-24 * 3600);
}

async fn a_creation_that_was_refused_uses_up_no_key(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let body = json!({"name": "", "role": "org_user_reader"});
    refused(
        &once(&admin, "k", "/service-users", &body).await,
        400,
        "invalid-input",
        &[],
    );
    let body = json!({"name": "n", "role": "org_user_reader"});
    once(&admin, "k", "/service-users", &body).await.expect(201);
}

async fn a_key_that_is_none_is_refused(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let body = json!({"name": "n", "role": "org_user_reader"});
    for key in ["", "\"\"", "a b", "a\"b", &"k".repeat(256)] {
        let answer = once(&admin, key, "/service-users", &body).await;
        refused(&answer, 400, "invalid-input", &[]);
        assert_eq!(fields(&answer), ["Idempotency-Key"], "{key:?}");
    }
    let headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")];
    let answer = admin.send_with("POST", "/service-users", &headers, &body).await;
    refused(&answer, 400, "invalid-input", &["once"]);
    assert_eq!(admin.items("/service-users").await.len(), 3);
}

async fn an_answer_with_a_secret_is_repeated_only_to_a_recent_sign_in(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let session = admin.org.account("anna@example.com", Role::OrgOwner).await;
    let service_user = admin.service_user().await;
    let body = json!({"serviceUserId": service_user, "name": "okta", "expiresIn": null});
    let (target, headers) = (admin.path("/tokens"), [("Idempotency-Key", "k")]);
    let first = send(&gateway, &session, "POST", &target, &headers, &body)
        .await
        .expect(201);
    let stale = gateway.stale_session("anna@example.com").await;
    let answer = send(&gateway, &stale, "POST", &target, &headers, &body).await;
    refused(&answer, 403, "recent-sign-in-needed", &[]);
    assert_eq!(
        send(&gateway, &session, "POST", &target, &headers, &body).await,
        first
    );
}

async fn an_operator_creates_an_organization_once(gateway: TestGateway) {
    let operator = gateway.operator("operator@example.com").await;
    let headers = [("Idempotency-Key", "k")];
    let call =
        async |target: &str, body: &Value| send(&gateway, &operator, "POST", target, &headers, body).await;
    let first = call("/admin/v1/orgs", &json!({"name": "Acme"})).await.expect(201);
    assert_eq!(call("/admin/v1/orgs", &json!({"name": "Acme"})).await, first);
    refused(
        &call("/admin/v1/orgs", &json!({"name": "Other"})).await,
        422,
        "idempotency-key-reused",
        &[],
    );
    let listed = gateway
        .call("GET", "/admin/v1/orgs", Some(&operator), &[], None)
        .await
        .json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let headers = [("Idempotency-Key", "k2")];
    let (target, body) = (
        "/admin/v1/operators/invitations",
        json!({"email": "b@example.com"}),
    );
    let first = send(&gateway, &operator, "POST", target, &headers, &body)
        .await
        .expect(201);
    assert_eq!(
        send(&gateway, &operator, "POST", target, &headers, &body).await,
        first
    );
}

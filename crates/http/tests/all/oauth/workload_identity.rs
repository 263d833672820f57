//! Workload identity federation, as the provisioning service of Microsoft Entra speaks it: it presents a token that its
//! tenant's authorization server signed, and gets one that opens SCIM.

use std::sync::Arc;

use serde_json::{Value, json};
use wicketgate_domain::ClientAuthentication;
use wicketgate_scim::schema::USER;
use wicketgate_testbed::{Outside, both_engines};

use super::{
    issued,
    key::{Key, asserting, seconds, with},
    opens, refused,
};
use crate::harness::{Answer, TestClient, TestGateway, TestOrg};

const TOKEN: &str = "/oauth/v2/token";
const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const OTHER_TENANT: &str = "99999999-2222-3333-4444-555555555555";
const PRINCIPAL: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
const AUDIENCE: &str = "api://0f0f0f0f-1111-2222-3333-444444444444";

both_engines! {
    run with crate::oauth::assertions::run:
    entra_provisions_with_a_token_that_its_tenant_signed,
    a_token_of_entra_may_be_presented_again,
    a_token_that_is_not_the_tenants_for_us_gets_nothing,
    a_tenants_token_opens_its_own_organization_alone,
    the_tenants_keys_may_change_at_any_time,
}

fn issuer(tenant: &str) -> String {
    format!("https://login.microsoftonline.com/{tenant}/v2.0")
}

fn keys_of(tenant: &str) -> String {
    format!("https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys")
}

/// The claims of a token of Entra, now.
fn claims() -> Value {
    let now = seconds();
    json!({
        "iss": issuer(TENANT), "sub": PRINCIPAL, "aud": AUDIENCE, "tid": TENANT, "oid": PRINCIPAL, "ver": "2.0",
        "iat": now - 300, "nbf": now - 300, "exp": now + 3_600, "uti": "abc",
    })
}

async fn federated(org: &TestOrg, subject: &str) -> TestClient {
    org.client_that(ClientAuthentication::WorkloadIdentity {
        issuer: issuer(TENANT).parse().unwrap(),
        subject: subject.to_owned(),
        audiences: vec![AUDIENCE.to_owned(), format!("{AUDIENCE}/.default")],
    })
    .await
}

/// Asks as Entra does.
async fn ask(gateway: &TestGateway, client: &TestClient, assertion: &str) -> Answer {
    let body = asserting(assertion, &[("client_id", &client.id), ("scope", "scim")]);
    gateway.post_form(TOKEN, None, &body).await
}

async fn entra_provisions_with_a_token_that_its_tenant_signed(gateway: TestGateway, outside: Arc<Outside>) {
    let (org, tenant) = (gateway.with_org().await, Key::new("entra"));
    outside.publish(&keys_of(TENANT), &tenant.set().to_string());
    let client = federated(&org, PRINCIPAL).await;
    for audience in [AUDIENCE.to_owned(), format!("{AUDIENCE}/.default")] {
        let assertion = tenant.sign(&with(&claims(), "aud", json!(audience)));
        let token = issued(&ask(&gateway, &client, &assertion).await, "scim").access_token;
        let user = json!({"schemas": [USER], "userName": audience});
        let created = gateway
            .call(
                "POST",
                &org.path("/Users"),
                Some(&token),
                &[],
                Some(user.to_string().as_bytes()),
            )
            .await;
        let id = created.expect(201).id();
        let read = gateway
            .call("GET", &org.path(&format!("/Users/{id}")), Some(&token), &[], None)
            .await;
        assert_eq!(read.expect(200).json()["userName"], audience);
    }
    assert_eq!(outside.asked(&keys_of(TENANT)), 1, "the keys are kept");
}

/// Its service keeps a token for an hour, and asks for a new access token with the same one after a restart.
async fn a_token_of_entra_may_be_presented_again(gateway: TestGateway, outside: Arc<Outside>) {
    let (org, tenant) = (gateway.with_org().await, Key::new("entra"));
    outside.publish(&keys_of(TENANT), &tenant.set().to_string());
    let client = federated(&org, PRINCIPAL).await;
    let assertion = tenant.sign(&claims());
    let mut tokens = Vec::new();
    for _ in 0..3 {
        tokens.push(issued(&ask(&gateway, &client, &assertion).await, "scim").access_token);
    }
    tokens.dedup();
    assert_eq!(tokens.len(), 3, "each time another one");
    for token in tokens {
        assert_eq!(opens(&org, &token).await, 200);
    }
}

async fn a_token_that_is_not_the_tenants_for_us_gets_nothing(gateway: TestGateway, outside: Arc<Outside>) {
    let (org, tenant) = (gateway.with_org().await, Key::new("entra"));
    outside.publish(&keys_of(TENANT), &tenant.set().to_string());
    // The same key in another tenant's set: a key alone says nothing about whose token it is.
    outside.publish(&keys_of(OTHER_TENANT), &tenant.set().to_string());
    let client = federated(&org, PRINCIPAL).await;
    let (base, now) = (claims(), seconds());
    let before = org.snapshot().await;
    let mut assertions = tenant.forged(&base);
    for (name, value) in [
        ("iss", json!(issuer(OTHER_TENANT))),
        ("iss", json!(format!("https://sts.windows.net/{TENANT}/"))),
        ("iss", json!(client.id)),
        ("iss", Value::Null),
        ("sub", json!("another-principal")),
        ("sub", json!(client.id)),
        ("sub", Value::Null),
        ("aud", json!("api://another")),
        ("aud", json!("https://scim.example.com/oauth/v2/token")),
        ("aud", json!([AUDIENCE])),
        ("aud", Value::Null),
        ("tid", json!(OTHER_TENANT)),
        ("tid", Value::Null),
        ("ver", json!("1.0")),
        ("exp", json!(now - 61)),
        ("exp", json!(now + 25 * 3_600)),
        ("exp", Value::Null),
        ("nbf", json!(now + 600)),
        ("nbf", Value::Null),
        ("iat", json!(now + 600)),
    ] {
        assertions.push(tenant.sign(&with(&base, name, value)));
    }
    let mut answers = Vec::new();
    for assertion in &assertions {
        let answer = ask(&gateway, &client, assertion).await;
        refused(&answer, 401, "invalid_client", &[]);
        answers.push(answer);
    }
    let first = answers.first().unwrap();
    assert!(
        answers.iter().all(|answer| answer == first),
        "why it was refused shows"
    );
    assert_eq!(org.snapshot().await, before, "what is refused leaves no trace");
    assert_eq!(
        outside.asked(&keys_of(OTHER_TENANT)),
        0,
        "a token chooses no keys"
    );
    issued(&ask(&gateway, &client, &tenant.sign(&base)).await, "scim");
}

async fn a_tenants_token_opens_its_own_organization_alone(gateway: TestGateway, outside: Arc<Outside>) {
    let (org, foreign) = (gateway.with_org().await, gateway.with_org().await);
    let tenant = Key::new("entra");
    outside.publish(&keys_of(TENANT), &tenant.set().to_string());
    let client = federated(&org, PRINCIPAL).await;
    // Another organization trusts the same tenant, and another principal of it.
    let other = federated(&foreign, "another-principal").await;
    let with_keys = foreign.client().await;
    let assertion = tenant.sign(&claims());
    let token = issued(&ask(&gateway, &client, &assertion).await, "scim").access_token;
    assert_eq!(opens(&org, &token).await, 200);
    assert_eq!(opens(&foreign, &token).await, 404);
    for stranger in [&other, &with_keys] {
        let answer = ask(&gateway, stranger, &assertion).await;
        refused(&answer, 401, "invalid_client", &[]);
    }
    // Without `client_id` nobody can tell whom Entra means: its token does not name the client.
    let answer = gateway.post_form(TOKEN, None, &asserting(&assertion, &[])).await;
    refused(&answer, 401, "invalid_client", &[]);
}

async fn the_tenants_keys_may_change_at_any_time(gateway: TestGateway, outside: Arc<Outside>) {
    let (org, first, second) = (gateway.with_org().await, Key::new("first"), Key::new("second"));
    let client = federated(&org, PRINCIPAL).await;
    outside.publish(&keys_of(TENANT), &first.set().to_string());
    issued(&ask(&gateway, &client, &first.sign(&claims())).await, "scim");
    outside.publish(&keys_of(TENANT), &second.set().to_string());
    gateway.turn_clock(60);
    issued(&ask(&gateway, &client, &second.sign(&claims())).await, "scim");
    let answer = ask(&gateway, &client, &first.sign(&claims())).await;
    refused(&answer, 401, "invalid_client", &[]);
    // While nobody answers there, the keys that are known are good for a day.
    outside.vanish(&keys_of(TENANT));
    gateway.turn_clock(6 * 3_600);
    issued(&ask(&gateway, &client, &second.sign(&claims())).await, "scim");
}

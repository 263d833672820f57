//! Clients that sign an assertion with a key of their own (`private_key_jwt`): a token for it, or `invalid_client` and
//! nothing.

use std::sync::Arc;

use serde_json::{Value, json};
use wicketgate_domain::{ClientAuthentication, ClientKeys};
use wicketgate_http::Limits;
use wicketgate_testbed::{Database, Outside, both_engines};

use super::{
    issued,
    key::{Key, asserting, seconds, with},
    opens, refused,
};
use crate::harness::{Answer, PUBLIC_URL, TestClient, TestGateway, TestOrg, run_among};

const TOKEN: &str = "/oauth/v2/token";
const KEYS: &str = "https://idp.example.com/keys";

both_engines! {
    run with crate::oauth::assertions::run:
    a_client_with_keys_gets_a_token_that_opens_its_organization,
    an_assertion_counts_once,
    an_assertion_that_is_none_of_the_clients_gets_nothing,
    a_clients_keys_may_be_at_an_address,
    a_client_with_keys_proves_itself_wherever_a_secret_would,
}

/// Runs a scenario among servers of others, and nobody counts its attempts.
pub(crate) fn run<F: Future>(
    database: Database,
    scenario: impl FnOnce(TestGateway, Arc<Outside>) -> F,
) -> F::Output {
    let outside = Arc::new(Outside::default());
    let limits = Limits {
        failed_attempts: 0,
        issued_tokens: 0,
        ..Limits::default()
    };
    let others = Arc::<Outside>::clone(&outside);
    run_among(others, limits, database, |gateway| scenario(gateway, outside))
}

/// What a client says of itself, now.
pub(super) fn claims(client: &TestClient, jti: &str) -> Value {
    let now = seconds();
    json!({
        "iss": client.id, "sub": client.id, "aud": format!("{PUBLIC_URL}{TOKEN}"),
        "iat": now, "nbf": now, "exp": now + 300, "jti": jti,
    })
}

async fn given(org: &TestOrg, key: &Key) -> TestClient {
    let keys = ClientKeys::Given(key.set());
    org.client_that(ClientAuthentication::PrivateKeyJwt(keys)).await
}

async fn ask(gateway: &TestGateway, assertion: &str) -> Answer {
    gateway.post_form(TOKEN, None, &asserting(assertion, &[])).await
}

async fn a_client_with_keys_gets_a_token_that_opens_its_organization(
    gateway: TestGateway,
    _outside: Arc<Outside>,
) {
    let (org, foreign, key) = (
        gateway.with_org().await,
        gateway.with_org().await,
        Key::new("one"),
    );
    let client = given(&org, &key).await;
    let base = claims(&client, "token endpoint");
    for (jti, audience) in [
        ("1", base["aud"].clone()),
        ("2", json!(PUBLIC_URL)),
        ("3", json!(["https://elsewhere.example.com", PUBLIC_URL])),
    ] {
        let assertion = key.sign(&with(&with(&base, "aud", audience), "jti", json!(jti)));
        let answer = ask(&gateway, &assertion).await;
        let token = issued(&answer, "scim").access_token;
        assert_eq!(opens(&org, &token).await, 200);
        assert_eq!(opens(&foreign, &token).await, 404);
    }
    let named = asserting(
        &key.sign(&base),
        &[("client_id", &client.id), ("scope", "scim.read")],
    );
    issued(&gateway.post_form(TOKEN, None, &named).await, "scim.read");
}

async fn an_assertion_counts_once(gateway: TestGateway, _outside: Arc<Outside>) {
    let (org, key) = (gateway.with_org().await, Key::new("one"));
    let client = given(&org, &key).await;
    let assertion = key.sign(&claims(&client, "once"));
    issued(&ask(&gateway, &assertion).await, "scim");
    refused(&ask(&gateway, &assertion).await, 401, "invalid_client", &[]);
    // Its name is used up, whatever else another one says.
    let renamed = with(&claims(&client, "once"), "aud", json!(PUBLIC_URL));
    refused(
        &ask(&gateway, &key.sign(&renamed)).await,
        401,
        "invalid_client",
        &[],
    );
    issued(&ask(&gateway, &key.sign(&claims(&client, "twice"))).await, "scim");
}

async fn an_assertion_that_is_none_of_the_clients_gets_nothing(gateway: TestGateway, _outside: Arc<Outside>) {
    let (org, key, other) = (gateway.with_org().await, Key::new("one"), Key::new("one"));
    let client = given(&org, &key).await;
    let neighbour = given(&org, &other).await;
    let base = claims(&client, "base");
    let now = seconds();
    let before = org.snapshot().await;
    let mut assertions = key.forged(&base);
    for (name, value) in [
        ("iss", json!(neighbour.id)),
        ("iss", Value::Null),
        ("sub", json!(neighbour.id)),
        ("sub", Value::Null),
        ("aud", json!("https://elsewhere.example.com/oauth/v2/token")),
        ("aud", json!([])),
        ("aud", Value::Null),
        ("exp", json!(now - 61)),
        ("exp", json!(now + 2 * 3_600)),
        ("exp", Value::Null),
        ("nbf", json!(now + 600)),
        ("iat", json!(now + 600)),
        ("jti", json!("")),
        ("jti", Value::Null),
    ] {
        assertions.push(key.sign(&with(&base, name, value)));
    }
    assertions.push(key.sign(&claims(&neighbour, "base")));
    assertions.push("a.b.c".to_owned());
    let mut answers = Vec::new();
    for assertion in &assertions {
        for rest in [&[][..], &[("client_id", client.id.as_str())]] {
            let answer = gateway.post_form(TOKEN, None, &asserting(assertion, rest)).await;
            refused(&answer, 401, "invalid_client", &[]);
            answers.push(answer);
        }
    }
    let first = answers.first().unwrap();
    assert!(
        answers.iter().all(|answer| answer == first),
        "why it was refused shows"
    );
    assert_eq!(org.snapshot().await, before, "what is refused leaves no trace");
    // None of them has used the name up.
    issued(&ask(&gateway, &key.sign(&base)).await, "scim");
}

async fn a_clients_keys_may_be_at_an_address(gateway: TestGateway, outside: Arc<Outside>) {
    let (org, key, next) = (gateway.with_org().await, Key::new("one"), Key::new("two"));
    let keys = ClientKeys::At(KEYS.to_owned());
    let client = org.client_that(ClientAuthentication::PrivateKeyJwt(keys)).await;
    let assertion = |key: &Key, jti: &str| key.sign(&claims(&client, jti));
    // Nobody answers there yet.
    refused(
        &ask(&gateway, &assertion(&key, "1")).await,
        401,
        "invalid_client",
        &[],
    );
    outside.publish(KEYS, &key.set().to_string());
    gateway.turn_clock(60);
    let answer = ask(&gateway, &assertion(&key, "2")).await;
    let token = issued(&answer, "scim").access_token;
    assert_eq!(opens(&org, &token).await, 200);
    assert_eq!(outside.asked(KEYS), 2);
    // The client takes another key: the set is asked for again, because of the key that it did not have.
    outside.publish(KEYS, &next.set().to_string());
    gateway.turn_clock(60);
    issued(&ask(&gateway, &assertion(&next, "3")).await, "scim");
    assert_eq!(outside.asked(KEYS), 3);
    refused(
        &ask(&gateway, &assertion(&key, "4")).await,
        401,
        "invalid_client",
        &[],
    );
}

async fn a_client_with_keys_proves_itself_wherever_a_secret_would(
    gateway: TestGateway,
    _outside: Arc<Outside>,
) {
    let (org, key) = (gateway.with_org().await, Key::new("one"));
    let client = given(&org, &key).await;
    let token = issued(&ask(&gateway, &key.sign(&claims(&client, "1"))).await, "scim").access_token;
    let introspect = |jti: &str| {
        let assertion = key.sign(&claims(&client, jti));
        asserting(&assertion, &[("token", &token)])
    };
    let answer = gateway
        .post_form("/oauth/v2/introspect", None, &introspect("2"))
        .await;
    assert_eq!(answer.expect(200).json()["active"], true);
    gateway
        .post_form("/oauth/v2/revoke", None, &introspect("3"))
        .await
        .expect(200);
    assert_eq!(opens(&org, &token).await, 401);
    let replayed = gateway
        .post_form("/oauth/v2/introspect", None, &introspect("3"))
        .await;
    refused(&replayed, 401, "invalid_client", &[]);
}

//! Rows U4 to U9: PATCH requests that are refused, or are refused elsewhere.

use serde_json::{Value, json};
use wicketgate_testbed::both_engines;

use super::{created, full_user};
use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    u04_a_value_of_the_wrong_type_is_refused,
    u05_a_weak_password_is_dropped_like_any_other,
    u06_a_profile_url_is_stored_as_it_was_sent,
    u07_a_time_zone_is_stored_as_it_was_sent,
    u08_a_locale_is_stored_as_it_was_sent,
    u09_an_unknown_user_is_not_found,
}

fn replace(path: &str, value: &Value) -> Value {
    json!([{"op": "replace", "path": path, "value": value}])
}

async fn u04_a_value_of_the_wrong_type_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = created(&org, &full_user("anna")).await;
    let before = org.snapshot().await;
    for (path, value) in [
        ("active", json!("perhaps")),
        ("active", json!({"value": true})),
        ("name", json!("Anna Berg")),
        ("name.givenName", json!({"value": "Anna"})),
        ("displayName", json!(["a", "b"])),
        ("emails", json!([["a@x.example", "b@x.example"]])),
        ("timezone", json!({})),
    ] {
        let answer = org.patch(&endpoint, &replace(path, &value)).await;
        assert_eq!(answer.status, 400, "{path} {value}: {answer:?}");
        let attribute = path.split('.').next().unwrap();
        refused(&answer, 400, Some("invalidValue"), &[attribute]);
    }
    assert_eq!(org.snapshot().await, before);
}

/// ZITADEL answers 400 to a password that is too weak for its policy; here every password is dropped.
async fn u05_a_weak_password_is_dropped_like_any_other(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = created(&org, &full_user("anna")).await;
    let before = org.get(&endpoint).await;
    for operations in [
        replace("password", &json!("fooBar")),
        json!([{"op": "add", "value": {"password": "fooBar"}}]),
        json!([{"op": "remove", "path": "password"}]),
    ] {
        org.patch(&endpoint, &operations).await.expect(200);
        assert_eq!(org.get(&endpoint).await, before, "{operations}");
    }
}

async fn stored_as_sent(gateway: &TestGateway, attribute: &str, value: &str) {
    let org = gateway.with_org().await;
    let endpoint = created(&org, &full_user("anna")).await;
    org.patch(&endpoint, &replace(attribute, &json!(value)))
        .await
        .expect(200);
    assert_eq!(org.get(&endpoint).await.expect(200).json()[attribute], value);
}

/// ZITADEL answers 400 to any scheme but http and https; here nothing follows the link.
async fn u06_a_profile_url_is_stored_as_it_was_sent(gateway: TestGateway) {
    stored_as_sent(&gateway, "profileUrl", "ftp://example.com/anna").await;
}

/// ZITADEL answers 400 to a zone it does not know; here a newer zone must not stop a push.
async fn u07_a_time_zone_is_stored_as_it_was_sent(gateway: TestGateway) {
    stored_as_sent(&gateway, "timezone", "fooBar").await;
}

/// ZITADEL answers 400 to what is no BCP 47 tag; here whatever a directory holds must not stop a push.
async fn u08_a_locale_is_stored_as_it_was_sent(gateway: TestGateway) {
    stored_as_sent(&gateway, "locale", "fooBar").await;
}

async fn u09_an_unknown_user_is_not_found(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for id in ["0193d8a4-9b7e-7c3d-8f21-5a6b7c8d9e0f", "fooBar"] {
        let answer = org
            .patch(&format!("/Users/{id}"), &replace("title", &json!("x")))
            .await;
        refused(&answer, 404, None, &[]);
    }
    assert_eq!(org.get("/Users").await.expect(200).json()["totalResults"], 0);
}

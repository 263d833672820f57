//! The metadata (RFC 8414) and the keys. That what they promise is kept is tested where it is kept.

use serde_json::{Value, json};
use wicketgate_domain::{AccessTokenFormat, RefreshRotation};
use wicketgate_http::routes;
use wicketgate_testbed::both_engines;

use super::issued;
use crate::harness::{PUBLIC_URL, TestGateway};

both_engines! {
    run with crate::oauth::run:
    the_metadata_says_what_there_is,
    the_keys_are_public_and_nothing_else,
}

async fn the_metadata_says_what_there_is(gateway: TestGateway) {
    let answer = gateway
        .call("GET", "/.well-known/oauth-authorization-server", None, &[], None)
        .await
        .expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let document = answer.json();
    assert_eq!(
        document,
        json!({
            "issuer": PUBLIC_URL,
            "authorization_endpoint": "https://scim.example.com/oauth/v2/authorize",
            "token_endpoint": "https://scim.example.com/oauth/v2/token",
            "jwks_uri": "https://scim.example.com/oauth/v2/keys",
            "scopes_supported": ["scim", "scim.read"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256", "ES256", "ES384", "EdDSA"],
            "revocation_endpoint": "https://scim.example.com/oauth/v2/revoke",
            "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
            "revocation_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256", "ES256", "ES384", "EdDSA"],
            "introspection_endpoint": "https://scim.example.com/oauth/v2/introspect",
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
            "introspection_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256", "ES256", "ES384", "EdDSA"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        })
    );
    // The page for browsers is the console's.
    for name in [
        "token_endpoint",
        "jwks_uri",
        "revocation_endpoint",
        "introspection_endpoint",
    ] {
        let path = document[name].as_str().unwrap().strip_prefix(PUBLIC_URL).unwrap();
        assert!(routes().iter().any(|route| route.path == path), "{path}");
    }
}

async fn the_keys_are_public_and_nothing_else(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org
        .client_with(RefreshRotation::Grace, AccessTokenFormat::Jwt)
        .await;
    issued(&client.client_credentials().await, "scim");
    let answer = gateway
        .call("GET", "/oauth/v2/keys", None, &[], None)
        .await
        .expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    assert!(!keys.is_empty());
    for key in &keys {
        assert_eq!(key["kty"], "EC");
        assert_eq!(key["alg"], "ES256");
        assert!(key["kid"].is_string());
        let names: Vec<&str> = key.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(!names.contains(&"d"), "a private key: {names:?}");
    }
    assert!(keys.iter().all(Value::is_object));
}

//! What the authorization server says about itself (RFC 8414): nothing that it does not do. And its public keys.

use serde_json::{Value, json};
use wicketgate_auth::oauth::Scope;

use super::{Answer, Call, METADATA, error::Error, reply};
use crate::PublicUrl;

/// How clients may prove who they are, at each endpoint that asks.
const AUTHENTICATION: [&str; 3] = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
/// What the assertions of `private_key_jwt` may be signed with.
const ASSERTION_ALGORITHMS: [&str; 5] = ["RS256", "PS256", "ES256", "ES384", "EdDSA"];

/// `GET /.well-known/oauth-authorization-server`.
pub(crate) async fn describe(call: Call) -> Answer {
    Ok(reply::public(&document(&call.surface.public_url)))
}

/// `GET /oauth/v2/keys`.
pub(crate) async fn keys(call: Call) -> Answer {
    let keys = call.surface.gateway.keys().await.map_err(Error::Domain)?;
    Ok(reply::public(&keys))
}

/// The path without the issuer's own, which clients put behind the well-known one (RFC 8414 §3.1).
pub(super) fn without_issuer<'p>(path: &'p str, issuer: &PublicUrl) -> &'p str {
    match path.strip_prefix(METADATA) {
        Some(rest) if rest == issuer.path() => METADATA,
        Some(_) | None => path,
    }
}

fn document(issuer: &PublicUrl) -> Value {
    let at = |endpoint: &str| format!("{issuer}/oauth/v2/{endpoint}");
    json!({
        "issuer": issuer.as_str(),
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "jwks_uri": at("keys"),
        "scopes_supported": [Scope::SCIM.to_string(), Scope::READ.to_string()],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "token_endpoint_auth_methods_supported": AUTHENTICATION,
        "token_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
        "revocation_endpoint": at("revoke"),
        "revocation_endpoint_auth_methods_supported": AUTHENTICATION,
        "revocation_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
        "introspection_endpoint": at("introspect"),
        "introspection_endpoint_auth_methods_supported": AUTHENTICATION,
        "introspection_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuers_path_is_taken_off_behind_the_well_known_one_only() {
        let (bare, deep): (PublicUrl, PublicUrl) = (
            "https://scim.example.com".parse().unwrap(),
            "https://example.com/gate/way/".parse().unwrap(),
        );
        let suffixed = format!("{METADATA}/gate/way");
        assert_eq!(without_issuer(METADATA, &bare), METADATA);
        assert_eq!(without_issuer(METADATA, &deep), METADATA);
        assert_eq!(without_issuer(&suffixed, &deep), METADATA);
        assert_eq!(without_issuer(&suffixed, &bare), suffixed);
        for path in ["/gate/way/oauth/v2/token", "/oauth/v2/token", "/gate/way"] {
            assert_eq!(without_issuer(path, &deep), path);
        }
        for suffix in ["/", "/gate", "/gate/way/", "/gate/way/x", "/Gate/way"] {
            let path = format!("{METADATA}{suffix}");
            assert_eq!(without_issuer(&path, &deep), path);
        }
    }

    #[test]
    fn every_endpoint_is_below_the_issuer() {
        let document = document(&"https://example.com/gate".parse().unwrap());
        assert_eq!(document["issuer"], "https://example.com/gate");
        let mut endpoints = 0;
        for (name, value) in document.as_object().unwrap() {
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                let url = value.as_str().unwrap();
                assert!(url.starts_with("https://example.com/gate/oauth/v2/"), "{url}");
                endpoints += 1;
            }
        }
        assert_eq!(endpoints, 5);
    }
}

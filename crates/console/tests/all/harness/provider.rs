//! An OpenID provider of somebody else's, as small as one can be: it signs real tokens, and can be told to lie in one way
//! at a time. It answers requests instead of listening, so that nothing here depends on a network.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey as _,
    core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;
use wicketgate_auth::{Fetch, FetchError, Fetching};

pub(crate) const ISSUER: &str = "https://idp.example.com/realm";
pub(crate) const CLIENT_ID: &str = "wicketgate-console";
pub(crate) const CLIENT_SECRET: &str = "a secret of the provider";

/// The private key that RFC 8410 prints as its example.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";

/// One way to answer wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    WrongNonce,
    NoNonce,
    WrongIssuer,
    WrongAudience,
    FurtherAudience,
    OtherAuthorizedParty,
    AlgorithmNone,
    SignedWithClientSecret,
    WrongSignature,
    UnknownKey,
    Expired,
    IssuedLongAgo,
    IssuedInFuture,
    NoSubject,
    NoIdToken,
    DiscoveryOfAnotherIssuer,
}

impl Lie {
    /// Those in an answer to a code.
    pub(crate) const ALL: [Self; 15] = [
        Self::WrongNonce,
        Self::NoNonce,
        Self::WrongIssuer,
        Self::WrongAudience,
        Self::FurtherAudience,
        Self::OtherAuthorizedParty,
        Self::AlgorithmNone,
        Self::SignedWithClientSecret,
        Self::WrongSignature,
        Self::UnknownKey,
        Self::Expired,
        Self::IssuedLongAgo,
        Self::IssuedInFuture,
        Self::NoSubject,
        Self::NoIdToken,
    ];
}

/// What a browser brought when it was sent there.
#[derive(Debug, Clone)]
struct Authorization {
    nonce: String,
    challenge: String,
    redirect_uri: String,
    subject: String,
}

#[derive(Default)]
struct State {
    codes: HashMap<String, Authorization>,
    lie: Option<Lie>,
    now: i64,
    /// The name of the key that it signs with, and the only one that it publishes.
    kid: &'static str,
    requests: usize,
    key_requests: usize,
}

/// The provider. Clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct TestProvider(Arc<Mutex<State>>);

impl TestProvider {
    /// A provider whose clock stands at this second.
    pub(crate) fn at(now: i64) -> Self {
        let provider = Self::default();
        provider.0.lock().unwrap().now = now;
        provider.sign_with("first");
        provider
    }

    /// Answers wrongly in this way from now on.
    pub(crate) fn lie(&self, lie: Option<Lie>) {
        self.0.lock().unwrap().lie = lie;
    }

    /// How many requests have reached it.
    pub(crate) fn requests(&self) -> usize {
        self.0.lock().unwrap().requests
    }

    /// How often its keys were read.
    pub(crate) fn key_requests(&self) -> usize {
        self.0.lock().unwrap().key_requests
    }

    /// Signs with the key of this name from now on, and publishes no other one.
    pub(crate) fn sign_with(&self, kid: &'static str) {
        self.0.lock().unwrap().kid = kid;
    }

    /// Its clock goes on by so many seconds.
    pub(crate) fn pass(&self, seconds: i64) {
        self.0.lock().unwrap().now += seconds;
    }

    /// What somebody does there who signs in as `subject`: the address that the browser is sent back to.
    pub(crate) fn sign_in(&self, address: &str, subject: &str) -> String {
        let (endpoint, query) = address.split_once('?').unwrap();
        assert_eq!(endpoint, format!("{ISSUER}/authorize"));
        let sent: HashMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        assert_eq!(sent["client_id"], CLIENT_ID);
        assert_eq!(sent["response_type"], "code");
        assert_eq!(sent["code_challenge_method"], "S256");
        assert!(sent["scope"].split(' ').any(|scope| scope == "openid"));
        let mut state = self.0.lock().unwrap();
        let code = format!("code-{}", state.codes.len());
        state.codes.insert(
            code.clone(),
            Authorization {
                nonce: sent["nonce"].clone(),
                challenge: sent["code_challenge"].clone(),
                redirect_uri: sent["redirect_uri"].clone(),
                subject: subject.to_owned(),
            },
        );
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("code", code.as_str()),
                ("state", &sent["state"]),
                ("iss", ISSUER),
            ])
            .finish();
        format!("{}?{query}", sent["redirect_uri"])
    }

    fn answer(&self, request: &http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
        let mut state = self.0.lock().unwrap();
        state.requests += 1;
        let lie = state.lie;
        match request.uri().to_string().strip_prefix(ISSUER) {
            Some("/.well-known/openid-configuration") => {
                let issuer = if lie == Some(Lie::DiscoveryOfAnotherIssuer) {
                    "https://idp.example.com/other"
                } else {
                    ISSUER
                };
                respond(
                    200,
                    &json!({
                        "issuer": issuer,
                        "authorization_endpoint": format!("{ISSUER}/authorize"),
                        "token_endpoint": format!("{ISSUER}/token"),
                        "jwks_uri": format!("{ISSUER}/keys"),
                        "response_types_supported": ["code"],
                        "subject_types_supported": ["public"],
                        "id_token_signing_alg_values_supported": ["EdDSA", "none", "HS256"],
                    }),
                )
            }
            Some("/keys") => {
                state.key_requests += 1;
                respond(200, &json!({ "keys": [key(state.kid).as_verification_key()] }))
            }
            Some("/token") => token(&mut state, request),
            _ => respond(404, &json!({})),
        }
    }
}

impl Fetch for TestProvider {
    fn fetch(&self, request: http::Request<Vec<u8>>) -> Fetching<'_> {
        Box::pin(async move {
            if request.uri().scheme_str() != Some("https") {
                return Err(FetchError::UrlRefused("use https"));
            }
            Ok(self.answer(&request))
        })
    }
}

/// Exchanges a code: once, for the client, with the redirect URI and the verifier that belong to it.
fn token(state: &mut State, request: &http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
    let basic = format!(
        "Basic {}",
        STANDARD.encode(format!("{CLIENT_ID}:a+secret+of+the+provider"))
    );
    if request
        .headers()
        .get("authorization")
        .map(http::HeaderValue::as_bytes)
        != Some(basic.as_bytes())
    {
        return respond(401, &json!({ "error": "invalid_client" }));
    }
    let form: HashMap<String, String> = form_urlencoded::parse(request.body()).into_owned().collect();
    let Some(authorization) = state.codes.remove(&form["code"]) else {
        return respond(400, &json!({ "error": "invalid_grant" }));
    };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
    if challenge != authorization.challenge || form["redirect_uri"] != authorization.redirect_uri {
        return respond(400, &json!({ "error": "invalid_grant" }));
    }
    let mut body = json!({ "access_token": "unused", "token_type": "Bearer", "expires_in": 60 });
    if state.lie != Some(Lie::NoIdToken) {
        body["id_token"] = Value::from(id_token(&authorization, state.lie, state.kid, state.now));
    }
    respond(200, &body)
}

fn id_token(authorization: &Authorization, lie: Option<Lie>, kid: &str, now: i64) -> String {
    let mut header = json!({ "alg": "EdDSA", "kid": kid, "typ": "JWT" });
    let mut claims = json!({
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "sub": authorization.subject,
        "nonce": authorization.nonce,
        "iat": now,
        "exp": now + 300,
        "email": "anna@example.com",
        "email_verified": true,
    });
    match lie {
        Some(Lie::WrongNonce) => claims["nonce"] = "another".into(),
        Some(Lie::NoNonce) => claims["nonce"] = Value::Null,
        Some(Lie::WrongIssuer) => claims["iss"] = format!("{ISSUER}/").into(),
        Some(Lie::WrongAudience) => claims["aud"] = "another".into(),
        Some(Lie::FurtherAudience) => claims["aud"] = json!([CLIENT_ID, "another"]),
        Some(Lie::OtherAuthorizedParty) => claims["azp"] = "another".into(),
        Some(Lie::UnknownKey) => header["kid"] = "another".into(),
        Some(Lie::AlgorithmNone) => header = json!({ "alg": "none" }),
        Some(Lie::SignedWithClientSecret) => header["alg"] = "HS256".into(),
        Some(Lie::Expired) => {
            claims["iat"] = (now - 400).into();
            claims["exp"] = (now - 100).into();
        }
        Some(Lie::IssuedLongAgo) => {
            claims["iat"] = (now - 3_600).into();
            claims["exp"] = (now + 3_600).into();
        }
        Some(Lie::IssuedInFuture) => claims["iat"] = (now + 200).into(),
        Some(Lie::NoSubject) => claims["sub"] = "".into(),
        Some(Lie::WrongSignature | Lie::NoIdToken | Lie::DiscoveryOfAnotherIssuer) | None => {}
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let mut signature = match lie {
        Some(Lie::AlgorithmNone) => Vec::new(),
        Some(Lie::SignedWithClientSecret) => {
            let key = openidconnect::core::CoreHmacKey::new(CLIENT_SECRET);
            key.sign(&CoreJwsSigningAlgorithm::HmacSha256, signed.as_bytes())
                .unwrap()
        }
        _ => key(kid)
            .sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes())
            .unwrap(),
    };
    if lie == Some(Lie::WrongSignature) {
        signature[0] ^= 1;
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn key(kid: &str) -> CoreEdDsaPrivateSigningKey {
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(KEY, Some(JsonWebKeyId::new(kid.to_owned()))).unwrap()
}

fn respond(status: u16, body: &Value) -> http::Response<Vec<u8>> {
    http::Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(body.to_string().into_bytes())
        .unwrap()
}

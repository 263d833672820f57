//! The keys of those who sign, the header and claims of a genuine token of each kind, and the verifier that accepts it.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
    RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use wicketgate_auth::jwt::{
    AccessTokenRules, ClientAssertionRules, JwkSet, Refused, WorkloadIdentityRules, verify_access_token,
    verify_client_assertion, verify_workload_identity,
};

pub(super) const NOW: i64 = 1_800_000_000;
pub(super) const CLIENT: &str = "wicket_client_0123456789ABCDEF";
pub(super) const TOKEN_URL: &str = "https://gateway.example/oauth/v2/token";
pub(super) const ISSUER: &str = "https://gateway.example";
pub(super) const BASE: &str = "https://gateway.example/scim/v2/0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88";
pub(super) const TENANT: &str = "11111111-2222-3333-4444-555555555555";
pub(super) const ENTRA: &str = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0";

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Client,
    Entra,
    Access,
}

pub(super) const KINDS: [Kind; 3] = [Kind::Client, Kind::Entra, Kind::Access];

pub(super) struct Keys {
    pub(super) rsa: RsaKeyPair,
    pub(super) p256: EcdsaKeyPair,
    pub(super) p384: EcdsaKeyPair,
    pub(super) public: Value,
    pub(super) set: JwkSet,
}

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn ec_jwk(kid: &str, crv: &str, key: &EcdsaKeyPair) -> Value {
    let point = &key.public_key().as_ref()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    json!({"kty": "EC", "crv": crv, "kid": kid, "x": encode(x), "y": encode(y)})
}

impl Keys {
    pub(super) fn new() -> Self {
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let p384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        let components = RsaPublicKeyComponents::<Vec<u8>>::from(rsa.public_key());
        let public = json!({"keys": [
            {"kty": "RSA", "use": "sig", "kid": "rsa", "n": encode(components.n), "e": encode(components.e)},
            ec_jwk("p256", "P-256", &p256),
            ec_jwk("p384", "P-384", &p384),
        ]});
        let set = JwkSet::parse(public.to_string().as_bytes()).unwrap();
        Self {
            rsa,
            p256,
            p384,
            public,
            set,
        }
    }

    pub(super) fn sign(&self, kind: Kind, message: &[u8]) -> Vec<u8> {
        match kind {
            Kind::Client | Kind::Entra => rsa_sign(&self.rsa, &RSA_PKCS1_SHA256, message),
            Kind::Access => ec_sign(&self.p256, message),
        }
    }

    pub(super) fn check(&self, kind: Kind, jwt: &str) -> Result<(), Refused> {
        let set = &self.set;
        match kind {
            Kind::Client => {
                let audiences = vec![TOKEN_URL.to_owned(), ISSUER.to_owned()];
                let rules = ClientAssertionRules {
                    client_id: CLIENT.to_owned(),
                    audiences,
                };
                verify_client_assertion(jwt, set, &rules, NOW).map(|_| ())
            }
            Kind::Entra => {
                let rules = WorkloadIdentityRules {
                    issuer: ENTRA.parse().unwrap(),
                    subject: "principal".to_owned(),
                    audiences: vec!["api://app".to_owned(), "api://app/.default".to_owned()],
                };
                verify_workload_identity(jwt, set, &rules, NOW).map(|_| ())
            }
            Kind::Access => verify_access_token(jwt, set, &access_rules(), NOW).map(|_| ()),
        }
    }
}

pub(super) fn access_rules() -> AccessTokenRules {
    AccessTokenRules {
        issuer: ISSUER.to_owned(),
        audience: BASE.to_owned(),
    }
}

pub(super) fn rsa_sign(key: &RsaKeyPair, padding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(padding, &SystemRandom::new(), message, &mut signature)
        .unwrap();
    signature
}

pub(super) fn ec_sign(key: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
    key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
}

pub(super) fn header(kind: Kind) -> Value {
    match kind {
        Kind::Client | Kind::Entra => json!({"alg": "RS256", "typ": "JWT", "kid": "rsa"}),
        Kind::Access => json!({"alg": "ES256", "typ": "at+jwt", "kid": "p256"}),
    }
}

pub(super) fn claims(kind: Kind) -> Value {
    match kind {
        Kind::Client => {
            json!({"iss": CLIENT, "sub": CLIENT, "aud": TOKEN_URL, "exp": NOW + 300, "nbf": NOW - 5,
            "iat": NOW - 5, "jti": "one"})
        }
        Kind::Entra => json!({"iss": ENTRA, "sub": "principal", "aud": "api://app", "tid": TENANT,
            "exp": NOW + 3600, "nbf": NOW - 300, "iat": NOW - 300}),
        Kind::Access => json!({"iss": ISSUER, "sub": "service-user", "aud": BASE, "client_id": CLIENT,
            "scope": "scim", "jti": "0123456789ABCDEF", "iat": NOW - 5, "exp": NOW + 3600}),
    }
}

pub(super) fn token(header: &str, claims: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

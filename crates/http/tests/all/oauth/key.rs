//! What others sign with: a key pair of a client or of an authorization server, and tokens that it signs or that only
//! look as if it did.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use wicketgate_domain::{Clock as _, SystemClock};

/// An RSA key pair with its name.
pub(super) struct Key {
    kid: &'static str,
    pair: RsaKeyPair,
}

impl Key {
    pub(super) fn new(kid: &'static str) -> Self {
        Self {
            kid,
            pair: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
        }
    }

    /// The JWK set that has its public half.
    pub(super) fn set(&self) -> Value {
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        let (n, e) = (encoded(public.n), encoded(public.e));
        json!({"keys": [{"kty": "RSA", "use": "sig", "kid": self.kid, "n": n, "e": e}]})
    }

    /// A token with these claims.
    pub(super) fn sign(&self, claims: &Value) -> String {
        self.token("RS256", claims, |message| {
            let mut signature = vec![0; self.pair.public_modulus_len()];
            self.pair
                .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                .unwrap();
            signature
        })
    }

    /// The same token in every way in which whoever has the public half alone might try to make one.
    pub(super) fn forged(&self, claims: &Value) -> Vec<String> {
        let public = self.pair.public_key().as_ref();
        let shared = hmac::Key::new(hmac::HMAC_SHA256, public);
        let unsigned = self.token("none", claims, |_| Vec::new());
        let genuine = self.sign(claims);
        let (signed, _) = genuine.rsplit_once('.').unwrap();
        let other = Self::new(self.kid);
        vec![
            self.token("none", claims, |_| vec![0]),
            self.token("HS256", claims, |message| {
                hmac::sign(&shared, message).as_ref().to_vec()
            }),
            unsigned,
            format!("{signed}."),
            other.sign(claims),
        ]
    }

    fn token(&self, alg: &str, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
        let header = json!({"alg": alg, "typ": "JWT", "kid": self.kid});
        let message = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        let signature = encoded(sign(message.as_bytes()));
        format!("{message}.{signature}")
    }
}

/// What the clock of a signer shows, which goes with the database's.
pub(super) fn seconds() -> i64 {
    SystemClock.now().as_second()
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A form that asks for a token with an assertion, and says besides what `rest` says.
pub(super) fn asserting(assertion: &str, rest: &[(&str, &str)]) -> String {
    let mut pairs = vec![
        ("grant_type", "client_credentials"),
        ("client_assertion_type", wicketgate_auth::oauth::JWT_BEARER),
        ("client_assertion", assertion),
    ];
    pairs.extend(rest);
    crate::harness::form(&pairs)
}

/// The claims with one of them changed, or left out where the value is null.
pub(super) fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut changed = claims.clone();
    if value.is_null() {
        changed.as_object_mut().unwrap().remove(name);
    } else {
        changed[name] = value;
    }
    changed
}

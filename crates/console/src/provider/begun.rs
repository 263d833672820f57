//! A sign-in at an identity provider that has begun: what its cookie holds. It is encrypted, so that only this gateway
//! can make one, and it holds for ten minutes and one browser.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use wicketgate_auth::{Entropy as _, OsEntropy};
use wicketgate_domain::Gateway;

use super::openid::Secrets;
use crate::cookie::PROVIDER_SECONDS;

const PURPOSE: &str = "provider";

/// What is remembered until the browser comes back.
#[derive(Serialize, Deserialize)]
pub(super) struct Begun {
    pub(super) org: String,
    pub(super) issuer: String,
    pub(super) return_to: String,
    /// The session that is to be bound to whoever comes back. None where that signs in.
    pub(super) binds: Option<String>,
    state: String,
    nonce: String,
    verifier: String,
    expires: i64,
}

impl Begun {
    /// A fresh one.
    pub(super) fn new(
        org: String,
        issuer: String,
        return_to: String,
        binds: Option<String>,
        now: Timestamp,
    ) -> Self {
        let [state, nonce, verifier] = [(); 3].map(|()| random());
        Self {
            org,
            issuer,
            return_to,
            binds,
            state,
            nonce,
            verifier,
            expires: now.as_second() + i64::from(PROVIDER_SECONDS),
        }
    }

    /// The value of the cookie.
    pub(super) fn seal(&self, gateway: &Gateway) -> Option<String> {
        let text = serde_json::to_vec(self).ok()?;
        Some(gateway.encrypt_for_page(PURPOSE, &text))
    }

    /// Reads a cookie. One of another gateway, an old one and nonsense are the same.
    pub(super) fn open(gateway: &Gateway, value: &str, now: Timestamp) -> Option<Self> {
        let text = gateway.decrypt_for_page(PURPOSE, value)?;
        let begun: Self = serde_json::from_slice(&text).ok()?;
        (now.as_second() < begun.expires).then_some(begun)
    }

    /// Whether a browser came back from this sign-in and no other.
    pub(super) fn has_state(&self, given: Option<&str>) -> bool {
        given == Some(self.state.as_str())
    }

    /// What the protocol needs of it.
    pub(super) fn secrets(&self) -> Secrets {
        Secrets {
            state: self.state.clone(),
            nonce: self.nonce.clone(),
            verifier: self.verifier.clone(),
        }
    }
}

/// 256 random bits as 43 characters that need no escaping: a state, a nonce, a verifier.
fn random() -> String {
    let mut bytes = [0; 32];
    OsEntropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

//! Our own access tokens in the form of RFC 9068, for clients that chose it. That one is genuine opens nothing yet:
//! its row says whether it still holds.

use serde::{Deserialize, Serialize};

use super::key_set::Algorithm;
use super::signed::{Expected, Signed};
use super::{JwkSet, Refused, Times};
use crate::TokenId;

/// The header's `typ` that tells an access token from every other token signed with the same key.
pub(super) const TYPE: &str = "at+jwt";

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessTokenClaims {
    /// This authorization server (`iss`).
    pub issuer: String,
    /// The SCIM base URL of the one organization it opens (`aud`).
    pub audience: String,
    /// The service user that acts (`sub`).
    pub subject: String,
    /// The client it was issued to (`client_id`).
    pub client_id: String,
    /// What it may do there (`scope`).
    pub scope: String,
    /// The id of the credential's row (`jti`).
    pub token_id: TokenId,
    /// Seconds since 1970 (`iat`).
    pub issued_at: i64,
    /// Seconds since 1970 (`exp`).
    pub expires_at: i64,
}

/// What an access token must say to be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessTokenRules {
    /// This authorization server.
    pub issuer: String,
    /// The SCIM base URL that is being opened.
    pub audience: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    sub: String,
    client_id: String,
    scope: String,
    jti: String,
    iat: i64,
    exp: i64,
}

impl From<&AccessTokenClaims> for Claims {
    fn from(claims: &AccessTokenClaims) -> Self {
        Self {
            iss: claims.issuer.clone(),
            aud: claims.audience.clone(),
            sub: claims.subject.clone(),
            client_id: claims.client_id.clone(),
            scope: claims.scope.clone(),
            jti: claims.token_id.to_string(),
            iat: claims.issued_at,
            exp: claims.expires_at,
        }
    }
}

/// The id that an access token of this form says it has, before anything is verified: which row to look for. Whether it
/// is genuine is settled by the row's digest of the whole text.
pub(crate) fn claimed_id(jwt: &str) -> Option<TokenId> {
    let signed = Signed::read(jwt).ok()?;
    if signed.typ.as_deref() != Some(TYPE) {
        return None;
    }
    let claims: Claims = signed.unverified().ok()?;
    claims.jti.parse().ok()
}

/// Accepts the token if one of our keys signed it with ES256 as an access token, for exactly this issuer and
/// audience, and it has not expired. `now` is in seconds since 1970.
pub fn verify_access_token(
    jwt: &str,
    keys: &JwkSet,
    rules: &AccessTokenRules,
    now: i64,
) -> Result<AccessTokenClaims, Refused> {
    let signed = Signed::read(jwt)?;
    if signed.typ.as_deref() != Some(TYPE) {
        return Err(Refused::Type);
    }
    let key = keys.key(Some(signed.kid.as_deref().ok_or(Refused::UnknownKey)?))?;
    if key.algorithm() != Algorithm::Es256 {
        return Err(Refused::Algorithm);
    }
    let claims: Claims = signed.verify(
        key,
        &Expected {
            issuer: &rules.issuer,
            subject: None,
            audiences: std::slice::from_ref(&rules.audience),
            required: &["exp", "iss", "aud", "sub"],
        },
    )?;
    if claims.iss != rules.issuer {
        return Err(Refused::Issuer);
    }
    if claims.aud != rules.audience {
        return Err(Refused::Audience);
    }
    Times {
        exp: claims.exp,
        nbf: None,
        iat: Some(claims.iat),
    }
    .check(now)?;
    Ok(AccessTokenClaims {
        issuer: claims.iss,
        audience: claims.aud,
        subject: claims.sub,
        client_id: claims.client_id,
        scope: claims.scope,
        token_id: claims.jti.parse().map_err(|_| Refused::TokenId)?,
        issued_at: claims.iat,
        expires_at: claims.exp,
    })
}

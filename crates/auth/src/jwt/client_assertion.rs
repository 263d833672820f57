//! `private_key_jwt`: a client proves who it is with a token that it signed itself (RFC 7523 section 3). Whether the
//! same token was seen before is for the store to say.

use serde::Deserialize;

use super::signed::{Expected, Signed, present};
use super::{JwkSet, LEEWAY, Refused, Times};

/// Seconds from now to the furthest `exp`: how long the store has to remember a `jti` at most.
const MAX_LIFE: i64 = 3600;

/// What an assertion of one client must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAssertionRules {
    /// The client: both issuer and subject.
    pub client_id: String,
    /// The URLs that name this server: the token endpoint and the issuer. One of them must be in `aud`.
    pub audiences: Vec<String>,
}

/// An assertion that is genuine, for us and in force. It counts once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The name of the assertion, unique for its client: 1 to 256 characters, none of them a control character.
    pub jti: String,
    /// Seconds since 1970 from which on it is refused as expired, so that its `jti` can be forgotten. The leeway for
    /// clocks is part of it.
    pub expires: i64,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<i64>,
    #[serde(default, deserialize_with = "present")]
    iat: Option<i64>,
    jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Accepts the assertion if one of the client's keys signed it, `iss` and `sub` are the client, `aud` names this
/// server, it has a `jti`, and `exp` lies in the future, by at most an hour. `now` is in seconds since 1970.
pub fn verify_client_assertion(
    jwt: &str,
    keys: &JwkSet,
    rules: &ClientAssertionRules,
    now: i64,
) -> Result<Verified, Refused> {
    let signed = Signed::read(jwt)?;
    if !signed.typ.as_deref().is_none_or(|typ| {
        ["JWT", "client-authentication+jwt"]
            .iter()
            .any(|known| typ.eq_ignore_ascii_case(known))
    }) {
        return Err(Refused::Type);
    }
    let claims: Claims = signed.verify(
        keys.key(signed.kid.as_deref())?,
        &Expected {
            issuer: &rules.client_id,
            subject: Some(&rules.client_id),
            audiences: &rules.audiences,
            required: &["exp", "iss", "aud", "sub"],
        },
    )?;
    if claims.iss != rules.client_id {
        return Err(Refused::Issuer);
    }
    if claims.sub != rules.client_id {
        return Err(Refused::Subject);
    }
    let ours = |audience: &String| rules.audiences.contains(audience);
    if !match &claims.aud {
        Audience::One(one) => ours(one),
        Audience::Several(several) => several.iter().any(ours),
    } {
        return Err(Refused::Audience);
    }
    Times {
        exp: claims.exp,
        nbf: claims.nbf,
        iat: claims.iat,
    }
    .check(now)?;
    // A client whose clock is fast may well ask for the full hour.
    if claims.exp > now.saturating_add(MAX_LIFE + LEEWAY) {
        return Err(Refused::TooLong);
    }
    if !(1..=256).contains(&claims.jti.chars().count()) || claims.jti.chars().any(char::is_control) {
        return Err(Refused::TokenId);
    }
    Ok(Verified {
        jti: claims.jti,
        expires: claims.exp.saturating_add(LEEWAY),
    })
}

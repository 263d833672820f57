//! Workload identity federation of Microsoft Entra: its provisioning service presents a token that its tenant's
//! authorization server signed. A verifier of its own, because such a token names neither the client as issuer nor
//! the token endpoint as audience, as RFC 7523 asks.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use uuid::Uuid;

use super::key_set::Algorithm;
use super::signed::{Expected, Signed, present};
use super::{JwkSet, Refused, Times};

/// The longest life of a token, from `iat` to `exp`, in seconds.
const MAX_LIFE: i64 = 24 * 60 * 60;

/// The authorization servers of the Microsoft clouds. Nobody can make us fetch keys from anywhere else.
const HOSTS: [&str; 3] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
];

/// The issuer of one Entra tenant: `https://login.microsoftonline.com/{tenant}/v2.0`, or the same on the host of a
/// national cloud. Read and printed in this one spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntraIssuer {
    host: &'static str,
    tenant: String,
}

impl EntraIssuer {
    /// The tenant's GUID, in lower case.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Where the tenant's authorization server publishes its keys.
    pub fn keys_url(&self) -> String {
        format!("https://{}/{}/discovery/v2.0/keys", self.host, self.tenant)
    }
}

impl fmt::Display for EntraIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}/{}/v2.0", self.host, self.tenant)
    }
}

impl FromStr for EntraIssuer {
    type Err = InvalidEntraIssuer;

    fn from_str(text: &str) -> Result<Self, InvalidEntraIssuer> {
        let (host, path) = text
            .strip_prefix("https://")
            .and_then(|rest| rest.split_once('/'))
            .ok_or(InvalidEntraIssuer)?;
        let host = HOSTS
            .into_iter()
            .find(|known| *known == host)
            .ok_or(InvalidEntraIssuer)?;
        let tenant = path.strip_suffix("/v2.0").ok_or(InvalidEntraIssuer)?;
        let uuid = Uuid::try_parse(tenant).map_err(|_| InvalidEntraIssuer)?;
        if uuid.is_nil() || uuid.hyphenated().to_string() != tenant {
            return Err(InvalidEntraIssuer);
        }
        Ok(Self {
            host,
            tenant: tenant.to_owned(),
        })
    }
}

/// The text is not the issuer of an Entra tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an Entra issuer: expected https://HOST/TENANT/v2.0 with the tenant's GUID in lower case, and as HOST one of {}",
    HOSTS.join(", ")
)]
pub struct InvalidEntraIssuer;

/// What a token must say: whose it is, and whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadIdentityRules {
    /// The tenant's authorization server.
    pub issuer: EntraIssuer,
    /// The provisioning service's principal in that tenant.
    pub subject: String,
    /// The values of `aud` that mean this server. Compared as they are: Entra's portal shows one form and its
    /// service may send another, so that both can be given.
    pub audiences: Vec<String>,
}

/// A token that is genuine, for us and in force. Entra presents one several times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedWorkload {
    /// Its `exp`, in seconds since 1970.
    pub expires: i64,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    tid: String,
    exp: i64,
    nbf: i64,
    iat: i64,
    #[serde(default, rename = "ver", deserialize_with = "present")]
    version: Option<String>,
}

/// Accepts the token if the tenant's key signed it with RS256, and issuer, subject, audience and tenant are exactly
/// those of the rules, and it is in force for at most 24 hours in all. `now` is in seconds since 1970.
pub fn verify_workload_identity(
    jwt: &str,
    keys: &JwkSet,
    rules: &WorkloadIdentityRules,
    now: i64,
) -> Result<VerifiedWorkload, Refused> {
    let signed = Signed::read(jwt)?;
    if !signed
        .typ
        .as_deref()
        .is_some_and(|typ| typ.eq_ignore_ascii_case("JWT"))
    {
        return Err(Refused::Type);
    }
    let key = keys.key(Some(signed.kid.as_deref().ok_or(Refused::UnknownKey)?))?;
    if key.algorithm() != Algorithm::Rs256 {
        return Err(Refused::Algorithm);
    }
    let issuer = rules.issuer.to_string();
    let claims: Claims = signed.verify(
        key,
        &Expected {
            issuer: &issuer,
            subject: Some(&rules.subject),
            audiences: &rules.audiences,
            required: &["exp", "nbf", "iss", "aud", "sub"],
        },
    )?;
    if claims.iss != issuer {
        return Err(Refused::Issuer);
    }
    if claims.sub != rules.subject {
        return Err(Refused::Subject);
    }
    if !rules.audiences.contains(&claims.aud) {
        return Err(Refused::Audience);
    }
    if claims.tid != rules.issuer.tenant() {
        return Err(Refused::Tenant);
    }
    if claims.version.is_some_and(|version| version != "2.0") {
        return Err(Refused::Claims);
    }
    Times {
        exp: claims.exp,
        nbf: Some(claims.nbf),
        iat: Some(claims.iat),
    }
    .check(now)?;
    if claims.exp.saturating_sub(claims.iat) > MAX_LIFE {
        return Err(Refused::TooLong);
    }
    Ok(VerifiedWorkload { expires: claims.exp })
}

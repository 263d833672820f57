//! What every signed token has in common: its form, its header and its signature. Which claims it must have is
//! decided by each verifier.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Validation, decode};
use serde::de::{DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::{Map, Value};

use super::Refused;
use super::key_set::VerificationKey;

/// The longest token that is read, in bytes.
pub const MAX_LEN: usize = 8192;

/// Header parameters that name a key or change how the token is to be read. None is ever followed, and a token that
/// asks for it is refused rather than read as if it had not.
const REFUSED_PARAMETERS: [&str; 8] = ["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"];

/// A token of which the form and the header are in order, and nothing else.
pub(super) struct Signed<'a> {
    text: &'a str,
    alg: String,
    pub(super) typ: Option<String>,
    pub(super) kid: Option<String>,
}

/// What the signature is checked together with.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) subject: Option<&'a str>,
    pub(super) audiences: &'a [String],
    pub(super) required: &'a [&'a str],
}

impl<'a> Signed<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, Refused> {
        let (header, _) = parts(text)?;
        if REFUSED_PARAMETERS.iter().any(|name| header.0.contains_key(*name)) {
            return Err(Refused::Header);
        }
        let string = |name| match header.0.get(name) {
            None => Ok(None),
            Some(Value::String(value)) => Ok(Some(value.clone())),
            Some(_) => Err(Refused::Malformed),
        };
        Ok(Self {
            text,
            alg: string("alg")?.ok_or(Refused::Malformed)?,
            typ: string("typ")?,
            kid: string("kid")?,
        })
    }

    /// The claims as they stand there. They prove nothing.
    pub(super) fn unverified<T: DeserializeOwned>(&self) -> Result<T, Refused> {
        let Members(claims) = serde_json::from_slice(&parts(self.text)?.1).map_err(|_| Refused::Claims)?;
        serde_json::from_value(Value::Object(claims)).map_err(|_| Refused::Claims)
    }

    /// The claims, once the key's signature under the key's own algorithm is confirmed.
    pub(super) fn verify<T: DeserializeOwned>(
        &self,
        key: &VerificationKey,
        expected: &Expected<'_>,
    ) -> Result<T, Refused> {
        if self.alg != key.algorithm().as_str() {
            return Err(Refused::Algorithm);
        }
        let mut validation = Validation::new(key.algorithm().into());
        validation.set_required_spec_claims(expected.required);
        validation.set_issuer(&[expected.issuer]);
        validation.set_audience(expected.audiences);
        validation.sub = expected.subject.map(str::to_owned);
        // The library would ask the machine's clock. Times are judged against the one that was brought.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let Members(claims) = decode(self.text, key.decoding(), &validation)
            .map_err(|error| refusal(error.kind()))?
            .claims;
        serde_json::from_value(Value::Object(claims)).map_err(|_| Refused::Claims)
    }
}

fn refusal(kind: &ErrorKind) -> Refused {
    match kind {
        ErrorKind::InvalidSignature => Refused::Signature,
        ErrorKind::InvalidAlgorithm => Refused::Algorithm,
        ErrorKind::InvalidIssuer => Refused::Issuer,
        ErrorKind::InvalidSubject => Refused::Subject,
        ErrorKind::InvalidAudience => Refused::Audience,
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) | ErrorKind::Json(_) => {
            Refused::Claims
        }
        // The library's enum is open. Whatever else it found, the token is not one.
        _ => Refused::Malformed,
    }
}

/// Header and claims. The signature is only seen to be there.
fn parts(text: &str) -> Result<(Members, Vec<u8>), Refused> {
    if text.len() > MAX_LEN {
        return Err(Refused::Malformed);
    }
    let mut parts = text.split('.').map(|part| {
        if part.is_empty() {
            return Err(Refused::Malformed);
        }
        URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Malformed)
    });
    let (Some(header), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Refused::Malformed);
    };
    signature?;
    let header = serde_json::from_slice(&header?).map_err(|_| Refused::Malformed)?;
    Ok((header, claims?))
}

/// What a token says of itself before anything is verified: whose key to look for. It proves nothing, and nothing but
/// that look-up may depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified {
    /// The `iss` claim.
    pub issuer: String,
    /// The `sub` claim.
    pub subject: String,
    /// The header's `kid`.
    pub key_id: Option<String>,
}

impl Unverified {
    /// Reads them; what is no token, or holds control characters there, is refused.
    pub fn read(jwt: &str) -> Result<Self, Refused> {
        #[derive(Deserialize)]
        struct Claims {
            iss: String,
            sub: String,
        }
        let signed = Signed::read(jwt)?;
        let Members(claims) = serde_json::from_slice(&parts(jwt)?.1).map_err(|_| Refused::Claims)?;
        let claims: Claims = serde_json::from_value(Value::Object(claims)).map_err(|_| Refused::Claims)?;
        let printable = |text: &str| !text.chars().any(char::is_control);
        if !printable(&claims.iss) || !printable(&claims.sub) || !signed.kid.as_deref().is_none_or(printable)
        {
            return Err(Refused::Claims);
        }
        Ok(Self {
            issuer: claims.iss,
            subject: claims.sub,
            key_id: signed.kid,
        })
    }
}

/// A claim that may be left out, but is not null when it is there.
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The members of a JSON object, none of them twice: two readers of one token must not see different ones.
pub(super) struct Members(pub(super) Map<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Map<String, Value>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member stands twice"));
                    }
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Once).map(Self)
    }
}

//! How a client says who it is, in the three forms that clients send. Whether it is true is the domain's to find out.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

use super::{
    ClientId, Error,
    form::{Form, decoded},
};
use crate::Plaintext;

/// The only kind of assertion that is read (RFC 7523 §2.2).
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a client presented to prove who it is. Nothing of it is believed yet.
#[derive(Debug)]
pub enum PresentedClient {
    /// A secret.
    Secret {
        /// Whose.
        id: ClientId,
        /// The secret, which may be any text.
        secret: Plaintext,
        /// Whether it came in the `Authorization` header, rather than in the body.
        basic: bool,
    },
    /// A signed assertion (RFC 7523).
    Assertion {
        /// Whose, if the request says so; the assertion does.
        id: Option<ClientId>,
        /// The JWT. It opens the door to whoever holds it, so it is kept like a secret.
        assertion: Plaintext,
    },
}

impl PresentedClient {
    /// The id that the request names. An assertion may name it alone.
    pub const fn id(&self) -> Option<ClientId> {
        match self {
            Self::Secret { id, .. } => Some(*id),
            Self::Assertion { id, .. } => *id,
        }
    }

    /// Reads what was presented. Two ways at once are refused (RFC 6749 §2.3): which one was meant is anybody's guess.
    pub(super) fn read(authorization: Option<&str>, body: &Form) -> Result<Self, Error> {
        let basic = authorization.map(Basic::read).transpose()?;
        let named = body.get("client_id");
        let secret = body.get("client_secret");
        let assertion = body.get("client_assertion");
        let kind = body.get("client_assertion_type");
        if [
            basic.is_some(),
            secret.is_some(),
            assertion.is_some() || kind.is_some(),
        ]
        .iter()
        .filter(|is_there| **is_there)
        .count()
            > 1
        {
            return Err(Error::invalid_request(
                "The client presents itself in more than one way: send the Authorization header, or client_secret, or \
                 client_assertion, and not two of them.",
            ));
        }
        if let Some(basic) = basic {
            if named.is_some_and(|named| named != basic.id.as_str()) {
                return Err(Error::invalid_request(
                    "The parameter client_id is not the client of the Authorization header: leave it out.",
                ));
            }
            return Ok(Self::Secret {
                id: read_id(&basic.id)?,
                secret: basic.secret,
                basic: true,
            });
        }
        if let Some(secret) = secret {
            return Ok(Self::Secret {
                id: read_id(named.unwrap_or_default())?,
                secret: Plaintext::new(secret.to_owned()),
                basic: false,
            });
        }
        match (assertion, kind) {
            (None, None) => Err(Error::invalid_client()),
            (Some(_), None) => Err(Error::invalid_request(format!(
                "The parameter client_assertion_type is missing: set it to {JWT_BEARER}."
            ))),
            (None, Some(_)) => Err(Error::invalid_request(
                "The parameter client_assertion is missing, which client_assertion_type announces.",
            )),
            (Some(_), Some(kind)) if kind != JWT_BEARER => Err(Error::invalid_client()),
            (Some(assertion), Some(_)) => Ok(Self::Assertion {
                id: named.map(read_id).transpose()?,
                assertion: Plaintext::new(assertion.to_owned()),
            }),
        }
    }
}

fn read_id(text: &str) -> Result<ClientId, Error> {
    text.parse().map_err(|_| Error::invalid_client())
}

/// The halves of Basic credentials.
struct Basic {
    id: Zeroizing<String>,
    secret: Plaintext,
}

impl Basic {
    /// Reads a header value. Both halves are form-encoded inside (RFC 6749 §2.3.1).
    fn read(header: &str) -> Result<Self, Error> {
        Self::split(header).ok_or_else(Error::invalid_client)
    }

    fn split(header: &str) -> Option<Self> {
        let (scheme, credentials) = header
            .trim_ascii()
            .split_once(|c: char| c.is_ascii_whitespace())?;
        if !scheme.eq_ignore_ascii_case("Basic") {
            return None;
        }
        let plain = BASE64.decode(credentials.trim_ascii()).map(Zeroizing::new).ok()?;
        let colon = plain.iter().position(|byte| *byte == b':')?;
        let (id, secret) = plain.split_at_checked(colon)?;
        let secret = decoded(secret.strip_prefix(b":")?)?;
        if secret.is_empty() {
            return None;
        }
        Some(Self {
            id: decoded(id)?,
            secret: Plaintext::new(secret.to_string()),
        })
    }
}

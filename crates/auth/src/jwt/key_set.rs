//! Sets of public keys (RFC 7517), as clients publish or hand in. Reads and judges them; fetching a set and keeping it
//! are done elsewhere.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde_json::Value;

use super::Refused;
use super::signed::Members;

/// The algorithms that a signature may be checked with. Each key has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Algorithm {
    Rs256,
    Ps256,
    Es256,
    Es384,
    EdDsa,
}

impl Algorithm {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl From<Algorithm> for jsonwebtoken::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs256 => Self::RS256,
            Algorithm::Ps256 => Self::PS256,
            Algorithm::Es256 => Self::ES256,
            Algorithm::Es384 => Self::ES384,
            Algorithm::EdDsa => Self::EdDSA,
        }
    }
}

/// One public key and the one algorithm it is for.
pub(super) struct VerificationKey {
    kid: Option<String>,
    algorithm: Algorithm,
    decoding: DecodingKey,
}

impl VerificationKey {
    pub(super) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) const fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }
}

/// A set of public keys for checking signatures.
///
/// Holds only keys that are usable: RSA of 2048 to 8192 bits for RS256 or PS256 (RS256 if the key does not say), P-256
/// for ES256, P-384 for ES384, Ed25519 for `EdDSA`. Keys of other kinds, other uses or lesser strength are ignored, as
/// RFC 7517 section 5 asks, and listed with the reason. Private or shared keys make the whole set invalid.
pub struct JwkSet {
    keys: Vec<VerificationKey>,
    ignored: Vec<IgnoredKey>,
}

impl JwkSet {
    /// The longest text that is read, in bytes.
    pub const MAX_LEN: usize = 256 * 1024;
    /// The most keys that a set may have.
    pub const MAX_KEYS: usize = 32;
    /// The longest `kid`, in bytes.
    pub const MAX_KID_LEN: usize = 256;

    /// Reads the text of a set.
    pub fn parse(text: &[u8]) -> Result<Self, InvalidJwkSet> {
        // Element by element from the text, so that a member that stands twice inside a key is noticed as well.
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Members>,
        }

        if text.len() > Self::MAX_LEN {
            return Err(InvalidJwkSet::TooLong);
        }
        let Members(set) = serde_json::from_slice(text).map_err(|_| InvalidJwkSet::NotASet)?;
        if !matches!(set.get("keys"), Some(Value::Array(_))) {
            return Err(InvalidJwkSet::NotASet);
        }
        let Set { keys } = serde_json::from_slice(text).map_err(|_| InvalidJwkSet::NotASet)?;
        if keys.len() > Self::MAX_KEYS {
            return Err(InvalidJwkSet::TooManyKeys);
        }
        let (mut usable, mut ignored) = (Vec::<VerificationKey>::new(), Vec::new());
        for (position, Members(key)) in keys.into_iter().enumerate() {
            if PRIVATE.iter().any(|name| key.contains_key(*name)) {
                return Err(InvalidJwkSet::Private(position));
            }
            match read(Value::Object(key)) {
                Ok(key) if usable.iter().any(|other| other.kid == key.kid) => {
                    return Err(InvalidJwkSet::RepeatedKid(position));
                }
                Ok(key) => usable.push(key),
                Err(reason) => ignored.push(IgnoredKey { position, reason }),
            }
        }
        if usable.is_empty() {
            return Err(InvalidJwkSet::NoUsableKey(
                ignored.first().map_or("the set is empty", |key| key.reason),
            ));
        }
        Ok(Self {
            keys: usable,
            ignored,
        })
    }

    /// How many keys are usable; at least one.
    #[expect(
        clippy::len_without_is_empty,
        reason = "a set without a usable key does not exist"
    )]
    pub const fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether a usable key has this `kid`. If none has, a fetched set may be out of date.
    pub fn contains(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid.as_deref() == Some(kid))
    }

    /// The keys that are not used, each with the reason, for whoever hands in a set.
    pub fn ignored(&self) -> &[IgnoredKey] {
        &self.ignored
    }

    /// The key of that `kid`; without one, the only key of the set. A token never gets to try several keys.
    pub(super) fn key(&self, kid: Option<&str>) -> Result<&VerificationKey, Refused> {
        match (kid, self.keys.as_slice()) {
            (Some(kid), keys) => keys.iter().find(|key| key.kid.as_deref() == Some(kid)),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
        .ok_or(Refused::UnknownKey)
    }
}

/// A key of a set that is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IgnoredKey {
    /// Where it stands in the set, from 0.
    pub position: usize,
    /// What is wrong with it, or merely foreign.
    pub reason: &'static str,
}

/// The text is not a set of public keys that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidJwkSet {
    /// It is longer than [`JwkSet::MAX_LEN`].
    #[error("a key set may have at most {} bytes", JwkSet::MAX_LEN)]
    TooLong,
    /// It is not a JSON object with an array of objects `keys`, or a member stands twice.
    #[error("not a key set: expected {{\"keys\": [...]}}, no member twice")]
    NotASet,
    /// It has more keys than [`JwkSet::MAX_KEYS`].
    #[error("a key set may have at most {} keys", JwkSet::MAX_KEYS)]
    TooManyKeys,
    /// A key holds what its owner must not give away.
    #[error("key {0} of the set is private or shared: replace that key pair, and give only its public part")]
    Private(usize),
    /// Two usable keys have one `kid`, or both have none.
    #[error("key {0} of the set has the kid of an earlier key, or both have none: give each its own")]
    RepeatedKid(usize),
    /// There is no key that can be used. Holds what is wrong with the first one.
    #[error("no usable key in the set: {0}")]
    NoUsableKey(&'static str),
}

/// Members that only private and shared keys have (RFC 7518 section 6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

fn read(key: Value) -> Result<VerificationKey, &'static str> {
    let jwk: Jwk = serde_json::from_value(key).map_err(|_| "kty is missing, or a member is not a string")?;
    if jwk.usage.as_deref().is_some_and(|usage| usage != "sig")
        || jwk
            .key_ops
            .as_deref()
            .is_some_and(|operations| !operations.iter().any(|operation| operation == "verify"))
    {
        return Err("it is not for checking signatures");
    }
    if let Some(kid) = &jwk.kid
        && (kid.is_empty() || kid.len() > JwkSet::MAX_KID_LEN)
    {
        return Err("kid must have 1 to 256 bytes");
    }
    let (algorithm, decoding) = match (jwk.kty.as_str(), jwk.crv.as_deref(), jwk.alg.as_deref()) {
        ("RSA", _, alg) => (
            match alg {
                // Entra publishes keys without it, and signs with RS256.
                None | Some("RS256") => Algorithm::Rs256,
                Some("PS256") => Algorithm::Ps256,
                Some(_) => return Err("alg of an RSA key must be RS256 or PS256"),
            },
            rsa(jwk.n.as_deref(), jwk.e.as_deref())?,
        ),
        ("EC", Some("P-256"), None | Some("ES256")) => {
            (Algorithm::Es256, ec(jwk.x.as_deref(), jwk.y.as_deref(), 32)?)
        }
        ("EC", Some("P-384"), None | Some("ES384")) => {
            (Algorithm::Es384, ec(jwk.x.as_deref(), jwk.y.as_deref(), 48)?)
        }
        ("OKP", Some("Ed25519"), None | Some("EdDSA")) => (Algorithm::EdDsa, ed25519(jwk.x.as_deref())?),
        _ => {
            return Err(
                "its kty, crv and alg are none of RSA with RS256 or PS256, P-256 with ES256, P-384 with ES384, Ed25519 with EdDSA",
            );
        }
    };
    Ok(VerificationKey {
        kid: jwk.kid,
        algorithm,
        decoding,
    })
}

fn octets(text: Option<&str>) -> Result<Vec<u8>, &'static str> {
    URL_SAFE_NO_PAD
        .decode(text.ok_or("a member of the public key is missing")?)
        .map_err(|_| "a member of the public key is not unpadded base64url")
}

fn rsa(n: Option<&str>, e: Option<&str>) -> Result<DecodingKey, &'static str> {
    let (n, e) = (octets(n)?, octets(e)?);
    // Some encoders write the sign byte of the integer.
    let (n, e) = (without_zeros(&n), without_zeros(&e));
    let bits = n
        .first()
        .map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
    if !(2048..=8192).contains(&bits) || n.last().is_none_or(|last| last % 2 == 0) {
        return Err("an RSA modulus must be odd and have 2048 to 8192 bits");
    }
    // A tiny exponent makes forgeries easy, a huge one makes checking slow.
    let exponent = e.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    if e.len() > 4 || exponent < 65_537 || exponent % 2 == 0 {
        return Err("an RSA exponent must be odd, from 65537 to 4294967295");
    }
    Ok(DecodingKey::from_rsa_raw_components(n, e))
}

fn without_zeros(mut number: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = number {
        number = rest;
    }
    number
}

fn ec(x: Option<&str>, y: Option<&str>, coordinate: usize) -> Result<DecodingKey, &'static str> {
    let (x, y) = (octets(x)?, octets(y)?);
    if x.len() != coordinate || y.len() != coordinate {
        return Err("a coordinate has the wrong length for its curve");
    }
    Ok(DecodingKey::from_ec_der(&[&[4], x.as_slice(), &y].concat()))
}

fn ed25519(x: Option<&str>) -> Result<DecodingKey, &'static str> {
    let x = octets(x)?;
    if x.len() != 32 {
        return Err("an Ed25519 key must have 32 bytes");
    }
    Ok(DecodingKey::from_ed_der(&x))
}

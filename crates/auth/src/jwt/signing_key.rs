//! The key pairs that access tokens are signed with: ES256, made from injected randomness. When a key is published,
//! used and retired is for the store to say.

use std::fmt;

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::access_token::{AccessTokenClaims, Claims, TYPE};
use crate::Entropy;

/// The DER of a PKCS #8 private key on P-256 (RFC 5208, RFC 5915) up to the 32 bytes of the private number, with which
/// it ends.
const PKCS8_PREFIX: [u8; 35] = [
    0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04,
    0x20,
];

/// A key pair on P-256. Its private part is wiped on drop and never printed.
pub struct SigningKey {
    private: Zeroizing<[u8; Self::LEN]>,
    encoding: EncodingKey,
    kid: String,
    x: String,
    y: String,
}

impl SigningKey {
    /// Bytes of the private part.
    pub const LEN: usize = 32;

    /// Draws a new key pair.
    pub fn generate(entropy: &mut (impl Entropy + ?Sized)) -> Self {
        loop {
            let mut private = Zeroizing::new([0; Self::LEN]);
            entropy.fill(private.as_mut_slice());
            // One draw in four billion is no number of the curve.
            if let Ok(key) = Self::from_bytes(private.as_slice()) {
                return key;
            }
        }
    }

    /// Reads back what [`SigningKey::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidSigningKey> {
        let private = Zeroizing::new(<[u8; Self::LEN]>::try_from(bytes).map_err(|_| InvalidSigningKey)?);
        let der = Zeroizing::new([PKCS8_PREFIX.as_slice(), private.as_slice()].concat());
        let encoding = EncodingKey::from_ec_der(&der);
        let jwk = Jwk::from_encoding_key(&encoding, Algorithm::ES256).map_err(|_| InvalidSigningKey)?;
        let kid = jwk
            .thumbprint(ThumbprintHash::SHA256)
            .map_err(|_| InvalidSigningKey)?;
        let AlgorithmParameters::EllipticCurve(point) = jwk.algorithm else {
            return Err(InvalidSigningKey);
        };
        Ok(Self {
            private,
            encoding,
            kid,
            x: point.x,
            y: point.y,
        })
    }

    /// The private part, to be encrypted before it is stored.
    pub fn to_bytes(&self) -> Zeroizing<[u8; Self::LEN]> {
        self.private.clone()
    }

    /// The name of the key: its thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public part, as it stands in the published set.
    pub fn public_jwk(&self) -> Value {
        json!({
            "kty": "EC",
            "crv": "P-256",
            "use": "sig",
            "alg": "ES256",
            "kid": self.kid,
            "x": self.x,
            "y": self.y,
        })
    }

    /// The signed token.
    pub fn sign_access_token(&self, claims: &AccessTokenClaims) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.kid.clone());
        encode(&header, &Claims::from(claims), &self.encoding).expect("a key that was read can sign")
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// The bytes are not the private part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a signing key: expected 32 bytes that are a private number of P-256")]
pub struct InvalidSigningKey;

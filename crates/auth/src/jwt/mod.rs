//! JSON Web Tokens: three verifiers, each for one kind of token and strict about it, and the key that our own access
//! tokens are signed with. Nothing is fetched or looked up here: key sets, rules and the time are brought.
//!
//! What holds for all of them: the algorithm is the key's and never the token's, a key is found by its `kid` and
//! nothing else in the header says where to find one, no member stands twice, and every claim that is judged must be
//! there and have its one type. There is no lenient verifier with options, because each option would be a way in.
//!
//! | Question | File |
//! |---|---|
//! | Is it a token at all, and who signed it? | `signed.rs` |
//! | Which keys of a set are usable, and for what? | `key_set.rs` |
//! | Does this client authenticate (`private_key_jwt`)? | `client_assertion.rs` |
//! | Is this the provisioning service of that Entra tenant? | `workload_identity.rs` |
//! | Is this an access token of ours? | `access_token.rs` |
//! | What are access tokens signed with? | `signing_key.rs` |

mod access_token;
mod client_assertion;
mod key_set;
mod signed;
mod signing_key;
mod workload_identity;

pub(crate) use access_token::claimed_id;
pub use access_token::{AccessTokenClaims, AccessTokenRules, verify_access_token};
pub use client_assertion::{ClientAssertionRules, Verified, verify_client_assertion};
pub use key_set::{IgnoredKey, InvalidJwkSet, JwkSet};
pub use signed::{MAX_LEN, Unverified};
pub use signing_key::{InvalidSigningKey, SigningKey};
pub use workload_identity::{
    EntraIssuer, InvalidEntraIssuer, VerifiedWorkload, WorkloadIdentityRules, verify_workload_identity,
};

/// Seconds by which the clock of whoever signed a token may differ from ours.
pub const LEEWAY: i64 = 60;

/// Why a token is not accepted. The client learns only that it was refused; the organization's log gets this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refused {
    /// It is not three parts of unpadded base64url with JSON objects in the first two, or it is too long.
    #[error("not a signed JSON Web Token, or longer than {MAX_LEN} characters")]
    Malformed,
    /// The header names a key, or an extension of the format, that would have to be trusted.
    #[error("the header holds one of jku, jwk, x5u, x5c, crit, b64, zip and enc: leave it out")]
    Header,
    /// `typ` says that the token is of another kind, or does not say that it is of this one.
    #[error("the header's typ is not the one of this kind of token")]
    Type,
    /// No key of the set has the token's `kid`, or there is no `kid` to choose a key by. A fetched set may be out of
    /// date.
    #[error("the key set has no key with the token's kid")]
    UnknownKey,
    /// The header's `alg` is not the one of the key, or the key is not for this kind of token.
    #[error("the header's alg is not the algorithm of the key, or not allowed here")]
    Algorithm,
    /// The signature is not the key's.
    #[error("the signature is wrong")]
    Signature,
    /// A claim is missing, stands twice or has another JSON type.
    #[error("a claim is missing, given twice or of the wrong type")]
    Claims,
    /// `iss` is another one.
    #[error("iss is not the expected issuer")]
    Issuer,
    /// `sub` is another one.
    #[error("sub is not the expected subject")]
    Subject,
    /// `aud` names others, and not this server.
    #[error("aud does not name this server")]
    Audience,
    /// `tid` is another tenant than the one in `iss`.
    #[error("tid is not the tenant of the issuer")]
    Tenant,
    /// It has expired.
    #[error("the token has expired: check the clock of its issuer")]
    Expired,
    /// `nbf` or `iat` lies in the future.
    #[error("the token is not valid yet: check the clock of its issuer")]
    NotYetValid,
    /// `exp` is further away than a token of this kind may live.
    #[error("the token lives longer than allowed: set exp closer")]
    TooLong,
    /// `jti` is empty, longer than 256 characters, or holds control characters.
    #[error("jti must have 1 to 256 characters, none of them a control character")]
    TokenId,
}

/// The claims of time that every kind of token has.
struct Times {
    exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
}

impl Times {
    fn check(&self, now: i64) -> Result<(), Refused> {
        if self.exp.saturating_add(LEEWAY) <= now {
            return Err(Refused::Expired);
        }
        if self
            .nbf
            .max(self.iat)
            .is_some_and(|begin| begin > now.saturating_add(LEEWAY))
        {
            return Err(Refused::NotYetValid);
        }
        Ok(())
    }
}

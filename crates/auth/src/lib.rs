//! Credentials, roles and the one authorization decision.
//!
//! This crate decides and never looks anything up: the domain brings the stored row, the current time is already
//! folded into it, and randomness comes through [`Entropy`]. It knows neither SQL nor HTTP.
//!
//! | Question | File |
//! |---|---|
//! | What does an id look like? | `id.rs` |
//! | What does a token look like, how is one made and read? | `token/` |
//! | Which form of a secret may be stored, and which may never be printed? | `secret.rs` |
//! | What is a digest keyed with? | `pepper.rs` |
//! | Where is the token in an `Authorization` header? | `presented.rs` |
//! | What may a role do? | `role.rs` |
//! | Does this token open this organization? | `authorize.rs` |
//! | If not, who learns why? | `denied.rs` |

mod authorize;
mod denied;
mod entropy;
mod id;
mod pepper;
mod presented;
mod role;
mod secret;
mod token;

pub use authorize::{Grant, OrgState, StoredCredential, authorize};
pub use denied::{Denied, Reason};
pub use entropy::{Entropy, OsEntropy};
pub use id::{InvalidId, OrgId, ServiceUserId};
pub use pepper::{InvalidPepper, Pepper, Peppers};
pub use presented::Presented;
pub use role::{Permission, Role, UnknownRole};
pub use secret::{Digest, InvalidDigest, Plaintext};
pub use token::{InvalidTokenId, Malformed, Token, TokenId, TokenKind};

//! Credentials, roles and the one authorization decision.
//!
//! This crate decides and never looks anything up: the domain brings the stored row, the current time is already
//! folded into it, and randomness comes through [`Entropy`]. It knows no SQL, serves nothing and calls nobody:
//! what has to be fetched from elsewhere is fetched through [`Fetch`], which another crate fulfils.
//!
//! | Question | File |
//! |---|---|
//! | What does an id look like? | `id.rs` |
//! | What does a token look like, how is one made and read? | `token/` |
//! | Which form of a secret may be stored, and which may never be printed? | `secret.rs` |
//! | What is a digest keyed with? | `pepper.rs` |
//! | How is a secret stored that has to be read again? | `sealed.rs` |
//! | Is this JSON Web Token genuine, and for us? | `jwt/` |
//! | How does the outside answer? | `fetch.rs` |
//! | Where is the token in an `Authorization` header? | `presented.rs` |
//! | What is a password kept as, and which are refused? | `password.rs` |
//! | Does this one-time code fit? | `totp.rs` |
//! | What may a role do? | `role.rs` |
//! | Does this token open this organization? | `authorize.rs` |
//! | If not, who learns why? | `denied.rs` |
//! | What does OAuth 2.0 say on the wire? | `oauth/` |

mod authorize;
mod denied;
mod entropy;
mod fetch;
mod id;
pub mod jwt;
pub mod oauth;
pub mod password;
mod pepper;
mod presented;
mod role;
mod sealed;
mod secret;
mod token;
pub mod totp;

pub use authorize::{Grant, OrgState, StoredCredential, authorize, is_genuine};
pub use denied::{Denied, Reason};
pub use entropy::{Entropy, OsEntropy};
pub use fetch::{Fetch, FetchError, Fetching};
pub use id::{AccountId, InvalidId, OrgId, ServiceUserId};
pub use oauth::{ClientId, InvalidClientId};
pub use pepper::{InvalidPepper, Pepper, Peppers};
pub use presented::Presented;
pub use role::{Permission, Role, UnknownRole};
pub use sealed::Undecipherable;
pub use secret::{Digest, InvalidDigest, Plaintext};
pub use token::{InvalidTokenId, Malformed, Token, TokenId, TokenKind};

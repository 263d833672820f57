//! Tokens: what they look like, how one is made and how one is read.
//!
//! ```text
//! wicket_pat_ 0123456789ABCDEF 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg 4GKLZr
//! prefix      id (16)          secret (43, 256 bit)                        CRC32 (6)
//! ```
//!
//! One word without spaces, so that a double click selects all of it. The prefix and the checksum let a secret
//! scanner tell a real token from a look-alike without asking anyone, and let the gateway refuse a mistyped one
//! before it asks the database.

pub(crate) mod base62;
mod format;
mod id;

pub use format::{Malformed, Token, TokenKind};
pub use id::{InvalidTokenId, TokenId};

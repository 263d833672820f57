//! What the token endpoint gives (RFC 6749 §5.1). How it is sent is decided by the surface.

use super::Scope;
use crate::Plaintext;

/// The tokens that were issued. Their type is always `Bearer`.
#[derive(Debug)]
pub struct TokenResponse {
    /// Opens SCIM.
    pub access_token: Plaintext,
    /// For how many seconds it does.
    pub expires_in: u64,
    /// What it may be used for.
    pub scope: Scope,
    /// Gets the next access token, where the grant allows that.
    pub refresh_token: Option<Plaintext>,
}

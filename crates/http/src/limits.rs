//! How much one request may ask for. What a resource may hold is not decided here: see the scim crate.

use std::time::Duration;

/// The limits of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The largest body of a user, in bytes.
    pub user_body: usize,
    /// The largest body of a group or a bulk request, in bytes: Okta pushes whole groups.
    pub group_body: usize,
    /// The most operations of a bulk request.
    pub bulk_operations: usize,
    /// How long a body may take to arrive. One more second is given for each 64 KiB that did.
    pub body_time: Duration,
    /// The most query parameters, known or not.
    pub query_parameters: usize,
    /// How many attempts to authenticate as a client may fail in a minute, for one address and for one client id. 0 is
    /// as many as come.
    pub failed_attempts: u32,
    /// How many tokens one client may get in a minute. 0 is as many as it likes.
    pub issued_tokens: u32,
    /// For how long one request follows the provisioning log. Whoever goes on presents the credential again, which may have
    /// been revoked.
    pub follow_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            user_body: 1 << 20,
            group_body: 16 << 20,
            bulk_operations: 1_000,
            body_time: Duration::from_secs(10),
            query_parameters: 16,
            failed_attempts: 10,
            issued_tokens: 60,
            follow_time: Duration::from_mins(1),
        }
    }
}

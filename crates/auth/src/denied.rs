//! Why a request is refused: what the client may learn, and what only the organization's own log does. Which status
//! and body it becomes is decided by each surface.

use std::fmt;

use crate::Malformed;

/// Why the door stays closed.
///
/// `Display` is what the client may learn, and is one sentence for every [`Reason`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Denied {
    /// Answered 401, with nothing that depends on the reason. The reason is for the organization's own log.
    #[error("no valid credential was presented")]
    Unauthenticated(Reason),
    /// The credential is genuine and the organization in the path is another one or does not exist: answered 404,
    /// alike for both.
    #[error("no such organization is visible to this credential")]
    OrgNotVisible,
}

impl From<Malformed> for Denied {
    fn from(_: Malformed) -> Self {
        Self::Unauthenticated(Reason::Malformed)
    }
}

/// What exactly was wrong with a credential. Never told to the client, which may not be its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The request carried no credential.
    Missing,
    /// What it carried is not a token.
    Malformed,
    /// It is a token, of a kind that does not open organizations.
    WrongKind,
    /// No row has the token's id.
    Unknown,
    /// The row's digest is that of another token.
    WrongSecret,
    /// The token was revoked.
    Revoked,
    /// The approval that the token comes of was revoked.
    GrantRevoked,
    /// The token has expired.
    Expired,
    /// The client that the token was issued to was deactivated.
    ClientDisabled,
    /// The service user was deactivated.
    ServiceUserDisabled,
    /// The token's own organization was deleted.
    OrgDeleted,
    /// The row refers to a pepper that this installation was not started with, so nobody can tell whether the token
    /// is genuine. The operator must put the pepper back.
    PepperMissing,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 12] = [
        Self::Missing,
        Self::Malformed,
        Self::WrongKind,
        Self::Unknown,
        Self::WrongSecret,
        Self::Revoked,
        Self::GrantRevoked,
        Self::Expired,
        Self::ClientDisabled,
        Self::ServiceUserDisabled,
        Self::OrgDeleted,
        Self::PepperMissing,
    ];

    /// The word for a log field or a metric label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::WrongKind => "wrong_kind",
            Self::Unknown => "unknown",
            Self::WrongSecret => "wrong_secret",
            Self::Revoked => "revoked",
            Self::GrantRevoked => "grant_revoked",
            Self::Expired => "expired",
            Self::ClientDisabled => "client_disabled",
            Self::ServiceUserDisabled => "service_user_disabled",
            Self::OrgDeleted => "org_deleted",
            Self::PepperMissing => "pepper_missing",
        }
    }
}

/// The word of [`Reason::as_str`].
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_cannot_tell_the_reasons_apart() {
        for reason in Reason::ALL {
            let denied = Denied::Unauthenticated(reason);
            assert_eq!(denied.to_string(), "no valid credential was presented");
            assert!(std::error::Error::source(&denied).is_none());
        }
    }

    #[test]
    fn every_reason_has_its_own_word_for_the_log() {
        let words = Reason::ALL.map(|reason| reason.to_string());
        assert_eq!(
            words.join(" "),
            "missing malformed wrong_kind unknown wrong_secret revoked grant_revoked expired client_disabled \
             service_user_disabled org_deleted pepper_missing"
        );
    }
}

//! What a use case can be refused for. It says nothing about HTTP: each surface maps it in one place.

use wicketgate_auth::Role;

/// Why a use case did not happen. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing in this organization. An unknown id and another organization's id are the same here.
    #[error("not found")]
    NotFound,
    /// Another resource of the organization holds the value.
    #[error("{attribute} is already in use")]
    AlreadyExists {
        /// The attribute, as the schema spells it.
        attribute: &'static str,
    },
    /// The resource has changed since the version that the client named.
    #[error("the resource has another version: {current}")]
    VersionMismatch {
        /// The version it has now.
        current: i64,
    },
    /// The caller's role does not allow it.
    #[error("the role {held} does not allow this; {needed} is needed")]
    Forbidden {
        /// The role the caller holds.
        held: Role,
        /// The least role that may.
        needed: Role,
    },
    /// The credential was issued for reading alone, whatever the role of its service user may.
    #[error("the access token has the scope scim.read, which allows reading alone")]
    ReadOnly,
    /// The caller must show again that it is who it says: it is too long ago that it did.
    #[error("sign in again to do this")]
    ReauthenticationNeeded,
    /// The organization would be left without an owner.
    #[error("this is the organization's last Org Owner: give another account the role first")]
    LastOwner,
    /// An identity provider manages the user or group: nobody else changes it here until it is released.
    #[error(
        "the identity provider of the provisioning domain {domain} manages this {resource}: change it there, or \
         release the {resource} here first"
    )]
    Managed {
        /// What it is: `user` or `group`.
        resource: &'static str,
        /// The provisioning domain of the identity provider.
        domain: String,
    },
    /// An owner keeps the user deactivated: no identity provider activates it.
    #[error("an Org Owner has blocked this user here: an Org Owner must reactivate it here first")]
    Blocked,
    /// The request contradicts the protocol.
    #[error(transparent)]
    Invalid(#[from] wicketgate_scim::Error),
    /// An argument that is not SCIM's: the field, and what it must be.
    #[error("{field}: {fix}")]
    Refused {
        /// The argument.
        field: &'static str,
        /// What it must be.
        fix: String,
    },
    /// All database threads are busy and the queue is full, or waiting took too long.
    #[error("too many requests are waiting for the database")]
    Busy,
    /// The database does not answer.
    #[error("the database cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A defect of ours, or a database that answers nonsense.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// An internal error from anything that can be boxed.
    pub(crate) fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    /// [`Error::internal`] for what is boxed already.
    pub(crate) fn internal_boxed(source: Box<dyn std::error::Error + Send + Sync>) -> Self {
        Self::Internal(source)
    }

    /// A refused argument.
    pub(crate) fn refused(field: &'static str, fix: impl Into<String>) -> Self {
        Self::Refused {
            field,
            fix: fix.into(),
        }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error as Diesel};
        match error {
            Diesel::NotFound => Self::NotFound,
            Diesel::DatabaseError(
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                // What was the primary has become a standby.
                | DatabaseErrorKind::ReadOnlyTransaction,
                _,
            )
            | Diesel::BrokenTransactionManager => Self::Unavailable(Box::new(error)),
            Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Busy,
            // diesel names neither of these two: a transaction that lost against another one, and may run again.
            Diesel::DatabaseError(_, ref information)
                if ["deadlock detected", "database is locked"].contains(&information.message()) =>
            {
                Self::Busy
            }
            other => Self::Internal(Box::new(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind, Error as Diesel};

    use super::*;

    #[test]
    fn a_transaction_that_lost_against_another_one_may_run_again() {
        for (kind, message) in [
            (
                DatabaseErrorKind::SerializationFailure,
                "could not serialize access",
            ),
            (DatabaseErrorKind::Unknown, "deadlock detected"),
            (DatabaseErrorKind::Unknown, "database is locked"),
        ] {
            let error = Diesel::DatabaseError(kind, Box::new(message.to_owned()));
            assert!(matches!(Error::from(error), Error::Busy), "{message}");
        }
        let other = Diesel::DatabaseError(DatabaseErrorKind::Unknown, Box::new("out of memory".to_owned()));
        assert!(matches!(Error::from(other), Error::Internal(_)));
    }
}

//! Why a request came to nothing, as far as the log tells it apart. What an administrator reads about each is in
//! `explain.rs`.

use wicketgate_auth::{Denied, Reason, Role};
use wicketgate_scim::{self as scim, ScimType};

use crate::Error;

/// Why a request came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Failure {
    /// Another resource holds the value of this attribute.
    Duplicate {
        /// The attribute, as the schema spells it.
        attribute: String,
    },
    /// The resource has changed since the version that the client named.
    VersionConflict,
    /// There is no such resource in the organization.
    NotFound,
    /// There is no such endpoint.
    UnknownEndpoint,
    /// The endpoint has other methods.
    MethodNotAllowed,
    /// The endpoint is not offered.
    Unsupported,
    /// Discovery was asked to filter.
    DiscoveryFilter,
    /// The role of the service user does not allow it.
    WrongRole {
        /// The role that the service user has.
        held: Role,
        /// The least role that may.
        needed: Role,
    },
    /// The credential was issued for reading alone.
    ReadOnlyToken,
    /// The caller has to sign in again.
    SignInNeeded,
    /// The organization would be left without an owner.
    LastOwner,
    /// An identity provider manages it.
    Managed,
    /// An owner has blocked the user.
    Blocked,
    /// The organization is paused.
    Paused,
    /// The organization's identity providers ask faster than it allows.
    TooFast,
    /// The gateway had too much to do.
    Busy,
    /// The database did not answer.
    Unavailable,
    /// The gateway has a defect.
    Internal,
    /// The client went away before it was answered.
    Abandoned,
    /// The body is too large.
    TooLarge,
    /// A bulk request has too many bytes or operations.
    BulkTooLarge,
    /// The body did not arrive in time.
    TooSlow,
    /// The body broke off.
    Incomplete,
    /// The body is of another media type, or compressed.
    WrongMediaType,
    /// The client accepts nothing that can be answered.
    NotAcceptable,
    /// A member is neither a user nor a group of the organization.
    UnknownMember,
    /// The protocol refuses it.
    Protocol(ScimType),
    /// An argument that is not SCIM's is not allowed.
    Argument,
    /// A status that has no story of its own.
    Other,
    /// The token has expired.
    TokenExpired,
    /// Another token took its place.
    TokenReplaced,
    /// The token was revoked.
    TokenRevoked,
    /// What the client was allowed was taken back.
    ApprovalRevoked,
    /// The service user is disabled.
    ServiceUserDisabled,
    /// The OAuth client is disabled.
    ClientDisabled,
    /// The token was sent to the address of another organization.
    WrongOrganization,
}

impl Failure {
    /// The name in the database, in answers and exports.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Duplicate { .. } => "duplicate",
            Self::VersionConflict => "version_conflict",
            Self::NotFound => "not_found",
            Self::UnknownEndpoint => "unknown_endpoint",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Unsupported => "unsupported",
            Self::DiscoveryFilter => "discovery_filter",
            Self::WrongRole { .. } => "wrong_role",
            Self::ReadOnlyToken => "read_only_token",
            Self::SignInNeeded => "sign_in_needed",
            Self::LastOwner => "last_owner",
            Self::Managed => "managed",
            Self::Blocked => "blocked",
            Self::Paused => "paused",
            Self::TooFast => "too_fast",
            Self::Busy => "busy",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
            Self::Abandoned => "abandoned",
            Self::TooLarge => "too_large",
            Self::BulkTooLarge => "bulk_too_large",
            Self::TooSlow => "too_slow",
            Self::Incomplete => "incomplete",
            Self::WrongMediaType => "wrong_media_type",
            Self::NotAcceptable => "not_acceptable",
            Self::UnknownMember => "unknown_member",
            Self::Protocol(scim_type) => protocol(*scim_type),
            Self::Argument => "argument",
            Self::Other => "other",
            Self::TokenExpired => "token_expired",
            Self::TokenReplaced => "token_replaced",
            Self::TokenRevoked => "token_revoked",
            Self::ApprovalRevoked => "approval_revoked",
            Self::ServiceUserDisabled => "service_user_disabled",
            Self::ClientDisabled => "client_disabled",
            Self::WrongOrganization => "wrong_organization",
        }
    }

    /// What goes with the name in the database.
    pub(crate) fn about(&self) -> Option<String> {
        if let Self::Duplicate { attribute } = self {
            Some(attribute.clone())
        } else if let Self::WrongRole { held, needed } = self {
            Some(format!("{} {}", held.as_str(), needed.as_str()))
        } else {
            None
        }
    }

    /// The failure that the database has by this name.
    pub(crate) fn read(name: &str, about: Option<&str>) -> Self {
        match name {
            "duplicate" => Self::Duplicate {
                attribute: about.unwrap_or("userName").to_owned(),
            },
            "wrong_role" => about
                .and_then(|roles| roles.split_once(' '))
                .and_then(|(held, needed)| {
                    Some(Self::WrongRole {
                        held: held.parse().ok()?,
                        needed: needed.parse().ok()?,
                    })
                })
                .unwrap_or(Self::Other),
            name => Self::PLAIN
                .iter()
                .find(|plain| plain.as_str() == name)
                .cloned()
                .unwrap_or(Self::Other),
        }
    }

    /// Those that are told by their name alone.
    pub(crate) const PLAIN: &[Self] = &[
        Self::VersionConflict,
        Self::NotFound,
        Self::UnknownEndpoint,
        Self::MethodNotAllowed,
        Self::Unsupported,
        Self::DiscoveryFilter,
        Self::ReadOnlyToken,
        Self::SignInNeeded,
        Self::LastOwner,
        Self::Managed,
        Self::Blocked,
        Self::Paused,
        Self::TooFast,
        Self::Busy,
        Self::Unavailable,
        Self::Internal,
        Self::Abandoned,
        Self::TooLarge,
        Self::BulkTooLarge,
        Self::TooSlow,
        Self::Incomplete,
        Self::WrongMediaType,
        Self::NotAcceptable,
        Self::UnknownMember,
        Self::Protocol(ScimType::InvalidFilter),
        Self::Protocol(ScimType::TooMany),
        Self::Protocol(ScimType::Uniqueness),
        Self::Protocol(ScimType::Mutability),
        Self::Protocol(ScimType::InvalidSyntax),
        Self::Protocol(ScimType::InvalidPath),
        Self::Protocol(ScimType::NoTarget),
        Self::Protocol(ScimType::InvalidValue),
        Self::Protocol(ScimType::InvalidVers),
        Self::Protocol(ScimType::Sensitive),
        Self::Protocol(ScimType::InvalidCursor),
        Self::Protocol(ScimType::ExpiredCursor),
        Self::Protocol(ScimType::InvalidCount),
        Self::Argument,
        Self::Other,
        Self::TokenExpired,
        Self::TokenReplaced,
        Self::TokenRevoked,
        Self::ApprovalRevoked,
        Self::ServiceUserDisabled,
        Self::ClientDisabled,
        Self::WrongOrganization,
    ];

    /// The failure of an operation of which only the status and the keyword are known.
    pub fn of_status(status: u16, scim_type: Option<&str>) -> Self {
        let keyword = scim_type.and_then(|keyword| {
            Self::PLAIN
                .iter()
                .find(|plain| matches!(plain, Self::Protocol(known) if known.as_str() == keyword))
        });
        match (keyword, status) {
            (Some(known), _) => known.clone(),
            (None, 404) => Self::NotFound,
            (None, 405) => Self::MethodNotAllowed,
            (None, 406) => Self::NotAcceptable,
            (None, 408) => Self::TooSlow,
            (None, 412) => Self::VersionConflict,
            (None, 413) => Self::TooLarge,
            (None, 415) => Self::WrongMediaType,
            (None, 429) => Self::TooFast,
            (None, 500) => Self::Internal,
            (None, 501) => Self::Unsupported,
            (None, 503) => Self::Unavailable,
            (None, _) => Self::Other,
        }
    }

    /// Why a genuine credential was refused; `None` where nobody is to be told: it may not be the organization's own.
    pub(crate) const fn of_denied(denied: Denied) -> Option<Self> {
        match denied {
            Denied::OrgNotVisible => Some(Self::WrongOrganization),
            Denied::Unauthenticated(reason) => match reason {
                Reason::Revoked => Some(Self::TokenRevoked),
                Reason::GrantRevoked => Some(Self::ApprovalRevoked),
                Reason::Expired => Some(Self::TokenExpired),
                Reason::ClientDisabled => Some(Self::ClientDisabled),
                Reason::ServiceUserDisabled => Some(Self::ServiceUserDisabled),
                // Of a deleted organization nobody reads the log.
                Reason::OrgDeleted
                | Reason::Missing
                | Reason::Malformed
                | Reason::WrongKind
                | Reason::Unknown
                | Reason::WrongSecret
                | Reason::PepperMissing => None,
            },
        }
    }
}

const fn protocol(scim_type: ScimType) -> &'static str {
    match scim_type {
        ScimType::InvalidFilter => "invalid_filter",
        ScimType::TooMany => "too_many",
        ScimType::Uniqueness => "uniqueness",
        ScimType::Mutability => "mutability",
        ScimType::InvalidSyntax => "invalid_syntax",
        ScimType::InvalidPath => "invalid_path",
        ScimType::NoTarget => "no_target",
        ScimType::InvalidValue => "invalid_value",
        ScimType::InvalidVers => "invalid_version",
        ScimType::Sensitive => "sensitive",
        ScimType::InvalidCursor => "invalid_cursor",
        ScimType::ExpiredCursor => "expired_cursor",
        ScimType::InvalidCount => "invalid_count",
    }
}

impl From<&scim::Error> for Failure {
    fn from(error: &scim::Error) -> Self {
        Self::Protocol(error.scim_type)
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            Error::AlreadyExists { attribute } => Self::Duplicate {
                attribute: (*attribute).to_owned(),
            },
            Error::VersionMismatch { .. } => Self::VersionConflict,
            Error::Forbidden { held, needed } => Self::WrongRole {
                held: *held,
                needed: *needed,
            },
            Error::ReadOnly => Self::ReadOnlyToken,
            Error::ReauthenticationNeeded => Self::SignInNeeded,
            Error::LastOwner => Self::LastOwner,
            Error::Managed { .. } => Self::Managed,
            Error::Blocked => Self::Blocked,
            // The one refusal of a value that is about somebody else.
            Error::Invalid(error)
                if error
                    .detail
                    .contains("neither a user nor a group of this organization") =>
            {
                Self::UnknownMember
            }
            Error::Invalid(error) => error.into(),
            Error::Refused { .. } => Self::Argument,
            Error::Busy => Self::Busy,
            Error::Unavailable(_) => Self::Unavailable,
            Error::Internal(_) => Self::Internal,
        }
    }
}

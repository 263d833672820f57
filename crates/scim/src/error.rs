//! What a SCIM request can be refused for: one `scimType` of RFC 7644 table 9 and a detail for the administrator.

use std::fmt;

/// The `scimType` keywords of RFC 7644 table 9 and RFC 9865 that this service provider answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScimType {
    /// The filter is malformed, or its attribute and operator cannot be combined.
    InvalidFilter,
    /// The query would return more than the service provider is willing to calculate.
    TooMany,
    /// A value is already in use by another resource.
    Uniqueness,
    /// The change contradicts the attribute's mutability or current state.
    Mutability,
    /// The body is not JSON or not the message the endpoint expects.
    InvalidSyntax,
    /// The `path` of a PATCH operation is malformed or names no attribute.
    InvalidPath,
    /// The `path` of a PATCH operation selects nothing.
    NoTarget,
    /// A required value is missing, or a value does not fit its attribute.
    InvalidValue,
    /// The protocol version is not supported.
    InvalidVers,
    /// The request URI carries confidential information.
    Sensitive,
    /// The cursor is not one of this query's (RFC 9865 §2.1).
    InvalidCursor,
    /// The cursor was one of this query's, and is too old (RFC 9865 §2.1).
    ExpiredCursor,
    /// The count is not that of the pages before (RFC 9865 §2.1).
    InvalidCount,
}

impl ScimType {
    /// The keyword as it appears in the error body.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }

    /// The HTTP status that carries this keyword.
    pub const fn status(self) -> u16 {
        match self {
            // RFC 7644 §3.3 demands 409 where table 9 lists the keyword under 400.
            Self::Uniqueness => 409,
            // Erratum 6893 to RFC 7644 §7.5.2.
            Self::Sensitive => 403,
            Self::InvalidFilter
            | Self::TooMany
            | Self::Mutability
            | Self::InvalidSyntax
            | Self::InvalidPath
            | Self::NoTarget
            | Self::InvalidValue
            | Self::InvalidVers
            | Self::InvalidCursor
            | Self::ExpiredCursor
            | Self::InvalidCount => 400,
        }
    }
}

impl fmt::Display for ScimType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A request that the protocol refuses.
///
/// `detail` is shown to the identity provider's administrator: it names the field and the fix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{scim_type}: {detail}")]
pub struct Error {
    /// The keyword of RFC 7644 table 9.
    pub scim_type: ScimType,
    /// What to change, in words.
    pub detail: String,
}

impl Error {
    /// Builds the error from its keyword and a detail.
    pub fn new(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self {
            scim_type,
            detail: detail.into(),
        }
    }

    /// Shorthand for [`ScimType::InvalidFilter`].
    pub fn filter(detail: impl Into<String>) -> Self {
        Self::new(ScimType::InvalidFilter, detail)
    }

    /// Shorthand for [`ScimType::InvalidPath`].
    pub fn path(detail: impl Into<String>) -> Self {
        Self::new(ScimType::InvalidPath, detail)
    }

    /// Shorthand for [`ScimType::InvalidSyntax`].
    pub fn syntax(detail: impl Into<String>) -> Self {
        Self::new(ScimType::InvalidSyntax, detail)
    }

    /// Shorthand for [`ScimType::InvalidValue`].
    pub fn value(detail: impl Into<String>) -> Self {
        Self::new(ScimType::InvalidValue, detail)
    }

    /// Shorthand for [`ScimType::Mutability`].
    pub fn mutability(detail: impl Into<String>) -> Self {
        Self::new(ScimType::Mutability, detail)
    }

    /// Shorthand for [`ScimType::NoTarget`].
    pub fn no_target(detail: impl Into<String>) -> Self {
        Self::new(ScimType::NoTarget, detail)
    }
}

//! How literally an organization takes the RFC.

use std::{fmt, str::FromStr};

/// How deviations from RFC 7644 are treated; a setting of each organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// What real identity providers send is understood. The default.
    #[default]
    Tolerant,
    /// The RFC's text, for conformance suites.
    Strict,
    /// The interoperability profile: no PATCH without a path, unknown attributes are refused.
    Interop,
}

impl Mode {
    /// Whether deviations that real clients send are rewritten instead of refused.
    pub const fn is_tolerant(self) -> bool {
        matches!(self, Self::Tolerant)
    }

    /// The name used in settings and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tolerant => "tolerant",
            Self::Strict => "strict",
            Self::Interop => "interop",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Mode {
    type Err = UnknownMode;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match s {
            "tolerant" => Ok(Self::Tolerant),
            "strict" => Ok(Self::Strict),
            "interop" => Ok(Self::Interop),
            other => Err(UnknownMode(other.to_owned())),
        }
    }
}

/// A mode that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown SCIM mode {0:?}: use tolerant, strict or interop")]
pub struct UnknownMode(String);

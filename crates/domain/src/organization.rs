//! An organization as the operator sees it: its name, its settings and its totals.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use wicketgate_auth::{OrgId, OrgState};
use wicketgate_scim::Mode;

use crate::Error;

/// One organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id, which is in every one of its URLs.
    pub id: OrgId,
    /// Its name, for people.
    pub name: String,
    /// Whether it is served.
    pub state: OrgState,
    /// How it is served.
    pub settings: Settings,
    /// How many users it has.
    pub users: i64,
    /// How many of them are active.
    pub active_users: i64,
    /// How many groups it has.
    pub groups: i64,
    /// When it was created.
    pub created: Timestamp,
}

/// What an organization may choose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// How literally the protocol is taken.
    pub mode: Mode,
    /// What identity providers look users up by.
    pub unique_identifier: UniqueIdentifier,
}

/// What `userName eq "x"` means to an organization: Okta always asks by that name, whichever field its administrator
/// chose as unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UniqueIdentifier {
    /// The attribute itself. The default.
    #[default]
    UserName,
    /// The attribute itself, or the primary e-mail address where no `userName` matches.
    Email,
}

impl UniqueIdentifier {
    /// The name used in settings and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserName => "userName",
            Self::Email => "email",
        }
    }
}

impl fmt::Display for UniqueIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for UniqueIdentifier {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "userName" => Ok(Self::UserName),
            "email" => Ok(Self::Email),
            other => Err(Error::refused(
                "unique-identifier",
                format!("{other:?} is not known: use userName or email"),
            )),
        }
    }
}

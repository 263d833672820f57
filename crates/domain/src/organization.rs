//! An organization as the operator sees it: its name, its settings and its totals.

use std::{fmt, ops::RangeInclusive, str::FromStr, time::Duration};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How literally the protocol is taken.
    pub mode: Mode,
    /// What identity providers look users up by.
    pub unique_identifier: UniqueIdentifier,
    /// For how many days a personal access token may be issued, at most: 30 to 730. Tokens that were issued before keep
    /// their expiry.
    pub longest_token_days: u16,
    /// Whether personal access tokens may be issued that never expire.
    pub endless_tokens: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            unique_identifier: UniqueIdentifier::default(),
            longest_token_days: *TOKEN_DAYS.end(),
            endless_tokens: true,
        }
    }
}

/// What an organization may choose as the longest life of its tokens, in days.
const TOKEN_DAYS: RangeInclusive<u16> = 30..=730;

impl Settings {
    /// Refuses what an organization may not choose.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if TOKEN_DAYS.contains(&self.longest_token_days) {
            Ok(())
        } else {
            Err(Error::refused(
                "longest-token-life",
                format!("choose {}d to {}d", TOKEN_DAYS.start(), TOKEN_DAYS.end()),
            ))
        }
    }

    /// The longest life of a token that expires.
    pub(crate) fn longest_token_life(&self) -> Duration {
        Duration::from_hours(u64::from(self.longest_token_days) * 24)
    }

    /// Refuses a life that a token may not have.
    pub(crate) fn check_token_life(&self, life: Option<Duration>) -> Result<(), Error> {
        let days = self.longest_token_days;
        match life {
            None if self.endless_tokens => Ok(()),
            None => Err(Error::refused(
                "expires-in",
                format!("this organization has no tokens that never expire: choose 1 second to {days} days"),
            )),
            Some(life) if life.is_zero() || life > self.longest_token_life() => {
                let never = if self.endless_tokens { ", or never" } else { "" };
                Err(Error::refused(
                    "expires-in",
                    format!("choose 1 second to {days} days{never}"),
                ))
            }
            Some(_) => Ok(()),
        }
    }
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

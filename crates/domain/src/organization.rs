//! An organization as the operator sees it: its name, its settings and its totals.

use std::{fmt, ops::RangeInclusive, str::FromStr, time::Duration};

use jiff::Timestamp;
use wicketgate_auth::{OrgId, OrgState};
use wicketgate_scim::{Mode, Object};

use crate::{Error, event::object};

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
    /// When it was deleted, if it is.
    pub deleted: Option<Timestamp>,
    /// When everything that it owns was last exported, to the end.
    pub exported: Option<Timestamp>,
}

impl Organization {
    /// From when on everything that a deleted organization owns is done away with. Until then it can be resumed.
    pub fn purged_from(&self) -> Option<Timestamp> {
        self.deleted?.checked_add(GRACE).ok()
    }
}

/// For how long a deleted organization can be resumed.
pub(crate) const GRACE: Duration = Duration::from_hours(30 * 24);

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
    /// For how many days a row of the provisioning log is kept: 7 to 365.
    pub log_days: u16,
    /// For how many days the redacted body of a request is kept beside its row: 0 keeps none, and 7, 30 or 90, but not
    /// longer than the row itself.
    pub body_days: u16,
    /// For how many days a deleted user can be restored: 1 to 90.
    pub grace_days: u16,
    /// How much identity providers may ask for.
    pub requests: RequestLimits,
}

/// How much the identity providers of one organization may ask for, all together. Past it they are told to come back.
/// 0 is as much as they like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestLimits {
    /// Requests in a second, on the long run: 0 to 10,000.
    pub per_second: u16,
    /// Requests at once, after a quiet time: 0 to 10,000. 0 is as many as in a second.
    pub burst: u16,
    /// Requests at the same time; further ones wait for a moment: 0 to 1,000.
    pub at_a_time: u16,
}

impl RequestLimits {
    /// No limit at all.
    pub const OFF: Self = Self {
        per_second: 0,
        burst: 0,
        at_a_time: 0,
    };
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            per_second: 50,
            burst: 200,
            at_a_time: 16,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            unique_identifier: UniqueIdentifier::default(),
            longest_token_days: *TOKEN_DAYS.end(),
            endless_tokens: true,
            log_days: 90,
            body_days: 7,
            grace_days: 30,
            requests: RequestLimits::default(),
        }
    }
}

/// What an organization may choose as the longest life of its tokens, in days.
const TOKEN_DAYS: RangeInclusive<u16> = 30..=730;
/// What it may choose for rows of the provisioning log, in days.
const LOG_DAYS: RangeInclusive<u16> = 7..=365;
/// What it may choose for bodies, in days.
const BODY_DAYS: [u16; 4] = [0, 7, 30, 90];
/// What it may choose for deleted users, in days.
const GRACE_DAYS: RangeInclusive<u16> = 1..=90;
/// The largest rate, and the largest burst.
const MOST_REQUESTS: u16 = 10_000;
/// The most requests at the same time.
const MOST_AT_A_TIME: u16 = 1_000;

impl Settings {
    /// Refuses what an organization may not choose.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let within = |field, range: &RangeInclusive<u16>, value, unit: &str| {
            if range.contains(&value) {
                Ok(())
            } else {
                let (least, most) = (range.start(), range.end());
                Err(Error::refused(field, format!("choose {least} to {most}{unit}")))
            }
        };
        within(
            "longest-token-life",
            &TOKEN_DAYS,
            self.longest_token_days,
            " days",
        )?;
        within("keep-log", &LOG_DAYS, self.log_days, " days")?;
        within("keep-deleted", &GRACE_DAYS, self.grace_days, " days")?;
        if !BODY_DAYS.contains(&self.body_days) || self.body_days > self.log_days {
            return Err(Error::refused(
                "keep-bodies",
                "choose 0, 7, 30 or 90 days, and not longer than rows of the log are kept",
            ));
        }
        let RequestLimits {
            per_second,
            burst,
            at_a_time,
        } = self.requests;
        within("requests-per-second", &(0..=MOST_REQUESTS), per_second, "")?;
        within("request-burst", &(0..=MOST_REQUESTS), burst, "")?;
        within("concurrent-requests", &(0..=MOST_AT_A_TIME), at_a_time, "")
    }

    /// The settings as events say them.
    pub(crate) fn shown(&self) -> Object {
        object([
            ("scimMode", self.mode.as_str().into()),
            ("uniqueIdentifier", self.unique_identifier.as_str().into()),
            ("longestTokenDays", self.longest_token_days.into()),
            ("endlessTokens", self.endless_tokens.into()),
            ("logDays", self.log_days.into()),
            ("bodyDays", self.body_days.into()),
            ("graceDays", self.grace_days.into()),
            ("requestsPerSecond", self.requests.per_second.into()),
            ("requestBurst", self.requests.burst.into()),
            ("concurrentRequests", self.requests.at_a_time.into()),
        ])
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

//! How much an organization's identity providers did, hour by hour, and how long it took: what an overview shows without
//! reading the provisioning log.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::{Error, Viewer, db, provisioning_log::Action};

/// The bounds within which answers are counted. What took longer is counted together.
pub const LATENCIES: [Duration; 4] = [
    Duration::from_millis(10),
    Duration::from_millis(50),
    Duration::from_millis(250),
    Duration::from_secs(1),
];
/// How many hours can be asked for: as long as a provisioning log can be kept.
const MOST_HOURS: u16 = 366 * 24;

/// What was done in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// When the hour begins.
    pub start: Timestamp,
    /// Requests that changed something, or found it as it should be.
    pub changes: u64,
    /// Lookups that were answered.
    pub lookups: u64,
    /// Requests that failed, and credentials that were refused.
    pub failures: u64,
    /// How many answers took at most as long as each of [`LATENCIES`], and longer than the one before; and longer than all.
    pub latencies: [u64; LATENCIES.len() + 1],
}

impl Activity {
    /// All requests.
    pub fn requests(&self) -> u64 {
        self.changes + self.lookups + self.failures
    }

    /// The bound within which this share of the answers stayed, in per cent; `None` where some took longer than the
    /// longest bound, or where there were none.
    pub fn within(&self, per_cent: u64) -> Option<Duration> {
        let all: u64 = self.latencies.iter().sum();
        let wanted = (all * per_cent).div_ceil(100);
        let mut seen = 0;
        LATENCIES
            .into_iter()
            .zip(self.latencies)
            .find_map(|(bound, count)| {
                seen += count;
                (all > 0 && seen >= wanted).then_some(bound)
            })
    }
}

/// What a row of the log counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Change,
    Lookup,
    Failure,
}

impl Kind {
    pub(crate) fn of(action: Action, status: u16) -> Option<Self> {
        if status >= 400 {
            return Some(Self::Failure);
        }
        match action {
            Action::LogGap => None,
            Action::UserLookedUp
            | Action::GroupLookedUp
            | Action::DirectoryLookedUp
            | Action::EntitlementLookedUp => Some(Self::Lookup),
            _ => Some(Self::Change),
        }
    }
}

impl Viewer<'_> {
    /// The last `hours` hours, this one included, the oldest first: each of them, also where nothing happened.
    pub async fn activity(&self, hours: u16) -> Result<Vec<Activity>, Error> {
        if hours == 0 || hours > MOST_HOURS {
            return Err(Error::refused("hours", format!("choose 1 to {MOST_HOURS}")));
        }
        let org = self.org.id;
        let last = self.org.shared.sources.now().as_second().div_euclid(3600);
        let first = last - i64::from(hours) + 1;
        let found = self
            .org
            .shared
            .db
            .read(move |tx| db::activity::since(tx, org, first))
            .await?;
        let mut found = found.into_iter().peekable();
        (first..=last)
            .map(|hour| {
                let counted = found.next_if(|found| found.hour == hour).unwrap_or_default();
                shown(hour, &counted)
            })
            .collect()
    }
}

fn shown(hour: i64, counted: &db::activity::Counters) -> Result<Activity, Error> {
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(Activity {
        start: Timestamp::UNIX_EPOCH
            .checked_add(SignedDuration::from_hours(hour))
            .map_err(Error::internal)?,
        changes: number(counted.changes),
        lookups: number(counted.lookups),
        failures: number(counted.failures),
        latencies: counted.latencies().map(number),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(latencies: [u64; 5]) -> Activity {
        Activity {
            start: Timestamp::UNIX_EPOCH,
            changes: 0,
            lookups: 0,
            failures: 0,
            latencies,
        }
    }

    #[test]
    fn a_share_of_the_answers_stayed_within_a_bound() {
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(activity([95, 5, 0, 0, 0]).within(95), ms(10));
        assert_eq!(activity([94, 6, 0, 0, 0]).within(95), ms(50));
        assert_eq!(activity([0, 0, 0, 1, 0]).within(50), ms(1_000));
        assert_eq!(activity([0, 0, 0, 0, 1]).within(50), None);
        assert_eq!(activity([0; 5]).within(50), None);
    }
}

//! Forgetting what no longer counts: ended sessions, links that have run out, assertions and failed sign-ins that are too
//! old to matter. Nothing that is removed here would have been accepted, or is shown anywhere.

use jiff::{SignedDuration, Timestamp};

use crate::{
    Error, Instance,
    account::KNOWN_DAYS,
    db::{self, Conn},
};

/// How many rows go in one transaction: nobody waits long for it.
const BATCH: i64 = 500;
/// How many transactions one call makes of one kind of row. What is left is for the next call.
const MOST_BATCHES: u32 = 200;
/// For how many days links are kept after they have run out, so that an owner sees in the list that nobody came.
const LINK_DAYS: i64 = 7;
/// For how many days a failed sign-in is counted.
const ATTEMPT_DAYS: i64 = 1;

/// How much was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lapsed {
    /// Sessions that have ended, and from whose networks an account is no longer known.
    pub sessions: u64,
    /// Invitations and links to a new password, used or not.
    pub links: u64,
    /// Names of assertions that would be refused as expired.
    pub assertions: u64,
    /// Counts of failed sign-ins.
    pub attempts: u64,
}

impl Lapsed {
    /// How much in all.
    pub const fn total(&self) -> u64 {
        self.sessions + self.links + self.assertions + self.attempts
    }
}

/// Removes up to so many rows of one kind that ended before a moment, and says how many.
type Remove = fn(&mut Conn, Timestamp, i64) -> Result<u64, Error>;

impl Instance {
    /// Forgets what no longer counts, by the database's clock and a few rows at a time. However many processes call this,
    /// each row goes once and none of them waits for another's.
    pub async fn forget_lapsed(&self) -> Result<Lapsed, Error> {
        let now = self.database_time().await?;
        let days = |days: i64| {
            now.checked_sub(SignedDuration::from_hours(days * 24))
                .map_err(Error::internal)
        };
        Ok(Lapsed {
            sessions: self.forget(db::lapsed::sessions, days(KNOWN_DAYS)?).await?,
            links: self.forget(db::lapsed::invitations, days(LINK_DAYS)?).await?
                + self
                    .forget(db::lapsed::operator_invitations, days(LINK_DAYS)?)
                    .await?
                + self.forget(db::lapsed::recoveries, days(LINK_DAYS)?).await?,
            assertions: self.forget(db::lapsed::assertions, now).await?,
            attempts: self
                .forget(db::lapsed::sign_in_attempts, days(ATTEMPT_DAYS)?)
                .await?,
        })
    }

    async fn forget(&self, remove: Remove, before: Timestamp) -> Result<u64, Error> {
        let mut removed = 0;
        for _ in 0..MOST_BATCHES {
            let batch = self.shared.db.write(move |tx| remove(tx, before, BATCH)).await?;
            removed += batch;
            if batch < BATCH.unsigned_abs() {
                break;
            }
        }
        Ok(removed)
    }
}

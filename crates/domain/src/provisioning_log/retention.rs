//! Rows and bodies that are older than their organization wants to keep them are removed, a few at a time.

use std::time::Duration;

use super::id;
use crate::{
    Error, Instance,
    db::{self, provisioning_log::Part},
};

/// How many rows one statement removes.
const BATCH: i64 = 2_000;
/// How many statements one organization gets in one go, so that the others have their turn.
const MOST_BATCHES: usize = 250;
const DAY: Duration = Duration::from_hours(24);

impl Instance {
    /// Removes what organizations no longer want to keep in their provisioning logs, and answers how many rows and
    /// bodies that were. Several processes may do so at the same time.
    pub async fn trim_provisioning_logs(&self) -> Result<u64, Error> {
        let now = self.shared.sources.now();
        let mut removed = 0;
        for organization in self.orgs().await? {
            let settings = &organization.settings;
            let org = organization.id;
            for (part, days) in [
                (Part::Bodies, settings.body_days),
                (Part::Rows, settings.log_days),
            ] {
                let before = now.checked_sub(DAY * u32::from(days)).map_err(Error::internal)?;
                let before = id::first_of(before);
                for _ in 0..MOST_BATCHES {
                    let number = self
                        .shared
                        .db
                        .of(org)
                        .write(move |tx| db::provisioning_log::remove(tx, org, part, before, BATCH))
                        .await?;
                    let number = u64::try_from(number).map_err(Error::internal)?;
                    removed += number;
                    if number < BATCH.unsigned_abs() {
                        break;
                    }
                }
            }
            let kept = now
                .checked_sub(DAY * u32::from(settings.log_days))
                .map_err(Error::internal)?;
            let hour = kept.as_second().div_euclid(3600);
            self.shared
                .db
                .of(org)
                .write(move |tx| db::activity::remove(tx, org, hour))
                .await?;
        }
        Ok(removed)
    }
}

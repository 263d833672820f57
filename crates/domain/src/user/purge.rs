//! Removing deleted users for good, once their organizations keep them no longer.

use crate::{Error, Instance, db};

/// How many users are removed in one transaction.
const BATCH: u16 = 200;

impl Instance {
    /// Removes the deleted users of all organizations that are past their organization's time for restoring, with
    /// everything that hangs on them, and says how many those were. Several processes may do it at once.
    pub async fn purge_deleted(&self) -> Result<usize, Error> {
        let mut purged = 0;
        loop {
            let now = self.shared.sources.now();
            let batch = self
                .shared
                .db
                .write(move |tx| db::tombstones::purge(tx, now, BATCH.into()))
                .await?;
            purged += batch;
            if batch < usize::from(BATCH) {
                return Ok(purged);
            }
        }
    }
}

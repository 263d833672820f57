//! Counters of an organization's provisioning, an hour each. They are added to where rows of the provisioning log are
//! written, and read and removed within one organization.

use std::collections::BTreeMap;

use diesel::{QueryableByName, RunQueryDsl as _, sql_types::BigInt};
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Conn,
    statement::{Bind, Statement},
    types::Key,
};
use crate::{
    Error,
    activity::{Kind, LATENCIES},
    provisioning_log::{LogId, Row},
};

/// The counters of an hour.
#[derive(Debug, Clone, Copy, Default, QueryableByName)]
pub(crate) struct Counters {
    #[diesel(sql_type = BigInt)]
    pub(crate) hour: i64,
    #[diesel(sql_type = BigInt)]
    pub(crate) changes: i64,
    #[diesel(sql_type = BigInt)]
    pub(crate) lookups: i64,
    #[diesel(sql_type = BigInt)]
    pub(crate) failures: i64,
    #[diesel(sql_type = BigInt)]
    within_10: i64,
    #[diesel(sql_type = BigInt)]
    within_50: i64,
    #[diesel(sql_type = BigInt)]
    within_250: i64,
    #[diesel(sql_type = BigInt)]
    within_1000: i64,
    #[diesel(sql_type = BigInt)]
    slower: i64,
}

impl Counters {
    /// How many requests took how long, as [`LATENCIES`] has it, and longer.
    pub(crate) fn latencies(&self) -> [i64; LATENCIES.len() + 1] {
        [
            self.within_10,
            self.within_50,
            self.within_250,
            self.within_1000,
            self.slower,
        ]
    }

    fn add(&mut self, row: &Row) {
        let count = i64::try_from(row.count).unwrap_or(i64::MAX);
        let place = match Kind::of(row.action, row.status) {
            Some(Kind::Change) => &mut self.changes,
            Some(Kind::Lookup) => &mut self.lookups,
            Some(Kind::Failure) => &mut self.failures,
            None => return,
        };
        *place += count;
        let [ten, fifty, quarter, second] = LATENCIES;
        let place = match row.duration {
            taken if taken <= ten => &mut self.within_10,
            taken if taken <= fifty => &mut self.within_50,
            taken if taken <= quarter => &mut self.within_250,
            taken if taken <= second => &mut self.within_1000,
            _ => &mut self.slower,
        };
        *place += count;
    }
}

/// Adds rows of the log to the hours they belong to. A batch that is written twice, because nobody heard of the first
/// time, is counted twice.
pub(crate) fn count(conn: &mut Conn, rows: &[Row]) -> Result<(), Error> {
    // In the order of their keys: two replicas that count the same hours do not wait for each other crosswise.
    let mut hours: BTreeMap<(Uuid, i64), Counters> = BTreeMap::new();
    for row in rows {
        let hour = LogId(row.id).time().as_second().div_euclid(3600);
        hours.entry((*row.org.as_uuid(), hour)).or_default().add(row);
    }
    for ((org, hour), counted) in hours {
        let [ten, fifty, quarter, second, slower] = counted.latencies();
        let mut binds = vec![Bind::Id(Key(org)), Bind::BigInt(hour)];
        binds.extend(
            [
                counted.changes,
                counted.lookups,
                counted.failures,
                ten,
                fifty,
                quarter,
                second,
                slower,
            ]
            .map(Bind::BigInt),
        );
        binds.push(Bind::Id(Key(org)));
        Statement::new(
            "INSERT INTO provisioning_activity AS a (org_id, hour, changes, lookups, failures, within_10, within_50, \
             within_250, within_1000, slower) SELECT {}, {}, {}, {}, {}, {}, {}, {}, {}, {} \
             WHERE EXISTS (SELECT 1 FROM organizations WHERE id = {}) \
             ON CONFLICT (org_id, hour) DO UPDATE SET changes = a.changes + excluded.changes, \
             lookups = a.lookups + excluded.lookups, failures = a.failures + excluded.failures, \
             within_10 = a.within_10 + excluded.within_10, within_50 = a.within_50 + excluded.within_50, \
             within_250 = a.within_250 + excluded.within_250, within_1000 = a.within_1000 + excluded.within_1000, \
             slower = a.slower + excluded.slower",
            binds,
        )
        .execute(conn)?;
    }
    Ok(())
}

/// The hours from this one on, the oldest first. Hours without requests are not among them.
pub(crate) fn since(conn: &mut Conn, org: OrgId, hour: i64) -> Result<Vec<Counters>, Error> {
    let binds = vec![Bind::Id(Key(*org.as_uuid())), Bind::BigInt(hour)];
    Ok(Statement::new(
        "SELECT hour, changes, lookups, failures, within_10, within_50, within_250, within_1000, slower \
         FROM provisioning_activity WHERE org_id = {} AND hour >= {} ORDER BY hour",
        binds,
    )
    .load(conn)?)
}

/// Removes the hours before this one.
pub(crate) fn remove(conn: &mut Conn, org: OrgId, hour: i64) -> Result<usize, Error> {
    let binds = vec![Bind::Id(Key(*org.as_uuid())), Bind::BigInt(hour)];
    Ok(Statement::new(
        "DELETE FROM provisioning_activity WHERE org_id = {} AND hour < {}",
        binds,
    )
    .execute(conn)?)
}

//! What the provisioning log of one organization amounts to, counted where it is.

use diesel::{QueryableByName, RunQueryDsl as _, sql_types::BigInt};
use jiff::Timestamp;
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Conn,
    statement::{Bind, Statement},
    types::{Id, Key},
};
use crate::{Error, LogId};

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = Id)]
    id: Key,
}

/// The time of the newest row.
pub(crate) fn last_request(conn: &mut Conn, org: OrgId) -> Result<Option<Timestamp>, Error> {
    let rows: Vec<IdRow> = Statement::new(
        "SELECT id FROM provisioning_log WHERE org_id = {} ORDER BY id DESC LIMIT 1",
        vec![Bind::Id(Key(*org.as_uuid()))],
    )
    .load(conn)?;
    Ok(rows.first().map(|row| LogId(row.id.0).time()))
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    failed: i64,
}

/// How many requests have failed from an id on, of which at most `most` are counted.
pub(crate) fn failures(conn: &mut Conn, org: OrgId, since: Uuid, most: i64) -> Result<i64, Error> {
    let row: CountRow = Statement::new(
        "SELECT count(*) AS failed FROM (SELECT id FROM provisioning_log \
         WHERE org_id = {} AND id >= {} AND status >= 400 LIMIT {}) AS found",
        vec![
            Bind::Id(Key(*org.as_uuid())),
            Bind::Id(Key(since)),
            Bind::BigInt(most),
        ],
    )
    .get_result(conn)?;
    Ok(row.failed)
}

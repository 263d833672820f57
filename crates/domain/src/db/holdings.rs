//! What the credentials of service users amount to, counted where they are.

use std::collections::HashMap;

use diesel::{
    QueryableByName, RunQueryDsl as _,
    sql_types::{BigInt, Nullable},
};
use jiff::Timestamp;
use wicketgate_auth::{OrgId, ServiceUserId};

use super::{
    Conn,
    statement::{Bind, Statement},
    types::{Id, Key},
    users::time,
};
use crate::{Error, holdings::Holdings};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Id)]
    service_user_id: Key,
    #[diesel(sql_type = BigInt)]
    live_tokens: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    next_expiry: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    last_used: Option<i64>,
}

/// What each of these service users holds at this moment. One that has never held anything is left out.
pub(crate) fn of(
    conn: &mut Conn,
    org: OrgId,
    service_users: &[ServiceUserId],
    now: Timestamp,
) -> Result<HashMap<ServiceUserId, Holdings>, Error> {
    if service_users.is_empty() {
        return Ok(HashMap::new());
    }
    let live = "c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > {}) \
                AND (c.overlap_ends_at IS NULL OR c.overlap_ends_at > {})";
    let places = vec!["{}"; service_users.len()].join(", ");
    let sql = format!(
        "SELECT c.service_user_id, \
         sum(CASE WHEN c.kind = 'personal_access_token' AND {live} THEN 1 ELSE 0 END) AS live_tokens, \
         min(CASE WHEN c.kind IN ('personal_access_token', 'client_secret') AND {live} \
         THEN CASE WHEN c.overlap_ends_at < coalesce(c.expires_at, c.overlap_ends_at + 1) THEN c.overlap_ends_at \
         ELSE c.expires_at END END) AS next_expiry, \
         max(c.last_used_at) AS last_used \
         FROM credentials c WHERE c.org_id = {{}} AND c.service_user_id IN ({places}) GROUP BY c.service_user_id"
    );
    let mut binds = vec![Bind::BigInt(now.as_millisecond()); 4];
    binds.push(Bind::Id(Key(*org.as_uuid())));
    binds.extend(service_users.iter().map(|id| Bind::Id(Key(*id.as_uuid()))));
    let rows: Vec<Row> = Statement::composed(sql, binds, false).load(conn)?;
    rows.into_iter()
        .map(|row| {
            Ok((
                ServiceUserId::from_uuid(row.service_user_id.0),
                Holdings {
                    live_tokens: row.live_tokens,
                    next_expiry: row.next_expiry.map(time).transpose()?,
                    last_used: row.last_used.map(time).transpose()?,
                },
            ))
        })
        .collect()
}

//! Credentials that expire soon, of all organizations, and which of them were warned of.

use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use jiff::Timestamp;
use wicketgate_auth::{OrgId, ServiceUserId, TokenId};

use super::{
    Conn,
    schema::credentials,
    statement::{Bind, Statement},
    types::{Id, Key},
    users::time,
};
use crate::{Error, expiry::Expiring};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Id)]
    org_id: Key,
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Id)]
    service_user_id: Key,
    #[diesel(sql_type = Nullable<Text>)]
    client_id: Option<String>,
    #[diesel(sql_type = BigInt)]
    ends_at: i64,
    #[diesel(sql_type = Nullable<Integer>)]
    warned_days: Option<i32>,
}

/// The personal access tokens and client secrets that work now and no longer after `until`. The end of an overlap counts
/// as expiry.
pub(crate) fn before(conn: &mut Conn, now: Timestamp, until: Timestamp) -> Result<Vec<Expiring>, Error> {
    let sql = "SELECT c.org_id, c.id, c.kind, c.name, c.service_user_id, c.client_id, c.warned_days, \
         CASE WHEN c.overlap_ends_at < coalesce(c.expires_at, c.overlap_ends_at + 1) THEN c.overlap_ends_at \
         ELSE c.expires_at END AS ends_at \
         FROM organizations o JOIN credentials c ON c.org_id = o.id \
         WHERE c.org_id = o.id AND o.state <> 'deleted' AND c.kind IN ('personal_access_token', 'client_secret') \
         AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > {}) \
         AND (c.overlap_ends_at IS NULL OR c.overlap_ends_at > {}) \
         AND (c.expires_at <= {} OR c.overlap_ends_at <= {}) ORDER BY c.org_id, c.id";
    let (now, until) = (now.as_millisecond(), until.as_millisecond());
    let binds = [now, now, until, until].map(Bind::BigInt).to_vec();
    let rows: Vec<Row> = Statement::new(sql, binds).load(conn)?;
    rows.into_iter()
        .map(|row| {
            Ok(Expiring {
                org: OrgId::from_uuid(row.org_id.0),
                id: row.id.parse::<TokenId>().map_err(Error::internal)?,
                kind: row.kind,
                name: row.name,
                service_user: ServiceUserId::from_uuid(row.service_user_id.0),
                client: row.client_id,
                expires: time(row.ends_at)?,
                warned_days: row.warned_days,
            })
        })
        .collect()
}

#[derive(QueryableByName)]
struct NextRow {
    #[diesel(sql_type = Id)]
    org_id: Key,
    #[diesel(sql_type = BigInt)]
    ends_at: i64,
}

/// For each organization, when the first of its working personal access tokens and client secrets expires.
pub(crate) fn next(conn: &mut Conn, now: Timestamp) -> Result<Vec<(OrgId, Timestamp)>, Error> {
    let sql = "SELECT c.org_id, \
         min(CASE WHEN c.overlap_ends_at < coalesce(c.expires_at, c.overlap_ends_at + 1) THEN c.overlap_ends_at \
         ELSE c.expires_at END) AS ends_at \
         FROM organizations o JOIN credentials c ON c.org_id = o.id \
         WHERE c.org_id = o.id AND o.state <> 'deleted' AND c.kind IN ('personal_access_token', 'client_secret') \
         AND c.revoked_at IS NULL AND (c.expires_at IS NOT NULL OR c.overlap_ends_at IS NOT NULL) \
         AND (c.expires_at IS NULL OR c.expires_at > {}) \
         AND (c.overlap_ends_at IS NULL OR c.overlap_ends_at > {}) GROUP BY c.org_id ORDER BY c.org_id";
    let binds = [now.as_millisecond(); 2].map(Bind::BigInt).to_vec();
    let rows: Vec<NextRow> = Statement::new(sql, binds).load(conn)?;
    rows.into_iter()
        .map(|row| Ok((OrgId::from_uuid(row.org_id.0), time(row.ends_at)?)))
        .collect()
}

/// Takes a notice of so many days upon itself; `false` where another process did, or it is no longer due.
pub(crate) fn claim(conn: &mut Conn, org: OrgId, id: &TokenId, days: i32) -> Result<bool, Error> {
    let claimed = diesel::update(credentials::table.find((Key(*org.as_uuid()), id.to_string())))
        .filter(credentials::revoked_at.is_null())
        .filter(
            credentials::warned_days
                .is_null()
                .or(credentials::warned_days.gt(days)),
        )
        .set(credentials::warned_days.eq(days))
        .execute(conn)?;
    Ok(claimed == 1)
}

//! The link from a token to the one that takes its place, for as long as both are accepted.

use diesel::prelude::*;
use jiff::Timestamp;
use wicketgate_auth::{OrgId, TokenId};

use super::{Conn, schema::credentials, types::Key};
use crate::{Error, token::PersonalAccessToken};

/// Links a token to its successor until the overlap ends.
pub(crate) fn start(
    conn: &mut Conn,
    org: OrgId,
    old: &TokenId,
    successor: &TokenId,
    overlap_ends: Timestamp,
    warned_days: Option<i32>,
) -> Result<(), Error> {
    diesel::update(credentials::table.find((Key(*org.as_uuid()), old.to_string())))
        .set((
            credentials::successor_id.eq(successor.to_string()),
            credentials::overlap_ends_at.eq(overlap_ends.as_millisecond()),
            credentials::warned_days.eq(warned_days),
        ))
        .execute(conn)?;
    Ok(())
}

/// Unlinks a token from its successor: it lives for as long as it was issued for.
pub(crate) fn cancel(
    conn: &mut Conn,
    org: OrgId,
    old: &TokenId,
    warned_days: Option<i32>,
) -> Result<(), Error> {
    diesel::update(credentials::table.find((Key(*org.as_uuid()), old.to_string())))
        .set((
            credentials::successor_id.eq(None::<String>),
            credentials::overlap_ends_at.eq(None::<i64>),
            credentials::warned_days.eq(warned_days),
        ))
        .execute(conn)?;
    Ok(())
}

/// The token whose place this one takes, if it still is accepted.
pub(crate) fn predecessor(
    conn: &mut Conn,
    org: OrgId,
    successor: &TokenId,
    now: Timestamp,
) -> Result<Option<PersonalAccessToken>, Error> {
    let id: Option<String> = credentials::table
        .filter(credentials::org_id.eq(Key(*org.as_uuid())))
        .filter(credentials::successor_id.eq(successor.to_string()))
        .filter(credentials::revoked_at.is_null())
        .filter(credentials::overlap_ends_at.gt(now.as_millisecond()))
        .select(credentials::id)
        .first(conn)
        .optional()?;
    id.map(|id| super::credentials::get(conn, org, &id.parse().map_err(Error::internal)?))
        .transpose()
}

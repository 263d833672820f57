//! Rows of the links by which somebody without an account connects an identity provider. A secret never reaches this file.

use diesel::prelude::*;
use jiff::Timestamp;
use wicketgate_auth::{Digest, OrgId, TokenId};

use super::{
    Conn, orgs,
    schema::{setup_link_owners, setup_links},
    types::Key,
    users::time,
};
use crate::{ByTime, Error, setup::SetupLinkInfo};

/// How many links a list has.
const LISTED: i64 = 100;
/// For how long a use is not written down again, in milliseconds.
const MINUTE: i64 = 60_000;

/// A link as the store knows it, at one moment of the database's clock.
#[derive(Debug, Clone)]
pub(crate) struct StoredLink {
    pub(crate) org: OrgId,
    /// What the organization is called, where that is known.
    pub(crate) org_name: String,
    pub(crate) info: SetupLinkInfo,
    pub(crate) pepper_id: i32,
    pub(crate) digest: Digest,
    /// Whether its use has to be written down.
    pub(crate) is_due: bool,
}

type Columns = (
    String,
    String,
    String,
    i64,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

const COLUMNS: (
    setup_links::id,
    setup_links::label,
    setup_links::created_by,
    setup_links::created_at,
    setup_links::expires_at,
    setup_links::first_used_at,
    setup_links::last_used_at,
    setup_links::revoked_at,
) = (
    setup_links::id,
    setup_links::label,
    setup_links::created_by,
    setup_links::created_at,
    setup_links::expires_at,
    setup_links::first_used_at,
    setup_links::last_used_at,
    setup_links::revoked_at,
);

fn info(columns: Columns, now: i64) -> Result<SetupLinkInfo, Error> {
    let (id, label, created_by, created, expires, first_used, last_used, revoked) = columns;
    Ok(SetupLinkInfo {
        id: id.parse().map_err(Error::internal)?,
        label,
        created_by,
        created: time(created)?,
        expires: time(expires)?,
        first_used: first_used.map(time).transpose()?,
        last_used: last_used.map(time).transpose()?,
        revoked: revoked.map(time).transpose()?,
        is_open: revoked.is_none() && expires > now,
    })
}

/// Adds a link.
pub(crate) fn insert(
    conn: &mut Conn,
    org: OrgId,
    link: &SetupLinkInfo,
    pepper_id: i32,
    digest: &Digest,
) -> Result<(), Error> {
    diesel::insert_into(setup_links::table)
        .values((
            setup_links::org_id.eq(Key(*org.as_uuid())),
            setup_links::id.eq(link.id.to_string()),
            setup_links::label.eq(&link.label),
            setup_links::pepper_id.eq(pepper_id),
            setup_links::digest.eq(digest.as_bytes().to_vec()),
            setup_links::created_by.eq(&link.created_by),
            setup_links::created_at.eq(link.created.as_millisecond()),
            setup_links::expires_at.eq(link.expires.as_millisecond()),
        ))
        .execute(conn)?;
    diesel::insert_into(setup_link_owners::table)
        .values((
            setup_link_owners::link_id.eq(link.id.to_string()),
            setup_link_owners::org_id.eq(Key(*org.as_uuid())),
        ))
        .execute(conn)?;
    Ok(())
}

/// The link with this id, in whichever organization it is.
pub(crate) fn find(conn: &mut Conn, id: &TokenId) -> Result<Option<StoredLink>, Error> {
    let owner: Option<Key> = setup_link_owners::table
        .find(id.to_string())
        .select(setup_link_owners::org_id)
        .first(conn)
        .optional()?;
    let Some(owner) = owner else { return Ok(None) };
    let now = orgs::clock(conn)?.as_millisecond();
    let (columns, pepper_id, digest): (Columns, i32, Vec<u8>) = setup_links::table
        .find((owner, id.to_string()))
        .select((COLUMNS, setup_links::pepper_id, setup_links::digest))
        .first(conn)?;
    let info = info(columns, now)?;
    Ok(Some(StoredLink {
        org: OrgId::from_uuid(owner.0),
        org_name: String::new(),
        is_due: info
            .last_used
            .is_none_or(|last| last.as_millisecond() + MINUTE <= now),
        info,
        pepper_id,
        digest: Digest::try_from(digest.as_slice()).map_err(Error::internal)?,
    }))
}

/// How many links of the organization hold.
pub(crate) fn open(conn: &mut Conn, org: OrgId) -> Result<usize, Error> {
    let now = orgs::clock(conn)?.as_millisecond();
    let count: i64 = setup_links::table
        .filter(setup_links::org_id.eq(Key(*org.as_uuid())))
        .filter(setup_links::revoked_at.is_null())
        .filter(setup_links::expires_at.gt(now))
        .count()
        .get_result(conn)?;
    usize::try_from(count).map_err(Error::internal)
}

/// The newest links of the organization.
pub(crate) fn list(conn: &mut Conn, org: OrgId) -> Result<Vec<SetupLinkInfo>, Error> {
    let now = orgs::clock(conn)?.as_millisecond();
    let rows: Vec<Columns> = setup_links::table
        .filter(setup_links::org_id.eq(Key(*org.as_uuid())))
        .order((setup_links::created_at.desc(), setup_links::id))
        .limit(LISTED)
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(|columns| info(columns, now)).collect()
}

/// Up to `limit` links of the organization, from the one behind `after` on: the time of its creation and its id.
pub(crate) fn along(
    conn: &mut Conn,
    org: OrgId,
    order: ByTime,
    after: Option<&(i64, String)>,
    limit: i64,
) -> Result<Vec<SetupLinkInfo>, Error> {
    let now = orgs::clock(conn)?.as_millisecond();
    let mut query = setup_links::table
        .filter(setup_links::org_id.eq(Key(*org.as_uuid())))
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    query = match order {
        ByTime::Newest => query.order((setup_links::created_at.desc(), setup_links::id.desc())),
        ByTime::Oldest => query.order((setup_links::created_at, setup_links::id)),
    };
    if let Some((at, id)) = after {
        query = match order {
            ByTime::Newest => query
                .filter(setup_links::created_at.le(*at))
                .filter(setup_links::created_at.lt(*at).or(setup_links::id.lt(id.clone()))),
            ByTime::Oldest => query
                .filter(setup_links::created_at.ge(*at))
                .filter(setup_links::created_at.gt(*at).or(setup_links::id.gt(id.clone()))),
        };
    }
    let rows: Vec<Columns> = query.load(conn)?;
    rows.into_iter().map(|columns| info(columns, now)).collect()
}

/// One link of the organization.
pub(crate) fn get(conn: &mut Conn, org: OrgId, id: &TokenId) -> Result<SetupLinkInfo, Error> {
    let now = orgs::clock(conn)?.as_millisecond();
    let columns: Columns = setup_links::table
        .find((Key(*org.as_uuid()), id.to_string()))
        .select(COLUMNS)
        .first(conn)?;
    info(columns, now)
}

/// Revokes a link. `false` where it was before.
pub(crate) fn revoke(conn: &mut Conn, org: OrgId, id: &TokenId, at: Timestamp) -> Result<bool, Error> {
    let changed = diesel::update(setup_links::table.find((Key(*org.as_uuid()), id.to_string())))
        .filter(setup_links::revoked_at.is_null())
        .set(setup_links::revoked_at.eq(at.as_millisecond()))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Writes down that a link is used. `true` where it is for the first time.
pub(crate) fn used(conn: &mut Conn, org: OrgId, id: &TokenId, at: Timestamp) -> Result<bool, Error> {
    let at = at.as_millisecond();
    let row = setup_links::table.find((Key(*org.as_uuid()), id.to_string()));
    let first = diesel::update(row.clone())
        .filter(setup_links::first_used_at.is_null())
        .set((
            setup_links::first_used_at.eq(at),
            setup_links::last_used_at.eq(at),
        ))
        .execute(conn)?;
    if first == 0 {
        diesel::update(row)
            .set(setup_links::last_used_at.eq(at))
            .execute(conn)?;
    }
    Ok(first == 1)
}

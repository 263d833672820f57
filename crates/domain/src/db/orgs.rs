//! Rows of organizations.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Integer, Text},
};
use jiff::Timestamp;
use uuid::Uuid;
use wicketgate_auth::{OrgId, OrgState};

use super::{Conn, schema::organizations, statement::Statement, types::Key, users::time};
use crate::{
    Error,
    organization::{Organization, RequestLimits, Settings},
    user::keys::key,
};

/// What an organization has chosen, as its columns have it.
#[derive(Debug, Queryable, QueryableByName)]
pub(super) struct SettingsRow {
    #[diesel(sql_type = Text)]
    scim_mode: String,
    #[diesel(sql_type = Text)]
    unique_identifier: String,
    #[diesel(sql_type = Integer)]
    longest_token_days: i32,
    #[diesel(sql_type = Bool)]
    endless_tokens: bool,
    #[diesel(sql_type = Integer)]
    log_days: i32,
    #[diesel(sql_type = Integer)]
    body_days: i32,
    #[diesel(sql_type = Integer)]
    grace_days: i32,
    #[diesel(sql_type = Integer)]
    requests_per_second: i32,
    #[diesel(sql_type = Integer)]
    request_burst: i32,
    #[diesel(sql_type = Integer)]
    concurrent_requests: i32,
}

impl TryFrom<SettingsRow> for Settings {
    type Error = Error;

    fn try_from(row: SettingsRow) -> Result<Self, Error> {
        let number = |column: i32| u16::try_from(column).map_err(Error::internal);
        Ok(Self {
            mode: row.scim_mode.parse().map_err(Error::internal)?,
            unique_identifier: row.unique_identifier.parse()?,
            longest_token_days: number(row.longest_token_days)?,
            endless_tokens: row.endless_tokens,
            log_days: number(row.log_days)?,
            body_days: number(row.body_days)?,
            grace_days: number(row.grace_days)?,
            requests: RequestLimits {
                per_second: number(row.requests_per_second)?,
                burst: number(row.request_burst)?,
                at_a_time: number(row.concurrent_requests)?,
            },
        })
    }
}

type Columns = (
    Key,
    String,
    String,
    SettingsRow,
    i64,
    i64,
    i64,
    i64,
    Option<i64>,
    Option<i64>,
);

fn organization(columns: Columns) -> Result<Organization, Error> {
    let (id, name, state, settings, users, active_users, groups, created, deleted, exported) = columns;
    Ok(Organization {
        id: OrgId::from_uuid(id.0),
        name,
        state: state_of(&state)?,
        settings: settings.try_into()?,
        users,
        active_users,
        groups,
        created: time(created)?,
        deleted: deleted.map(time).transpose()?,
        exported: exported.map(time).transpose()?,
    })
}

/// The state in an organization's column.
pub(super) fn state_of(text: &str) -> Result<OrgState, Error> {
    match text {
        "active" => Ok(OrgState::Active),
        "paused" => Ok(OrgState::Paused),
        "deleted" => Ok(OrgState::Deleted),
        other => Err(Error::internal(format!("an organization is {other:?}"))),
    }
}

type SettingsColumns = (
    organizations::scim_mode,
    organizations::unique_identifier,
    organizations::longest_token_days,
    organizations::endless_tokens,
    organizations::log_days,
    organizations::body_days,
    organizations::grace_days,
    organizations::requests_per_second,
    organizations::request_burst,
    organizations::concurrent_requests,
);

const COLUMNS: (
    organizations::id,
    organizations::name,
    organizations::state,
    SettingsColumns,
    organizations::user_count,
    organizations::active_user_count,
    organizations::group_count,
    organizations::created_at,
    organizations::deleted_at,
    organizations::exported_at,
) = (
    organizations::id,
    organizations::name,
    organizations::state,
    (
        organizations::scim_mode,
        organizations::unique_identifier,
        organizations::longest_token_days,
        organizations::endless_tokens,
        organizations::log_days,
        organizations::body_days,
        organizations::grace_days,
        organizations::requests_per_second,
        organizations::request_burst,
        organizations::concurrent_requests,
    ),
    organizations::user_count,
    organizations::active_user_count,
    organizations::group_count,
    organizations::created_at,
    organizations::deleted_at,
    organizations::exported_at,
);

/// What an organization has chosen, as it is written.
#[derive(AsChangeset, Insertable)]
#[diesel(table_name = organizations)]
struct SettingsChange {
    scim_mode: &'static str,
    unique_identifier: &'static str,
    longest_token_days: i32,
    endless_tokens: bool,
    log_days: i32,
    body_days: i32,
    grace_days: i32,
    requests_per_second: i32,
    request_burst: i32,
    concurrent_requests: i32,
}

impl From<&Settings> for SettingsChange {
    fn from(settings: &Settings) -> Self {
        Self {
            scim_mode: settings.mode.as_str(),
            unique_identifier: settings.unique_identifier.as_str(),
            longest_token_days: settings.longest_token_days.into(),
            endless_tokens: settings.endless_tokens,
            log_days: settings.log_days.into(),
            body_days: settings.body_days.into(),
            grace_days: settings.grace_days.into(),
            requests_per_second: settings.requests.per_second.into(),
            request_burst: settings.requests.burst.into(),
            concurrent_requests: settings.requests.at_a_time.into(),
        }
    }
}

/// Adds an organization without users.
pub(crate) fn insert(conn: &mut Conn, organization: &Organization) -> Result<(), Error> {
    diesel::insert_into(organizations::table)
        .values((
            organizations::id.eq(Key(*organization.id.as_uuid())),
            organizations::name.eq(&organization.name),
            organizations::name_key.eq(key(&organization.name)),
            organizations::state.eq("active"),
            SettingsChange::from(&organization.settings),
            organizations::event_seq.eq(0),
            organizations::user_count.eq(0),
            organizations::active_user_count.eq(0),
            organizations::group_count.eq(0),
            organizations::created_at.eq(organization.created.as_millisecond()),
        ))
        .execute(conn)?;
    Ok(())
}

/// One organization.
pub(crate) fn get(conn: &mut Conn, org: OrgId) -> Result<Organization, Error> {
    organization(
        organizations::table
            .find(Key(*org.as_uuid()))
            .select(COLUMNS)
            .first(conn)?,
    )
}

/// All organizations, in the order of their ids.
pub(crate) fn list(conn: &mut Conn) -> Result<Vec<Organization>, Error> {
    let rows: Vec<Columns> = organizations::table
        .order(organizations::id)
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(organization).collect()
}

/// Up to `limit` organizations, in the order of their ids, from the one behind `after` on.
pub(crate) fn page(conn: &mut Conn, after: Option<OrgId>, limit: u16) -> Result<Vec<Organization>, Error> {
    let after = after.map_or(Uuid::nil(), |id| *id.as_uuid());
    let rows: Vec<Columns> = organizations::table
        .filter(organizations::id.gt(Key(after)))
        .order(organizations::id)
        .limit(limit.into())
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(organization).collect()
}

/// The same without those that are being purged.
pub(crate) fn along(
    conn: &mut Conn,
    newest_first: bool,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Organization>, Error> {
    let mut query = organizations::table
        .filter(organizations::purging_since.is_null())
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    query = if newest_first {
        query.order(organizations::id.desc())
    } else {
        query.order(organizations::id)
    };
    if let Some(after) = after {
        query = if newest_first {
            query.filter(organizations::id.lt(Key(after)))
        } else {
            query.filter(organizations::id.gt(Key(after)))
        };
    }
    let rows: Vec<Columns> = query.load(conn)?;
    rows.into_iter().map(organization).collect()
}

/// Up to `limit` organizations in the order of their names, of those whose folded name is `within` these two, from the one
/// behind `after` on: its folded name and its id. Those that are being purged are gone.
pub(crate) fn by_name(
    conn: &mut Conn,
    within: Option<&(String, String)>,
    after: Option<&(String, Uuid)>,
    limit: i64,
) -> Result<Vec<Organization>, Error> {
    let mut query = organizations::table
        .filter(organizations::purging_since.is_null())
        .filter(organizations::name_key.is_not_null())
        .order((organizations::name_key, organizations::id))
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    if let Some((from, past)) = within {
        query = query
            .filter(organizations::name_key.ge(from.clone()))
            .filter(organizations::name_key.lt(past.clone()));
    }
    if let Some((name, id)) = after {
        query = query.filter(organizations::name_key.ge(name.clone())).filter(
            organizations::name_key
                .gt(name.clone())
                .or(organizations::id.gt(Key(*id))),
        );
    }
    let rows: Vec<Columns> = query.load(conn)?;
    rows.into_iter().map(organization).collect()
}

/// Derives the folded names of up to `limit` organizations that have none, and says of how many.
pub(super) fn derive_names(conn: &mut Conn, limit: i64) -> Result<usize, Error> {
    let rows: Vec<(Key, String)> = organizations::table
        .filter(organizations::name_key.is_null())
        .limit(limit)
        .select((organizations::id, organizations::name))
        .load(conn)?;
    for (id, name) in &rows {
        diesel::update(organizations::table.find(*id))
            .set(organizations::name_key.eq(key(name)))
            .execute(conn)?;
    }
    Ok(rows.len())
}

/// Changes an organization's settings.
pub(crate) fn set(conn: &mut Conn, org: OrgId, settings: &Settings) -> Result<(), Error> {
    let changed = diesel::update(organizations::table.find(Key(*org.as_uuid())))
        .set(SettingsChange::from(settings))
        .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Changes whether an organization is served, and since when it is deleted. One that is being purged is gone.
pub(crate) fn set_state(
    conn: &mut Conn,
    org: OrgId,
    state: &str,
    deleted: Option<Timestamp>,
) -> Result<(), Error> {
    let changed = diesel::update(organizations::table.find(Key(*org.as_uuid())))
        .filter(organizations::purging_since.is_null())
        .set((
            organizations::state.eq(state),
            organizations::deleted_at.eq(deleted.map(Timestamp::as_millisecond)),
        ))
        .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Writes down that everything that the organization owns was exported.
pub(crate) fn set_exported(conn: &mut Conn, org: OrgId, at: Timestamp) -> Result<(), Error> {
    diesel::update(organizations::table.find(Key(*org.as_uuid())))
        .set(organizations::exported_at.eq(at.as_millisecond()))
        .execute(conn)?;
    Ok(())
}

/// Refuses an organization that is being purged: it is gone.
pub(crate) fn check_whole(conn: &mut Conn, org: OrgId) -> Result<(), Error> {
    let purging: Option<i64> = organizations::table
        .find(Key(*org.as_uuid()))
        .select(organizations::purging_since)
        .first(conn)?;
    match purging {
        None => Ok(()),
        Some(_) => Err(Error::NotFound),
    }
}

#[derive(QueryableByName)]
struct ClockRow {
    #[diesel(sql_type = BigInt)]
    now: i64,
}

/// What the database's clock says.
pub(crate) fn clock(conn: &mut Conn) -> Result<Timestamp, Error> {
    let sql = conn.dialect(
        "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now",
        "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now",
    );
    let row: ClockRow = Statement::new(sql, Vec::new()).get_result(conn)?;
    time(row.now)
}

/// Keeps other writers of the organization that ask for the same out until the transaction ends.
pub(crate) fn lock(conn: &mut Conn, org: OrgId) -> Result<(), Error> {
    if let Conn::Postgres(conn) = conn {
        organizations::table
            .find(Key(*org.as_uuid()))
            .select(organizations::event_seq)
            .for_no_key_update()
            .first::<i64>(conn)?;
    }
    Ok(())
}

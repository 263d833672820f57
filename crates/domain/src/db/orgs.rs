//! Rows of organizations.

use diesel::{prelude::*, sql_types::BigInt};
use jiff::Timestamp;
use wicketgate_auth::{OrgId, OrgState};

use super::{Conn, schema::organizations, statement::Statement, types::Key, users::time};
use crate::{
    Error,
    organization::{Organization, Settings, UniqueIdentifier},
};

type Columns = (Key, String, String, String, String, i32, bool, i64, i64, i64, i64);

fn organization(columns: Columns) -> Result<Organization, Error> {
    let (id, name, state, mode, unique_identifier, days, endless, users, active_users, groups, created) =
        columns;
    Ok(Organization {
        id: OrgId::from_uuid(id.0),
        name,
        state: state_of(&state)?,
        settings: settings(&mode, &unique_identifier, days, endless)?,
        users,
        active_users,
        groups,
        created: time(created)?,
    })
}

/// The settings in an organization's columns.
pub(super) fn settings(
    mode: &str,
    unique_identifier: &str,
    longest_token_days: i32,
    endless_tokens: bool,
) -> Result<Settings, Error> {
    Ok(Settings {
        mode: mode.parse().map_err(Error::internal)?,
        unique_identifier: unique_identifier.parse::<UniqueIdentifier>()?,
        longest_token_days: longest_token_days.try_into().map_err(Error::internal)?,
        endless_tokens,
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

const COLUMNS: (
    organizations::id,
    organizations::name,
    organizations::state,
    organizations::scim_mode,
    organizations::unique_identifier,
    organizations::longest_token_days,
    organizations::endless_tokens,
    organizations::user_count,
    organizations::active_user_count,
    organizations::group_count,
    organizations::created_at,
) = (
    organizations::id,
    organizations::name,
    organizations::state,
    organizations::scim_mode,
    organizations::unique_identifier,
    organizations::longest_token_days,
    organizations::endless_tokens,
    organizations::user_count,
    organizations::active_user_count,
    organizations::group_count,
    organizations::created_at,
);

/// Adds an organization without users.
pub(crate) fn insert(conn: &mut Conn, organization: &Organization) -> Result<(), Error> {
    diesel::insert_into(organizations::table)
        .values((
            organizations::id.eq(Key(*organization.id.as_uuid())),
            organizations::name.eq(&organization.name),
            organizations::state.eq("active"),
            organizations::scim_mode.eq(organization.settings.mode.as_str()),
            organizations::unique_identifier.eq(organization.settings.unique_identifier.as_str()),
            organizations::longest_token_days.eq(i32::from(organization.settings.longest_token_days)),
            organizations::endless_tokens.eq(organization.settings.endless_tokens),
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

/// Changes an organization's settings.
pub(crate) fn set(conn: &mut Conn, org: OrgId, settings: &Settings) -> Result<(), Error> {
    let changed = diesel::update(organizations::table.find(Key(*org.as_uuid())))
        .set((
            organizations::scim_mode.eq(settings.mode.as_str()),
            organizations::unique_identifier.eq(settings.unique_identifier.as_str()),
            organizations::longest_token_days.eq(i32::from(settings.longest_token_days)),
            organizations::endless_tokens.eq(settings.endless_tokens),
        ))
        .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Changes whether an organization is served.
pub(crate) fn set_state(conn: &mut Conn, org: OrgId, state: &str) -> Result<(), Error> {
    let changed = diesel::update(organizations::table.find(Key(*org.as_uuid())))
        .set(organizations::state.eq(state))
        .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
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

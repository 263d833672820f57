//! In whose hands users and groups are, and what each provisioning domain calls them.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::Timestamp;
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Conn,
    schema::{group_external_ids, groups, user_external_ids, users},
    types::Key,
    users::custody,
};
use crate::{
    Error,
    custody::Custody,
    group::{Group, GroupId},
    user::{User, UserId},
};

/// Whose hands each of `ids` is in, of those that are live users.
pub(crate) fn of_users(conn: &mut Conn, org: OrgId, ids: &[UserId]) -> Result<Vec<(UserId, Custody)>, Error> {
    let rows: Vec<(Key, Option<String>, Option<i64>)> = users::table
        .filter(users::org_id.eq(Key(*org.as_uuid())))
        .filter(users::id.eq_any(ids.iter().map(|id| Key(*id.as_uuid()))))
        .filter(users::live)
        .select((users::id, users::managed_by, users::blocked_at))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, managed_by, blocked)| Ok((UserId::from_uuid(id.0), custody(managed_by, blocked)?)))
        .collect()
}

/// The provisioning domain whose identity provider manages each of `ids`, of those that are groups.
pub(crate) fn of_groups(
    conn: &mut Conn,
    org: OrgId,
    ids: &[GroupId],
) -> Result<Vec<(GroupId, Option<String>)>, Error> {
    let rows: Vec<(Key, Option<String>)> = groups::table
        .filter(groups::org_id.eq(Key(*org.as_uuid())))
        .filter(groups::id.eq_any(ids.iter().map(|id| Key(*id.as_uuid()))))
        .select((groups::id, groups::managed_by))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, managed_by)| (GroupId::from_uuid(id.0), managed_by))
        .collect())
}

/// Writes in whose hands a user is, of whom nothing else changes.
pub(crate) fn set_user(conn: &mut Conn, org: OrgId, id: UserId, custody: &Custody) -> Result<(), Error> {
    diesel::update(users::table.find((Key(*org.as_uuid()), Key(*id.as_uuid()))))
        .set((
            users::managed_by.eq(custody.managed_by.as_deref()),
            users::blocked_at.eq(custody.blocked.map(Timestamp::as_millisecond)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The same for a group.
pub(crate) fn set_group(conn: &mut Conn, org: OrgId, id: GroupId, custody: &Custody) -> Result<(), Error> {
    diesel::update(groups::table.find((Key(*org.as_uuid()), Key(*id.as_uuid()))))
        .set(groups::managed_by.eq(custody.managed_by.as_deref()))
        .execute(conn)?;
    Ok(())
}

/// What each provisioning domain calls a user, live or deleted.
pub(crate) fn external_ids_of_user(
    conn: &mut Conn,
    org: OrgId,
    id: UserId,
) -> Result<BTreeMap<String, String>, Error> {
    let rows: Vec<(String, String)> = user_external_ids::table
        .filter(user_external_ids::org_id.eq(Key(*org.as_uuid())))
        .filter(user_external_ids::user_id.eq(Key(*id.as_uuid())))
        .select((user_external_ids::domain, user_external_ids::external_id))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// What each provisioning domain calls a group.
pub(crate) fn external_ids_of_group(
    conn: &mut Conn,
    org: OrgId,
    id: GroupId,
) -> Result<BTreeMap<String, String>, Error> {
    let rows: Vec<(String, String)> = group_external_ids::table
        .filter(group_external_ids::org_id.eq(Key(*org.as_uuid())))
        .filter(group_external_ids::group_id.eq(Key(*id.as_uuid())))
        .select((group_external_ids::domain, group_external_ids::external_id))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Takes a user out of its identity provider's hands: every provisioning domain forgets what it calls the user, whose
/// version and time of change are written as they are in `user`.
pub(crate) fn release_user(conn: &mut Conn, org: OrgId, user: &User) -> Result<(), Error> {
    forget_user(conn, org, *user.id.as_uuid())?;
    diesel::update(users::table.find((Key(*org.as_uuid()), Key(*user.id.as_uuid()))))
        .set((
            users::managed_by.eq(None::<String>),
            users::version.eq(user.version),
            users::last_modified.eq(user.last_modified.as_millisecond()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Every provisioning domain forgets what it calls a user.
pub(super) fn forget_user(conn: &mut Conn, org: OrgId, id: Uuid) -> Result<(), Error> {
    diesel::delete(user_external_ids::table)
        .filter(user_external_ids::org_id.eq(Key(*org.as_uuid())))
        .filter(user_external_ids::user_id.eq(Key(id)))
        .execute(conn)?;
    Ok(())
}

/// [`release_user`] for a group.
pub(crate) fn release_group(conn: &mut Conn, org: OrgId, group: &Group) -> Result<(), Error> {
    diesel::delete(group_external_ids::table)
        .filter(group_external_ids::org_id.eq(Key(*org.as_uuid())))
        .filter(group_external_ids::group_id.eq(Key(*group.id.as_uuid())))
        .execute(conn)?;
    diesel::update(groups::table.find((Key(*org.as_uuid()), Key(*group.id.as_uuid()))))
        .set((
            groups::managed_by.eq(None::<String>),
            groups::version.eq(group.version),
            groups::last_modified.eq(group.last_modified.as_millisecond()),
        ))
        .execute(conn)?;
    Ok(())
}

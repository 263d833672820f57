//! Users and groups as people look for them: along an index, a few at a time, and what is known by one of its ids.

use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{Bool, Text},
};
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Conn,
    schema::{group_external_ids, group_members, groups, user_external_ids, user_keys, users},
    search::beginning_with,
    statement::{Bind, Statement},
    types::{Id, Key},
};
use crate::{
    Error, MemberKind,
    directory::NamedMember,
    group::GroupId,
    user::keys::{EMAIL, key},
};

/// How many users may be known by the same external id or e-mail address.
const NAMESAKES: i64 = 50;

/// Along which index users are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Along {
    /// By `userName`.
    UserName,
    /// By `displayName`, of those that have one.
    DisplayName,
    /// By id, which is the order of creation.
    Id,
}

/// A way through the users of an organization.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) along: Along,
    pub(crate) descending: bool,
    /// Only names that begin like this.
    pub(crate) prefix: String,
    /// Only what is behind this place: the value of the index, and the id.
    pub(crate) after: Option<(String, Uuid)>,
    /// Only those that are not active.
    pub(crate) inactive: bool,
    /// Only those that were deleted after this time, in milliseconds; where there is none, those that are live.
    pub(crate) deleted_after: Option<i64>,
}

/// A user that is met on the way.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(crate) struct Met {
    #[diesel(sql_type = Id)]
    id: Key,
    /// The value of the index.
    #[diesel(sql_type = Text)]
    pub(crate) place: String,
    #[diesel(sql_type = Text)]
    pub(crate) user_name_key: String,
    #[diesel(sql_type = Bool)]
    pub(crate) active: bool,
}

impl Met {
    pub(crate) fn id(&self) -> Uuid {
        self.id.0
    }
}

/// The next `limit` users on a way.
pub(crate) fn users_along(conn: &mut Conn, org: OrgId, way: &Way, limit: i64) -> Result<Vec<Met>, Error> {
    let Some(range) = range(&way.prefix) else {
        return Ok(Vec::new());
    };
    let (column, place) = match way.along {
        Along::UserName => ("user_name_key", "user_name_key"),
        Along::DisplayName => ("display_name_key", "display_name_key"),
        Along::Id => ("id", "''"),
    };
    let (direction, behind) = if way.descending { (" DESC", "<") } else { ("", ">") };
    let hint = if way.inactive && way.along == Along::UserName && way.deleted_after.is_none() {
        conn.dialect(" INDEXED BY users_inactive", "")
    } else {
        ""
    };
    let inactive = if way.inactive { " AND NOT active" } else { "" };
    let mut binds = vec![Bind::Id(Key(*org.as_uuid()))];
    let live = if let Some(since) = way.deleted_after {
        binds.push(Bind::BigInt(since));
        "NOT live AND deleted_at > {}"
    } else {
        "live"
    };
    let within = range.map_or_else(String::new, |(from, past)| {
        binds.extend([Bind::Text(from), Bind::Text(past)]);
        format!(" AND {column} >= {{}} AND {column} < {{}}")
    });
    let after = match (&way.after, way.along) {
        (None, _) => String::new(),
        // Of those that are live no two have the same name.
        (Some((value, id)), Along::UserName) if way.deleted_after.is_some() => {
            binds.extend([Bind::Text(value.clone()), Bind::Id(Key(*id))]);
            format!(" AND (user_name_key, id) {behind} ({{}}, {{}})")
        }
        (Some((value, _)), Along::UserName) => {
            binds.push(Bind::Text(value.clone()));
            format!(" AND user_name_key {behind} {{}}")
        }
        (Some((value, id)), Along::DisplayName) => {
            binds.extend([Bind::Text(value.clone()), Bind::Id(Key(*id))]);
            format!(" AND (display_name_key, id) {behind} ({{}}, {{}})")
        }
        (Some((_, id)), Along::Id) => {
            binds.push(Bind::Id(Key(*id)));
            format!(" AND id {behind} {{}}")
        }
    };
    let order = match way.along {
        Along::UserName if way.deleted_after.is_some() => {
            format!("user_name_key{direction}, id{direction}")
        }
        Along::UserName => format!("user_name_key{direction}"),
        Along::DisplayName => format!("display_name_key{direction}, id{direction}"),
        Along::Id => format!("id{direction}"),
    };
    binds.push(Bind::BigInt(limit));
    let sql = format!(
        "SELECT id, {place} AS place, user_name_key, active FROM users{hint} \
         WHERE org_id = {{}} AND {live}{inactive}{within}{after} ORDER BY {order} LIMIT {{}}"
    );
    Ok(Statement::composed(sql, binds, true).load(conn)?)
}

/// The keys that begin like this: `Some(None)` where all do, `None` where none can.
#[expect(
    clippy::option_option,
    reason = "everything and nothing are both no range, and not the same"
)]
fn range(prefix: &str) -> Option<Option<(String, String)>> {
    if prefix.is_empty() {
        return Some(None);
    }
    beginning_with(prefix).map(Some)
}

/// The users that are known by exactly this text: by their id, by what a provisioning domain calls them, or by an e-mail
/// address. Each once: of those that are live, or of those that were deleted after a time.
pub(crate) fn users_known_as(
    conn: &mut Conn,
    org: OrgId,
    text: &str,
    deleted_after: Option<i64>,
) -> Result<Vec<Met>, Error> {
    let mut ids: Vec<Key> = user_external_ids::table
        .filter(user_external_ids::org_id.eq(Key(*org.as_uuid())))
        .filter(user_external_ids::external_id.eq(text))
        .select(user_external_ids::user_id)
        .limit(NAMESAKES)
        .load(conn)?;
    ids.extend(
        user_keys::table
            .filter(user_keys::org_id.eq(Key(*org.as_uuid())))
            .filter(user_keys::path.eq(EMAIL))
            .filter(user_keys::value_key.eq(key(text)))
            .select(user_keys::user_id)
            .limit(NAMESAKES)
            .load::<Key>(conn)?,
    );
    ids.extend(super::search::uuid(text).map(Key));
    ids.sort_unstable();
    ids.dedup();
    let known = users::table
        .filter(users::org_id.eq(Key(*org.as_uuid())))
        .filter(users::id.eq_any(&ids))
        .order(users::id)
        .select((users::id, users::user_name_key, users::active));
    let rows: Vec<(Key, String, bool)> = match deleted_after {
        None => known.filter(users::live).load(conn)?,
        Some(since) => known.filter(users::deleted_at.gt(since)).load(conn)?,
    };
    Ok(rows
        .into_iter()
        .map(|(id, user_name_key, active)| Met {
            id,
            place: String::new(),
            user_name_key,
            active,
        })
        .collect())
}

/// The live user that has this `userName`.
pub(crate) fn user_named(conn: &mut Conn, org: OrgId, name: &str) -> Result<Option<Uuid>, Error> {
    let id: Option<Key> = users::table
        .filter(users::org_id.eq(Key(*org.as_uuid())))
        .filter(users::user_name_key.eq(key(name)))
        .filter(users::live)
        .select(users::id)
        .first(conn)
        .optional()?;
    Ok(id.map(|id| id.0))
}

/// The group that has this `displayName`.
pub(crate) fn group_named(conn: &mut Conn, org: OrgId, name: &str) -> Result<Option<Uuid>, Error> {
    let id: Option<Key> = groups::table
        .filter(groups::org_id.eq(Key(*org.as_uuid())))
        .filter(groups::display_name_key.eq(key(name)))
        .select(groups::id)
        .first(conn)
        .optional()?;
    Ok(id.map(|id| id.0))
}

/// The next `limit` groups in the order of their names, of those whose name begins with `prefix`: the key of each name,
/// and its id.
pub(crate) fn groups_along(
    conn: &mut Conn,
    org: OrgId,
    prefix: &str,
    after: Option<&str>,
    descending: bool,
    limit: i64,
) -> Result<Vec<(String, Uuid)>, Error> {
    let Some(range) = range(prefix) else {
        return Ok(Vec::new());
    };
    let mut query = groups::table
        .filter(groups::org_id.eq(Key(*org.as_uuid())))
        .select((groups::display_name_key, groups::id))
        .limit(limit)
        .into_boxed();
    if let Some((from, past)) = range {
        query = query
            .filter(groups::display_name_key.ge(from))
            .filter(groups::display_name_key.lt(past));
    }
    query = match (after, descending) {
        (None, _) => query,
        (Some(after), false) => query.filter(groups::display_name_key.gt(after.to_owned())),
        (Some(after), true) => query.filter(groups::display_name_key.lt(after.to_owned())),
    };
    query = if descending {
        query.order(groups::display_name_key.desc())
    } else {
        query.order(groups::display_name_key.asc())
    };
    let rows: Vec<(String, Key)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(key, id)| (key, id.0)).collect())
}

/// The groups that are known by exactly this text: by their id, or by what a provisioning domain calls them.
pub(crate) fn groups_known_as(conn: &mut Conn, org: OrgId, text: &str) -> Result<Vec<Uuid>, Error> {
    let mut ids: Vec<Key> = group_external_ids::table
        .filter(group_external_ids::org_id.eq(Key(*org.as_uuid())))
        .filter(group_external_ids::external_id.eq(text))
        .select(group_external_ids::group_id)
        .limit(NAMESAKES)
        .load(conn)?;
    ids.extend(super::search::uuid(text).map(Key));
    ids.sort_unstable();
    ids.dedup();
    Ok(ids.into_iter().map(|id| id.0).collect())
}

/// The next `limit` members of a group in the order of their ids, with what they are called now.
pub(crate) fn members(
    conn: &mut Conn,
    org: OrgId,
    group: GroupId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<NamedMember>, Error> {
    let mut query = group_members::table
        .filter(group_members::org_id.eq(Key(*org.as_uuid())))
        .filter(group_members::group_id.eq(Key(*group.as_uuid())))
        .order(group_members::member_id)
        .select(group_members::member_id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(group_members::member_id.gt(Key(after)));
    }
    let ids: Vec<Key> = query.load(conn)?;
    let named_users: Vec<(Key, String, bool)> = users::table
        .filter(users::org_id.eq(Key(*org.as_uuid())))
        .filter(users::id.eq_any(&ids))
        .select((users::id, users::user_name, users::active))
        .load(conn)?;
    let named_groups: Vec<(Key, String)> = groups::table
        .filter(groups::org_id.eq(Key(*org.as_uuid())))
        .filter(groups::id.eq_any(&ids))
        .select((groups::id, groups::display_name))
        .load(conn)?;
    let users = named_users.into_iter().map(|(id, name, active)| NamedMember {
        id: id.0,
        kind: MemberKind::User,
        name,
        active,
    });
    let groups = named_groups.into_iter().map(|(id, name)| NamedMember {
        id: id.0,
        kind: MemberKind::Group,
        name,
        active: true,
    });
    let mut members: Vec<NamedMember> = users.chain(groups).collect();
    members.sort_by_key(|member| member.id);
    Ok(members)
}

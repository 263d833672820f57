//! What is stored, page by page, as far as it can contradict itself. Documents come as text: one that is no JSON is a
//! finding and not a failure. Whether something is wrong is judged in [`verify`](crate::verify).

use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{BigInt, Bool, Nullable, Text},
};
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Conn,
    schema::organizations,
    statement::{Bind, Statement},
    types::{Id, Key},
};
use crate::{Error, user::keys::KeyRow};

/// How many users or groups are read at once.
pub(crate) const RESOURCES: i64 = 500;
/// How many small rows are read at once.
pub(crate) const ROWS: i64 = 5_000;

fn id(id: Uuid) -> Bind {
    Bind::Id(Key(id))
}

/// Runs `work` on one state of the database, whatever others write meanwhile. Nothing is written. On PostgreSQL it is the
/// first thing in a transaction.
pub(crate) fn at_one_moment<T>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, Error>,
) -> Result<T, Error> {
    match conn {
        Conn::Sqlite(_) => conn.transaction(work),
        Conn::Postgres(postgres) => {
            diesel::sql_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                .execute(postgres)?;
            work(conn)
        }
    }
}

/// What an organization says about its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counters {
    pub(crate) event_seq: i64,
    pub(crate) users: i64,
    pub(crate) active_users: i64,
    pub(crate) groups: i64,
}

/// What an organization says about its rows. `None` where there is no such organization, or not any more.
pub(crate) fn counters(conn: &mut Conn, org: OrgId) -> Result<Option<Counters>, Error> {
    let row: Option<(i64, i64, i64, i64)> = organizations::table
        .filter(organizations::id.eq(Key(*org.as_uuid())))
        .filter(organizations::purging_since.is_null())
        .select((
            organizations::event_seq,
            organizations::user_count,
            organizations::active_user_count,
            organizations::group_count,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(event_seq, users, active_users, groups)| Counters {
        event_seq,
        users,
        active_users,
        groups,
    }))
}

/// A user as it is stored, live or deleted.
#[derive(Debug, QueryableByName)]
pub(crate) struct UserRow {
    #[diesel(sql_type = Id)]
    id: Key,
    #[diesel(sql_type = Text)]
    pub(crate) user_name: String,
    #[diesel(sql_type = Text)]
    pub(crate) user_name_key: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub(crate) display_name_key: Option<String>,
    #[diesel(sql_type = Bool)]
    pub(crate) active: bool,
    #[diesel(sql_type = Bool)]
    pub(crate) live: bool,
    #[diesel(sql_type = Text)]
    pub(crate) resource: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub(crate) comparable: Option<String>,
}

impl UserRow {
    pub(crate) fn id(&self) -> Uuid {
        self.id.0
    }
}

/// The next users after `after`, in the order of their ids.
pub(crate) fn users(conn: &mut Conn, org: OrgId, after: Uuid) -> Result<Vec<UserRow>, Error> {
    let sql = conn.dialect(
        "SELECT id, user_name, user_name_key, display_name_key, active, live, resource, comparable \
         FROM users WHERE org_id = {} AND id > {} ORDER BY id LIMIT {}",
        "SELECT id, user_name, user_name_key, display_name_key, active, live, resource::text AS resource, \
         comparable::text AS comparable FROM users WHERE org_id = {} AND id > {} ORDER BY id LIMIT {}",
    );
    let binds = vec![id(*org.as_uuid()), id(after), Bind::BigInt(RESOURCES)];
    Ok(Statement::new(sql, binds).load(conn)?)
}

#[derive(QueryableByName)]
struct KeyOf {
    #[diesel(sql_type = Id)]
    user_id: Key,
    #[diesel(sql_type = Text)]
    path: String,
    #[diesel(sql_type = Text)]
    value_key: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    ordinal: i64,
}

/// What the users after `after` and up to `until` are looked up by, whether or not there are such users.
pub(crate) fn user_keys(
    conn: &mut Conn,
    org: OrgId,
    after: Uuid,
    until: Uuid,
) -> Result<Vec<(Uuid, KeyRow)>, Error> {
    let rows: Vec<KeyOf> = Statement::new(
        "SELECT user_id, path, value_key, kind, ordinal FROM user_keys \
         WHERE org_id = {} AND user_id > {} AND user_id <= {} ORDER BY user_id",
        vec![id(*org.as_uuid()), id(after), id(until)],
    )
    .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let key = KeyRow {
                path: row.path.into(),
                value_key: row.value_key,
                kind: row.kind,
                ordinal: row.ordinal,
            };
            (row.user_id.0, key)
        })
        .collect())
}

/// A group as it is stored.
#[derive(Debug, QueryableByName)]
pub(crate) struct GroupRow {
    #[diesel(sql_type = Id)]
    id: Key,
    #[diesel(sql_type = Text)]
    pub(crate) display_name: String,
    #[diesel(sql_type = Text)]
    pub(crate) display_name_key: String,
    #[diesel(sql_type = BigInt)]
    pub(crate) member_count: i64,
    #[diesel(sql_type = Text)]
    pub(crate) resource: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub(crate) comparable: Option<String>,
}

impl GroupRow {
    pub(crate) fn id(&self) -> Uuid {
        self.id.0
    }
}

/// The next groups after `after`, in the order of their ids.
pub(crate) fn groups(conn: &mut Conn, org: OrgId, after: Uuid) -> Result<Vec<GroupRow>, Error> {
    let sql = conn.dialect(
        "SELECT id, display_name, display_name_key, member_count, resource, comparable FROM groups \
         WHERE org_id = {} AND id > {} ORDER BY id LIMIT {}",
        "SELECT id, display_name, display_name_key, member_count, resource::text AS resource, \
         comparable::text AS comparable FROM groups WHERE org_id = {} AND id > {} ORDER BY id LIMIT {}",
    );
    let binds = vec![id(*org.as_uuid()), id(after), Bind::BigInt(RESOURCES)];
    Ok(Statement::new(sql, binds).load(conn)?)
}

#[derive(QueryableByName)]
struct MembershipOf {
    #[diesel(sql_type = Id)]
    group_id: Key,
    #[diesel(sql_type = Id)]
    member_id: Key,
    #[diesel(sql_type = Bool)]
    is_group: bool,
    #[diesel(sql_type = Bool)]
    group_is_known: bool,
    #[diesel(sql_type = Bool)]
    member_is_known: bool,
}

/// A membership as it is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MembershipRow {
    pub(crate) group: Uuid,
    pub(crate) member: Uuid,
    /// Whether the member is a group.
    pub(crate) is_group: bool,
    /// Whether the organization has such a group.
    pub(crate) group_is_known: bool,
    /// Whether the organization has such a user that is not deleted, or such a group.
    pub(crate) member_is_known: bool,
}

/// The next memberships after that of this member in this group.
pub(crate) fn memberships(
    conn: &mut Conn,
    org: OrgId,
    (group, member): (Uuid, Uuid),
) -> Result<Vec<MembershipRow>, Error> {
    let rows: Vec<MembershipOf> = Statement::new(
        "SELECT m.group_id, m.member_id, m.member_kind = 'Group' AS is_group, o.id IS NOT NULL AS group_is_known, \
         CASE WHEN m.member_kind = 'User' THEN coalesce(u.live, false) ELSE g.id IS NOT NULL END AS member_is_known \
         FROM group_members m \
         LEFT JOIN groups o ON o.org_id = m.org_id AND o.id = m.group_id \
         LEFT JOIN users u ON u.org_id = m.org_id AND u.id = m.member_id AND m.member_kind = 'User' \
         LEFT JOIN groups g ON g.org_id = m.org_id AND g.id = m.member_id AND m.member_kind = 'Group' \
         WHERE m.org_id = {} AND (m.group_id, m.member_id) > ({}, {}) ORDER BY m.group_id, m.member_id LIMIT {}",
        vec![id(*org.as_uuid()), id(group), id(member), Bind::BigInt(ROWS)],
    )
    .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| MembershipRow {
            group: row.group_id.0,
            member: row.member_id.0,
            is_group: row.is_group,
            group_is_known: row.group_is_known,
            member_is_known: row.member_is_known,
        })
        .collect())
}

#[derive(QueryableByName)]
struct Seq {
    #[diesel(sql_type = BigInt)]
    seq: i64,
}

/// The next numbers of events after `after`, in order.
pub(crate) fn event_numbers(conn: &mut Conn, org: OrgId, after: i64) -> Result<Vec<i64>, Error> {
    let rows: Vec<Seq> = Statement::new(
        "SELECT seq FROM events WHERE org_id = {} AND seq > {} ORDER BY seq LIMIT {}",
        vec![id(*org.as_uuid()), Bind::BigInt(after), Bind::BigInt(ROWS)],
    )
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.seq).collect())
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    found: String,
}

fn found(conn: &mut Conn, org: OrgId, sql: String) -> Result<Vec<String>, Error> {
    let binds = vec![id(*org.as_uuid()), Bind::BigInt(ROWS)];
    let rows: Vec<Found> = Statement::composed(sql, binds, true).load(conn)?;
    Ok(rows.into_iter().map(|row| row.found).collect())
}

/// What has external ids: the table of the ids, their column of it, and the table of the resources.
pub(crate) const EXTERNAL_IDS: [(&str, &str, &str); 2] = [
    ("user_external_ids", "user_id", "users"),
    ("group_external_ids", "group_id", "groups"),
];

/// The resources that external ids are of and that there are not.
pub(crate) fn external_ids_of_none(
    conn: &mut Conn,
    org: OrgId,
    (ids, column, resources): (&str, &str, &str),
) -> Result<Vec<String>, Error> {
    let text = conn.dialect("", "::text");
    let sql = format!(
        "SELECT x.{column}{text} AS found FROM {ids} x LEFT JOIN {resources} r ON r.org_id = x.org_id \
         AND r.id = x.{column} WHERE x.org_id = {{}} AND r.id IS NULL ORDER BY 1 LIMIT {{}}"
    );
    found(conn, org, sql)
}

/// The tables that say in which organization something is, before that is known, and the tables of what they speak of:
/// table, column; table, column.
pub(crate) const OWNERS: [(&str, &str, &str, &str); 5] = [
    ("credential_owners", "credential_id", "credentials", "id"),
    ("client_owners", "client_id", "clients", "id"),
    ("setup_link_owners", "link_id", "setup_links", "id"),
    (
        "account_invitation_owners",
        "invitation_id",
        "account_invitations",
        "id",
    ),
    ("account_orgs", "account_id", "account_roles", "account_id"),
];

/// What is in the organization and nobody finds, because the table of owners does not say so.
pub(crate) fn without_owner(
    conn: &mut Conn,
    org: OrgId,
    (owners, owned, table, column): (&str, &str, &str, &str),
) -> Result<Vec<String>, Error> {
    let text = conn.dialect("", "::text");
    let sql = format!(
        "SELECT t.{column}{text} AS found FROM {table} t LEFT JOIN {owners} w ON w.org_id = t.org_id \
         AND w.{owned} = t.{column} WHERE t.org_id = {{}} AND w.{owned} IS NULL ORDER BY 1 LIMIT {{}}"
    );
    found(conn, org, sql)
}

/// What the table of owners says is in the organization, and is not.
pub(crate) fn owner_of_none(
    conn: &mut Conn,
    org: OrgId,
    (owners, owned, table, column): (&str, &str, &str, &str),
) -> Result<Vec<String>, Error> {
    let text = conn.dialect("", "::text");
    let sql = format!(
        "SELECT w.{owned}{text} AS found FROM {owners} w LEFT JOIN {table} t ON t.org_id = w.org_id \
         AND t.{column} = w.{owned} WHERE w.org_id = {{}} AND t.org_id IS NULL ORDER BY 1 LIMIT {{}}"
    );
    found(conn, org, sql)
}

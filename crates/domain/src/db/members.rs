//! Membership: one row for each member of each group, so that a change costs what it changes.

use diesel::{QueryableByName, prelude::*, sql_types::Text};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Conn,
    schema::{group_members, groups},
    statement::{Bind, Statement},
    types::{Document, Id, Key},
};
use crate::{
    Error,
    group::{GroupId, Member, MemberKind},
};

/// Up to this many rows are deleted one by one. More are worth reading the group's rows for.
const FEW: usize = 20;

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = Id)]
    id: Key,
}

fn json_ids(ids: &[Uuid]) -> Bind {
    Bind::Json(Document(Value::Array(
        ids.iter().map(|id| Value::String(id.to_string())).collect(),
    )))
}

/// Runs one of the two statements, whose values are the ids and the organization, and collects the ids it returns.
///
/// The statements look each id up, whatever the database believes about the tables. On SQLite the ids are joined with
/// `CROSS JOIN`, which keeps the order; on
/// PostgreSQL a lateral query that locks or limits is run for each of them.
pub(super) fn existing(
    conn: &mut Conn,
    org: OrgId,
    ids: &[Uuid],
    sqlite: &'static str,
    postgres: &'static str,
) -> Result<Vec<Uuid>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = conn.dialect(sqlite, postgres);
    let rows: Vec<IdRow> =
        Statement::new(sql, vec![json_ids(ids), Bind::Id(Key(*org.as_uuid()))]).load(conn)?;
    Ok(rows.into_iter().map(|row| row.id.0).collect())
}

/// Which of `ids` are members of the group.
pub(crate) fn among(conn: &mut Conn, org: OrgId, group: GroupId, ids: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = conn.dialect(
        "SELECT member_id AS id FROM json_each({}) AS wanted CROSS JOIN group_members ON member_id = wanted.value \
             WHERE org_id = {} AND group_id = {}",
        "SELECT found.id FROM jsonb_array_elements_text({}) AS wanted(id) CROSS JOIN LATERAL ( \
             SELECT member_id AS id FROM group_members \
             WHERE org_id = {} AND group_id = {} AND member_id = wanted.id::uuid LIMIT 1 \
         ) AS found",
    );
    let rows: Vec<IdRow> = Statement::new(
        sql,
        vec![
            json_ids(ids),
            Bind::Id(Key(*org.as_uuid())),
            Bind::Id(Key(*group.as_uuid())),
        ],
    )
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.id.0).collect())
}

/// All members of a group, in the order of their ids.
pub(crate) fn list(conn: &mut Conn, org: OrgId, group: GroupId) -> Result<Vec<Member>, Error> {
    let rows: Vec<(Key, String)> = group_members::table
        .filter(group_members::org_id.eq(Key(*org.as_uuid())))
        .filter(group_members::group_id.eq(Key(*group.as_uuid())))
        .order(group_members::member_id)
        .select((group_members::member_id, group_members::member_kind))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, kind)| {
            Ok(Member {
                id: id.0,
                kind: member_kind(&kind)?,
            })
        })
        .collect()
}

fn member_kind(text: &str) -> Result<MemberKind, Error> {
    match text {
        "User" => Ok(MemberKind::User),
        "Group" => Ok(MemberKind::Group),
        other => Err(Error::internal(format!("a stored member is a {other:?}"))),
    }
}

/// Adds members that are not in the group yet.
pub(crate) fn insert(
    conn: &mut Conn,
    org: OrgId,
    group: GroupId,
    members: &[Member],
    at: Timestamp,
) -> Result<(), Error> {
    if members.is_empty() {
        return Ok(());
    }
    let sql = conn.dialect(
        "INSERT INTO group_members (org_id, group_id, added_at, member_id, member_kind) \
             SELECT {}, {}, {}, value ->> 0, value ->> 1 FROM json_each({})",
        "INSERT INTO group_members (org_id, group_id, added_at, member_id, member_kind) \
             SELECT {}, {}, {}, (value ->> 0)::uuid, value ->> 1 FROM jsonb_array_elements({})",
    );
    let rows = members
        .iter()
        .map(|member| json!([member.id.to_string(), member.kind.as_str()]))
        .collect();
    Statement::new(
        sql,
        vec![
            Bind::Id(Key(*org.as_uuid())),
            Bind::Id(Key(*group.as_uuid())),
            Bind::BigInt(at.as_millisecond()),
            Bind::Json(Document(Value::Array(rows))),
        ],
    )
    .execute(conn)?;
    Ok(())
}

/// Removes members from a group.
pub(crate) fn delete(conn: &mut Conn, org: OrgId, group: GroupId, ids: &[Uuid]) -> Result<(), Error> {
    if ids.len() <= FEW {
        for id in ids {
            let row = (Key(*org.as_uuid()), Key(*group.as_uuid()), Key(*id));
            diesel::delete(group_members::table.find(row)).execute(conn)?;
        }
        return Ok(());
    }
    let sql = conn.dialect(
        "DELETE FROM group_members WHERE org_id = {} AND group_id = {} \
             AND member_id IN (SELECT value FROM json_each({}))",
        "DELETE FROM group_members WHERE org_id = {} AND group_id = {} \
             AND member_id = ANY (ARRAY(SELECT wanted.id::uuid FROM jsonb_array_elements_text({}) AS wanted(id)))",
    );
    Statement::new(
        sql,
        vec![
            Bind::Id(Key(*org.as_uuid())),
            Bind::Id(Key(*group.as_uuid())),
            json_ids(ids),
        ],
    )
    .execute(conn)?;
    Ok(())
}

/// Removes a user or a group from every group it is a direct member of, and says which those were, in order.
pub(crate) fn leave_all(conn: &mut Conn, org: OrgId, member: Uuid) -> Result<Vec<GroupId>, Error> {
    if let Conn::Postgres(conn) = conn {
        // The groups before their rows, as every change of a group does.
        groups::table
            .filter(groups::org_id.eq(Key(*org.as_uuid())))
            .filter(
                groups::id.eq_any(
                    group_members::table
                        .filter(group_members::org_id.eq(Key(*org.as_uuid())))
                        .filter(group_members::member_id.eq(Key(member)))
                        .select(group_members::group_id),
                ),
            )
            .order(groups::id)
            .select(groups::id)
            .for_no_key_update()
            .load::<Key>(conn)?;
    }
    let mut left: Vec<Key> = diesel::delete(
        group_members::table
            .filter(group_members::org_id.eq(Key(*org.as_uuid())))
            .filter(group_members::member_id.eq(Key(member))),
    )
    .returning(group_members::group_id)
    .get_results(conn)?;
    left.sort_unstable();
    Ok(left.into_iter().map(|id| GroupId::from_uuid(id.0)).collect())
}

/// Removes all members of a group and says how many there were.
pub(crate) fn clear(conn: &mut Conn, org: OrgId, group: GroupId) -> Result<usize, Error> {
    Ok(diesel::delete(
        group_members::table
            .filter(group_members::org_id.eq(Key(*org.as_uuid())))
            .filter(group_members::group_id.eq(Key(*group.as_uuid()))),
    )
    .execute(conn)?)
}

/// One direct membership: who, in which group, and what the group is called.
pub(crate) struct MembershipRow {
    pub(crate) member: Uuid,
    pub(crate) group: GroupId,
    pub(crate) display: String,
}

#[derive(QueryableByName)]
struct HeldRow {
    #[diesel(sql_type = Id)]
    member_id: Key,
    #[diesel(sql_type = Id)]
    group_id: Key,
    #[diesel(sql_type = Text)]
    display_name: String,
}

/// The groups that `members` are direct members of, in the order of the groups' ids.
///
/// The memberships are found first, by member: starting from the groups would read all members of each.
pub(crate) fn groups_of(conn: &mut Conn, org: OrgId, members: &[Uuid]) -> Result<Vec<MembershipRow>, Error> {
    let sql = conn.dialect(
        "WITH held AS MATERIALIZED ( \
             SELECT org_id, member_id, group_id FROM group_members \
             WHERE org_id = {} AND member_id IN (SELECT value FROM json_each({})) \
         ) \
         SELECT held.member_id, held.group_id, groups.display_name \
         FROM held CROSS JOIN groups ON groups.org_id = held.org_id AND groups.id = held.group_id \
         ORDER BY held.member_id, held.group_id",
        "WITH held AS MATERIALIZED ( \
             SELECT org_id, member_id, group_id FROM group_members \
             WHERE org_id = {} \
             AND member_id = ANY (ARRAY(SELECT wanted.id::uuid FROM jsonb_array_elements_text({}) AS wanted(id))) \
         ) \
         SELECT held.member_id, held.group_id, groups.display_name \
         FROM held JOIN groups ON groups.org_id = held.org_id AND groups.id = held.group_id \
         ORDER BY held.member_id, held.group_id",
    );
    let rows: Vec<HeldRow> =
        Statement::new(sql, vec![Bind::Id(Key(*org.as_uuid())), json_ids(members)]).load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| MembershipRow {
            member: row.member_id.0,
            group: GroupId::from_uuid(row.group_id.0),
            display: row.display_name,
        })
        .collect())
}

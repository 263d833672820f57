//! Rows of deleted users: kept for a while, brought back, and removed for good.

use diesel::{QueryableByName, prelude::*};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Conn, custody,
    schema::{user_external_ids, user_keys, users},
    statement::{Bind, Statement},
    types::{Comparable, Document, Id, Key},
    users::{Columns, Row, taken, time, user},
};
use crate::{
    Error,
    custody::Held,
    group::GroupId,
    user::{User, UserId},
};

/// A user, live or deleted.
pub(crate) struct Known {
    pub(crate) user: Held<User>,
    pub(crate) deleted: Option<Timestamp>,
    /// The groups that it left when it was deleted.
    pub(crate) left: Vec<GroupId>,
}

type KnownColumns = (
    Columns,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<Document>,
);

fn known((columns, managed_by, blocked, deleted, left): KnownColumns) -> Result<Known, Error> {
    Ok(Known {
        user: Held {
            resource: user(columns)?,
            custody: super::users::custody(managed_by, blocked)?,
        },
        deleted: deleted.map(time).transpose()?,
        left: left.map_or_else(|| Ok(Vec::new()), |left| group_ids(&left.0))?,
    })
}

fn group_ids(ids: &Value) -> Result<Vec<GroupId>, Error> {
    ids.as_array()
        .into_iter()
        .flatten()
        .map(|id| {
            let text = id
                .as_str()
                .ok_or_else(|| Error::internal("a stored id is no text"))?;
            Uuid::parse_str(text)
                .map(GroupId::from_uuid)
                .map_err(Error::internal)
        })
        .collect()
}

/// A user, live or deleted, as one provisioning domain knows it.
pub(crate) fn find(conn: &mut Conn, org: OrgId, domain: &str, id: UserId) -> Result<Known, Error> {
    known(
        users::table
            .left_join(
                user_external_ids::table.on(user_external_ids::org_id
                    .eq(users::org_id)
                    .and(user_external_ids::user_id.eq(users::id))
                    .and(user_external_ids::domain.eq(domain))),
            )
            .filter(users::org_id.eq(Key(*org.as_uuid())))
            .filter(users::id.eq(Key(*id.as_uuid())))
            .select((
                (
                    users::id,
                    users::resource,
                    users::version,
                    users::created_at,
                    users::last_modified,
                    user_external_ids::external_id.nullable(),
                ),
                users::managed_by,
                users::blocked_at,
                users::deleted_at,
                users::left_groups,
            ))
            .first(conn)?,
    )
}

/// [`find`], and nobody else changes or removes the user until the transaction ends.
pub(crate) fn find_for_update(conn: &mut Conn, org: OrgId, domain: &str, id: UserId) -> Result<Known, Error> {
    if let Conn::Postgres(conn) = conn {
        users::table
            .find((Key(*org.as_uuid()), Key(*id.as_uuid())))
            .select(users::version)
            .for_update()
            .first::<i64>(conn)?;
    }
    find(conn, org, domain, id)
}

/// Up to `limit` users that were deleted after `since`, the last deleted one first, from the one behind `after` on.
pub(crate) fn page(
    conn: &mut Conn,
    org: OrgId,
    domain: &str,
    since: Timestamp,
    after: Option<(Timestamp, UserId)>,
    limit: u16,
) -> Result<Vec<Known>, Error> {
    let mut query = users::table
        .left_join(
            user_external_ids::table.on(user_external_ids::org_id
                .eq(users::org_id)
                .and(user_external_ids::user_id.eq(users::id))
                .and(user_external_ids::domain.eq(domain.to_owned()))),
        )
        .filter(users::org_id.eq(Key(*org.as_uuid())))
        .filter(diesel::dsl::not(users::live))
        .filter(users::deleted_at.gt(since.as_millisecond()))
        .into_boxed();
    if let Some((at, id)) = after {
        let at = at.as_millisecond();
        query = query
            .filter(users::deleted_at.le(at))
            .filter(users::deleted_at.lt(at).or(users::id.lt(Key(*id.as_uuid()))));
    }
    let rows: Vec<KnownColumns> = query
        .order((users::deleted_at.desc(), users::id.desc()))
        .limit(limit.into())
        .select((
            (
                users::id,
                users::resource,
                users::version,
                users::created_at,
                users::last_modified,
                user_external_ids::external_id.nullable(),
            ),
            users::managed_by,
            users::blocked_at,
            users::deleted_at,
            users::left_groups,
        ))
        .load(conn)?;
    rows.into_iter().map(known).collect()
}

/// Makes a deleted user live again, in nobody's hands. A `userName` that is taken is [`Error::AlreadyExists`].
pub(crate) fn restore(conn: &mut Conn, org: OrgId, row: Row<'_>) -> Result<(), Error> {
    diesel::update(users::table.find((Key(*org.as_uuid()), Key(*row.id.as_uuid()))))
        .set((
            users::user_name.eq(&row.keys.user_name),
            users::user_name_key.eq(&row.keys.user_name_key),
            users::display_name_key.eq(&row.keys.display_name_key),
            users::active.eq(row.keys.active),
            users::resource.eq(Document(Value::Object(row.resource))),
            users::comparable.eq(Comparable(Value::Object(row.comparable))),
            users::version.eq(row.version),
            users::last_modified.eq(row.last_modified.as_millisecond()),
            users::live.eq(true),
            users::deleted_at.eq(None::<i64>),
            users::left_groups.eq(None::<Document>),
            users::managed_by.eq(None::<String>),
        ))
        .execute(conn)
        .map_err(taken)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Overdue {
    #[diesel(sql_type = Id)]
    org_id: Key,
    #[diesel(sql_type = Id)]
    id: Key,
}

/// Removes up to `limit` deleted users whose organizations keep them no longer, with everything that hangs on them, and
/// says how many. What another process removes or brings back is left to it.
pub(crate) fn purge(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<usize, Error> {
    let sql = conn.dialect(
        "SELECT u.org_id, u.id FROM organizations o CROSS JOIN users u \
         WHERE u.org_id = o.id AND NOT u.live AND u.deleted_at <= {} - CAST(o.grace_days AS bigint) * 86400000 \
         ORDER BY u.org_id LIMIT {}",
        "SELECT u.org_id, u.id FROM organizations o CROSS JOIN users u \
         WHERE u.org_id = o.id AND NOT u.live AND u.deleted_at <= {} - CAST(o.grace_days AS bigint) * 86400000 \
         ORDER BY u.org_id LIMIT {} FOR UPDATE OF u SKIP LOCKED",
    );
    let binds = vec![Bind::BigInt(now.as_millisecond()), Bind::BigInt(limit)];
    let overdue: Vec<Overdue> = Statement::new(sql, binds).load(conn)?;
    let mut purged = 0;
    for of_org in overdue.chunk_by(|a, b| a.org_id == b.org_id) {
        let Some(Overdue { org_id: org, .. }) = of_org.first() else {
            continue;
        };
        let ids: Vec<Key> = of_org.iter().map(|row| row.id).collect();
        diesel::delete(user_keys::table)
            .filter(user_keys::org_id.eq(*org))
            .filter(user_keys::user_id.eq_any(&ids))
            .execute(conn)?;
        for id in &ids {
            custody::forget_user(conn, OrgId::from_uuid(org.0), id.0)?;
        }
        purged += diesel::delete(users::table)
            .filter(users::org_id.eq(*org))
            .filter(users::id.eq_any(&ids))
            .execute(conn)?;
    }
    Ok(purged)
}

//! Rebuilds what is derived from resources: their comparable forms, and the rows that users are looked up by. It changes
//! no value of a resource, only how names of the organization's own schemas are spelled.

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Conn,
    row_security::{self, Reach},
    schema::{groups, users},
    statement::Statement,
    types::{Comparable, Document, Id, Key},
    users::object,
};
use crate::{
    Error, comparable,
    types::Types,
    user::{UserId, keys::UserKeys},
};

/// How many resources one transaction rebuilds.
pub(crate) const CHUNK: i64 = 1_000;

/// Which resources are rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those that have no comparable form yet.
    Missing,
    /// All: what the attributes mean has changed.
    All,
}

/// Rebuilds the next `limit` users after `after`. Where there may be more, it says after which id.
pub(crate) fn users(
    conn: &mut Conn,
    org: OrgId,
    types: &Types,
    which: Which,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Option<Uuid>, Error> {
    let mut query = users::table
        .filter(users::org_id.eq(Key(*org.as_uuid())))
        .select((users::id, users::resource))
        .order(users::id)
        .limit(limit)
        .into_boxed::<super::MultiBackend>();
    if let Some(after) = after {
        query = query.filter(users::id.gt(Key(after)));
    }
    if which == Which::Missing {
        query = query.filter(users::comparable.is_null());
    }
    let mut last = None;
    let mut seen = 0;
    for (id, document) in query.load::<(Key, Document)>(conn)? {
        (last, seen) = (Some(id.0), seen + 1);
        let Some(mut resource) = lock_user(conn, org, id, document)? else {
            continue;
        };
        if types.adopt_user(&mut resource) {
            diesel::update(users::table.find((Key(*org.as_uuid()), id)))
                .set(users::resource.eq(Document(Value::Object(resource.clone()))))
                .execute(conn)?;
        }
        let keys = UserKeys::of(&types.user, &resource);
        let form = comparable::of(&types.user, &resource);
        diesel::update(users::table.find((Key(*org.as_uuid()), id)))
            .set(users::comparable.eq(Comparable(Value::Object(form))))
            .execute(conn)?;
        let user = UserId::from_uuid(id.0);
        let before = super::user_keys::of(conn, org, user)?;
        super::user_keys::replace(conn, org, user, &before, &keys.rows)?;
    }
    Ok(last.filter(|_| seen == limit))
}

/// The user as it is now, and nobody else changes it until the transaction ends. On SQLite that is so already.
fn lock_user(
    conn: &mut Conn,
    org: OrgId,
    id: Key,
    read: Document,
) -> Result<Option<wicketgate_scim::Object>, Error> {
    let document = match conn {
        Conn::Sqlite(_) => Some(read),
        Conn::Postgres(conn) => users::table
            .filter(users::org_id.eq(Key(*org.as_uuid())))
            .filter(users::id.eq(id))
            .select(users::resource)
            .for_no_key_update()
            .first(conn)
            .optional()?,
    };
    document.map(object).transpose()
}

/// Rebuilds the next `limit` groups after `after`. Where there may be more, it says after which id.
pub(crate) fn groups(
    conn: &mut Conn,
    org: OrgId,
    types: &Types,
    which: Which,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Option<Uuid>, Error> {
    let mut query = groups::table
        .filter(groups::org_id.eq(Key(*org.as_uuid())))
        .select((groups::id, groups::resource))
        .order(groups::id)
        .limit(limit)
        .into_boxed::<super::MultiBackend>();
    if let Some(after) = after {
        query = query.filter(groups::id.gt(Key(after)));
    }
    if which == Which::Missing {
        query = query.filter(groups::comparable.is_null());
    }
    let mut last = None;
    let mut seen = 0;
    for (id, document) in query.load::<(Key, Document)>(conn)? {
        (last, seen) = (Some(id.0), seen + 1);
        let Some(mut resource) = lock_group(conn, org, id, document)? else {
            continue;
        };
        if types.adopt_group(&mut resource) {
            diesel::update(groups::table.find((Key(*org.as_uuid()), id)))
                .set(groups::resource.eq(Document(Value::Object(resource.clone()))))
                .execute(conn)?;
        }
        let form = comparable::of(&types.group, &resource);
        diesel::update(groups::table.find((Key(*org.as_uuid()), id)))
            .set(groups::comparable.eq(Comparable(Value::Object(form))))
            .execute(conn)?;
    }
    Ok(last.filter(|_| seen == limit))
}

fn lock_group(
    conn: &mut Conn,
    org: OrgId,
    id: Key,
    read: Document,
) -> Result<Option<wicketgate_scim::Object>, Error> {
    let document = match conn {
        Conn::Sqlite(_) => Some(read),
        Conn::Postgres(conn) => groups::table
            .filter(groups::org_id.eq(Key(*org.as_uuid())))
            .filter(groups::id.eq(id))
            .select(groups::resource)
            .for_no_key_update()
            .first(conn)
            .optional()?,
    };
    document.map(object).transpose()
}

#[derive(QueryableByName)]
struct OrgRow {
    #[diesel(sql_type = Id)]
    org_id: Key,
}

/// Gives every resource that has none its comparable form, and every organization its folded name, a chunk in a transaction.
pub(crate) fn all_missing(conn: &mut Conn) -> Result<(), Error> {
    while conn.transaction(|conn| {
        row_security::reach(conn, Reach::EveryOrg)?;
        super::orgs::derive_names(conn, CHUNK)
    })? > 0
    {}
    let unfinished: Vec<OrgRow> = conn.transaction::<_, diesel::result::Error, _>(|conn| {
        row_security::reach(conn, Reach::EveryOrg)?;
        Statement::new(
            "SELECT org_id FROM users WHERE comparable IS NULL GROUP BY org_id \
             UNION SELECT org_id FROM groups WHERE comparable IS NULL GROUP BY org_id",
            Vec::new(),
        )
        .load(conn)
    })?;
    for OrgRow { org_id } in unfinished {
        let org = OrgId::from_uuid(org_id.0);
        for rebuild in [users, groups] {
            let mut after = None;
            loop {
                after = conn.transaction(|conn| {
                    row_security::reach(conn, Reach::Org(org))?;
                    let types = super::schemas::current(conn, org)?.derived;
                    let last = rebuild(conn, org, &types, Which::Missing, after, CHUNK)?;
                    if super::schemas::settled_revision(conn, org)? == types.revision {
                        Ok(last)
                    } else {
                        Err(Error::Busy)
                    }
                })?;
                if after.is_none() {
                    break;
                }
            }
        }
    }
    Ok(())
}

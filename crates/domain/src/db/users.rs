//! Rows of users.

use diesel::prelude::*;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;
use wicketgate_auth::OrgId;
use wicketgate_scim::Object;

use super::{
    Conn,
    schema::{user_external_ids, users},
    statement::{Bind, Statement},
    types::{Comparable, Document, Key},
};
use crate::{
    Error,
    custody::{Custody, Held},
    event::{Counts, Event},
    group::GroupId,
    org::Act,
    types::Types,
    user::{User, UserId, keys::UserKeys},
};

/// The columns that a user is read from; the external id is that of one provisioning domain.
pub(super) type Columns = (Key, Document, i64, i64, i64, Option<String>);

pub(super) fn user((id, resource, version, created, modified, external_id): Columns) -> Result<User, Error> {
    let mut attributes = object(resource)?;
    if let Some(external_id) = external_id {
        attributes.insert("externalId".to_owned(), Value::String(external_id));
    }
    Ok(User {
        id: UserId::from_uuid(id.0),
        attributes,
        groups: Vec::new(),
        manager: None,
        version,
        created: time(created)?,
        last_modified: time(modified)?,
    })
}

/// The object of a document column.
pub(super) fn object(document: Document) -> Result<Object, Error> {
    match document.0 {
        Value::Object(object) => Ok(object),
        _ => Err(Error::internal("a stored resource is not an object")),
    }
}

/// The time of a millisecond column.
pub(super) fn time(milliseconds: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(milliseconds).map_err(Error::internal)
}

/// A live user, as one provisioning domain knows it.
pub(crate) fn get(conn: &mut Conn, org: OrgId, domain: &str, id: UserId) -> Result<User, Error> {
    user(
        users::table
            .left_join(
                user_external_ids::table.on(user_external_ids::org_id
                    .eq(users::org_id)
                    .and(user_external_ids::user_id.eq(users::id))
                    .and(user_external_ids::domain.eq(domain))),
            )
            .filter(users::org_id.eq(Key(*org.as_uuid())))
            .filter(users::id.eq(Key(*id.as_uuid())))
            .filter(users::live)
            .select((
                users::id,
                users::resource,
                users::version,
                users::created_at,
                users::last_modified,
                user_external_ids::external_id.nullable(),
            ))
            .first::<Columns>(conn)?,
    )
}

/// [`get`] with in whose hands the user is, and nobody else changes it until the transaction ends.
pub(crate) fn get_for_update(
    conn: &mut Conn,
    org: OrgId,
    domain: &str,
    id: UserId,
) -> Result<Held<User>, Error> {
    let (columns, managed_by, blocked): (Columns, Option<String>, Option<i64>) = match conn {
        Conn::Postgres(conn) => {
            let external_id = user_external_ids::table
                .find((Key(*org.as_uuid()), domain, Key(*id.as_uuid())))
                .select(user_external_ids::external_id)
                .single_value();
            users::table
                .filter(users::org_id.eq(Key(*org.as_uuid())))
                .filter(users::id.eq(Key(*id.as_uuid())))
                .filter(users::live)
                .select((
                    (
                        users::id,
                        users::resource,
                        users::version,
                        users::created_at,
                        users::last_modified,
                        external_id,
                    ),
                    users::managed_by,
                    users::blocked_at,
                ))
                .for_no_key_update()
                .first(conn)?
        }
        // The transaction holds the only write lock.
        Conn::Sqlite(conn) => users::table
            .left_join(
                user_external_ids::table.on(user_external_ids::org_id
                    .eq(users::org_id)
                    .and(user_external_ids::user_id.eq(users::id))
                    .and(user_external_ids::domain.eq(domain))),
            )
            .filter(users::org_id.eq(Key(*org.as_uuid())))
            .filter(users::id.eq(Key(*id.as_uuid())))
            .filter(users::live)
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
            ))
            .first(conn)?,
    };
    Ok(Held {
        resource: user(columns)?,
        custody: custody(managed_by, blocked)?,
    })
}

/// In whose hands a user is, as its columns say it.
pub(super) fn custody(managed_by: Option<String>, blocked: Option<i64>) -> Result<Custody, Error> {
    Ok(Custody {
        managed_by,
        blocked: blocked.map(time).transpose()?,
    })
}

/// What is written of a user.
pub(crate) struct Row<'r> {
    pub(crate) id: UserId,
    pub(crate) keys: &'r UserKeys,
    /// Without `externalId`.
    pub(crate) resource: Object,
    pub(crate) comparable: Object,
    pub(crate) version: i64,
    pub(crate) created: Timestamp,
    pub(crate) last_modified: Timestamp,
}

/// Adds a user with its keys, its external id and its event, and counts it. A `userName` that is taken is
/// [`Error::AlreadyExists`]. `types` are those of `act` by which the row was derived: see
/// [`append_derived`](super::events::append_derived).
pub(crate) fn create(
    conn: &mut Conn,
    act: &Act,
    types: &Types,
    row: Row<'_>,
    external_id: Option<&str>,
    event: &Event,
) -> Result<(), Error> {
    match conn {
        Conn::Postgres(_) if !event.kind.is_audited(&act.origin.actor) => {
            create_at_once(conn, act, types, row, external_id, event)?;
            super::tally::appended(1);
            Ok(())
        }
        Conn::Sqlite(_) | Conn::Postgres(_) => create_step_by_step(conn, act, types, row, external_id, event),
    }
}

fn create_step_by_step(
    conn: &mut Conn,
    act: &Act,
    types: &Types,
    row: Row<'_>,
    external_id: Option<&str>,
    event: &Event,
) -> Result<(), Error> {
    let (id, keys) = (row.id, row.keys);
    diesel::insert_into(users::table)
        .values((
            users::org_id.eq(Key(*act.org.as_uuid())),
            users::id.eq(Key(*id.as_uuid())),
            users::user_name.eq(&keys.user_name),
            users::user_name_key.eq(&keys.user_name_key),
            users::display_name_key.eq(&keys.display_name_key),
            users::active.eq(keys.active),
            users::resource.eq(Document(Value::Object(row.resource))),
            users::comparable.eq(Comparable(Value::Object(row.comparable))),
            users::version.eq(row.version),
            users::created_at.eq(row.created.as_millisecond()),
            users::last_modified.eq(row.last_modified.as_millisecond()),
            users::live.eq(true),
            users::managed_by.eq(&*act.domain),
        ))
        .execute(conn)
        .map_err(taken)?;
    super::user_keys::insert(conn, act.org, id, &keys.rows)?;
    if external_id.is_some() {
        super::user_keys::set_external_id(conn, act.org, &act.domain, id, external_id)?;
    }
    super::events::append_derived(conn, act, types, std::slice::from_ref(event), created(keys))
}

fn created(keys: &UserKeys) -> Counts {
    Counts {
        users: 1,
        active_users: i64::from(keys.active),
        groups: 0,
    }
}

/// One round trip for everything. The organization's row is locked after the user's name was found free, as in every
/// other transaction. Where the schemas are not those of `types` any more, the event gets no number, and an event without
/// one undoes everything.
fn create_at_once(
    conn: &mut Conn,
    act: &Act,
    types: &Types,
    row: Row<'_>,
    external_id: Option<&str>,
    event: &Event,
) -> Result<(), Error> {
    let org = Bind::Id(Key(*act.org.as_uuid()));
    let id = Bind::Id(Key(*row.id.as_uuid()));
    let counts = created(row.keys);
    Statement::new(
        "WITH created AS ( \
             INSERT INTO users (org_id, id, user_name, user_name_key, display_name_key, active, resource, comparable, \
             version, created_at, last_modified, live, managed_by) \
             VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, true, {}) RETURNING org_id, id \
         ), keys AS ( \
             INSERT INTO user_keys (org_id, user_id, path, value_key, kind, ordinal) \
             SELECT created.org_id, created.id, key.row ->> 0, key.row ->> 1, key.row ->> 2, (key.row ->> 3)::bigint \
             FROM created, jsonb_array_elements({}) AS key(row) \
         ), external AS ( \
             INSERT INTO user_external_ids (org_id, domain, user_id, external_id) \
             SELECT created.org_id, {}, created.id, given.external_id \
             FROM created, (SELECT {} AS external_id) AS given WHERE given.external_id IS NOT NULL \
         ), numbered AS ( \
             UPDATE organizations SET event_seq = event_seq + 1, user_count = user_count + {}, \
             active_user_count = active_user_count + {} \
             FROM created WHERE organizations.id = created.org_id RETURNING created.org_id, \
             CASE WHEN schema_revision = {} THEN event_seq END AS event_seq \
         ) \
         INSERT INTO events (org_id, seq, id, kind, resource_id, payload, actor, request_id, occurred_at) \
         SELECT numbered.org_id, numbered.event_seq, (event.row ->> 0)::uuid, event.row ->> 1, \
         (event.row ->> 2)::uuid, event.row -> 3, {}, {}, {} FROM numbered, (SELECT {} AS row) AS event",
        vec![
            org,
            id,
            Bind::Text(row.keys.user_name.clone()),
            Bind::Text(row.keys.user_name_key.clone()),
            Bind::OptionalText(row.keys.display_name_key.clone()),
            Bind::Bool(row.keys.active),
            Bind::Json(Document(Value::Object(row.resource))),
            Bind::Comparable(Comparable(Value::Object(row.comparable))),
            Bind::BigInt(row.version),
            Bind::BigInt(row.created.as_millisecond()),
            Bind::BigInt(row.last_modified.as_millisecond()),
            Bind::Text(act.domain.to_string()),
            Bind::Json(super::user_keys::json(&row.keys.rows)),
            Bind::Text(act.domain.to_string()),
            Bind::OptionalText(external_id.map(ToOwned::to_owned)),
            Bind::BigInt(counts.users),
            Bind::BigInt(counts.active_users),
            Bind::BigInt(types.revision),
            Bind::Json(Document(act.origin.actor.to_json())),
            Bind::Text(act.origin.request_id.clone()),
            Bind::BigInt(act.origin.at.as_millisecond()),
            Bind::Json(Document(super::events::row(event))),
        ],
    )
    .execute(conn)
    .map_err(|error| match error {
        diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::NotNullViolation, _) => {
            act.derived.outdated()
        }
        other => taken(other),
    })?;
    Ok(())
}

/// Writes a user that [`get_for_update`] has read. A `userName` that is taken is [`Error::AlreadyExists`].
pub(crate) fn update(conn: &mut Conn, org: OrgId, row: Row<'_>, custody: &Custody) -> Result<(), Error> {
    // Diesel does not keep its own updates prepared, and this is the one that identity providers ask for all day.
    let changed = Statement::new(
        "UPDATE users SET user_name = {}, user_name_key = {}, display_name_key = {}, active = {}, resource = {}, \
         comparable = {}, version = {}, last_modified = {}, managed_by = {}, blocked_at = {} \
         WHERE org_id = {} AND id = {}",
        vec![
            Bind::Text(row.keys.user_name.clone()),
            Bind::Text(row.keys.user_name_key.clone()),
            Bind::OptionalText(row.keys.display_name_key.clone()),
            Bind::Bool(row.keys.active),
            Bind::Json(Document(Value::Object(row.resource))),
            Bind::Comparable(Comparable(Value::Object(row.comparable))),
            Bind::BigInt(row.version),
            Bind::BigInt(row.last_modified.as_millisecond()),
            Bind::OptionalText(custody.managed_by.clone()),
            Bind::OptionalBigInt(custody.blocked.map(Timestamp::as_millisecond)),
            Bind::Id(Key(*org.as_uuid())),
            Bind::Id(Key(*row.id.as_uuid())),
        ],
    )
    .execute(conn)
    .map_err(taken)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Marks a user as deleted: from now on it is unknown, and its name is free. The groups that it has left are kept with it.
pub(crate) fn tombstone(
    conn: &mut Conn,
    org: OrgId,
    id: UserId,
    left: &[GroupId],
    at: Timestamp,
) -> Result<(), Error> {
    let left: Value = left.iter().map(ToString::to_string).collect();
    let changed = diesel::update(users::table.find((Key(*org.as_uuid()), Key(*id.as_uuid()))))
        .set((
            users::live.eq(false),
            users::deleted_at.eq(at.as_millisecond()),
            users::left_groups.eq(Document(left)),
        ))
        .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

pub(super) fn taken(error: diesel::result::Error) -> Error {
    match error {
        diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _) => {
            Error::AlreadyExists {
                attribute: "userName",
            }
        }
        other => other.into(),
    }
}

/// Which of `ids` are live users. They stay as they are until the transaction ends.
pub(crate) fn existing(conn: &mut Conn, org: OrgId, ids: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    super::members::existing(
        conn,
        org,
        ids,
        "SELECT users.id FROM json_each({}) AS wanted CROSS JOIN users ON users.id = wanted.value \
         WHERE users.org_id = {} AND users.live",
        "SELECT found.id FROM jsonb_array_elements_text({}) AS wanted(id) CROSS JOIN LATERAL ( \
             SELECT users.id FROM users \
             WHERE users.org_id = {} AND users.id = wanted.id::uuid AND users.live FOR SHARE \
         ) AS found",
    )
}

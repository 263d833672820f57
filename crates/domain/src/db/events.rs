//! The event log: appended in the transaction of the change, numbered without gaps within each organization.

use diesel::{QueryableByName, prelude::*};
use serde_json::{Value, json};
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Conn, idempotency_keys,
    schema::events,
    statement::{Bind, Statement},
    tally,
    types::{Document, Key},
};
use crate::{
    Error,
    event::{Counts, Event, Origin},
    org::Act,
    types::Types,
};

/// Appends `events` and moves the organization's counters. The last statements of a transaction, because from here on
/// other writers of the same organization wait.
pub(crate) fn append(
    conn: &mut Conn,
    org: OrgId,
    origin: &Origin,
    events: &[Event],
    counts: Counts,
) -> Result<(), Error> {
    idempotency_keys::use_up(conn, Some(org), origin)?;
    number(conn, org, origin, events, counts)?;
    Ok(())
}

/// [`append`] for a transaction that has derived something from resources by `types`, which are those of `act`.
///
/// Where the organization's schemas have changed since, the transaction fails as [`Error::Busy`], and when it runs again
/// `act` has the types of now.
pub(crate) fn append_derived(
    conn: &mut Conn,
    act: &Act,
    types: &Types,
    events: &[Event],
    counts: Counts,
) -> Result<(), Error> {
    let revision = number(conn, act.org, &act.origin, events, counts)?;
    if revision == types.revision {
        Ok(())
    } else {
        Err(act.derived.outdated())
    }
}

/// Appends, and is the revision of the organization's schemas. It stays what it is until the transaction ends.
fn number(
    conn: &mut Conn,
    org: OrgId,
    origin: &Origin,
    events: &[Event],
    counts: Counts,
) -> Result<i64, Error> {
    let revision = match conn {
        Conn::Sqlite(_) => append_one_by_one(conn, org, origin, events, counts),
        Conn::Postgres(_) => append_at_once(conn, org, origin, events, counts),
    }?;
    tally::appended(events.len());
    if events.iter().any(|event| event.kind.is_audited(&origin.actor)) {
        super::audit::append(conn, org, origin, events)?;
    }
    Ok(revision)
}

fn append_one_by_one(
    conn: &mut Conn,
    org: OrgId,
    origin: &Origin,
    events: &[Event],
    counts: Counts,
) -> Result<i64, Error> {
    let number = i64::try_from(events.len()).map_err(Error::internal)?;
    let Counted {
        event_seq: last,
        schema_revision: revision,
    } = Statement::new(
        "UPDATE organizations SET event_seq = event_seq + {}, user_count = user_count + {}, \
         active_user_count = active_user_count + {}, group_count = group_count + {} WHERE id = {} \
         RETURNING event_seq, schema_revision",
        vec![
            Bind::BigInt(number),
            Bind::BigInt(counts.users),
            Bind::BigInt(counts.active_users),
            Bind::BigInt(counts.groups),
            Bind::Id(Key(*org.as_uuid())),
        ],
    )
    .get_result(conn)?;
    let actor = Document(origin.actor.to_json());
    for (seq, event) in (last - number + 1..).zip(events) {
        diesel::insert_into(events::table)
            .values((
                events::org_id.eq(Key(*org.as_uuid())),
                events::seq.eq(seq),
                events::id.eq(Key(event.id)),
                events::kind.eq(event.kind.as_str()),
                events::resource_id.eq(event.resource.map(Key)),
                events::actor.eq(&actor),
                events::request_id.eq(&origin.request_id),
                events::payload.eq(Document(Value::Object(event.payload.clone()))),
                events::occurred_at.eq(origin.at.as_millisecond()),
            ))
            .execute(conn)?;
    }
    Ok(revision)
}

/// Prepared once for each connection, as diesel's own updates are not.
#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    event_seq: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    schema_revision: i64,
}

#[derive(QueryableByName)]
struct RevisionRow {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    schema_revision: i64,
}

/// One round trip, however many events there are.
fn append_at_once(
    conn: &mut Conn,
    org: OrgId,
    origin: &Origin,
    events: &[Event],
    counts: Counts,
) -> Result<i64, Error> {
    let number = i64::try_from(events.len()).map_err(Error::internal)?;
    let rows: Vec<Value> = events.iter().map(row).collect();
    let row: RevisionRow = Statement::new(
        "WITH numbered AS ( \
             UPDATE organizations SET event_seq = event_seq + {}, user_count = user_count + {}, \
             active_user_count = active_user_count + {}, group_count = group_count + {} \
             WHERE id = {} RETURNING id AS org_id, event_seq, schema_revision \
         ), appended AS ( \
         INSERT INTO events (org_id, seq, id, kind, resource_id, payload, actor, request_id, occurred_at) \
         SELECT numbered.org_id, numbered.event_seq - {} + event.number, (event.row ->> 0)::uuid, event.row ->> 1, \
         (event.row ->> 2)::uuid, event.row -> 3, {}, {}, {} \
         FROM numbered, jsonb_array_elements({}) WITH ORDINALITY AS event(row, number) \
         ) SELECT schema_revision FROM numbered",
        vec![
            Bind::BigInt(number),
            Bind::BigInt(counts.users),
            Bind::BigInt(counts.active_users),
            Bind::BigInt(counts.groups),
            Bind::Id(Key(*org.as_uuid())),
            Bind::BigInt(number),
            Bind::Json(Document(origin.actor.to_json())),
            Bind::Text(origin.request_id.clone()),
            Bind::BigInt(origin.at.as_millisecond()),
            Bind::Json(Document(Value::Array(rows))),
        ],
    )
    .get_result(conn)?;
    Ok(row.schema_revision)
}

/// An event as the statements of PostgreSQL take it: id, kind, resource, payload.
pub(super) fn row(event: &Event) -> Value {
    json!([
        event.id.to_string(),
        event.kind.as_str(),
        event.resource.map(|id| id.to_string()),
        event.payload
    ])
}

/// One row of the log.
#[derive(Debug, Queryable)]
pub(crate) struct EventRow {
    pub(crate) seq: i64,
    pub(crate) id: Key,
    pub(crate) kind: String,
    pub(crate) resource: Option<Key>,
    pub(crate) actor: Document,
    pub(crate) request_id: String,
    pub(crate) payload: Document,
    pub(crate) occurred_at: i64,
}

impl EventRow {
    /// The id of the resource, if the event has one.
    pub(crate) fn resource(&self) -> Option<Uuid> {
        self.resource.map(|key| key.0)
    }
}

/// Up to `limit` events after number `after`, in order.
pub(crate) fn after(conn: &mut Conn, org: OrgId, after: i64, limit: i64) -> Result<Vec<EventRow>, Error> {
    Ok(events::table
        .filter(events::org_id.eq(Key(*org.as_uuid())))
        .filter(events::seq.gt(after))
        .order(events::seq)
        .limit(limit)
        .select((
            events::seq,
            events::id,
            events::kind,
            events::resource_id,
            events::actor,
            events::request_id,
            events::payload,
            events::occurred_at,
        ))
        .load(conn)?)
}

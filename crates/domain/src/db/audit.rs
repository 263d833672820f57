//! Rows of the audit log: added and read, never changed. The database refuses the rest by triggers.

use std::collections::HashMap;

use diesel::{QueryableByName, prelude::*, sql_types::Text};
use serde_json::Value;
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Conn,
    schema::{accounts, audit_entries, organizations},
    statement::{Bind, Statement},
    types::{Id, Key},
    users::time,
};
use crate::{
    Error,
    audit::{
        AuditEntry, AuditQuery, Head,
        chain::{GENESIS, Stored, hex},
    },
    event::{Event, Origin},
};

/// Appends what is audited of `events`, which were appended just before as the organization's newest: its row is locked
/// since then, so numbers and chain have one writer at a time.
pub(crate) fn append(conn: &mut Conn, org: OrgId, origin: &Origin, events: &[Event]) -> Result<(), Error> {
    let row = organizations::table.find(Key(*org.as_uuid()));
    let (last_seq, mut number, hash): (i64, i64, Option<Vec<u8>>) = row
        .select((
            organizations::event_seq,
            organizations::audit_number,
            organizations::audit_hash,
        ))
        .first(conn)?;
    let mut hash = hash.unwrap_or_else(|| GENESIS.to_vec());
    let first_seq = last_seq - i64::try_from(events.len()).map_err(Error::internal)? + 1;
    let actor = origin.actor.to_json().to_string();
    for (event_seq, event) in (first_seq..).zip(events) {
        if !event.kind.is_audited(&origin.actor) {
            continue;
        }
        number += 1;
        let mut entry = Stored {
            number,
            event_seq,
            kind: event.kind.as_str().to_owned(),
            resource: event.resource,
            actor_key: origin.actor.key(),
            actor: actor.clone(),
            request_id: origin.request_id.clone(),
            payload: serde_json::to_string(&event.payload).map_err(Error::internal)?,
            occurred_at: origin.at.as_millisecond(),
            previous_hash: hash,
            hash: Vec::new(),
        };
        entry.hash = entry.computed(org).to_vec();
        insert(conn, org, &entry)?;
        hash = entry.hash;
    }
    diesel::update(row)
        .set((
            organizations::audit_number.eq(number),
            organizations::audit_hash.eq(hash),
        ))
        .execute(conn)?;
    Ok(())
}

fn insert(conn: &mut Conn, org: OrgId, entry: &Stored) -> Result<(), Error> {
    diesel::insert_into(audit_entries::table)
        .values((
            audit_entries::org_id.eq(Key(*org.as_uuid())),
            audit_entries::number.eq(entry.number),
            audit_entries::event_seq.eq(entry.event_seq),
            audit_entries::kind.eq(&entry.kind),
            audit_entries::resource_id.eq(entry.resource.map(Key)),
            audit_entries::actor_key.eq(&entry.actor_key),
            audit_entries::actor.eq(&entry.actor),
            audit_entries::request_id.eq(&entry.request_id),
            audit_entries::payload.eq(&entry.payload),
            audit_entries::occurred_at.eq(entry.occurred_at),
            audit_entries::previous_hash.eq(&entry.previous_hash),
            audit_entries::hash.eq(&entry.hash),
        ))
        .execute(conn)?;
    Ok(())
}

#[derive(Queryable, QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    event_seq: i64,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = diesel::sql_types::Nullable<Id>)]
    resource_id: Option<Key>,
    #[diesel(sql_type = Text)]
    actor_key: String,
    #[diesel(sql_type = Text)]
    actor: String,
    #[diesel(sql_type = Text)]
    request_id: String,
    #[diesel(sql_type = Text)]
    payload: String,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    occurred_at: i64,
    #[diesel(sql_type = diesel::sql_types::Binary)]
    previous_hash: Vec<u8>,
    #[diesel(sql_type = diesel::sql_types::Binary)]
    hash: Vec<u8>,
}

impl From<Row> for Stored {
    fn from(row: Row) -> Self {
        Self {
            number: row.number,
            event_seq: row.event_seq,
            kind: row.kind,
            resource: row.resource_id.map(|key| key.0),
            actor_key: row.actor_key,
            actor: row.actor,
            request_id: row.request_id,
            payload: row.payload,
            occurred_at: row.occurred_at,
            previous_hash: row.previous_hash,
            hash: row.hash,
        }
    }
}

/// Up to `limit` entries after number `after` and up to number `until`, in order.
pub(crate) fn chunk(
    conn: &mut Conn,
    org: OrgId,
    after: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<Stored>, Error> {
    let rows: Vec<Row> = audit_entries::table
        .filter(audit_entries::org_id.eq(Key(*org.as_uuid())))
        .filter(audit_entries::number.gt(after))
        .filter(audit_entries::number.le(until))
        .order(audit_entries::number)
        .limit(limit)
        .select((
            audit_entries::number,
            audit_entries::event_seq,
            audit_entries::kind,
            audit_entries::resource_id,
            audit_entries::actor_key,
            audit_entries::actor,
            audit_entries::request_id,
            audit_entries::payload,
            audit_entries::occurred_at,
            audit_entries::previous_hash,
            audit_entries::hash,
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(Stored::from).collect())
}

/// Where the chain of an organization ends. `None` where there is no such organization, or not any more.
pub(crate) fn head(conn: &mut Conn, org: OrgId) -> Result<Option<Head>, Error> {
    // One statement, so that the end and the largest number are of one moment.
    let largest = audit_entries::table
        .filter(audit_entries::org_id.eq(organizations::id))
        .select(diesel::dsl::max(audit_entries::number))
        .single_value();
    let row: Option<(i64, Option<Vec<u8>>, Option<i64>)> = organizations::table
        .filter(organizations::id.eq(Key(*org.as_uuid())))
        .filter(organizations::purging_since.is_null())
        .select((organizations::audit_number, organizations::audit_hash, largest))
        .first(conn)
        .optional()?;
    Ok(row.map(|(number, hash, largest)| Head {
        number,
        hash,
        largest: largest.unwrap_or_default(),
    }))
}

/// The newest entries that a query asks for. Their numbers come from an index alone, and only then the rows.
pub(crate) fn page(conn: &mut Conn, org: OrgId, query: &AuditQuery) -> Result<Vec<Stored>, Error> {
    let mut sql = String::from(
        "SELECT e.number, e.event_seq, e.kind, e.resource_id, e.actor_key, e.actor, e.request_id, e.payload, \
         e.occurred_at, e.previous_hash, e.hash \
         FROM (SELECT number FROM audit_entries WHERE org_id = {}",
    );
    let mut binds = vec![Bind::Id(Key(*org.as_uuid()))];
    let mut narrow = |condition: &str, bind: Bind| {
        sql.push_str(condition);
        binds.push(bind);
    };
    if let Some(before) = query.before {
        narrow(" AND number < {}", Bind::BigInt(before));
    }
    if let Some(actor) = &query.actor {
        narrow(" AND actor_key = {}", Bind::Text(actor.to_lowercase()));
    }
    match query.kind.as_deref() {
        Some(kind) if kind.ends_with('.') => {
            narrow(" AND kind >= {}", Bind::Text(kind.to_owned()));
            // The sign after the dot.
            narrow(
                " AND kind < {}",
                Bind::Text(format!("{}/", kind.trim_end_matches('.'))),
            );
        }
        Some(kind) => narrow(" AND kind = {}", Bind::Text(kind.to_owned())),
        None => {}
    }
    if let Some(resource) = query.resource {
        narrow(" AND resource_id = {}", Bind::Id(Key(resource)));
    }
    if let Some(from) = query.from {
        narrow(" AND occurred_at >= {}", Bind::BigInt(from.as_millisecond()));
    }
    if let Some(to) = query.to {
        narrow(" AND occurred_at < {}", Bind::BigInt(to.as_millisecond()));
    }
    sql.push_str(
        " ORDER BY number DESC LIMIT {}) page \
         JOIN audit_entries e ON e.org_id = {} AND e.number = page.number ORDER BY e.number DESC",
    );
    binds.push(Bind::BigInt(query.limit.into()));
    binds.push(Bind::Id(Key(*org.as_uuid())));
    let rows: Vec<Row> = Statement::composed(sql, binds, true).load(conn)?;
    Ok(rows.into_iter().map(Stored::from).collect())
}

/// Ids whose names are looked up, and then the names.
#[derive(Default)]
struct Names(HashMap<String, Option<String>>);

impl Names {
    fn wants(&mut self, id: Option<&str>) {
        if let Some(id) = id {
            self.0.entry(id.to_owned()).or_default();
        }
    }

    fn get(&self, id: Option<&str>) -> Option<String> {
        self.0.get(id?)?.clone().filter(|name| !name.is_empty())
    }
}

#[derive(QueryableByName)]
struct NameById {
    #[diesel(sql_type = Id)]
    id: Key,
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct NameByText {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    name: String,
}

fn list(count: usize) -> String {
    vec!["{}"; count].join(", ")
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

/// Reads what actors and targets of some entries are called now.
fn names(conn: &mut Conn, org: OrgId, wanted: &mut Names) -> Result<(), Error> {
    let ids: Vec<Key> = wanted
        .0
        .keys()
        .filter_map(|id| Uuid::try_parse(id).ok().map(Key))
        .collect();
    let org = Bind::Id(Key(*org.as_uuid()));
    if !ids.is_empty() {
        for sql in [
            "SELECT id, name FROM service_users WHERE org_id = {} AND id IN",
            "SELECT id, user_name AS name FROM users WHERE org_id = {} AND id IN",
            "SELECT id, display_name AS name FROM groups WHERE org_id = {} AND id IN",
        ] {
            let mut binds = vec![org.clone()];
            binds.extend(ids.iter().copied().map(Bind::Id));
            let found: Vec<NameById> =
                Statement::composed(format!("{sql} ({})", list(ids.len())), binds, false).load(conn)?;
            for row in found {
                wanted.0.insert(row.id.0.to_string(), Some(row.name));
            }
        }
        // Accounts belong to no organization. These are named in entries of this one.
        for id in &ids {
            let email: Option<String> = accounts::table
                .find(id)
                .select(accounts::email)
                .first(conn)
                .optional()?;
            if email.is_some() {
                wanted.0.insert(id.0.to_string(), email);
            }
        }
    }
    let ids: Vec<String> = wanted
        .0
        .iter()
        .filter(|(_, name)| name.is_none())
        .map(|(id, _)| id.clone())
        .collect();
    if !ids.is_empty() {
        for sql in [
            "SELECT id, name FROM credentials WHERE org_id = {} AND id IN",
            "SELECT id, name FROM clients WHERE org_id = {} AND id IN",
        ] {
            let mut binds = vec![org.clone()];
            binds.extend(ids.iter().cloned().map(Bind::Text));
            let found: Vec<NameByText> =
                Statement::composed(format!("{sql} ({})", list(ids.len())), binds, false).load(conn)?;
            for row in found {
                wanted.0.insert(row.id, Some(row.name));
            }
        }
    }
    Ok(())
}

/// The entries as they are shown, with what actors and targets are called now.
pub(crate) fn named(conn: &mut Conn, org: OrgId, stored: Vec<Stored>) -> Result<Vec<AuditEntry>, Error> {
    let mut wanted = Names::default();
    let mut entries = Vec::with_capacity(stored.len());
    for entry in stored {
        let actor: Value = serde_json::from_str(&entry.actor).map_err(Error::internal)?;
        let payload: Value = serde_json::from_str(&entry.payload).map_err(Error::internal)?;
        wanted.wants(text(&actor, "id"));
        targets(&payload, entry.resource)
            .iter()
            .for_each(|id| wanted.wants(Some(id)));
        entries.push(AuditEntry {
            number: entry.number,
            event_seq: entry.event_seq,
            kind: entry.kind,
            resource: entry.resource,
            actor,
            actor_name: None,
            target_name: None,
            request_id: entry.request_id,
            payload,
            occurred: time(entry.occurred_at)?,
            hash: hex(&entry.hash),
        });
    }
    names(conn, org, &mut wanted)?;
    for entry in &mut entries {
        entry.actor_name = wanted.get(text(&entry.actor, "id"));
        entry.target_name = targets(&entry.payload, entry.resource)
            .iter()
            .find_map(|id| wanted.get(Some(id)));
    }
    Ok(entries)
}

/// What an entry is about, the nearest first: a credential is nearer than its client, and that than its service user.
fn targets(payload: &Value, resource: Option<Uuid>) -> Vec<String> {
    let data = payload.get("data");
    ["credentialId", "clientId"]
        .into_iter()
        .filter_map(|name| {
            let named = text(payload, name).or_else(|| text(data?, name));
            named.map(str::to_owned)
        })
        .chain(resource.map(|id| id.to_string()))
        .collect()
}

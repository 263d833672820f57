//! Rows of the audit log: added and read, never changed. The database refuses the rest by triggers.

use diesel::{QueryableByName, prelude::*, sql_types::Text};
use wicketgate_auth::OrgId;

use super::{
    Conn,
    schema::{audit_entries, organizations},
    statement::{Bind, Statement},
    types::{Id, Key},
};
use crate::{
    Error,
    audit::{
        AuditQuery, Head,
        chain::{GENESIS, Stored},
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

/// How many entries of a time are few: they are looked through one by one.
const FEW: i64 = 2_000;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct KindRow {
    #[diesel(sql_type = Text)]
    kind: String,
}

/// A condition on entries of one organization.
struct Condition {
    sql: String,
    binds: Vec<Bind>,
}

impl Condition {
    fn new(org: OrgId) -> Self {
        Self {
            sql: "org_id = {}".to_owned(),
            binds: vec![Bind::Id(Key(*org.as_uuid()))],
        }
    }

    /// Where it is not to be looked up, no index of the column answers.
    fn and(&mut self, column: &str, comparison: &str, value: Bind, is_looked_up: bool) {
        let column = if is_looked_up {
            column.to_owned()
        } else {
            format!("coalesce({column}, {column})")
        };
        self.sql = format!("{} AND {column} {comparison} {{}}", self.sql);
        self.binds.push(value);
    }

    fn and_time(&mut self, query: &AuditQuery, is_looked_up: bool) {
        if let Some(from) = query.from {
            let from = Bind::BigInt(from.as_millisecond());
            self.and("occurred_at", ">=", from, is_looked_up);
        }
        if let Some(to) = query.to {
            self.and(
                "occurred_at",
                "<",
                Bind::BigInt(to.as_millisecond()),
                is_looked_up,
            );
        }
    }
}

/// Whether few entries are of the time that is asked for.
fn is_short(conn: &mut Conn, org: OrgId, query: &AuditQuery) -> Result<bool, Error> {
    if query.from.is_none() && query.to.is_none() {
        return Ok(false);
    }
    let mut condition = Condition::new(org);
    condition.and_time(query, true);
    condition.binds.push(Bind::BigInt(FEW + 1));
    let sql = format!(
        "SELECT count(*) AS number FROM (SELECT number FROM audit_entries WHERE {} LIMIT {{}}) few",
        condition.sql
    );
    let found: Number = Statement::composed(sql, condition.binds, true).get_result(conn)?;
    Ok(found.number <= FEW)
}

/// The kinds that begin with `prefix`, which ends with a dot, each by one look into the index.
fn kinds(conn: &mut Conn, org: OrgId, prefix: &str) -> Result<Vec<String>, Error> {
    let mut kinds: Vec<String> = Vec::new();
    loop {
        let last = kinds.last().map_or(prefix, String::as_str).to_owned();
        let next: Option<KindRow> = Statement::new(
            "SELECT kind FROM audit_entries WHERE org_id = {} AND kind > {} ORDER BY kind LIMIT 1",
            vec![Bind::Id(Key(*org.as_uuid())), Bind::Text(last)],
        )
        .get_result(conn)
        .optional()?;
        match next {
            Some(next) if next.kind.starts_with(prefix) => kinds.push(next.kind),
            Some(_) | None => return Ok(kinds),
        }
    }
}

/// The newest numbers that a query asks for. Where the time is short, it is what is looked up; else what else is given
/// is, or the numbers themselves are followed from the newest on.
fn numbers(
    conn: &mut Conn,
    org: OrgId,
    query: &AuditQuery,
    kind: Option<&str>,
    is_short: bool,
) -> Result<Vec<i64>, Error> {
    let mut condition = Condition::new(org);
    if let Some(before) = query.before {
        condition.and("number", "<", Bind::BigInt(before), true);
    }
    if let Some(actor) = &query.actor {
        condition.and("actor_key", "=", Bind::Text(actor.to_lowercase()), !is_short);
    }
    if let Some(kind) = kind {
        condition.and("kind", "=", Bind::Text(kind.to_owned()), !is_short);
    }
    if let Some(resource) = query.resource {
        condition.and("resource_id", "=", Bind::Id(Key(resource)), !is_short);
    }
    condition.and_time(query, is_short);
    condition.binds.push(Bind::BigInt(query.limit.into()));
    let sql = format!(
        "SELECT number FROM audit_entries WHERE {} ORDER BY number DESC LIMIT {{}}",
        condition.sql
    );
    let found: Vec<Number> = Statement::composed(sql, condition.binds, true).load(conn)?;
    Ok(found.into_iter().map(|row| row.number).collect())
}

/// The newest entries that a query asks for. Their numbers come first, from an index alone, and only then the rows: a
/// page costs about the same however many entries there are.
pub(crate) fn page(conn: &mut Conn, org: OrgId, query: &AuditQuery) -> Result<Vec<Stored>, Error> {
    let is_short = is_short(conn, org, query)?;
    let mut found = match query.kind.as_deref() {
        Some(prefix) if prefix.ends_with('.') => {
            let mut found = Vec::new();
            for kind in kinds(conn, org, prefix)? {
                found.extend(numbers(conn, org, query, Some(&kind), is_short)?);
            }
            found
        }
        kind => numbers(conn, org, query, kind, is_short)?,
    };
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.truncate(query.limit.into());
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT number, event_seq, kind, resource_id, actor_key, actor, request_id, payload, occurred_at, \
         previous_hash, hash FROM audit_entries WHERE org_id = {{}} AND number IN ({}) ORDER BY number DESC",
        list(found.len())
    );
    let mut binds = vec![Bind::Id(Key(*org.as_uuid()))];
    binds.extend(found.into_iter().map(Bind::BigInt));
    let rows: Vec<Row> = Statement::composed(sql, binds, false).load(conn)?;
    Ok(rows.into_iter().map(Stored::from).collect())
}

/// So many places for values.
pub(super) fn list(count: usize) -> String {
    vec!["{}"; count].join(", ")
}

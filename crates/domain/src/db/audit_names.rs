//! What actors and targets of audit entries are called now.

use std::collections::HashMap;

use diesel::{QueryableByName, prelude::*, sql_types::Text};
use serde_json::Value;
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Conn,
    audit::list,
    schema::accounts,
    statement::{Bind, Statement},
    types::{Id, Key},
    users::time,
};
use crate::{
    Error,
    audit::{
        AuditEntry,
        chain::{Stored, hex},
    },
};

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
        for id in targets(&payload, entry.resource) {
            wanted.wants(Some(&id));
        }
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

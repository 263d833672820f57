//! Everything that an organization owns, table by table and page by page, as JSON that the database makes. What is not
//! named here leaves no database: digests, sealed secrets and code challenges are not.

use diesel::{QueryableByName, prelude::*, sql_types::Text};
use serde_json::Value;
use uuid::Uuid;
use wicketgate_auth::OrgId;
use wicketgate_scim::Object;

use super::{
    Conn,
    schema::organizations,
    statement::{Bind, Statement},
    types::Key,
    users::{object, time},
};
use crate::{Error, db::types::Document};

/// What kind of column it is, for the words in which the databases make JSON of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Text, identifiers and numbers.
    Plain,
    Bool,
    Document,
    /// Milliseconds, shown as RFC 3339.
    Time,
    /// Bytes, shown as hexadecimal digits.
    Bytes,
    /// The external ids of a resource, from the table of this name, by provisioning domain.
    ExternalIds(&'static str),
    /// The redirect URIs of a client.
    RedirectUris,
}
use Kind::{Bool, Bytes, Document as Json, ExternalIds, Plain, RedirectUris, Time};

/// What kind of column a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    Id,
    Text,
    Number,
}

/// The rows of one table.
#[derive(Debug)]
pub(crate) struct Section {
    /// The type of its lines.
    pub(crate) name: &'static str,
    /// The table, and where a line takes more than its row, what it is joined with.
    table: &'static str,
    joined: &'static str,
    /// The primary key behind `org_id`: the order of the lines.
    key: &'static [(&'static str, KeyKind)],
    /// What a line says: the name in JSON, and the column.
    columns: &'static [(&'static str, &'static str, Kind)],
    /// How many rows are read at once.
    at_once: i64,
}

/// Tables of which nothing is exported by themselves, and why.
#[cfg(test)]
pub(crate) const LEFT_OUT: [(&str, &str); 6] = [
    ("user_keys", "is derived from users"),
    ("user_external_ids", "is in the lines of users"),
    ("group_external_ids", "is in the lines of groups"),
    ("client_redirect_uris", "is in the lines of clients"),
    (
        "client_assertions",
        "holds what must not be presented twice, for minutes",
    ),
    (
        "events",
        "says how the state came about, to those who follow it; the state and the audit entries are exported",
    ),
];

/// What is exported, in the order of the file: nothing refers to a later line, except members to groups.
pub(crate) const SECTIONS: [Section; 14] = [
    Section {
        name: "schema",
        table: "schemas",
        joined: "",
        key: &[("t.urn_key", KeyKind::Text)],
        columns: &[
            ("resourceType", "t.resource_type", Plain),
            ("required", "t.required", Bool),
            ("definition", "t.definition", Json),
            ("waiting", "t.waiting", Json),
            ("createdAt", "t.created_at", Time),
            ("lastModified", "t.last_modified", Time),
        ],
        at_once: 10,
    },
    Section {
        name: "entitlement",
        table: "entitlements",
        joined: "",
        key: &[("t.kind", KeyKind::Text), ("t.id", KeyKind::Text)],
        columns: &[
            ("kind", "t.kind", Plain),
            ("id", "t.id", Plain),
            ("displayName", "t.display_name", Plain),
            ("description", "t.description", Plain),
            ("createdAt", "t.created_at", Time),
            ("lastModified", "t.last_modified", Time),
        ],
        at_once: 500,
    },
    Section {
        name: "serviceUser",
        table: "service_users",
        joined: "",
        key: &[("t.id", KeyKind::Id)],
        columns: &[
            ("id", "t.id", Plain),
            ("name", "t.name", Plain),
            ("role", "t.role", Plain),
            ("provisioningDomain", "t.provisioning_domain", Plain),
            ("active", "t.active", Bool),
            ("createdAt", "t.created_at", Time),
        ],
        at_once: 500,
    },
    Section {
        name: "client",
        table: "clients",
        joined: "",
        key: &[("t.id", KeyKind::Text)],
        columns: &[
            ("id", "t.id", Plain),
            ("serviceUserId", "t.service_user_id", Plain),
            ("name", "t.name", Plain),
            ("authentication", "t.authentication", Plain),
            ("accessTokenFormat", "t.access_token_format", Plain),
            ("refreshRotation", "t.refresh_rotation", Plain),
            ("jwks", "t.jwks", Json),
            ("jwksUri", "t.jwks_uri", Plain),
            ("issuer", "t.issuer", Plain),
            ("subject", "t.subject", Plain),
            ("audiences", "t.audiences", Json),
            ("redirectUris", "", RedirectUris),
            ("active", "t.active", Bool),
            ("createdAt", "t.created_at", Time),
        ],
        at_once: 100,
    },
    Section {
        name: "grant",
        table: "grants",
        joined: "",
        key: &[("t.id", KeyKind::Id)],
        columns: &[
            ("id", "t.id", Plain),
            ("clientId", "t.client_id", Plain),
            ("serviceUserId", "t.service_user_id", Plain),
            ("scope", "t.scope", Plain),
            ("redirectUri", "t.redirect_uri", Plain),
            ("approvedBy", "t.approved_by", Plain),
            ("createdAt", "t.created_at", Time),
            ("revokedAt", "t.revoked_at", Time),
            ("revokeReason", "t.revoke_reason", Plain),
        ],
        at_once: 500,
    },
    Section {
        name: "credential",
        table: "credentials",
        joined: "",
        key: &[("t.id", KeyKind::Text)],
        columns: &[
            ("id", "t.id", Plain),
            ("kind", "t.kind", Plain),
            ("serviceUserId", "t.service_user_id", Plain),
            ("clientId", "t.client_id", Plain),
            ("grantId", "t.grant_id", Plain),
            ("name", "t.name", Plain),
            ("scope", "t.scope", Plain),
            ("createdAt", "t.created_at", Time),
            ("expiresAt", "t.expires_at", Time),
            ("revokedAt", "t.revoked_at", Time),
            ("revokeReason", "t.revoke_reason", Plain),
            ("usedAt", "t.used_at", Time),
            ("successorId", "t.successor_id", Plain),
            ("overlapEndsAt", "t.overlap_ends_at", Time),
            ("lastUsedAt", "t.last_used_at", Time),
            ("lastUsedNetwork", "t.last_used_network", Plain),
            ("lastUsedAgent", "t.last_used_agent", Plain),
        ],
        at_once: 500,
    },
    Section {
        name: "account",
        table: "account_roles",
        joined: " JOIN accounts a ON a.id = t.account_id",
        key: &[("t.account_id", KeyKind::Id)],
        columns: &[
            ("id", "t.account_id", Plain),
            ("email", "a.email", Plain),
            ("displayName", "a.display_name", Plain),
            ("state", "a.state", Plain),
            ("role", "t.role", Plain),
            ("since", "t.created_at", Time),
        ],
        at_once: 500,
    },
    Section {
        name: "invitation",
        table: "account_invitations",
        joined: "",
        key: &[("t.id", KeyKind::Text)],
        columns: &[
            ("id", "t.id", Plain),
            ("email", "t.email", Plain),
            ("role", "t.role", Plain),
            ("createdAt", "t.created_at", Time),
            ("expiresAt", "t.expires_at", Time),
            ("acceptedAt", "t.accepted_at", Time),
            ("acceptedBy", "t.accepted_by", Plain),
            ("revokedAt", "t.revoked_at", Time),
        ],
        at_once: 500,
    },
    Section {
        name: "identityProvider",
        table: "identity_providers",
        joined: "",
        key: &[("t.issuer", KeyKind::Text)],
        columns: &[
            ("issuer", "t.issuer", Plain),
            ("name", "t.name", Plain),
            ("clientId", "t.client_id", Plain),
            ("createdAt", "t.created_at", Time),
        ],
        at_once: 500,
    },
    Section {
        name: "accountIdentity",
        table: "account_identities",
        joined: "",
        key: &[("t.issuer", KeyKind::Text), ("t.subject", KeyKind::Text)],
        columns: &[
            ("issuer", "t.issuer", Plain),
            ("subject", "t.subject", Plain),
            ("accountId", "t.account_id", Plain),
            ("createdAt", "t.created_at", Time),
        ],
        at_once: 500,
    },
    Section {
        name: "user",
        table: "users",
        joined: "",
        key: &[("t.id", KeyKind::Id)],
        columns: &[
            ("id", "t.id", Plain),
            ("version", "t.version", Plain),
            ("createdAt", "t.created_at", Time),
            ("lastModified", "t.last_modified", Time),
            ("deletedAt", "t.deleted_at", Time),
            ("blockedAt", "t.blocked_at", Time),
            ("managedBy", "t.managed_by", Plain),
            ("leftGroups", "t.left_groups", Json),
            ("externalIds", "user_id", ExternalIds("user_external_ids")),
            ("resource", "t.resource", Json),
        ],
        at_once: 100,
    },
    Section {
        name: "group",
        table: "groups",
        joined: "",
        key: &[("t.id", KeyKind::Id)],
        columns: &[
            ("id", "t.id", Plain),
            ("version", "t.version", Plain),
            ("memberCount", "t.member_count", Plain),
            ("managedBy", "t.managed_by", Plain),
            ("createdAt", "t.created_at", Time),
            ("lastModified", "t.last_modified", Time),
            ("externalIds", "group_id", ExternalIds("group_external_ids")),
            ("resource", "t.resource", Json),
        ],
        at_once: 100,
    },
    Section {
        name: "member",
        table: "group_members",
        joined: "",
        key: &[("t.group_id", KeyKind::Id), ("t.member_id", KeyKind::Id)],
        columns: &[
            ("groupId", "t.group_id", Plain),
            ("id", "t.member_id", Plain),
            ("kind", "t.member_kind", Plain),
            ("addedAt", "t.added_at", Time),
        ],
        at_once: 1_000,
    },
    Section {
        name: "auditEntry",
        table: "audit_entries",
        joined: "",
        key: &[("t.number", KeyKind::Number)],
        columns: &[
            ("number", "t.number", Plain),
            ("eventSeq", "t.event_seq", Plain),
            ("kind", "t.kind", Plain),
            ("resourceId", "t.resource_id", Plain),
            ("actorKey", "t.actor_key", Plain),
            ("actor", "t.actor", Plain),
            ("requestId", "t.request_id", Plain),
            ("payload", "t.payload", Plain),
            ("occurredAt", "t.occurred_at", Time),
            ("previousHash", "t.previous_hash", Bytes),
            ("hash", "t.hash", Bytes),
        ],
        at_once: 500,
    },
];

/// The key of the last row of a page, as text.
pub(crate) type After = Vec<String>;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    line: String,
}

impl Section {
    fn line(&self, is_sqlite: bool) -> String {
        let mut parts = Vec::with_capacity(self.columns.len());
        for (name, column, kind) in self.columns {
            let value = match (kind, is_sqlite) {
                (Plain | Time, _) | (Bool | Json, false) => (*column).to_owned(),
                (Bool, true) => format!("json(iif({column}, 'true', 'false'))"),
                (Json, true) => format!("json({column})"),
                (Bytes, true) => format!("lower(hex({column}))"),
                (Bytes, false) => format!("encode({column}, 'hex')"),
                (ExternalIds(table), true) => format!(
                    "json((SELECT json_group_object(x.domain, x.external_id) FROM {table} x \
                     WHERE x.org_id = t.org_id AND x.{column} = t.id))"
                ),
                (ExternalIds(table), false) => format!(
                    "(SELECT coalesce(json_object_agg(x.domain, x.external_id), json_build_object()) FROM {table} x \
                     WHERE x.org_id = t.org_id AND x.{column} = t.id)"
                ),
                (RedirectUris, true) => "json((SELECT json_group_array(x.uri) FROM client_redirect_uris x \
                     WHERE x.org_id = t.org_id AND x.client_id = t.id))"
                    .to_owned(),
                (RedirectUris, false) => {
                    "(SELECT coalesce(json_agg(x.uri), '[]'::json) FROM client_redirect_uris x \
                     WHERE x.org_id = t.org_id AND x.client_id = t.id)"
                        .to_owned()
                }
            };
            parts.push(format!("'{name}', {value}"));
        }
        let make = if is_sqlite {
            "json_object"
        } else {
            "json_build_object"
        };
        let text = if is_sqlite { "" } else { "::text" };
        format!("{make}({}){text}", parts.join(", "))
    }

    /// The names of the columns that hold a time.
    fn times(&self) -> impl Iterator<Item = &'static str> {
        self.columns
            .iter()
            .filter(|(_, _, kind)| *kind == Time)
            .map(|(name, _, _)| *name)
    }

    fn statement(&self, is_sqlite: bool, org: OrgId, after: Option<&After>) -> Result<Statement, Error> {
        let keys: Vec<&str> = self.key.iter().map(|(column, _)| *column).collect();
        let columns = keys.join(", ");
        let mut binds = vec![Bind::Id(Key(*org.as_uuid()))];
        let mut condition = "t.org_id = {}".to_owned();
        if let Some(after) = after {
            let places = vec!["{}"; keys.len()].join(", ");
            condition.push_str(&format!(" AND ({columns}) > ({places})"));
            for ((_, kind), text) in self.key.iter().zip(after) {
                binds.push(match kind {
                    KeyKind::Id => Bind::Id(Key(Uuid::try_parse(text).map_err(Error::internal)?)),
                    KeyKind::Text => Bind::Text(text.clone()),
                    KeyKind::Number => Bind::BigInt(text.parse().map_err(Error::internal)?),
                });
            }
        }
        let key = if is_sqlite {
            format!("json_array({columns})")
        } else {
            format!("json_build_array({columns})::text")
        };
        binds.push(Bind::BigInt(self.at_once));
        let sql = format!(
            "SELECT {key} AS key, {line} AS line FROM {table} t{joined} WHERE {condition} ORDER BY {columns} LIMIT {{}}",
            line = self.line(is_sqlite),
            table = self.table,
            joined = self.joined,
        );
        Ok(Statement::composed(sql, binds, true))
    }
}

/// The rows of a table behind `after`, and what the next page is behind, unless these were the last.
pub(crate) fn page(
    conn: &mut Conn,
    org: OrgId,
    section: &Section,
    after: Option<&After>,
) -> Result<(Vec<Object>, Option<After>), Error> {
    let is_sqlite = match conn {
        Conn::Sqlite(_) => true,
        Conn::Postgres(_) => false,
    };
    let rows: Vec<Row> = section.statement(is_sqlite, org, after)?.load(conn)?;
    let is_full = i64::try_from(rows.len()).map_err(Error::internal)? >= section.at_once;
    let next = rows
        .last()
        .filter(|_| is_full)
        .map(|row| -> Result<After, Error> {
            let key: Vec<Value> = serde_json::from_str(&row.key).map_err(Error::internal)?;
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Ok(key.iter().map(text).collect())
        })
        .transpose()?;
    let lines = rows.into_iter().map(|row| line(section, &row.line));
    Ok((lines.collect::<Result<_, _>>()?, next))
}

fn line(section: &Section, text: &str) -> Result<Object, Error> {
    let mut members = object(Document(serde_json::from_str(text).map_err(Error::internal)?))?;
    for name in section.times() {
        if let Some(value) = members.get_mut(name)
            && let Some(milliseconds) = value.as_i64()
        {
            *value = Value::from(format!("{:.3}", time(milliseconds)?));
        }
    }
    let mut line = Object::new();
    line.insert("type".to_owned(), Value::from(section.name));
    line.append(&mut members);
    Ok(line)
}

/// How many events the organization has had.
pub(crate) fn event_seq(conn: &mut Conn, org: OrgId) -> Result<i64, Error> {
    Ok(organizations::table
        .find(Key(*org.as_uuid()))
        .select(organizations::event_seq)
        .first(conn)?)
}

#[cfg(test)]
mod tests {
    use super::{super::scope::ORG_TABLES, *};

    #[test]
    fn every_table_of_an_organization_is_exported_or_left_out_for_a_reason() {
        for table in ORG_TABLES.iter() {
            let is_exported = SECTIONS.iter().any(|section| section.table == table);
            let is_left_out = LEFT_OUT
                .iter()
                .any(|(left, reason)| left == table && !reason.is_empty());
            assert!(is_exported != is_left_out, "{table}");
        }
    }

    #[test]
    fn no_digest_and_no_secret_is_a_column_of_a_line() {
        for section in &SECTIONS {
            for (name, column, _) in section.columns {
                for word in [
                    "digest",
                    "secret",
                    "sealed",
                    "challenge",
                    "pepper",
                    "password",
                    "hint",
                ] {
                    assert!(!column.contains(word), "{}.{name}", section.name);
                }
            }
        }
    }
}

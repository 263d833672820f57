//! Everything that an organization owns, table by table and page by page, as JSON that the database makes. What that is
//! stands in `sections.rs`.

mod sections;

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

pub(crate) use sections::SECTIONS;

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
            condition = format!("{condition} AND ({columns}) > ({places})");
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

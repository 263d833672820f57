//! Rows of users and groups as they are listed, and the clauses in which they are looked up.

use std::collections::HashMap;

use diesel::{
    QueryableByName, RunQueryDsl as _,
    sql_types::{BigInt, Nullable, Text},
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Kind, Scope,
    sql::{Dialect, Sql},
};
use crate::{
    Error, Resource,
    db::{
        Conn, groups,
        statement::{Bind, Statement},
        types::{Document, Id, Json, Key},
        users,
    },
};

/// A user or group.
#[derive(QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = Id)]
    id: Key,
    #[diesel(sql_type = Json)]
    resource: Document,
    #[diesel(sql_type = BigInt)]
    member_count: i64,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = BigInt)]
    created_at: i64,
    #[diesel(sql_type = BigInt)]
    last_modified: i64,
    #[diesel(sql_type = Nullable<Text>)]
    external_id: Option<String>,
    /// The text that the list is ordered by.
    #[diesel(sql_type = Nullable<Text>)]
    place: Option<String>,
}

impl Row {
    /// The resource, and the text that the list is ordered by.
    pub(super) fn into_resource(self, kind: Kind) -> Result<(Resource, Option<String>), Error> {
        let resource = match kind {
            Kind::User => Resource::User(users::user((
                self.id,
                self.resource,
                self.version,
                self.created_at,
                self.last_modified,
                self.external_id,
            ))?),
            Kind::Group => Resource::Group(groups::group((
                self.id,
                self.resource,
                self.member_count,
                self.version,
                self.created_at,
                self.last_modified,
                self.external_id,
            ))?),
        };
        Ok((resource, self.place))
    }
}

impl Scope {
    /// What is selected of a row.
    pub(super) fn columns(&self, kind: Kind, place: Option<&str>) -> Sql {
        let table = kind.table();
        let members = match kind {
            Kind::User => "CAST(0 AS bigint)",
            Kind::Group => "groups.member_count",
        };
        let place = place.map_or_else(
            || "CAST(NULL AS text)".to_owned(),
            |column| format!("{table}.{column}"),
        );
        Sql::fill(
            &format!(
                "{table}.id, {table}.resource, {members} AS member_count, {table}.version, {table}.created_at, \
                 {table}.last_modified, {{}} AS external_id, {place} AS place"
            ),
            [&self.external_id(kind)],
        )
    }

    /// `FROM … WHERE …`: the rows with these ids. Each is looked up by its key.
    pub(super) fn among(&self, d: Dialect, kind: Kind, ids: &[Uuid]) -> Sql {
        let ids: Value = ids.iter().map(|id| Value::String(id.to_string())).collect();
        let ids = Sql::value(Bind::Json(Document(ids)));
        let found = match d {
            Dialect::Sqlite => Sql::fill("json_each({})", [&ids]),
            Dialect::Postgres => Sql::fill(
                "(SELECT CAST(each.id AS uuid) AS value FROM jsonb_array_elements_text({}) AS each(id))",
                [&ids],
            ),
        };
        self.looked_up(d, kind, &found, "value")
    }

    /// `FROM … WHERE …`: the rows that a statement lists the ids of, each once.
    pub(super) fn driven(&self, d: Dialect, kind: Kind, ids: &Sql) -> Sql {
        self.looked_up(d, kind, &Sql::fill(&format!("({})", offered(d)), [ids]), "id")
    }

    fn looked_up(&self, d: Dialect, kind: Kind, found: &Sql, column: &str) -> Sql {
        let (table, live) = (kind.table(), kind.live(kind.table()));
        let org = Sql::key(self.org);
        match d {
            // A CROSS JOIN keeps the order in which the tables are read.
            Dialect::Sqlite => Sql::fill(
                &format!(
                    "FROM {{}} AS wanted CROSS JOIN {table} ON {table}.id = wanted.{column} \
                     WHERE {table}.org_id = {{}}{live}"
                ),
                [found, &org],
            ),
            // A limited query is run for each id, whatever is believed about the size of the table.
            Dialect::Postgres => Sql::fill(
                &format!(
                    "FROM {{}} AS wanted CROSS JOIN LATERAL (SELECT * FROM {table} WHERE {table}.org_id = {{}} \
                     AND {table}.id = wanted.{column}{live} LIMIT 1) AS {table} WHERE true"
                ),
                [found, &org],
            ),
        }
    }

    /// `FROM … WHERE …`: all rows.
    pub(super) fn everything(&self, kind: Kind) -> Sql {
        let (table, live) = (kind.table(), kind.live(kind.table()));
        Sql::fill(
            &format!("FROM {table} WHERE {table}.org_id = {{}}{live}"),
            [&Sql::key(self.org)],
        )
    }

    /// The resources with these ids, in this order. Those that are gone meanwhile are left out.
    pub(crate) fn load(&self, conn: &mut Conn, kind: Kind, ids: &[Uuid]) -> Result<Vec<Resource>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let d = Dialect::of(conn);
        let sql = Sql::fill(
            "SELECT {} {}",
            [&self.columns(kind, None), &self.among(d, kind, ids)],
        );
        let mut found: HashMap<Uuid, Resource> = HashMap::with_capacity(ids.len());
        for row in run::<Row>(conn, sql, true)? {
            found.insert(row.id.0, row.into_resource(kind)?.0);
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }
}

/// A statement that lists the ids that another one, its `{}`, offers, each once.
///
/// The plus keeps SQLite from reading an index in the order of the ids, which spares it the sorting, and costs it all rows
/// of the organization.
pub(super) fn offered(d: Dialect) -> &'static str {
    d.pick(
        "SELECT DISTINCT +offered.id AS id FROM ({}) AS offered",
        "SELECT DISTINCT offered.id FROM ({}) AS offered",
    )
}

/// Runs a statement. It stays prepared where it is one of few.
pub(super) fn run<R>(conn: &mut Conn, sql: Sql, is_one_of_few: bool) -> Result<Vec<R>, Error>
where
    Statement: for<'q> diesel::query_dsl::methods::LoadQuery<'q, Conn, R>,
{
    Ok(Statement::composed(sql.text, sql.binds, is_one_of_few).load(conn)?)
}

#[derive(QueryableByName)]
pub(super) struct IdRow {
    #[diesel(sql_type = Id)]
    pub(super) id: Key,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// How many rows a statement counts as `total`.
pub(super) fn count(conn: &mut Conn, sql: Sql, is_one_of_few: bool) -> Result<u64, Error> {
    let total = run::<CountRow>(conn, sql, is_one_of_few)?
        .first()
        .map_or(0, |row| row.total);
    u64::try_from(total).map_err(Error::internal)
}

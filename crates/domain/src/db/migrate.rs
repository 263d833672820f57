//! The embedded migrations of both databases, and what has been applied.

use diesel::{
    QueryableByName, RunQueryDsl as _,
    migration::{Migration, MigrationSource},
    pg::Pg,
    sql_types::{Nullable, Text},
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, roles, statement::Statement};
use crate::Error;

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// The texts of SQLite's migrations, from which the statement check derives its tables. A test keeps the list complete.
pub(super) const SQLITE_UP: &[&str] = &[
    include_str!("../../../../migrations/sqlite/2026-11-21-000000_organizations/up.sql"),
    include_str!("../../../../migrations/sqlite/2026-11-22-000000_search_and_schemas/up.sql"),
    include_str!("../../../../migrations/sqlite/2026-11-22-120000_clients_and_grants/up.sql"),
    include_str!("../../../../migrations/sqlite/2026-11-22-130000_accounts/up.sql"),
    include_str!("../../../../migrations/sqlite/2026-12-01-000000_settings/up.sql"),
    include_str!("../../../../migrations/sqlite/2026-12-01-020000_audit/up.sql"),
    include_str!("../../../../migrations/sqlite/2026-12-01-030000_provisioning_log/up.sql"),
    include_str!("../../../../migrations/sqlite/2026-12-01-040000_idempotency_keys/up.sql"),
    include_str!("../../../../migrations/sqlite/2026-12-01-050000_managed_users/up.sql"),
    include_str!("../../../../migrations/sqlite/2026-12-01-060000_setup_links/up.sql"),
    include_str!("../../../../migrations/sqlite/2026-12-01-070000_console_search/up.sql"),
    include_str!("../../../../migrations/sqlite/2026-12-01-080000_provisioning_activity/up.sql"),
    include_str!("../../../../migrations/sqlite/2026-12-01-100000_deleted_users_search/up.sql"),
    include_str!("../../../../migrations/sqlite/2026-12-01-100100_lists_in_order/up.sql"),
    include_str!("../../../../migrations/sqlite/2026-12-01-110000_row_level_security/up.sql"),
];
/// The same of PostgreSQL.
#[cfg(test)]
pub(super) const POSTGRES_UP: &[&str] = &[
    include_str!("../../../../migrations/postgres/2026-11-21-000000_organizations/up.sql"),
    include_str!("../../../../migrations/postgres/2026-11-22-000000_search_and_schemas/up.sql"),
    include_str!("../../../../migrations/postgres/2026-11-22-120000_clients_and_grants/up.sql"),
    include_str!("../../../../migrations/postgres/2026-11-22-130000_accounts/up.sql"),
    include_str!("../../../../migrations/postgres/2026-12-01-000000_settings/up.sql"),
    include_str!("../../../../migrations/postgres/2026-12-01-020000_audit/up.sql"),
    include_str!("../../../../migrations/postgres/2026-12-01-030000_provisioning_log/up.sql"),
    include_str!("../../../../migrations/postgres/2026-12-01-040000_idempotency_keys/up.sql"),
    include_str!("../../../../migrations/postgres/2026-12-01-050000_managed_users/up.sql"),
    include_str!("../../../../migrations/postgres/2026-12-01-060000_setup_links/up.sql"),
    include_str!("../../../../migrations/postgres/2026-12-01-070000_console_search/up.sql"),
    include_str!("../../../../migrations/postgres/2026-12-01-080000_provisioning_activity/up.sql"),
    include_str!("../../../../migrations/postgres/2026-12-01-100000_deleted_users_search/up.sql"),
    include_str!("../../../../migrations/postgres/2026-12-01-100100_lists_in_order/up.sql"),
    include_str!("../../../../migrations/postgres/2026-12-01-110000_row_level_security/up.sql"),
];

/// Applies what is missing, in order. Two processes that start at once on PostgreSQL wait for each other. A role that may
/// not make tables is refused where something is missing.
pub(crate) fn run(conn: &mut Conn) -> Result<Vec<String>, Error> {
    if !roles::may_migrate(conn)? {
        let missing = unapplied(conn)?;
        return if missing.is_empty() {
            Ok(missing)
        } else {
            Err(Error::refused(
                "migrate-database-url",
                format!(
                    "the database lacks {}, and the role in --database-url may not make tables there: name the role that \
                     owns them in --migrate-database-url",
                    missing.join(", ")
                ),
            ))
        };
    }
    match conn {
        Conn::Sqlite(conn) => apply(conn, SQLITE),
        Conn::Postgres(conn) => {
            use diesel::sql_query;
            // An arbitrary constant: whoever migrates this database holds the lock of this number.
            sql_query("SELECT pg_advisory_lock(7722110045)").execute(conn)?;
            let applied = apply(conn, POSTGRES);
            sql_query("SELECT pg_advisory_unlock(7722110045)").execute(conn)?;
            applied
        }
    }
}

fn apply<DB: diesel::backend::Backend>(
    conn: &mut impl MigrationHarness<DB>,
    source: EmbeddedMigrations,
) -> Result<Vec<String>, Error>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let versions = conn
        .run_pending_migrations(source)
        .map_err(Error::internal_boxed)?;
    Ok(versions.iter().map(ToString::to_string).collect())
}

/// The versions that have not been applied. It may create the table that remembers them.
pub(crate) fn pending(conn: &mut Conn) -> Result<Vec<String>, Error> {
    fn names<DB: diesel::backend::Backend>(
        conn: &mut impl MigrationHarness<DB>,
        source: EmbeddedMigrations,
    ) -> Result<Vec<String>, Error>
    where
        EmbeddedMigrations: MigrationSource<DB>,
    {
        let pending: Vec<Box<dyn Migration<DB>>> =
            conn.pending_migrations(source).map_err(Error::internal_boxed)?;
        Ok(pending
            .iter()
            .map(|migration| migration.name().to_string())
            .collect())
    }
    if !roles::may_migrate(conn)? {
        return unapplied(conn);
    }
    match conn {
        Conn::Sqlite(conn) => names(conn, SQLITE),
        Conn::Postgres(conn) => names(conn, POSTGRES),
    }
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The versions of PostgreSQL's that have not been applied, found without making anything.
fn unapplied(conn: &mut Conn) -> Result<Vec<String>, Error> {
    let applied: Vec<Applied> = if is_ours(conn)? {
        let versions = "SELECT version FROM __diesel_schema_migrations";
        Statement::new(versions, Vec::new()).load(conn)?
    } else {
        Vec::new()
    };
    let known: Vec<Box<dyn Migration<Pg>>> = POSTGRES.migrations().map_err(Error::internal_boxed)?;
    Ok(known
        .iter()
        .filter_map(|migration| {
            let name = migration.name();
            let version = name.version().to_string();
            (!applied.iter().any(|row| row.version == version)).then(|| name.to_string())
        })
        .collect())
}

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = Nullable<Text>)]
    version: Option<String>,
}

/// Whether the schema is the one of this version, or a newer one.
pub(crate) fn is_current(conn: &mut Conn) -> Result<bool, Error> {
    let names: Vec<Box<dyn Migration<Sqlite>>> = SQLITE.migrations().map_err(Error::internal_boxed)?;
    let expected = names
        .iter()
        .map(|migration| migration.name().version().to_string())
        .max();
    if !is_ours(conn)? {
        return Ok(false);
    }
    let newest: Newest = Statement::new(
        "SELECT max(version) AS version FROM __diesel_schema_migrations",
        Vec::new(),
    )
    .get_result(conn)?;
    Ok(newest.version >= expected)
}

/// The newest migration that was applied and that this version does not know, if any.
pub(crate) fn unknown(conn: &mut Conn) -> Result<Option<String>, Error> {
    let known: Vec<Box<dyn Migration<Sqlite>>> = SQLITE.migrations().map_err(Error::internal_boxed)?;
    let applied: Vec<Newest> = Statement::new(
        "SELECT version FROM __diesel_schema_migrations ORDER BY version DESC",
        Vec::new(),
    )
    .load(conn)?;
    Ok(applied.into_iter().find_map(|row| row.version).filter(|newest| {
        !known
            .iter()
            .any(|migration| migration.name().version().to_string() == *newest)
    }))
}

/// Whether migrations were ever applied.
pub(crate) fn is_ours(conn: &mut Conn) -> Result<bool, Error> {
    let table = conn.dialect(
        "SELECT max(name) AS version FROM sqlite_schema WHERE name = '__diesel_schema_migrations'",
        "SELECT CASE WHEN has_table_privilege(to_regclass('__diesel_schema_migrations'), 'SELECT') THEN 'there' END \
         AS version",
    );
    let table: Newest = Statement::new(table, Vec::new()).get_result(conn)?;
    Ok(table.version.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_is_among_the_texts_that_the_statement_check_reads() {
        let sqlite: Vec<Box<dyn Migration<Sqlite>>> = SQLITE.migrations().unwrap();
        let postgres: Vec<Box<dyn Migration<diesel::pg::Pg>>> = POSTGRES.migrations().unwrap();
        assert_eq!(
            (sqlite.len(), postgres.len()),
            (SQLITE_UP.len(), POSTGRES_UP.len())
        );
    }

    #[test]
    fn both_databases_have_migrations_of_the_same_names() {
        let sqlite: Vec<Box<dyn Migration<Sqlite>>> = SQLITE.migrations().unwrap();
        let postgres: Vec<Box<dyn Migration<diesel::pg::Pg>>> = POSTGRES.migrations().unwrap();
        let names: Vec<String> = sqlite
            .iter()
            .map(|migration| migration.name().to_string())
            .collect();
        assert_eq!(
            names,
            postgres
                .iter()
                .map(|migration| migration.name().to_string())
                .collect::<Vec<_>>()
        );
    }
}

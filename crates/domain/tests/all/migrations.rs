//! The schemas of both databases, read from their catalogues: the same tables, columns and keys, and every key of an
//! organization's table begins with the organization.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use diesel::{
    Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query,
    sql_types::{Nullable, Text},
};
use diesel_migrations::{FileBasedMigrations, MigrationHarness as _};
use wicketgate_domain::{DatabaseOptions, Instance};
use wicketgate_testbed::{Database, Engine, both_engines};

both_engines! {
    pending_migrations_are_named_and_applied_once,
    keys_of_an_organizations_table_begin_with_the_organization,
    references_between_organizations_tables_carry_the_organization,
    every_migration_can_be_undone,
}

/// Say which organization something belongs to, before that is known.
pub(crate) const READ_BEFORE_THE_ORGANIZATION_IS_KNOWN: [&str; 5] = [
    "credential_owners",
    "client_owners",
    "account_orgs",
    "account_invitation_owners",
    "setup_link_owners",
];

pub(crate) type Columns = Vec<String>;

/// A unique or plain index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Index {
    pub(crate) columns: Columns,
    pub(crate) is_unique: bool,
    is_partial: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ForeignKey {
    pub(crate) columns: Columns,
    pub(crate) table: String,
    pub(crate) referenced: Columns,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    /// Type in SQLite's words, whether it may be NULL, and whether it is generated.
    pub(crate) columns: BTreeMap<String, (String, bool, bool)>,
    pub(crate) primary_key: Columns,
    /// The primary key's is not among them.
    pub(crate) indexes: BTreeSet<Index>,
    pub(crate) foreign_keys: BTreeSet<ForeignKey>,
}

pub(crate) type Catalogue = BTreeMap<String, Table>;

/// One row of one of the four questions below; lists are joined by commas.
#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    tab: String,
    #[diesel(sql_type = Nullable<Text>)]
    a: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    b: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    c: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    d: Option<String>,
}

/// Four questions: columns (name, type, nullable, generated), primary keys (columns), indexes (columns, unique, partial,
/// name), foreign keys (columns, table, referenced columns).
const SQLITE: [&str; 4] = [
    "SELECT t.name AS tab, c.name AS a, lower(c.type) AS b, iif(c.\"notnull\", 'f', 't') AS c, \
     iif(c.hidden IN (2, 3), 't', 'f') AS d \
     FROM sqlite_schema t, pragma_table_xinfo(t.name) c \
     WHERE t.type = 'table' AND t.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    "SELECT t.name AS tab, (SELECT group_concat(name) FROM (SELECT name FROM pragma_table_xinfo(t.name) WHERE pk > 0 \
     ORDER BY pk)) AS a, NULL AS b, NULL AS c, NULL AS d FROM sqlite_schema t \
     WHERE t.type = 'table' AND t.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    "SELECT t.name AS tab, (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(i.name) \
     ORDER BY seqno)) AS a, iif(i.\"unique\", 't', 'f') AS b, iif(i.partial, 't', 'f') AS c, i.name AS d \
     FROM sqlite_schema t, pragma_index_list(t.name) i \
     WHERE t.type = 'table' AND i.origin <> 'pk' AND t.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'",
    "SELECT tab, group_concat(\"from\") AS a, target AS b, group_concat(\"to\") AS c, NULL AS d FROM (\
     SELECT t.name AS tab, f.id, f.\"from\", f.\"table\" AS target, f.\"to\" \
     FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table' ORDER BY t.name, f.id, f.seq) \
     GROUP BY tab, id, target",
];

const POSTGRES: [&str; 4] = [
    "SELECT table_name::text AS tab, column_name::text AS a, data_type::text AS b, \
     CASE is_nullable WHEN 'YES' THEN 't' ELSE 'f' END AS c, \
     CASE is_generated WHEN 'ALWAYS' THEN 't' ELSE 'f' END AS d FROM information_schema.columns \
     WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%'",
    "SELECT r.relname::text AS tab, (SELECT string_agg(a.attname, ',' ORDER BY k.n) \
     FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, n) \
     JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum) AS a, \
     NULL::text AS b, NULL::text AS c, NULL::text AS d \
     FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid JOIN pg_namespace s ON s.oid = r.relnamespace \
     WHERE s.nspname = 'public' AND i.indisprimary AND r.relname NOT LIKE '\\_\\_diesel%'",
    "SELECT r.relname::text AS tab, (SELECT string_agg(a.attname, ',' ORDER BY k.n) \
     FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, n) \
     JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum) AS a, \
     CASE WHEN i.indisunique THEN 't' ELSE 'f' END AS b, \
     CASE WHEN i.indpred IS NULL THEN 'f' ELSE 't' END AS c, x.relname::text AS d \
     FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid \
     JOIN pg_namespace s ON s.oid = r.relnamespace \
     WHERE s.nspname = 'public' AND NOT i.indisprimary AND r.relname NOT LIKE '\\_\\_diesel%'",
    "SELECT r.relname::text AS tab, (SELECT string_agg(a.attname, ',' ORDER BY k.n) \
     FROM unnest(c.conkey) WITH ORDINALITY k(attnum, n) \
     JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) AS a, t.relname::text AS b, \
     (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY k(attnum, n) \
     JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum) AS c, NULL::text AS d \
     FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid \
     JOIN pg_namespace s ON s.oid = r.relnamespace WHERE s.nspname = 'public' AND c.contype = 'f'",
];

fn ask(database: &Database, question: usize) -> Vec<Row> {
    match database.engine() {
        Engine::Sqlite => sql_query(SQLITE[question]).load(&mut sqlite(database)).unwrap(),
        Engine::Postgres => sql_query(POSTGRES[question])
            .load(&mut postgres(database))
            .unwrap(),
    }
}

fn sqlite(database: &Database) -> SqliteConnection {
    SqliteConnection::establish(database.url().strip_prefix("sqlite://").unwrap()).unwrap()
}

pub(crate) fn postgres(database: &Database) -> PgConnection {
    PgConnection::establish(&database.url()).unwrap()
}

fn list(text: Option<&String>) -> Columns {
    text.unwrap().split(',').map(str::to_owned).collect()
}

fn is_true(text: Option<&String>) -> bool {
    match text.map(String::as_str) {
        Some("t") => true,
        Some("f") => false,
        other => panic!("{other:?} is no truth value"),
    }
}

/// The type that SQLite has for one of PostgreSQL's.
fn in_sqlite_words(data_type: &str) -> &str {
    match data_type {
        "uuid" | "text" | "jsonb" => "text",
        "bigint" | "integer" | "boolean" => "integer",
        "bytea" | "blob" => "blob",
        other => panic!("no type for {other} has been agreed on"),
    }
}

/// What a database holds after all migrations.
pub(crate) fn migrated(database: &Database) -> Catalogue {
    Instance::migrate(&DatabaseOptions::new(database.url())).unwrap();
    catalogue(database)
}

pub(crate) fn catalogue(database: &Database) -> Catalogue {
    let mut catalogue = Catalogue::new();
    for row in ask(database, 0) {
        let data_type = in_sqlite_words(row.b.as_deref().unwrap()).to_owned();
        let column = (data_type, is_true(row.c.as_ref()), is_true(row.d.as_ref()));
        catalogue
            .entry(row.tab)
            .or_default()
            .columns
            .insert(row.a.unwrap(), column);
    }
    for row in ask(database, 1) {
        catalogue.get_mut(&row.tab).unwrap().primary_key = list(row.a.as_ref());
    }
    for row in ask(database, 2) {
        let (is_unique, is_partial) = (is_true(row.b.as_ref()), is_true(row.c.as_ref()));
        let index = Index {
            columns: list(row.a.as_ref()),
            is_unique,
            is_partial,
        };
        catalogue.get_mut(&row.tab).unwrap().indexes.insert(index);
    }
    for row in ask(database, 3) {
        let foreign_key = ForeignKey {
            columns: list(row.a.as_ref()),
            table: row.b.unwrap(),
            referenced: list(row.c.as_ref()),
        };
        catalogue
            .get_mut(&row.tab)
            .unwrap()
            .foreign_keys
            .insert(foreign_key);
    }
    catalogue
}

fn folder(engine: Engine) -> PathBuf {
    let name = match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../migrations")
        .join(name)
}

fn names(engine: Engine) -> BTreeSet<String> {
    fs::read_dir(folder(engine))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn both_databases_have_migrations_of_the_same_names() {
    let steps = names(Engine::Sqlite);
    assert_eq!(steps, names(Engine::Postgres));
    assert!(!steps.is_empty());
    for (engine, step) in Engine::ALL
        .into_iter()
        .flat_map(|engine| steps.iter().map(move |step| (engine, step)))
    {
        for file in ["up.sql", "down.sql"] {
            let path = folder(engine).join(step).join(file);
            assert!(path.is_file(), "{} is missing", path.display());
        }
    }
}

#[test]
fn both_databases_have_the_same_tables_columns_and_keys() {
    let [sqlite, postgres] = Engine::ALL.map(|engine| migrated(&Database::new(engine)));
    assert_eq!(
        sqlite.keys().collect::<Vec<_>>(),
        postgres.keys().collect::<Vec<_>>()
    );
    for (name, table) in &sqlite {
        assert_eq!(
            table, &postgres[name],
            "{name}: SQLite's on the left, PostgreSQL's on the right"
        );
    }
    // The questions do find what they ask for.
    let members = &sqlite["group_members"];
    assert_eq!(members.primary_key, ["org_id", "group_id", "member_id"]);
    assert_eq!((members.foreign_keys.len(), members.indexes.len()), (3, 1));
    assert!(members.columns["member_user_id"].2);
    assert!(
        sqlite["users"]
            .indexes
            .iter()
            .any(|index| index.is_unique && index.is_partial)
    );
}

#[test]
fn every_table_on_sqlite_is_strict() {
    let database = Database::new(Engine::Sqlite);
    let tables = migrated(&database);
    let strict = sql_query(
        "SELECT name AS tab, NULL AS a, NULL AS b, NULL AS c, NULL AS d FROM pragma_table_list \
         WHERE schema = 'main' AND strict",
    );
    let strict: BTreeSet<String> = strict
        .load::<Row>(&mut sqlite(&database))
        .unwrap()
        .into_iter()
        .map(|row| row.tab)
        .collect();
    assert_eq!(strict, tables.into_keys().collect());
}

fn pending_migrations_are_named_and_applied_once(database: &Database) {
    let options = DatabaseOptions::new(database.url());
    let pending = Instance::pending_migrations(&options).unwrap();
    assert_eq!(
        pending.into_iter().collect::<BTreeSet<_>>(),
        names(database.engine())
    );
    let applied = Instance::migrate(&options).unwrap();
    assert_eq!(applied.len(), names(database.engine()).len());
    assert!(Instance::pending_migrations(&options).unwrap().is_empty());
    assert!(Instance::migrate(&options).unwrap().is_empty());
}

fn keys_of_an_organizations_table_begin_with_the_organization(database: &Database) {
    let catalogue = migrated(database);
    let mut seen = 0;
    for (name, table) in catalogue
        .iter()
        .filter(|(_, table)| table.columns.contains_key("org_id"))
    {
        assert!(!table.columns["org_id"].1, "{name}.org_id may be NULL");
        if READ_BEFORE_THE_ORGANIZATION_IS_KNOWN.contains(&name.as_str()) {
            continue;
        }
        seen += 1;
        assert_eq!(
            table.primary_key.first().map(String::as_str),
            Some("org_id"),
            "primary key of {name}"
        );
        for index in &table.indexes {
            assert_eq!(
                index.columns.first().map(String::as_str),
                Some("org_id"),
                "{name}: {index:?}"
            );
        }
    }
    assert!(seen >= 9, "{seen} tables of an organization were found");
}

/// Tables of an organization that do not refer to its row, which PostgreSQL would lock for each of their many rows while
/// every write changes it. Their statements ask whether it is there instead.
const UNREFERRED: [&str; 3] = [
    "provisioning_activity",
    "provisioning_log",
    "provisioning_log_bodies",
];

fn references_between_organizations_tables_carry_the_organization(database: &Database) {
    let catalogue = migrated(database);
    let is_owned = |name: &str| catalogue[name].columns.contains_key("org_id");
    let mut seen = 0;
    for (name, table) in &catalogue {
        if is_owned(name) {
            assert_eq!(
                table.foreign_keys.is_empty(),
                UNREFERRED.contains(&name.as_str()),
                "{name} belongs to an organization that nothing proves to exist, or is no exception any more"
            );
        }
        for foreign_key in table
            .foreign_keys
            .iter()
            .filter(|foreign_key| is_owned(&foreign_key.table))
        {
            seen += 1;
            let first = (foreign_key.columns.first(), foreign_key.referenced.first());
            let org_id = "org_id".to_owned();
            assert_eq!(first, (Some(&org_id), Some(&org_id)), "{name}: {foreign_key:?}");
        }
    }
    assert!(seen >= 8, "{seen} references were found");
}

fn every_migration_can_be_undone(database: &Database) {
    assert!(!migrated(database).is_empty());
    let source = FileBasedMigrations::from_path(folder(database.engine())).unwrap();
    match database.engine() {
        Engine::Sqlite => drop(sqlite(database).revert_all_migrations(source).unwrap()),
        Engine::Postgres => drop(postgres(database).revert_all_migrations(source).unwrap()),
    }
    assert_eq!(catalogue(database), Catalogue::new());
    assert!(!migrated(database).is_empty());
}

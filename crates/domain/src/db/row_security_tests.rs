//! Net 6 alone: PostgreSQL is asked in plain SQL, without any condition that names the organization.

use std::{collections::BTreeMap, sync::Arc};

use diesel::{
    Connection as _, PgConnection, QueryableByName, RunQueryDsl as _,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{BigInt, Bool, Text},
};
use serde_json::json;
use wicketgate_auth::{OsEntropy, Pepper, Peppers};
use wicketgate_testbed::{Database, Engine};

use super::{Conn, Db, migrate, scope::ORG_TABLES};
use crate::{DatabaseOptions, Error, Instance, Org, Sources, SystemClock};

struct Setting {
    instance: Instance,
    a: Org,
    b: Org,
    database: Database,
}

/// Two organizations, each with a user, served by a role that owns nothing.
fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Setting) -> F) {
    let database = Database::new(Engine::Postgres);
    let options = DatabaseOptions {
        // One connection: what a transaction leaves behind, the next one finds.
        threads: 1,
        migrate_url: database.owner_url(),
        ..DatabaseOptions::new(database.application_url())
    };
    Instance::migrate(&options).unwrap();
    let peppers = Peppers::new(Pepper::generate(1, &mut OsEntropy), Vec::new()).unwrap();
    let sources = Sources::new(SystemClock, OsEntropy);
    let instance = Instance::open(&options, peppers, sources, Arc::new(crate::Offline)).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut orgs = Vec::new();
        for name in ["A", "B"] {
            let id = instance.create_org(name).await.unwrap().id;
            let org = instance.org(id).await.unwrap();
            let body = serde_json::from_value(json!({"userName": name})).unwrap();
            org.user_manager().unwrap().users().create(body).await.unwrap();
            orgs.push(org);
        }
        let (b, a) = (orgs.pop().unwrap(), orgs.pop().unwrap());
        scenario(Setting {
            instance,
            a,
            b,
            database,
        })
        .await;
    });
}

#[derive(QueryableByName)]
struct Isolated {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    is_enabled: bool,
    #[diesel(sql_type = Bool)]
    is_forced: bool,
    #[diesel(sql_type = BigInt)]
    policies: i64,
}

/// Every table with `org_id`, from the catalogue: a new one cannot be forgotten.
fn isolated(conn: &mut PgConnection) -> Vec<Isolated> {
    sql_query(
        "SELECT r.relname::text AS name, r.relrowsecurity AS is_enabled, r.relforcerowsecurity AS is_forced, \
         (SELECT count(*) FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = r.relname \
          AND p.cmd = 'ALL' AND p.permissive = 'PERMISSIVE' AND p.policyname IN ('one_org', 'every_org')) AS policies \
         FROM information_schema.columns c \
         JOIN pg_class r ON r.relname = c.table_name AND r.relnamespace = 'public'::regnamespace \
         WHERE c.table_schema = 'public' AND c.column_name = 'org_id' ORDER BY 1",
    )
    .load(conn)
    .unwrap()
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(conn: &mut PgConnection, table: &str) -> i64 {
    let counted: Count = sql_query(format!("SELECT count(*) AS count FROM {table}"))
        .get_result(conn)
        .unwrap();
    counted.count
}

/// Runs `work` in a transaction that is told this, and undoes it.
fn told<T>(conn: &mut PgConnection, org: &str, work: impl FnOnce(&mut PgConnection) -> T) -> T {
    conn.batch_execute(&format!(
        "BEGIN; SELECT set_config('wicketgate.org', '{org}', true)"
    ))
    .unwrap();
    let answer = work(conn);
    conn.batch_execute("ROLLBACK").unwrap();
    answer
}

fn connect(database: &Database) -> PgConnection {
    PgConnection::establish(&database.application_url()).unwrap()
}

#[test]
fn every_table_with_an_organization_has_its_policies_forced() {
    run(async |Setting { database, .. }| {
        let tables = isolated(&mut connect(&database));
        for table in &tables {
            assert!(table.is_enabled, "{} has no row-level security", table.name);
            assert!(table.is_forced, "{}: its owner sees every row", table.name);
            assert_eq!(table.policies, 2, "{}", table.name);
        }
        for known in ORG_TABLES.iter() {
            assert!(tables.iter().any(|table| table.name == *known), "{known}");
        }
    });
}

#[test]
fn without_an_organization_no_table_shows_a_row() {
    run(async |Setting { a, b, database, .. }| {
        let mut conn = connect(&database);
        let tables = isolated(&mut conn);
        let mut seen = BTreeMap::new();
        for Isolated { name, .. } in &tables {
            assert_eq!(count(&mut conn, name), 0, "{name}");
            let [whole, of_a, of_b] = ["*".to_owned(), a.id.to_string(), b.id.to_string()]
                .map(|org| told(&mut conn, &org, |conn| count(conn, name)));
            assert_eq!(of_a + of_b, whole, "{name}");
            seen.insert(name.as_str(), (of_a, of_b));
            // What the transaction said has ended with it.
            assert_eq!(count(&mut conn, name), 0, "{name}");
        }
        assert_eq!(seen.get("users"), Some(&(1, 1)));
        assert_ne!(seen.get("events"), Some(&(0, 0)));
    });
}

#[test]
fn no_row_of_another_organization_is_changed_removed_or_added() {
    run(async |Setting { a, b, database, .. }| {
        let mut conn = connect(&database);
        let (own, foreign) = (a.id.to_string(), b.id.to_string());
        for Isolated { name, .. } in isolated(&mut conn) {
            let touched = told(&mut conn, &own, |conn| {
                let update = format!("UPDATE {name} SET org_id = org_id WHERE org_id = '{foreign}'");
                let delete = format!("DELETE FROM {name} WHERE org_id = '{foreign}'");
                [update, delete].map(|sql| sql_query(sql).execute(conn).unwrap())
            });
            assert_eq!(touched, [0, 0], "{name}");
            // Policies are asked before any other column is looked at.
            let insert = format!("INSERT INTO {name} (org_id) VALUES ('{foreign}')");
            let refused = told(&mut conn, &own, |conn| sql_query(insert).execute(conn)).unwrap_err();
            assert!(
                refused.to_string().contains("row-level security"),
                "{name}: {refused}"
            );
        }
        // An own row does not become another organization's.
        let refused = told(&mut conn, &own, |conn| {
            sql_query(format!("UPDATE users SET org_id = '{foreign}'")).execute(conn)
        })
        .unwrap_err()
        .to_string();
        assert!(refused.contains("row-level security"), "{refused}");
    });
}

#[derive(QueryableByName)]
struct Names {
    #[diesel(sql_type = Text)]
    name: String,
}

/// A statement whose condition was forgotten, in a form that the statement check lets pass.
fn names(conn: &mut Conn) -> Result<Vec<String>, Error> {
    let rows: Vec<Names> =
        sql_query("SELECT user_name AS name FROM users WHERE org_id IS NOT NULL ORDER BY 1").load(conn)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

#[test]
fn a_handle_shows_no_other_organizations_row_where_the_condition_was_forgotten() {
    run(async |Setting { instance, a, b, .. }| {
        for _ in 0..2 {
            for org in [&a, &b] {
                let own = [if org.id == a.id { "A" } else { "B" }];
                assert_eq!(org.shared.db.read(names).await.unwrap(), own);
                assert_eq!(org.shared.db.write(names).await.unwrap(), own);
            }
            // The installation's own work reaches both.
            assert_eq!(instance.shared.db.read(names).await.unwrap(), ["A", "B"]);
            assert_eq!(instance.shared.db.write(names).await.unwrap(), ["A", "B"]);
        }
    });
}

#[test]
fn a_handle_changes_no_other_organizations_row_where_the_condition_was_forgotten() {
    run(async |Setting { instance, a, .. }| {
        let rename = |conn: &mut Conn| {
            Ok(
                sql_query("UPDATE users SET display_name_key = 'renamed' WHERE org_id IS NOT NULL")
                    .execute(conn)?,
            )
        };
        assert_eq!(a.shared.db.write(rename).await.unwrap(), 1);
        assert_eq!(instance.shared.db.write(rename).await.unwrap(), 2);
    });
}

#[test]
fn work_that_fails_leaves_its_connection_to_the_next() {
    run(async |Setting { a, b, .. }| {
        let failing = |conn: &mut Conn| {
            sql_query("SELECT 1 / 0").execute(conn)?;
            Ok(())
        };
        let refused = |_: &mut Conn| -> Result<(), Error> { Err(Error::NotFound) };
        for org in [&a, &b] {
            assert!(org.shared.db.read(failing).await.is_err());
            assert_eq!(org.shared.db.read(names).await.unwrap().len(), 1);
            assert!(org.shared.db.write(failing).await.is_err());
            assert_eq!(org.shared.db.read(names).await.unwrap().len(), 1);
            assert!(org.shared.db.read(refused).await.is_err());
            assert_eq!(org.shared.db.write(names).await.unwrap().len(), 1);
        }
    });
}

#[test]
fn what_only_reads_cannot_write() {
    run(async |Setting { a, .. }| {
        let write = |conn: &mut Conn| {
            Ok(sql_query("UPDATE users SET version = 7 WHERE org_id IS NOT NULL").execute(conn)?)
        };
        let refused = format!("{:?}", a.shared.db.read(write).await.unwrap_err());
        assert!(refused.contains("read-only transaction"), "{refused}");
    });
}

#[derive(QueryableByName)]
struct Open {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[test]
fn no_transaction_stays_open_when_there_is_nothing_to_do() {
    run(async |Setting { a, database, .. }| {
        assert_eq!(a.shared.db.read(names).await.unwrap(), ["A"]);
        let mut conn = connect(&database);
        // It is ended after the answer: at once, but not before it.
        for _ in 0..1000 {
            let open: Open = sql_query(
                "SELECT count(*) AS count FROM pg_stat_activity WHERE datname = current_database() \
                 AND application_name = 'wicketgate' AND state <> 'idle'",
            )
            .get_result(&mut conn)
            .unwrap();
            if open.count == 0 {
                return;
            }
        }
        panic!("a transaction stays open");
    });
}

#[test]
fn the_owner_of_the_tables_is_no_exception() {
    run(async |Setting { a, database, .. }| {
        let mut conn = PgConnection::establish(&database.url()).unwrap();
        assert_eq!(count(&mut conn, "users"), 0);
        let of_a = told(&mut conn, &a.id.to_string(), |conn| count(conn, "users"));
        assert_eq!(of_a, 1);
    });
}

/// The control of all tests here: without policies everything is seen.
#[test]
fn a_superuser_sees_every_row_and_is_refused() {
    run(async |Setting { database, .. }| {
        let url = database.superuser_url().unwrap();
        let mut conn = PgConnection::establish(&url).unwrap();
        assert_eq!(count(&mut conn, "users"), 2);
        let open = |allow_unsafe_role| {
            let options = DatabaseOptions {
                threads: 1,
                allow_unsafe_role,
                ..DatabaseOptions::new(&url)
            };
            Db::open(&options, &wicketgate_metrics::Metrics::new(0)).map(drop)
        };
        let refused = open(false).unwrap_err();
        let Error::Refused { field, fix } = &refused else {
            panic!("{refused:?}")
        };
        assert_eq!(*field, "database-url");
        for part in [
            "postgres",
            "CREATE ROLE wicketgate",
            "NOSUPERUSER NOBYPASSRLS",
            "--allow-unsafe-database-role",
        ] {
            assert!(fix.contains(part), "{part}: {fix}");
        }
        open(true).unwrap();

        conn.batch_execute("CREATE ROLE bypassing LOGIN NOSUPERUSER BYPASSRLS")
            .unwrap();
        let options = DatabaseOptions::new(url.replacen("postgres@", "bypassing@", 1));
        let refused = Db::open(&options, &wicketgate_metrics::Metrics::new(0))
            .map(drop)
            .unwrap_err();
        conn.batch_execute("DROP ROLE bypassing").unwrap();
        assert!(
            matches!(
                refused,
                Error::Refused {
                    field: "database-url",
                    ..
                }
            ),
            "{refused:?}"
        );
    });
}

#[test]
fn the_role_that_serves_may_change_rows_and_nothing_else() {
    run(async |Setting { database, .. }| {
        let mut conn = connect(&database);
        for statement in [
            "CREATE TABLE mine (id integer)",
            "ALTER TABLE users NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE users DISABLE ROW LEVEL SECURITY",
            "DROP POLICY one_org ON users",
            "TRUNCATE events CASCADE",
            "DELETE FROM __diesel_schema_migrations",
        ] {
            let refused = conn.batch_execute(statement).unwrap_err().to_string();
            assert!(
                refused.contains("permission denied") || refused.contains("must be owner"),
                "{statement}: {refused}"
            );
        }
        // Tables of later migrations are its to work with too, whoever applies them.
        let mut owner = PgConnection::establish(&database.url()).unwrap();
        owner.batch_execute("CREATE TABLE later (id integer)").unwrap();
        assert_eq!(count(&mut conn, "later"), 0);
    });
}

#[test]
fn a_role_that_makes_no_tables_migrates_nothing_and_says_what_is_missing() {
    let database = Database::new(Engine::Postgres);
    let application = DatabaseOptions::new(database.application_url());
    let both = DatabaseOptions {
        migrate_url: database.owner_url(),
        ..application.clone()
    };
    let refused = Instance::migrate(&application).unwrap_err();
    let Error::Refused { field, fix } = &refused else {
        panic!("{refused:?}")
    };
    assert_eq!(*field, "migrate-database-url");
    assert!(
        fix.contains("20261201110000") || fix.contains("row_level_security"),
        "{fix}"
    );
    let all = Instance::pending_migrations(&both).unwrap();
    assert_eq!(Instance::pending_migrations(&application).unwrap(), all);

    assert_eq!(Instance::migrate(&both).unwrap().len(), all.len());
    assert_eq!(Instance::pending_migrations(&application).unwrap(), [""; 0]);
    assert_eq!(Instance::migrate(&application).unwrap(), [""; 0]);
    // Granting once more changes nothing.
    assert_eq!(Instance::migrate(&both).unwrap(), [""; 0]);

    let other = Database::new(Engine::Postgres);
    let empty = Database::new(Engine::Postgres);
    let elsewhere = DatabaseOptions {
        migrate_url: other.owner_url(),
        ..DatabaseOptions::new(empty.application_url())
    };
    let refused = Instance::migrate(&elsewhere).unwrap_err();
    assert!(Instance::pending_migrations(&elsewhere).unwrap().len() == all.len());
    assert!(
        matches!(
            refused,
            Error::Refused {
                field: "migrate-database-url",
                ..
            }
        ),
        "{refused:?}"
    );
}

/// Whether a step of the schema changes rows of its own, on a line that begins with the statement.
fn changes_rows(sql: &str) -> bool {
    sql.lines().any(|line| {
        ["UPDATE ", "DELETE FROM ", "INSERT INTO "]
            .iter()
            .any(|keyword| line.trim_start().starts_with(keyword))
    })
}

/// One that did not say whose would find none, and say nothing.
#[test]
fn a_migration_that_changes_rows_says_which_it_reaches() {
    assert!(changes_rows("-- Fills it.\nUPDATE users SET version = 1;"));
    assert!(!changes_rows("CREATE TRIGGER t BEFORE UPDATE ON users"));
    let first = migrate::POSTGRES_UP
        .iter()
        .position(|sql| sql.contains("wicketgate_isolate("))
        .unwrap();
    for sql in migrate::POSTGRES_UP.iter().skip(first + 1) {
        assert!(
            !changes_rows(sql) || sql.contains("set_config('wicketgate.org'"),
            "begin the step with SELECT set_config('wicketgate.org', '*', true):\n{sql}"
        );
    }
}

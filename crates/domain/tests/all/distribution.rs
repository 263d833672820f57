//! Whether the tables can be spread over nodes by organization, and whether `deploy/citus.sql` does that with each of
//! them. Citus itself is not run: what its two functions are called with is written down, and held against its rules.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    QueryableByName, RunQueryDsl as _,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{Nullable, Text},
};
use wicketgate_testbed::{Database, Engine};

use crate::migrations::{
    Catalogue, ForeignKey, READ_BEFORE_THE_ORGANIZATION_IS_KNOWN, catalogue, migrated, postgres,
};

/// The tables without `org_id`, and why they have none.
const OF_NO_ORGANIZATION: [(&str, &str); 10] = [
    (
        "account_idempotency_keys",
        "an operator's, for what belongs to no organization",
    ),
    (
        "account_recoveries",
        "an account may look after several organizations",
    ),
    (
        "account_recovery_codes",
        "an account may look after several organizations",
    ),
    (
        "account_sessions",
        "an account may look after several organizations",
    ),
    ("accounts", "an account may look after several organizations"),
    ("operator_invitations", "operators look after the installation"),
    ("operators", "operators look after the installation"),
    ("organizations", "its id is what org_id refers to"),
    ("sign_in_attempts", "counted before anybody is known, by a seal"),
    ("signing_keys", "the installation's"),
];

const CITUS: &str = include_str!("../../../../deploy/citus.sql");

/// In place of the extension: what its functions are called with, in order.
const RECORDER: &str = "
    CREATE SCHEMA recorded;
    CREATE TABLE recorded.calls (number integer GENERATED ALWAYS AS IDENTITY, name text, key text, beside text);
    CREATE FUNCTION create_reference_table(name text) RETURNS void LANGUAGE sql
        AS 'INSERT INTO recorded.calls (name) VALUES (name)';
    CREATE FUNCTION create_distributed_table(name text, key text, colocate_with text) RETURNS void LANGUAGE sql
        AS 'INSERT INTO recorded.calls (name, key, beside) VALUES (name, key, colocate_with)';";

#[derive(Debug, Clone, QueryableByName)]
struct Call {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    key: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    beside: Option<String>,
}

/// The tables after `deploy/citus.sql`, and what it did with them.
fn spread(database: &Database) -> (Catalogue, Vec<Call>) {
    let before = migrated(database);
    let mut conn = postgres(database);
    conn.batch_execute(RECORDER).unwrap();
    let unprepared = conn
        .batch_execute(&format!("BEGIN; {CITUS} COMMIT;"))
        .unwrap_err();
    assert!(unprepared.to_string().contains("ALTER DATABASE"), "{unprepared}");
    conn.batch_execute(&format!(
        "ROLLBACK; SET citus.propagate_set_commands = 'local'; BEGIN; {CITUS} COMMIT;"
    ))
    .unwrap();
    let calls = sql_query("SELECT name, key, beside FROM recorded.calls ORDER BY number")
        .load(&mut conn)
        .unwrap();
    let after = catalogue(database);
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>()
    );
    (after, calls)
}

#[test]
fn a_table_without_an_organization_is_known_with_the_reason() {
    let tables = migrated(&Database::new(Engine::Postgres));
    let without: Vec<&str> = tables
        .iter()
        .filter(|(_, table)| !table.columns.contains_key("org_id"))
        .map(|(name, _)| name.as_str())
        .collect();
    let known = OF_NO_ORGANIZATION.map(|(name, reason)| {
        assert!(!reason.is_empty(), "{name}");
        name
    });
    assert_eq!(without, known);
}

#[test]
fn every_table_is_spread_once_by_its_organization_or_is_everywhere() {
    let (tables, calls) = spread(&Database::new(Engine::Postgres));
    let mut names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        tables.keys().collect::<Vec<_>>(),
        "name each table once in deploy/citus.sql"
    );
    for Call { name, key, beside } in &calls {
        let is_of_an_organization = tables[name].columns.contains_key("org_id")
            && !READ_BEFORE_THE_ORGANIZATION_IS_KNOWN.contains(&name.as_str());
        let expected = match name.as_str() {
            "organizations" => (Some("id"), Some("none")),
            _ if is_of_an_organization => (Some("org_id"), Some("organizations")),
            _ => (None, None),
        };
        assert_eq!((key.as_deref(), beside.as_deref()), expected, "{name}");
    }
}

#[test]
fn keys_and_references_stay_on_one_node() {
    let (tables, calls) = spread(&Database::new(Engine::Postgres));
    let keys: BTreeMap<&str, Option<&str>> = calls
        .iter()
        .map(|call| (call.name.as_str(), call.key.as_deref()))
        .collect();
    let mut done = BTreeSet::new();
    for Call { name, key, .. } in &calls {
        let table = &tables[name];
        if let Some(key) = key {
            assert_eq!(table.primary_key.first(), Some(key), "{name}");
            for index in table.indexes.iter().filter(|index| index.is_unique) {
                assert!(index.columns.contains(key), "{name}: {index:?}");
            }
        }
        for reference in &table.foreign_keys {
            assert!(
                done.contains(reference.table.as_str()) || reference.table == *name,
                "{name} is spread before {}, to which it refers",
                reference.table
            );
            let allowed = match (key.as_deref(), keys[reference.table.as_str()]) {
                (_, None) => true,
                (None, Some(_)) => false,
                (Some(key), Some(referenced)) => carries(reference, key, referenced),
            };
            assert!(allowed, "{name}: {reference:?}");
        }
        done.insert(name.as_str());
    }
}

/// Whether a reference leads from one key of distribution to the other.
fn carries(reference: &ForeignKey, key: &str, referenced: &str) -> bool {
    reference
        .columns
        .iter()
        .zip(&reference.referenced)
        .any(|(from, to)| from == key && to == referenced)
}

/// The tables of before refer across nodes, so the check above can fail.
#[test]
fn references_that_cross_nodes_are_dropped() {
    let database = Database::new(Engine::Postgres);
    let count = |tables: &Catalogue| -> usize { tables.values().map(|table| table.foreign_keys.len()).sum() };
    let before = count(&migrated(&database));
    let (after, _) = spread(&database);
    assert_eq!(before - count(&after), CITUS.matches("DROP CONSTRAINT").count());
    assert!(after["credential_owners"].foreign_keys.is_empty());
}

#[derive(QueryableByName)]
struct Policy {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    condition: String,
}

#[test]
fn policies_without_a_subquery_keep_the_same_rows_apart() {
    let database = Database::new(Engine::Postgres);
    spread(&database);
    let mut conn = postgres(&database);
    let policies: Vec<Policy> = sql_query(
        "SELECT tablename || '.' || policyname AS name, qual AS condition FROM pg_policies WHERE schemaname = 'public'",
    )
    .load(&mut conn)
    .unwrap();
    assert!(policies.len() > 60, "{}", policies.len());
    for Policy { name, condition } in policies {
        assert!(
            !condition.to_uppercase().contains("SELECT"),
            "{name}: {condition}"
        );
        assert!(condition.contains("wicketgate.org"), "{name}: {condition}");
    }
    let (own, foreign) = (
        "00000000-0000-7000-8000-00000000000a",
        "00000000-0000-7000-8000-00000000000b",
    );
    let mut add = |reach: &str| {
        conn.batch_execute(&format!("BEGIN; SET LOCAL wicketgate.org = '{reach}'"))
            .unwrap();
        let added = sql_query(format!(
            "INSERT INTO provisioning_activity (org_id) VALUES ('{foreign}')"
        ))
        .execute(&mut conn);
        conn.batch_execute("ROLLBACK").unwrap();
        added.unwrap_err().to_string()
    };
    for reach in ["", own] {
        let refused = add(reach);
        assert!(refused.contains("row-level security"), "{reach:?}: {refused}");
    }
    for reach in [foreign, "*"] {
        let refused = add(reach);
        assert!(refused.contains("not-null"), "{reach:?}: {refused}");
    }
}

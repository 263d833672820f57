//! `wicketgate migrate`.

use wicketgate_testbed::{Database, Engine, both_engines};

use crate::gate::Gate;

both_engines! {
    migrations_are_applied_once_and_named,
    check_fails_until_nothing_is_missing,
    commands_refuse_a_database_that_is_not_migrated,
}

fn migrations_are_applied_once_and_named(database: &Database) {
    let gate = Gate::new(database);
    let applied = gate.json(&["migrate"]);
    assert!(!applied["applied"].as_array().unwrap().is_empty(), "{applied}");
    assert_eq!(gate.json(&["migrate"]), serde_json::json!({"applied": []}));
    assert!(gate.run(&["migrate"]).stdout.contains("up to date"));
}

fn check_fails_until_nothing_is_missing(database: &Database) {
    let gate = Gate::new(database);
    match database.engine() {
        // Asking must not make a file.
        Engine::Sqlite => {
            assert!(
                gate.error(&["migrate", "--check"])
                    .contains("there is no database")
            );
            assert!(!database.dir().join("test.db").exists());
        }
        Engine::Postgres => {
            let missing = gate.run(&["migrate", "--check", "--format", "json"]);
            assert_eq!(missing.status, 1);
            assert!(!missing.answer()["pending"].as_array().unwrap().is_empty());
        }
    }
    gate.json(&["migrate"]);
    assert_eq!(
        gate.json(&["migrate", "--check"]),
        serde_json::json!({"pending": []})
    );
}

fn commands_refuse_a_database_that_is_not_migrated(database: &Database) {
    let gate = Gate::new(database);
    let error = gate.error(&["org", "create", "--name", "Acme"]);
    assert!(
        error.contains("wicketgate migrate") && error.contains("wicketgate serve"),
        "{error}"
    );
    assert!(!gate.pepper().exists());
}

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

/// The roles that `deploy/postgres/10-wicketgate.sh` makes: one owns and migrates, the other one serves.
#[test]
fn a_role_that_owns_nothing_works_after_the_owner_has_migrated() {
    let database = Database::new(Engine::Postgres);
    let gate = Gate::new(&database).with("WICKETGATE_DATABASE_URL", &database.application_url());
    let error = gate.error(&["migrate"]);
    assert!(
        error.contains("migrate-database-url") && error.contains("--migrate-database-url"),
        "{error}"
    );
    let owner = database.owner_url().unwrap();
    let applied = gate.json(&["migrate", "--migrate-database-url", &owner]);
    assert!(!applied["applied"].as_array().unwrap().is_empty(), "{applied}");

    let org = gate.json(&["org", "create", "--name", "Acme"]);
    let id = org["id"].as_str().unwrap();
    let created = gate.json(&["service-user", "create", "--org", id, "--name", "okta"]);
    assert!(created["id"].is_string(), "{created}");
    assert_eq!(
        gate.json(&["migrate", "--check"]),
        serde_json::json!({"pending": []})
    );
    // Nothing is there to be migrated, so its own role is enough.
    assert_eq!(gate.json(&["migrate"]), serde_json::json!({"applied": []}));
}

#[test]
fn a_superuser_does_not_serve_unless_that_is_asked_for() {
    let database = Database::new(Engine::Postgres);
    let superuser = database.superuser_url().unwrap();
    let gate = Gate::migrated(&database).with("WICKETGATE_DATABASE_URL", &superuser);
    for arguments in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["org", "create", "--name", "Acme"],
    ] {
        let error = gate.error(arguments);
        for part in [
            "superuser",
            "CREATE ROLE wicketgate",
            "--allow-unsafe-database-role",
        ] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
    let org = gate.json(&["org", "create", "--name", "Acme", "--allow-unsafe-database-role"]);
    assert!(org["id"].is_string(), "{org}");
}

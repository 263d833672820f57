//! `wicketgate backup`, `wicketgate restore` and `wicketgate revoke-all`: what they refuse, and what they leave behind.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use wicketgate_testbed::{Database, Engine, both_engines};

use crate::gate::{Gate, get, keys, mode, text};

both_engines! {
    after_revoke_all_nothing_that_was_issued_is_accepted,
}

fn after_revoke_all_nothing_that_was_issued_is_accepted(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let service_user = gate.service_user(&org);
    let old = text(&gate.token(&org, &service_user), "token");
    gate.json(&["setup-link", "create", "--org", &org, "--label", "Anna"]);
    let invite = ["account", "invite", "--org", &org, "--email", "anna@example.com"];
    gate.json(&invite);
    let mut server = gate.serve();
    let address = server.address();
    let path = format!("/scim/v2/{org}/Users");
    assert_eq!(get(address, &path, &old).0, 200);
    let revoked = gate.json(&["revoke-all", "--reason", "restored"]);
    assert_eq!(
        revoked,
        json!({"organizations": 1, "credentials": 1, "setupLinks": 1, "invitations": 1, "sessions": 0})
    );
    assert_eq!(get(address, &path, &old).0, 401);
    let create = [
        "token",
        "create",
        "--org",
        &org,
        "--service-user",
        &service_user,
        "--name",
        "new",
    ];
    let new = text(&gate.json(&create), "token");
    assert_eq!(get(address, &path, &new).0, 200);
    server.stop();
    let listed = gate.json(&["audit", "list", "--org", &org, "--kind", "credential.revoked"]);
    let payload = &listed["entries"][0]["payload"];
    assert_eq!(
        (&payload["all"], &payload["reason"], &payload["count"]),
        (&json!("installation"), &json!("restored"), &json!(1))
    );
    assert_eq!(gate.json(&["verify"])["ok"], json!(true));
    assert_eq!(gate.run(&["revoke-all"]).status, 2, "without a reason");
}

/// The SQLite database of an installation.
fn file_of(database: &Database) -> PathBuf {
    Path::new(database.url().strip_prefix("sqlite://").unwrap()).to_owned()
}

/// An installation with an organization, and a backup of it.
fn backed_up(database: &Database) -> (Gate<'_>, String) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    gate.json(&["backup", "first.backup"]);
    (gate, org)
}

/// The names of all organizations.
fn orgs(gate: &Gate<'_>) -> Value {
    gate.json(&["org", "list"])
}

/// The files in the folder of the database, without those that SQLite has while it is open.
fn files(database: &Database) -> Vec<String> {
    let mut files: Vec<String> = fs::read_dir(database.dir())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
        .collect();
    files.sort_unstable();
    files
}

#[test]
fn a_backup_is_the_owners_alone_and_never_overwrites() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::migrated(&database);
    let refused = gate.error(&["backup", "first.backup"]);
    assert!(refused.contains("there is no pepper"), "{refused}");
    gate.org();
    let written = gate.json(&["backup", "first.backup"]);
    assert_eq!(keys(&written), ["file", "bytes"]);
    let file = gate.path("first.backup");
    assert_eq!(mode(&file), 0o600);
    let bytes = fs::read(&file).unwrap();
    assert_eq!(written["bytes"], json!(bytes.len()));
    let refused = gate.error(&["backup", "first.backup"]);
    assert!(refused.contains("is there already"), "{refused}");
    assert_eq!(fs::read(&file).unwrap(), bytes);
    let before = files(&database);
    gate.error(&["backup", "no-such-folder/first.backup"]);
    assert_eq!(files(&database), before, "nothing is left behind");
}

#[test]
fn a_database_that_is_there_is_replaced_only_when_told_to_and_kept() {
    let database = Database::new(Engine::Sqlite);
    let (gate, org) = backed_up(&database);
    gate.org();
    let both = orgs(&gate);
    let refused = gate.error(&["restore", "first.backup"]);
    assert!(refused.contains("--replace"), "{refused}");
    assert_eq!(orgs(&gate), both);
    let restored = gate.json(&["restore", "first.backup", "--replace"]);
    assert_eq!(keys(&restored), ["database", "former", "applied", "revoked"]);
    assert_eq!(orgs(&gate).as_array().unwrap().len(), 1);
    assert_eq!(text(&gate.json(&["org", "show", "--org", &org]), "id"), org);
    assert_eq!(mode(&file_of(&database)), 0o600);
    // What was there before is a whole database.
    let former = format!("sqlite://{}", text(&restored, "former"));
    let gate = gate.with("WICKETGATE_DATABASE_URL", &former);
    assert_eq!(orgs(&gate).as_array().unwrap().len(), 2);
}

#[test]
fn where_no_database_is_a_backup_is_put_there() {
    let database = Database::new(Engine::Sqlite);
    let (gate, org) = backed_up(&database);
    let file = file_of(&database);
    let rest = gate.path("test.db-wal");
    fs::remove_file(&file).unwrap();
    for ending in ["wal", "shm"] {
        // A command may have left it there; then it goes with the database.
        let _ = fs::remove_file(gate.path(&format!("test.db-{ending}")));
    }
    fs::write(&rest, "rest").unwrap();
    let refused = gate.error(&["restore", "first.backup"]);
    assert!(refused.contains("test.db-wal"), "{refused}");
    assert!(!file.exists());
    fs::remove_file(rest).unwrap();
    let restored = gate.json(&["restore", "first.backup"]);
    assert_eq!(restored["former"], Value::Null);
    assert_eq!(text(&gate.json(&["org", "show", "--org", &org]), "id"), org);
    assert_eq!(gate.json(&["verify"])["ok"], json!(true));
}

#[test]
fn a_backup_that_was_touched_is_refused_and_nothing_is_changed() {
    let database = Database::new(Engine::Sqlite);
    let (gate, _) = backed_up(&database);
    gate.org();
    let both = orgs(&gate);
    let sealed = fs::read(gate.path("first.backup")).unwrap();
    let before = files(&database);
    let middle = sealed.len() / 2;
    let mut changed = sealed.clone();
    changed[middle] ^= 1;
    let mut other_seal = sealed.clone();
    *other_seal.last_mut().unwrap() ^= 1;
    for (what, bytes) in [
        ("changed", changed),
        ("sealed by somebody else", other_seal),
        ("cut off", sealed[..middle].to_vec()),
        ("without its seal", sealed[..sealed.len() - 48].to_vec()),
        ("empty", Vec::new()),
        ("longer", [sealed.as_slice(), b"x"].concat()),
    ] {
        fs::write(gate.path("first.backup"), bytes).unwrap();
        let refused = gate.error(&["restore", "first.backup", "--replace"]);
        assert!(refused.contains("changed or cut off"), "{what}: {refused}");
        assert_eq!(orgs(&gate), both, "{what}");
        assert_eq!(files(&database), before, "{what}");
    }
    let refused = gate.error(&["restore", "no.backup", "--replace"]);
    assert!(refused.contains("no.backup"), "{refused}");
    fs::write(gate.path("first.backup"), sealed).unwrap();
    gate.json(&["restore", "first.backup", "--replace"]);
    assert_ne!(orgs(&gate), both);
}

#[test]
fn postgresql_is_left_to_its_own_tools() {
    let database = Database::new(Engine::Postgres);
    let gate = Gate::migrated(&database);
    gate.org();
    for command in [&["backup", "first.backup"][..], &["restore", "first.backup"]] {
        let refused = gate.error(command);
        for words in ["pg_basebackup", "revoke-all", "documentation"] {
            assert!(refused.contains(words), "{words}: {refused}");
        }
    }
    assert!(!gate.path("first.backup").exists());
}

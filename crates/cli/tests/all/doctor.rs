//! `wicketgate doctor`.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt as _};

use serde_json::Value;
use wicketgate_testbed::{Database, Engine, both_engines};

use crate::gate::{Gate, text};

both_engines! {
    a_served_installation_is_healthy,
    a_lost_pepper_is_found,
}

/// Runs it, and is its status with the finding of one check.
fn finding(gate: &Gate<'_>, check: &str, more: &[&str]) -> (i32, String, Value) {
    let ended = gate.run(&[&["doctor", "--format", "json"], more].concat());
    let report = ended.answer();
    assert_eq!(report["ok"], ended.status == 0, "{report}");
    let checks = report["checks"].as_array().unwrap();
    let found = checks.iter().find(|found| found["check"] == check);
    let found = found.unwrap_or_else(|| panic!("no {check} in {report}"));
    (ended.status, text(found, "status"), found.clone())
}

fn a_served_installation_is_healthy(database: &Database) {
    let gate = Gate::new(database).with("WICKETGATE_PUBLIC_URL", "https://localhost.example.test");
    let mut server = gate.serve();
    let listen = server.address().to_string();
    gate.org();
    let ended = gate.run(&["doctor", "--listen", &listen, "--format", "json"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    let report = ended.answer();
    let found: Vec<String> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| format!("{} {}", text(found, "status"), text(found, "check")))
        .collect();
    assert_eq!(
        found,
        [
            "ok configuration",
            "ok data folder",
            "ok database",
            "ok migrations",
            "ok clock",
            "ok pepper",
            // A name that ends in `test` never resolves.
            "warn public URL",
            "ok listen address",
        ]
    );
    let printed = gate.run(&["doctor", "--listen", &listen]).stdout;
    assert!(
        printed.contains("ok    database: ") && printed.contains("      fix: "),
        "{printed}"
    );
    server.stop();
}

fn a_lost_pepper_is_found(database: &Database) {
    let gate = Gate::migrated(database);
    let (status, found, _) = finding(&gate, "pepper", &["--listen", "127.0.0.1:0"]);
    assert_eq!((status, found.as_str()), (0, "warn"), "nothing depends on it yet");
    gate.org();
    fs::remove_file(gate.pepper()).unwrap();
    let (status, found, finding) = finding(&gate, "pepper", &["--listen", "127.0.0.1:0"]);
    assert_eq!((status, found.as_str()), (1, "fail"));
    assert!(text(&finding, "fix").contains("backup"), "{finding}");
    assert!(!gate.pepper().exists());
}

#[test]
fn nothing_is_created_where_nothing_is() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::new(&database);
    for check in ["data folder", "database", "pepper"] {
        let (status, found, _) = finding(&gate, check, &["--listen", "127.0.0.1:0"]);
        assert_eq!((status, found.as_str()), (0, "warn"), "{check}");
    }
    assert!(!gate.data_dir().exists() && !gate.path("test.db").exists());
}

#[test]
fn permissions_that_let_others_in_are_found() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::migrated(&database);
    gate.org();
    let listen = ["--listen", "127.0.0.1:0"];
    for (path, mode, check, expected) in [
        (gate.pepper(), 0o644, "pepper", (1, "fail")),
        (gate.pepper(), 0o600, "pepper", (0, "ok")),
        (gate.data_dir(), 0o755, "data folder", (0, "warn")),
        (gate.data_dir(), 0o777, "data folder", (1, "fail")),
        (gate.data_dir(), 0o700, "data folder", (0, "ok")),
    ] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let (status, found, finding) = finding(&gate, check, &listen);
        assert_eq!((status, found.as_str()), expected, "{finding}");
        assert_eq!(
            finding["fix"]
                .as_str()
                .is_some_and(|fix| fix.starts_with("chmod ")),
            expected.1 != "ok",
            "{finding}"
        );
    }
}

#[test]
fn what_okta_or_anybody_stumbles_over_in_the_public_url_is_found() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::migrated(&database);
    for (url, expected, words) in [
        ("https://my_gate.example.com", (1, "fail"), "underscore"),
        ("http://scim.example.test", (0, "warn"), "not https"),
        ("http://127.0.0.1:8080", (0, "warn"), "this machine only"),
        ("https://scim.example.test/scim/v2", (0, "warn"), "once more"),
        ("https://scim.example.test", (0, "warn"), "does not resolve"),
    ] {
        let (status, found, finding) = finding(
            &gate,
            "public URL",
            &["--listen", "127.0.0.1:0", "--public-url", url],
        );
        assert_eq!((status, found.as_str()), expected, "{finding}");
        assert!(text(&finding, "message").contains(words), "{finding}");
    }
}

#[test]
fn settings_that_cannot_be_used_are_a_finding() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::migrated(&database).with("WICKETGATE_PUBLICURL", "https://x.example");
    fs::write(gate.path("gate.toml"), "lissten = \"127.0.0.1:1\"\n").unwrap();
    let (status, found, configuration) = finding(&gate, "configuration", &["--config", "gate.toml"]);
    assert_eq!((status, found.as_str()), (1, "fail"));
    assert!(
        text(&configuration, "message").contains("lissten"),
        "{configuration}"
    );
    let (status, found, environment) = finding(&gate, "environment", &["--listen", "127.0.0.1:0"]);
    assert_eq!((status, found.as_str()), (0, "warn"));
    assert!(
        text(&environment, "message").contains("WICKETGATE_PUBLICURL"),
        "{environment}"
    );
}

#[test]
fn a_password_in_a_file_for_everybody_is_found() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::migrated(&database);
    let path = gate.path("gate.toml");
    fs::write(&path, "database_url = \"postgres://u:hunter2@127.0.0.1/d\"\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let more = ["--config", "gate.toml", "--listen", "127.0.0.1:0"];
    let (_, found, finding) = finding(&gate, "configuration", &more);
    assert_eq!(found, "warn");
    assert!(text(&finding, "fix").starts_with("chmod o= "), "{finding}");
    assert!(!finding.to_string().contains("hunter2"), "{finding}");
}

#[test]
fn an_address_that_another_program_has_taken_is_found() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::migrated(&database);
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    // It hangs up on whoever asks.
    let program = std::thread::spawn(move || drop(other.accept()));
    let (status, found, finding) = finding(&gate, "listen address", &["--listen", &address]);
    assert_eq!((status, found.as_str()), (1, "fail"), "{finding}");
    assert!(text(&finding, "fix").contains("--listen"), "{finding}");
    program.join().unwrap();
}

#[test]
fn a_database_that_does_not_answer_and_one_that_lacks_migrations_are_found() {
    let database = Database::new(Engine::Postgres);
    let gate = Gate::new(&database);
    let listen = ["--listen", "127.0.0.1:0"];
    let (status, found, finding_) = finding(&gate, "migrations", &listen);
    assert_eq!((status, found.as_str()), (0, "warn"), "{finding_}");
    assert!(
        text(&finding_, "fix").contains("wicketgate migrate"),
        "{finding_}"
    );

    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gate = gate.with(
        "WICKETGATE_DATABASE_URL",
        &format!("postgres://u:hunter2@{free}/d"),
    );
    let (status, found, finding_) = finding(&gate, "database", &listen);
    assert_eq!((status, found.as_str()), (1, "fail"), "{finding_}");
    let message = text(&finding_, "message");
    assert!(
        message.contains("start PostgreSQL") && !message.contains("hunter2"),
        "{finding_}"
    );
}

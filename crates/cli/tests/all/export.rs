//! `wicketgate export`, `wicketgate verify`, and `wicketgate org delete` after them.

use std::fs;

use serde_json::{Value, json};
use wicketgate_testbed::{Database, Engine, both_engines};

use crate::gate::{Gate, keys, text};

both_engines! {
    an_organization_is_exported_and_then_deleted,
    verify_says_that_every_log_is_whole,
}

fn an_organization_is_exported_and_then_deleted(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let refused = gate.run(&["org", "delete", "--org", &org]);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("wicketgate export"), "{}", refused.stderr);
    assert_eq!(
        text(&gate.json(&["org", "show", "--org", &org]), "state"),
        "active"
    );

    let arguments = ["export", "--org", &org, "--output", "acme.ndjson"];
    let exported = gate.json(&arguments);
    assert_eq!(keys(&exported), ["file", "lines", "unchanged", "counts"]);
    let file = fs::read_to_string(gate.path("acme.ndjson")).unwrap();
    let lines: Vec<Value> = file
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(exported["lines"], lines.len());
    assert_eq!(lines[0]["id"], json!(org));
    assert_eq!(lines.last().unwrap()["type"], "end");
    assert_eq!(gate.run(&arguments).status, 1, "the file is there");
    let printed = gate.run(&["export", "--org", &org]);
    assert_eq!(printed.status, 0);
    assert!(printed.stdout.contains(r#""type":"end""#));

    let deleted = gate.json(&["org", "delete", "--org", &org]);
    assert_eq!(text(&deleted, "state"), "deleted");
    assert!(text(&deleted, "purgedFrom") > text(&deleted, "deletedAt"));
    let listed = gate.run(&["org", "list"]).stdout;
    assert!(listed.contains(&text(&deleted, "purgedFrom")), "{listed}");
    let resumed = gate.json(&["org", "resume", "--org", &org]);
    assert_eq!(
        (text(&resumed, "state"), &resumed["purgedFrom"]),
        ("active".to_owned(), &Value::Null)
    );
    let deleted = gate.json(&["org", "delete", "--org", &org, "--without-export"]);
    assert_eq!(text(&deleted, "state"), "deleted");
}

fn verify_says_that_every_log_is_whole(database: &Database) {
    let gate = Gate::migrated(database);
    assert_eq!(gate.json(&["verify"]), json!({"ok": true, "organizations": []}));
    let (one, other) = (gate.org(), gate.org());
    gate.json(&["org", "pause", "--org", &other]);
    let report = gate.json(&["verify"]);
    assert_eq!(report["ok"], true);
    assert_eq!(report["organizations"][0]["entries"], 1);
    assert_eq!(report["organizations"][1]["entries"], 3);
    assert_eq!(report["organizations"][1]["breaks"], json!([]));
    let report = gate.json(&["verify", "--org", &one]);
    assert_eq!(report["organizations"].as_array().unwrap().len(), 1);
    let unknown = gate.run(&["verify", "--org", "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88"]);
    assert_eq!(unknown.status, 1);
    assert!(unknown.stderr.contains("there is no organization"));
}

#[test]
fn a_log_that_was_touched_is_a_failure() {
    let database = Database::new(Engine::Postgres);
    let gate = Gate::migrated(&database);
    let org = gate.org();
    database.sql("ALTER TABLE audit_entries DISABLE TRIGGER USER");
    database.sql("UPDATE audit_entries SET payload = '{}' WHERE number = 1");
    let ended = gate.run(&["--format", "json", "verify"]);
    assert_eq!(ended.status, 3);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["ok"], false);
    assert_eq!(
        report["organizations"][0]["breaks"],
        json!([{"number": 1, "fault": "altered"}])
    );
    let ended = gate.run(&["verify"]);
    assert!(ended.stdout.contains(&format!("FAIL  {org}")), "{}", ended.stdout);
}

//! `wicketgate entitlement`.

use serde_json::{Value, json};
use wicketgate_testbed::{Database, both_engines};

use crate::gate::{Gate, keys, text};

both_engines! {
    what_is_defined_is_printed_and_listed,
    defining_again_changes_what_it_is_called,
    an_id_is_used_for_one_kind,
    what_is_removed_is_offered_no_longer,
    what_cannot_be_a_value_is_refused_with_the_fix,
}

fn define(gate: &Gate, org: &str, kind: &str, id: &str, rest: &[&str]) -> Value {
    let define = ["entitlement", "define", "--org", org, "--kind", kind, "--id", id];
    gate.json(&[&define, rest].concat())
}

fn what_is_defined_is_printed_and_listed(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    assert_eq!(gate.json(&["entitlement", "list", "--org", &org]), json!([]));
    let license = define(
        &gate,
        &org,
        "entitlement",
        "license",
        &["--display-name", "License"],
    );
    let pilot = define(
        &gate,
        &org,
        "role",
        "pilot",
        &["--display-name", " Pilot ", "--description", "Flies the plane."],
    );
    assert_eq!(
        keys(&pilot),
        [
            "kind",
            "id",
            "displayName",
            "description",
            "createdAt",
            "lastModified"
        ]
    );
    assert_eq!(
        ["kind", "id", "displayName", "description"].map(|key| text(&pilot, key)),
        ["role", "pilot", "Pilot", "Flies the plane."]
    );
    assert_eq!(license["description"], Value::Null);
    assert_eq!(
        gate.json(&["entitlement", "list", "--org", &org]),
        json!([pilot, license])
    );
    let other = gate.org();
    assert_eq!(gate.json(&["entitlement", "list", "--org", &other]), json!([]));
}

fn defining_again_changes_what_it_is_called(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let name = |name: &str| define(&gate, &org, "role", "pilot", &["--display-name", name]);
    let first = name("Pilot");
    assert_eq!(name("Pilot"), first);
    let renamed = name("Captain");
    assert_eq!(text(&renamed, "displayName"), "Captain");
    assert_eq!(renamed["createdAt"], first["createdAt"]);
    assert_eq!(
        gate.json(&["entitlement", "list", "--org", &org]),
        json!([renamed])
    );
}

fn an_id_is_used_for_one_kind(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    define(&gate, &org, "role", "pilot", &["--display-name", "Pilot"]);
    let again = [
        "--kind",
        "entitlement",
        "--id",
        "pilot",
        "--display-name",
        "Pilot",
    ];
    let error = gate.error(&[&["entitlement", "define", "--org", &org], &again[..]].concat());
    assert!(
        error.contains("\"pilot\"") && error.contains("another id"),
        "{error}"
    );
}

fn what_is_removed_is_offered_no_longer(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    define(&gate, &org, "role", "pilot", &["--display-name", "Pilot"]);
    let of_kind = |kind| {
        [
            "entitlement",
            "remove",
            "--org",
            &org,
            "--id",
            "pilot",
            "--kind",
            kind,
        ]
    };
    let error = gate.error(&of_kind("entitlement"));
    assert!(
        error.contains("\"pilot\"") && error.contains("wicketgate entitlement list"),
        "{error}"
    );
    assert_eq!(
        gate.json(&of_kind("role")),
        json!({"kind": "role", "id": "pilot", "removed": true})
    );
    assert_eq!(gate.json(&["entitlement", "list", "--org", &org]), json!([]));
    gate.error(&of_kind("role"));
}

fn what_cannot_be_a_value_is_refused_with_the_fix(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let define = ["entitlement", "define", "--org", &org];
    for (rest, fix) in [
        (
            ["--kind", "role", "--id", "a b", "--display-name", "x"],
            "id: write",
        ),
        (
            ["--kind", "role", "--id", "a", "--display-name", " "],
            "display-name: write",
        ),
    ] {
        let error = gate.error(&[&define[..], &rest[..]].concat());
        assert!(error.contains(fix), "{error}");
    }
    let kind = ["--kind", "license", "--id", "a", "--display-name", "x"];
    let wrong = gate.run(&[&define[..], &kind[..]].concat());
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("role or entitlement"), "{}", wrong.stderr);
    assert_eq!(gate.json(&["entitlement", "list", "--org", &org]), json!([]));
}

//! `wicketgate audit`.

use serde_json::{Value, json};
use wicketgate_testbed::{Database, both_engines};

use crate::gate::{Gate, keys, text};

both_engines! {
    what_was_done_is_listed_with_who_did_it,
    entries_are_chosen_and_paged,
}

fn kinds(listed: &Value) -> Vec<String> {
    let entries = listed["entries"].as_array().unwrap();
    entries.iter().map(|entry| text(entry, "kind")).collect()
}

fn what_was_done_is_listed_with_who_did_it(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let service_user = gate.service_user(&org);
    gate.json(&[
        "service-user",
        "set",
        "--org",
        &org,
        "--service-user",
        &service_user,
        "--active",
        "no",
    ]);
    let listed = gate.json(&["audit", "list", "--org", &org, "--kind", "service_user."]);
    assert_eq!(kinds(&listed), ["service_user.updated", "service_user.created"]);
    let updated = &listed["entries"][0];
    assert_eq!(
        keys(updated),
        [
            "number",
            "kind",
            "occurredAt",
            "actor",
            "actorName",
            "resourceId",
            "targetName",
            "requestId",
            "payload",
            "hash"
        ]
    );
    assert_eq!(updated["actor"], json!({"type": "operator"}));
    assert_eq!(updated["resourceId"], json!(service_user));
    assert_eq!(updated["payload"]["previous"], json!({"active": true}));
    assert_eq!(updated["payload"]["data"]["active"], json!(false));
}

fn entries_are_chosen_and_paged(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let service_user = gate.service_user(&org);
    gate.token(&org, &service_user);
    let list = |options: &[&str]| gate.json(&[&["audit", "list", "--org", &org], options].concat());
    let all = list(&["--limit", "500"]);
    assert!(all["next"].is_null());
    let first = list(&["--limit", "1"]);
    assert_eq!(kinds(&first).len(), 1);
    let next = first["next"].to_string();
    let second = list(&["--limit", "500", "--before", &next]);
    // Each command enters the organization, and that is an entry of its own.
    assert_eq!(kinds(&second), kinds(&all));

    assert_eq!(
        kinds(&list(&["--kind", "credential.created"])),
        ["credential.created"]
    );
    assert_eq!(
        kinds(&list(&[
            "--resource",
            &service_user,
            "--kind",
            "service_user.created"
        ]))
        .len(),
        1
    );
    assert!(kinds(&list(&["--actor", "gateway"])).is_empty());
    assert!(kinds(&list(&["--until", "2020-01-01T00:00:00Z"])).is_empty());
    let refused = gate.error(&["audit", "list", "--org", &org, "--kind", "a b"]);
    assert!(refused.contains("kind"), "{refused}");
}

//! `wicketgate schema`: what it prints, what it refuses, and that a running server goes by it.

use std::fs;

use serde_json::{Value, json};
use wicketgate_testbed::{Database, both_engines};

use crate::gate::{Gate, get, keys, text};

both_engines! {
    a_schema_is_defined_shown_listed_and_removed,
    a_server_goes_by_it_from_the_next_request_on,
    text_says_what_is_in_use,
    a_definition_that_is_refused_names_the_place,
    a_file_that_is_no_definition_is_named,
    a_schema_that_is_not_there_is_named,
}

const URN: &str = "urn:example:clinic:2.0:User";

fn clinic() -> Value {
    json!({
        "id": URN,
        "name": "Clinic",
        "attributes": [{"name": "badgeNumber", "indexed": true}, {"name": "ward", "multiValued": true}],
    })
}

fn define(gate: &Gate<'_>, org: &str, definition: &Value) -> Vec<String> {
    let file = gate.path("clinic.json");
    fs::write(&file, definition.to_string()).unwrap();
    let file = file.to_str().unwrap();
    ["schema", "define", "--org", org, "--file", file]
        .map(str::to_owned)
        .to_vec()
}

fn defined(gate: &Gate<'_>, org: &str, definition: &Value, more: &[&str]) -> Value {
    let command = define(gate, org, definition);
    let command: Vec<&str> = command
        .iter()
        .map(String::as_str)
        .chain(more.iter().copied())
        .collect();
    gate.json(&command)
}

fn a_schema_is_defined_shown_listed_and_removed(database: &Database) {
    let gate = Gate::migrated(database);
    let (org, other) = (gate.org(), gate.org());
    assert_eq!(gate.json(&["schema", "list", "--org", &org]), json!([]));
    let created = defined(&gate, &org, &clinic(), &[]);
    assert_eq!(
        keys(&created),
        [
            "urn",
            "resourceType",
            "required",
            "unfinished",
            "createdAt",
            "lastModified",
            "definition"
        ]
    );
    assert_eq!(
        (
            text(&created, "urn").as_str(),
            text(&created, "resourceType").as_str()
        ),
        (URN, "User")
    );
    assert_eq!(
        (&created["required"], &created["unfinished"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(created["definition"]["attributes"][0]["indexed"], true);
    assert_eq!(gate.json(&["schema", "list", "--org", &org]), json!([created]));
    let upper = URN.to_uppercase();
    assert_eq!(
        gate.json(&["schema", "show", "--org", &org, "--urn", &upper]),
        created
    );
    // What is printed can be defined again.
    assert_eq!(defined(&gate, &org, &created["definition"], &[]), created);
    let plain = json!({"id": URN, "attributes": [{"name": "ward"}]});
    let group = defined(&gate, &other, &plain, &["--resource-type", "Group", "--required"]);
    assert_eq!(
        (text(&group, "resourceType").as_str(), &group["required"]),
        ("Group", &json!(true))
    );
    assert_eq!(
        gate.json(&["schema", "remove", "--org", &org, "--urn", URN]),
        json!({"urn": URN, "removed": true})
    );
    assert_eq!(gate.json(&["schema", "list", "--org", &org]), json!([]));
    assert_eq!(gate.json(&["schema", "list", "--org", &other]), json!([group]));
}

fn a_server_goes_by_it_from_the_next_request_on(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let service_user = gate.service_user(&org);
    let token = text(&gate.token(&org, &service_user), "token");
    let mut running = gate.serve();
    let address = running.address();
    let path = format!("/scim/v2/{org}/Schemas/{URN}");
    let status = || get(address, &path, &token).0;
    assert_eq!(status(), 404);
    defined(&gate, &org, &clinic(), &[]);
    assert_eq!(status(), 200);
    gate.json(&["schema", "remove", "--org", &org, "--urn", URN]);
    assert_eq!(status(), 404);
}

fn text_says_what_is_in_use(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let command = define(&gate, &org, &clinic());
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    let printed = gate.run(&command).stdout;
    for part in [URN, "badgeNumber (indexed), ward", "in use"] {
        assert!(printed.contains(part), "{printed}");
    }
    assert_eq!(
        gate.run(&["schema", "show", "--org", &org, "--urn", URN]).stdout,
        printed
    );
    let listed = gate.run(&["schema", "list", "--org", &org]).stdout;
    assert_eq!(listed.lines().count(), 2, "{listed}");
    let removed = gate
        .run(&["schema", "remove", "--org", &org, "--urn", URN])
        .stdout;
    assert!(removed.contains("stays"), "{removed}");
    let listed = gate.run(&["schema", "list", "--org", &org]).stdout;
    assert!(listed.contains("no extension schema"), "{listed}");
}

fn a_definition_that_is_refused_names_the_place(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let refused = |definition: &Value, more: &[&str]| {
        let command = define(&gate, &org, definition);
        let command: Vec<&str> = command
            .iter()
            .map(String::as_str)
            .chain(more.iter().copied())
            .collect();
        gate.error(&command)
    };
    let mut odd = clinic();
    odd["attributes"][0]["type"] = json!("text");
    let error = refused(&odd, &[]);
    assert!(
        error.starts_with("badgeNumber: type must be one of string"),
        "{error}"
    );
    defined(&gate, &org, &clinic(), &[]);
    let plain = json!({"id": URN, "attributes": [{"name": "ward"}]});
    let error = refused(&plain, &["--resource-type", "Group"]);
    assert!(error.contains("extends User"), "{error}");
    let command = define(&gate, &org, &clinic());
    let mut command: Vec<&str> = command.iter().map(String::as_str).collect();
    command.extend(["--resource-type", "Device"]);
    let wrong = gate.run(&command);
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("User or Group"), "{}", wrong.stderr);
}

fn a_file_that_is_no_definition_is_named(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let file = gate.path("clinic.json");
    let name = file.to_str().unwrap();
    let command = ["schema", "define", "--org", &org, "--file", name];
    let error = gate.error(&command);
    assert!(
        error.contains(name) && error.contains("cannot be read"),
        "{error}"
    );
    for (content, problem) in [
        ("{\"id\": 1, \"ID\": 2}".to_owned(), "ID"),
        ("[]".to_owned(), "object"),
        (" ".repeat(65_537), "65536"),
    ] {
        fs::write(&file, content).unwrap();
        let error = gate.error(&command);
        assert!(error.contains(name) && error.contains(problem), "{error}");
    }
}

fn a_schema_that_is_not_there_is_named(database: &Database) {
    let gate = Gate::migrated(database);
    let (org, other) = (gate.org(), gate.org());
    defined(&gate, &other, &clinic(), &[]);
    for verb in ["show", "remove"] {
        let error = gate.error(&["schema", verb, "--org", &org, "--urn", URN]);
        assert!(
            error.contains(URN) && error.contains("wicketgate schema list"),
            "{error}"
        );
    }
}

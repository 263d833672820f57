//! `wicketgate org` and `wicketgate service-user`.

use wicketgate_testbed::{Database, both_engines};

use crate::gate::{Gate, keys, text};

const UNKNOWN: &str = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88";

both_engines! {
    create_prints_id_name_and_base_url,
    an_organization_is_listed_and_shown_with_settings_and_totals,
    settings_are_changed_one_by_one,
    an_organization_is_paused_and_resumed,
    a_service_user_is_created_and_listed,
    a_name_of_a_service_user_is_taken_once,
    an_organization_that_is_not_there_is_named,
}

fn create_prints_id_name_and_base_url(database: &Database) {
    let gate = Gate::migrated(database).with("WICKETGATE_PUBLIC_URL", "https://scim.example.com/");
    let created = gate.json(&["org", "create", "--name", " Acme GmbH "]);
    assert_eq!(keys(&created), ["id", "name", "scimBaseUrl"]);
    assert_eq!(text(&created, "name"), "Acme GmbH");
    assert_eq!(
        text(&created, "scimBaseUrl"),
        format!("https://scim.example.com/scim/v2/{}", text(&created, "id"))
    );
}

fn an_organization_is_listed_and_shown_with_settings_and_totals(database: &Database) {
    let gate = Gate::migrated(database);
    assert_eq!(gate.json(&["org", "list"]), serde_json::json!([]));
    let org = gate.org();
    let shown = gate.json(&["org", "show", "--org", &org]);
    assert_eq!(
        keys(&shown),
        [
            "id",
            "name",
            "scimBaseUrl",
            "state",
            "scimMode",
            "uniqueIdentifier",
            "longestTokenDays",
            "endlessTokens",
            "logDays",
            "bodyDays",
            "graceDays",
            "requestsPerSecond",
            "requestBurst",
            "concurrentRequests",
            "users",
            "activeUsers",
            "groups",
            "createdAt",
            "exportedAt",
            "deletedAt",
            "purgedFrom"
        ]
    );
    assert_eq!(
        (
            text(&shown, "state"),
            text(&shown, "scimMode"),
            text(&shown, "uniqueIdentifier")
        ),
        ("active".to_owned(), "tolerant".to_owned(), "userName".to_owned())
    );
    assert_eq!((&shown["users"], &shown["groups"]), (&0.into(), &0.into()));
    assert!(
        text(&shown, "scimBaseUrl").starts_with("http://127.0.0.1:8080/scim/v2/"),
        "{shown}"
    );
    assert_eq!(gate.json(&["org", "list"]), serde_json::json!([shown]));
}

fn settings_are_changed_one_by_one(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let set = |option: &str, value: &str| {
        let shown = gate.json(&["org", "set", "--org", &org, option, value]);
        assert_eq!(gate.json(&["org", "show", "--org", &org]), shown);
        format!(
            "{} {}",
            text(&shown, "scimMode"),
            text(&shown, "uniqueIdentifier")
        )
    };
    assert_eq!(set("--scim-mode", "strict"), "strict userName");
    assert_eq!(set("--unique-identifier", "email"), "strict email");
    assert_eq!(set("--scim-mode", "interop"), "interop email");
    assert_eq!(gate.run(&["org", "set", "--org", &org]).status, 2);
    let wrong = gate.run(&["org", "set", "--org", &org, "--scim-mode", "lenient"]);
    assert_eq!(wrong.status, 2);
    assert!(
        wrong.stderr.contains("tolerant, strict or interop"),
        "{}",
        wrong.stderr
    );
}

fn an_organization_is_paused_and_resumed(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    assert_eq!(
        text(&gate.json(&["org", "pause", "--org", &org]), "state"),
        "paused"
    );
    assert_eq!(
        text(&gate.json(&["org", "show", "--org", &org]), "state"),
        "paused"
    );
    assert_eq!(
        text(&gate.json(&["org", "resume", "--org", &org]), "state"),
        "active"
    );
}

fn a_service_user_is_created_and_listed(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let created = gate.json(&["service-user", "create", "--org", &org, "--name", "okta"]);
    assert_eq!(
        keys(&created),
        ["id", "name", "role", "provisioningDomain", "active", "createdAt"]
    );
    assert_eq!(text(&created, "provisioningDomain"), "default");
    assert_eq!(
        (text(&created, "name"), text(&created, "role")),
        ("okta".to_owned(), "org_user_manager".to_owned())
    );
    let reader = gate.json(&[
        "service-user",
        "create",
        "--org",
        &org,
        "--name",
        "reader",
        "--role",
        "org_user_reader",
        "--provisioning-domain",
        "entra",
    ]);
    assert_eq!(text(&reader, "role"), "org_user_reader");
    assert_eq!(text(&reader, "provisioningDomain"), "entra");
    let other = gate.org();
    assert_eq!(
        gate.json(&["service-user", "list", "--org", &org]),
        serde_json::json!([created, reader])
    );
    assert_eq!(
        gate.json(&["service-user", "list", "--org", &other]),
        serde_json::json!([])
    );
}

fn a_name_of_a_service_user_is_taken_once(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    gate.service_user(&org);
    let error = gate.error(&["service-user", "create", "--org", &org, "--name", "OKTA"]);
    assert!(
        error.contains("\"OKTA\" already") && error.contains("another name"),
        "{error}"
    );
}

fn an_organization_that_is_not_there_is_named(database: &Database) {
    let gate = Gate::migrated(database);
    for command in [
        &["org", "show", "--org", UNKNOWN][..],
        &["org", "pause", "--org", UNKNOWN],
        &["org", "set", "--org", UNKNOWN, "--scim-mode", "strict"],
        &["service-user", "list", "--org", UNKNOWN],
        &["token", "list", "--org", UNKNOWN],
    ] {
        let error = gate.error(command);
        assert!(
            error.contains(UNKNOWN) && error.contains("wicketgate org list"),
            "{error}"
        );
    }
    let nonsense = gate.run(&["org", "show", "--org", "acme"]);
    assert_eq!(nonsense.status, 2);
    assert!(nonsense.stderr.contains("not an id"), "{}", nonsense.stderr);
}

//! `wicketgate setup-link`.

use serde_json::json;
use wicketgate_testbed::{Database, both_engines};

use crate::gate::{Gate, keys, text};

both_engines! {
    a_setup_link_is_printed_once_and_listed_until_after_its_end,
    a_setup_link_holds_for_one_to_thirty_days,
    a_setup_link_of_another_organization_is_unknown,
}

fn a_setup_link_is_printed_once_and_listed_until_after_its_end(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let list = ["setup-link", "list", "--org", &org];
    assert_eq!(gate.json(&list), json!([]));
    let made = gate.json(&["setup-link", "create", "--org", &org, "--label", "Anna of Acme"]);
    assert_eq!(keys(&made), ["id", "label", "link", "expiresAt"]);
    assert!(
        text(&made, "link").contains("/console/setup/wicket_set_"),
        "{made}"
    );
    let links = gate.json(&list);
    assert_eq!(links[0]["label"], "Anna of Acme");
    assert_eq!(links[0]["createdBy"], "operator");
    assert_eq!(links[0]["open"], true);
    assert!(!links.to_string().contains("wicket_set_"));

    let id = text(&made, "id");
    let revoke = ["setup-link", "revoke", "--org", &org, "--link", &id];
    assert_eq!(gate.json(&revoke), json!({"id": id, "revoked": true}));
    assert_eq!(gate.json(&revoke), json!({"id": id, "revoked": true}));
    let links = gate.json(&list);
    assert_eq!(links[0]["open"], false);
    assert!(links[0]["revokedAt"].is_string(), "{links}");
}

fn a_setup_link_holds_for_one_to_thirty_days(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let create = |life| {
        [
            "setup-link",
            "create",
            "--org",
            org.as_str(),
            "--label",
            "A",
            "--expires-in",
            life,
        ]
    };
    for life in ["1h", "31d", "never"] {
        let error = gate.error(&create(life));
        assert!(error.contains("1 to 30 days"), "{life}: {error}");
    }
    for life in ["1d", "30d"] {
        gate.json(&create(life));
    }
}

fn a_setup_link_of_another_organization_is_unknown(database: &Database) {
    let gate = Gate::migrated(database);
    let (org, other) = (gate.org(), gate.org());
    let id = text(
        &gate.json(&["setup-link", "create", "--org", &org, "--label", "A"]),
        "id",
    );
    let error = gate.error(&["setup-link", "revoke", "--org", &other, "--link", &id]);
    assert!(error.contains("no setup link"), "{error}");
    assert_eq!(gate.json(&["setup-link", "list", "--org", &org])[0]["open"], true);
}

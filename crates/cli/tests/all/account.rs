//! `wicketgate account`.

use wicketgate_testbed::{Database, both_engines};

use crate::gate::{Gate, keys, text};

both_engines! {
    invitations_are_links_that_are_printed_once,
    only_an_account_that_exists_can_be_recovered,
}

fn invitations_are_links_that_are_printed_once(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let invite = ["account", "invite", "--org", &org, "--email", "anna@example.com"];
    let made = gate.json(&invite);
    assert_eq!(keys(&made), ["email", "link", "expiresInHours"]);
    let link = text(&made, "link");
    assert!(link.contains("/console/invitations/wicket_inv_"), "{link}");
    assert_ne!(link, text(&gate.json(&invite), "link"));

    let operator = gate.json(&["account", "invite", "--operator", "--email", "op@example.com"]);
    assert!(text(&operator, "link").contains("/console/invitations/wicket_inv_"));
    assert_eq!(gate.json(&["account", "list"]), serde_json::json!([]));

    let refused = gate.error(&["account", "invite", "--org", &org, "--email", "anna"]);
    assert!(refused.contains("email"), "{refused}");
    let refused = gate.error(&[&invite[..], &["--role", "org_user_manager"]].concat());
    assert!(refused.contains("org_viewer"), "{refused}");
    let nowhere = gate.run(&["account", "invite", "--email", "anna@example.com"]);
    assert_eq!(nowhere.status, 2, "{}", nowhere.stderr);
}

fn only_an_account_that_exists_can_be_recovered(database: &Database) {
    let gate = Gate::migrated(database);
    gate.org();
    let error = gate.error(&["account", "recover", "--email", "anna@example.com"]);
    assert!(
        error.contains("anna@example.com") && error.contains("account list"),
        "{error}"
    );
}

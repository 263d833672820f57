//! `wicketgate invitation`.

use serde_json::json;
use wicketgate_testbed::{Database, both_engines};

use crate::gate::{Gate, keys, text};

both_engines! {
    open_invitations_are_listed_until_they_are_withdrawn,
    an_invitation_of_another_organization_is_unknown,
}

fn open_invitations_are_listed_until_they_are_withdrawn(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let list = ["invitation", "list", "--org", &org];
    assert_eq!(gate.json(&list), json!([]));
    gate.json(&["account", "invite", "--org", &org, "--email", "anna@example.com"]);
    let invitations = gate.json(&list);
    let invitation = &invitations[0];
    assert_eq!(
        keys(invitation),
        ["id", "email", "role", "createdAt", "expiresAt"]
    );
    assert_eq!(invitation["email"], "anna@example.com");
    assert_eq!(invitation["role"], "org_owner");

    let id = text(invitation, "id");
    let revoke = ["invitation", "revoke", "--org", &org, "--invitation", &id];
    assert_eq!(gate.json(&revoke), json!({"id": id, "revoked": true}));
    assert_eq!(gate.json(&list), json!([]));
    let error = gate.error(&revoke);
    assert!(error.contains("invitation list"), "{error}");
}

fn an_invitation_of_another_organization_is_unknown(database: &Database) {
    let gate = Gate::migrated(database);
    let (org, other) = (gate.org(), gate.org());
    gate.json(&["account", "invite", "--org", &org, "--email", "anna@example.com"]);
    let id = text(&gate.json(&["invitation", "list", "--org", &org])[0], "id");
    let error = gate.error(&["invitation", "revoke", "--org", &other, "--invitation", &id]);
    assert!(error.contains("no open invitation"), "{error}");
    assert_eq!(
        gate.json(&["invitation", "list", "--org", &org])
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

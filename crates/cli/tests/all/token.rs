//! `wicketgate token`.

use serde_json::Value;
use wicketgate_testbed::{Database, both_engines};

use crate::gate::{Gate, get, keys, text};

both_engines! {
    create_prints_the_secret_and_list_never_does,
    as_text_a_new_token_is_shown_with_the_day_it_ends,
    a_token_lives_as_long_as_was_asked_for,
    a_token_is_made_only_for_a_service_user_of_the_organization,
    a_running_server_accepts_a_new_token_and_refuses_a_revoked_one,
}

fn create_prints_the_secret_and_list_never_does(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let service_user = gate.service_user(&org);
    let created = gate.token(&org, &service_user);
    assert_eq!(keys(&created), ["id", "token", "expiresAt"]);
    let (id, token) = (text(&created, "id"), text(&created, "token"));
    assert!(token.starts_with(&format!("wicket_pat_{id}")), "{token}");

    let list = gate.run(&["token", "list", "--org", &org, "--format", "json"]);
    let listed = &list.answer()[0];
    assert_eq!(
        keys(listed),
        [
            "id",
            "name",
            "serviceUserId",
            "hint",
            "createdAt",
            "expiresAt",
            "revokedAt",
            "revokeReason",
            "successorId",
            "overlapEndsAt",
            "lastUsedAt",
            "lastUsedNetwork",
            "lastUsedAgent"
        ]
    );
    assert_eq!(
        (
            text(listed, "id"),
            text(listed, "serviceUserId"),
            &listed["revokedAt"]
        ),
        (id.clone(), service_user, &Value::Null)
    );
    assert!(token.ends_with(&text(listed, "hint")));
    let secret = &token["wicket_pat_".len() + id.len()..token.len() - 6];
    let as_text = gate.run(&["token", "list", "--org", &org]);
    for printed in [list.stdout, as_text.stdout] {
        assert!(
            printed.contains(&id) && !printed.contains(&secret[..8]),
            "{printed}"
        );
    }
}

fn as_text_a_new_token_is_shown_with_the_day_it_ends(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let service_user = gate.service_user(&org);
    let create = |expires_in| {
        let create = [
            "token",
            "create",
            "--org",
            &org,
            "--service-user",
            &service_user,
            "--name",
            "t",
        ];
        gate.run(&[&create[..], &["--expires-in", expires_in]].concat())
            .stdout
    };
    let printed = create("90d");
    assert!(printed.contains("  token    wicket_pat_"), "{printed}");
    let listed = gate.json(&["token", "list", "--org", &org]);
    assert!(
        printed.contains(&format!("  expires  {}", text(&listed[0], "expiresAt"))),
        "{printed}"
    );
    assert!(create("never").contains("  expires  never\n"));
}

fn a_token_lives_as_long_as_was_asked_for(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let service_user = gate.service_user(&org);
    let create = |expires_in| {
        vec![
            "token",
            "create",
            "--org",
            &org,
            "--service-user",
            &service_user,
            "--name",
            "t",
            "--expires-in",
            expires_in,
        ]
    };
    let milliseconds = |at: &Value| {
        let at = at.as_str().unwrap();
        assert!(
            at.ends_with('Z') && at.len() == "2027-02-19T09:30:00.000Z".len(),
            "{at}"
        );
        at.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    };
    for (expires_in, seconds) in [("90d", 7_776_000), ("12h", 43_200), ("730d", 63_072_000)] {
        gate.json(&create(expires_in));
        let newest = &gate.json(&["token", "list", "--org", &org])[0];
        let life = milliseconds(&newest["expiresAt"]) - milliseconds(&newest["createdAt"]);
        assert_eq!(life, seconds * 1_000, "{expires_in}");
    }
    assert_eq!(gate.json(&create("never"))["expiresAt"], Value::Null);
    assert!(gate.error(&create("731d")).contains("730 days"));
    assert!(gate.error(&create("0s")).contains("1 second"));
    let nonsense = gate.run(&create("soon"));
    assert_eq!(nonsense.status, 2);
    assert!(nonsense.stderr.contains("90d"), "{}", nonsense.stderr);
}

fn a_token_is_made_only_for_a_service_user_of_the_organization(database: &Database) {
    let gate = Gate::migrated(database);
    let (org, other) = (gate.org(), gate.org());
    let service_user = gate.service_user(&org);
    let error = gate.error(&[
        "token",
        "create",
        "--org",
        &other,
        "--service-user",
        &service_user,
        "--name",
        "t",
    ]);
    assert!(
        error.contains(&service_user) && error.contains("service-user list"),
        "{error}"
    );
    let token = text(&gate.token(&org, &service_user), "id");
    let error = gate.error(&["token", "revoke", "--org", &other, "--token", &token]);
    assert!(error.contains(&token) && error.contains("token list"), "{error}");
}

fn a_running_server_accepts_a_new_token_and_refuses_a_revoked_one(database: &Database) {
    let gate = Gate::new(database);
    let mut server = gate.serve();
    let address = server.address();
    let org = gate.org();
    let service_user = gate.service_user(&org);
    let created = gate.token(&org, &service_user);
    let (id, token) = (text(&created, "id"), text(&created, "token"));
    let users = format!("/scim/v2/{org}/Users");
    assert_eq!(get(address, &users, &token).0, 200);

    let revoke = ["token", "revoke", "--org", &org, "--token", &id];
    assert_eq!(gate.json(&revoke), serde_json::json!({"id": id, "revoked": true}));
    assert_eq!(get(address, &users, &token).0, 401);
    let listed = gate.json(&["token", "list", "--org", &org]);
    assert!(listed[0]["revokedAt"].is_string(), "{listed}");
    // Once more is no error.
    gate.json(&revoke);
    server.stop();
}

//! `wicketgate client`.

use std::fs;

use serde_json::{Value, json};
use wicketgate_testbed::{Database, both_engines};

use crate::gate::{Gate, keys, text};

both_engines! {
    a_new_client_is_shown_with_its_secret_and_what_a_form_asks_for,
    a_client_is_listed_shown_changed_and_deleted,
    an_app_of_oktas_catalogue_has_its_four_addresses,
    secrets_are_added_listed_and_revoked,
    a_client_without_a_secret_says_how_it_authenticates,
    what_does_not_fit_together_is_refused_with_the_fix,
    a_client_of_another_organization_is_unknown,
}

fn create(gate: &Gate, org: &str, service_user: &str, rest: &[&str]) -> Value {
    let create = [
        "client",
        "create",
        "--org",
        org,
        "--service-user",
        service_user,
        "--name",
        "okta",
    ];
    gate.json(&[&create, rest].concat())
}

fn a_new_client_is_shown_with_its_secret_and_what_a_form_asks_for(database: &Database) {
    let gate = Gate::migrated(database).with("WICKETGATE_PUBLIC_URL", "https://scim.example.test");
    let org = gate.org();
    let service_user = gate.service_user(&org);
    let created = create(
        &gate,
        &org,
        &service_user,
        &["--redirect-uri", "https://idp.example.test/cb"],
    );
    assert_eq!(
        keys(&created),
        [
            "clientId",
            "name",
            "serviceUserId",
            "authentication",
            "accessTokenFormat",
            "refreshRotation",
            "redirectUris",
            "active",
            "createdAt",
            "clientSecret",
            "authorizationEndpoint",
            "tokenEndpoint"
        ]
    );
    assert!(text(&created, "clientId").starts_with("wicket_client_"));
    assert!(text(&created, "clientSecret").starts_with("wicket_cs_"));
    assert_eq!(
        text(&created, "tokenEndpoint"),
        "https://scim.example.test/oauth/v2/token"
    );
    assert_eq!(created["redirectUris"], json!(["https://idp.example.test/cb"]));
    assert_eq!(created["refreshRotation"], "grace");
    let as_text = gate.run(&[
        "client",
        "create",
        "--org",
        &org,
        "--service-user",
        &service_user,
        "--name",
        "entra",
    ]);
    assert!(
        as_text.stdout.contains("  client secret   wicket_cs_"),
        "{as_text:?}"
    );
}

fn a_client_is_listed_shown_changed_and_deleted(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let service_user = gate.service_user(&org);
    let id = text(&create(&gate, &org, &service_user, &[]), "clientId");
    let about = |verb| ["client", verb, "--org", &org, "--client", &id];
    let shown = gate.json(&about("show"));
    assert_eq!(gate.json(&["client", "list", "--org", &org]), json!([shown]));
    assert_eq!(
        (&shown["active"], &shown["serviceUserId"]),
        (&json!(true), &json!(service_user))
    );
    let set = [
        &about("set")[..],
        &[
            "--active",
            "false",
            "--redirect-uri",
            "https://idp.example.test/new",
        ],
    ]
    .concat();
    let changed = gate.json(&set);
    assert_eq!(changed["active"], json!(false));
    assert_eq!(changed["redirectUris"], json!(["https://idp.example.test/new"]));
    assert!(gate.error(&about("set")).contains("--active"));
    assert_eq!(
        gate.json(&about("delete")),
        json!({"clientId": id, "deleted": true})
    );
    assert_eq!(gate.json(&["client", "list", "--org", &org]), json!([]));
    let error = gate.error(&about("show"));
    assert!(error.contains(&id) && error.contains("client list"), "{error}");
}

fn an_app_of_oktas_catalogue_has_its_four_addresses(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let service_user = gate.service_user(&org);
    let created = create(&gate, &org, &service_user, &["--okta-app", "acme_app_1"]);
    let uris = created["redirectUris"].as_array().unwrap();
    assert_eq!(uris.len(), 4);
    assert!(uris.contains(&json!(
        "https://system-admin.okta.com/admin/app/cpc/acme_app_1/oauth/callback"
    )));
    assert_eq!(created["refreshRotation"], "never");
    let wrong = [
        "client",
        "create",
        "--org",
        &org,
        "--service-user",
        &service_user,
        "--name",
        "o",
        "--okta-app",
        "a/b",
    ];
    assert!(gate.error(&wrong).contains("Okta"));
}

fn secrets_are_added_listed_and_revoked(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let service_user = gate.service_user(&org);
    let id = text(&create(&gate, &org, &service_user, &[]), "clientId");
    let about = |verb| ["client", "secret", verb, "--org", &org, "--client", &id];
    let added = gate.json(&[&about("add")[..], &["--expires-in", "never"]].concat());
    let (secret_id, secret) = (text(&added, "id"), text(&added, "clientSecret"));
    assert_eq!(added["expiresAt"], Value::Null);
    let listed = gate.run(&about("list")).stdout;
    assert_eq!(listed.lines().count(), 3, "{listed}");
    let hidden = &secret["wicket_cs_".len() + 16..secret.len() - 6];
    assert!(
        listed.contains(&secret_id) && !listed.contains(&hidden[..8]),
        "{listed}"
    );
    let revoke = [&about("revoke")[..], &["--secret", &secret_id]].concat();
    assert_eq!(gate.json(&revoke), json!({"id": secret_id, "revoked": true}));
    let listed = gate.json(&about("list"));
    let revoked = listed
        .as_array()
        .unwrap()
        .iter()
        .filter(|secret| secret["revokedAt"].is_string());
    assert_eq!(revoked.count(), 1);
    let unknown = [&about("revoke")[..], &["--secret", "0123456789ABCDEF"]].concat();
    assert!(gate.error(&unknown).contains("client secret list"));
}

fn a_client_without_a_secret_says_how_it_authenticates(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let service_user = gate.service_user(&org);
    let issuer = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0";
    let entra = create(
        &gate,
        &org,
        &service_user,
        &[
            "--auth",
            "workload_identity",
            "--issuer",
            issuer,
            "--subject",
            "s",
            "--audience",
            "api://a",
        ],
    );
    assert_eq!(
        (&entra["issuer"], &entra["audiences"]),
        (&json!(issuer), &json!(["api://a"]))
    );
    assert_eq!(entra.get("clientSecret"), None);
    let address = [
        "--auth",
        "private_key_jwt",
        "--jwks-uri",
        "https://idp.example.test/keys",
    ];
    assert_eq!(
        create(&gate, &org, &service_user, &address)["jwksUri"],
        "https://idp.example.test/keys"
    );
    // RFC 7515, appendix A.3: a public key on P-256.
    let set = json!({"keys": [{
        "kty": "EC", "crv": "P-256", "kid": "1",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }]});
    fs::write(gate.path("keys.json"), set.to_string()).unwrap();
    let given = create(
        &gate,
        &org,
        &service_user,
        &["--auth", "private_key_jwt", "--jwks-file", "keys.json"],
    );
    assert_eq!(
        (&given["authentication"], given.get("clientSecret")),
        (&json!("private_key_jwt"), None)
    );
}

fn what_does_not_fit_together_is_refused_with_the_fix(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let service_user = gate.service_user(&org);
    let create = [
        "client",
        "create",
        "--org",
        &org,
        "--service-user",
        &service_user,
        "--name",
        "x",
    ];
    for (rest, fix) in [
        (&["--auth", "private_key_jwt"][..], "--jwks-file"),
        (&["--auth", "workload_identity"], "--issuer"),
        (
            &["--jwks-uri", "https://idp.example.test/keys"],
            "private_key_jwt",
        ),
        (&["--subject", "s"], "workload_identity"),
        (&["--expires-in", "1096d"], "1095 days"),
        (
            &[
                "--auth",
                "private_key_jwt",
                "--jwks-uri",
                "http://idp.example.test/keys",
            ],
            "https://",
        ),
    ] {
        let error = gate.error(&[&create[..], rest].concat());
        assert!(error.contains(fix), "{rest:?}: {error}");
    }
    for rest in [
        &["--redirect-uri", "http://idp.example.test/cb"][..],
        &["--okta-app", "a", "--redirect-uri", "https://idp.example.test/cb"],
        &["--auth", "none"],
        &["--access-token-format", "saml"],
        &["--issuer", "https://idp.example.test"],
    ] {
        assert_eq!(gate.run(&[&create[..], rest].concat()).status, 2, "{rest:?}");
    }
    assert_eq!(gate.json(&["client", "list", "--org", &org]), json!([]));
}

fn a_client_of_another_organization_is_unknown(database: &Database) {
    let gate = Gate::migrated(database);
    let (org, other) = (gate.org(), gate.org());
    let service_user = gate.service_user(&org);
    let id = text(&create(&gate, &org, &service_user, &[]), "clientId");
    for verb in ["show", "delete"] {
        assert!(
            gate.error(&["client", verb, "--org", &other, "--client", &id])
                .contains("client list")
        );
    }
    let error = gate.error(&[
        "client",
        "create",
        "--org",
        &other,
        "--service-user",
        &service_user,
        "--name",
        "x",
    ]);
    assert!(error.contains("service-user list"), "{error}");
}

//! `wicketgate identity-provider`.

use serde_json::json;
use wicketgate_testbed::{Database, both_engines};

use crate::gate::{Ended, Gate, get, keys, text};

both_engines! {
    what_is_set_is_printed_listed_and_offered_to_people,
    setting_again_changes_the_provider_of_that_issuer,
    a_secret_is_read_from_standard_input_and_shown_nowhere,
    what_cannot_be_a_provider_is_refused_with_the_fix,
    a_provider_that_was_removed_is_offered_no_longer,
    providers_of_another_organization_are_unknown,
}

const ISSUER: &str = "https://idp.example.com/realm";
const SECRET: &str = "a-secret-of-the-provider";

fn set<'a>(org: &'a str, name: &'a str, issuer: &'a str, client_id: &'a str) -> Vec<&'a str> {
    vec![
        "identity-provider",
        "set",
        "--org",
        org,
        "--name",
        name,
        "--issuer",
        issuer,
        "--client-id",
        client_id,
        "--format",
        "json",
    ]
}

fn succeeds(ended: &Ended) -> serde_json::Value {
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{ended:?}");
    ended.answer()
}

fn what_is_set_is_printed_listed_and_offered_to_people(database: &Database) {
    let gate = Gate::migrated(database).with("WICKETGATE_PUBLIC_URL", "https://scim.example.com");
    let org = gate.org();
    let list = ["identity-provider", "list", "--org", &org];
    assert_eq!(gate.json(&list), json!([]));
    let answer = succeeds(&gate.run_with(&set(&org, "Acme ID", ISSUER, "wicketgate"), SECRET));
    assert_eq!(
        keys(&answer),
        [
            "issuer",
            "name",
            "clientId",
            "createdAt",
            "redirectUri",
            "signInUrl"
        ]
    );
    assert_eq!(
        text(&answer, "redirectUri"),
        "https://scim.example.com/console/provider"
    );
    let page = format!("/console/sign-in/{org}");
    assert_eq!(
        text(&answer, "signInUrl"),
        format!("https://scim.example.com{page}")
    );
    let created = text(&answer, "createdAt");
    let shown = json!({"issuer": ISSUER, "name": "Acme ID", "clientId": "wicketgate", "createdAt": created});
    assert_eq!(gate.json(&list), json!([shown]));
    // A server that runs beside these commands offers it at once.
    let mut server = gate.serve();
    let address = server.address();
    let (status, html) = get(address, &page, "");
    assert_eq!(status, 200, "{html}");
    assert!(html.contains("Continue with Acme ID"), "{html}");
    gate.json(&["identity-provider", "remove", "--org", &org, "--issuer", ISSUER]);
    assert_eq!(get(address, &page, "").0, 303, "on to the password");
    server.stop();
}

fn setting_again_changes_the_provider_of_that_issuer(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let first = succeeds(&gate.run_with(&set(&org, "Acme ID", ISSUER, "one"), SECRET));
    let again = succeeds(&gate.run_with(&set(&org, "Acme SSO", ISSUER, "two"), "another secret"));
    assert_eq!(text(&again, "createdAt"), text(&first, "createdAt"));
    let further = succeeds(&gate.run_with(&set(&org, "Other", "https://other.example.com", "three"), SECRET));
    assert_eq!(text(&further, "issuer"), "https://other.example.com");
    let listed = gate.json(&["identity-provider", "list", "--org", &org]);
    let names: Vec<String> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|provider| format!("{} {}", text(provider, "name"), text(provider, "clientId")))
        .collect();
    assert_eq!(names.len(), 2, "{listed}");
    assert!(names.contains(&"Acme SSO two".to_owned()), "{listed}");
    assert!(names.contains(&"Other three".to_owned()), "{listed}");
}

fn a_secret_is_read_from_standard_input_and_shown_nowhere(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let arguments = set(&org, "Acme ID", ISSUER, "wicketgate");
    for empty in ["", "\n", "  \r\n"] {
        let ended = gate.run_with(&arguments, empty);
        assert_eq!((ended.status, ended.stdout.as_str()), (1, ""), "{ended:?}");
        assert!(ended.stderr.contains("standard input"), "{ended:?}");
    }
    let list = ["identity-provider", "list", "--org", &org];
    assert_eq!(gate.json(&list), json!([]), "nothing was set");
    // The line break that editors and `echo` leave is none of it.
    let ended = gate.run_with(&arguments, &format!("{SECRET}\n"));
    succeeds(&ended);
    let listed = gate.run(&list);
    for shown in [&ended, &listed] {
        assert!(!format!("{shown:?}").contains(SECRET), "{shown:?}");
    }
}

fn what_cannot_be_a_provider_is_refused_with_the_fix(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    for (name, issuer, client_id, field) in [
        ("", ISSUER, "wicketgate", "name"),
        ("Acme ID", "http://idp.example.com", "wicketgate", "issuer"),
        ("Acme ID", "idp.example.com", "wicketgate", "issuer"),
        (
            "Acme ID",
            "https://idp.example.com/?tenant=1",
            "wicketgate",
            "issuer",
        ),
        ("Acme ID", ISSUER, "", "client"),
    ] {
        let ended = gate.run_with(&set(&org, name, issuer, client_id), SECRET);
        assert_eq!((ended.status, ended.stdout.as_str()), (1, ""), "{ended:?}");
        assert!(ended.stderr.contains(field), "{field}: {ended:?}");
    }
    assert_eq!(
        gate.json(&["identity-provider", "list", "--org", &org]),
        json!([])
    );
    let incomplete = gate.run(&["identity-provider", "set", "--org", &org, "--name", "Acme ID"]);
    assert_eq!(incomplete.status, 2, "{incomplete:?}");
    assert!(incomplete.stderr.contains("--issuer"), "{incomplete:?}");
}

fn a_provider_that_was_removed_is_offered_no_longer(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    succeeds(&gate.run_with(&set(&org, "Acme ID", ISSUER, "wicketgate"), SECRET));
    let remove = ["identity-provider", "remove", "--org", &org, "--issuer", ISSUER];
    assert_eq!(gate.json(&remove), json!({"issuer": ISSUER}));
    assert_eq!(
        gate.json(&["identity-provider", "list", "--org", &org]),
        json!([])
    );
    let error = gate.error(&remove);
    assert!(
        error.contains(ISSUER) && error.contains("wicketgate identity-provider list"),
        "{error}"
    );
}

fn providers_of_another_organization_are_unknown(database: &Database) {
    let gate = Gate::migrated(database);
    let (org, other) = (gate.org(), gate.org());
    succeeds(&gate.run_with(&set(&org, "Acme ID", ISSUER, "wicketgate"), SECRET));
    assert_eq!(
        gate.json(&["identity-provider", "list", "--org", &other]),
        json!([])
    );
    gate.error(&["identity-provider", "remove", "--org", &other, "--issuer", ISSUER]);
    let unknown = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88";
    let ended = gate.run_with(&set(unknown, "Acme ID", ISSUER, "wicketgate"), SECRET);
    assert_eq!(ended.status, 1, "{ended:?}");
    assert!(ended.stderr.contains(unknown), "{ended:?}");
    let listed = gate.json(&["identity-provider", "list", "--org", &org]);
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
}

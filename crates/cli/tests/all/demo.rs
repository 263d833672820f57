//! `wicketgate demo`.

use std::fs;

use serde_json::{Value, json};
use wicketgate_testbed::{Database, Engine, both_engines};

use crate::gate::{Gate, get, text};

both_engines! {
    in_a_given_database_the_token_is_revoked_at_the_end,
}

const DEMO: [&str; 3] = ["demo", "--listen", "127.0.0.1:0"];

#[test]
fn the_token_that_is_printed_reads_the_sample_users_and_nothing_stays_behind() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::new(&database);
    let mut demo = gate.start(&[&DEMO[..], &["--format", "json"]].concat());
    let answer = demo.answer();
    let base = text(&answer, "scimBaseUrl");
    let (address, path) = base
        .strip_prefix("http://")
        .unwrap()
        .split_at(base[7..].find('/').unwrap());
    assert_eq!(path, format!("/scim/v2/{}", text(&answer, "orgId")));
    assert_eq!(text(&answer, "uniqueIdentifier"), "userName");
    let address = address.parse().unwrap();
    let listed = |kind| {
        let (status, body) = get(address, &format!("{path}/{kind}"), &text(&answer, "token"));
        assert_eq!(status, 200, "{body}");
        serde_json::from_str::<Value>(&body).unwrap()
    };
    let users = listed("Users");
    assert_eq!(users["totalResults"], 3, "{users}");
    let groups = listed("Groups");
    assert_eq!(
        groups["Resources"][0]["members"].as_array().unwrap().len(),
        2,
        "{groups}"
    );

    assert_eq!(fs::read_dir(gate.temporary()).unwrap().count(), 1);
    demo.signal("INT");
    assert_eq!(demo.end().status, 0);
    assert_eq!(fs::read_dir(gate.temporary()).unwrap().count(), 0);
    assert!(
        !gate.data_dir().exists() && !gate.path("test.db").exists(),
        "it touched real data"
    );
}

#[test]
fn okta_s_form_is_printed_filled_in() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::new(&database).with("WICKETGATE_PUBLIC_URL", "https://scim.example.com");
    let mut demo = gate.start(&DEMO);
    let first = demo.line();
    let printed = first + &demo.stop().stdout;
    for label in [
        "SCIM connector base URL            https://scim.example.com/scim/v2/",
        "Unique identifier field for users  userName\n",
        "Supported provisioning actions     Push New Users, Push Profile Updates, Push Groups\n",
        "Authentication Mode                HTTP Header\n",
        "Authorization                      Bearer wicket_pat_",
        "curl -sS 'https://scim.example.com/scim/v2/",
    ] {
        assert!(printed.contains(label), "{label}: {printed}");
    }
}

fn in_a_given_database_the_token_is_revoked_at_the_end(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let pepper = fs::read(gate.pepper()).unwrap();
    let url = database.url();
    let mut demo = gate.start(&[&DEMO[..], &["--format", "json", "--database-url", &url]].concat());
    let answer = demo.answer();
    demo.stop();
    let demo = text(&answer, "orgId");
    assert_eq!(
        text(&gate.json(&["org", "show", "--org", &demo]), "state"),
        "paused"
    );
    let tokens = gate.json(&["token", "list", "--org", &demo]);
    assert!(tokens[0]["revokedAt"].is_string(), "{tokens}");
    assert_eq!(gate.json(&["org", "show", "--org", &org])["users"], json!(0));
    assert_eq!(fs::read(gate.pepper()).unwrap(), pepper);
}

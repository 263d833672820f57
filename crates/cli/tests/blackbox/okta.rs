//! Okta, replayed: its published tests, its two kinds of app, and its import. The conversations are in
//! `tests/idp/okta`.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wicketgate_testbed::{Database, both_engines};

use crate::{client::text, conversation::conversations, harness::Installation};

conversations! {
    the_spec_test_passes: "okta/spec-test.json",
    the_crud_test_passes: "okta/crud-test.json",
    a_user_lives_with_put_alone: "okta/aiw-user-life-cycle.json",
    a_user_lives_with_patch: "okta/oin-user-life-cycle.json",
    the_email_address_can_be_the_unique_identifier: "okta/email-identifier.json",
    groups_are_pushed_with_put_alone: "okta/aiw-group-push.json",
    groups_are_pushed_with_patch: "okta/oin-group-push.json",
    roles_and_entitlements_are_discovered_and_given: "okta/entitlements.json",
}

both_engines! {
    an_import_sees_every_user,
}

/// Okta asks for 100 users at a time and then moves on by 100, however many it was given.
fn an_import_sees_every_user(database: &Database) {
    const USERS: usize = 250;
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let client = server.client(&organization);
    let mut expected = BTreeSet::new();
    for n in 0..USERS {
        let user_name = format!("user{n}@okta.local");
        let mut body = crate::client::user(&user_name);
        // Okta passes over deactivated users by itself: they are counted and listed as all others are.
        body["active"] = json!(n % 10 != 0);
        client.post("/Users", &body).expect(201);
        expected.insert(user_name);
    }

    let mut seen: Vec<String> = Vec::new();
    let mut start_index = 1;
    loop {
        let page = client
            .get(&format!("/Users?startIndex={start_index}&count=100"))
            .expect(200)
            .json();
        let resources = page["Resources"].as_array().expect("an array");
        assert_eq!(page["totalResults"], json!(USERS));
        assert_eq!(page["startIndex"], json!(start_index));
        assert_eq!(page["itemsPerPage"], json!(resources.len()));
        assert_eq!(
            resources.len(),
            (USERS + 1 - start_index).min(100),
            "a page is full while there are users"
        );
        seen.extend(resources.iter().map(|user| text(user, "/userName")));
        start_index += 100;
        if start_index > USERS {
            break;
        }
    }
    assert_eq!(seen.len(), USERS);
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected);

    let beyond = client.get("/Users?startIndex=301&count=100").expect(200).json();
    assert_eq!(
        (&beyond["totalResults"], &beyond["Resources"]),
        (&json!(USERS), &Value::Array(Vec::new()))
    );
    server.stop();
}

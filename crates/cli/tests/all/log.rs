//! What the server must not write into its log: people's data and secrets, which stand in queries, bodies and headers.

use wicketgate_testbed::{Database, both_engines};

use crate::gate::{Connection, Gate, get, head, text};

both_engines! {
    neither_people_nor_secrets_are_in_the_log,
}

fn neither_people_nor_secrets_are_in_the_log(database: &Database) {
    const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
    let gate = Gate::migrated(database);
    let org = gate.org();
    let token = text(&gate.token(&org, &gate.service_user(&org)), "token");
    let mut server = gate.with("WICKETGATE_LOG", "debug").serve();
    let address = server.address();
    let users = format!("/scim/v2/{org}/Users");

    let post = |body: &str| {
        let length = format!("Content-Length: {}\r\n", body.len());
        let mut connection = Connection::open(address);
        connection.send(&(head("POST", &users, &token, &length) + body));
        connection.answer()
    };
    let created =
        r#"{"userName":"mallory@people.example","active":"True","mallory":1,"password":"mallory-pw"}"#;
    assert_eq!(post(created).0, 201);
    assert_eq!(post(created).0, 409);
    let refused =
        format!(r#"{{"schemas":["{USER}"],"userName":"mallory","emails":[{{"value":{{"mallory":1}}}}]}}"#);
    assert_eq!(post(&refused).0, 400);
    for (query, token, status) in [
        (
            "filter=userName%20eq%20%22mallory%40people.example%22",
            &token,
            200,
        ),
        ("filter=mallory%20is%20%22mallory%22", &token, 400),
        (
            "filter=userName%20eq%20%22mallory%22",
            &token.replace('w', "v"),
            401,
        ),
        (
            "filter=userName%20eq%20%22mallory%22",
            &format!("{token}mallory"),
            401,
        ),
    ] {
        assert_eq!(
            get(address, &format!("{users}?{query}"), token).0,
            status,
            "{query}"
        );
    }
    assert_eq!(get(address, &format!("{users}/mallory"), &token).0, 404);

    let log = server.stop().stderr;
    // Something was logged about these requests, or silence would pass.
    assert!(log.contains("boolean-as-string") && log.contains(&org), "{log}");
    let secret = &token[token.len() - 40..];
    for line in log.lines() {
        // The name of an attribute that no schema has is reported, and it is not a person's.
        let is_attribute = line.contains("unknown-attribute");
        assert!(is_attribute || !line.contains("mallory"), "{line}");
        assert!(!line.contains(&secret[..10]), "{line}");
    }
}

//! Many clients at the same moment: nothing is lost, nothing is there twice, and everyone is answered.

use std::{collections::BTreeSet, sync::Barrier, thread};

use serde_json::{Value, json};
use wicketgate_testbed::{Database, both_engines};

use crate::{
    client::{Answer, user},
    harness::Installation,
};

both_engines! {
    members_that_are_added_at_the_same_moment_are_all_there,
    a_user_name_that_is_created_many_times_at_once_is_created_once,
}

/// Answers to requests that are sent at the same moment, each by a thread of its own.
fn at_once(count: usize, request: impl Fn(usize) -> Answer + Sync) -> Vec<Answer> {
    let barrier = Barrier::new(count);
    let run = |n| {
        barrier.wait();
        request(n)
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|n| scope.spawn(move || run(n))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("the request is answered"))
            .collect()
    })
}

fn members_that_are_added_at_the_same_moment_are_all_there(database: &Database) {
    const MEMBERS: usize = 50;
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let client = server.client(&organization);
    let users: Vec<String> = (0..MEMBERS)
        .map(|n| client.create_user(&format!("user{n}@x.test")))
        .collect();
    let group = client.create_group("Everybody");

    let answers = at_once(MEMBERS, |n| {
        client.patch(
            &format!("/Groups/{group}"),
            &json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "add", "path": "members", "value": [{"value": users[n]}]}],
            }),
        )
    });
    for answer in answers {
        answer.expect(204);
    }
    let members = client.members(&group);
    assert_eq!(members.len(), MEMBERS, "nobody is a member twice");
    assert_eq!(
        members.into_iter().collect::<BTreeSet<_>>(),
        users.into_iter().collect::<BTreeSet<_>>()
    );
    // One version for each change, and one for the creation.
    let answer = client.get(&format!("/Groups/{group}?excludedAttributes=members"));
    assert_eq!(
        answer.json()["meta"]["version"],
        json!(format!("W/\"{}\"", MEMBERS + 1))
    );
    server.stop();
}

fn a_user_name_that_is_created_many_times_at_once_is_created_once(database: &Database) {
    const CLIENTS: usize = 20;
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let client = server.client(&organization);

    // Each in a case of its own: bit n of the client's number is the case of letter n.
    let spelled = |client: usize| -> String {
        let letter = |(n, letter): (usize, char)| match client >> n & 1 {
            1 => letter.to_ascii_uppercase(),
            _ => letter,
        };
        "annabel@x.test".chars().enumerate().map(letter).collect()
    };
    assert_eq!((0..CLIENTS).map(spelled).collect::<BTreeSet<_>>().len(), CLIENTS);
    let answers = at_once(CLIENTS, |n| client.post("/Users", &user(&spelled(n))));

    let (created, refused): (Vec<Answer>, Vec<Answer>) =
        answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!((created.len(), refused.len()), (1, CLIENTS - 1));
    for answer in refused {
        assert_eq!(answer.header("Content-Type"), Some("application/scim+json"));
        let mut body = answer.expect(409).json();
        let detail = body["detail"].take();
        assert!(
            detail.as_str().is_some_and(|detail| detail.contains("userName")),
            "{detail}"
        );
        assert_eq!(
            body,
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "status": "409",
                "scimType": "uniqueness",
                "detail": Value::Null,
            })
        );
    }
    let found = client.get("/Users").expect(200).json();
    assert_eq!(found["totalResults"], json!(1));
    assert_eq!(found["Resources"][0], created[0].json());
    server.stop();
}

//! A group as large as a company: Okta pushes all of it, each time. That a small difference costs few rows is proved
//! in the domain crate; here it is that the answers are right, and how long they take is printed.

use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use wicketgate_testbed::{Database, both_engines};

use crate::{
    client::{Client, members, text, user},
    harness::Installation,
};

const MEMBERS: usize = 10_000;
/// The most operations that one PATCH may have.
const OPERATIONS: usize = 1_000;
/// As many requests are under way at a time while the users are created.
const CLIENTS: usize = 8;
/// Far more than it takes, also without optimisation and with other tests beside it: Okta gives up after a minute.
const PATIENCE: Duration = Duration::from_secs(10);

both_engines! {
    a_group_of_ten_thousand_is_replaced_and_patched,
}

fn a_group_of_ten_thousand_is_replaced_and_patched(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let client = server.client(&organization);
    // One more than the group has: somebody who can come when somebody leaves.
    let ids = create_users(&client, MEMBERS + 1);
    let group = client.create_group("Everybody");
    let path = format!("/Groups/{group}");
    let engine = database.engine();

    let whole = membership(&group, &ids[..MEMBERS]);
    println!(
        "{engine:?}: a PUT of {MEMBERS} members is {} bytes",
        whole.to_string().len()
    );
    let answer = timed(&format!("{engine:?}: {MEMBERS} members come"), || {
        put(&client, &path, &whole)
    });
    assert_members(&answer, &ids[..MEMBERS]);
    let read = timed(&format!("{engine:?}: all of them are read"), || {
        client.get(&path).expect(200).json()
    });
    assert_eq!(read, answer);

    let unchanged = timed(&format!("{engine:?}: nobody comes or leaves"), || {
        put(&client, &path, &whole)
    });
    assert_eq!(
        unchanged["meta"], answer["meta"],
        "a PUT that changes nothing is none"
    );

    let mut others = ids[1..].to_vec();
    // Okta's order is its own.
    others.reverse();
    let others_body = membership(&group, &others);
    let answer = timed(&format!("{engine:?}: one leaves and one comes"), || {
        put(&client, &path, &others_body)
    });
    assert_members(&answer, &others);
    assert_eq!(client.get(&path).expect(200).json(), answer);
    assert_eq!(
        client
            .get(&format!("/Users/{}", ids[0]))
            .expect(200)
            .json()
            .get("groups"),
        None
    );
    let newcomer = client.get(&format!("/Users/{}", ids[MEMBERS])).expect(200).json();
    assert_eq!(text(&newcomer, "/groups/0/value"), group);

    // The catalogue's apps say it in operations: as many as one request may have. All but one of those who are taken
    // out come back in the last.
    let mut operations: Vec<Value> = ids[1..OPERATIONS]
        .iter()
        .map(|id| json!({"op": "remove", "path": format!("members[value eq \"{id}\"]")}))
        .collect();
    let back: Vec<Value> = ids[2..OPERATIONS].iter().map(|id| json!({"value": id})).collect();
    operations.push(json!({"op": "add", "path": "members", "value": back}));
    assert_eq!(operations.len(), OPERATIONS);
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations,
    });
    timed(&format!("{engine:?}: {OPERATIONS} operations"), || {
        client.patch(&path, &body).expect(204);
        Value::Null
    });
    assert_members(&client.get(&path).expect(200).json(), &ids[2..]);

    let short = client
        .get(&format!("{path}?excludedAttributes=members"))
        .expect(200);
    assert!(
        short.body.len() < 1_000,
        "without members a group is small: {} bytes",
        short.body.len()
    );
    server.stop();
}

/// Creates users and is their ids.
fn create_users(client: &Client, count: usize) -> Vec<String> {
    let began = Instant::now();
    let create = |numbers: Vec<usize>| -> Vec<String> {
        let create = |n| client.post("/Users", &user(&user_name(n))).expect(201).id();
        numbers.into_iter().map(create).collect()
    };
    let create = &create;
    let ids = thread::scope(|scope| {
        let threads: Vec<_> = (0..CLIENTS)
            .map(|first| scope.spawn(move || create((first..count).step_by(CLIENTS).collect())))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("users are created"))
            .collect()
    });
    println!("{count} users were created in {:?}", began.elapsed());
    ids
}

fn user_name(n: usize) -> String {
    format!("employee.number.{n:05}@subsidiary.example.com")
}

/// The body that Okta sends.
fn membership(group: &str, ids: &[String]) -> Value {
    let members: Vec<Value> = ids
        .iter()
        .enumerate()
        .map(|(n, id)| json!({"value": id, "display": user_name(n)}))
        .collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "id": group,
        "displayName": "Everybody",
        "members": members,
    })
}

fn put(client: &Client, path: &str, body: &Value) -> Value {
    client.put(path, body).expect(200).json()
}

#[track_caller]
fn assert_members(group: &Value, expected: &[String]) {
    let members = members(group);
    assert_eq!(members.len(), expected.len());
    assert!(members.iter().collect::<BTreeSet<_>>() == expected.iter().collect::<BTreeSet<_>>());
}

fn timed(what: &str, work: impl FnOnce() -> Value) -> Value {
    let began = Instant::now();
    let answer = work();
    let took = began.elapsed();
    println!("{what}: {took:?}");
    assert!(took < PATIENCE, "{what}: {took:?}");
    answer
}

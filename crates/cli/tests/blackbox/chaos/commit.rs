//! The way to PostgreSQL breaks exactly at the commit: the client is told what has happened, and it happens once.

use std::time::{Duration, Instant};

use serde_json::json;
use wicketgate_testbed::{Database, Postgres};

use super::{
    history::{Counter, Found, History, complaints},
    proxy::{Cut, Proxy},
    rounds,
};
use crate::{client::user, harness::Installation};

#[test]
fn a_commit_that_nobody_answered_is_answered_as_what_it_came_to() {
    let server = Postgres::start();
    let proxy = Proxy::before(server.port());
    let url = server
        .url()
        .replace(&server.port().to_string(), &proxy.port().to_string());
    let database = Database::at(format!("{url}?sslmode=disable&gssencmode=disable"));
    let installation = Installation::new(&database);
    let organization = installation.organization("Acme");
    let gateway = installation.serve();
    let client = gateway.client(&organization);
    let mut history = History::default();
    let counted = client.create_user("counted@x.test");
    history
        .created
        .insert(counted.clone(), "counted@x.test".to_owned());
    let events = "SELECT count(*) FROM events WHERE kind LIKE 'user.%'";
    let count = || -> usize { server.query(events)[0][0].as_deref().unwrap().parse().unwrap() };
    let before = count();

    let cuts = rounds(36, 1_000);
    let mut slowest = Duration::ZERO;
    let mut count_sent = 0;
    for round in 0..cuts {
        let cut = [Cut::Before, Cut::After, Cut::Midst][round % 3];
        proxy.cut_next(cut);
        let asked = Instant::now();
        let answer = match round / 3 % 3 {
            0 => {
                let user_name = format!("user{round}@x.test");
                let answer = client.post("/Users", &user(&user_name));
                if answer.status == 201 {
                    history.created.insert(answer.id(), user_name);
                }
                answer
            }
            1 => {
                count_sent += 1;
                let body = json!({
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                    "Operations": [{"op": "replace", "path": "title", "value": count_sent.to_string()}],
                });
                client.patch(&format!("/Users/{counted}"), &body)
            }
            _ => {
                let gone = |id: &&String| **id != counted && !history.deleted.contains(*id);
                let id = history.created.keys().find(gone).expect("a user is left").clone();
                let answer = client
                    .send("DELETE", &format!("/Users/{id}"), &[], None)
                    .expect("an answer");
                history.deleted.insert(id);
                answer
            }
        };
        slowest = slowest.max(asked.elapsed());
        assert!(
            (200..300).contains(&answer.status),
            "{cut:?} in round {round}: {answer}"
        );
        assert_eq!(proxy.cuts(), round + 1, "the connection was broken once: {cut:?}");
    }
    history.counter = Some(Counter {
        user: counted,
        acknowledged: count_sent,
        sent: count_sent,
    });
    let found = Found::in_postgres(&server);
    let complaints = complaints(&[history], &found);
    assert!(complaints.is_empty(), "{complaints:#?}");
    assert_eq!(count() - before, cuts, "each change has happened once");
    eprintln!("{cuts} connections broken at the commit, each change done once, slowest answer {slowest:?}");
    gateway.stop();
}

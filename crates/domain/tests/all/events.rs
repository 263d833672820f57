//! The event log: one event for each change, numbered without gaps, and none for what did not happen.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Value, json};
use tokio::task::JoinSet;
use wicketgate_domain::{Error, RecordedEvent};
use wicketgate_scim::Mode;
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant, assert_refused, group, ids, user};

both_engines! {
    run with crate::harness::run:
    numbers_have_no_gaps_under_concurrent_writers,
    each_change_is_one_event,
    what_changes_nothing_is_no_event,
    what_is_refused_is_no_event,
    an_event_says_who_when_and_in_which_request,
    an_update_names_what_changed_and_what_was,
    a_large_change_of_membership_comes_in_parts_of_500,
    deleting_a_large_group_does_not_name_its_members,
    events_are_read_from_a_number_on,
    entering_as_operator_is_an_event,
}

fn kinds(events: &[RecordedEvent]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

async fn numbers_have_no_gaps_under_concurrent_writers(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let other = installation.org("globex").await;
    let start = org.last_seq().await;
    let mut writers = JoinSet::new();
    for number in 0..40 {
        let (org, other) = (org.clone(), other.clone());
        writers.spawn(async move {
            let created = org.user(&format!("user{number}")).await;
            // A refusal between two changes takes no number.
            assert_refused!(
                org.create_user(user(&format!("USER{number}"))).await,
                Error::AlreadyExists { .. }
            );
            other.user(&format!("user{number}")).await;
            let rename = json!([{"op": "add", "path": "title", "value": "Dr"}]);
            org.patch_user(created.id, rename).await.unwrap();
        });
    }
    while let Some(outcome) = writers.join_next().await {
        outcome.unwrap();
    }
    for (org, expected) in [(&org, 80), (&other, 40)] {
        let events = org.events().await;
        let numbers: Vec<i64> = events.iter().map(|event| event.seq).collect();
        let count = i64::try_from(numbers.len()).unwrap();
        assert_eq!(numbers, (1..=count).collect::<Vec<_>>());
        assert_eq!(
            events.iter().map(|event| event.id).collect::<BTreeSet<_>>().len(),
            events.len()
        );
        let users = events
            .iter()
            .filter(|event| event.kind.starts_with("user."))
            .count();
        assert_eq!(users, expected);
    }
    assert!(org.last_seq().await > start);
    assert_eq!(org.totals().await, (40, 40, 0));
}

async fn each_change_is_one_event(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let seq = org.last_seq().await;
    let anna = org.user("anna").await;
    let set = |attribute: &str, value: Value| json!([{"op": "replace", "path": attribute, "value": value}]);
    org.patch_user(anna.id, set("title", json!("Dr"))).await.unwrap();
    org.patch_user(anna.id, set("active", json!(false)))
        .await
        .unwrap();
    org.patch_user(anna.id, set("title", json!("Prof")))
        .await
        .unwrap();
    org.patch_user(anna.id, set("active", json!(true))).await.unwrap();
    let staff = org.group("Staff", &ids(&[&anna])).await;
    org.patch_group(staff.id, set("displayName", json!("Crew")))
        .await
        .unwrap();
    org.replace_group(staff.id, group("Crew", &[])).await.unwrap();
    org.delete_group(staff.id).await.unwrap();
    org.delete_user(anna.id).await.unwrap();
    let events = org.events_after(seq).await;
    assert_eq!(
        kinds(&events),
        [
            "user.created",
            "user.updated",
            "user.deactivated",
            "user.updated",
            "user.reactivated",
            "group.created",
            "group.members_changed",
            "group.updated",
            "group.members_changed",
            "group.deleted",
            "user.deleted",
        ]
    );
    for event in &events {
        let about = if event.kind.starts_with("user.") {
            *anna.id.as_uuid()
        } else {
            *staff.id.as_uuid()
        };
        assert_eq!(event.resource, Some(about), "{}", event.kind);
    }
}

async fn what_changes_nothing_is_no_event(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let staff = org.group("Staff", &ids(&[&anna])).await;
    let seq = org.last_seq().await;
    org.replace_user(anna.id, user("anna")).await.unwrap();
    org.patch_user(anna.id, json!([{"op": "add", "path": "active", "value": true}]))
        .await
        .unwrap();
    org.replace_group(staff.id, group("Staff", &ids(&[&anna])))
        .await
        .unwrap();
    org.patch_group(
        staff.id,
        json!([{"op": "remove", "path": "members", "value": []}]),
    )
    .await
    .unwrap();
    org.get_user(anna.id).await.unwrap();
    org.search_users("").await.unwrap();
    assert!(org.events_after(seq).await.is_empty());
}

async fn what_is_refused_is_no_event(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.set_mode(Mode::Strict).await;
    let (anna, bert) = (org.user("anna").await, org.user("bert").await);
    let staff = org.group("Staff", &[]).await;
    let seq = org.last_seq().await;
    assert!(org.create_user(user("ANNA")).await.is_err());
    assert!(org.replace_user(bert.id, user("anna")).await.is_err());
    assert!(
        org.patch_user(anna.id, json!([{"op": "remove", "path": "userName"}]))
            .await
            .is_err()
    );
    assert!(org.create_group(group("staff", &[])).await.is_err());
    assert!(
        org.create_group(group("Other", &["nobody".to_owned()]))
            .await
            .is_err()
    );
    assert!(
        org.replace_group(staff.id, group("Staff", &[staff.id.to_string()]))
            .await
            .is_err()
    );
    assert!(org.events_after(seq).await.is_empty());
    // The next change has the next number.
    org.user("cleo").await;
    assert_eq!(org.last_seq().await, seq + 1);
}

async fn an_event_says_who_when_and_in_which_request(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let owner = org.owner().await;
    let owner = owner.owner().unwrap();
    let manager = owner
        .service_users()
        .list()
        .await
        .unwrap()
        .into_iter()
        .find(|one| one.name == "org_user_manager");
    let manager = manager.unwrap().id;
    let tokens = owner.tokens().list().await.unwrap();
    let token = tokens
        .into_iter()
        .find(|token| token.service_user == manager)
        .unwrap()
        .id;
    let seq = org.last_seq().await;
    installation.clock.advance(7_000);
    let request = org.request().await;
    let users = request.user_manager().unwrap().users();
    let anna = users.create(user("anna")).await.unwrap().resource;
    users.create(user("bert")).await.unwrap();
    let events = org.events_after(seq).await;
    assert_eq!(
        events[0].actor,
        json!({"type": "service_user", "id": manager.to_string(), "credentialId": token.to_string()})
    );
    assert_eq!(events[0].occurred, anna.created);
    assert!(events[0].request_id.starts_with("request-"));
    assert_eq!(events[0].request_id, events[1].request_id);
    org.user("cleo").await;
    assert_ne!(org.events_after(seq).await[2].request_id, events[0].request_id);
}

async fn an_update_names_what_changed_and_what_was(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut body = user("anna");
    body.insert("title".to_owned(), json!("Dr"));
    body.insert("externalId".to_owned(), json!("00u1"));
    let anna = org.create_user(body).await.unwrap();
    let seq = org.last_seq().await;
    let operations = json!([
        {"op": "replace", "path": "externalId", "value": "00u2"},
        {"op": "remove", "path": "title"},
        {"op": "add", "path": "locale", "value": "de"},
    ]);
    org.patch_user(anna.id, operations).await.unwrap();
    let event = org.events_after(seq).await.remove(0);
    let changed: BTreeSet<&str> = event.payload["changed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert_eq!(changed, BTreeSet::from(["externalId", "locale", "title"]));
    assert_eq!(
        event.payload["previous"],
        json!({"title": "Dr", "externalId": "00u1"})
    );
    assert_eq!(
        event.payload["data"],
        json!({"userName": "anna", "active": true, "externalId": "00u2", "locale": "de"})
    );
}

/// Creates many users at once and gives their ids.
async fn crowd(org: &Tenant, count: usize) -> Vec<String> {
    let mut tasks = JoinSet::new();
    for lane in 0..16 {
        let org = org.clone();
        tasks.spawn(async move {
            let mut created = Vec::new();
            for number in (lane..count).step_by(16) {
                created.push(org.user(&format!("user{number}")).await.id.to_string());
            }
            created
        });
    }
    tasks.join_all().await.concat()
}

async fn a_large_change_of_membership_comes_in_parts_of_500(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let everybody = crowd(&org, 1_001).await;
    let seq = org.last_seq().await;
    let staff = org.group("Staff", &everybody).await;
    let events = org.events_after(seq).await;
    assert_eq!(events.len(), 4);
    assert_eq!(events[0].kind, "group.created");
    let mut named = BTreeSet::new();
    for (part, (event, size)) in events[1..].iter().zip([500, 500, 1]).enumerate() {
        assert_eq!(event.kind, "group.members_changed");
        assert_eq!(
            (&event.payload["part"], &event.payload["parts"]),
            (&json!(part + 1), &json!(3))
        );
        let added = event.payload["added"].as_array().unwrap();
        assert_eq!(
            (added.len(), event.payload["removed"].as_array().unwrap().len()),
            (size, 0)
        );
        assert!(added.iter().all(|member| member["type"] == "User"));
        named.extend(
            added
                .iter()
                .map(|member| member["id"].as_str().unwrap().to_owned()),
        );
    }
    assert_eq!(named, everybody.iter().cloned().collect());

    // 500 leave and stay within one part; 501 changes take two.
    let seq = org.last_seq().await;
    org.replace_group(staff.id, group("Staff", &everybody[500..]))
        .await
        .unwrap();
    assert_eq!(kinds(&org.events_after(seq).await), ["group.members_changed"]);
    let seq = org.last_seq().await;
    let emptied = org.replace_group(staff.id, group("Staff", &[])).await.unwrap();
    assert_eq!((emptied.version, emptied.member_count), (3, 0));
    assert_eq!(kinds(&org.events_after(seq).await).len(), 2);
}

async fn deleting_a_large_group_does_not_name_its_members(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let everybody = crowd(&org, 501).await;
    let staff = org.group("Staff", &everybody).await;
    let seq = org.last_seq().await;
    org.delete_group(staff.id).await.unwrap();
    let events = org.events_after(seq).await;
    assert_eq!(kinds(&events), ["group.deleted"]);
    assert_eq!(events[0].payload["memberCount"], 501);
}

async fn events_are_read_from_a_number_on(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for number in 0..5 {
        org.user(&format!("user{number}")).await;
    }
    let all = org.events().await;
    let owner = org.owner().await;
    let owner = owner.owner().unwrap();
    let mut read = Vec::new();
    loop {
        let after = read.last().map_or(0, |event: &RecordedEvent| event.seq);
        let some = owner.events(after, 3).await.unwrap();
        assert!(some.len() <= 3);
        if some.is_empty() {
            break;
        }
        read.extend(some);
    }
    assert_eq!(read, all);
    assert!(owner.events(i64::MAX, 3).await.unwrap().is_empty());
}

async fn entering_as_operator_is_an_event(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let seq = org.last_seq().await;
    let entered = installation.instance.org(org.id).await.unwrap();
    entered
        .user_manager()
        .unwrap()
        .users()
        .create(user("anna"))
        .await
        .unwrap();
    let events = org.events_after(seq).await;
    assert_eq!(kinds(&events), ["org.entered", "user.created"]);
    for event in &events {
        assert_eq!(event.actor, json!({"type": "operator"}));
        assert_eq!(event.request_id, events[0].request_id);
    }
}

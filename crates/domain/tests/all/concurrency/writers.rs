//! Many writers of one resource, of one name, and of one organization.

use std::sync::Arc;

use serde_json::json;
use wicketgate_domain::{Error, Precondition};
use wicketgate_testbed::both_engines;

use super::at_once;
use crate::harness::{Installation, group, ids, patch, served, user};

both_engines! {
    run with crate::harness::run:
    twenty_creates_of_one_name_make_one_user,
    twenty_creates_of_one_group_make_one_group,
    one_of_forty_writers_of_a_version_wins,
    forty_read_modify_writes_are_all_applied,
    a_user_is_deleted_once,
    two_processes_write_side_by_side,
}

async fn twenty_creates_of_one_name_make_one_user(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let seq = org.last_seq().await;
    let answers = at_once((0..20).map(|number| {
        let org = org.clone();
        let (upper, lower) = (
            "ANNA-MARIA".split_at(number % 10),
            "anna-maria".split_at(number % 10),
        );
        let name = format!("{}{}", upper.0, lower.1);
        async move { org.create_user(user(&name)).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let taken = answers.iter().filter(|answer| {
        matches!(
            answer,
            Err(Error::AlreadyExists {
                attribute: "userName"
            })
        )
    });
    assert_eq!(taken.count(), 19, "{answers:?}");
    assert_eq!(org.totals().await, (1, 1, 0));
    assert_eq!(org.events_after(seq).await.len(), 1);
}

async fn twenty_creates_of_one_group_make_one_group(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let answers = at_once((0..20).map(|number| {
        let (org, members) = (org.clone(), ids(&[&anna]));
        let name = if number % 2 == 0 { "Staff" } else { "STAFF" };
        async move { org.create_group(group(name, &members)).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let taken = answers.iter().filter(|answer| {
        matches!(
            answer,
            Err(Error::AlreadyExists {
                attribute: "displayName"
            })
        )
    });
    assert_eq!(taken.count(), 19, "{answers:?}");
    assert_eq!(org.totals().await, (1, 1, 1));
    assert_eq!(org.get_user(anna.id).await.unwrap().groups.len(), 1);
}

async fn one_of_forty_writers_of_a_version_wins(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    for version in 1..=3 {
        let answers = at_once((0..40).map(|number| {
            let org = org.clone();
            async move {
                let body = patch(json!([
                    {"op": "replace", "path": "title", "value": format!("version {version} of writer {number}")}
                ]));
                let request = org.request().await;
                let users = request.user_manager()?.users();
                served(|| users.patch(anna.id, Precondition::Versions(vec![version]), body.clone())).await
            }
        }))
        .await;
        let stale = answers
            .iter()
            .filter(|answer| matches!(answer, Err(Error::VersionMismatch { .. })));
        assert_eq!(stale.count(), 39, "{answers:?}");
        let winner = answers.into_iter().find_map(Result::ok).unwrap().resource;
        assert_eq!(winner.version, version + 1);
        assert_eq!(org.get_user(anna.id).await.unwrap(), winner);
    }
}

async fn forty_read_modify_writes_are_all_applied(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    at_once((0..40).map(|number| {
        let org = org.clone();
        async move {
            loop {
                let read = org.get_user(anna.id).await.unwrap();
                let mut body = user("anna");
                let mut emails = read
                    .attributes
                    .get("emails")
                    .cloned()
                    .unwrap_or_else(|| json!([]));
                emails
                    .as_array_mut()
                    .unwrap()
                    .push(json!({"value": format!("a{number}@x.example")}));
                body.insert("emails".to_owned(), emails);
                let request = org.request().await;
                let users = request.user_manager().unwrap().users();
                let version = Precondition::Versions(vec![read.version]);
                match served(|| users.replace(anna.id, version.clone(), body.clone())).await {
                    Ok(_) => return,
                    Err(Error::VersionMismatch { .. }) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
        }
    }))
    .await;
    let after = org.get_user(anna.id).await.unwrap();
    assert_eq!(
        (
            after.version,
            after.attributes["emails"].as_array().unwrap().len()
        ),
        (41, 40)
    );
    assert_eq!(
        org.search_users(r#"emails.value eq "a39@x.example""#)
            .await
            .unwrap()
            .total,
        1
    );
}

async fn a_user_is_deleted_once(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let seq = org.last_seq().await;
    let answers = at_once((0..20).map(|_| {
        let org = org.clone();
        async move { org.delete_user(anna.id).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(
        answers
            .iter()
            .filter(|answer| matches!(answer, Err(Error::NotFound)))
            .count(),
        19
    );
    assert_eq!(org.totals().await, (0, 0, 0));
    assert_eq!(org.events_after(seq).await.len(), 1);
}

async fn two_processes_write_side_by_side(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let other = Arc::new(installation.restarted());
    let answers = at_once((0..60).map(|number| {
        let (org, other) = (org.clone(), Arc::clone(&other));
        async move {
            let name = format!("user{}", number / 2);
            if number % 2 == 0 {
                return org.create_user(user(&name)).await.map(drop);
            }
            let request = other.enter(org.id, &org.authorization()).await.unwrap();
            let users = request.user_manager()?.users();
            served(|| users.create(user(&name.to_uppercase())))
                .await
                .map(drop)
        }
    }))
    .await;
    assert_eq!(
        answers.iter().filter(|answer| answer.is_ok()).count(),
        30,
        "{answers:?}"
    );
    let taken = answers
        .iter()
        .filter(|answer| matches!(answer, Err(Error::AlreadyExists { .. })));
    assert_eq!(taken.count(), 30, "{answers:?}");
    assert_eq!(org.totals().await, (30, 30, 0));
    let events = org.events().await;
    let count = i64::try_from(events.len()).unwrap();
    assert_eq!(
        events.iter().map(|event| event.seq).collect::<Vec<_>>(),
        (1..=count).collect::<Vec<_>>()
    );
}

//! Memberships that change while their members and groups do.

use std::sync::Arc;

use serde_json::json;
use wicketgate_domain::{Error, GroupId, UserId};
use wicketgate_testbed::both_engines;

use super::at_once;
use crate::harness::{Installation, Tenant, ids, members};

both_engines! {
    run with crate::harness::run:
    fifty_members_added_at_once_are_all_there,
    two_groups_cannot_be_nested_into_each_other_at_once,
    a_longer_cycle_cannot_be_closed_at_once,
    a_user_is_deleted_while_its_groups_change,
    a_user_is_added_while_it_is_deleted,
    a_nested_group_is_deleted_while_it_is_added,
    a_nested_group_is_deleted_while_it_is_removed,
    users_of_the_same_groups_are_deleted_at_once,
    counters_agree_with_rows_after_a_storm,
}

fn add(id: impl std::fmt::Display) -> serde_json::Value {
    json!([{"op": "add", "path": "members", "value": [{"value": id.to_string()}]}])
}

fn remove(id: impl std::fmt::Display) -> serde_json::Value {
    json!([{"op": "remove", "path": format!("members[value eq \"{id}\"]")}])
}

/// The group counts the members it lists, and no member is unknown.
async fn assert_sound(org: &Tenant, id: GroupId) {
    let group = org.get_group(id).await.unwrap();
    let listed = members(&group);
    assert_eq!(group.member_count, i64::try_from(listed.len()).unwrap());
    for member in listed {
        let is_user = match UserId::parse(&member) {
            Ok(id) => org.get_user(id).await.is_ok(),
            Err(_) => false,
        };
        let is_group = match GroupId::parse(&member) {
            Ok(id) => org.get_group(id).await.is_ok(),
            Err(_) => false,
        };
        assert!(is_user || is_group, "{member} is a member and unknown");
    }
}

async fn fifty_members_added_at_once_are_all_there(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut users = Vec::new();
    for number in 0..50 {
        users.push(org.user(&format!("user{number}")).await);
    }
    let staff = org.group("Staff", &[]).await;
    let seq = org.last_seq().await;
    let answers = at_once(users.iter().map(|user| {
        let (org, id) = (org.clone(), user.id);
        async move { org.patch_group(staff.id, add(id)).await }
    }));
    for answer in answers.await {
        answer.unwrap();
    }
    let after = org.get_group(staff.id).await.unwrap();
    let mut expected = ids(&users.iter().collect::<Vec<_>>());
    expected.sort_unstable();
    assert_eq!(members(&after), expected);
    assert_eq!((after.version, after.member_count), (51, 50));
    assert_eq!(org.events_after(seq).await.len(), 50);
}

async fn two_groups_cannot_be_nested_into_each_other_at_once(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for round in 0..15 {
        let a = org.group(&format!("A{round}"), &[]).await.id;
        let b = org.group(&format!("B{round}"), &[]).await.id;
        let answers = at_once([(a, b), (b, a)].map(|(outer, inner)| {
            let org = org.clone();
            async move { org.patch_group(outer, add(inner)).await }
        }))
        .await;
        let refused = answers
            .iter()
            .filter(|answer| matches!(answer, Err(Error::Invalid(_))))
            .count();
        let accepted = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!((accepted, refused), (1, 1), "{answers:?}");
    }
}

async fn a_longer_cycle_cannot_be_closed_at_once(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for round in 0..10 {
        let mut groups = Vec::new();
        for number in 0..4 {
            groups.push(org.group(&format!("{round}-{number}"), &[]).await.id);
        }
        let answers = at_once((0..4).map(|number| {
            let (org, outer, inner) = (org.clone(), groups[number], groups[(number + 1) % 4]);
            async move { org.patch_group(outer, add(inner)).await }
        }))
        .await;
        assert_eq!(
            answers.iter().filter(|answer| answer.is_ok()).count(),
            3,
            "{answers:?}"
        );
    }
}

async fn a_user_is_deleted_while_its_groups_change(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for round in 0..15 {
        let (anna, bert) = (
            org.user(&format!("a{round}")).await,
            org.user(&format!("b{round}")).await,
        );
        let both = ids(&[&anna, &bert]);
        let one = org.group(&format!("One {round}"), &both).await.id;
        let two = org.group(&format!("Two {round}"), &both).await.id;
        let deletes = [anna.id, bert.id].map(|id| {
            let org = org.clone();
            tokio::spawn(async move { org.delete_user(id).await })
        });
        let changes = [
            (one, remove(anna.id)),
            (two, json!([{"op": "remove", "path": "members"}])),
        ]
        .map(|(id, body)| {
            let org = org.clone();
            tokio::spawn(async move { org.patch_group(id, body).await })
        });
        for delete in deletes {
            delete.await.unwrap().unwrap();
        }
        for change in changes {
            change.await.unwrap().unwrap();
        }
        for id in [one, two] {
            let after = org.get_group(id).await.unwrap();
            assert_eq!((after.member_count, members(&after).len()), (0, 0));
        }
    }
}

async fn a_user_is_added_while_it_is_deleted(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for round in 0..15 {
        let anna = org.user(&format!("anna{round}")).await;
        let staff = org.group(&format!("Staff {round}"), &[]).await.id;
        let (adds, delete) = {
            let adds = [org.clone(), org.clone()]
                .map(|org| tokio::spawn(async move { org.patch_group(staff, add(anna.id)).await }));
            let org = org.clone();
            (adds, tokio::spawn(async move { org.delete_user(anna.id).await }))
        };
        for task in adds {
            task.await.unwrap().unwrap();
        }
        delete.await.unwrap().unwrap();
        let after = org.get_group(staff).await.unwrap();
        assert_eq!((after.member_count, members(&after).len()), (0, 0));
    }
}

async fn a_nested_group_is_deleted_while_it_is_added(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for round in 0..15 {
        let outer = org.group(&format!("Outer {round}"), &[]).await.id;
        let inner = org.group(&format!("Inner {round}"), &[]).await.id;
        let nest = {
            let org = org.clone();
            tokio::spawn(async move { org.patch_group(outer, add(inner)).await })
        };
        let delete = {
            let org = org.clone();
            tokio::spawn(async move { org.delete_group(inner).await })
        };
        nest.await.unwrap().unwrap();
        delete.await.unwrap().unwrap();
        let after = org.get_group(outer).await.unwrap();
        assert_eq!((after.member_count, members(&after).len()), (0, 0));
    }
}

async fn a_nested_group_is_deleted_while_it_is_removed(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for round in 0..15 {
        let inner = org.group(&format!("Inner {round}"), &[]).await.id;
        let outer = org
            .group(&format!("Outer {round}"), &[inner.to_string()])
            .await
            .id;
        let leave = {
            let org = org.clone();
            tokio::spawn(async move { org.patch_group(outer, remove(inner)).await })
        };
        let delete = {
            let org = org.clone();
            tokio::spawn(async move { org.delete_group(inner).await })
        };
        leave.await.unwrap().unwrap();
        delete.await.unwrap().unwrap();
        let after = org.get_group(outer).await.unwrap();
        assert_eq!(
            (after.version, after.member_count, members(&after).len()),
            (2, 0, 0)
        );
    }
}

async fn users_of_the_same_groups_are_deleted_at_once(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut users = Vec::new();
    for number in 0..30 {
        users.push(org.user(&format!("user{number}")).await);
    }
    let everybody = ids(&users.iter().collect::<Vec<_>>());
    let mut groups = Vec::new();
    for number in 0..4 {
        groups.push(org.group(&format!("group{number}"), &everybody).await.id);
    }
    let answers = at_once(users.iter().map(|user| {
        let (org, id) = (org.clone(), user.id);
        async move { org.delete_user(id).await }
    }));
    for answer in answers.await {
        answer.unwrap();
    }
    for id in groups {
        let after = org.get_group(id).await.unwrap();
        assert_eq!(
            (after.version, after.member_count, members(&after).len()),
            (31, 0, 0)
        );
    }
    assert_eq!(org.totals().await, (0, 0, 4));
}

async fn counters_agree_with_rows_after_a_storm(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut groups = Vec::new();
    for number in 0..3 {
        groups.push(org.group(&format!("group{number}"), &[]).await.id);
    }
    at_once((0..48_usize).map(|number| {
        let (org, groups) = (org.clone(), groups.clone());
        async move {
            let created = org.user(&format!("user{number}")).await;
            let target = groups[number % 3];
            org.patch_group(target, add(created.id)).await.unwrap();
            org.patch_group(groups[(number + 1) % 3], add(created.id))
                .await
                .unwrap();
            let off = json!([{"op": "replace", "path": "active", "value": number % 4 == 0}]);
            org.patch_user(created.id, off).await.unwrap();
            if number % 3 == 0 {
                org.patch_group(target, remove(created.id)).await.unwrap();
            }
            if number % 2 == 0 {
                org.delete_user(created.id).await.unwrap();
            }
        }
    }))
    .await;
    for id in groups {
        assert_sound(&org, id).await;
    }
    let listed = org.search_users("").await.unwrap();
    let active = listed
        .resources
        .iter()
        .filter(|user| user.attributes["active"] == true)
        .count();
    assert_eq!((listed.resources.len(), active), (24, 0));
    assert_eq!(org.totals().await, (24, 0, 3));
}

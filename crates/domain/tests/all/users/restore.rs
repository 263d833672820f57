//! Deleted users: brought back as they were, listed as long as they are kept, and gone for good afterwards.

use std::sync::Arc;

use serde_json::{Value, json};
use wicketgate_domain::{Clock as _, DirectoryUser, Error, Settings, UserId};
use wicketgate_testbed::both_engines;

use super::release::directory;
use crate::harness::{Installation, Tenant, assert_refused, object, user};

both_engines! {
    run with crate::harness::run:
    a_deleted_user_comes_back_as_it_was,
    a_restored_user_is_found_by_everything_it_was_found_by,
    a_restored_user_returns_into_the_groups_that_are_left,
    a_restored_user_is_managed_by_nobody_until_it_is_written,
    a_blocked_user_comes_back_blocked,
    a_deactivated_user_comes_back_deactivated,
    a_name_that_was_taken_meanwhile_is_in_the_way,
    restoring_a_user_that_is_there_changes_nothing,
    nobody_comes_back_after_the_time_that_the_organization_has_chosen,
    deleted_users_are_listed_the_last_one_first,
    what_is_past_its_time_is_removed_for_good,
    several_processes_purge_at_once,
    a_user_that_was_deleted_and_restored_can_be_deleted_again,
}

const DAY: i64 = 24 * 60 * 60 * 1_000;

async fn restore(org: &Tenant, id: UserId) -> Result<DirectoryUser, Error> {
    directory!(org, |directory| directory.restore_user(id))
}

fn full() -> Value {
    json!({
        "userName": "Anna@example.com",
        "externalId": "00u1",
        "displayName": "Anna",
        "name": {"givenName": "Anna", "familyName": "Ash"},
        "emails": [{"value": "anna@example.com", "type": "work", "primary": true}],
    })
}

async fn a_deleted_user_comes_back_as_it_was(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let before = org.create_user(object(full())).await.unwrap();
    org.delete_user(before.id).await.unwrap();
    installation.clock.advance(DAY);
    let seq = org.last_seq().await;
    let restored = restore(&org, before.id).await.unwrap();
    assert_eq!(restored.deletion, None);
    let after = org.get_user(before.id).await.unwrap();
    assert_eq!(after.attributes, before.attributes);
    assert_eq!((after.created, after.version), (before.created, 2));
    assert!(after.last_modified > before.last_modified);
    let events = org.events_after(seq).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].kind, "user.restored");
    assert_eq!(events[0].payload["data"], Value::Object(before.attributes));
    assert_eq!(events[0].payload["groups"], json!([]));
    assert_eq!(org.totals().await, (1, 1, 0));
}

async fn a_restored_user_is_found_by_everything_it_was_found_by(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.create_user(object(full())).await.unwrap();
    org.delete_user(anna.id).await.unwrap();
    restore(&org, anna.id).await.unwrap();
    for filter in [
        r#"userName eq "ANNA@example.com""#,
        r#"externalId eq "00u1""#,
        r#"emails.value eq "anna@example.com""#,
        r#"name.familyName eq "ash""#,
        r#"displayName sw "an""#,
        "active eq true and not (title pr)",
    ] {
        let page = org.search_users(filter).await.unwrap();
        assert_eq!(page.total, 1, "{filter}");
    }
}

async fn a_restored_user_returns_into_the_groups_that_are_left(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, bea) = (org.user("anna").await, org.user("bea").await);
    let both = [anna.id.to_string(), bea.id.to_string()];
    let pilots = org.group("Pilots", &both).await;
    let gone = org.group("Gone", &both).await;
    org.delete_user(anna.id).await.unwrap();
    org.delete_group(gone.id).await.unwrap();
    let version = org.get_group(pilots.id).await.unwrap().version;
    let seq = org.last_seq().await;
    let restored = restore(&org, anna.id).await.unwrap();
    assert_eq!(
        restored
            .user
            .groups
            .iter()
            .map(|membership| membership.group)
            .collect::<Vec<_>>(),
        [pilots.id]
    );
    let after = org.get_group(pilots.id).await.unwrap();
    assert_eq!((after.member_count, after.version), (2, version + 1));
    assert_eq!(after.members.unwrap().len(), 2);
    let events = org.events_after(seq).await;
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["user.restored", "group.members_changed"]);
    assert_eq!(events[0].payload["groups"], json!([pilots.id.to_string()]));
    assert_eq!(events[1].resource, Some(*pilots.id.as_uuid()));
}

async fn a_restored_user_is_managed_by_nobody_until_it_is_written(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    org.delete_user(anna.id).await.unwrap();
    let restored = restore(&org, anna.id).await.unwrap();
    assert_eq!(restored.custody.managed_by, None);
    org.replace_user(anna.id, user("anna")).await.unwrap();
    let seen = directory!(org, |directory| directory.user(anna.id)).unwrap();
    assert_eq!(seen.custody.managed_by.as_deref(), Some("default"));
}

async fn a_blocked_user_comes_back_blocked(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    directory!(org, |directory| directory.release_user(anna.id)).unwrap();
    directory!(org, |directory| directory.deactivate_user(anna.id)).unwrap();
    org.delete_user(anna.id).await.unwrap();
    let restored = restore(&org, anna.id).await.unwrap();
    assert!(restored.custody.blocked.is_some());
    let on = json!([{"op": "replace", "path": "active", "value": true}]);
    assert_refused!(org.patch_user(anna.id, on).await, Error::Blocked);
}

async fn a_deactivated_user_comes_back_deactivated(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let off = json!([{"op": "replace", "path": "active", "value": false}]);
    org.patch_user(anna.id, off).await.unwrap();
    org.delete_user(anna.id).await.unwrap();
    let restored = restore(&org, anna.id).await.unwrap();
    assert_eq!(restored.user.attributes["active"], false);
    assert_eq!(org.totals().await, (1, 0, 0));
    directory!(org, |directory| directory.reactivate_user(anna.id)).unwrap();
    assert_eq!(org.totals().await, (1, 1, 0));
}

async fn a_name_that_was_taken_meanwhile_is_in_the_way(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    org.delete_user(anna.id).await.unwrap();
    let other = org.user("ANNA").await;
    let seq = org.last_seq().await;
    assert_refused!(
        restore(&org, anna.id).await,
        Error::AlreadyExists {
            attribute: "userName"
        }
    );
    assert_eq!(org.last_seq().await, seq);
    assert_eq!(org.totals().await, (1, 1, 0));
    org.replace_user(other.id, user("anna2")).await.unwrap();
    restore(&org, anna.id).await.unwrap();
    assert_eq!(org.totals().await, (2, 2, 0));
}

async fn restoring_a_user_that_is_there_changes_nothing(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let seq = org.last_seq().await;
    let seen = restore(&org, anna.id).await.unwrap();
    assert_eq!(seen.user.version, 1);
    assert_eq!(seen.custody.managed_by.as_deref(), Some("default"));
    assert_eq!(org.last_seq().await, seq);
}

async fn nobody_comes_back_after_the_time_that_the_organization_has_chosen(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.set(Settings {
        grace_days: 2,
        ..Settings::default()
    })
    .await;
    let anna = org.user("anna").await;
    org.delete_user(anna.id).await.unwrap();
    installation.clock.advance(2 * DAY - 1);
    let seen = directory!(org, |directory| directory.user(anna.id)).unwrap();
    assert_eq!(
        seen.deletion.unwrap().ends.as_millisecond(),
        installation.clock.now().as_millisecond() + 1
    );
    installation.clock.advance(1);
    assert_refused!(
        directory!(org, |directory| directory.user(anna.id)),
        Error::NotFound
    );
    assert_refused!(restore(&org, anna.id).await, Error::NotFound);
    let listed = directory!(org, |directory| directory.deleted_users(None, 10)).unwrap();
    assert_eq!(listed, []);
    org.set(Settings {
        grace_days: 3,
        ..Settings::default()
    })
    .await;
    restore(&org, anna.id).await.unwrap();
}

async fn deleted_users_are_listed_the_last_one_first(installation: Arc<Installation>) {
    let (org, other) = (installation.org("acme").await, installation.org("other").await);
    let mut deleted = Vec::new();
    for (number, name) in ["a", "b", "c", "d", "e"].into_iter().enumerate() {
        let user = org.user(name).await;
        // Some are deleted at the same time.
        installation.clock.advance(i64::from(number % 2 == 0));
        org.delete_user(user.id).await.unwrap();
        deleted.push(user.id);
    }
    org.user("kept").await;
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = directory!(org, |directory| directory.deleted_users(after, 2)).unwrap();
        for user in &page {
            let deletion = user.deletion.as_ref().unwrap();
            assert_eq!(
                deletion.ends.as_millisecond() - deletion.at.as_millisecond(),
                30 * DAY
            );
            after = Some((deletion.at, user.user.id));
            found.push(user.user.id);
        }
        if page.len() < 2 {
            break;
        }
    }
    assert_eq!(found.len(), 5);
    let times: Vec<_> = {
        let all = directory!(org, |directory| directory.deleted_users(None, 10)).unwrap();
        assert_eq!(all.iter().map(|user| user.user.id).collect::<Vec<_>>(), found);
        all.into_iter()
            .map(|user| (user.deletion.unwrap().at, user.user.id))
            .collect()
    };
    assert!(times.is_sorted_by(|a, b| a > b));
    found.sort_unstable();
    assert_eq!(found, deleted);
    let listed = directory!(other, |directory| directory.deleted_users(None, 10)).unwrap();
    assert_eq!(listed, []);
}

async fn what_is_past_its_time_is_removed_for_good(installation: Arc<Installation>) {
    let (org, patient) = (installation.org("acme").await, installation.org("patient").await);
    org.set(Settings {
        grace_days: 1,
        ..Settings::default()
    })
    .await;
    let mut gone = Vec::new();
    for number in 0..3 {
        let mut body = object(full());
        body.insert("userName".to_owned(), json!(format!("gone{number}")));
        let user = org.create_user(body).await.unwrap();
        org.group(&format!("Group {number}"), &[user.id.to_string()])
            .await;
        org.delete_user(user.id).await.unwrap();
        gone.push(user.id);
    }
    let kept = patient.user("kept").await;
    patient.delete_user(kept.id).await.unwrap();
    let live = org.user("live").await;
    installation.clock.advance(DAY - 1);
    assert_eq!(installation.instance.purge_deleted().await.unwrap(), 0);
    installation.clock.advance(1);
    assert_eq!(installation.instance.purge_deleted().await.unwrap(), 3);
    assert_eq!(installation.instance.purge_deleted().await.unwrap(), 0);
    // A longer time comes too late for them.
    org.set(Settings {
        grace_days: 90,
        ..Settings::default()
    })
    .await;
    for id in gone {
        assert_refused!(restore(&org, id).await, Error::NotFound);
    }
    restore(&patient, kept.id).await.unwrap();
    org.get_user(live.id).await.unwrap();
    assert_eq!(org.totals().await, (1, 1, 3));
}

async fn several_processes_purge_at_once(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for number in 0..5 {
        let user = org.user(&format!("user{number}")).await;
        org.delete_user(user.id).await.unwrap();
    }
    installation.clock.advance(31 * DAY);
    let second = Arc::new(installation.restarted());
    second.clock.set(installation.clock.now());
    let (a, b) = tokio::join!(
        installation.instance.purge_deleted(),
        second.instance.purge_deleted()
    );
    assert_eq!(a.unwrap() + b.unwrap(), 5);
}

async fn a_user_that_was_deleted_and_restored_can_be_deleted_again(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let group = org.group("Pilots", &[anna.id.to_string()]).await;
    for _ in 0..2 {
        org.delete_user(anna.id).await.unwrap();
        assert_eq!(org.totals().await, (0, 0, 1));
        assert_eq!(org.get_group(group.id).await.unwrap().member_count, 0);
        restore(&org, anna.id).await.unwrap();
        assert_eq!(org.totals().await, (1, 1, 1));
        assert_eq!(org.get_group(group.id).await.unwrap().member_count, 1);
    }
}

//! Creating and replacing groups: members are rows, and only those that differ are written.

use std::sync::Arc;

use serde_json::{Value, json};
use wicketgate_domain::Error;
use wicketgate_scim::{Mode, schema::GROUP};
use wicketgate_testbed::both_engines;

use super::ids_of;
use crate::harness::{Installation, assert_refused, group, ids, members, object};

both_engines! {
    run with crate::harness::run:
    a_group_is_created_with_its_members,
    a_display_name_is_unique_without_regard_to_case,
    a_member_named_twice_is_one_member,
    a_put_writes_only_the_members_that_differ,
    a_put_without_members_keeps_them_in_tolerant_mode,
    a_put_without_members_empties_the_group_in_strict_mode,
    a_put_with_an_empty_list_empties_the_group,
    an_unchanged_put_keeps_version_and_time,
    an_external_id_of_a_group_is_found_changed_and_removed,
    a_reader_may_not_write,
}

async fn a_group_is_created_with_its_members(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, bert) = (org.user("anna").await, org.user("bert").await);
    let inner = org.group("inner", &[]).await;
    let mut named = ids(&[&anna, &bert]);
    named.push(inner.id.to_string());
    let created = org.group("Staff", &named).await;
    assert_eq!((created.version, created.member_count), (1, 3));
    named.sort_unstable();
    assert_eq!(members(&created), named);
    assert_eq!(
        Value::Object(created.attributes.clone()),
        json!({"displayName": "Staff"})
    );
    assert_eq!(org.get_group(created.id).await.unwrap(), created);
    assert_eq!(org.totals().await, (2, 2, 2));
}

async fn a_display_name_is_unique_without_regard_to_case(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (staff, other) = (org.group("Staff", &[]).await, org.group("Other", &[]).await);
    let taken = || Error::AlreadyExists {
        attribute: "displayName",
    };
    for outcome in [
        org.create_group(group("sTAFF", &[])).await,
        org.replace_group(other.id, group("STAFF", &[])).await,
        org.patch_group(
            other.id,
            json!([{"op": "replace", "path": "displayName", "value": "staff"}]),
        )
        .await,
    ] {
        assert_eq!(outcome.unwrap_err().to_string(), taken().to_string());
    }
    assert_eq!(org.totals().await.2, 2);
    org.delete_group(staff.id).await.unwrap();
    org.group("staff", &[]).await;
}

async fn a_member_named_twice_is_one_member(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let created = org.group("Staff", &ids(&[&anna, &anna])).await;
    assert_eq!((created.member_count, members(&created)), (1, ids(&[&anna])));
}

async fn a_put_writes_only_the_members_that_differ(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut users = Vec::new();
    for number in 0..6 {
        users.push(org.user(&format!("user{number}")).await);
    }
    let staff = org
        .group("Staff", &ids(&users[..5].iter().collect::<Vec<_>>()))
        .await;
    let seq = org.last_seq().await;
    installation.clock.advance(1_000);
    let kept = ids(&users[1..].iter().collect::<Vec<_>>());
    let replaced = org.replace_group(staff.id, group("Staff", &kept)).await.unwrap();
    assert_eq!((replaced.version, replaced.member_count), (2, 5));
    assert!(replaced.last_modified > staff.last_modified);
    let events = org.events_after(seq).await;
    assert_eq!(
        events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(),
        ["group.members_changed"]
    );
    assert_eq!(ids_of(&events[0], "added"), [users[5].id.to_string()]);
    assert_eq!(ids_of(&events[0], "removed"), [users[0].id.to_string()]);
    assert_eq!(events[0].resource, Some(*staff.id.as_uuid()));
    assert_eq!(org.get_group(staff.id).await.unwrap(), replaced);
}

async fn a_put_without_members_keeps_them_in_tolerant_mode(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let staff = org.group("Staff", &ids(&[&anna])).await;
    let body = object(json!({"schemas": [GROUP], "displayName": "Renamed"}));
    let replaced = org.replace_group(staff.id, body).await.unwrap();
    assert_eq!((replaced.member_count, members(&replaced)), (1, ids(&[&anna])));
    assert_eq!(replaced.attributes["displayName"], "Renamed");
}

async fn a_put_without_members_empties_the_group_in_strict_mode(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let staff = org.group("Staff", &ids(&[&anna])).await;
    org.set_mode(Mode::Strict).await;
    let body = object(json!({"schemas": [GROUP], "displayName": "Staff"}));
    let replaced = org.replace_group(staff.id, body).await.unwrap();
    assert_eq!((replaced.member_count, members(&replaced).len()), (0, 0));
}

async fn a_put_with_an_empty_list_empties_the_group(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let staff = org.group("Staff", &ids(&[&anna])).await;
    let replaced = org.replace_group(staff.id, group("Staff", &[])).await.unwrap();
    assert_eq!((replaced.member_count, members(&replaced).len()), (0, 0));
    assert_eq!(org.get_group(staff.id).await.unwrap(), replaced);
}

async fn an_unchanged_put_keeps_version_and_time(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, bert) = (org.user("anna").await, org.user("bert").await);
    let staff = org.group("Staff", &ids(&[&anna, &bert])).await;
    let seq = org.last_seq().await;
    installation.clock.advance(1_000);
    let replaced = org
        .replace_group(staff.id, group("Staff", &ids(&[&bert, &anna])))
        .await
        .unwrap();
    assert_eq!(replaced, staff);
    assert_eq!(org.get_group(staff.id).await.unwrap(), staff);
    assert_eq!(org.last_seq().await, seq);
}

async fn an_external_id_of_a_group_is_found_changed_and_removed(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut body = group("Staff", &[]);
    body.insert("externalId".to_owned(), json!("g1"));
    let staff = org.create_group(body).await.unwrap();
    let total = async |value: &str| {
        org.search_groups(&format!("externalId eq \"{value}\""))
            .await
            .unwrap()
            .total
    };
    assert_eq!((total("g1").await, total("G1").await), (1, 0));
    let change = json!([{"op": "replace", "path": "externalId", "value": "g2"}]);
    assert_eq!(org.patch_group(staff.id, change).await.unwrap().version, 2);
    assert_eq!((total("g1").await, total("g2").await), (0, 1));
    let cleared = org.replace_group(staff.id, group("Staff", &[])).await.unwrap();
    assert!(!cleared.attributes.contains_key("externalId"));
    assert_eq!(total("g2").await, 0);
}

async fn a_reader_may_not_write(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let staff = org.group("Staff", &[]).await;
    let reader = org.reader().await;
    assert_eq!(reader.groups().get(staff.id, true).await.unwrap(), staff);
    assert_refused!(reader.user_manager(), Error::Forbidden { .. });
}

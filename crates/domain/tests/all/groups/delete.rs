//! Deleting members and groups, and which versions a write is meant for.

use std::sync::Arc;

use serde_json::json;
use wicketgate_domain::{Error, GroupId, Precondition};
use wicketgate_testbed::both_engines;

use super::ids_of;
use crate::harness::{Installation, assert_refused, group, ids, members, patch};

both_engines! {
    run with crate::harness::run:
    a_deleted_user_is_no_member,
    deleting_a_user_ends_its_memberships,
    deleting_a_nested_group_ends_its_membership,
    deleting_a_group_keeps_its_members,
    a_deleted_group_is_unknown_to_every_verb,
    a_stale_version_is_refused_by_every_verb,
}

async fn a_deleted_user_is_no_member(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    org.delete_user(anna.id).await.unwrap();
    let staff = org.group("Staff", &ids(&[&anna])).await;
    assert_eq!((staff.member_count, members(&staff).len()), (0, 0));
}

async fn deleting_a_user_ends_its_memberships(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, bert) = (org.user("anna").await, org.user("bert").await);
    let both = org.group("Both", &ids(&[&anna, &bert])).await;
    let one = org.group("One", &ids(&[&anna])).await;
    let other = org.group("Other", &ids(&[&bert])).await;
    let seq = org.last_seq().await;
    installation.clock.advance(1_000);
    org.delete_user(anna.id).await.unwrap();
    for (before, left) in [(&both, ids(&[&bert])), (&one, Vec::new())] {
        let after = org.get_group(before.id).await.unwrap();
        assert_eq!((after.version, members(&after)), (2, left.clone()));
        assert_eq!(after.member_count, i64::try_from(left.len()).unwrap());
        assert!(after.last_modified > before.last_modified);
    }
    assert_eq!(org.get_group(other.id).await.unwrap(), other);
    let events = org.events_after(seq).await;
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["group.members_changed", "group.members_changed", "user.deleted"]
    );
    for event in &events[..2] {
        assert_eq!(ids_of(event, "removed"), ids(&[&anna]));
    }
    assert_eq!(events[2].payload["groups"].as_array().unwrap().len(), 2);
}

async fn deleting_a_nested_group_ends_its_membership(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let inner = org.group("Inner", &ids(&[&anna])).await;
    let outer = org.group("Outer", &[inner.id.to_string()]).await;
    org.delete_group(inner.id).await.unwrap();
    let after = org.get_group(outer.id).await.unwrap();
    assert_eq!(
        (after.version, after.member_count, after.members),
        (2, 0, Some(Vec::new()))
    );
    assert!(org.get_user(anna.id).await.unwrap().groups.is_empty());
    assert_eq!(org.totals().await, (1, 1, 1));
}

async fn deleting_a_group_keeps_its_members(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let mut body = group("Staff", &ids(&[&anna]));
    body.insert("externalId".to_owned(), json!("g1"));
    let staff = org.create_group(body).await.unwrap();
    org.delete_group(staff.id).await.unwrap();
    let after = org.get_user(anna.id).await.unwrap();
    assert_eq!(after, anna);
    assert_eq!(org.totals().await, (1, 1, 0));
}

async fn a_deleted_group_is_unknown_to_every_verb(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut body = group("Staff", &[]);
    body.insert("externalId".to_owned(), json!("g1"));
    let staff = org.create_group(body).await.unwrap();
    org.delete_group(staff.id).await.unwrap();
    assert_refused!(org.get_group(staff.id).await, Error::NotFound);
    assert_refused!(
        org.replace_group(staff.id, group("Staff", &[])).await,
        Error::NotFound
    );
    let rename = json!([{"op": "replace", "path": "displayName", "value": "x"}]);
    assert_refused!(org.patch_group(staff.id, rename).await, Error::NotFound);
    assert_refused!(org.delete_group(staff.id).await, Error::NotFound);
    for filter in ["", r#"displayName eq "Staff""#, r#"externalId eq "g1""#] {
        assert_eq!(org.search_groups(filter).await.unwrap().total, 0, "{filter}");
    }
    assert_refused!(
        GroupId::parse(&staff.id.to_string().to_uppercase()),
        Error::NotFound
    );
}

async fn a_stale_version_is_refused_by_every_verb(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let staff = org.group("Staff", &[]).await;
    let changed = org.replace_group(staff.id, group("STAFF", &[])).await.unwrap();
    let request = org.request().await;
    let groups = request.user_manager().unwrap().groups();
    let stale = Precondition::Versions(vec![1]);
    assert_refused!(
        groups
            .replace(staff.id, stale.clone(), group("x", &[]), false)
            .await,
        Error::VersionMismatch { current: 2 }
    );
    let rename = patch(json!([{"op": "replace", "path": "displayName", "value": "x"}]));
    assert_refused!(
        groups.patch(staff.id, stale.clone(), rename, false).await,
        Error::VersionMismatch { current: 2 }
    );
    assert_refused!(
        groups.delete(staff.id, stale).await,
        Error::VersionMismatch { current: 2 }
    );
    assert_eq!(org.get_group(staff.id).await.unwrap(), changed);
}

//! Groups in groups: what a user belongs to, and no cycles.

use std::sync::Arc;

use serde_json::json;
use wicketgate_domain::GroupId;
use wicketgate_scim::ScimType;
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, group, ids, member, query, scim_type};

both_engines! {
    run with crate::harness::run:
    members_are_selected_by_their_type,
    a_users_groups_are_direct_ones_first_and_each_once,
    a_group_cannot_contain_itself,
    a_cycle_over_three_groups_is_refused,
}

async fn members_are_selected_by_their_type(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let inner = org.group("inner", &[]).await;
    let staff = org
        .group("Staff", &[anna.id.to_string(), inner.id.to_string()])
        .await;
    let groups = json!([{"op": "remove", "path": "members[type eq \"Group\"]"}]);
    let patched = org.patch_group(staff.id, groups).await.unwrap();
    assert_eq!(patched.members, Some(vec![member(&anna)]));
}

async fn a_users_groups_are_direct_ones_first_and_each_once(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let team = org.group("Team", &ids(&[&anna])).await;
    let left = org.group("Left", &[team.id.to_string()]).await;
    let right = org
        .group("Right", &[team.id.to_string(), anna.id.to_string()])
        .await;
    let top = org
        .group("Top", &[left.id.to_string(), right.id.to_string()])
        .await;
    let read = org.get_user(anna.id).await.unwrap();
    let mut direct: Vec<&str> = read
        .groups
        .iter()
        .filter(|group| group.direct)
        .map(|group| group.display.as_str())
        .collect();
    direct.sort_unstable();
    assert_eq!(direct, ["Right", "Team"]);
    assert_eq!(read.groups.iter().position(|group| !group.direct), Some(2));
    assert_eq!(read.groups.len(), 4);
    assert_eq!(read.groups[3].group, top.id);
    assert!(
        org.request()
            .await
            .users()
            .get(anna.id, false)
            .await
            .unwrap()
            .groups
            .is_empty()
    );
    // A membership is no attribute of the user: the user itself has not changed.
    assert_eq!((read.version, read.last_modified), (1, anna.last_modified));
    let request = org.request().await;
    let mut query = query(&wicketgate_scim::schema::ResourceType::user(), "");
    query.memberships = true;
    assert_eq!(request.users().search(query).await.unwrap().resources, [read]);
}

async fn a_group_cannot_contain_itself(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let staff = org.group("Staff", &[]).await;
    let seq = org.last_seq().await;
    let itself = [staff.id.to_string()];
    let add = json!([{"op": "add", "path": "members", "value": [{"value": itself[0]}]}]);
    assert_eq!(
        scim_type(org.patch_group(staff.id, add).await),
        ScimType::InvalidValue
    );
    assert_eq!(
        scim_type(org.replace_group(staff.id, group("Staff", &itself)).await),
        ScimType::InvalidValue
    );
    assert_eq!(org.get_group(staff.id).await.unwrap(), staff);
    assert_eq!(org.last_seq().await, seq);
}

async fn a_cycle_over_three_groups_is_refused(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let a = org.group("A", &[]).await;
    let b = org.group("B", &[a.id.to_string()]).await;
    let c = org.group("C", &[b.id.to_string()]).await;
    let add = |id: GroupId| json!([{"op": "add", "path": "members", "value": [{"value": id.to_string()}]}]);
    assert_eq!(
        scim_type(org.patch_group(a.id, add(c.id)).await),
        ScimType::InvalidValue
    );
    assert_eq!(
        scim_type(org.patch_group(a.id, add(b.id)).await),
        ScimType::InvalidValue
    );
    // A second way to the same group is no cycle.
    let diamond = org.patch_group(c.id, add(a.id)).await.unwrap();
    assert_eq!(diamond.member_count, 2);
}

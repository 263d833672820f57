//! Changing members by PATCH, and members that are nobody.

use std::sync::Arc;

use serde_json::json;
use wicketgate_domain::{Error, Precondition};
use wicketgate_scim::{Mode, ScimType, compat::RuleName};
use wicketgate_testbed::both_engines;

use super::ids_of;
use crate::harness::{Installation, group, ids, member, members, patch};

both_engines! {
    run with crate::harness::run:
    members_are_added_and_removed_by_patch,
    adding_who_is_there_and_removing_who_is_not_changes_nothing,
    members_are_replaced_by_patch,
    operations_on_members_take_effect_in_their_order,
    a_rename_and_a_member_are_one_version,
    unknown_members_are_skipped_and_reported_in_tolerant_mode,
    unknown_members_are_refused_in_strict_mode,
    members_are_left_out_where_they_are_not_asked_for,
}

async fn members_are_added_and_removed_by_patch(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, bert, cleo) = (
        org.user("anna").await,
        org.user("bert").await,
        org.user("cleo").await,
    );
    let staff = org.group("Staff", &ids(&[&anna])).await;
    let add = json!([{"op": "add", "path": "members", "value": [
        {"value": bert.id.to_string()}, {"value": cleo.id.to_string()}
    ]}]);
    let patched = org.patch_group(staff.id, add).await.unwrap();
    assert_eq!((patched.version, patched.member_count), (2, 3));
    let remove = json!([{"op": "remove", "path": format!("members[value eq \"{}\"]", anna.id)}]);
    let patched = org.patch_group(staff.id, remove).await.unwrap();
    assert_eq!((patched.version, patched.member_count), (3, 2));
    let by_value = json!([{"op": "Remove", "path": "members", "value": [{"value": bert.id.to_string()}]}]);
    let patched = org.patch_group(staff.id, by_value).await.unwrap();
    assert_eq!(patched.members, Some(vec![member(&cleo)]));
    let everybody = json!([{"op": "remove", "path": "members"}]);
    let patched = org.patch_group(staff.id, everybody).await.unwrap();
    assert_eq!(
        (patched.version, patched.member_count, patched.members),
        (5, 0, Some(Vec::new()))
    );
}

async fn adding_who_is_there_and_removing_who_is_not_changes_nothing(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, bert) = (org.user("anna").await, org.user("bert").await);
    let staff = org.group("Staff", &ids(&[&anna])).await;
    let seq = org.last_seq().await;
    installation.clock.advance(1_000);
    let operations = json!([
        {"op": "add", "path": "members", "value": [{"value": anna.id.to_string()}]},
        {"op": "remove", "path": format!("members[value eq \"{}\"]", bert.id)},
        {"op": "remove", "path": "members", "value": []},
    ]);
    assert_eq!(org.patch_group(staff.id, operations).await.unwrap(), staff);
    assert_eq!(org.last_seq().await, seq);
}

async fn members_are_replaced_by_patch(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, bert, cleo) = (
        org.user("anna").await,
        org.user("bert").await,
        org.user("cleo").await,
    );
    let staff = org.group("Staff", &ids(&[&anna, &bert])).await;
    let seq = org.last_seq().await;
    let replace = json!([{"op": "replace", "path": "members", "value": [
        {"value": bert.id.to_string()}, {"value": cleo.id.to_string()}
    ]}]);
    let patched = org.patch_group(staff.id, replace).await.unwrap();
    let mut expected = ids(&[&bert, &cleo]);
    expected.sort_unstable();
    assert_eq!(members(&patched), expected);
    let events = org.events_after(seq).await;
    assert_eq!(ids_of(&events[0], "added"), ids(&[&cleo]));
    assert_eq!(ids_of(&events[0], "removed"), ids(&[&anna]));
}

async fn operations_on_members_take_effect_in_their_order(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, bert) = (org.user("anna").await, org.user("bert").await);
    let staff = org.group("Staff", &ids(&[&anna])).await;
    let value = |id: String| json!([{"value": id}]);
    let operations = json!([
        {"op": "remove", "path": "members"},
        {"op": "add", "path": "members", "value": value(bert.id.to_string())},
        {"op": "add", "path": "members", "value": value(anna.id.to_string())},
        {"op": "remove", "path": format!("members[value eq \"{}\"]", bert.id)},
    ]);
    let patched = org.patch_group(staff.id, operations).await.unwrap();
    assert_eq!((patched.version, members(&patched)), (1, ids(&[&anna])));
    let operations = json!([
        {"op": "remove", "path": format!("members[value eq \"{}\"]", anna.id)},
        {"op": "add", "path": "members", "value": value(anna.id.to_string())},
        {"op": "add", "path": "members", "value": value(bert.id.to_string())},
    ]);
    let patched = org.patch_group(staff.id, operations).await.unwrap();
    assert_eq!((patched.version, patched.member_count), (2, 2));
}

async fn a_rename_and_a_member_are_one_version(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let staff = org.group("Staff", &[]).await;
    let seq = org.last_seq().await;
    let operations = json!([
        {"op": "replace", "path": "displayName", "value": "Crew"},
        {"op": "add", "path": "members", "value": [{"value": anna.id.to_string()}]},
    ]);
    let patched = org.patch_group(staff.id, operations).await.unwrap();
    assert_eq!(
        (patched.version, &patched.attributes["displayName"]),
        (2, &json!("Crew"))
    );
    assert_eq!(
        org.kinds_after(seq).await,
        ["group.updated", "group.members_changed"]
    );
    assert_eq!(org.get_user(anna.id).await.unwrap().groups[0].display, "Crew");
}

async fn unknown_members_are_skipped_and_reported_in_tolerant_mode(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let strangers = [
        "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88".to_owned(),
        "no id at all".to_owned(),
    ];
    let named = [&strangers[..], &ids(&[&anna])].concat();
    let request = org.request().await;
    let groups = request.user_manager().unwrap().groups();
    let written = groups.create(group("Staff", &named)).await.unwrap();
    assert_eq!(written.resource.members, Some(vec![member(&anna)]));
    let reported: Vec<_> = written
        .rewrites
        .iter()
        .filter(|rewrite| rewrite.rule == RuleName::UnknownMemberSkipped)
        .collect();
    assert_eq!((reported.len(), reported[0].attribute.as_str()), (1, "members"));
    for operation in [
        json!({"op": "add", "path": "members", "value": [{"value": strangers[0]}, {"value": strangers[1]}]}),
        json!({"op": "remove", "path": "members", "value": [{"value": strangers[0]}, {"value": strangers[1]}]}),
    ] {
        let patched = org
            .patch_group(written.resource.id, json!([operation]))
            .await
            .unwrap();
        assert_eq!((patched.version, patched.member_count), (1, 1));
    }
    let replaced = org
        .replace_group(written.resource.id, group("Staff", &named))
        .await
        .unwrap();
    assert_eq!((replaced.version, replaced.member_count), (1, 1));
}

async fn unknown_members_are_refused_in_strict_mode(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let staff = org.group("Staff", &ids(&[&anna])).await;
    org.set_mode(Mode::Strict).await;
    let seq = org.last_seq().await;
    for stranger in ["0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88", "no id at all"] {
        let named = [anna.id.to_string(), stranger.to_owned()];
        let add = json!([{"op": "add", "path": "members", "value": [{"value": stranger}]}]);
        for outcome in [
            org.create_group(group("Other", &named)).await,
            org.replace_group(staff.id, group("Staff", &named)).await,
            org.patch_group(staff.id, add).await,
        ] {
            let Err(Error::Invalid(error)) = outcome else {
                panic!("{outcome:?}")
            };
            assert_eq!(error.scim_type, ScimType::InvalidValue);
            assert!(error.detail.contains(stranger), "{}", error.detail);
        }
    }
    assert_eq!(org.last_seq().await, seq);
    assert_eq!(org.totals().await, (1, 1, 1));
}

async fn members_are_left_out_where_they_are_not_asked_for(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, bert) = (org.user("anna").await, org.user("bert").await);
    let staff = org.group("Staff", &ids(&[&anna])).await;
    let request = org.request().await;
    let read = request.groups().get(staff.id, false).await.unwrap();
    assert_eq!((read.members, read.member_count), (None, 1));
    let groups = request.user_manager().unwrap().groups();
    let add = patch(json!([{"op": "add", "path": "members", "value": [{"value": bert.id.to_string()}]}]));
    let patched = groups
        .patch(staff.id, Precondition::None, add, false)
        .await
        .unwrap()
        .resource;
    assert_eq!((patched.members, patched.member_count), (None, 2));
    let replaced = groups
        .replace(staff.id, Precondition::None, group("Staff", &[]), false)
        .await
        .unwrap()
        .resource;
    assert_eq!((replaced.members, replaced.member_count), (None, 0));
}

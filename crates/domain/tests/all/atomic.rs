//! All of a request or nothing of it, also where many requests share one commit.

use std::sync::Arc;

use serde_json::json;
use tokio::task::JoinSet;
use wicketgate_domain::{Error, Precondition};
use wicketgate_scim::{Mode, ScimType};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, assert_refused, ids, patch, scim_type, user};

both_engines! {
    run with crate::harness::run:
    a_patch_whose_last_operation_fails_changes_nothing,
    a_group_patch_whose_last_operation_fails_changes_nothing,
    a_taken_name_undoes_the_members_of_the_same_patch,
    an_unknown_member_undoes_the_rename_of_the_same_patch,
    a_group_that_is_refused_leaves_no_external_id,
    refusals_do_not_undo_what_is_written_beside_them,
    a_request_that_is_given_up_is_done_or_not_done,
}

async fn a_patch_whose_last_operation_fails_changes_nothing(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut body = user("anna");
    body.insert(
        "emails".to_owned(),
        json!([{"value": "a@x.example", "type": "work"}]),
    );
    let anna = org.create_user(body).await.unwrap();
    let seq = org.last_seq().await;
    for last in [
        json!({"op": "replace", "path": "id", "value": "x"}),
        json!({"op": "remove", "path": "userName"}),
        json!({"op": "replace", "path": "title", "value": {"not": "text"}}),
        json!({"op": "remove"}),
        json!({"op": "jump", "path": "title"}),
        json!({"op": "replace", "path": "emails[", "value": 1}),
    ] {
        let operations = json!([
            {"op": "replace", "path": "userName", "value": "bert"},
            {"op": "add", "path": "externalId", "value": "00u1"},
            {"op": "add", "path": "emails", "value": [{"value": "b@x.example"}]},
            last.clone(),
        ]);
        assert_refused!(org.patch_user(anna.id, operations).await, Error::Invalid(_));
        assert_eq!(org.get_user(anna.id).await.unwrap(), anna, "{last}");
    }
    for filter in [
        r#"userName eq "bert""#,
        r#"externalId eq "00u1""#,
        r#"emails.value eq "b@x.example""#,
    ] {
        assert_eq!(org.search_users(filter).await.unwrap().total, 0, "{filter}");
    }
    assert_eq!(org.last_seq().await, seq);
}

async fn a_group_patch_whose_last_operation_fails_changes_nothing(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, bert) = (org.user("anna").await, org.user("bert").await);
    let staff = org.group("Staff", &ids(&[&anna])).await;
    let seq = org.last_seq().await;
    let operations = json!([
        {"op": "replace", "path": "displayName", "value": "Crew"},
        {"op": "remove", "path": format!("members[value eq \"{}\"]", anna.id)},
        {"op": "add", "path": "members", "value": [{"value": bert.id.to_string()}]},
        {"op": "remove", "path": "displayName"},
    ]);
    assert_refused!(org.patch_group(staff.id, operations).await, Error::Invalid(_));
    assert_eq!(org.get_group(staff.id).await.unwrap(), staff);
    assert_eq!(org.last_seq().await, seq);
}

async fn a_taken_name_undoes_the_members_of_the_same_patch(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, bert) = (org.user("anna").await, org.user("bert").await);
    org.group("Crew", &[]).await;
    let staff = org.group("Staff", &ids(&[&anna])).await;
    let seq = org.last_seq().await;
    let operations = json!([
        {"op": "replace", "path": "members", "value": [{"value": bert.id.to_string()}]},
        {"op": "add", "path": "externalId", "value": "g1"},
        {"op": "replace", "path": "displayName", "value": "CREW"},
    ]);
    assert_refused!(
        org.patch_group(staff.id, operations).await,
        Error::AlreadyExists {
            attribute: "displayName"
        }
    );
    assert_eq!(org.get_group(staff.id).await.unwrap(), staff);
    assert!(org.get_user(bert.id).await.unwrap().groups.is_empty());
    assert_eq!(org.last_seq().await, seq);
}

async fn an_unknown_member_undoes_the_rename_of_the_same_patch(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.set_mode(Mode::Strict).await;
    let staff = org.group("Staff", &[]).await;
    let operations = json!([
        {"op": "replace", "path": "displayName", "value": "Crew"},
        {"op": "add", "path": "members", "value": [{"value": "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88"}]},
    ]);
    assert_eq!(
        scim_type(org.patch_group(staff.id, operations).await),
        ScimType::InvalidValue
    );
    assert_eq!(org.get_group(staff.id).await.unwrap(), staff);
}

async fn a_group_that_is_refused_leaves_no_external_id(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.set_mode(Mode::Strict).await;
    let mut body = crate::harness::group("Staff", &["nobody".to_owned()]);
    body.insert("externalId".to_owned(), json!("g1"));
    assert_eq!(scim_type(org.create_group(body).await), ScimType::InvalidValue);
    for filter in ["", r#"externalId eq "g1""#, r#"displayName eq "staff""#] {
        assert_eq!(org.search_groups(filter).await.unwrap().total, 0, "{filter}");
    }
    assert_eq!(org.totals().await, (0, 0, 0));
}

async fn refusals_do_not_undo_what_is_written_beside_them(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.user("taken").await;
    let seq = org.last_seq().await;
    let mut writers = JoinSet::new();
    for number in 0..60 {
        let org = org.clone();
        writers.spawn(async move {
            if number % 3 == 0 {
                org.create_user(user("TAKEN")).await.map(drop)
            } else {
                org.create_user(user(&format!("user{number}"))).await.map(drop)
            }
        });
    }
    let answers = writers.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 40);
    let refused = answers
        .iter()
        .filter(|answer| matches!(answer, Err(Error::AlreadyExists { .. })));
    assert_eq!(refused.count(), 20);
    assert_eq!(org.totals().await, (41, 41, 0));
    assert_eq!(org.events_after(seq).await.len(), 40);
}

async fn a_request_that_is_given_up_is_done_or_not_done(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let mut requests = JoinSet::new();
    for number in 0..20 {
        let org = org.clone();
        requests.spawn(async move {
            let request = org.request().await;
            let users = request.user_manager().unwrap().users();
            let body = patch(json!([{"op": "replace", "path": "title", "value": format!("Dr {number}")}]));
            users.patch(anna.id, Precondition::None, body).await.unwrap();
        });
    }
    // Each request is dropped wherever it happens to be.
    requests.shutdown().await;
    let bert = org.user("bert").await;
    assert_eq!(org.get_user(bert.id).await.unwrap(), bert);
    let after = org.get_user(anna.id).await.unwrap();
    let updates = org
        .events()
        .await
        .iter()
        .filter(|event| event.kind == "user.updated")
        .count();
    assert!(after.version > i64::try_from(updates).unwrap());
}

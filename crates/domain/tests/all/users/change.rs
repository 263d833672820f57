//! Changing users by PUT and PATCH, and what counts as a change.

use std::sync::Arc;

use serde_json::{Value, json};
use wicketgate_domain::Error;
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, assert_refused, user};

both_engines! {
    run with crate::harness::run:
    a_user_may_change_the_case_of_its_own_name,
    a_user_cannot_take_the_name_of_another,
    a_put_clears_what_it_leaves_out,
    a_put_without_attributes_deactivates_and_keeps_quiet,
    a_put_without_active_does_not_reactivate,
    an_unchanged_put_keeps_version_and_time,
    an_unchanged_patch_keeps_version_and_time,
    a_patch_changes_what_it_names_and_nothing_else,
    active_moves_the_counter_of_active_users_once,
    an_external_id_may_be_shared_and_changed_and_removed,
    a_stale_formatted_name_follows_its_parts,
}

async fn a_user_may_change_the_case_of_its_own_name(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let changed = org.replace_user(anna.id, user("ANNA")).await.unwrap();
    assert_eq!(
        (changed.version, &changed.attributes["userName"]),
        (2, &json!("ANNA"))
    );
}

async fn a_user_cannot_take_the_name_of_another(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, bert) = (org.user("anna").await, org.user("bert").await);
    let taken = json!([{"op": "replace", "path": "userName", "value": "ANNA"}]);
    assert_refused!(
        org.patch_user(bert.id, taken).await,
        Error::AlreadyExists {
            attribute: "userName"
        }
    );
    assert_refused!(
        org.replace_user(bert.id, user("Anna")).await,
        Error::AlreadyExists {
            attribute: "userName"
        }
    );
    assert_eq!(org.get_user(bert.id).await.unwrap(), bert);
    assert_eq!(org.get_user(anna.id).await.unwrap(), anna);
}

async fn a_put_clears_what_it_leaves_out(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut body = user("anna");
    body.insert("title".to_owned(), json!("Dr"));
    body.insert("externalId".to_owned(), json!("ext"));
    body.insert("emails".to_owned(), json!([{"value": "a@x.example"}]));
    let anna = org.create_user(body).await.unwrap();
    installation.clock.advance(5_000);
    let replaced = org.replace_user(anna.id, user("anna")).await.unwrap();
    assert_eq!(
        Value::Object(replaced.attributes.clone()),
        json!({"userName": "anna", "active": true})
    );
    assert_eq!(replaced.version, 2);
    assert_eq!(replaced.created, anna.created);
    assert_eq!(
        replaced.last_modified.as_millisecond(),
        anna.created.as_millisecond() + 5_000
    );
    assert_eq!(org.get_user(anna.id).await.unwrap(), replaced);
    for filter in [r#"externalId eq "ext""#, r#"emails.value eq "a@x.example""#] {
        assert_eq!(org.search_users(filter).await.unwrap().total, 0, "{filter}");
    }
}

async fn a_put_without_attributes_deactivates_and_keeps_quiet(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut body = user("anna@example.com");
    body.insert(
        "name".to_owned(),
        json!({"givenName": "Anna", "familyName": "Berg"}),
    );
    body.insert(
        "emails".to_owned(),
        json!([{"value": "anna@example.com", "primary": true}]),
    );
    let anna = org.create_user(body).await.unwrap();
    let mut deactivation = user("anna@example.com");
    deactivation.insert("active".to_owned(), json!(false));
    let deactivated = org.replace_user(anna.id, deactivation).await.unwrap();
    assert_eq!(
        Value::Object(deactivated.attributes),
        json!({"userName": "anna@example.com", "active": false})
    );
    assert_eq!(org.totals().await, (1, 0, 0));
}

async fn a_put_without_active_does_not_reactivate(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    org.patch_user(
        anna.id,
        json!([{"op": "replace", "path": "active", "value": false}]),
    )
    .await
    .unwrap();
    let mut body = user("anna");
    body.insert("title".to_owned(), json!("Dr"));
    let replaced = org.replace_user(anna.id, body).await.unwrap();
    assert_eq!(replaced.attributes["active"], false);
    assert_eq!(org.totals().await, (1, 0, 0));
}

async fn an_unchanged_put_keeps_version_and_time(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut body = user("anna");
    body.insert("externalId".to_owned(), json!("00u1"));
    body.insert(
        "emails".to_owned(),
        json!([{"type": "work", "value": "a@x.example", "primary": true}]),
    );
    body.insert(
        "name".to_owned(),
        json!({"familyName": "Berg", "givenName": "Anna"}),
    );
    let anna = org.create_user(body.clone()).await.unwrap();
    let seq = org.last_seq().await;
    installation.clock.advance(1_000);
    let replaced = org.replace_user(anna.id, body).await.unwrap();
    assert_eq!(replaced, anna);
    assert_eq!(org.last_seq().await, seq);
}

async fn an_unchanged_patch_keeps_version_and_time(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let seq = org.last_seq().await;
    installation.clock.advance(1_000);
    let operations = json!([
        {"op": "replace", "path": "active", "value": true},
        {"op": "add", "path": "title", "value": "Dr"},
        {"op": "remove", "path": "title"},
    ]);
    assert_eq!(org.patch_user(anna.id, operations).await.unwrap(), anna);
    assert_eq!(org.get_user(anna.id).await.unwrap(), anna);
    assert_eq!(org.last_seq().await, seq);
}

async fn a_patch_changes_what_it_names_and_nothing_else(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut body = user("anna");
    body.insert("title".to_owned(), json!("Dr"));
    body.insert(
        "emails".to_owned(),
        json!([{"type": "work", "value": "a@x.example"}]),
    );
    let anna = org.create_user(body).await.unwrap();
    installation.clock.advance(1_000);
    let operations =
        json!([{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "B@x.example"}]);
    let patched = org.patch_user(anna.id, operations).await.unwrap();
    assert_eq!(
        Value::Object(patched.attributes.clone()),
        json!({
            "userName": "anna",
            "active": true,
            "title": "Dr",
            "emails": [{"type": "work", "value": "B@x.example"}],
        })
    );
    assert_eq!(
        (patched.version, patched.last_modified > anna.last_modified),
        (2, true)
    );
    assert_eq!(org.get_user(anna.id).await.unwrap(), patched);
    assert_eq!(
        org.search_users(r#"emails.value eq "a@x.example""#)
            .await
            .unwrap()
            .total,
        0
    );
    assert_eq!(
        org.search_users(r#"emails.value eq "b@X.example""#)
            .await
            .unwrap()
            .total,
        1
    );
}

async fn active_moves_the_counter_of_active_users_once(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, bert) = (org.user("anna").await, org.user("bert").await);
    assert_eq!(org.totals().await, (2, 2, 0));
    let off = json!([{"op": "Replace", "path": "active", "value": "False"}]);
    for _ in 0..2 {
        org.patch_user(anna.id, off.clone()).await.unwrap();
        assert_eq!(org.totals().await, (2, 1, 0));
    }
    org.delete_user(anna.id).await.unwrap();
    assert_eq!(org.totals().await, (1, 1, 0));
    org.delete_user(bert.id).await.unwrap();
    assert_eq!(org.totals().await, (0, 0, 0));
}

async fn an_external_id_may_be_shared_and_changed_and_removed(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let found = async |value: &str| {
        let page = org
            .search_users(&format!("externalId eq \"{value}\""))
            .await
            .unwrap();
        let mut names: Vec<String> = page
            .resources
            .iter()
            .map(|user| user.attributes["userName"].as_str().unwrap().to_owned())
            .collect();
        names.sort_unstable();
        names
    };
    let mut users = Vec::new();
    for name in ["anna", "bert"] {
        let mut body = user(name);
        body.insert("externalId".to_owned(), json!("Same"));
        users.push(org.create_user(body).await.unwrap());
    }
    assert_eq!(found("Same").await, ["anna", "bert"]);
    assert!(found("same").await.is_empty(), "an externalId regards case");

    let change = json!([{"op": "replace", "path": "externalId", "value": "Other"}]);
    let changed = org.patch_user(users[0].id, change).await.unwrap();
    assert_eq!(
        (changed.version, &changed.attributes["externalId"]),
        (2, &json!("Other"))
    );
    assert_eq!(
        (found("Same").await, found("Other").await),
        (vec!["bert".to_owned()], vec!["anna".to_owned()])
    );

    let changed = org
        .patch_user(users[1].id, json!([{"op": "remove", "path": "externalId"}]))
        .await
        .unwrap();
    assert!(!changed.attributes.contains_key("externalId"));
    assert!(found("Same").await.is_empty());
    assert!(
        !org.get_user(users[1].id)
            .await
            .unwrap()
            .attributes
            .contains_key("externalId")
    );
}

async fn a_stale_formatted_name_follows_its_parts(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut body = user("anna");
    body.insert(
        "name".to_owned(),
        json!({"givenName": "Anna", "familyName": "Berg"}),
    );
    let anna = org.create_user(body).await.unwrap();
    assert_eq!(anna.attributes["name"]["formatted"], "Anna Berg");
    let mut body = user("anna");
    let echo = json!({"givenName": "Anna", "familyName": "Stein", "formatted": "Anna Berg"});
    body.insert("name".to_owned(), echo);
    let replaced = org.replace_user(anna.id, body).await.unwrap();
    assert_eq!(replaced.attributes["name"]["formatted"], "Anna Stein");
    let married = json!([{"op": "replace", "path": "name.familyName", "value": "Tal"}]);
    let patched = org.patch_user(anna.id, married).await.unwrap();
    assert_eq!(patched.attributes["name"]["formatted"], "Anna Tal");
}

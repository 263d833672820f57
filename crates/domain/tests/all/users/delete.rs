//! Deleting users: unknown from then on, and the name is free.

use std::sync::Arc;

use serde_json::json;
use wicketgate_domain::{Error, Precondition};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, assert_refused, patch, user};

both_engines! {
    run with crate::harness::run:
    a_stale_version_is_refused_by_every_verb,
    the_current_version_is_accepted_among_others,
    an_empty_list_of_versions_matches_nothing,
    a_deleted_user_is_unknown_to_every_verb,
    the_name_of_a_deleted_user_is_free,
    a_reader_may_not_write,
}

async fn a_stale_version_is_refused_by_every_verb(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let changed = org.replace_user(anna.id, user("ANNA")).await.unwrap();
    let stale = Precondition::Versions(vec![1]);
    let request = org.request().await;
    let users = request.user_manager().unwrap().users();
    assert_refused!(
        users.replace(anna.id, stale.clone(), user("other")).await,
        Error::VersionMismatch { current: 2 }
    );
    let off = patch(json!([{"op": "replace", "path": "active", "value": false}]));
    assert_refused!(
        users.patch(anna.id, stale.clone(), off).await,
        Error::VersionMismatch { current: 2 }
    );
    assert_refused!(
        users.delete(anna.id, stale).await,
        Error::VersionMismatch { current: 2 }
    );
    assert_eq!(org.get_user(anna.id).await.unwrap(), changed);
}

async fn the_current_version_is_accepted_among_others(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let request = org.request().await;
    let users = request.user_manager().unwrap().users();
    users
        .replace(anna.id, Precondition::Versions(vec![7, 1]), user("ANNA"))
        .await
        .unwrap();
    users
        .delete(anna.id, Precondition::Versions(vec![2]))
        .await
        .unwrap();
    assert_refused!(org.get_user(anna.id).await, Error::NotFound);
}

async fn an_empty_list_of_versions_matches_nothing(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let request = org.request().await;
    let users = request.user_manager().unwrap().users();
    assert_refused!(
        users.delete(anna.id, Precondition::Versions(Vec::new())).await,
        Error::VersionMismatch { current: 1 }
    );
}

async fn a_deleted_user_is_unknown_to_every_verb(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut body = user("anna");
    body.insert("externalId".to_owned(), json!("00u1"));
    body.insert("emails".to_owned(), json!([{"value": "a@x.example"}]));
    let anna = org.create_user(body).await.unwrap();
    org.delete_user(anna.id).await.unwrap();
    let seq = org.last_seq().await;
    assert_refused!(org.get_user(anna.id).await, Error::NotFound);
    assert_refused!(org.replace_user(anna.id, user("anna")).await, Error::NotFound);
    let off = json!([{"op": "replace", "path": "active", "value": false}]);
    assert_refused!(org.patch_user(anna.id, off).await, Error::NotFound);
    assert_refused!(org.delete_user(anna.id).await, Error::NotFound);
    let by_id = format!("id eq \"{}\"", anna.id);
    for filter in [
        "",
        r#"userName eq "anna""#,
        r#"externalId eq "00u1""#,
        r#"emails.value eq "a@x.example""#,
        by_id.as_str(),
    ] {
        let page = org.search_users(filter).await.unwrap();
        assert_eq!((page.total, page.resources.len()), (0, 0), "{filter}");
    }
    assert_eq!(org.last_seq().await, seq);
    assert_eq!(org.totals().await, (0, 0, 0));
}

async fn the_name_of_a_deleted_user_is_free(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for _ in 0..3 {
        let mut body = user("anna");
        body.insert("externalId".to_owned(), json!("00u1"));
        let anna = org.create_user(body).await.unwrap();
        let found = org.search_users(r#"externalId eq "00u1""#).await.unwrap();
        assert_eq!(
            found.resources.iter().map(|user| user.id).collect::<Vec<_>>(),
            [anna.id]
        );
        org.delete_user(anna.id).await.unwrap();
    }
    org.user("ANNA").await;
}

async fn a_reader_may_not_write(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let reader = org.reader().await;
    assert_eq!(reader.users().get(anna.id, true).await.unwrap(), anna);
    assert_refused!(reader.user_manager(), Error::Forbidden { .. });
    assert_refused!(reader.owner(), Error::Forbidden { .. });
    let manager = org.request().await;
    assert_refused!(manager.owner(), Error::Forbidden { .. });
}

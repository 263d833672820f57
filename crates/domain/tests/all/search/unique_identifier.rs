//! The e-mail address in the place of `userName`, where the organization says so.

use std::sync::Arc;

use serde_json::json;
use wicketgate_domain::{Settings, UniqueIdentifier};
use wicketgate_testbed::both_engines;

use super::names;
use crate::harness::{Installation, Tenant, user};

both_engines! {
    run with crate::harness::run:
    an_address_stands_in_for_a_name_where_the_organization_says_so,
    a_name_goes_before_an_address,
    only_the_primary_address_stands_in_for_a_name,
}

async fn by_email(org: &Tenant) {
    org.set(Settings {
        unique_identifier: UniqueIdentifier::Email,
        ..Settings::default()
    })
    .await;
}

async fn an_address_stands_in_for_a_name_where_the_organization_says_so(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut body = user("anna");
    body.insert(
        "emails".to_owned(),
        json!([{"value": "Anna@Example.com", "primary": true}]),
    );
    org.create_user(body).await.unwrap();
    let asked = r#"userName eq "anna@example.COM""#;
    assert!(names(&org, asked).await.is_empty());
    by_email(&org).await;
    assert_eq!(names(&org, asked).await.len(), 1);
    assert_eq!(names(&org, &format!("{asked} and active eq true")).await.len(), 1);
    assert!(
        names(&org, &format!("{asked} and active eq false"))
            .await
            .is_empty()
    );
    assert!(
        names(&org, r#"displayName eq "anna@example.com""#)
            .await
            .is_empty()
    );
}

async fn a_name_goes_before_an_address(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    by_email(&org).await;
    org.user("x@example.com").await;
    let mut body = user("bert");
    body.insert(
        "emails".to_owned(),
        json!([{"value": "x@example.com", "primary": true}]),
    );
    org.create_user(body).await.unwrap();
    assert_eq!(
        names(&org, r#"userName eq "X@example.com""#)
            .await
            .into_iter()
            .collect::<Vec<_>>(),
        ["x@example.com"]
    );
}

async fn only_the_primary_address_stands_in_for_a_name(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    by_email(&org).await;
    let mut body = user("anna");
    body.insert(
        "emails".to_owned(),
        json!([{"value": "first@example.com", "primary": true}, {"value": "second@example.com"}]),
    );
    let anna = org.create_user(body).await.unwrap();
    assert!(
        names(&org, r#"userName eq "second@example.com""#)
            .await
            .is_empty()
    );
    let swap = json!([{"op": "replace", "path": "emails", "value": [
        {"value": "first@example.com"}, {"value": "second@example.com", "primary": true}
    ]}]);
    org.patch_user(anna.id, swap).await.unwrap();
    assert!(names(&org, r#"userName eq "first@example.com""#).await.is_empty());
    assert_eq!(names(&org, r#"userName eq "second@example.com""#).await.len(), 1);
}

//! The order of lists.

use std::sync::Arc;

use serde_json::json;
use wicketgate_domain::{Query, Window};
use wicketgate_scim::{schema::ResourceType, sort::Sort};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant, object, query};

both_engines! {
    run with crate::harness::run:
    users_are_in_the_order_that_was_asked_for,
    groups_are_in_the_order_of_their_names,
    the_order_of_ids_is_the_order_of_creation,
}

async fn order(org: &Tenant, filter: &str, path: &str, order: &str) -> String {
    let rt = ResourceType::user();
    let mut names = Vec::new();
    for start_index in [1, 3] {
        let query = Query {
            sort: Some(Sort::parse(&rt, path, Some(order)).unwrap()),
            window: Window::Index {
                start_index,
                count: 2,
            },
            ..query(&rt, filter)
        };
        let page = org.request().await.users().search(query).await.unwrap();
        assert_eq!(page.total, 4, "{path}");
        names.extend(
            page.resources
                .iter()
                .map(|user| user.attributes["userName"].as_str().unwrap().to_owned()),
        );
    }
    names.join(" ")
}

async fn users_are_in_the_order_that_was_asked_for(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for body in [
        json!({"userName": "d", "title": "b", "active": true, "emails": [{"value": "z"}, {"value": "a", "primary": true}]}),
        json!({"userName": "B", "title": "A", "active": false, "emails": [{"value": "m"}]}),
        json!({"userName": "c"}),
        json!({"userName": "a", "title": "ä", "externalId": "x"}),
    ] {
        installation.clock.advance(1);
        org.create_user(object(body)).await.unwrap();
    }
    for (path, expected) in [
        ("userName", "a B c d"),
        ("id", "d B c a"),
        ("meta.created", "d B c a"),
        ("title", "B d a c"),
        ("emails", "d B c a"),
        ("externalId", "a d B c"),
        ("active", "B d c a"),
        ("meta.lastModified", "d B c a"),
    ] {
        let backward: Vec<&str> = expected.split(' ').rev().collect();
        for filter in ["", "userName pr", r#"userName ge "a""#] {
            assert_eq!(
                order(&org, filter, path, "ascending").await,
                expected,
                "{path} {filter}"
            );
            assert_eq!(
                order(&org, filter, path, "descending").await,
                backward.join(" "),
                "{path} {filter}"
            );
        }
    }
}

async fn groups_are_in_the_order_of_their_names(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for name in ["c", "A", "b"] {
        org.group(name, &[]).await;
    }
    let rt = ResourceType::group();
    let query = Query {
        sort: Some(Sort::parse(&rt, "displayName", Some("descending")).unwrap()),
        ..query(&rt, "")
    };
    let page = org.request().await.groups().search(query).await.unwrap();
    let names: Vec<&str> = page
        .resources
        .iter()
        .map(|group| group.attributes["displayName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["c", "b", "A"]);
}

async fn the_order_of_ids_is_the_order_of_creation(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for number in 0..10 {
        installation.clock.advance(number % 3);
        let user = org.user(&format!("user{number}")).await;
        let group = org.group(&format!("group{number}"), &[]).await;
        for (id, created) in [
            (user.id.as_uuid(), user.created),
            (group.id.as_uuid(), group.created),
        ] {
            let (seconds, nanoseconds) = id.get_timestamp().unwrap().to_unix();
            let milliseconds = seconds * 1_000 + u64::from(nanoseconds) / 1_000_000;
            assert_eq!(i64::try_from(milliseconds).unwrap(), created.as_millisecond());
        }
    }
}

//! Pages and totals.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::json;
use wicketgate_domain::{MAX_COUNT, Query, Window};
use wicketgate_scim::schema::ResourceType;
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, ids, members, query, user};

both_engines! {
    run with crate::harness::run:
    pages_of_seven_meet_every_user_once,
    pages_of_seven_meet_every_group_once,
    a_page_past_the_end_is_empty_and_still_knows_the_total,
    a_count_of_zero_answers_the_total_alone,
    a_filtered_list_has_its_own_total_and_pages,
    totals_follow_what_happens,
    a_count_beyond_the_maximum_is_read_as_the_maximum,
    listed_groups_have_members_where_they_are_asked_for,
}

fn page_of(start_index: u64, count: u64) -> Query {
    Query {
        window: Window::Index { start_index, count },
        ..query(&ResourceType::user(), "")
    }
}

async fn pages_of_seven_meet_every_user_once(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for number in 0..100 {
        // Within one millisecond and over several: ids are ordered by both.
        installation.clock.advance(i64::from(number % 2));
        org.user(&format!("user{number:03}")).await;
    }
    let request = org.request().await;
    let mut seen = Vec::new();
    for page in 0..15 {
        let found = request.users().search(page_of(page * 7 + 1, 7)).await.unwrap();
        assert_eq!((found.total, found.start_index), (100, page * 7 + 1));
        assert_eq!(found.resources.len(), if page == 14 { 2 } else { 7 });
        seen.extend(found.resources.into_iter().map(|user| user.id));
    }
    assert!(seen.is_sorted());
    assert_eq!(
        (seen.len(), seen.iter().collect::<BTreeSet<_>>().len()),
        (100, 100)
    );
}

async fn pages_of_seven_meet_every_group_once(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for number in 0..30 {
        org.group(&format!("group{number:03}"), &[]).await;
    }
    let request = org.request().await;
    let mut seen = BTreeSet::new();
    for page in 0..5 {
        let found = request.groups().search(page_of(page * 7 + 1, 7)).await.unwrap();
        assert_eq!(
            (found.total, found.resources.len()),
            (30, if page == 4 { 2 } else { 7 })
        );
        seen.extend(found.resources.into_iter().map(|group| group.id));
    }
    assert_eq!(seen.len(), 30);
}

async fn a_page_past_the_end_is_empty_and_still_knows_the_total(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for name in ["anna", "bert", "cleo"] {
        org.user(name).await;
    }
    let request = org.request().await;
    for (start_index, count) in [(4, 10), (4, 1), (1_000_000, 5), (u64::MAX, 5)] {
        let page = request.users().search(page_of(start_index, count)).await.unwrap();
        assert_eq!(
            (page.total, page.resources.len()),
            (3, 0),
            "{start_index} {count}"
        );
    }
    // A position below 1 is read as 1.
    let page = request.users().search(page_of(0, 10)).await.unwrap();
    assert_eq!((page.total, page.start_index, page.resources.len()), (3, 1, 3));
}

async fn a_count_of_zero_answers_the_total_alone(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.user("anna").await;
    org.group("Staff", &[]).await;
    let request = org.request().await;
    for filter in ["", "active eq true", r#"userName eq "anna""#] {
        let query = Query {
            window: Window::first(0),
            ..query(&ResourceType::user(), filter)
        };
        let page = request.users().search(query).await.unwrap();
        assert_eq!((page.total, page.resources.len()), (1, 0), "{filter}");
    }
    for filter in ["", r#"displayName eq "staff""#] {
        let query = Query {
            window: Window::first(0),
            ..query(&ResourceType::group(), filter)
        };
        let page = request.groups().search(query).await.unwrap();
        assert_eq!((page.total, page.resources.len()), (1, 0), "{filter}");
    }
}

async fn a_filtered_list_has_its_own_total_and_pages(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for number in 0..20 {
        let mut body = user(&format!("user{number}"));
        body.insert(
            "displayName".to_owned(),
            json!(if number % 2 == 0 { "Even" } else { "Odd" }),
        );
        body.insert("active".to_owned(), json!(number % 4 == 0));
        org.create_user(body).await.unwrap();
    }
    let request = org.request().await;
    for (filter, total) in [
        (r#"displayName eq "even""#, 10),
        ("active eq true", 5),
        ("active eq false", 15),
        (r#"displayName eq "even" and active eq false"#, 5),
    ] {
        let mut seen = BTreeSet::new();
        for start_index in (1..=total).step_by(3) {
            let query = Query {
                window: Window::Index {
                    start_index,
                    count: 3,
                },
                ..query(&ResourceType::user(), filter)
            };
            let page = request.users().search(query).await.unwrap();
            assert_eq!(page.total, total, "{filter} from {start_index}");
            seen.extend(page.resources.into_iter().map(|user| user.id));
        }
        assert_eq!(u64::try_from(seen.len()).unwrap(), total, "{filter}");
    }
}

async fn totals_follow_what_happens(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let request = org.request().await;
    let total = async |filter: &str| {
        let query = Query {
            window: Window::first(1),
            ..query(&ResourceType::user(), filter)
        };
        request.users().search(query).await.unwrap().total
    };
    assert_eq!((total("").await, total("active eq true").await), (0, 0));
    let (anna, bert, cleo) = (
        org.user("anna").await,
        org.user("bert").await,
        org.user("cleo").await,
    );
    let off = json!([{"op": "replace", "path": "active", "value": false}]);
    org.patch_user(anna.id, off).await.unwrap();
    assert_eq!(
        (
            total("").await,
            total("active eq true").await,
            total("active eq false").await
        ),
        (3, 2, 1)
    );
    org.delete_user(anna.id).await.unwrap();
    org.delete_user(bert.id).await.unwrap();
    assert_eq!(
        (
            total("").await,
            total("active eq true").await,
            total("active eq false").await
        ),
        (1, 1, 0)
    );
    assert_eq!(
        request.users().search(page_of(1, 1)).await.unwrap().resources,
        [cleo]
    );
}

async fn a_count_beyond_the_maximum_is_read_as_the_maximum(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let request = org.request().await;
    for count in [u64::from(MAX_COUNT) + 1, u64::MAX] {
        let page = request.users().search(page_of(1, count)).await.unwrap();
        assert_eq!(page.resources, std::slice::from_ref(&anna));
    }
}

async fn listed_groups_have_members_where_they_are_asked_for(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    org.group("Staff", &ids(&[&anna])).await;
    let request = org.request().await;
    let mut query = query(&ResourceType::group(), "");
    assert_eq!(
        request.groups().search(query.clone()).await.unwrap().resources[0].members,
        None
    );
    query.memberships = true;
    assert_eq!(
        members(&request.groups().search(query).await.unwrap().resources[0]),
        ids(&[&anna])
    );
}

//! A search that no index narrows stays bounded.

use std::{sync::Arc, time::Duration};

use wicketgate_domain::{Error, Page, Query, SearchLimits, User, Window};
use wicketgate_scim::{ScimType, schema::ResourceType, sort::Sort};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant, query, scim_type};

both_engines! {
    run with crate::harness::run:
    an_unindexed_filter_reads_so_much_and_no_more,
    an_unindexed_order_reads_so_much_and_no_more,
    what_an_index_answers_has_no_bound,
    an_index_that_offers_too_much_is_not_followed,
}

/// Six users; five may be read without an index.
async fn bounded(installation: &Arc<Installation>) -> Tenant {
    let org = installation.org("acme").await;
    for number in 0..6 {
        org.user(&format!("user{number}")).await;
    }
    let limits = SearchLimits {
        unindexed: 5,
        patience: Duration::ZERO,
        piece: 2,
        ..SearchLimits::default()
    };
    org.at(&Arc::new(installation.restarted_within(limits)))
}

async fn sorted(org: &Tenant, path: &str) -> Result<Page<User>, Error> {
    let sort = Sort::parse(&ResourceType::user(), path, None).unwrap();
    let query = Query {
        sort: Some(sort),
        ..query(&ResourceType::user(), "")
    };
    org.request().await.users().search(query).await
}

fn detail<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(Error::Invalid(error)) if error.scim_type == ScimType::TooMany => error.detail,
        other => panic!("tooMany was expected: {other:?}"),
    }
}

async fn an_unindexed_filter_reads_so_much_and_no_more(installation: Arc<Installation>) {
    let org = bounded(&installation).await;
    let refusal = detail(org.search_users(r#"title eq "x" or nickName pr"#).await);
    assert!(
        refusal.contains("nickName, title") && refusal.contains("userName"),
        "{refusal}"
    );
    // One user less is within the bound.
    let page = org.search_users("").await.unwrap();
    org.delete_user(page.resources[0].id).await.unwrap();
    assert_eq!(org.search_users(r#"title eq "x""#).await.unwrap().total, 0);
    assert_eq!(org.search_users("not (title pr)").await.unwrap().total, 5);
}

async fn an_unindexed_order_reads_so_much_and_no_more(installation: Arc<Installation>) {
    let org = bounded(&installation).await;
    let refusal = detail(sorted(&org, "title").await);
    assert!(
        refusal.contains("title") && refusal.contains("userName"),
        "{refusal}"
    );
    for path in ["userName", "id", "meta.created"] {
        assert_eq!(sorted(&org, path).await.unwrap().resources.len(), 6, "{path}");
    }
}

async fn what_an_index_answers_has_no_bound(installation: Arc<Installation>) {
    let org = bounded(&installation).await;
    for (filter, total) in [
        (r#"userName eq "user1""#, 1),
        (r#"userName eq "user1" and title pr"#, 0),
        (r#"userName eq "user1" or userName eq "user2""#, 2),
        (r#"emails.value eq "x""#, 0),
        ("", 6),
    ] {
        assert_eq!(org.search_users(filter).await.unwrap().total, total, "{filter}");
    }
    assert_eq!(
        scim_type(org.search_users(r#"userName eq "user1" or title pr"#).await),
        ScimType::TooMany
    );
}

async fn an_index_that_offers_too_much_is_not_followed(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for number in 0..6 {
        org.user(&format!("user{number}")).await;
    }
    let limits = SearchLimits {
        candidates: 3,
        piece: 2,
        ..SearchLimits::default()
    };
    let org = org.at(&Arc::new(installation.restarted_within(limits)));
    let request = org.request().await;
    for (start_index, expected) in [(1, 4), (3, 4), (6, 1)] {
        let query = Query {
            window: Window::Index {
                start_index,
                count: 4,
            },
            ..query(&ResourceType::user(), r#"userName sw "user""#)
        };
        let page = request.users().search(query).await.unwrap();
        assert_eq!((page.total, page.resources.len()), (6, expected), "{start_index}");
    }
}

//! Lists of users and groups together.

use std::sync::Arc;

use wicketgate_domain::{Page, Resource, RootQuery, Window};
use wicketgate_scim::{
    Mode,
    filter::{Filter, check_any, parse},
    schema::ResourceType,
    sort::Sort,
};
use wicketgate_testbed::both_engines;

use crate::harness::{BASE, Installation, Tenant};

both_engines! {
    run with crate::harness::run:
    users_come_before_groups_unless_an_order_is_asked_for,
    pages_of_both_meet_everything_once,
    a_filter_is_asked_of_both,
}

fn asked(filter: &str, sort_by: Option<&str>, window: Window) -> RootQuery {
    let (user, group) = (ResourceType::user(), ResourceType::group());
    let filters: Vec<Option<Filter>> = if filter.is_empty() {
        vec![None, None]
    } else {
        let filter = parse(filter, Mode::Strict).unwrap();
        check_any(&[&user, &group], &filter, Mode::Strict)
            .unwrap()
            .into_iter()
            .map(Some)
            .collect()
    };
    let [users, groups] = filters.try_into().unwrap();
    RootQuery {
        users,
        groups,
        sort: sort_by.map(|path| Sort::parse(&user, path, None).unwrap()),
        window,
        base: BASE.to_owned(),
        memberships: false,
    }
}

fn names(page: &Page<Resource>) -> Vec<&str> {
    page.resources
        .iter()
        .map(|resource| match resource {
            Resource::User(user) => user.attributes["userName"].as_str().unwrap(),
            Resource::Group(group) => group.attributes["displayName"].as_str().unwrap(),
        })
        .collect()
}

async fn filled(installation: &Arc<Installation>) -> Tenant {
    let org = installation.org("acme").await;
    for number in [2, 1, 3] {
        installation.clock.advance(1);
        org.group(&format!("g{number}"), &[]).await;
        org.user(&format!("u{number}")).await;
    }
    org
}

async fn users_come_before_groups_unless_an_order_is_asked_for(installation: Arc<Installation>) {
    let org = filled(&installation).await.request().await;
    for (sort_by, expected) in [
        (None, ["u2", "u1", "u3", "g2", "g1", "g3"]),
        (Some("userName"), ["u1", "u2", "u3", "g2", "g1", "g3"]),
        (Some("displayName"), ["g1", "g2", "g3", "u2", "u1", "u3"]),
        (Some("meta.resourceType"), ["g2", "g1", "g3", "u2", "u1", "u3"]),
    ] {
        let page = org.search(asked("", sort_by, Window::first(100))).await.unwrap();
        assert_eq!((names(&page), page.total), (expected.to_vec(), 6), "{sort_by:?}");
    }
}

async fn pages_of_both_meet_everything_once(installation: Arc<Installation>) {
    let org = filled(&installation).await.request().await;
    for sort_by in [None, Some("displayName"), Some("id")] {
        let whole = org.search(asked("", sort_by, Window::first(100))).await.unwrap();
        for count in [1, 2, 4, 6] {
            let (mut by_index, mut by_cursor) = (Vec::new(), Vec::new());
            for start_index in (1..=6).step_by(usize::try_from(count).unwrap()) {
                let window = Window::Index { start_index, count };
                let page = org.search(asked("", sort_by, window)).await.unwrap();
                assert_eq!(page.total, 6);
                by_index.extend(page.resources);
            }
            let mut cursor = None;
            loop {
                let page = org
                    .search(asked("", sort_by, Window::Cursor { cursor, count }))
                    .await
                    .unwrap();
                assert_eq!(page.total, 6);
                by_cursor.extend(page.resources);
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(by_index, whole.resources, "{sort_by:?} {count}");
            assert_eq!(by_cursor, whole.resources, "{sort_by:?} {count}");
        }
    }
}

async fn a_filter_is_asked_of_both(installation: Arc<Installation>) {
    let org = filled(&installation).await.request().await;
    for (filter, expected) in [
        (r#"meta.resourceType eq "Group""#, vec!["g2", "g1", "g3"]),
        (r#"userName eq "u1" or displayName eq "g1""#, vec!["u1", "g1"]),
        ("userName pr", vec!["u2", "u1", "u3"]),
        (r#"not (userName pr) and displayName ne "g2""#, vec!["g1", "g3"]),
    ] {
        let page = org.search(asked(filter, None, Window::first(100))).await.unwrap();
        assert_eq!(names(&page), expected, "{filter}");
        assert_eq!(page.total, expected.len() as u64, "{filter}");
    }
}

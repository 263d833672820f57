//! Pages by cursor (RFC 9865).

use std::sync::Arc;

use wicketgate_domain::{Error, Page, Query, User, Window};
use wicketgate_scim::{ScimType, schema::ResourceType, sort::Sort};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant, query, scim_type};

both_engines! {
    run with crate::harness::run:
    a_walk_meets_every_user_once_whatever_arrives_meanwhile,
    the_last_page_has_no_cursor_and_neither_has_a_page_of_none,
    a_cursor_belongs_to_its_query,
    a_cursor_of_another_organization_is_a_forged_one,
    a_cursor_expires_and_its_count_stays,
    a_cursor_holds_in_another_process_with_the_same_pepper,
}

fn page_of(filter: &str, sort_by: Option<&str>, cursor: Option<String>, count: u64) -> Query {
    let rt = ResourceType::user();
    Query {
        sort: sort_by.map(|path| Sort::parse(&rt, path, None).unwrap()),
        window: Window::Cursor { cursor, count },
        ..query(&rt, filter)
    }
}

async fn ask(org: &Tenant, query: Query) -> Result<Page<User>, Error> {
    org.request().await.users().search(query).await
}

async fn filled(installation: &Arc<Installation>, name: &str) -> Tenant {
    let org = installation.org(name).await;
    for number in 0..7 {
        installation.clock.advance(1);
        org.user(&format!("user{number}")).await;
    }
    org
}

async fn a_walk_meets_every_user_once_whatever_arrives_meanwhile(installation: Arc<Installation>) {
    let org = filled(&installation, "acme").await;
    for (round, (filter, sort_by)) in [
        ("", None),
        ("", Some("userName")),
        (r#"userName sw "user""#, None),
        ("not (title pr)", None),
        ("", Some("title")),
        (r#"userName sw "user""#, Some("userName")),
    ]
    .into_iter()
    .enumerate()
    {
        let (mut seen, mut cursor, mut arrived) = (Vec::new(), None, Vec::new());
        loop {
            let page = ask(&org, page_of(filter, sort_by, cursor, 3)).await.unwrap();
            assert_eq!(page.total, 7, "the total of the first page stays");
            assert!(page.previous_cursor.is_none());
            seen.extend(
                page.resources
                    .iter()
                    .map(|user| user.attributes["userName"].to_string()),
            );
            cursor = page.next_cursor;
            let Some(cursor) = &cursor else { break };
            assert!(
                cursor
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            );
            if arrived.len() < 3 {
                arrived.push(org.user(&format!("a{round}-{}", arrived.len())).await.id);
            }
        }
        seen.retain(|name| name.starts_with("\"user"));
        let expected: Vec<String> = (0..7).map(|number| format!("\"user{number}\"")).collect();
        assert_eq!(seen, expected, "{filter} {sort_by:?}");
        for id in arrived {
            org.delete_user(id).await.unwrap();
        }
    }
}

async fn the_last_page_has_no_cursor_and_neither_has_a_page_of_none(installation: Arc<Installation>) {
    let org = filled(&installation, "acme").await;
    for (count, has_next) in [(0, false), (6, true), (7, false), (8, false)] {
        let page = ask(&org, page_of("", None, None, count)).await.unwrap();
        assert_eq!((page.total, page.next_cursor.is_some()), (7, has_next), "{count}");
    }
}

async fn a_cursor_belongs_to_its_query(installation: Arc<Installation>) {
    let org = filled(&installation, "acme").await;
    let page = ask(&org, page_of("", Some("userName"), None, 2)).await.unwrap();
    let cursor = page.next_cursor.unwrap();
    for query in [
        page_of("", None, Some(cursor.clone()), 2),
        page_of("", Some("title"), Some(cursor.clone()), 2),
        page_of("active eq true", Some("userName"), Some(cursor.clone()), 2),
        page_of(
            "",
            Some("userName"),
            Some(cursor.replace(&cursor[10..12], "__")),
            2,
        ),
        page_of("", Some("userName"), Some(cursor[1..].to_owned()), 2),
        page_of("", Some("userName"), Some("nonsense".to_owned()), 2),
        page_of("", Some("userName"), Some("ü".to_owned()), 2),
    ] {
        assert_eq!(scim_type(ask(&org, query).await), ScimType::InvalidCursor);
    }
    assert_eq!(
        ask(&org, page_of("", Some("userName"), Some(cursor), 2))
            .await
            .unwrap()
            .resources
            .len(),
        2
    );
}

async fn a_cursor_of_another_organization_is_a_forged_one(installation: Arc<Installation>) {
    let (acme, globex) = (
        filled(&installation, "acme").await,
        filled(&installation, "globex").await,
    );
    let theirs = ask(&globex, page_of("", None, None, 2))
        .await
        .unwrap()
        .next_cursor
        .unwrap();
    let answers = [theirs.clone(), "nonsense".to_owned()].map(|cursor| {
        let acme = acme.clone();
        async move {
            ask(&acme, page_of("", None, Some(cursor), 2))
                .await
                .unwrap_err()
                .to_string()
        }
    });
    let [foreign, forged] = answers;
    assert_eq!(foreign.await, forged.await);
    assert!(ask(&globex, page_of("", None, Some(theirs), 2)).await.is_ok());
}

async fn a_cursor_expires_and_its_count_stays(installation: Arc<Installation>) {
    let org = filled(&installation, "acme").await;
    let cursor = ask(&org, page_of("", None, None, 2))
        .await
        .unwrap()
        .next_cursor
        .unwrap();
    let again = |count| page_of("", None, Some(cursor.clone()), count);
    assert_eq!(scim_type(ask(&org, again(3)).await), ScimType::InvalidCount);
    installation.clock.advance(10 * 60 * 1_000 - 1);
    assert!(ask(&org, again(2)).await.is_ok());
    installation.clock.advance(1);
    assert_eq!(scim_type(ask(&org, again(2)).await), ScimType::ExpiredCursor);
}

async fn a_cursor_holds_in_another_process_with_the_same_pepper(installation: Arc<Installation>) {
    let org = filled(&installation, "acme").await;
    let cursor = ask(&org, page_of("", None, None, 5))
        .await
        .unwrap()
        .next_cursor
        .unwrap();
    let there = org.at(&Arc::new(installation.restarted()));
    let page = ask(&there, page_of("", None, Some(cursor), 5)).await.unwrap();
    assert_eq!((page.total, page.resources.len()), (7, 2));
}

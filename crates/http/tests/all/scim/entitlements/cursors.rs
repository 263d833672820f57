//! Pages of what is offered, by cursor (RFC 9865), as `/ServiceProviderConfig` promises them for every list.

use serde_json::{Value, json};
use wicketgate_domain::EntitlementKind;
use wicketgate_scim::message::SEARCH_REQUEST;
use wicketgate_testbed::both_engines;

use super::with_roles;
use crate::harness::{Answer, TestGateway, TestOrg, refused};

both_engines! {
    run with crate::harness::run:
    cursors_lead_through_everything_that_is_offered_once,
    a_page_by_cursor_has_no_position_and_the_last_one_no_cursor,
    a_search_request_takes_a_cursor_too,
    a_cursor_leads_on_behind_the_same_value_whatever_is_defined_meanwhile,
    a_cursor_leads_on_where_a_removed_value_was,
    a_cursor_of_another_list_is_refused,
    a_cursor_of_pages_of_another_size_is_refused,
}

fn ids(page: &Answer) -> Vec<String> {
    let page = page.json();
    let resources = page["Resources"].as_array().unwrap();
    assert_eq!(page["itemsPerPage"], resources.len());
    let id = |resource: &Value| resource["id"].as_str().unwrap().to_owned();
    resources.iter().map(id).collect()
}

/// The page behind a cursor; an empty one asks for the first page.
async fn page(org: &TestOrg, query: &str, cursor: &str) -> Answer {
    org.get(&format!("{query}&cursor={cursor}")).await
}

fn next(page: &Answer) -> Option<String> {
    Some(page.json().get("nextCursor")?.as_str().unwrap().to_owned())
}

async fn first_cursor(org: &TestOrg, query: &str) -> String {
    next(&page(org, query, "").await.expect(200)).unwrap()
}

async fn cursors_lead_through_everything_that_is_offered_once(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    for query in [
        "",
        "&sortBy=displayName",
        "&sortBy=displayName&sortOrder=descending",
        "&filter=description+pr",
    ] {
        let whole = ids(&org.get(&format!("/Roles?count=1000{query}")).await.expect(200));
        for count in [1, 2, 3, 1_000] {
            let query = format!("/Roles?count={count}{query}");
            let (mut walked, mut cursor) = (Vec::new(), Some(String::new()));
            while let Some(at) = cursor {
                let page = page(&org, &query, &at).await.expect(200);
                walked.extend(ids(&page));
                assert!(walked.len() <= whole.len(), "{query}: {walked:?}");
                cursor = next(&page);
            }
            assert_eq!(walked, whole, "{query}");
        }
    }
}

async fn a_page_by_cursor_has_no_position_and_the_last_one_no_cursor(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    for (count, shown, has_next) in [(0, 0, false), (2, 2, true), (3, 3, false), (4, 3, false)] {
        let list = page(&org, &format!("/Roles?count={count}"), "")
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&list["totalResults"], &list["itemsPerPage"]),
            (&json!(3), &json!(shown))
        );
        assert_eq!(list.get("startIndex"), None, "{count}");
        assert_eq!(list.get("nextCursor").is_some(), has_next, "{count}");
    }
    let both = org.get("/Roles?cursor&startIndex=1").await;
    refused(&both, 400, Some("invalidValue"), &["cursor", "startIndex"]);
}

async fn a_search_request_takes_a_cursor_too(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    let search = |cursor: &str| json!({"schemas": [SEARCH_REQUEST], "count": 2, "cursor": cursor});
    let first = org.post("/Roles/.search", &search("")).await.expect(200);
    let last = org
        .post("/Roles/.search", &search(&next(&first).unwrap()))
        .await
        .expect(200);
    assert_eq!(
        (ids(&first), ids(&last)),
        (
            vec!["Mechanic".to_owned(), "pilot".to_owned()],
            vec!["steward".to_owned()]
        )
    );
}

async fn a_cursor_leads_on_behind_the_same_value_whatever_is_defined_meanwhile(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    let cursor = first_cursor(&org, "/Roles?count=2").await;
    for id in ["Baker", "pilots"] {
        org.offer(EntitlementKind::Role, id, id).await;
    }
    let rest = page(&org, "/Roles?count=2", &cursor).await.expect(200);
    assert_eq!(ids(&rest), ["pilots", "steward"]);
    assert_eq!(next(&rest), None);
}

async fn a_cursor_leads_on_where_a_removed_value_was(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    let cursor = first_cursor(&org, "/Roles?count=2").await;
    org.withdraw(EntitlementKind::Role, "pilot").await;
    let rest = page(&org, "/Roles?count=2", &cursor).await.expect(200);
    assert_eq!(ids(&rest), ["steward"]);
}

async fn a_cursor_of_another_list_is_refused(gateway: TestGateway) {
    let (org, other) = (with_roles(&gateway).await, with_roles(&gateway).await);
    org.offer(EntitlementKind::Entitlement, "license", "License")
        .await;
    let cursor = first_cursor(&org, "/Roles?count=1").await;
    let users = {
        org.user("anna").await;
        org.user("berta").await;
        first_cursor(&org, "/Users?count=1").await
    };
    for (query, cursor) in [
        ("/Roles?count=1&sortBy=displayName", &cursor),
        ("/Roles?count=1&filter=id+pr", &cursor),
        ("/Entitlements?count=1", &cursor),
        ("/Users?count=1", &cursor),
        ("/Roles?count=1", &users),
        ("/Roles?count=1", &cursor.replace(&cursor[10..12], "__")),
    ] {
        let answer = page(&org, query, cursor).await;
        refused(&answer, 400, Some("invalidCursor"), &["cursor"]);
    }
    let answer = page(&other, "/Roles?count=1", &cursor).await;
    refused(&answer, 400, Some("invalidCursor"), &["cursor"]);
}

async fn a_cursor_of_pages_of_another_size_is_refused(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    let cursor = first_cursor(&org, "/Roles?count=1").await;
    let answer = page(&org, "/Roles?count=2", &cursor).await;
    refused(&answer, 400, Some("invalidCount"), &["count"]);
}

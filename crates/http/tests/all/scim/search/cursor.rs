//! Pages by cursor (RFC 9865).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wicketgate_testbed::both_engines;

use super::{names, people, request};
use crate::harness::{TestGateway, TestOrg, refused};

both_engines! {
    run with crate::harness::run:
    cursors_lead_through_the_whole_list_once,
    the_last_page_has_no_next_cursor_and_no_page_has_a_position,
    a_cursor_leads_through_a_sorted_and_filtered_list,
    a_cursor_is_asked_for_by_post_as_well,
    a_cursor_is_plain_in_a_url,
    a_cursor_of_another_query_is_refused,
    a_cursor_that_was_tampered_with_is_refused,
    another_organizations_cursor_is_as_good_as_a_forged_one,
    a_count_that_changes_on_the_way_is_refused,
    a_count_of_zero_asks_for_the_total,
    a_cursor_and_a_position_exclude_each_other,
    without_a_cursor_pages_go_by_position,
}

async fn team(org: &TestOrg, size: usize) -> Vec<String> {
    let names: Vec<String> = (0..size).map(|number| format!("u{number:02}")).collect();
    for name in &names {
        people(org, &[(name, None)]).await;
    }
    names
}

/// Follows cursors from the first page on; `query` names everything but the cursor.
async fn walk(org: &TestOrg, endpoint: &str, query: &str) -> Vec<String> {
    let mut walked = Vec::new();
    let mut cursor = String::new();
    for _ in 0..20 {
        let page = org
            .get(&format!("{endpoint}?cursor={cursor}{query}"))
            .await
            .expect(200);
        walked.extend(names(&page));
        match page.json().get("nextCursor") {
            Some(next) => next.as_str().unwrap().clone_into(&mut cursor),
            None => return walked,
        }
    }
    panic!("the cursors never end: {walked:?}");
}

async fn first_cursor(org: &TestOrg, query: &str) -> String {
    let page = org
        .get(&format!("/Users?cursor&count=2{query}"))
        .await
        .expect(200);
    page.json()["nextCursor"].as_str().unwrap().to_owned()
}

async fn cursors_lead_through_the_whole_list_once(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let team = team(&org, 10).await;
    org.group("Staff", &[]).await;
    for count in [1, 3, 5, 10, 100] {
        assert_eq!(
            walk(&org, "/Users", &format!("&count={count}")).await,
            team,
            "{count}"
        );
    }
    let all = walk(&org, "", "&count=4").await;
    assert_eq!(all.len(), 11);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 11);
    assert_eq!(walk(&org, "/Groups", "&count=4").await, ["Staff"]);
}

async fn the_last_page_has_no_next_cursor_and_no_page_has_a_position(gateway: TestGateway) {
    let org = gateway.with_org().await;
    team(&org, 3).await;
    let first = org.get("/Users?cursor=&count=2").await.expect(200).json();
    assert_eq!(first["totalResults"], 3);
    assert_eq!(first["itemsPerPage"], 2);
    assert_eq!(first.get("startIndex"), None);
    assert_eq!(first.get("previousCursor"), None);
    let next = first["nextCursor"].as_str().unwrap();
    let last = org
        .get(&format!("/Users?cursor={next}&count=2"))
        .await
        .expect(200)
        .json();
    assert_eq!(last["itemsPerPage"], 1);
    assert_eq!(last.get("nextCursor"), None);
    let exact = org.get("/Users?cursor=&count=3").await.expect(200).json();
    assert_eq!(exact.get("nextCursor"), None);
}

async fn a_cursor_leads_through_a_sorted_and_filtered_list(gateway: TestGateway) {
    let org = gateway.with_org().await;
    people(
        &org,
        &[
            ("e", Some("x")),
            ("d", None),
            ("c", Some("y")),
            ("b", Some("x")),
            ("a", Some("z")),
            ("f", None),
        ],
    )
    .await;
    for query in [
        "sortBy=title",
        "sortBy=title&sortOrder=descending",
        "sortBy=userName&sortOrder=descending",
        "sortBy=userName&filter=title+pr",
        "filter=title+eq+%22x%22+or+userName+ge+%22d%22",
    ] {
        let whole = names(&org.get(&format!("/Users?{query}")).await.expect(200));
        assert_eq!(
            walk(&org, "/Users", &format!("&count=2&{query}")).await,
            whole,
            "{query}"
        );
    }
}

async fn a_cursor_is_asked_for_by_post_as_well(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let team = team(&org, 5).await;
    let mut walked = Vec::new();
    let mut cursor = json!("");
    loop {
        let body = request(&json!({"cursor": cursor, "count": 2}));
        let page = org.post("/Users/.search", &body).await.expect(200);
        walked.extend(names(&page));
        match page.json().get("nextCursor") {
            Some(next) => cursor = next.clone(),
            None => break,
        }
    }
    assert_eq!(walked, team);
}

async fn a_cursor_is_plain_in_a_url(gateway: TestGateway) {
    let org = gateway.with_org().await;
    team(&org, 5).await;
    for query in ["", "&sortBy=userName", "&sortBy=title"] {
        let cursor = first_cursor(&org, query).await;
        let is_unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        assert!(cursor.chars().all(is_unreserved), "{cursor}");
    }
}

async fn a_cursor_of_another_query_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    team(&org, 5).await;
    let cursor = first_cursor(&org, "").await;
    for query in [
        "/Users?count=2&sortBy=userName",
        "/Users?count=2&sortOrder=descending&sortBy=userName",
        "/Users?count=2&filter=userName+pr",
        "/Groups?count=2",
        "?count=2",
    ] {
        let answer = org.get(&format!("{query}&cursor={cursor}")).await;
        refused(&answer, 400, Some("invalidCursor"), &["cursor"]);
    }
}

async fn a_cursor_that_was_tampered_with_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    team(&org, 5).await;
    let cursor = first_cursor(&org, "").await;
    let mut forged = vec![
        "x".to_owned(),
        "-".to_owned(),
        format!("{cursor}A"),
        cursor[1..].to_owned(),
    ];
    for place in (0..cursor.len()).step_by(7) {
        let mut text: Vec<char> = cursor.chars().collect();
        text[place] = if text[place] == 'A' { 'B' } else { 'A' };
        forged.push(text.into_iter().collect());
    }
    for forged in forged {
        let answer = org.get(&format!("/Users?count=2&cursor={forged}")).await;
        refused(&answer, 400, Some("invalidCursor"), &["cursor"]);
    }
}

async fn another_organizations_cursor_is_as_good_as_a_forged_one(gateway: TestGateway) {
    let (ours, theirs) = (gateway.with_org().await, gateway.with_org().await);
    team(&ours, 5).await;
    team(&theirs, 5).await;
    let foreign = first_cursor(&theirs, "").await;
    let answer = ours.get(&format!("/Users?count=2&cursor={foreign}")).await;
    refused(&answer, 400, Some("invalidCursor"), &[]);
    let forged = foreign.replace(|c: char| c.is_ascii_digit(), "x");
    assert_eq!(ours.get(&format!("/Users?count=2&cursor={forged}")).await, answer);
}

async fn a_count_that_changes_on_the_way_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    team(&org, 5).await;
    let cursor = first_cursor(&org, "").await;
    let answer = org.get(&format!("/Users?count=3&cursor={cursor}")).await;
    refused(&answer, 400, Some("invalidCount"), &["count"]);
}

async fn a_count_of_zero_asks_for_the_total(gateway: TestGateway) {
    let org = gateway.with_org().await;
    team(&org, 5).await;
    for count in ["0", "-1"] {
        let page = org
            .get(&format!("/Users?cursor&count={count}"))
            .await
            .expect(200)
            .json();
        assert_eq!(page["totalResults"], 5);
        assert_eq!(page["Resources"], json!([]));
        assert_eq!(page.get("nextCursor"), None::<&Value>);
    }
}

async fn a_cursor_and_a_position_exclude_each_other(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let answer = org.get("/Users?cursor=&startIndex=1").await;
    refused(&answer, 400, Some("invalidValue"), &["cursor", "startIndex"]);
}

async fn without_a_cursor_pages_go_by_position(gateway: TestGateway) {
    let org = gateway.with_org().await;
    team(&org, 5).await;
    let page = org.get("/Users?count=2").await.expect(200).json();
    assert_eq!(page["startIndex"], 1);
    assert_eq!(page.get("nextCursor"), None);
}

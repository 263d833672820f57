//! What a cursor does not do (RFC 9865 §5): it is no credential, it shows nothing that its holder could not list, and it
//! does not keep what was there. How pages follow each other is tested with the searches.

use std::time::Duration;

use serde_json::Value;
use wicketgate_auth::Role;
use wicketgate_domain::{EntitlementKind, SearchLimits};
use wicketgate_testbed::{Database, both_engines};

use crate::harness::{Answer, TestGateway, TestOrg, refused, run_within};

both_engines! {
    run with crate::harness::run:
    a_cursor_is_no_credential,
    another_provisioning_domains_cursor_is_as_good_as_a_forged_one,
    a_cursor_leads_to_what_is_there_when_it_is_followed,
}

both_engines! {
    run with super::short_lived:
    a_cursor_that_has_expired_is_refused_as_such,
}

/// Runs a scenario on a gateway whose cursors expire at once.
fn short_lived<F: Future>(database: Database, scenario: impl FnOnce(TestGateway) -> F) -> F::Output {
    let limits = SearchLimits {
        cursor: Duration::ZERO,
        ..SearchLimits::default()
    };
    run_within(limits, database, scenario)
}

/// An organization with users of these names.
async fn team(gateway: &TestGateway, names: &[&str]) -> TestOrg {
    let org = gateway.with_org().await;
    for name in names {
        org.user(name).await;
    }
    org
}

/// The next page of a list of two to a page.
async fn next_page(org: &TestOrg, token: Option<&str>, cursor: &str) -> Answer {
    let target = org.path(&format!("/Users?count=2&cursor={cursor}"));
    org.gateway.call("GET", &target, token, &[], None).await
}

async fn first_cursor(org: &TestOrg) -> String {
    let page = next_page(org, Some(org.manager()), "").await.expect(200);
    page.json()["nextCursor"].as_str().unwrap().to_owned()
}

fn names(page: &Answer) -> Vec<Value> {
    let page = page.json();
    let resources = page["Resources"].as_array().unwrap();
    resources.iter().map(|user| user["userName"].clone()).collect()
}

async fn a_cursor_is_no_credential(gateway: TestGateway) {
    let org = team(&gateway, &["a", "b", "c"]).await;
    let cursor = first_cursor(&org).await;
    let revoked = org.revoked_token().await;
    for token in [None, Some(revoked.as_str())] {
        let answer = next_page(&org, token, &cursor).await;
        refused(&answer, 401, None, &[]);
        assert_eq!(answer, next_page(&org, token, "").await);
    }
    // Whoever may read the list may follow its cursor.
    let page = next_page(&org, Some(org.token(Role::OrgUserReader)), &cursor).await;
    assert_eq!(names(&page.expect(200)), ["c"]);
}

async fn another_provisioning_domains_cursor_is_as_good_as_a_forged_one(gateway: TestGateway) {
    let org = team(&gateway, &["a", "b", "c"]).await;
    let other = org.manager_of("other").await;
    let cursor = first_cursor(&org).await;
    let foreign = next_page(&org, Some(&other), &cursor).await;
    refused(&foreign, 400, Some("invalidCursor"), &["cursor"]);
    assert_eq!(next_page(&org, Some(&other), "forged").await, foreign);
}

async fn a_cursor_leads_to_what_is_there_when_it_is_followed(gateway: TestGateway) {
    let org = team(&gateway, &["a", "b", "c"]).await;
    let gone = org.user("d").await;
    let cursor = first_cursor(&org).await;
    org.delete(&format!("/Users/{gone}")).await.expect(204);
    org.user("e").await;
    let page = next_page(&org, Some(org.manager()), &cursor).await;
    assert_eq!(names(&page.expect(200)), ["c", "e"]);
}

async fn a_cursor_that_has_expired_is_refused_as_such(gateway: TestGateway) {
    let org = team(&gateway, &["a", "b", "c"]).await;
    let cursor = first_cursor(&org).await;
    let answer = next_page(&org, Some(org.manager()), &cursor).await;
    refused(&answer, 400, Some("expiredCursor"), &["cursor"]);
    for role in ["pilot", "steward"] {
        org.offer(EntitlementKind::Role, role, role).await;
    }
    let page = org.get("/Roles?count=1&cursor").await.expect(200).json();
    let cursor = page["nextCursor"].as_str().unwrap();
    let answer = org.get(&format!("/Roles?count=1&cursor={cursor}")).await;
    refused(&answer, 400, Some("expiredCursor"), &["cursor"]);
}

//! An organization at a glance.

use std::time::Duration;

use serde_json::json;
use wicketgate_auth::Role;
use wicketgate_domain::DEFAULT_DOMAIN;
use wicketgate_testbed::both_engines;

use crate::harness::TestConsole;

both_engines! {
    run with crate::harness::run:
    an_organization_without_requests_is_not_connected_and_is_told_what_to_do,
    a_day_is_drawn_and_written_as_a_table,
    tokens_that_end_soon_are_named,
    another_organizations_overview_is_no_page,
}

async fn an_organization_without_requests_is_not_connected_and_is_told_what_to_do(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let page = browser.get(&format!("/console/orgs/{org}")).await.expect(200);
    let setup = format!("href=\"/console/orgs/{org}/setup\">Set up provisioning</a></p>");
    let page = page.says(&["Not connected", "None yet", "Nothing was sent.", &setup]);
    assert!(!page.text.contains("<svg viewBox=\"0 0 480"), "{page:?}");
}

async fn a_day_is_drawn_and_written_as_a_table(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let idp = console.idp(org).await;
    idp.user("bert").await;
    idp.flush().await;
    let overview = format!("/console/orgs/{org}");
    browser.get(&overview).await.expect(200).says(&[
        "Working",
        "Nothing has failed in the last 24 hours.",
        "1 request in 24 hours, of which 0 failed; at most 1 in one hour.",
        "<svg viewBox=\"0 0 480 100\"",
        "<td class=\"number\">1</td><td class=\"number\">0</td><td class=\"number\">0</td>",
    ]);
    assert!(idp.send(json!({"userName": "BERT"})).await.is_none());
    idp.flush().await;
    browser.get(&overview).await.expect(200).says(&[
        "Look at this",
        "One request has failed in the last 24 hours.",
        "What failed last",
        "of which 1 failed",
    ]);
}

async fn tokens_that_end_soon_are_named(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let operator = console.instance().org(org).await.unwrap();
    let owner = operator.owner().unwrap();
    let okta = owner
        .service_users()
        .create("Okta <b>", Role::OrgUserManager, DEFAULT_DOMAIN)
        .await
        .unwrap();
    let week = Duration::from_hours(7 * 24);
    owner
        .tokens()
        .create(okta.id, "Production", Some(week))
        .await
        .unwrap();
    let overview = format!("/console/orgs/{org}");
    browser.get(&overview).await.expect(200).says(&[
        "Credentials that end soon",
        "Okta &#60;b&#62;</a>",
        "<span class=\"tag warn\">In 6 days</span>",
    ]);
    let mut viewer = console.person(org, "vera@example.com", Role::OrgViewer).await;
    let page = viewer.get(&overview).await.expect(200);
    assert!(!page.text.contains("Okta"), "{page:?}");
    assert!(!page.text.contains("Set up provisioning"), "{page:?}");
}

async fn another_organizations_overview_is_no_page(console: TestConsole) {
    let (_, mut browser) = console.owner().await;
    let other = console.org("Other").await;
    browser.get(&format!("/console/orgs/{other}")).await.expect(404);
}

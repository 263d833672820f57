//! The provisioning log: reading what happened and why something failed, narrowing it, taking it away as a file, and
//! watching it.

use serde_json::json;
use wicketgate_auth::{OrgId, Role};
use wicketgate_testbed::both_engines;

use crate::harness::{Browser, Idp, Page, TestConsole};

both_engines! {
    run with crate::harness::run:
    an_empty_log_says_what_to_do_next,
    a_failure_is_told_with_its_cause_and_what_to_do,
    a_row_tells_everything_that_is_known_of_it,
    rows_are_narrowed_by_the_address,
    what_is_not_understood_is_shown_again_with_what_to_write,
    older_rows_are_on_the_next_page,
    the_log_is_taken_away_as_a_file,
    new_rows_come_as_events,
    a_viewer_reads_the_log_and_nobody_else_does,
    names_are_text_and_never_markup,
}

/// An organization with a connected identity provider, and its owner's browser.
async fn connected(console: &TestConsole) -> (OrgId, Browser, Idp) {
    let (org, browser) = console.owner().await;
    let idp = console.idp(org).await;
    (org, browser, idp)
}

async fn log(browser: &mut Browser, org: OrgId, rest: &str) -> Page {
    browser.get(&format!("/console/orgs/{org}/log{rest}")).await
}

/// The address of the row with this sentence.
fn row_of(page: &Page, sentence: &str) -> String {
    let before = page.text.split(&format!("\">{sentence}</a>")).next().unwrap();
    before.rsplit("href=\"").next().unwrap().to_owned()
}

async fn an_empty_log_says_what_to_do_next(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    log(&mut browser, org, "").await.expect(200).says(&[
        "<h1>Provisioning log</h1>",
        "No identity provider has asked for anything yet",
        "/setup\">Set up provisioning</a>",
        "data-live=\"/console/orgs/",
    ]);
    let mut viewer = console.person(org, "vera@example.com", Role::OrgViewer).await;
    let page = log(&mut viewer, org, "").await.expect(200);
    assert!(!page.text.contains("Set up provisioning"), "{page:?}");
}

async fn a_failure_is_told_with_its_cause_and_what_to_do(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    idp.user("bert").await;
    assert!(idp.send(json!({"userName": "BERT"})).await.is_none());
    let page = log(&mut browser, org, "").await.expect(200);
    let page = page.says(&[
        "Created bert",
        "Failed (409)",
        "data-state=\"bad\"",
        "class=\"fix\"",
        "Production of Okta",
        "Refresh<",
    ]);
    let failed = page.text.split("Failed (409)").next().unwrap();
    let sentence = failed.rsplit_once("</a>").unwrap().0.rsplit('>').next().unwrap();
    let row = row_of(&page, sentence);
    browser.get(&row).await.expect(200).says(&[
        "Why it failed",
        "What to do",
        "uniqueness",
        "BERT",
        "Show the body",
        "All requests with it",
    ]);
}

async fn a_row_tells_everything_that_is_known_of_it(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    let body = json!({"userName": "bert", "password": "hunter2", "active": "True"});
    let bert = idp.send(body).await.unwrap();
    let page = log(&mut browser, org, "").await;
    let row = row_of(&page, "Created bert");
    let page = browser.get(&row).await.expect(200).says(&[
        "<h1>Created bert</h1>",
        "User created",
        "POST /Users",
        "201",
        "3 ms",
        "203.0.113.0/24",
        "Okta SCIM Client 1.0.0",
        "request-1",
        "Understood although",
        &format!("/users/{bert}\">bert</a>"),
        "Without passwords and other secrets",
        "All requests about it",
    ]);
    assert!(!page.text.contains("hunter2"), "{page:?}");
    idp.delete(bert).await;
    browser
        .get(&row)
        .await
        .expect(200)
        .says(&[&format!("/users/{bert}\">")]);
    for path in ["/log/nothing", "/log/0198f2a1-7c3e-7d4b-9a55-3c1f0e6b0000"] {
        browser
            .get(&format!("/console/orgs/{org}{path}"))
            .await
            .expect(404);
    }
}

async fn rows_are_narrowed_by_the_address(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    let bert = idp.user("bert").await;
    idp.user("dora").await;
    idp.send(json!({"userName": "dora"})).await;
    idp.group("Pilots", &[bert]).await;
    let page = log(&mut browser, org, "").await;
    let credential = page.text.split("/log?credential=").nth(1).unwrap();
    let credential = credential.split('"').next().unwrap().to_owned();
    let (bert, created, pilots) = (
        bert.to_string(),
        ">Created bert<",
        ">Created the group Pilots with 1 member<",
    );
    let dora = ">Created dora<";
    for (query, has, misses) in [
        ("?about=bert".to_owned(), vec![created], vec![dora, pilots]),
        (format!("?about={bert}"), vec![created], vec![dora, pilots]),
        ("?about=PILOTS".to_owned(), vec![pilots], vec![dora, created]),
        (
            "?action=user.created".to_owned(),
            vec![created, dora],
            vec![pilots],
        ),
        (
            "?failed=on".to_owned(),
            vec!["Failed (409)"],
            vec![created, dora, pilots],
        ),
        (
            "?status=409".to_owned(),
            vec!["Failed (409)"],
            vec![created, dora, pilots],
        ),
        (
            format!("?credential={credential}"),
            vec![created, dora, pilots],
            vec![],
        ),
        (
            "?credential=0000000000000000".to_owned(),
            vec!["No request fits."],
            vec![created],
        ),
        (
            "?from=2099-01-01T00:00".to_owned(),
            vec!["No request fits."],
            vec![created],
        ),
        (
            "?until=2020-01-01T00:00".to_owned(),
            vec!["No request fits."],
            vec![created],
        ),
        ("?until=2099-01-01T00:00".to_owned(), vec![created, dora], vec![]),
    ] {
        let page = log(&mut browser, org, &query).await.expect(200).says(&has);
        for word in misses {
            assert!(!page.text.contains(word), "{query}: {word}");
        }
    }
    // What narrows the list stays in the form, and in what it leads to.
    log(&mut browser, org, "?about=bert&status=201")
        .await
        .expect(200)
        .says(&[
            "value=\"bert\"",
            "value=\"201\"",
            "<details class=\"wide\" open>",
            "/log.csv?about=bert&#38;status=201",
            "/log/live?about=bert&#38;status=201&#38;after=",
        ]);
}

async fn what_is_not_understood_is_shown_again_with_what_to_write(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    idp.user("bert").await;
    for (query, field, typed) in [
        ("?about=nobody", "about", "nobody"),
        ("?status=999", "status", "999"),
        ("?status=x", "status", "x"),
        ("?credential=x", "credential", "x"),
        ("?from=yesterday", "from", "yesterday"),
        ("?until=2026-13-01T00:00", "until", "2026-13-01T00:00"),
        ("?action=user.vanished", "action", "user.created"),
    ] {
        let page = log(&mut browser, org, query).await.expect(422);
        let page = page.says(&[&format!("id=\"{field}-error\""), typed]);
        assert!(!page.text.contains("Created bert"), "{query}");
        assert!(!page.text.contains("data-live="), "{query}");
    }
    log(&mut browser, org, ".csv?status=x").await.expect(404);
    log(&mut browser, org, "/live?status=x").await.expect(404);
}

async fn older_rows_are_on_the_next_page(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    for number in 0..60 {
        idp.user(&format!("user{number:02}")).await;
    }
    let page = log(&mut browser, org, "?action=user.created").await.expect(200);
    assert_eq!(page.text.matches(">Created user").count(), 50);
    let next = page.text.split("rel=\"next\"").next().unwrap();
    let next = crate::harness::unescape(next.rsplit("href=\"").next().unwrap().split('"').next().unwrap());
    let page = browser.get(&next).await.expect(200).says(&["First page"]);
    assert_eq!(page.text.matches(">Created user").count(), 10);
    assert!(!page.text.contains("data-live="), "older pages do not grow");
    assert!(!page.text.contains("rel=\"next\""));
}

async fn the_log_is_taken_away_as_a_file(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    for number in 0..3 {
        idp.user(&format!("=user{number}")).await;
    }
    let page = log(&mut browser, org, ".csv?action=user.created")
        .await
        .expect(200);
    assert_eq!(page.header("content-type"), Some("text/csv; charset=utf-8"));
    let disposition = page.header("content-disposition").unwrap();
    assert!(disposition.starts_with("attachment; filename=\"provisioning-log-"));
    assert_eq!(page.text.lines().count(), 4);
    assert!(page.text.starts_with("time,action,what,status"));
    // No spreadsheet runs a name.
    assert!(page.text.contains(",'=user0,"), "{page:?}");
    let page = log(&mut browser, org, ".ndjson?about==user1").await.expect(200);
    assert_eq!(page.header("content-type"), Some("application/x-ndjson"));
    let line: serde_json::Value = serde_json::from_str(page.text.trim()).unwrap();
    assert_eq!(line["what"], "Created =user1");
}

async fn new_rows_come_as_events(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    let page = log(&mut browser, org, "").await.expect(200);
    let live = page.text.split("data-live=\"").nth(1).unwrap();
    let live = crate::harness::unescape(live.split('"').next().unwrap());
    idp.user("bert").await;
    idp.send(json!({"userName": "bert"})).await;
    let page = browser.get(&live).await.expect(200);
    assert_eq!(page.header("content-type"), Some("text/event-stream"));
    let events: Vec<serde_json::Value> = page
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    assert_eq!(events.len(), 2, "{page:?}");
    assert!(page.text.contains("event: row\nid: "));
    let created = events.iter().find(|event| event["state"] == "").unwrap();
    assert_eq!(created["fields"]["sentence"], "Created bert");
    assert_eq!(created["fields"]["outcome"], "Done");
    assert_eq!(created["fields"]["credential"], "Production of Okta");
    let failed = events.iter().find(|event| event["state"] == "bad").unwrap();
    assert_ne!(failed["fields"]["cause"], "");
    assert_ne!(failed["fields"]["fix"], "");
    let row = failed["href"].as_str().unwrap();
    browser.get(row).await.expect(200).says(&["Why it failed"]);
    // A browser that asks again has seen what it has seen.
    let last = page
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("id: "))
        .max()
        .unwrap();
    let headers = [("sec-fetch-site", "same-origin"), ("last-event-id", last)];
    let page = browser.send("GET", &live, &headers, None).await.expect(200);
    assert!(!page.text.contains("event: row"), "{page:?}");
    // What narrows the list narrows what is added to it.
    let narrowed = live.replace('?', "?failed=on&");
    let page = browser.get(&narrowed).await.expect(200);
    assert_eq!(page.text.matches("event: row").count(), 1);
}

async fn a_viewer_reads_the_log_and_nobody_else_does(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    idp.user("bert").await;
    let row = row_of(&log(&mut browser, org, "").await, "Created bert");
    let mut viewer = console.person(org, "vera@example.com", Role::OrgViewer).await;
    log(&mut viewer, org, "")
        .await
        .expect(200)
        .says(&["Created bert"]);
    viewer.get(&row).await.expect(200);
    let globex = console.org("Globex").await;
    let mut stranger = console.person(globex, "otto@example.com", Role::OrgOwner).await;
    for rest in ["", ".csv", ".ndjson", "/live"] {
        log(&mut stranger, org, rest).await.expect(404);
    }
    stranger.get(&row).await.expect(404);
    let there = row.replace(&org.to_string(), &globex.to_string());
    stranger.get(&there).await.expect(404);
    let page = log(&mut stranger, globex, "").await.expect(200);
    assert!(!page.text.contains("bert"));
}

async fn names_are_text_and_never_markup(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    idp.user("<script>alert(1)</script>").await;
    let page = log(&mut browser, org, "?about=%3Cscript%3Ealert(1)%3C/script%3E")
        .await
        .expect(200)
        .says(&["Created &#60;script&#62;alert(1)&#60;/script&#62;"]);
    assert!(!page.text.contains("<script>"), "{page:?}");
    let row = row_of(&page, "Created &#60;script&#62;alert(1)&#60;/script&#62;");
    let page = browser.get(&row).await.expect(200);
    assert!(!page.text.contains("<script>"), "{page:?}");
}

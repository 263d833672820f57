//! Links for connecting an identity provider without an account: handed out, opened, bounded to what they are for, ended.

use wicketgate_auth::{OrgId, Role};
use wicketgate_testbed::both_engines;

use crate::{
    harness::{Browser, PASSWORD, PUBLIC_URL, TestConsole},
    setup::{accepts, copied},
};

both_engines! {
    run with crate::harness::run:
    a_link_leads_to_the_guides_and_makes_the_credential,
    a_link_opens_nothing_else,
    a_link_is_not_kept_in_the_address,
    a_revoked_link_opens_nothing_from_the_next_request_on,
    an_expired_link_opens_nothing,
    only_owners_hand_out_links,
    a_link_that_cannot_be_made_is_refused_beside_its_field,
    a_guest_changes_no_setting_and_gives_no_consent,
    forms_of_a_link_carry_its_token,
    a_guest_leaves,
    every_page_of_a_link_needs_one,
}

const COOKIE: &str = "__Host-wicketgate-setup";

/// Makes a link, and is the path that it leads to.
async fn make(owner: &mut Browser, org: OrgId) -> String {
    let page = owner
        .submit(
            &format!("/console/orgs/{org}/setup-links"),
            &[("label", "Anna <admin>"), ("days", "7")],
        )
        .await
        .expect(200)
        .says(&["shown once", "Anna &#60;admin&#62;"]);
    let link = copied(&page, "setup-link");
    link.strip_prefix(PUBLIC_URL).unwrap().to_owned()
}

/// A browser in which a link was opened.
async fn guest(console: &TestConsole, link: &str) -> Browser {
    let mut browser = console.browser();
    browser
        .get(link)
        .await
        .expect(200)
        .says(&["Set up provisioning for Acme", "Begin"]);
    browser.post(link, &[]).await.leads_to("/console/connect");
    browser
}

/// Sends a form of a guest.
async fn submit(browser: &mut Browser, target: &str, fields: &[(&str, &str)]) -> crate::harness::Page {
    let token = browser
        .get("/console/connect")
        .await
        .expect(200)
        .field("form_token");
    let mut all = vec![("form_token", token.as_str())];
    all.extend(fields);
    browser.post(target, &all).await
}

async fn a_link_leads_to_the_guides_and_makes_the_credential(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    let link = make(&mut owner, org).await;
    let mut browser = guest(&console, &link).await;
    browser
        .get("/console/connect")
        .await
        .expect(200)
        .says(&["href=\"/console/connect/okta\"", "Acme"]);
    browser.get("/console/connect/okta").await.expect(200).says(&[
        "Make a token",
        "id=\"step-user\"",
        "/console/connect/okta/live",
    ]);
    let page = submit(
        &mut browser,
        "/console/connect/okta",
        &[("with", "token"), ("life", "90")],
    )
    .await
    .expect(200);
    let token = copied(&page, "token-value");
    assert_eq!(accepts(&console, org, &token).await, Some(Role::OrgUserManager));
    let id = &token["wicket_pat_".len()..][..16];
    let revoke = format!("/console/connect/okta/tokens/{id}/revoke");
    browser
        .get(&revoke)
        .await
        .expect(200)
        .says(&["Revoke the token Okta"]);
    submit(&mut browser, &revoke, &[])
        .await
        .leads_to("/console/connect/okta?done=token");
    assert_eq!(accepts(&console, org, &token).await, None);
    // The audit log says who did it, and that the link was opened once.
    let handle = console.instance().org(org).await.unwrap();
    let events = handle.viewer().unwrap().events(0, 100).await.unwrap();
    let of_link: Vec<&str> = events
        .iter()
        .filter(|event| event.actor["type"] == "setup_link")
        .map(|event| event.kind.as_str())
        .collect();
    assert_eq!(
        of_link,
        [
            "setup_link.used",
            "service_user.created",
            "credential.created",
            "credential.revoked"
        ]
    );
}

async fn a_link_opens_nothing_else(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    let link = make(&mut owner, org).await;
    let mut browser = guest(&console, &link).await;
    for route in wicketgate_console::routes() {
        if route.method != "GET" || route.access() != wicketgate_console::Access::Session {
            continue;
        }
        let target = route
            .path
            .replace("{orgId}", &org.to_string())
            .replace(['{', '}'], "");
        let page = browser.get(&target).await;
        assert_eq!(page.status, 303, "{route:?}: {page:?}");
        assert!(page.location().contains("/console/sign-in"), "{route:?}");
    }
    let other = console.org("Other").await;
    assert!(
        !browser
            .get("/console/connect")
            .await
            .text
            .contains(&other.to_string())
    );
}

async fn a_link_is_not_kept_in_the_address(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    let link = make(&mut owner, org).await;
    let secret = link.rsplit('/').next().unwrap().to_owned();
    let mut browser = console.browser();
    let page = browser.post(&link, &[]).await.expect(303);
    assert!(!page.location().contains(&secret));
    let cookie = page.cookies().join("");
    assert!(
        cookie.starts_with(&format!("{COOKIE}={secret}; "))
            && cookie.contains("; Secure; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    for path in ["/console/connect", "/console/connect/entra"] {
        let page = browser.get(path).await.expect(200);
        assert!(!page.text.contains(&secret), "{path}");
    }
    let page = owner.get(&format!("/console/orgs/{org}/setup")).await.expect(200);
    assert!(!page.text.contains(&secret));
}

async fn a_revoked_link_opens_nothing_from_the_next_request_on(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    let link = make(&mut owner, org).await;
    let mut browser = guest(&console, &link).await;
    browser.get("/console/connect/okta").await.expect(200);
    let handle = console.instance().org(org).await.unwrap();
    let id = handle.owner().unwrap().setup_links().list().await.unwrap()[0].id;
    let ask = format!("/console/orgs/{org}/setup-links/{id}/revoke");
    owner
        .get(&ask)
        .await
        .expect(200)
        .says(&["Revoke the setup link for Anna &#60;admin&#62;?"]);
    browser.get("/console/connect/okta").await.expect(200);
    owner
        .submit(&ask, &[])
        .await
        .leads_to(&format!("/console/orgs/{org}/setup?done=link"));
    for path in [
        "/console/connect",
        "/console/connect/okta",
        "/console/connect/okta/live",
        &link,
    ] {
        browser
            .get(path)
            .await
            .expect(404)
            .says(&["This link does not hold"]);
    }
    browser
        .post("/console/connect/okta", &[("with", "token"), ("life", "90")])
        .await
        .expect(404);
    owner
        .get(&format!("/console/orgs/{org}/setup"))
        .await
        .expect(200)
        .says(&["Revoked"]);
}

async fn an_expired_link_opens_nothing(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    let link = make(&mut owner, org).await;
    guest(&console, &link).await;
    // The database judges, so the link is made by a clock that is eight days behind.
    console.pass(-8 * 86_400);
    let handle = console.instance().org(org).await.unwrap();
    let life = std::time::Duration::from_hours(7 * 24);
    let links = handle.owner().unwrap().setup_links().create("late", life).await;
    let (_, token) = links.unwrap();
    console.pass(8 * 86_400);
    let late = format!("/console/setup/{}", token.reveal());
    console
        .browser()
        .get(&late)
        .await
        .expect(404)
        .says(&["This link does not hold"]);
    owner
        .get(&format!("/console/orgs/{org}/setup"))
        .await
        .expect(200)
        .says(&["Expired"]);
}

async fn only_owners_hand_out_links(console: TestConsole) {
    let (org, _) = console.owner().await;
    console.account(org, "vera@example.com", Role::OrgViewer).await;
    let other = console.org("Other").await;
    console.account(other, "olga@example.com", Role::OrgOwner).await;
    for (email, status) in [("vera@example.com", 403), ("olga@example.com", 404)] {
        let mut browser = console.browser();
        browser.sign_in(email, PASSWORD).await.expect(303);
        browser
            .submit(
                &format!("/console/orgs/{org}/setup-links"),
                &[("label", "x"), ("days", "7")],
            )
            .await
            .expect(status);
    }
    let mut viewer = console.browser();
    viewer.sign_in("vera@example.com", PASSWORD).await.expect(303);
    let page = viewer
        .get(&format!("/console/orgs/{org}/setup"))
        .await
        .expect(200);
    assert!(!page.text.contains("Setup links"), "{page:?}");
    let handle = console.instance().org(org).await.unwrap();
    assert!(
        handle
            .owner()
            .unwrap()
            .setup_links()
            .list()
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_link_that_cannot_be_made_is_refused_beside_its_field(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    let target = format!("/console/orgs/{org}/setup-links");
    for days in ["", "0", "31", "x", "9999999999999999999"] {
        owner
            .submit(&target, &[("label", "Anna <b>"), ("days", days)])
            .await
            .expect(422)
            .says(&["id=\"days-error\"", "value=\"Anna &#60;b&#62;\""]);
    }
    owner
        .submit(&target, &[("label", " "), ("days", "7")])
        .await
        .expect(422)
        .says(&["id=\"label-error\""]);
}

async fn a_guest_changes_no_setting_and_gives_no_consent(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    let link = make(&mut owner, org).await;
    let mut browser = guest(&console, &link).await;
    let page = browser.get("/console/connect/okta").await.expect(200);
    for hidden in [
        "with=oauth",
        "unique-identifier\"",
        "Provisioning log",
        "Setup links",
    ] {
        assert!(!page.text.contains(hidden), "{hidden}: {page:?}");
    }
    browser.get("/console/connect/okta?with=oauth").await.expect(404);
    submit(
        &mut browser,
        "/console/connect/okta",
        &[("with", "oauth"), ("app", "acme")],
    )
    .await
    .expect(404);
    submit(
        &mut browser,
        "/console/connect/okta/unique-identifier",
        &[("identifier", "email")],
    )
    .await
    .expect(404);
    let page = submit(&mut browser, "/console/connect/entra", &[("with", "oauth")])
        .await
        .expect(200);
    assert!(copied(&page, "client-secret").starts_with("wicket_cs_"));
}

async fn forms_of_a_link_carry_its_token(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    let link = make(&mut owner, org).await;
    let mut browser = guest(&console, &link).await;
    let fields = [("with", "token"), ("life", "90")];
    browser.post("/console/connect/okta", &fields).await.expect(403);
    browser
        .post_with(
            "/console/connect/okta",
            &[("sec-fetch-site", "cross-site")],
            &fields,
        )
        .await
        .expect(403);
    // The token of another link, and a cookie that holds something else.
    let other = make(&mut owner, org).await;
    let mut second = guest(&console, &other).await;
    let token = second
        .get("/console/connect")
        .await
        .expect(200)
        .field("form_token");
    let fields = [("form_token", token.as_str()), ("with", "token"), ("life", "90")];
    browser.post("/console/connect/okta", &fields).await.expect(403);
    let session = owner.cookies[crate::harness::COOKIE].clone();
    browser.cookies.insert(COOKIE.to_owned(), session);
    browser.get("/console/connect").await.expect(404);
    let handle = console.instance().org(org).await.unwrap();
    assert!(
        handle
            .owner()
            .unwrap()
            .service_users()
            .list()
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_guest_leaves(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    let link = make(&mut owner, org).await;
    let mut browser = guest(&console, &link).await;
    submit(&mut browser, "/console/connect/leave", &[])
        .await
        .expect(200)
        .says(&["You have left"]);
    assert!(!browser.cookies.contains_key(COOKIE));
    browser.get("/console/connect").await.expect(404);
    guest(&console, &link).await;
}

async fn every_page_of_a_link_needs_one(console: TestConsole) {
    let (_, mut owner) = console.owner().await;
    let unknown = "wicket_set_0123456789ABCDEF0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg000000";
    let of_links = wicketgate_console::routes()
        .iter()
        .filter(|route| route.access() == wicketgate_console::Access::Link);
    let mut count = 0;
    for route in of_links {
        count += 1;
        let target = route.path.replace("{idp}", "okta").replace(['{', '}'], "");
        for cookie in ["", unknown, "nonsense"] {
            owner.cookies.insert(COOKIE.to_owned(), cookie.to_owned());
            let page = match route.method {
                "GET" => owner.get(&target).await,
                _ => owner.post(&target, &[]).await,
            };
            page.expect(404).says(&["This link does not hold"]);
        }
    }
    assert!(count > 5, "{count}");
}

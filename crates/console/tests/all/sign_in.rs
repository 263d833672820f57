//! Signing in and out, with a second factor, and where it leads.

use wicketgate_auth::Role;
use wicketgate_testbed::both_engines;

use crate::harness::{COOKIE, PASSWORD, TestConsole};

both_engines! {
    run with crate::harness::run:
    whoever_signs_in_sees_the_organizations_of_the_account,
    a_wrong_password_and_an_unknown_address_have_the_same_answer,
    the_session_cookie_is_bound_to_the_host,
    a_session_that_was_planted_is_replaced_when_somebody_signs_in,
    signing_in_leads_back_to_the_page_that_was_asked_for_and_to_no_other_site,
    signing_out_ends_the_session_wherever_its_cookie_is,
    too_many_attempts_are_told_to_wait,
    what_is_shown_is_escaped,
}

async fn whoever_signs_in_sees_the_organizations_of_the_account(console: TestConsole) {
    let mut browser = console.browser();
    browser.get("/console/sign-in").await.expect(200).says(&[
        "<label for=\"email\">",
        "<label for=\"password\">",
        "autocomplete=\"current-password\"",
    ]);
    let (_, mut browser) = console.owner().await;
    let other = console.org("Globex").await;
    let link = console.invite(other, "anna@example.com", Role::OrgViewer).await;
    browser
        .submit(&format!("/console/invitations/{}", link.reveal()), &[])
        .await
        .leads_to("/console");
    browser.get("/console").await.expect(200).says(&[
        "Acme",
        "Globex",
        "Org Viewer",
        "Org Owner",
        "Anna Berg",
        "aria-current=\"page\"",
    ]);
    browser.get("/console/sign-in").await.leads_to("/console");
}

async fn a_wrong_password_and_an_unknown_address_have_the_same_answer(console: TestConsole) {
    console.owner().await;
    let mut pages = Vec::new();
    for email in ["anna@example.com", "nobody@example.com"] {
        let page = console
            .browser()
            .sign_in(email, "not the password at all")
            .await
            .expect(422);
        assert!(page.cookies().is_empty());
        let page = page.says(&[
            "role=\"alert\"",
            "The e-mail address or the password is wrong.",
            "<title>Error: Sign in",
            &format!("value=\"{email}\""),
        ]);
        assert!(
            !page.text.contains("not the password"),
            "a password was sent back"
        );
        pages.push(page.text.replace(email, ""));
    }
    assert_eq!(pages[0], pages[1]);
    for (email, password) in [("", PASSWORD), ("anna@example.com", "")] {
        console
            .browser()
            .sign_in(email, password)
            .await
            .expect(422)
            .says(&["Type your e-mail address"]);
    }
}

async fn the_session_cookie_is_bound_to_the_host(console: TestConsole) {
    let org = console.org("Acme").await;
    console.account(org, "anna@example.com", Role::OrgOwner).await;
    let page = console.browser().sign_in("ANNA@example.com", PASSWORD).await;
    let cookies = page.cookies();
    assert_eq!(cookies.len(), 1);
    let (value, attributes) = cookies[0].split_once("; ").unwrap();
    assert!(value.starts_with("__Host-wicketgate=wicket_ses_"), "{value}");
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Lax");
}

async fn a_session_that_was_planted_is_replaced_when_somebody_signs_in(console: TestConsole) {
    let (org, attacker) = console.owner().await;
    console.account(org, "ben@example.com", Role::OrgViewer).await;
    let planted = attacker.cookies[COOKIE].clone();
    let mut victim = console.browser();
    victim.cookies.insert(COOKIE.to_owned(), planted.clone());
    victim
        .sign_in("ben@example.com", PASSWORD)
        .await
        .leads_to("/console");
    assert_ne!(victim.cookies[COOKIE], planted);
    victim
        .get("/console/account")
        .await
        .expect(200)
        .says(&["ben@example.com"]);
    // The one before is of no more use to whoever knows it.
    attacker
        .clone()
        .get("/console")
        .await
        .leads_to("/console/sign-in");
}

async fn signing_in_leads_back_to_the_page_that_was_asked_for_and_to_no_other_site(console: TestConsole) {
    console.owner().await;
    for (to, leads_to) in [
        ("/console/account", "/console/account"),
        (
            "/oauth/v2/authorize?client_id=x&state=a%20b",
            "/oauth/v2/authorize?client_id=x&state=a%20b",
        ),
        ("https://evil.example/", "/console"),
        ("//evil.example", "/console"),
        ("/\\evil.example", "/console"),
        ("/console/../../evil", "/console"),
        (".evil.example", "/console"),
        ("@evil.example", "/console"),
        ("javascript:alert(1)", "/console"),
        ("/console/account\r\nx: y", "/console"),
    ] {
        let mut browser = console.browser();
        let query: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
        let kept = browser
            .get(&format!("/console/sign-in?return={query}"))
            .await
            .field("return");
        assert_eq!(kept.replace("&#38;", "&"), leads_to, "{to}");
        let fields = [
            ("email", "anna@example.com"),
            ("password", PASSWORD),
            ("return", to),
        ];
        browser.post("/console/sign-in", &fields).await.leads_to(leads_to);
    }
}

async fn signing_out_ends_the_session_wherever_its_cookie_is(console: TestConsole) {
    let (_, mut browser) = console.owner().await;
    let mut copy = browser.clone();
    let page = browser.submit("/console/sign-out", &[]).await;
    assert!(page.cookies()[0].contains("Max-Age=0"));
    page.leads_to("/console/sign-in");
    assert!(browser.cookies.is_empty());
    copy.get("/console").await.leads_to("/console/sign-in");
}

async fn too_many_attempts_are_told_to_wait(console: TestConsole) {
    console.owner().await;
    let mut browser = console.browser();
    for _ in 0..40 {
        let page = browser.sign_in("anna@example.com", "wrong wrong wrong").await;
        if page.status == 429 {
            let seconds: u64 = page.header("retry-after").unwrap().parse().unwrap();
            assert!(seconds >= 1);
            page.says(&["Too many attempts", "value=\"anna@example.com\""]);
            return;
        }
        page.expect(422);
    }
    panic!("forty wrong passwords in a row were looked at");
}

async fn what_is_shown_is_escaped(console: TestConsole) {
    let hostile = "\"><img src=x onerror=alert(1)>@example.com";
    let page = console.browser().sign_in(hostile, "x").await.expect(422);
    assert!(!page.text.contains("<img"), "{page:?}");
    let org = console.org("<b>Acme</b>").await;
    console.account(org, "anna@example.com", Role::OrgOwner).await;
    let mut browser = console.browser();
    browser
        .sign_in("anna@example.com", PASSWORD)
        .await
        .leads_to("/console");
    let page = browser.get("/console").await.says(&["Acme"]);
    assert!(!page.text.contains("<b>"), "{page:?}");
}

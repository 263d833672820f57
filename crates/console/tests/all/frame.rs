//! What every page has in common: headers, cookies, and refusing what other sites send.

use wicketgate_auth::Role;
use wicketgate_console::{Access, routes};
use wicketgate_testbed::{Database, Engine, both_engines};

use crate::harness::{COOKIE, PASSWORD, TestConsole};

both_engines! {
    run with crate::harness::run:
    a_page_for_the_signed_in_asks_everybody_else_to_sign_in,
    every_answer_has_the_headers_that_keep_a_browser_safe,
    what_another_site_sends_changes_nothing,
    a_form_without_the_token_of_its_session_changes_nothing,
    unknown_pages_and_methods_are_told_apart,
    forms_are_bounded,
    what_is_not_the_consoles_stays_whose_it_was,
}

fn filled(path: &str) -> String {
    path.replace("{orgId}", "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88")
        .replace("{id}", "0123456789ABCDEF")
        .replace("{token}", "nothing")
        .replace("{act}", "delete")
        .replace("{idp}", "okta")
}

async fn a_page_for_the_signed_in_asks_everybody_else_to_sign_in(console: TestConsole) {
    let unknown = "wicket_ses_0123456789ABCDEF0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg000000";
    for route in routes().iter().filter(|route| route.access() == Access::Session) {
        for cookie in [None, Some(unknown), Some("nonsense")] {
            let mut browser = console.browser();
            if let Some(cookie) = cookie {
                browser.cookies.insert(COOKIE.to_owned(), cookie.to_owned());
            }
            let target = filled(route.path);
            let page = match route.method {
                "GET" => browser.get(&target).await,
                _ => browser.post(&target, &[("decision", "allow")]).await,
            };
            let location = page.location();
            assert!(
                location.starts_with("https://scim.example.com/console/sign-in"),
                "{route:?}: {location}"
            );
        }
    }
    console
        .browser()
        .get("/console/account")
        .await
        .leads_to("/console/sign-in?return=%2Fconsole%2Faccount");
}

async fn every_answer_has_the_headers_that_keep_a_browser_safe(console: TestConsole) {
    let (_, mut browser) = console.owner().await;
    for target in [
        "/console",
        "/console/account",
        "/console/sign-in",
        "/console/nothing",
        "/console/style.css",
        "/oauth/v2/authorize",
        "/console/invitations/nothing",
    ] {
        let page = browser.get(target).await;
        for (name, part) in [
            ("content-security-policy", "default-src 'none'"),
            ("content-security-policy", "form-action 'self'"),
            ("content-security-policy", "frame-ancestors 'none'"),
            ("strict-transport-security", "max-age="),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("x-request-id", "-"),
        ] {
            assert!(page.header(name).unwrap().contains(part), "{target}: {name}");
        }
        let kept = if target == "/console/style.css" {
            "public"
        } else {
            "no-store"
        };
        assert!(page.header("cache-control").unwrap().contains(kept), "{target}");
        let referrer = page.header("referrer-policy").unwrap();
        assert!(["no-referrer", "same-origin"].contains(&referrer), "{target}");
        for inline in ["style=", "onclick", "<style"] {
            assert!(!page.text.contains(inline), "{target} has {inline}");
        }
        let scripts = page.text.matches("<script").count();
        assert_eq!(page.text.matches("<script src=\"").count(), scripts, "{target}");
    }
}

async fn what_another_site_sends_changes_nothing(console: TestConsole) {
    let (_, mut browser) = console.owner().await;
    let token = browser.get("/console").await.field("form_token");
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://scim.example.com"),
        ],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[],
    ] {
        browser
            .post_with("/console/sign-out", headers, &[("form_token", &token)])
            .await
            .expect(403)
            .says(&["did not come from a page of the console"]);
        let fields = [("email", "anna@example.com"), ("password", PASSWORD)];
        let page = console
            .browser()
            .post_with("/console/sign-in", headers, &fields)
            .await
            .expect(403);
        assert!(page.cookies().is_empty());
    }
    browser.get("/console").await.expect(200);
    browser
        .post_with(
            "/console/sign-out",
            &[("origin", "https://scim.example.com")],
            &[("form_token", &token)],
        )
        .await
        .leads_to("/console/sign-in");
}

async fn a_form_without_the_token_of_its_session_changes_nothing(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    console.account(org, "ben@example.com", Role::OrgViewer).await;
    let mut other = console.browser();
    other
        .sign_in("ben@example.com", PASSWORD)
        .await
        .leads_to("/console");
    let foreign = other.get("/console").await.field("form_token");
    let own = browser.get("/console").await.field("form_token");
    assert_ne!(foreign, own);
    let mut cut = own.clone();
    cut.pop();
    for fields in [
        &[][..],
        &[("form_token", "")],
        &[("form_token", "nonsense")],
        &[("form_token", foreign.as_str())],
        &[("form_token", cut.as_str())],
        &[("form_token", own.as_str()), ("form_token", own.as_str())],
    ] {
        for route in routes()
            .iter()
            .filter(|route| route.method == "POST" && route.access() == Access::Session)
        {
            browser.post(&filled(route.path), fields).await.expect(403);
        }
    }
    browser.get("/console").await.expect(200);
}

async fn unknown_pages_and_methods_are_told_apart(console: TestConsole) {
    let mut browser = console.browser();
    for target in [
        "/console/",
        "/console/nothing",
        "/console/account/x",
        "/oauth/v2/authorize/x",
    ] {
        browser
            .get(target)
            .await
            .expect(404)
            .says(&["There is no such page"]);
    }
    let page = browser
        .send("DELETE", "/console/sign-in", &[], None)
        .await
        .expect(405);
    assert_eq!(page.header("allow"), Some("GET, POST"));
    browser
        .send("HEAD", "/console/sign-in", &[], None)
        .await
        .expect(200);
}

async fn forms_are_bounded(console: TestConsole) {
    let mut browser = console.browser();
    let ours = [("sec-fetch-site", "same-origin")];
    let long = format!("email={}", "a".repeat(20 << 10));
    browser
        .send("POST", "/console/sign-in", &ours, Some(long))
        .await
        .expect(413);
    for media_type in [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
    ] {
        let headers = [ours[0], ("content-type", media_type)];
        browser
            .send("POST", "/console/sign-in", &headers, Some("email=a".to_owned()))
            .await
            .expect(415);
    }
}

async fn what_is_not_the_consoles_stays_whose_it_was(console: TestConsole) {
    let mut browser = console.browser();
    for target in [
        "/",
        "/consoles",
        "/oauth/v2/token",
        "/oauth/v2/authorizes",
        "/scim/v2/x",
    ] {
        browser.get(target).await.expect(418);
    }
}

#[test]
fn over_plain_http_only_the_own_machine_gets_a_cookie_that_is_not_secure() {
    actix_web::rt::System::new().block_on(async {
        let console = TestConsole::start(Database::new(Engine::Sqlite), "http://localhost:8080").await;
        let org = console.org("Acme").await;
        console.account(org, "anna@example.com", Role::OrgOwner).await;
        let mut browser = console.browser();
        let page = browser.sign_in("anna@example.com", PASSWORD).await.expect(303);
        assert_eq!(page.header("location"), Some("http://localhost:8080/console"));
        let cookie = page.cookies().join("");
        assert!(cookie.starts_with("wicketgate=wicket_ses_"), "{cookie}");
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
        assert_eq!(page.header("strict-transport-security"), None);
        let page = browser.get("/console").await.expect(303);
        let led = format!("http://localhost:8080/console/orgs/{org}");
        assert_eq!(page.header("location"), Some(led.as_str()));

        let console = TestConsole::start(Database::new(Engine::Sqlite), "http://scim.example.com").await;
        console
            .browser()
            .get("/console/sign-in")
            .await
            .expect(200)
            .says(&["plain http"]);
    });
}

#[test]
fn links_begin_with_the_path_of_the_public_url() {
    actix_web::rt::System::new().block_on(async {
        let console = TestConsole::start(Database::new(Engine::Sqlite), "https://example.com/gate").await;
        let page = console.browser().get("/console/sign-in").await.expect(200);
        for part in [
            "href=\"/gate/console/style.css?v=",
            "action=\"/gate/console/sign-in\"",
        ] {
            assert!(page.text.contains(part), "{part}: {page:?}");
        }
    });
}

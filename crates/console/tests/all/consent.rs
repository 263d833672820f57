//! The consent page. The near misses of redirect URIs are tested where they are compared; here is what a browser sees of
//! them.

use url::Url;
use wicketgate_auth::{OrgId, Role, oauth::RedirectUri};
use wicketgate_domain::{
    AccessTokenFormat, Client, ClientAuthentication, DEFAULT_DOMAIN, NewClient, RefreshRotation,
};
use wicketgate_testbed::both_engines;

use crate::harness::{Browser, OTHER_PASSWORD, PASSWORD, Page, TestConsole, all_pages};

const REDIRECT: &str = "https://system-admin.okta.com/admin/app/cpc/acme/oauth/callback";

both_engines! {
    run with crate::harness::run:
    the_page_names_everything_that_is_allowed,
    allowing_sends_a_code_back_once_for_each_answer,
    denying_sends_the_refusal_back,
    nothing_is_redirected_until_client_and_redirect_uri_are_certain,
    what_else_is_wrong_is_told_to_the_client,
    whoever_is_not_signed_in_signs_in_and_comes_back,
    whoever_is_no_owner_is_told_so_and_the_client_nothing,
    an_answer_counts_for_the_request_that_was_shown,
    nothing_is_allowed_without_an_answer,
    what_was_allowed_goes_on_on_the_next_page,
}

async fn client(console: &TestConsole, org: OrgId, redirect_uris: &[&str]) -> Client {
    let org = console.instance().org(org).await.unwrap();
    let owner = org.owner().unwrap();
    let service_user = owner
        .service_users()
        .create("okta", Role::OrgUserManager, DEFAULT_DOMAIN)
        .await
        .unwrap();
    let uris = redirect_uris
        .iter()
        .map(|uri| uri.parse::<RedirectUri>().unwrap());
    let new = NewClient {
        service_user: service_user.id,
        name: "Okta of Acme".to_owned(),
        authentication: ClientAuthentication::ClientSecret,
        access_token_format: AccessTokenFormat::Opaque,
        refresh_rotation: RefreshRotation::Never,
        redirect_uris: uris.collect(),
        secret_life: None,
    };
    owner.clients().create(new).await.unwrap().0
}

/// A request with `changes` applied: a name without a value leaves the parameter out.
fn request(client: &Client, changes: &[(&str, Option<&str>)]) -> String {
    let id = client.id.to_string();
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", id.as_str()),
        ("redirect_uri", REDIRECT),
        ("scope", "scim"),
        ("state", "a b&c=%2F\u{e9}"),
    ];
    for (name, value) in changes {
        parameters.retain(|(known, _)| known != name);
        if let Some(value) = value {
            parameters.push((name, value));
        }
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    format!("/oauth/v2/authorize?{query}")
}

async fn answer(browser: &mut Browser, target: &str, decision: &str) -> Page {
    let page = browser.get(target).await.expect(200);
    let (token, request) = (page.field("form_token"), page.field("request"));
    let fields = [
        ("form_token", token.as_str()),
        ("request", &request),
        ("decision", decision),
    ];
    browser.post(target, &fields).await
}

/// What a client is told by a redirect to its URI.
#[track_caller]
fn told(page: &Page) -> Vec<(String, String)> {
    let location = page.location();
    assert!(location.starts_with(&format!("{REDIRECT}?")), "{location}");
    Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

fn value<'a>(told: &'a [(String, String)], name: &str) -> Option<&'a str> {
    told.iter()
        .find(|(sent, _)| sent == name)
        .map(|(_, value)| value.as_str())
}

async fn the_page_names_everything_that_is_allowed(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let client = client(&console, org, &[REDIRECT]).await;
    let page = browser.get(&request(&client, &[])).await.expect(200).says(&[
        "Acme",
        "Okta of Acme",
        "service user okta",
        "read and change users and groups",
        "system-admin.okta.com",
        "anna@example.com",
        ">Allow<",
        ">Deny<",
    ]);
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("form-action 'self' https://system-admin.okta.com;"),
        "{policy}"
    );
    browser
        .get(&request(&client, &[("scope", Some("scim.read"))]))
        .await
        .expect(200)
        .says(&["read users and groups", "scim.read"]);
}

async fn allowing_sends_a_code_back_once_for_each_answer(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let client = client(&console, org, &[REDIRECT]).await;
    let mut codes = Vec::new();
    for _ in 0..2 {
        let page = answer(&mut browser, &request(&client, &[]), "allow").await;
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        let told = told(&page);
        assert_eq!(value(&told, "state"), Some("a b&c=%2F\u{e9}"));
        assert_eq!(value(&told, "iss"), Some("https://scim.example.com"));
        assert_eq!(value(&told, "error"), None);
        codes.push(value(&told, "code").unwrap().to_owned());
    }
    assert!(codes[0].starts_with("wicket_ac_") && codes[0] != codes[1]);
    let entered = console.instance().org(org).await.unwrap();
    let grants = entered.owner().unwrap().grants().list().await.unwrap();
    assert_eq!(grants.len(), 2);
}

async fn denying_sends_the_refusal_back(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let client = client(&console, org, &[REDIRECT]).await;
    let told = told(&answer(&mut browser, &request(&client, &[]), "deny").await);
    assert_eq!(value(&told, "error"), Some("access_denied"));
    assert_eq!(value(&told, "state"), Some("a b&c=%2F\u{e9}"));
    assert_eq!(value(&told, "iss"), Some("https://scim.example.com"));
    assert_eq!(value(&told, "code"), None);
    answer(&mut browser, &request(&client, &[]), "perhaps")
        .await
        .expect(400);
}

async fn nothing_is_redirected_until_client_and_redirect_uri_are_certain(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let client = client(&console, org, &[REDIRECT, "https://example.com/back"]).await;
    let mut targets = vec!["/oauth/v2/authorize".to_owned()];
    for uri in [
        "https://evil.example/",
        "https://system-admin.okta.com/admin/app/cpc/acme/oauth/callback/",
        "https://system-admin.okta.com/admin/app/cpc/acme/oauth/callback?x=y",
        "https://SYSTEM-ADMIN.okta.com/admin/app/cpc/acme/oauth/callback",
        "http://system-admin.okta.com/admin/app/cpc/acme/oauth/callback",
        "https://system-admin.okta.com.evil.example/admin/app/cpc/acme/oauth/callback",
        "https://system-admin.okta.com/admin/app/cpc/other/oauth/callback",
        "",
    ] {
        targets.push(request(&client, &[("redirect_uri", Some(uri))]));
    }
    targets.push(request(&client, &[("redirect_uri", None)]));
    for id in ["wicket_client_0123456789ABCDEF", "nonsense", ""] {
        targets.push(request(&client, &[("client_id", Some(id))]));
    }
    targets.push(format!(
        "{}&redirect_uri=https%3A%2F%2Fevil.example",
        request(&client, &[])
    ));
    targets.push(format!("{}&client_id={}", request(&client, &[]), client.id));
    for target in targets {
        for mut browser in [browser.clone(), console.browser()] {
            let page = browser
                .get(&target)
                .await
                .expect(400)
                .says(&["You were not sent back"]);
            assert_eq!(page.header("location"), None, "{target}");
        }
        let page = browser.submit(&target, &[("decision", "allow")]).await;
        assert!([400, 403].contains(&page.status), "{page:?}");
        assert_eq!(page.header("location"), None, "{target}");
    }
}

async fn what_else_is_wrong_is_told_to_the_client(console: TestConsole) {
    let (org, browser) = console.owner().await;
    let client = client(&console, org, &[REDIRECT]).await;
    let wrong = [
        (("response_type", Some("token")), "unsupported_response_type"),
        (("response_type", None), "invalid_request"),
        (("scope", Some("nothing.known")), "invalid_scope"),
        (
            ("resource", Some("https://other.example/scim/v2/x")),
            "invalid_target",
        ),
        (("code_challenge", Some("short")), "invalid_request"),
        (("code_challenge_method", Some("plain")), "invalid_request"),
        (("response_mode", Some("fragment")), "invalid_request"),
        (("response_mode", Some("form_post")), "invalid_request"),
    ];
    for (change, code) in wrong {
        // The client is told whether or not somebody is signed in.
        for mut browser in [browser.clone(), console.browser()] {
            let told = told(&browser.get(&request(&client, &[change])).await);
            assert_eq!(value(&told, "error"), Some(code), "{change:?}");
            assert_eq!(value(&told, "state"), Some("a b&c=%2F\u{e9}"));
            assert_eq!(value(&told, "iss"), Some("https://scim.example.com"));
        }
    }
    let repeated = format!(
        "{}&response_mode=query&response_mode=query",
        request(&client, &[])
    );
    assert_eq!(
        value(&told(&browser.clone().get(&repeated).await), "error"),
        Some("invalid_request")
    );
    let mode = request(&client, &[("response_mode", Some("query"))]);
    browser.clone().get(&mode).await.expect(200);
    let without_state = told(
        &browser
            .clone()
            .get(&request(&client, &[("state", None), ("scope", Some("x"))]))
            .await,
    );
    assert_eq!(value(&without_state, "state"), None);
}

async fn whoever_is_not_signed_in_signs_in_and_comes_back(console: TestConsole) {
    let (org, _) = console.owner().await;
    let client = client(&console, org, &[REDIRECT]).await;
    let target = request(&client, &[]);
    let mut browser = console.browser();
    let page = browser.get(&target).await;
    let sign_in = page
        .location()
        .strip_prefix("https://scim.example.com")
        .unwrap()
        .to_owned();
    let to = browser
        .get(&sign_in)
        .await
        .expect(200)
        .field("return")
        .replace("&#38;", "&");
    let fields = [
        ("email", "anna@example.com"),
        ("password", PASSWORD),
        ("return", &to),
    ];
    browser.post("/console/sign-in", &fields).await.leads_to(&target);
    let told = told(&answer(&mut browser, &target, "allow").await);
    assert!(value(&told, "code").is_some());
}

async fn whoever_is_no_owner_is_told_so_and_the_client_nothing(console: TestConsole) {
    let (org, _) = console.owner().await;
    let client = client(&console, org, &[REDIRECT]).await;
    console.account(org, "vera@example.com", Role::OrgViewer).await;
    let other = console.org("Globex").await;
    console.account(other, "otto@example.com", Role::OrgOwner).await;
    for email in ["vera@example.com", "otto@example.com"] {
        let mut browser = console.browser();
        browser.sign_in(email, PASSWORD).await.leads_to("/console");
        let page = browser.get(&request(&client, &[])).await.expect(403);
        page.says(&["An Org Owner has to allow this", "Okta of Acme", email]);
        let fields = [("decision", "allow"), ("request", "AAAA")];
        browser.submit(&request(&client, &[]), &fields).await.expect(403);
    }
    let entered = console.instance().org(org).await.unwrap();
    assert!(entered.owner().unwrap().grants().list().await.unwrap().is_empty());
}

async fn an_answer_counts_for_the_request_that_was_shown(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let client = client(&console, org, &[REDIRECT]).await;
    let read = request(&client, &[("scope", Some("scim.read"))]);
    let page = browser.get(&read).await.expect(200);
    let (token, shown) = (page.field("form_token"), page.field("request"));
    let fields = [
        ("form_token", token.as_str()),
        ("request", &shown),
        ("decision", "allow"),
    ];
    browser.post(&request(&client, &[]), &fields).await.expect(403);
    for (name, value) in [("request", ""), ("request", "nonsense"), ("form_token", "")] {
        let fields = fields.map(|(known, old)| (known, if known == name { value } else { old }));
        browser.post(&read, &fields).await.expect(403);
    }
    let ours = [("sec-fetch-site", "cross-site")];
    browser.post_with(&read, &ours, &fields).await.expect(403);
    // Another session of the same account has been shown nothing.
    let mut other = console.browser();
    other
        .sign_in("anna@example.com", PASSWORD)
        .await
        .leads_to("/console");
    other.submit(&read, &fields[1..]).await.expect(403);
    told(&browser.post(&read, &fields).await);
}

async fn nothing_is_allowed_without_an_answer(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let client = client(&console, org, &[REDIRECT]).await;
    told(&answer(&mut browser, &request(&client, &[]), "allow").await);
    // Neither a former approval nor a wish of the client's takes the question away.
    for prompt in [None, Some("none"), Some("consent")] {
        let page = browser
            .get(&request(&client, &[("prompt", prompt)]))
            .await
            .expect(200);
        assert_eq!(page.header("location"), None);
    }
    // A session that has ended allows nothing more.
    let page = browser.get(&request(&client, &[])).await.expect(200);
    let (token, shown) = (page.field("form_token"), page.field("request"));
    browser
        .submit(
            "/console/account/password",
            &[("current", PASSWORD), ("new", OTHER_PASSWORD)],
        )
        .await
        .leads_to("/console/account?done=password");
    let fields = [
        ("form_token", token.as_str()),
        ("request", &shown),
        ("decision", "allow"),
    ];
    browser.post(&request(&client, &[]), &fields).await.expect(403);
}

/// The grants that a page can take back.
fn grants(page: &Page) -> Vec<String> {
    let links = page.text.split("/grants/").skip(1);
    links
        .map(|rest| rest.split("/revoke").next().unwrap().to_owned())
        .collect()
}

async fn what_was_allowed_goes_on_on_the_next_page(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let client = client(&console, org, &[REDIRECT]).await;
    let target = request(&client, &[]);
    for _ in 0..52 {
        answer(&mut browser, &target, "allow").await.expect(303);
    }
    let path = format!("/console/orgs/{org}/clients/{}", client.id);
    for query in ["", "?order=oldest", "?state=holds"] {
        let found = all_pages(&mut browser, &format!("{path}{query}"), "grants", grants).await;
        assert_eq!(found.len(), 52, "{query}");
    }
    browser
        .get(&format!("{path}?state=taken-back"))
        .await
        .expect(200)
        .says(&["None of the grants fits.", "Show all grants"]);
    for field in ["state", "order", "after"] {
        browser
            .get(&format!("{path}?{field}=nonsense"))
            .await
            .expect(400)
            .says(&["This was not understood"]);
    }
}

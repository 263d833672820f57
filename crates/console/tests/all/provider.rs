//! Signing in through an organization's own OpenID provider, and everything a provider or a browser may try.

use wicketgate_auth::{OrgId, Plaintext, Role};
use wicketgate_testbed::both_engines;

use crate::harness::{
    Browser, CLIENT_ID, CLIENT_SECRET, COOKIE, ISSUER, Lie, PASSWORD, Page, TestConsole, unescape,
};

both_engines! {
    run with crate::harness::run:
    whoever_is_bound_signs_in_through_the_provider,
    the_same_address_with_another_subject_opens_nothing,
    no_hostile_answer_signs_anybody_in,
    a_provider_that_names_another_issuer_is_not_used,
    what_a_provider_says_of_itself_is_kept_for_ten_minutes,
    a_key_that_is_not_known_yet_is_asked_for,
    a_state_counts_once_and_in_the_browser_where_it_began,
    a_sign_in_that_took_too_long_begins_again,
    a_provider_of_one_organization_opens_no_other,
    only_a_provider_that_is_set_up_is_asked,
    a_provider_that_refuses_signs_nobody_in,
    binding_needs_the_session_that_began_it,
    an_account_that_is_no_longer_bound_is_signed_out_and_stays_out,
}

async fn set_up(console: &TestConsole, org: OrgId) {
    let org = console.instance().org(org).await.unwrap();
    let secret = Plaintext::new(CLIENT_SECRET.to_owned());
    let owner = org.owner().unwrap();
    owner
        .identity_providers()
        .set("Acme ID", ISSUER, CLIENT_ID, &secret)
        .await
        .unwrap();
}

fn path(org: OrgId, further: &str) -> String {
    let issuer: String = url::form_urlencoded::byte_serialize(ISSUER.as_bytes()).collect();
    format!("/console/sign-in/{org}/provider?issuer={issuer}{further}")
}

/// Goes to the provider, signs in there as `subject`, and answers where the browser is sent back to.
async fn through(console: &TestConsole, browser: &mut Browser, path: &str, subject: &str) -> String {
    let page = browser.get(path).await;
    let back = console.provider().sign_in(page.location(), subject);
    back.strip_prefix("https://scim.example.com").unwrap().to_owned()
}

/// An organization with a provider, whose owner anna@example.com is its subject `anna-1`.
async fn bound(console: &TestConsole) -> OrgId {
    let (org, mut browser) = console.owner().await;
    set_up(console, org).await;
    let binding = binding(&mut browser).await;
    let back = through(console, &mut browser, &binding, "anna-1").await;
    browser.get(&back).await.leads_to("/console/account?done=bound");
    org
}

/// Where the account page says that binding begins.
async fn binding(browser: &mut Browser) -> String {
    let page = browser
        .get("/console/account")
        .await
        .expect(200)
        .says(&["Use Acme ID"]);
    let mut links = page
        .text
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next());
    let link = links.find(|link| link.contains("bind=")).unwrap();
    unescape(link)
}

fn nobody(page: &Page, browser: &Browser) {
    assert!(page.status >= 400, "{page:?}");
    assert!(!browser.cookies.contains_key(COOKIE), "{page:?}");
    assert!(
        !browser.cookies.contains_key("__Host-wicketgate-provider"),
        "{page:?}"
    );
}

async fn whoever_is_bound_signs_in_through_the_provider(console: TestConsole) {
    let org = bound(&console).await;
    let mut browser = console.browser();
    let offer = browser
        .get(&format!("/console/sign-in/{org}?return=%2Fconsole%2Faccount"))
        .await
        .expect(200);
    offer.says(&["Continue with Acme ID"]);
    let begun = browser.get(&path(org, "&return=%2Fconsole%2Faccount")).await;
    let cookie = begun.cookies().join("");
    assert!(cookie.starts_with("__Host-wicketgate-provider="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    let back = console.provider().sign_in(begun.location(), "anna-1");
    let page = browser
        .get(back.strip_prefix("https://scim.example.com").unwrap())
        .await;
    page.leads_to("/console/account");
    assert!(browser.cookies[COOKIE].starts_with("wicket_ses_"));
    assert!(!browser.cookies.contains_key("__Host-wicketgate-provider"));
    browser
        .get("/console")
        .await
        .expect(200)
        .says(&["Acme", "Anna Berg"]);
    browser
        .get("/console/account")
        .await
        .expect(200)
        .says(&["signed in through your organization"]);
}

async fn the_same_address_with_another_subject_opens_nothing(console: TestConsole) {
    let org = bound(&console).await;
    // The token of the provider names anna@example.com, verified, whoever it is about.
    for subject in ["anna-2", "anna@example.com", "ANNA-1", "anna-1 "] {
        let mut browser = console.browser();
        let back = through(&console, &mut browser, &path(org, ""), subject).await;
        let page = browser.get(&back).await;
        nobody(&page, &browser);
        page.says(&["No account is bound to you"]);
    }
}

async fn no_hostile_answer_signs_anybody_in(console: TestConsole) {
    let org = bound(&console).await;
    for lie in Lie::ALL {
        let mut browser = console.browser();
        let back = through(&console, &mut browser, &path(org, ""), "anna-1").await;
        console.provider().lie(Some(lie));
        let page = browser.get(&back).await;
        assert_eq!(page.status, 502, "{lie:?}: {page:?}");
        nobody(&page, &browser);
        console.provider().lie(None);
    }
    let mut browser = console.browser();
    let back = through(&console, &mut browser, &path(org, ""), "anna-1").await;
    browser.get(&back).await.leads_to("/console");
}

async fn a_provider_that_names_another_issuer_is_not_used(console: TestConsole) {
    let (org, _) = console.owner().await;
    set_up(&console, org).await;
    console.provider().lie(Some(Lie::DiscoveryOfAnotherIssuer));
    for _ in 0..2 {
        let mut browser = console.browser();
        let page = browser.get(&path(org, "")).await.expect(502);
        nobody(&page, &browser);
    }
    // What was not believed is not kept.
    console.provider().lie(None);
    let mut browser = console.browser();
    through(&console, &mut browser, &path(org, ""), "anna-1").await;
}

async fn what_a_provider_says_of_itself_is_kept_for_ten_minutes(console: TestConsole) {
    let org = bound(&console).await;
    let other = console.org("Globex").await;
    set_up(&console, other).await;
    let asked = console.provider().key_requests();
    assert_eq!(asked, 1);
    for _ in 0..3 {
        let mut browser = console.browser();
        let back = through(&console, &mut browser, &path(org, ""), "anna-1").await;
        browser.get(&back).await.leads_to("/console");
        // It says the same to every organization.
        through(&console, &mut console.browser(), &path(other, ""), "anna-1").await;
    }
    assert_eq!(console.provider().key_requests(), asked);
    console.pass(601);
    console.provider().pass(601);
    let mut browser = console.browser();
    let back = through(&console, &mut browser, &path(org, ""), "anna-1").await;
    browser.get(&back).await.leads_to("/console");
    assert_eq!(console.provider().key_requests(), asked + 1);
}

async fn a_key_that_is_not_known_yet_is_asked_for(console: TestConsole) {
    let org = bound(&console).await;
    let asked = console.provider().key_requests();
    console.provider().sign_with("second");
    for _ in 0..2 {
        let mut browser = console.browser();
        let back = through(&console, &mut browser, &path(org, ""), "anna-1").await;
        browser.get(&back).await.leads_to("/console");
    }
    assert_eq!(console.provider().key_requests(), asked + 1);
    // One that the provider has not is asked for once with each sign-in, and signs nobody in.
    console.provider().lie(Some(Lie::UnknownKey));
    let mut browser = console.browser();
    let back = through(&console, &mut browser, &path(org, ""), "anna-1").await;
    nobody(&browser.get(&back).await.expect(502), &browser);
    assert_eq!(console.provider().key_requests(), asked + 2);
}

async fn a_state_counts_once_and_in_the_browser_where_it_began(console: TestConsole) {
    let org = bound(&console).await;
    let mut browser = console.browser();
    let back = through(&console, &mut browser, &path(org, ""), "anna-1").await;
    // Another browser, with and without a sign-in of its own, cannot use the address.
    let mut other = console.browser();
    nobody(&other.get(&back).await.expect(400), &other);
    through(&console, &mut other, &path(org, ""), "anna-1").await;
    nobody(&other.get(&back).await.expect(400), &other);
    let mut near = console.browser();
    near.cookies = browser.cookies.clone();
    let (before, _) = back.split_once("&state=").unwrap();
    for state in ["", "&state=", "&state=another"] {
        let mut near = near.clone();
        nobody(&near.get(&format!("{before}{state}")).await.expect(400), &near);
    }
    for cookie in ["", "nonsense", "AAAAAQ"] {
        let mut near = console.browser();
        near.cookies
            .insert("__Host-wicketgate-provider".to_owned(), cookie.to_owned());
        nobody(&near.get(&back).await.expect(400), &near);
    }
    let requests = console.provider().requests();
    let mixed_up = back.replace("idp.example.com", "evil.example");
    nobody(&near.clone().get(&mixed_up).await.expect(502), &console.browser());
    assert_eq!(
        console.provider().requests(),
        requests,
        "a code was shown to a provider that did not issue it"
    );

    let kept = browser.clone();
    browser.get(&back).await.leads_to("/console");
    nobody(
        &console.browser().get(&back).await.expect(400),
        &console.browser(),
    );
    // A copy of the cookie gets as far as the provider, which knows the code no more.
    let mut copy = kept;
    nobody(&copy.get(&back).await.expect(502), &copy);
}

async fn a_sign_in_that_took_too_long_begins_again(console: TestConsole) {
    let org = bound(&console).await;
    let mut browser = console.browser();
    let back = through(&console, &mut browser, &path(org, ""), "anna-1").await;
    console.pass(601);
    let page = browser.get(&back).await.expect(400);
    nobody(&page, &browser);
    page.says(&["longer than ten minutes"]);
}

async fn a_provider_of_one_organization_opens_no_other(console: TestConsole) {
    let org = bound(&console).await;
    let other = console.org("Globex").await;
    set_up(&console, other).await;
    console.account(other, "otto@example.com", Role::OrgOwner).await;
    let mut browser = console.browser();
    let back = through(&console, &mut browser, &path(other, ""), "anna-1").await;
    nobody(&browser.get(&back).await.expect(403), &browser);
    // Anna is also an owner of the other organization, with her password and not through this provider.
    let token = console.invite(other, "anna@example.com", Role::OrgOwner).await;
    let mut anna = console.browser();
    anna.sign_in("anna@example.com", PASSWORD)
        .await
        .leads_to("/console");
    let target = format!("/console/invitations/{}", token.reveal());
    let form_token = anna.get(&target).await.expect(200).field("form_token");
    anna.post(&target, &[("form_token", &form_token)])
        .await
        .leads_to("/console");
    anna.get("/console").await.says(&["Acme", "Globex"]);
    let mut vouched = console.browser();
    let back = through(&console, &mut vouched, &path(org, ""), "anna-1").await;
    vouched.get(&back).await.leads_to("/console");
    let page = vouched.get("/console").await.says(&["Acme"]);
    assert!(!page.text.contains("Globex"), "{page:?}");
}

async fn only_a_provider_that_is_set_up_is_asked(console: TestConsole) {
    let org = bound(&console).await;
    let requests = console.provider().requests();
    let unknown = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88";
    for target in [
        format!("/console/sign-in/{org}/provider"),
        format!("/console/sign-in/{org}/provider?issuer=https%3A%2F%2Fevil.example"),
        format!("/console/sign-in/{org}/provider?issuer=https%3A%2F%2Fidp.example.com%2Frealm%2F"),
        path(unknown.parse().unwrap(), ""),
        "/console/sign-in/nonsense/provider".to_owned(),
    ] {
        console.browser().get(&target).await.expect(404);
    }
    assert_eq!(console.provider().requests(), requests);
    let without = console.org("Globex").await;
    for org in [without.to_string(), unknown.to_owned()] {
        console
            .browser()
            .get(&format!("/console/sign-in/{org}"))
            .await
            .leads_to("/console/sign-in");
    }
}

async fn a_provider_that_refuses_signs_nobody_in(console: TestConsole) {
    let org = bound(&console).await;
    let mut browser = console.browser();
    let back = through(&console, &mut browser, &path(org, ""), "anna-1").await;
    let refused = back.replace("code=", "error=access_denied&error_description=%3Cb%3E&x=");
    let page = browser.get(&refused).await.expect(403);
    nobody(&page, &browser);
    assert!(!page.text.contains("<b>"), "{page:?}");
}

async fn binding_needs_the_session_that_began_it(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    set_up(&console, org).await;
    let binding = binding(&mut browser).await;
    let sign_in = console.browser().get(&binding).await;
    assert!(
        sign_in
            .location()
            .starts_with("https://scim.example.com/console/sign-in?"),
        "{sign_in:?}"
    );
    for forged in [path(org, "&bind="), path(org, "&bind=1"), path(org, "&bind=AAAA")] {
        browser.get(&forged).await.expect(403);
    }
    let back = through(&console, &mut browser, &binding, "anna-1").await;
    console.account(org, "ben@example.com", Role::OrgOwner).await;
    let mut ben = console.browser();
    ben.sign_in("ben@example.com", PASSWORD)
        .await
        .leads_to("/console");
    ben.cookies.insert(
        "__Host-wicketgate-provider".to_owned(),
        browser.cookies["__Host-wicketgate-provider"].clone(),
    );
    ben.get(&binding).await.expect(403);
    ben.get(&back).await.expect(403);
    let mut through_provider = console.browser();
    let back = through(&console, &mut through_provider, &path(org, ""), "anna-1").await;
    nobody(&through_provider.get(&back).await.expect(403), &through_provider);
}

async fn an_account_that_is_no_longer_bound_is_signed_out_and_stays_out(console: TestConsole) {
    let org = bound(&console).await;
    let mut vouched = console.browser();
    let back = through(&console, &mut vouched, &path(org, ""), "anna-1").await;
    vouched.get(&back).await.leads_to("/console");
    let mut browser = console.browser();
    browser
        .sign_in("anna@example.com", PASSWORD)
        .await
        .leads_to("/console");
    browser
        .get("/console/account")
        .await
        .says(&["Stop using Acme ID"]);
    let org_id = org.to_string();
    let fields = [("org", org_id.as_str()), ("issuer", ISSUER)];
    browser
        .submit("/console/account/identities/unbind", &fields)
        .await
        .leads_to("/console/account?done=unbound");
    vouched.get("/console").await.leads_to("/console/sign-in");
    let mut anew = console.browser();
    let back = through(&console, &mut anew, &path(org, ""), "anna-1").await;
    nobody(&anew.get(&back).await.expect(403), &anew);
}

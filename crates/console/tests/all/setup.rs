//! Connecting an identity provider: the guides, what is made on them, and who may do it.

use std::time::Duration;

use serde_json::json;
use wicketgate_auth::{OrgId, Presented, Role};
use wicketgate_domain::{Caller, Entry, Error, Failure, UniqueIdentifier};
use wicketgate_testbed::both_engines;

use crate::harness::{Browser, PASSWORD, PUBLIC_URL, Page, TestConsole};

both_engines! {
    run with crate::harness::run:
    every_guide_shows_the_fields_of_the_other_sides_form,
    a_token_is_made_in_one_step_and_shown_once,
    a_second_token_serves_the_same_service_user_and_the_first_is_revoked_after_a_question,
    an_oauth_client_is_made_with_the_addresses_of_an_okta_app,
    entra_gets_a_client_without_addresses,
    a_credential_is_made_by_whoever_has_shown_lately_who_it_is,
    what_cannot_be_made_is_said_beside_its_field,
    the_unique_identifier_is_chosen_for_the_organization,
    a_viewer_reads_the_guide_and_makes_nothing,
    strangers_meet_no_guide,
    the_checklist_ticks_itself_as_the_identity_provider_goes_on,
    a_failed_step_says_why_and_what_to_do,
    a_stream_ends_with_the_session,
    a_page_that_nobody_loads_again_is_not_followed_for_ever,
}

/// What stands in an element that is copied.
pub(crate) fn copied(page: &Page, id: &str) -> String {
    let start = format!("<code id=\"{id}\">");
    let rest = page.text.split_once(&start);
    let rest = rest
        .unwrap_or_else(|| panic!("nothing to copy as {id}: {page:?}"))
        .1;
    crate::harness::unescape(rest.split('<').next().unwrap())
}

fn path(org: OrgId, rest: &str) -> String {
    format!("/console/orgs/{org}/setup{rest}")
}

async fn make_token(browser: &mut Browser, org: OrgId) -> Page {
    browser
        .submit(&path(org, "/okta"), &[("with", "token"), ("life", "365")])
        .await
}

/// As what a token is accepted, if it is.
pub(crate) async fn accepts(console: &TestConsole, org: OrgId, token: &str) -> Option<Role> {
    let presented = Presented::from_authorization(Some(&format!("Bearer {token}")));
    let entered = console
        .instance()
        .gateway()
        .enter(org, &presented, Caller::default(), String::new())
        .await;
    entered.ok().map(|org| org.role())
}

async fn every_guide_shows_the_fields_of_the_other_sides_form(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let choice = browser.get(&path(org, "")).await.expect(200);
    for (slug, fields) in [
        (
            "okta",
            ["SCIM connector base URL", "Unique identifier field for users"],
        ),
        ("entra", ["Tenant URL", "Secret Token"]),
        ("onelogin", ["SCIM Base URL", "SCIM Bearer Token"]),
        ("jumpcloud", ["Base URL", "Token Key"]),
        ("ping", ["OAuth Access Token", "User Filter Expression"]),
        ("other", ["Token, API key or bearer token", "SCIM version"]),
    ] {
        assert!(
            choice
                .text
                .contains(&format!("href=\"{}\"", path(org, &format!("/{slug}")))),
            "{slug} is not offered: {choice:?}"
        );
        let page = browser
            .get(&path(org, &format!("/{slug}")))
            .await
            .expect(200)
            .says(&fields);
        assert_eq!(copied(&page, "scim-base"), format!("{PUBLIC_URL}/scim/v2/{org}"));
    }
    let oauth = browser.get(&path(org, "/entra?with=oauth")).await.expect(200);
    assert_eq!(
        copied(&oauth, "token-endpoint"),
        format!("{PUBLIC_URL}/oauth/v2/token")
    );
    browser.get(&path(org, "/nobody")).await.expect(404);
}

async fn a_token_is_made_in_one_step_and_shown_once(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    browser
        .get(&path(org, "/okta"))
        .await
        .expect(200)
        .says(&["Make it in step 2", "Make a token"]);
    let page = make_token(&mut browser, org)
        .await
        .expect(200)
        .says(&["shown once"]);
    let token = copied(&page, "token-value");
    assert_eq!(accepts(&console, org, &token).await, Some(Role::OrgUserManager));
    let handle = console.instance().org(org).await.unwrap();
    let service_users = handle.owner().unwrap().service_users().list().await.unwrap();
    assert_eq!(
        service_users
            .iter()
            .map(|known| (known.name.as_str(), known.role))
            .collect::<Vec<_>>(),
        [("Okta", Role::OrgUserManager)]
    );
    let later = browser
        .get(&path(org, "/okta"))
        .await
        .expect(200)
        .says(&["Make another token", "Revoke<span"]);
    assert!(!later.text.contains(&token), "{later:?}");
}

async fn a_second_token_serves_the_same_service_user_and_the_first_is_revoked_after_a_question(
    console: TestConsole,
) {
    let (org, mut browser) = console.owner().await;
    let first = copied(&make_token(&mut browser, org).await.expect(200), "token-value");
    let second = copied(&make_token(&mut browser, org).await.expect(200), "token-value");
    let handle = console.instance().org(org).await.unwrap();
    let owner = handle.owner().unwrap();
    assert_eq!(owner.service_users().list().await.unwrap().len(), 1);
    let id = first["wicket_pat_".len()..][..16].to_owned();
    let ask = path(org, &format!("/okta/tokens/{id}/revoke"));
    browser.get(&ask).await.expect(200).says(&[
        "Revoke the token Okta",
        "cannot be undone",
        "One other token stays accepted.",
    ]);
    assert!(
        accepts(&console, org, &first).await.is_some(),
        "asking revokes nothing"
    );
    browser
        .submit(&ask, &[])
        .await
        .leads_to(&path(org, "/okta?done=token"));
    assert_eq!(accepts(&console, org, &first).await, None);
    assert!(accepts(&console, org, &second).await.is_some());
    // It is no token of another identity provider, and is gone.
    browser.get(&ask).await.expect(404);
    let id = &second["wicket_pat_".len()..][..16];
    browser
        .submit(&path(org, &format!("/entra/tokens/{id}/revoke")), &[])
        .await
        .expect(404);
    assert!(accepts(&console, org, &second).await.is_some());
}

async fn an_oauth_client_is_made_with_the_addresses_of_an_okta_app(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let wrong = browser
        .submit(&path(org, "/okta"), &[("with", "oauth"), ("app", "an <app>")])
        .await
        .expect(422)
        .says(&["Write the name as Okta shows it", "an &#60;app&#62;"]);
    assert!(!wrong.text.contains("<app>"));
    let page = browser
        .submit(
            &path(org, "/okta"),
            &[("with", "oauth"), ("app", "acme_wicketgate_1")],
        )
        .await
        .expect(200);
    assert_eq!(
        copied(&page, "authorization-endpoint"),
        format!("{PUBLIC_URL}/oauth/v2/authorize")
    );
    assert!(copied(&page, "client-secret").starts_with("wicket_cs_"));
    let id = copied(&page, "client-id");
    let handle = console.instance().org(org).await.unwrap();
    let client = handle
        .owner()
        .unwrap()
        .clients()
        .get(id.parse().unwrap())
        .await
        .unwrap();
    assert_eq!(client.redirect_uris.len(), 4);
    assert!(client.redirect_uris[0].as_str().contains("/acme_wicketgate_1/"));
    let later = browser.get(&path(org, "/okta?with=oauth")).await.expect(200);
    assert_eq!(copied(&later, "client-id"), id);
    assert!(!later.text.contains("wicket_cs_"));
    let ask = path(org, &format!("/okta/clients/{id}/delete"));
    browser
        .get(&ask)
        .await
        .expect(200)
        .says(&["Delete the OAuth client", &id]);
    browser.submit(&ask, &[]).await.expect(303);
    let gone = handle.owner().unwrap().clients().get(id.parse().unwrap()).await;
    assert!(matches!(gone, Err(Error::NotFound)));
}

async fn entra_gets_a_client_without_addresses(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let page = browser
        .submit(&path(org, "/entra"), &[("with", "oauth")])
        .await
        .expect(200);
    let id = copied(&page, "client-id");
    let handle = console.instance().org(org).await.unwrap();
    let owner = handle.owner().unwrap();
    let client = owner.clients().get(id.parse().unwrap()).await.unwrap();
    assert!(client.redirect_uris.is_empty());
    let service_user = &owner.service_users().list().await.unwrap()[0];
    assert_eq!(
        (service_user.id, service_user.name.as_str()),
        (client.service_user, "Entra")
    );
}

async fn a_credential_is_made_by_whoever_has_shown_lately_who_it_is(console: TestConsole) {
    let (org, _) = console.owner().await;
    // Somebody who signed in ten minutes ago.
    console.pass(-600);
    let mut browser = console.browser();
    browser.sign_in("anna@example.com", PASSWORD).await.expect(303);
    console.pass(600);
    let page = browser.get(&path(org, "/okta")).await.expect(200);
    assert!(!page.text.contains("id=\"make\""), "{page:?}");
    let to = path(org, "/okta?with=token");
    let encoded: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
    let again = format!("/console/reauthenticate?return={encoded}");
    assert!(page.text.contains(&again), "{again}: {page:?}");
    make_token(&mut browser, org).await.leads_to(&again);
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
    let token = browser
        .get("/console/account")
        .await
        .expect(200)
        .field("form_token");
    let fields = [
        ("form_token", token.as_str()),
        ("return", to.as_str()),
        ("password", PASSWORD),
    ];
    browser
        .post("/console/reauthenticate", &fields)
        .await
        .leads_to(&path(org, "/okta?with=token"));
    make_token(&mut browser, org).await.expect(200);
}

async fn what_cannot_be_made_is_said_beside_its_field(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    for life in ["", "x", "0", "731", "18446744073709551615"] {
        browser
            .submit(&path(org, "/okta"), &[("with", "token"), ("life", life)])
            .await
            .expect(422)
            .says(&["id=\"life-error\""]);
    }
    let handle = console.instance().org(org).await.unwrap();
    let owner = handle.owner().unwrap();
    assert!(owner.service_users().list().await.unwrap().is_empty());
    owner
        .service_users()
        .create("OKTA", Role::OrgOwner, "default")
        .await
        .unwrap();
    make_token(&mut browser, org)
        .await
        .expect(422)
        .says(&["Nothing was made", "the service user OKTA has the role Org Owner"]);
    for _ in 0..5 {
        browser
            .submit(&path(org, "/ping"), &[("with", "token"), ("life", "30")])
            .await
            .expect(200);
    }
    browser
        .submit(&path(org, "/ping"), &[("with", "token"), ("life", "30")])
        .await
        .expect(422)
        .says(&["5 tokens are accepted already"]);
}

async fn the_unique_identifier_is_chosen_for_the_organization(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let target = path(org, "/okta/unique-identifier");
    browser
        .submit(&target, &[("identifier", "email")])
        .await
        .leads_to(&path(org, "/okta?done=identifier"));
    let handle = console.instance().org(org).await.unwrap();
    assert_eq!(handle.settings().unique_identifier, UniqueIdentifier::Email);
    browser
        .get(&path(org, "/okta?done=identifier"))
        .await
        .expect(200)
        .says(&[
            "The unique identifier was changed",
            "<option value=\"email\" selected>",
        ]);
    browser
        .submit(&target, &[("identifier", "shoe")])
        .await
        .expect(400);
}

async fn a_viewer_reads_the_guide_and_makes_nothing(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    make_token(&mut owner, org).await.expect(200);
    console.account(org, "vera@example.com", Role::OrgViewer).await;
    let mut viewer = console.browser();
    viewer.sign_in("vera@example.com", PASSWORD).await.expect(303);
    let page = viewer
        .get(&path(org, "/okta"))
        .await
        .expect(200)
        .says(&["An Org Owner makes it here."]);
    for hidden in ["id=\"make\"", "ends in", "unique-identifier\"", "reauthenticate"] {
        assert!(!page.text.contains(hidden), "{hidden}: {page:?}");
    }
    make_token(&mut viewer, org).await.expect(403);
    viewer
        .submit(&path(org, "/okta/unique-identifier"), &[("identifier", "email")])
        .await
        .expect(403);
    let handle = console.instance().org(org).await.unwrap();
    assert_eq!(handle.settings().unique_identifier, UniqueIdentifier::UserName);
}

async fn strangers_meet_no_guide(console: TestConsole) {
    let (org, _) = console.owner().await;
    let other = console.org("Other").await;
    console.account(other, "olga@example.com", Role::OrgOwner).await;
    let mut stranger = console.browser();
    stranger.sign_in("olga@example.com", PASSWORD).await.expect(303);
    for rest in ["", "/okta"] {
        stranger.get(&path(org, rest)).await.expect(404);
    }
    make_token(&mut stranger, org).await.expect(404);
    console
        .browser()
        .get(&path(org, "/okta"))
        .await
        .expect(303)
        .says(&[]);
}

/// What an identity provider does with its token, and what the log gets of it.
async fn provision(console: &TestConsole, org: OrgId, token: &str, name: &str) {
    let presented = Presented::from_authorization(Some(&format!("Bearer {token}")));
    let gateway = console.instance().gateway();
    let entered = gateway
        .enter(org, &presented, Caller::default(), String::new())
        .await
        .unwrap();
    let mut entry = Entry::new("POST", "/Users");
    let body = json!({"userName": name});
    let created = entered
        .user_manager()
        .unwrap()
        .users()
        .create(body.as_object().cloned().unwrap())
        .await;
    let status = if let Ok(written) = &created {
        entry.wrote(written);
        201
    } else {
        let duplicate = Failure::Duplicate {
            attribute: "userName".to_owned(),
        };
        entry.sent(&entered, body.as_object().unwrap());
        entry.failed(&duplicate, None, "Taken.");
        409
    };
    entered.log(entry.answered(status, Duration::ZERO));
}

async fn the_checklist_ticks_itself_as_the_identity_provider_goes_on(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let page = browser.get(&path(org, "/okta")).await.expect(200).says(&[
        "<li id=\"step-credential\" data-state=\"waiting\">",
        "0 of 6 steps are done.",
        "Check again",
    ]);
    let live = format!("data-live=\"{}\"", path(org, "/okta/live"));
    assert!(page.text.contains(&live), "{page:?}");
    let token = copied(&make_token(&mut browser, org).await.expect(200), "token-value");
    let mut events = browser.follow(&path(org, "/okta/live"), &[]).await;
    assert_eq!(events.status, 200);
    let first = events.next().await.unwrap();
    assert!(
        first.contains(r#"{"at":"step-user","state":"waiting"}"#),
        "{first}"
    );
    provision(&console, org, &token, "anna").await;
    let told = events.until("3 of 6 steps are done.").await;
    for step in ["credential", "connection", "user"] {
        let event = format!(r#"{{"at":"step-{step}","state":"done"}}"#);
        assert!(told.contains(&event), "{event}: {told}");
    }
    assert!(!told.contains("step-update"), "{told}");
    browser.get(&path(org, "/okta")).await.expect(200).says(&[
        "<li id=\"step-user\" data-state=\"done\">",
        "<span class=\"tag\" id=\"step-user-state\">Done</span>",
        "3 of 6 steps are done.",
    ]);
}

async fn a_failed_step_says_why_and_what_to_do(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let token = copied(&make_token(&mut browser, org).await.expect(200), "token-value");
    provision(&console, org, &token, "<anna>").await;
    console.pass(1);
    provision(&console, org, &token, "<anna>").await;
    console
        .instance()
        .gateway()
        .flush_provisioning_log()
        .await
        .unwrap();
    browser.get(&path(org, "/okta")).await.expect(200).says(&[
        "<li id=\"step-user\" data-state=\"failed\">",
        "id=\"step-user-state\">Failed</span>",
        "Tried to create &#60;anna&#62;",
        "What to do: ",
        "1 step failed.",
    ]);
}

async fn a_stream_ends_with_the_session(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let mut events = browser.follow(&path(org, "/okta/live"), &[]).await;
    events.next().await.unwrap();
    browser.submit("/console/sign-out", &[]).await.expect(303);
    while let Some(told) = events.next().await {
        assert_eq!(told, ":\n\n");
    }
}

async fn a_page_that_nobody_loads_again_is_not_followed_for_ever(console: TestConsole) {
    let (org, browser) = console.owner().await;
    let target = path(org, "/okta/live");
    let mut events = browser.follow(&target, &[("last-event-id", "29")]).await;
    assert!(events.next().await.unwrap().starts_with("id: 30\n"));
    let after = browser.follow(&target, &[("last-event-id", "30")]).await;
    assert_eq!(after.status, 204);
}

//! The settings of an organization, as its owners change them.

use wicketgate_auth::{OrgId, Role};
use wicketgate_domain::{Settings, UniqueIdentifier};
use wicketgate_testbed::both_engines;

use crate::harness::{Browser, PASSWORD, TestConsole};

both_engines! {
    run with crate::harness::run:
    what_is_saved_holds,
    what_is_wrong_is_said_beside_its_field_and_nothing_is_changed,
    an_organization_is_paused_and_resumed,
    an_identity_provider_is_set_changed_and_removed,
    an_identity_provider_that_cannot_be_is_refused_beside_its_field,
    schemas_and_entitlements_are_shown,
    only_owners_see_the_settings,
}

const USUAL: [(&str, &str); 9] = [
    ("scim-mode", "tolerant"),
    ("unique-identifier", "userName"),
    ("longest-token-life", "730"),
    ("keep-log", "90"),
    ("keep-bodies", "7"),
    ("keep-deleted", "30"),
    ("requests-per-second", "50"),
    ("request-burst", "200"),
    ("concurrent-requests", "16"),
];

fn settings(org: OrgId) -> String {
    format!("/console/orgs/{org}/settings")
}

/// The usual settings, one of them other than usual.
fn with<'a>(name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    USUAL
        .into_iter()
        .filter(|(usual, _)| *usual != name)
        .chain([(name, value), ("endless-tokens", "on")])
        .collect()
}

async fn stored(console: &TestConsole, org: OrgId) -> Settings {
    let org = console.instance().org(org).await.unwrap();
    org.owner().unwrap().show().await.unwrap().settings
}

async fn what_is_saved_holds(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    browser.get(&settings(org)).await.expect(200).says(&[
        "value=\"tolerant\" selected",
        "value=\"730\"",
        "name=\"endless-tokens\" type=\"checkbox\" checked",
        "Sign-in to the console",
        "Pause the organization",
    ]);
    let fields: Vec<(&str, &str)> = with("unique-identifier", "email")
        .into_iter()
        .filter(|(name, _)| *name != "endless-tokens" && *name != "keep-log")
        .chain([("keep-log", " 30 ")])
        .collect();
    browser
        .submit(&settings(org), &fields)
        .await
        .leads_to(&format!("{}?done=changed", settings(org)));
    let known = stored(&console, org).await;
    assert_eq!(
        (known.unique_identifier, known.endless_tokens, known.log_days),
        (UniqueIdentifier::Email, false, 30)
    );
    let page = browser
        .get(&format!("{}?done=changed", settings(org)))
        .await
        .says(&["The settings were changed.", "value=\"email\" selected"]);
    assert!(!page.text.contains("type=\"checkbox\" checked"));
}

async fn what_is_wrong_is_said_beside_its_field_and_nothing_is_changed(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let before = stored(&console, org).await;
    for (name, value) in [
        ("scim-mode", "loose"),
        ("unique-identifier", "id"),
        ("longest-token-life", "29"),
        ("longest-token-life", "99999"),
        ("keep-log", "6"),
        ("keep-log", "some"),
        ("keep-bodies", "8"),
        ("keep-bodies", "-1"),
        ("keep-deleted", "0"),
        ("requests-per-second", "10001"),
        ("request-burst", "<script>"),
        ("concurrent-requests", "1001"),
    ] {
        let mut fields = with(name, value);
        let kept = if name == "keep-log" {
            "keep-deleted"
        } else {
            "keep-log"
        };
        fields.retain(|(field, _)| *field != kept);
        fields.push((kept, "77"));
        let page = browser.submit(&settings(org), &fields).await.expect(422).says(&[
            &format!("id=\"{name}-error\""),
            &format!("href=\"#{name}\""),
            "<title>Error: ",
            "value=\"77\"",
        ]);
        assert!(!page.text.contains("value=\"<script>"));
    }
    assert_eq!(stored(&console, org).await, before);
}

async fn an_organization_is_paused_and_resumed(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let is_paused = async || console.instance().org(org).await.unwrap().is_paused();
    browser
        .get(&format!("{}/pause", settings(org)))
        .await
        .expect(200)
        .says(&["Pause Acme?", "429"]);
    assert!(!is_paused().await);
    browser
        .submit(&format!("{}/pause", settings(org)), &[])
        .await
        .leads_to(&format!("{}?done=paused", settings(org)));
    assert!(is_paused().await);
    browser.get(&settings(org)).await.says(&[
        "Resume the organization",
        "<span class=\"tag warn\">Paused</span>",
    ]);
    browser
        .get(&format!("{}/resume", settings(org)))
        .await
        .expect(200);
    browser
        .submit(&format!("{}/resume", settings(org)), &[])
        .await
        .leads_to(&format!("{}?done=resumed", settings(org)));
    assert!(!is_paused().await);
}

async fn set(browser: &mut Browser, org: OrgId, name: &str) {
    browser
        .submit(
            &format!("{}/sign-in/set", settings(org)),
            &[
                ("name", name),
                ("issuer", "https://id.example.com"),
                ("client-id", "console"),
                ("client-secret", "a secret & more"),
            ],
        )
        .await
        .leads_to(&format!("{}/sign-in?done=set", settings(org)));
}

async fn an_identity_provider_is_set_changed_and_removed(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let list = format!("{}/sign-in", settings(org));
    browser
        .get(&list)
        .await
        .expect(200)
        .says(&["class=\"empty\"", "Add an identity provider"]);
    browser
        .get(&format!("{list}/set"))
        .await
        .expect(200)
        .says(&["https://scim.example.com/console/provider"]);
    set(&mut browser, org, "Okta <b>").await;
    let page = browser.get(&list).await.says(&[
        "Okta &#60;b&#62;",
        "https://id.example.com",
        &format!("https://scim.example.com/console/sign-in/{org}"),
    ]);
    assert!(!page.text.contains("a secret"));
    let change = format!("{list}/set?issuer=https%3A%2F%2Fid.example.com");
    let page = browser
        .get(&change)
        .await
        .expect(200)
        .says(&["Change Okta", "value=\"console\""]);
    assert!(!page.text.contains("a secret"));
    set(&mut browser, org, "Okta").await;
    let page = browser.get(&list).await;
    assert_eq!(page.text.matches("<tr><th scope=\"row\">").count(), 1);
    let remove = format!("{list}/remove?issuer=https%3A%2F%2Fid.example.com");
    browser.get(&remove).await.expect(200).says(&["Remove Okta?"]);
    browser
        .submit(&remove, &[])
        .await
        .leads_to(&format!("{list}?done=removed"));
    browser.get(&remove).await.expect(404);
    browser.submit(&remove, &[]).await.expect(404);
    browser.get(&list).await.says(&["class=\"empty\""]);
}

async fn an_identity_provider_that_cannot_be_is_refused_beside_its_field(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let good = [
        ("name", "kept"),
        ("issuer", "https://id.example.com"),
        ("client-id", "console"),
        ("client-secret", "a secret"),
    ];
    for (name, value) in [
        ("name", " "),
        ("issuer", "http://id.example.com"),
        ("client-id", ""),
        ("client-secret", ""),
    ] {
        let fields: Vec<(&str, &str)> = good
            .into_iter()
            .filter(|(field, _)| *field != name)
            .chain([(name, value)])
            .collect();
        let page = browser
            .submit(&format!("{}/sign-in/set", settings(org)), &fields)
            .await
            .expect(422)
            .says(&[&format!("id=\"{name}-error\"")]);
        assert!(!page.text.contains("a secret"));
        assert_eq!(page.text.contains("value=\"kept\""), name != "name");
    }
}

async fn schemas_and_entitlements_are_shown(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let page = format!("{}/schemas", settings(org));
    browser
        .get(&page)
        .await
        .expect(200)
        .says(&["A custom schema gives users or groups attributes"]);
    let entered = console.instance().org(org).await.unwrap();
    entered
        .owner()
        .unwrap()
        .entitlements()
        .define(
            wicketgate_domain::EntitlementKind::Role,
            "admin",
            "Administrators <i>",
            Some("May do everything"),
        )
        .await
        .unwrap();
    browser.get(&page).await.says(&[
        "Administrators &#60;i&#62;",
        "<code>admin</code>",
        "May do everything",
    ]);
}

async fn only_owners_see_the_settings(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    console.account(org, "vera@example.com", Role::OrgViewer).await;
    let other = console.org("Globex").await;
    console.account(other, "otto@example.com", Role::OrgOwner).await;
    let before = stored(&console, org).await;
    set(&mut owner, org, "Okta").await;
    for (email, status) in [("vera@example.com", 403), ("otto@example.com", 404)] {
        let mut browser = console.browser();
        browser.sign_in(email, PASSWORD).await.expect(303);
        for rest in ["", "/pause", "/resume", "/schemas", "/sign-in", "/sign-in/set"] {
            browser
                .get(&format!("{}{rest}", settings(org)))
                .await
                .expect(status);
        }
        for rest in [
            "",
            "/pause",
            "/sign-in/set",
            "/sign-in/remove?issuer=https%3A%2F%2Fid.example.com",
        ] {
            browser
                .submit(&format!("{}{rest}", settings(org)), &with("keep-log", "30"))
                .await
                .expect(status);
        }
    }
    assert_eq!(stored(&console, org).await, before);
    assert!(!console.instance().org(org).await.unwrap().is_paused());
}

//! Links that are good once: invitations, and the way back in for who has lost everything.

use crate::{
    chromium::Scripts,
    client::text,
    gateway::{Gateway, OWNER, PASSWORD, accept, sign_in, with_and_without_scripts},
};

with_and_without_scripts! {
    somebody_invited_gets_in_and_the_link_is_worth_nothing_afterwards,
    somebody_with_an_account_accepts_another_invitation,
    a_recovery_link_lets_an_owner_in_again,
}

fn somebody_invited_gets_in_and_the_link_is_worth_nothing_afterwards(
    gateway: &Gateway<'_>,
    scripts: Scripts,
) {
    let organization = gateway.organization("Acme");
    let link = gateway.invitation(&organization, "vera@example.com", "org_viewer");
    let browser = gateway.browser(scripts);
    browser.open(&link);
    browser.says(&["Acme", "Org Viewer", "vera@example.com"]);

    // A password that is too short is refused, and what else was typed stays.
    browser.fill("Your name", "Vera Viewer");
    browser.fill("Password", "short");
    browser.click("Accept the invitation");
    browser.says(&["Error:"]);
    assert_eq!(browser.holds("Your name"), "Vera Viewer");
    browser.fill("Password", PASSWORD);
    browser.click("Accept the invitation");
    browser.comes_in();
    browser.says(&["Vera Viewer", "Acme"]);
    browser.is_headed("Overview");
    // What only owners see is not even offered.
    assert!(!browser.text().contains("Service users"), "{}", browser.text());

    let other = gateway.browser(scripts);
    other.open(&link);
    assert!(!other.text().contains("Acme"), "{}", other.text());
    assert_eq!(other.count("form"), 0);
}

fn somebody_with_an_account_accepts_another_invitation(gateway: &Gateway<'_>, scripts: Scripts) {
    let (acme, bolt) = (gateway.organization("Acme"), gateway.organization("Bolt"));
    let browser = gateway.owner(&acme, scripts);
    browser.open(&gateway.invitation(&bolt, OWNER, "org_viewer"));
    browser.says(&["Bolt"]);
    browser.click(&format!("Accept as {OWNER}"));
    browser.comes_in();
    browser.says(&["Acme", "Bolt"]);
}

fn a_recovery_link_lets_an_owner_in_again(gateway: &Gateway<'_>, scripts: Scripts) {
    const NEW: &str = "another horse and another battery";
    let organization = gateway.organization("Acme");
    let before = gateway.browser(scripts);
    accept(
        &before,
        &gateway.invitation(&organization, OWNER, "org_owner"),
        "Olga",
    );
    let link = text(&gateway.run(&["account", "recover", "--email", OWNER]), "/link");

    let browser = gateway.browser(scripts);
    browser.open(&link);
    browser.is_headed("Choose a new password");
    browser.fill("New password", NEW);
    browser.click("Set the password");
    browser.comes_in();
    browser.says(&["Acme"]);

    // Nobody else is signed in any more, and the old password is none.
    before.open("/console/account");
    before.is_headed("Sign in");
    sign_in(&before, OWNER);
    before.read(".notice.wrong");
}

//! Signing in with the second factor, and what is asked again before credentials are touched.

use wicketgate_testbed::AuthenticatorApp;

use crate::{
    axe::is_open_to_everybody,
    chromium::Scripts,
    gateway::{Gateway, OWNER, PASSWORD, code, sign_in, with_and_without_scripts},
};

with_and_without_scripts! {
    an_owner_turns_an_authenticator_app_on_and_signs_in_with_it,
    a_wrong_password_keeps_the_address_and_says_nothing_of_the_account,
}

fn an_owner_turns_an_authenticator_app_on_and_signs_in_with_it(gateway: &Gateway<'_>, scripts: Scripts) {
    let organization = gateway.organization("Acme");
    let browser = gateway.owner(&organization, scripts);
    browser.click("Account");
    browser.click("Set up an authenticator app");
    browser.is_headed("Set up an authenticator app");
    is_open_to_everybody(&browser, scripts);
    let app = AuthenticatorApp::with_key(&browser.read("code.secret"));
    browser.fill("Code that the app shows now", "000000");
    browser.click("Turn it on");
    browser.says(&["enter the six digits"]);
    browser.fill("Code that the app shows now", &code(&app, 0));
    browser.click("Turn it on");
    browser.is_headed("Keep these recovery codes");
    is_open_to_everybody(&browser, scripts);
    let recovery_code = browser.read(".codes li");
    browser.click("I have kept them");
    browser.arrives_at("/console/account");
    browser.says(&["10 recovery codes are left"]);

    browser.click("Sign out");
    browser.arrives_at("/console/sign-in");
    sign_in(&browser, OWNER);
    browser.is_headed("One more step");
    browser.fill("Code of your authenticator app", "000000");
    browser.click("Sign in");
    browser.says(&["Error:"]);
    is_open_to_everybody(&browser, scripts);
    // A code is good once: the next one is accepted as well.
    browser.fill("Code of your authenticator app", &code(&app, 30));
    browser.click("Sign in");
    browser.comes_in();
    browser.says(&["Acme"]);

    // Another browser, without the phone.
    let other = gateway.browser(scripts);
    sign_in(&other, OWNER);
    other.is_headed("One more step");
    other.fill("Code of your authenticator app", &recovery_code);
    other.click("Sign in");
    other.comes_in();
    browser.open("/console/account");
    browser.says(&["9 recovery codes are left"]);
    // Who is signed out there is signed out at once.
    browser.click("Sign out everywhere else");
    browser.arrives_at("/console/account");
    other.open("/console/account");
    other.is_headed("Sign in");
}

fn a_wrong_password_keeps_the_address_and_says_nothing_of_the_account(
    gateway: &Gateway<'_>,
    scripts: Scripts,
) {
    let organization = gateway.organization("Acme");
    drop(gateway.owner(&organization, scripts));
    let browser = gateway.browser(scripts);
    let mut said = Vec::new();
    for address in [OWNER, "nobody@example.com"] {
        browser.open("/console/account");
        browser.is_headed("Sign in");
        browser.fill("E-mail address", address);
        browser.fill("Password", "not the password at all");
        browser.click("Sign in");
        said.push(browser.read(".notice.wrong"));
        assert_eq!(browser.holds("E-mail address"), address);
        assert_eq!(browser.holds("Password"), "");
    }
    assert_eq!(said[0], said[1]);

    // The right one leads to the page that was asked for.
    browser.open("/console/account");
    browser.fill("E-mail address", OWNER);
    browser.fill("Password", PASSWORD);
    browser.click("Sign in");
    browser.arrives_at("/console/account");
}

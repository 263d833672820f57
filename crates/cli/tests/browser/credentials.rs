//! A token is replaced without an outage: the new one is shown once, both are accepted for a while, then the old one is none.

use crate::{
    axe::is_open_to_everybody,
    chromium::Scripts,
    gateway::{Gateway, with_and_without_scripts},
    okta::Okta,
};

with_and_without_scripts! {
    an_owner_rotates_a_token_without_an_outage,
}

fn an_owner_rotates_a_token_without_an_outage(gateway: &Gateway<'_>, scripts: Scripts) {
    let organization = gateway.organization("Acme");
    let base = gateway.scim_base(&organization);
    let old = Okta::new(&base, &organization.token);
    let browser = gateway.owner(&organization, scripts);
    browser.click("Service users");
    browser.click("okta");
    browser.is_headed("okta");
    browser.click_first("Rotate first");
    browser.is_headed("Rotate the token first");
    browser.click("Start the rotation");
    browser.says(&["This is shown once"]);
    is_open_to_everybody(&browser, scripts);
    let new = Okta::new(&base, &browser.read("#token"));
    assert_eq!((old.test_connection(), new.test_connection()), (200, 200));

    browser.click("I have copied it");
    browser.says(&["Being replaced", "Replacement"]);
    assert!(!browser.text().contains("This is shown once"));
    browser.click_first("Complete the rotation of first");
    browser.is_headed("Complete the rotation of first?");
    assert_eq!(
        old.test_connection(),
        200,
        "who is only asked has changed nothing"
    );
    browser.click("Complete the rotation");
    browser.says(&["None"]);
    assert_eq!((old.test_connection(), new.test_connection()), (401, 200));
}

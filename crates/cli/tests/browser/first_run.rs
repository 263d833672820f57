//! The first start on an empty database: a link leads the operator to an account and to the first organization.

use crate::{
    axe::is_open_to_everybody,
    chromium::Scripts,
    gateway::{Gateway, PASSWORD, with_and_without_scripts},
};

with_and_without_scripts! {
    the_first_operator_comes_in_by_the_printed_link_and_creates_an_organization,
}

fn the_first_operator_comes_in_by_the_printed_link_and_creates_an_organization(
    gateway: &Gateway<'_>,
    scripts: Scripts,
) {
    let link = gateway.first_run();
    let browser = gateway.browser(scripts);
    browser.open(&link);
    browser.is_headed("Welcome to Wicketgate");
    is_open_to_everybody(&browser, scripts);
    browser.fill("Your name", "Otto Operator");
    browser.fill("E-mail address", "otto@example.com");
    browser.fill("Password", PASSWORD);
    browser.click("Make my account");
    browser.is_headed("Create an organization");
    browser.fill("Name", "Acme");
    browser.click("Create the organization");
    browser.is_headed("Acme");
    browser.click("Gateway");
    browser.arrives_at("/console/operator");
    browser.says(&["Acme"]);

    // The link has done its work.
    let other = gateway.browser(scripts);
    other.open(&link);
    assert_eq!(other.count("form"), 0, "{}", other.text());
}

//! What every page has around it, and what the script adds to pages that work without it.

use fantoccini::key::Key;

use crate::{
    chromium::Scripts,
    gateway::{Gateway, with_and_without_scripts},
};

with_and_without_scripts! {
    a_copy_button_is_there_only_where_it_can_copy,
    the_first_key_leads_past_what_every_page_repeats,
}

const COPY: &str = "button[data-copy=scim-base]";

fn a_copy_button_is_there_only_where_it_can_copy(gateway: &Gateway<'_>, scripts: Scripts) {
    let organization = gateway.organization("Acme");
    let browser = gateway.owner(&organization, scripts);
    browser.open(&format!("/console/orgs/{}", organization.id));
    let address = browser.read("#scim-base");
    assert_eq!(address, gateway.scim_base(&organization));
    match scripts {
        Scripts::On => {
            browser.click("Copy the SCIM base URL");
            browser.until("the button saying what happened", || {
                let said = browser.read(COPY);
                (said.starts_with("Copied") || said.starts_with("Press Ctrl+C")).then_some(())
            });
        }
        // What is not displayed has no text.
        Scripts::Off => assert_eq!((browser.count(COPY), browser.read(COPY)), (1, String::new())),
    }
}

fn the_first_key_leads_past_what_every_page_repeats(gateway: &Gateway<'_>, scripts: Scripts) {
    let organization = gateway.organization("Acme");
    let browser = gateway.owner(&organization, scripts);
    browser.open(&format!("/console/orgs/{}", organization.id));
    browser.press(Key::Tab);
    assert_eq!(browser.focused(), "Skip to content");
    browser.press(Key::Enter);
    browser.until("going to the content", || {
        (browser.address().fragment() == Some("main")).then_some(())
    });
}

//! An owner connects Okta, from an empty organization to the last tick: what the page says is pasted into Okta, which does what
//! it does in that order, while the checklist of the page that is still open ticks itself.

use serde_json::json;
use wicketgate_testbed::{Database, both_engines};

use crate::{
    axe::is_open_to_everybody,
    chromium::{Browser, Scripts},
    client::text,
    gateway::Gateway,
    okta::Okta,
};

// How far a connection came is read from what requests have stored, which the databases do in ways of their own.
both_engines! {
    okta_is_connected_while_the_checklist_ticks_itself,
    okta_is_connected_without_scripts,
    the_page_says_what_is_wrong_while_okta_is_connected,
}

const STEPS: [&str; 6] = [
    "credential",
    "connection",
    "user",
    "update",
    "deactivation",
    "group",
];

fn okta_is_connected_while_the_checklist_ticks_itself(database: &Database) {
    connect(&Gateway::start(database), Scripts::On);
}

fn okta_is_connected_without_scripts(database: &Database) {
    connect(&Gateway::start(database), Scripts::Off);
}

fn connect(gateway: &Gateway<'_>, scripts: Scripts) {
    let organization = gateway.empty_organization("Acme");
    let browser = gateway.owner(&organization, scripts);
    browser.click("Set up provisioning");
    browser.is_headed("Set up provisioning");
    browser.click_first("Okta");
    browser.is_headed("Connect Okta");
    ticked(&browser, scripts, &[]);
    browser.click("Make a token");
    browser.says(&["Copy it now"]);
    let okta = Okta::new(&browser.read("#scim-base"), &browser.read("#token-value"));
    is_open_to_everybody(&browser, scripts);

    assert_eq!(okta.test_connection(), 200);
    ticked(&browser, scripts, &["credential", "connection"]);
    let anna = okta.assign("anna@acme.example", "Anna", "Alvarez");
    ticked(&browser, scripts, &["credential", "connection", "user"]);
    okta.push_profile(&anna, "displayName", &json!("Anna A. Alvarez"));
    ticked(&browser, scripts, &["credential", "connection", "user", "update"]);
    okta.deactivate(&anna);
    ticked(&browser, scripts, &STEPS[..5]);
    okta.push_group("Pilots", &[&anna]);
    ticked(&browser, scripts, &STEPS);
    is_open_to_everybody(&browser, scripts);

    // What was provisioned is where the guide says that one looks.
    browser.click("Users");
    browser.says(&["Anna A. Alvarez", "Inactive"]);
}

/// Waits until these steps are done and no other is.
#[track_caller]
fn ticked(browser: &Browser, scripts: Scripts, done: &[&str]) {
    browser.until(&format!("the ticks {done:?}"), || {
        if scripts == Scripts::Off {
            browser.click("Check again");
        }
        STEPS
            .iter()
            .all(|step| {
                let state = browser.attribute(&format!("#step-{step}"), "data-state");
                (state == "done") == done.contains(step)
            })
            .then_some(())
    });
}

fn the_page_says_what_is_wrong_while_okta_is_connected(database: &Database) {
    let gateway = Gateway::start(database);
    let organization = gateway.empty_organization("Acme");
    let browser = gateway.owner(&organization, Scripts::On);
    browser.open(&format!("/console/orgs/{}/setup/okta", organization.id));
    browser.click("Make a token");
    browser.says(&["Copy it now"]);
    let okta = Okta::new(&browser.read("#scim-base"), &browser.read("#token-value"));
    assert_eq!(okta.test_connection(), 200);
    ticked(&browser, Scripts::On, &["credential", "connection"]);

    // Another program has brought the user already, and Okta was told not to look.
    let org = ["--org", &organization.id];
    let import = ["service-user", "create", "--name", "import"];
    let import = text(&gateway.run(&[&import[..], &org].concat()), "/id");
    let token = ["token", "create", "--service-user", &import, "--name", "import"];
    let token = text(&gateway.run(&[&token[..], &org].concat()), "/token");
    let other = Okta::new(&gateway.scim_base(&organization), &token);
    other.assign("anna@acme.example", "Anna", "Alvarez");
    assert_eq!(okta.assign_blindly("anna@acme.example"), 409);
    browser.until("the failed step", || {
        (browser.attribute("#step-user", "data-state") == "failed").then_some(())
    });
    browser.says(&["already"]);
    assert!(!browser.read("#step-user-fix").is_empty());
    // It is mended, and ticks.
    okta.assign("ben@acme.example", "Ben", "Baker");
    ticked(&browser, Scripts::On, &["credential", "connection", "user"]);
}

//! Something went wrong: an owner reads why in the log, and brings back who was deleted.

use serde_json::json;

use crate::{
    chromium::Scripts,
    client::text,
    gateway::{Gateway, with_and_without_scripts},
    okta::Okta,
};

with_and_without_scripts! {
    an_owner_reads_why_a_user_did_not_arrive,
    an_owner_restores_a_user_that_was_deleted,
}

fn an_owner_reads_why_a_user_did_not_arrive(gateway: &Gateway<'_>, scripts: Scripts) {
    let organization = gateway.organization("Acme");
    let browser = gateway.owner(&organization, scripts);
    browser.open(&format!("/console/orgs/{}", organization.id));
    browser.click("Provisioning log");
    browser.is_headed("Provisioning log");
    browser.says(&["No identity provider has asked for anything yet"]);

    let okta = Okta::new(&gateway.scim_base(&organization), &organization.token);
    okta.assign("anna@acme.example", "Anna", "Alvarez");
    assert_eq!(okta.assign_blindly("anna@acme.example"), 409);
    let failed = "Tried to create anna@acme.example";
    match scripts {
        // The page is not loaded again: the rows come by themselves.
        Scripts::On => browser.says(&["Created anna@acme.example", failed, "Live"]),
        Scripts::Off => browser.until("the row on a page that is loaded again", || {
            browser.click("Refresh the list of requests");
            browser.text().contains(failed).then_some(())
        }),
    }
    browser.tick("Failures only");
    browser.click("Show");
    browser.until("the failures alone", || {
        let said = browser.text();
        (said.contains(failed) && !said.contains("Created anna@acme.example")).then_some(())
    });
    browser.click(failed);
    browser.is_headed(failed);
    browser.says(&["Why it failed", "already", "What to do", "anna@acme.example"]);
}

fn an_owner_restores_a_user_that_was_deleted(gateway: &Gateway<'_>, scripts: Scripts) {
    let organization = gateway.organization("Acme");
    let scim = gateway.server.client(&organization);
    let okta = Okta::new(&gateway.scim_base(&organization), &organization.token);
    let anna = okta.assign("anna@acme.example", "Anna", "Alvarez");
    okta.push_group("Pilots", &[&anna]);
    scim.send("DELETE", &format!("/Users/{anna}"), &[], None)
        .expect("a deletion is answered");
    scim.get(&format!("/Users/{anna}")).expect(404);

    let browser = gateway.owner(&organization, scripts);
    browser.open(&format!("/console/orgs/{}", organization.id));
    browser.click("Users");
    browser.is_headed("Users");
    browser.choose("State", "Deleted");
    browser.click("Show users");
    browser.click("Restore anna@acme.example");
    browser.is_headed("Restore Anna Alvarez?");
    browser.says(&["the same id", "1 group"]);
    // Who only asks has changed nothing.
    scim.get(&format!("/Users/{anna}")).expect(404);
    browser.click("Restore the user");
    browser.arrives_at(&format!("/console/orgs/{}/users/{anna}", organization.id));
    browser.is_headed("Anna Alvarez");
    browser.says(&["Pilots"]);
    let back = scim.get(&format!("/Users/{anna}")).expect(200).json();
    assert_eq!(text(&back, "/userName"), "anna@acme.example");
    assert_eq!(back["groups"].as_array().map(Vec::len), Some(1), "{back}");
    assert_eq!(back["active"], json!(true));
}

//! An owner of one organization opens the addresses of another: there is no such page, whatever there really is.

use crate::{chromium::Scripts, gateway::Gateway, gateway::with_and_without_scripts};

with_and_without_scripts! {
    an_owner_of_another_organization_finds_no_page,
}

/// An organization that does not exist.
const UNKNOWN: &str = "019a0000-0000-7000-8000-000000000000";

fn an_owner_of_another_organization_finds_no_page(gateway: &Gateway<'_>, scripts: Scripts) {
    let (own, other) = (gateway.organization("Acme"), gateway.organization("Bolt"));
    let anna = gateway.server.client(&other).create_user("anna@bolt.example");
    let browser = gateway.owner(&own, scripts);
    browser.open(&format!("/console/orgs/{}", own.id));
    browser.is_headed("Overview");

    let mut opened = 0;
    for route in wicketgate_console::routes() {
        if route.method != "GET" || !route.path.starts_with("/console/orgs/{orgId}") {
            continue;
        }
        let look = |organization: &str, id: &str| {
            let path = route.path.replace("{orgId}", organization);
            let mut path = path.replace("{act}", "release");
            while let (Some(begin), Some(end)) = (path.find('{'), path.find('}')) {
                path.replace_range(begin..=end, id);
            }
            browser.open(&path);
            assert_eq!(browser.place(), path, "it is answered where it was asked");
            let said = browser.read("main");
            // The id of the request is another one each time.
            let said: Vec<&str> = said
                .lines()
                .filter(|line| !line.starts_with("Request "))
                .collect();
            (browser.read("h1"), said.join("\n"))
        };
        let unknown = look(UNKNOWN, UNKNOWN);
        assert_eq!(unknown.0, "There is no such page", "{route:?}");
        assert_eq!(look(&other.id, &anna), unknown, "{route:?}");
        opened += 1;
    }
    assert!(opened > 0, "no route was opened");
    assert!(!browser.text().contains("Bolt"));
}

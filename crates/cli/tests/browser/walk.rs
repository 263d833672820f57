//! A walk over every page that the route table has, as everybody who sees it: in light and in dark nothing shuts people out,
//! the browser has nothing to complain of, and on a phone nothing reaches past the edge. With a folder in
//! `WICKETGATE_SCREENSHOTS` each page is also pictured there.

use std::{fs, path::Path};

use serde_json::{Value, json};
use wicketgate_testbed::{Database, Engine};

use crate::{
    axe,
    chromium::{Browser, Scheme, Scripts},
    client::text,
    environment::screenshots,
    furnished::{Furnished, furnish, path},
    gateway::{Gateway, OWNER, accept},
    pages::{PAGES, Page, Place, Visitor},
};

/// A laptop's screen, and a phone's.
const DESKTOP: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (390, 844);

/// The status that the page was answered with.
const STATUS: &str = "return performance.getEntriesByType('navigation')[0].responseStatus;";

/// Where the links of the page lead.
const LINKS: &str =
    "return [...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href'));";

/// What reaches past the right edge of a screen of this width, unless what it is in scrolls by itself.
const TOO_WIDE: &str = r#"
    const width = arguments[0];
    const scrolls = (element) => {
        for (let up = element.parentElement; up; up = up.parentElement) {
            if (getComputedStyle(up).overflowX !== "visible") return true;
        }
        return false;
    };
    const found = [...document.body.querySelectorAll("*")]
        .filter((element) => element.getBoundingClientRect().right > width + 0.5 && !scrolls(element))
        .map((element) => element.outerHTML.slice(0, 160));
    const whole = document.documentElement.scrollWidth;
    return whole > width ? [`the page is ${whole} px wide`, ...found] : found;
"#;

#[test]
fn what_an_owner_sees_is_open_to_everybody_and_fits() {
    walk(&[Visitor::Owner]);
}

#[test]
fn what_others_see_is_open_to_everybody_and_fits() {
    walk(&[
        Visitor::Nobody,
        Visitor::Viewer,
        Visitor::Operator,
        Visitor::Guest,
    ]);
}

fn walk(visitors: &[Visitor]) {
    let database = Database::new(Engine::Sqlite);
    let gateway = Gateway::start(&database);
    let mut furnished = furnish(&gateway);
    // The owner is one of the other organizations as well, has allowed a client in, and has a way back in.
    let owner = gateway.owner(&furnished.organization, Scripts::On);
    for organization in [&furnished.empty, &furnished.paused] {
        owner.open(&gateway.invitation(organization, OWNER, "org_owner"));
        owner.click(&format!("Accept as {OWNER}"));
        owner.comes_in();
    }
    owner.open(&furnished.at("/setup/okta"));
    owner.click("Make another token");
    owner.says(&["Copy it now"]);
    owner.open(&furnished.at("/setup/okta?with=oauth"));
    owner.fill("Name of the app in Okta", "acme_wicketgate_1");
    owner.click("Make another client");
    owner.says(&["Copy it now"]);
    owner.open(&furnished.at("/setup/entra?with=oauth"));
    owner.click("Make a client");
    owner.says(&["Copy it now"]);
    owner.open(&furnished.authorization);
    owner.click("Allow");
    let recovery = text(&gateway.run(&["account", "recover", "--email", OWNER]), "/link");
    furnished.recovery = path(&gateway, &recovery);

    let folder = screenshots();
    if let Some(folder) = &folder {
        fs::create_dir_all(folder).expect("the folder for the pictures can be made");
    }
    let mut faults = Vec::new();
    let mut seen = 0;
    for visitor in visitors {
        let other = other_browser(&gateway, &furnished, *visitor);
        let browser = other.as_ref().unwrap_or(&owner);
        for page in PAGES.iter().filter(|page| page.visitor == *visitor) {
            let address = match page.place {
                Place::At(address) => address(&furnished),
                Place::LinkOn(address) => link(browser, page, &address(&furnished)),
            };
            let found = look(browser, page, &address, folder.as_deref());
            faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", page.name())));
            seen += 1;
        }
    }
    assert!(seen > 0, "{visitors:?} see no page");
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// Where the first link leads that fits a page's route, on the page at an address.
#[track_caller]
fn link(browser: &Browser, page: &Page, address: &str) -> String {
    browser.open(address);
    let links = browser.execute(LINKS, Vec::new());
    let mut links = links.as_array().into_iter().flatten().filter_map(Value::as_str);
    let found = links.find(|link| page.fits(link));
    found
        .unwrap_or_else(|| panic!("no link to {} on {address}: {}", page.route, browser.text()))
        .to_owned()
}

/// The browser of a visitor who is not the owner.
fn other_browser(gateway: &Gateway<'_>, furnished: &Furnished, visitor: Visitor) -> Option<Browser> {
    let (name, link) = match visitor {
        Visitor::Owner => return None,
        Visitor::Nobody => return Some(gateway.browser(Scripts::On)),
        Visitor::Guest => {
            let browser = gateway.browser(Scripts::On);
            browser.open(&furnished.setup_link);
            browser.click("Begin");
            browser.arrives_at("/console/connect");
            return Some(browser);
        }
        Visitor::Viewer => {
            let email = "vera@example.com";
            let link = gateway.invitation(&furnished.organization, email, "org_viewer");
            ("Vera Viewer", link)
        }
        Visitor::Operator => {
            let email = "otto@example.com";
            let invited = gateway.run(&["account", "invite", "--operator", "--email", email]);
            ("Otto Operator", text(&invited, "/link"))
        }
    };
    let browser = gateway.browser(Scripts::On);
    accept(&browser, &link, name);
    Some(browser)
}

/// Looks at one page in every way, and is what is wrong with it.
fn look(browser: &Browser, page: &Page, address: &str, folder: Option<&Path>) -> Vec<String> {
    let mut faults = Vec::new();
    let picture = |as_what: &str, width: u32| {
        if let Some(folder) = folder {
            let file = folder.join(format!("{}.{as_what}.png", page.name()));
            fs::write(&file, browser.picture(width)).expect("a picture can be written");
        }
    };
    browser.resize(DESKTOP.0, DESKTOP.1);
    browser.prefer(Scheme::Light);
    browser.open(address);
    let is_there = if page.sight == "unknown" { 404 } else { 200 };
    let status = browser.execute(STATUS, Vec::new());
    if browser.place() != address || status != json!(is_there) {
        faults.push(format!(
            "{address} is answered with {status} at {}",
            browser.place()
        ));
    }
    // Before axe-core looks, which is no part of the page.
    faults.extend(
        browser
            .complaints()
            .into_iter()
            .filter(|told| !told.contains("404 (Not Found)")),
    );
    picture("light", DESKTOP.0);
    faults.extend(axe::violations(browser));

    browser.prefer(Scheme::Dark);
    picture("dark", DESKTOP.0);
    let in_dark = axe::violations_of_colour(browser);
    faults.extend(in_dark.into_iter().map(|fault| format!("in dark, {fault}")));

    browser.prefer(Scheme::Light);
    browser.resize(PHONE.0, PHONE.1);
    let too_wide = browser.execute(TOO_WIDE, vec![json!(PHONE.0)]);
    let too_wide = too_wide
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    faults.extend(too_wide.map(|wide| format!("on a phone: {wide}")));
    picture("phone", PHONE.0);
    faults
}

//! Lists: every entry once over the pages, narrowed and ordered by the address, and what nobody offers refused.

use std::time::Duration;

use wicketgate_auth::{OrgId, Role};
use wicketgate_domain::{
    AccessTokenFormat, ClientAuthentication, DEFAULT_DOMAIN, NewClient, RefreshRotation, ServiceUser,
};
use wicketgate_testbed::both_engines;

use crate::harness::{Page, TestConsole, all_pages, unescape};

both_engines! {
    run with crate::harness::run:
    tokens_go_on_on_the_next_page,
    clients_of_a_service_user_go_on_beside_its_tokens,
    service_users_are_narrowed_and_ordered,
    invitations_go_on_on_the_next_page,
    people_are_narrowed,
    setup_links_go_on_on_the_next_page,
    the_organizations_of_a_person_go_on_on_the_next_page,
    organizations_are_narrowed_and_ordered,
    operators_are_narrowed,
    what_no_list_offers_is_refused_and_said,
}

const DAY: Duration = Duration::from_hours(24);

/// What the rows of tables are called.
fn rows(page: &Page) -> Vec<String> {
    let rows = page.text.split("<th scope=\"row\">").skip(1);
    rows.map(|row| {
        let text = row
            .strip_prefix("<a")
            .and_then(|link| link.split_once('>'))
            .map_or(row, |(_, text)| text);
        unescape(text.split('<').next().unwrap())
    })
    .collect()
}

/// What the entries of lists are called.
fn headings(page: &Page) -> Vec<String> {
    let links = page.text.split("<li><div><h").skip(1);
    links
        .map(|link| {
            let (_, text) = link.split_once("\">").unwrap();
            unescape(text.split('<').next().unwrap())
        })
        .collect()
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

fn numbered(name: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{name} {number:02}")).collect()
}

async fn service_user(console: &TestConsole, org: OrgId, name: &str) -> ServiceUser {
    let org = console.instance().org(org).await.unwrap();
    let owner = org.owner().unwrap();
    let service_users = owner.service_users();
    service_users
        .create(name, Role::OrgUserManager, DEFAULT_DOMAIN)
        .await
        .unwrap()
}

async fn tokens_go_on_on_the_next_page(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let holder = service_user(&console, org, "okta").await;
    let path = format!("/console/orgs/{org}/service-users/{}", holder.id);
    let entered = console.instance().org(org).await.unwrap();
    let tokens = entered.owner().unwrap();
    let tokens = tokens.tokens();
    for name in numbered("token", 103) {
        let (made, _) = tokens.create(holder.id, &name, None).await.unwrap();
        if name.ends_with('7') {
            tokens.revoke(made.id).await.unwrap();
        }
    }
    let all = numbered("token", 103);
    let (revoked, accepted): (Vec<String>, Vec<String>) =
        all.iter().cloned().partition(|name| name.ends_with('7'));
    for (query, expected) in [
        ("", &accepted),
        ("?state=accepted", &accepted),
        ("?state=revoked", &revoked),
        ("?state=all", &all),
        ("?state=all&order=oldest", &all),
    ] {
        let found = all_pages(&mut browser, &format!("{path}{query}"), "tokens", rows).await;
        assert_eq!(&sorted(found), &sorted(expected.clone()), "{query}");
    }
    let page = browser
        .get(&format!("{path}?q=TOKEN+10&state=all"))
        .await
        .expect(200);
    assert_eq!(
        sorted(rows(&page)),
        ["token 10", "token 100", "token 101", "token 102"]
    );
    browser
        .get(&format!("{path}?state=expired"))
        .await
        .expect(200)
        .says(&["None of the tokens fits.", "Show all tokens"]);
}

async fn clients_of_a_service_user_go_on_beside_its_tokens(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let holder = service_user(&console, org, "okta").await;
    let path = format!("/console/orgs/{org}/service-users/{}", holder.id);
    let entered = console.instance().org(org).await.unwrap();
    let owner = entered.owner().unwrap();
    for name in numbered("client", 52) {
        let new = NewClient {
            service_user: holder.id,
            name,
            authentication: ClientAuthentication::ClientSecret,
            access_token_format: AccessTokenFormat::Opaque,
            refresh_rotation: RefreshRotation::Grace,
            redirect_uris: Vec::new(),
            secret_life: None,
        };
        owner.clients().create(new).await.unwrap();
    }
    owner.tokens().create(holder.id, "only", None).await.unwrap();
    for query in ["", "?client-order=newest", "?client-state=enabled"] {
        let found = all_pages(&mut browser, &format!("{path}{query}"), "OAuth clients", headings).await;
        assert_eq!(sorted(found), numbered("client", 52), "{query}");
    }
    let page = browser
        .get(&format!("{path}?client=51"))
        .await
        .expect(200)
        .says(&["only"]);
    assert_eq!(headings(&page), ["client 51"]);
    browser
        .get(&format!("{path}?client-state=disabled"))
        .await
        .expect(200)
        .says(&["None of the OAuth clients fits."]);
}

async fn service_users_are_narrowed_and_ordered(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let mut made = Vec::new();
    for name in ["Zoho", "entra", "Okta"] {
        made.push(service_user(&console, org, name).await);
    }
    let entered = console.instance().org(org).await.unwrap();
    let owner = entered.owner().unwrap();
    owner.service_users().set_active(made[1].id, false).await.unwrap();
    let path = format!("/console/orgs/{org}/service-users");
    for (query, expected) in [
        ("", &["Zoho", "entra", "Okta"][..]),
        ("?order=newest", &["Okta", "entra", "Zoho"]),
        ("?order=name", &["entra", "Okta", "Zoho"]),
        ("?state=disabled", &["entra"]),
        ("?state=enabled&order=name", &["Okta", "Zoho"]),
        ("?q=OHO", &["Zoho"]),
        ("?q=OHO&state=disabled", &[]),
    ] {
        let page = browser.get(&format!("{path}{query}")).await.expect(200);
        assert_eq!(rows(&page), expected, "{query}");
    }
    for name in numbered("more", 51) {
        service_user(&console, org, &name).await;
    }
    for order in ["", "newest", "name"] {
        let first = format!("{path}?q=more&order={order}");
        let found = all_pages(&mut browser, &first, "service users", rows).await;
        assert_eq!(sorted(found), numbered("more", 51), "{order}");
    }
}

async fn invitations_go_on_on_the_next_page(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let emails: Vec<String> = (0..53)
        .map(|number| format!("p{number:02}@example.com"))
        .collect();
    for email in &emails {
        console.invite(org, email, Role::OrgViewer).await;
    }
    let path = format!("/console/orgs/{org}/people");
    // The table of people stands above.
    let invited = |page: &Page| rows(page).into_iter().filter(|row| row.contains('@')).collect();
    for query in ["", "?invited-order=oldest", "?invited-state=open&invited=EXAMPLE"] {
        let found = all_pages(&mut browser, &format!("{path}{query}"), "invitations", invited).await;
        assert_eq!(sorted(found), emails, "{query}");
    }
    let page = browser.get(&format!("{path}?invited=p07")).await.expect(200);
    assert_eq!(invited(&page), ["p07@example.com"] as [&str; 1]);
    browser
        .get(&format!("{path}?invited-state=expired"))
        .await
        .expect(200)
        .says(&["None of the invitations fits.", "Show all invitations"]);
}

async fn people_are_narrowed(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    console.account(org, "vera@example.org", Role::OrgViewer).await;
    console
        .instance()
        .disable_account("vera@example.org")
        .await
        .unwrap();
    let path = format!("/console/orgs/{org}/people");
    for (query, has, misses) in [
        ("", "vera@example.org", "None of"),
        (
            "?q=EXAMPLE.ORG",
            "<span class=\"tag warn\">Disabled</span>",
            "anna@",
        ),
        ("?state=disabled", "vera@", "anna@"),
        ("?state=active&order=newest", "anna@", "vera@"),
        ("?q=nobody", "None of the people fits.", "vera@"),
    ] {
        let page = browser
            .get(&format!("{path}{query}"))
            .await
            .expect(200)
            .says(&[has]);
        assert!(!page.text.contains(misses), "{query}: {page:?}");
    }
}

async fn setup_links_go_on_on_the_next_page(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let entered = console.instance().org(org).await.unwrap();
    let owner = entered.owner().unwrap();
    for (number, name) in numbered("link", 54).into_iter().enumerate() {
        let (made, _) = owner.setup_links().create(&name, DAY).await.unwrap();
        if number < 10 {
            owner.setup_links().revoke(made.id).await.unwrap();
        }
    }
    let path = format!("/console/orgs/{org}/setup");
    let all = numbered("link", 54);
    let labels = |page: &Page| rows(page).into_iter().map(|row| row.trim().to_owned()).collect();
    for (query, expected) in [
        ("", &all[..]),
        ("?link-order=oldest", &all[..]),
        ("?link-state=open", &all[10..]),
        ("?link-state=revoked", &all[..10]),
        ("?link=LINK+5", &all[50..]),
        ("?link-state=expired", &[]),
    ] {
        let found = all_pages(&mut browser, &format!("{path}{query}"), "setup links", labels).await;
        assert_eq!(sorted(found), expected, "{query}");
    }
}

async fn the_organizations_of_a_person_go_on_on_the_next_page(console: TestConsole) {
    let (_, mut browser) = console.owner().await;
    for name in numbered("Customer", 51) {
        let org = console.org(&name).await;
        let token = console.invite(org, "anna@example.com", Role::OrgViewer).await;
        browser
            .submit(&format!("/console/invitations/{}", token.reveal()), &[])
            .await
            .expect(303);
    }
    let mut all = numbered("Customer", 51);
    all.insert(0, "Acme".to_owned());
    for query in ["", "?order=newest"] {
        let found = all_pages(
            &mut browser,
            &format!("/console{query}"),
            "organizations",
            headings,
        )
        .await;
        assert_eq!(sorted(found), all, "{query}");
    }
    // Whoever looks for one is not led on to it.
    let page = browser.get("/console?q=CUSTOMER+07").await.expect(200);
    assert_eq!(headings(&page), ["Customer 07"]);
    browser
        .get("/console?q=nobody")
        .await
        .expect(200)
        .says(&["None of the organizations fits."]);
}

async fn organizations_are_narrowed_and_ordered(console: TestConsole) {
    let mut olga = console.operator().await;
    let mut made = Vec::new();
    for name in ["Zebra", "acme", "Äpfel"] {
        made.push(console.org(name).await);
    }
    let entered = console.instance().org(made[1]).await.unwrap();
    entered.owner().unwrap().pause().await.unwrap();
    let path = "/console/operator";
    let id = made[2].to_string();
    for (query, expected) in [
        ("", &["Zebra", "acme", "Äpfel"][..]),
        ("?order=newest", &["Äpfel", "acme", "Zebra"]),
        ("?order=name", &["acme", "Zebra", "Äpfel"]),
        ("?state=paused", &["acme"]),
        ("?state=running&order=newest", &["Äpfel", "Zebra"]),
        ("?state=deleted", &[]),
        ("?name=ZEB", &["Zebra"]),
        ("?name=ebra", &[]),
        (&format!("?name={id}"), &["Äpfel"]),
    ] {
        let page = olga.get(&format!("{path}{query}")).await.expect(200);
        assert_eq!(rows(&page), expected, "{query}");
    }
    for name in numbered("Customer", 51) {
        console.org(&name).await;
    }
    for query in [
        "name=customer",
        "name=customer&state=running",
        "order=name",
        "order=newest",
    ] {
        let first = format!("{path}?{query}");
        let mut found = all_pages(&mut olga, &first, "organizations", rows).await;
        found.retain(|name| name.starts_with("Customer"));
        assert_eq!(sorted(found), numbered("Customer", 51), "{query}");
    }
}

async fn operators_are_narrowed(console: TestConsole) {
    let mut olga = console.operator().await;
    let path = "/console/operator/operators";
    for (query, has) in [
        ("", "olga@example.com"),
        ("?q=OHM", "olga@example.com"),
        ("?state=active&order=newest", "olga@example.com"),
        ("?state=disabled", "None of the operators fits."),
        ("?q=nobody", "Show all operators"),
    ] {
        olga.get(&format!("{path}{query}")).await.expect(200).says(&[has]);
    }
}

async fn what_no_list_offers_is_refused_and_said(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let holder = service_user(&console, org, "okta").await;
    let within = format!("/console/orgs/{org}");
    let holder = format!("{within}/service-users/{}", holder.id);
    let mut olga = console.operator().await;
    for (path, fields) in [
        (
            holder.as_str(),
            &[
                "state",
                "order",
                "after",
                "client-state",
                "client-order",
                "client-after",
            ][..],
        ),
        (&format!("{within}/service-users"), &["state", "order", "after"]),
        (
            &format!("{within}/people"),
            &[
                "state",
                "order",
                "after",
                "invited-state",
                "invited-order",
                "invited-after",
            ],
        ),
        (
            &format!("{within}/setup"),
            &["link-state", "link-order", "link-after"],
        ),
        (&format!("{within}/users"), &["state", "order", "after"]),
        (&format!("{within}/groups"), &["order"]),
        ("/console", &["order", "after"]),
    ] {
        for field in fields {
            browser
                .get(&format!("{path}?{field}=nonsense"))
                .await
                .expect(400)
                .says(&["This was not understood"]);
        }
    }
    for path in ["/console/operator", "/console/operator/operators"] {
        for field in ["state", "order", "after"] {
            olga.get(&format!("{path}?{field}=nonsense"))
                .await
                .expect(400)
                .says(&["This was not understood"]);
        }
    }
}

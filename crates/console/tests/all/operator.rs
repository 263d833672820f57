//! What operators see and do: organizations from outside, and other operators.

use wicketgate_auth::{OrgId, OrgState, Role};
use wicketgate_testbed::both_engines;

use crate::harness::{PASSWORD, Page, TestConsole};

both_engines! {
    run with crate::harness::run:
    an_operator_creates_an_organization_and_invites_its_owner,
    organizations_are_listed_searched_and_turned_page_by_page,
    an_organization_is_paused_and_resumed_and_its_events_say_who_entered,
    an_organization_is_deleted_by_its_name_after_an_export_and_resumed,
    an_operator_makes_a_setup_link,
    an_operator_takes_a_setup_link_back,
    an_operator_invites_another_one,
    for_everybody_else_there_is_no_such_page,
    acts_need_a_recent_sign_in,
    whoever_has_one_organization_alone_is_led_there,
}

const HOME: &str = "/console/operator";

#[track_caller]
fn link(page: &Page) -> String {
    let (_, rest) = page.text.split_once("id=\"link\">").unwrap();
    let link = rest.split('<').next().unwrap();
    link.strip_prefix("https://scim.example.com").unwrap().to_owned()
}

fn org_of(page: &Page) -> OrgId {
    let (_, rest) = page.location().rsplit_once('/').unwrap();
    rest.split('?').next().unwrap().parse().unwrap()
}

async fn state(console: &TestConsole, org: OrgId) -> OrgState {
    let all = console.instance().orgs().await.unwrap();
    all.into_iter().find(|found| found.id == org).unwrap().state
}

async fn an_operator_creates_an_organization_and_invites_its_owner(console: TestConsole) {
    let mut olga = console.operator().await;
    olga.get("/console")
        .await
        .expect(200)
        .says(&["href=\"/console/operator\"", "Gateway"]);
    olga.get(HOME)
        .await
        .expect(200)
        .says(&["There is no organization yet", "Create the first organization"]);
    let form = format!("{HOME}/orgs/new");
    olga.get(&form).await.expect(200);
    olga.submit(&form, &[("name", " ")])
        .await
        .expect(422)
        .says(&["id=\"name-error\""]);
    let page = olga.submit(&form, &[("name", "Acme <script>")]).await.expect(303);
    let org = org_of(&page);
    olga.get(&format!("{HOME}/orgs/{org}?done=created"))
        .await
        .expect(200)
        .says(&[
            "Acme &#60;script&#62;",
            "invite an owner next",
            "What next",
            &format!("https://scim.example.com/scim/v2/{org}"),
        ]);
    let invite = format!("{HOME}/orgs/{org}/invite");
    olga.get(&invite).await.expect(200);
    olga.submit(&invite, &[("email", "nobody")])
        .await
        .expect(422)
        .says(&["id=\"email-error\"", "value=\"nobody\""]);
    let page = olga
        .submit(&invite, &[("email", "anna@example.com")])
        .await
        .expect(200)
        .says(&["This is shown once"]);
    let link = link(&page);
    let mut anna = console.browser();
    anna.get(&link).await.expect(200).says(&["Org Owner"]);
    anna.post(&link, &[("name", "Anna"), ("password", PASSWORD)])
        .await
        .leads_to("/console");
    anna.get(&format!("/console/orgs/{org}/settings"))
        .await
        .expect(200);
    // From outside nobody sees into the organization.
    olga.get(&format!("/console/orgs/{org}")).await.expect(404);
}

async fn organizations_are_listed_searched_and_turned_page_by_page(console: TestConsole) {
    let mut olga = console.operator().await;
    for number in 0..26 {
        console.org(&format!("Customer {number:02}")).await;
    }
    let page =
        olga.get(HOME)
            .await
            .expect(200)
            .says(&["Customer 00", "Customer 24", "Next page", "None yet"]);
    assert!(!page.text.contains("Customer 25"));
    let next = page
        .text
        .split("href=\"")
        .find_map(|rest| rest.split('"').next().filter(|path| path.contains("?after=")))
        .unwrap()
        .to_owned();
    let page = olga
        .get(&next)
        .await
        .expect(200)
        .says(&["Customer 25", "First page"]);
    assert!(!page.text.contains("Customer 24"));
    let page = olga
        .get(&format!("{HOME}?name=cUSTOMER+2"))
        .await
        .expect(200)
        .says(&["Customer 20", "Customer 25", "value=\"cUSTOMER 2\""]);
    assert!(!page.text.contains("Customer 02"));
    olga.get(&format!("{HOME}?name=%3Cscript%3E"))
        .await
        .expect(200)
        .says(&["None of the organizations fits.", "&#60;script&#62;"]);
}

async fn an_organization_is_paused_and_resumed_and_its_events_say_who_entered(console: TestConsole) {
    let org = console.org("Acme").await;
    let mut olga = console.operator().await;
    let path = format!("{HOME}/orgs/{org}");
    olga.get(&format!("{path}/pause"))
        .await
        .expect(200)
        .says(&["Pause Acme?"]);
    assert_eq!(state(&console, org).await, OrgState::Active);
    olga.submit(&format!("{path}/pause"), &[])
        .await
        .leads_to(&format!("{path}?done=paused"));
    assert_eq!(state(&console, org).await, OrgState::Paused);
    olga.get(HOME).await.says(&["Paused"]);
    olga.get(&format!("{path}/resume")).await.expect(200);
    olga.submit(&format!("{path}/resume"), &[])
        .await
        .leads_to(&format!("{path}?done=resumed"));
    assert_eq!(state(&console, org).await, OrgState::Active);
    let entered = console.instance().org(org).await.unwrap();
    let events = entered.owner().unwrap().events(0, 100).await.unwrap();
    let by_accounts: Vec<&str> = events
        .iter()
        .filter(|event| event.actor["type"] == "account")
        .map(|event| event.kind.as_str())
        .collect();
    assert_eq!(
        by_accounts,
        ["org.entered", "org.paused", "org.entered", "org.resumed"]
    );
}

async fn an_organization_is_deleted_by_its_name_after_an_export_and_resumed(console: TestConsole) {
    let org = console.org("Acme").await;
    let mut olga = console.operator().await;
    let path = format!("{HOME}/orgs/{org}");
    let delete = format!("{path}/delete");
    olga.get(&delete).await.expect(200).says(&[
        "Delete Acme?",
        "0 users",
        &format!("wicketgate export --org {org}"),
    ]);
    olga.submit(&delete, &[("name", "Globex"), ("no-export", "on")])
        .await
        .expect(422)
        .says(&[
            "id=\"name-error\"",
            "value=\"Globex\"",
            "type=\"checkbox\" checked",
        ]);
    olga.submit(&delete, &[("name", "Acme")])
        .await
        .expect(422)
        .says(&["not exported within the last 24 hours"]);
    assert_eq!(state(&console, org).await, OrgState::Active);
    olga.submit(&delete, &[("name", "Acme"), ("no-export", "on")])
        .await
        .leads_to(&format!("{path}?done=deleted"));
    assert_eq!(state(&console, org).await, OrgState::Deleted);
    let page = olga
        .get(&path)
        .await
        .expect(200)
        .says(&["Can be resumed until", "Resume"]);
    assert!(!page.text.contains("Invite an owner"));
    olga.submit(&format!("{path}/resume"), &[]).await.expect(303);
    assert_eq!(state(&console, org).await, OrgState::Active);
}

async fn an_operator_makes_a_setup_link(console: TestConsole) {
    let org = console.org("Acme").await;
    let mut olga = console.operator().await;
    let form = format!("{HOME}/orgs/{org}/setup-link");
    olga.get(&format!("{HOME}/orgs/{org}"))
        .await
        .says(&[&format!("href=\"{form}\"")]);
    olga.get(&form).await.expect(200).says(&["value=\"7\" selected"]);
    for (label, days, wrong) in [
        (" ", "7", "label"),
        ("Bea", "99", "expires-in"),
        ("Bea", "", "expires-in"),
    ] {
        olga.submit(&form, &[("label", label), ("expires-in", days)])
            .await
            .expect(422)
            .says(&[
                &format!("id=\"{wrong}-error\""),
                &format!("value=\"{}\"", label.trim()),
            ]);
    }
    let page = olga
        .submit(&form, &[("label", "Bea <b>"), ("expires-in", "14")])
        .await
        .expect(200)
        .says(&["This is shown once", "Bea &#60;b&#62;"]);
    console
        .browser()
        .get(&link(&page))
        .await
        .expect(200)
        .says(&["Acme"]);
    let entered = console.instance().org(org).await.unwrap();
    let links = entered.owner().unwrap().setup_links().list().await.unwrap();
    assert_eq!(links.len(), 1);
}

async fn an_operator_takes_a_setup_link_back(console: TestConsole) {
    let (org, other) = (console.org("Acme").await, console.org("Other").await);
    let mut olga = console.operator().await;
    let list = format!("{HOME}/orgs/{org}/setup-links");
    olga.get(&format!("{HOME}/orgs/{org}"))
        .await
        .says(&[&format!("href=\"{list}\"")]);
    olga.get(&list).await.expect(200).says(&["There is none yet"]);
    let made = olga
        .submit(
            &format!("{HOME}/orgs/{org}/setup-link"),
            &[("label", "Bea <b>"), ("expires-in", "14")],
        )
        .await
        .expect(200);
    let entered = console.instance().org(org).await.unwrap();
    let id = entered.owner().unwrap().setup_links().list().await.unwrap()[0].id;
    let revoke = format!("{list}/{id}/revoke");
    olga.get(&list)
        .await
        .expect(200)
        .says(&["Bea &#60;b&#62;", &format!("href=\"{revoke}\"")]);
    olga.get(&revoke)
        .await
        .expect(200)
        .says(&["Revoke the setup link for Bea &#60;b&#62;?"]);
    // Under another organization there is no such link.
    let elsewhere = format!("{HOME}/orgs/{other}/setup-links/{id}/revoke");
    olga.get(&elsewhere).await.expect(404);
    olga.submit(&elsewhere, &[]).await.expect(404);
    console.browser().get(&link(&made)).await.expect(200);
    olga.submit(&revoke, &[]).await.expect(303);
    let page = olga.get(&format!("{list}?done=link")).await.expect(200);
    page.says(&["The link was revoked", "Revoked"]);
    console.browser().get(&link(&made)).await.expect(404);
}

async fn an_operator_invites_another_one(console: TestConsole) {
    let mut olga = console.operator().await;
    olga.get(&format!("{HOME}/operators"))
        .await
        .expect(200)
        .says(&["olga@example.com", "Invite an operator"]);
    let form = format!("{HOME}/operators/new");
    olga.get(&form).await.expect(200);
    olga.submit(&form, &[("email", "nobody")])
        .await
        .expect(422)
        .says(&["value=\"nobody\""]);
    let page = olga
        .submit(&form, &[("email", "otto@example.com")])
        .await
        .expect(200)
        .says(&["This is shown once"]);
    let link = link(&page);
    let mut otto = console.browser();
    otto.get(&link)
        .await
        .expect(200)
        .says(&["this gateway", "Operator"]);
    otto.post(&link, &[("name", "Otto"), ("password", PASSWORD)])
        .await
        .leads_to("/console");
    otto.get(&format!("{HOME}/operators"))
        .await
        .expect(200)
        .says(&["olga@example.com", "otto@example.com"]);
}

async fn for_everybody_else_there_is_no_such_page(console: TestConsole) {
    let (org, mut anna) = console.owner().await;
    let pages = [
        HOME.to_owned(),
        format!("{HOME}/operators"),
        format!("{HOME}/operators/new"),
        format!("{HOME}/orgs/new"),
        format!("{HOME}/orgs/{org}"),
        format!("{HOME}/orgs/{org}/delete"),
        format!("{HOME}/orgs/{org}/invite"),
    ];
    for page in &pages {
        anna.get(page).await.expect(404);
    }
    for rest in ["/orgs/new", "/operators/new"] {
        anna.submit(
            &format!("{HOME}{rest}"),
            &[("name", "x"), ("email", "x@example.com")],
        )
        .await
        .expect(404);
    }
    for rest in ["pause", "resume", "delete", "invite", "setup-link"] {
        anna.submit(
            &format!("{HOME}/orgs/{org}/{rest}"),
            &[
                ("name", "Acme"),
                ("no-export", "on"),
                ("email", "x@example.com"),
                ("label", "x"),
                ("expires-in", "7"),
            ],
        )
        .await
        .expect(404);
    }
    assert_eq!(state(&console, org).await, OrgState::Active);
    let page = anna.get("/console/account").await.expect(200);
    assert!(!page.text.contains(HOME));
    let mut olga = console.operator().await;
    let unknown = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88";
    olga.get(&format!("{HOME}/orgs/{unknown}")).await.expect(404);
    olga.submit(&format!("{HOME}/orgs/{unknown}/pause"), &[])
        .await
        .expect(404);
}

async fn acts_need_a_recent_sign_in(console: TestConsole) {
    let org = console.org("Acme").await;
    console.pass(-600);
    let mut olga = console.operator().await;
    console.pass(600);
    olga.get(HOME).await.expect(200);
    olga.get(&format!("{HOME}/orgs/{org}")).await.expect(200);
    for rest in ["pause", "resume", "delete", "invite", "setup-link"] {
        let path = format!("{HOME}/orgs/{org}/{rest}");
        let asks = format!("/console/reauthenticate?return={}", path.replace('/', "%2F"));
        olga.get(&path).await.leads_to(&asks);
        olga.submit(&path, &[("name", "Acme"), ("email", "x@example.com")])
            .await
            .leads_to(&asks);
    }
    olga.get(&format!("{HOME}/operators/new")).await.expect(303);
    assert_eq!(state(&console, org).await, OrgState::Active);
}

async fn whoever_has_one_organization_alone_is_led_there(console: TestConsole) {
    let (org, mut anna) = console.owner().await;
    let first = async |browser: &mut crate::harness::Browser| {
        browser
            .send("GET", "/console", &[("sec-fetch-site", "none")], None)
            .await
    };
    first(&mut anna).await.leads_to(&format!("/console/orgs/{org}"));
    let other = console.org("Globex").await;
    let token = console.invite(other, "anna@example.com", Role::OrgViewer).await;
    anna.submit(&format!("/console/invitations/{}", token.reveal()), &[])
        .await
        .expect(303);
    first(&mut anna).await.expect(200).says(&["Acme", "Globex"]);
    let mut olga = console.operator().await;
    first(&mut olga).await.expect(200);
}

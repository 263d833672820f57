//! The audit log as owners read it.

use wicketgate_auth::{OrgId, Role};
use wicketgate_testbed::both_engines;

use crate::harness::{Browser, Page, TestConsole};

both_engines! {
    run with crate::harness::run:
    an_entry_says_who_changed_what_from_what_to_what,
    entries_are_narrowed_by_the_address,
    what_is_not_understood_is_shown_again_with_what_to_write,
    older_entries_are_on_the_next_page,
    owners_alone_read_the_audit_log,
}

async fn audit(browser: &mut Browser, org: OrgId, rest: &str) -> Page {
    browser.get(&format!("/console/orgs/{org}/audit{rest}")).await
}

async fn an_entry_says_who_changed_what_from_what_to_what(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let operator = console.instance().org(org).await.unwrap();
    let owner = operator.owner().unwrap();
    let settings = wicketgate_domain::Settings {
        log_days: 30,
        ..operator.settings().clone()
    };
    owner.set(settings).await.unwrap();
    let bert = console.idp(org).await.user("bert").await;
    browser
        .submit(&format!("/console/orgs/{org}/users/{bert}/release"), &[])
        .await
        .expect(303);
    audit(&mut browser, org, "").await.expect(200).says(&[
        "<h1>Audit</h1>",
        "Settings changed",
        "<th scope=\"row\">Days the log is kept</th><td>90</td><td>30</td>",
        "Operator",
        "Credential issued",
        "Production",
        "Person joined",
        "User released from its identity provider",
        "anna@example.com",
        "in the console",
        &format!("/users/{bert}\">bert</a>"),
        "Request id",
    ]);
}

async fn entries_are_narrowed_by_the_address(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let bert = console.idp(org).await.user("bert").await;
    browser
        .submit(&format!("/console/orgs/{org}/users/{bert}/release"), &[])
        .await
        .expect(303);
    let (issued, released) = (
        "<td>Credential issued<",
        "<td>User released from its identity provider<",
    );
    let nothing = "Nothing of this kind has happened.";
    for (query, has, misses) in [
        ("?kind=credential.", issued, released),
        ("?kind=user.released", released, issued),
        ("?actor=operator", issued, released),
        ("?actor=anna%40example.com", released, issued),
        ("?resource=bert", released, issued),
        ("?from=2099-01-01T00:00", nothing, issued),
        ("?until=2020-01-01T00:00", nothing, issued),
        ("?from=2020-01-01T00:00&until=2099-01-01T00:00", issued, nothing),
        ("?kind=nonsense", issued, nothing),
    ] {
        let page = audit(&mut browser, org, query).await.expect(200).says(&[has]);
        assert!(!page.text.contains(misses), "{query}: {page:?}");
    }
}

async fn what_is_not_understood_is_shown_again_with_what_to_write(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    for (query, field) in [
        ("?actor=nobody%40example.com", "actor"),
        ("?actor=a+b", "actor"),
        ("?resource=nobody", "resource"),
        ("?from=yesterday", "from"),
        ("?from=2026-02-01T00:00&until=2026-01-01T00:00", "until"),
    ] {
        audit(&mut browser, org, query)
            .await
            .expect(422)
            .says(&[&format!("id=\"{field}-error\"")]);
    }
}

async fn older_entries_are_on_the_next_page(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let operator = console.instance().org(org).await.unwrap();
    let owner = operator.owner().unwrap();
    for number in 0..55 {
        let name = format!("service {number}");
        let role = Role::OrgUserReader;
        owner
            .service_users()
            .create(&name, role, wicketgate_domain::DEFAULT_DOMAIN)
            .await
            .unwrap();
    }
    let page = audit(&mut browser, org, "?kind=service_user.created")
        .await
        .expect(200);
    assert_eq!(page.text.matches("<td>Service user created<").count(), 50);
    let next = page.text.split("rel=\"next\"").next().unwrap();
    let next = next.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
    let page = browser
        .get(&crate::harness::unescape(next))
        .await
        .expect(200)
        .says(&["First page"]);
    assert_eq!(page.text.matches("<td>Service user created<").count(), 5);
}

async fn owners_alone_read_the_audit_log(console: TestConsole) {
    let (org, _) = console.owner().await;
    let mut viewer = console.person(org, "vera@example.com", Role::OrgViewer).await;
    audit(&mut viewer, org, "").await.expect(403);
    let globex = console.org("Globex").await;
    let mut stranger = console.person(globex, "otto@example.com", Role::OrgOwner).await;
    audit(&mut stranger, org, "").await.expect(404);
    let page = audit(&mut stranger, globex, "").await.expect(200);
    assert!(!page.text.contains("anna@example.com"));
}

//! The groups of an organization as its own people find them, look at them and act on them.

use wicketgate_auth::{OrgId, Role};
use wicketgate_domain::{GroupId, UserId};
use wicketgate_testbed::both_engines;

use crate::harness::{Browser, Idp, Page, TestConsole, unescape};

both_engines! {
    run with crate::harness::run:
    a_list_without_groups_says_what_to_do_next,
    groups_are_found_by_name_and_id,
    the_members_of_a_group_are_shown_page_by_page,
    a_managed_group_is_released_before_it_is_deleted,
    a_viewer_sees_groups_and_changes_none,
    nobody_sees_groups_of_another_organization,
}

async fn connected(console: &TestConsole) -> (OrgId, Browser, Idp) {
    let (org, browser) = console.owner().await;
    let idp = console.idp(org).await;
    (org, browser, idp)
}

async fn groups(browser: &mut Browser, org: OrgId, rest: &str) -> Page {
    browser.get(&format!("/console/orgs/{org}/groups{rest}")).await
}

async fn act(browser: &mut Browser, org: OrgId, group: GroupId, act: &str) -> Page {
    browser
        .submit(&format!("/console/orgs/{org}/groups/{group}/{act}"), &[])
        .await
}

async fn a_list_without_groups_says_what_to_do_next(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    groups(&mut browser, org, "")
        .await
        .expect(200)
        .says(&["There are no groups yet", "Set up provisioning"]);
    groups(&mut browser, org, "?q=x")
        .await
        .expect(200)
        .says(&["None of the groups fits.", "Show all groups"]);
}

async fn groups_are_found_by_name_and_id(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    let bert = idp.user("bert").await;
    let pilots = idp.group("Pilots", &[bert]).await;
    idp.group("Crew <b>", &[]).await;
    for (query, has, misses) in [
        (String::new(), ">Crew &#60;b&#62;<", "Crew <b>"),
        ("?q=pil".to_owned(), ">Pilots<", ">Crew"),
        (format!("?q={pilots}"), ">Pilots<", ">Crew"),
    ] {
        let page = groups(&mut browser, org, &query).await.expect(200).says(&[has]);
        assert!(!page.text.contains(misses), "{query}");
    }
    let page = groups(&mut browser, org, "?order=name-descending").await;
    assert!(page.text.find(">Pilots<") < page.text.find(">Crew"), "{page:?}");
}

async fn the_members_of_a_group_are_shown_page_by_page(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    let mut members: Vec<UserId> = Vec::new();
    for number in 0..52 {
        members.push(idp.user(&format!("user{number:02}")).await);
    }
    let group = idp.group("Pilots", &members).await;
    let page = groups(&mut browser, org, &format!("/{group}"))
        .await
        .expect(200)
        .says(&[
            "<h1>Pilots</h1>",
            "52 in all",
            "The identity provider manages this group",
            "&#34;displayName&#34;: &#34;Pilots&#34;",
            "Created the group Pilots",
        ]);
    assert_eq!(page.text.matches("<th scope=\"row\">").count(), 50);
    assert!(!page.text.contains("&#34;members&#34;"), "{page:?}");
    let next = page.text.split("rel=\"next\"").next().unwrap();
    let next = unescape(next.rsplit("href=\"").next().unwrap().split('"').next().unwrap());
    let page = browser
        .get(&next)
        .await
        .expect(200)
        .says(&["user50", "user51", "First page"]);
    assert_eq!(page.text.matches("<th scope=\"row\">").count(), 2);
    groups(&mut browser, org, "/nothing").await.expect(404);
}

async fn a_managed_group_is_released_before_it_is_deleted(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    let bert = idp.user("bert").await;
    let group = idp.group("Pilots", &[bert]).await;
    groups(&mut browser, org, &format!("/{group}/delete"))
        .await
        .expect(409)
        .says(&["release the group"]);
    act(&mut browser, org, group, "delete").await.expect(409);
    groups(&mut browser, org, &format!("/{group}/release"))
        .await
        .expect(200)
        .says(&["Release Pilots from the identity provider?"]);
    act(&mut browser, org, group, "release")
        .await
        .leads_to(&format!("/console/orgs/{org}/groups/{group}?done=release"));
    groups(&mut browser, org, &format!("/{group}?done=release"))
        .await
        .expect(200)
        .says(&[
            "The group is released",
            "No identity provider manages this group",
            "Group released from its identity provider",
        ]);
    groups(&mut browser, org, &format!("/{group}/release"))
        .await
        .expect(409);
    groups(&mut browser, org, &format!("/{group}/delete"))
        .await
        .expect(200)
        .says(&["Delete Pilots?", "Its 1 member stays", "cannot be undone"]);
    act(&mut browser, org, group, "delete")
        .await
        .leads_to(&format!("/console/orgs/{org}/groups?done=delete"));
    groups(&mut browser, org, "?done=delete")
        .await
        .says(&["The group is deleted"]);
    groups(&mut browser, org, &format!("/{group}")).await.expect(404);
    act(&mut browser, org, group, "nonsense").await.expect(404);
}

async fn a_viewer_sees_groups_and_changes_none(console: TestConsole) {
    let (org, _, idp) = connected(&console).await;
    let group = idp.group("Pilots", &[]).await;
    let mut viewer = console.person(org, "vera@example.com", Role::OrgViewer).await;
    groups(&mut viewer, org, "").await.expect(200).says(&["Pilots"]);
    let page = groups(&mut viewer, org, &format!("/{group}")).await.expect(200);
    assert!(!page.text.contains("/release\""), "{page:?}");
    for word in ["release", "delete"] {
        groups(&mut viewer, org, &format!("/{group}/{word}"))
            .await
            .expect(403);
        act(&mut viewer, org, group, word).await.expect(403);
    }
}

async fn nobody_sees_groups_of_another_organization(console: TestConsole) {
    let (org, _, idp) = connected(&console).await;
    let group = idp.group("Pilots", &[]).await;
    let globex = console.org("Globex").await;
    let mut stranger = console.person(globex, "otto@example.com", Role::OrgOwner).await;
    for within in [org, globex] {
        groups(&mut stranger, within, &format!("/{group}"))
            .await
            .expect(404);
        groups(&mut stranger, within, &format!("/{group}/release"))
            .await
            .expect(404);
        act(&mut stranger, within, group, "release").await.expect(404);
    }
    groups(&mut stranger, org, "").await.expect(404);
}

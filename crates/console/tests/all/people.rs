//! The people of an organization: their roles, and inviting and removing them.

use wicketgate_auth::{OrgId, Role};
use wicketgate_testbed::both_engines;

use crate::harness::{Browser, PASSWORD, Page, TestConsole};

both_engines! {
    run with crate::harness::run:
    an_invited_person_comes_in_by_the_link_that_was_shown_once,
    an_invitation_that_was_withdrawn_does_not_hold,
    what_was_typed_is_kept_when_an_invitation_cannot_be_made,
    roles_are_changed_and_people_removed,
    the_last_owner_stays,
    a_viewer_looks_and_changes_nothing,
    the_owner_of_another_organization_finds_nothing,
    whoever_signed_in_long_ago_shows_who_it_is_first,
}

fn people(org: OrgId) -> String {
    format!("/console/orgs/{org}/people")
}

/// The link that a page shows once.
#[track_caller]
fn link(page: &Page) -> String {
    let (_, rest) = page.text.split_once("id=\"link\">").unwrap();
    let link = rest.split('<').next().unwrap();
    link.strip_prefix("https://scim.example.com").unwrap().to_owned()
}

/// The path of the act on the row of this address.
#[track_caller]
fn act(page: &Page, email: &str, act: &str) -> String {
    let row = page
        .text
        .split("<tr>")
        .find(|row| row.contains(email) && row.contains(&format!("/{act}\"")))
        .unwrap_or_else(|| panic!("nobody is called {email}: {page:?}"));
    let path = row.split("href=\"").find_map(|rest| {
        let path = rest.split('"').next()?;
        path.ends_with(&format!("/{act}")).then_some(path)
    });
    path.unwrap().to_owned()
}

async fn signed_in(console: &TestConsole, email: &str) -> Browser {
    let mut browser = console.browser();
    browser.sign_in(email, PASSWORD).await.expect(303);
    browser
}

async fn an_invited_person_comes_in_by_the_link_that_was_shown_once(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    owner.get(&people(org)).await.expect(200).says(&[
        "anna@example.com",
        "You",
        "Invite a person",
        "No invitation waits",
    ]);
    let form = format!("{}/invitations/new", people(org));
    owner.get(&form).await.expect(200).says(&["Org Viewer"]);
    let page = owner
        .submit(&form, &[("email", "ben@example.com"), ("role", "org_viewer")])
        .await
        .expect(200)
        .says(&[
            "This is shown once",
            "data-copy=\"link\"",
            "It works once, until 2",
        ]);
    let link = link(&page);
    let list = owner
        .get(&people(org))
        .await
        .says(&["ben@example.com", "In 2 days"]);
    assert!(!list.text.contains(&link));
    let mut ben = console.browser();
    ben.get(&link).await.expect(200).says(&["Acme", "Org Viewer"]);
    ben.post(&link, &[("name", "<script>Ben"), ("password", PASSWORD)])
        .await
        .leads_to("/console");
    ben.get(&people(org)).await.expect(200);
    owner
        .get(&people(org))
        .await
        .says(&["&#60;script&#62;Ben", "No invitation waits"]);
}

async fn an_invitation_that_was_withdrawn_does_not_hold(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    let form = format!("{}/invitations/new", people(org));
    let page = owner
        .submit(&form, &[("email", "ben@example.com"), ("role", "org_owner")])
        .await;
    let link = link(&page);
    let revoke = act(&owner.get(&people(org)).await, "ben@example.com", "revoke");
    owner
        .get(&revoke)
        .await
        .expect(200)
        .says(&["Withdraw the invitation of ben@example.com?"]);
    console.browser().get(&link).await.expect(200);
    owner
        .submit(&revoke, &[])
        .await
        .leads_to(&format!("{}?done=revoked", people(org)));
    console.browser().get(&link).await.expect(404);
    owner.get(&revoke).await.expect(404);
}

async fn what_was_typed_is_kept_when_an_invitation_cannot_be_made(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    let form = format!("{}/invitations/new", people(org));
    for (email, role, wrong) in [
        ("nobody", "org_viewer", "email"),
        ("ben@example.com", "org_user_manager", "role"),
        ("ben@example.com", "operator", "role"),
    ] {
        owner
            .submit(&form, &[("email", email), ("role", role)])
            .await
            .expect(422)
            .says(&[&format!("id=\"{wrong}-error\""), &format!("value=\"{email}\"")]);
    }
    let page = owner
        .submit(&form, &[("email", "nobody"), ("role", "org_viewer")])
        .await;
    page.says(&["value=\"org_viewer\" selected"]);
    owner.get(&people(org)).await.says(&["No invitation waits"]);
}

async fn roles_are_changed_and_people_removed(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    console.account(org, "ben@example.com", Role::OrgViewer).await;
    let mut ben = signed_in(&console, "ben@example.com").await;
    let role = act(&owner.get(&people(org)).await, "ben@example.com", "role");
    owner
        .get(&role)
        .await
        .expect(200)
        .says(&["value=\"org_viewer\" selected"]);
    owner.submit(&role, &[("role", "nothing")]).await.expect(422);
    owner
        .submit(&role, &[("role", "org_owner")])
        .await
        .leads_to(&format!("{}?done=role", people(org)));
    ben.get(&format!("/console/orgs/{org}/settings"))
        .await
        .expect(200);
    let remove = act(&owner.get(&people(org)).await, "ben@example.com", "remove");
    owner
        .get(&remove)
        .await
        .expect(200)
        .says(&["Remove Anna Berg from Acme?"]);
    owner
        .submit(&remove, &[])
        .await
        .leads_to(&format!("{}?done=removed", people(org)));
    ben.get(&people(org)).await.expect(404);
    owner.get(&remove).await.expect(404);
}

async fn the_last_owner_stays(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    console.account(org, "vera@example.com", Role::OrgViewer).await;
    let list = owner.get(&people(org)).await;
    let (role, remove) = (
        act(&list, "anna@example.com", "role"),
        act(&list, "anna@example.com", "remove"),
    );
    for (path, fields) in [(&role, &[("role", "org_viewer")][..]), (&remove, &[])] {
        owner
            .submit(path, fields)
            .await
            .expect(422)
            .says(&["last Org Owner who can sign in", "<title>Error: "]);
    }
    owner
        .get(&people(org))
        .await
        .says(&["anna@example.com", "Invite a person"]);
    // With another owner one may go, and then sees nothing any more.
    console.account(org, "otto@example.com", Role::OrgOwner).await;
    owner.submit(&remove, &[]).await.leads_to("/console");
    owner.get(&people(org)).await.expect(404);
}

async fn a_viewer_looks_and_changes_nothing(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    console.account(org, "vera@example.com", Role::OrgViewer).await;
    let form = format!("{}/invitations/new", people(org));
    owner
        .submit(&form, &[("email", "ben@example.com"), ("role", "org_owner")])
        .await
        .expect(200);
    let list = owner.get(&people(org)).await;
    let mut vera = signed_in(&console, "vera@example.com").await;
    let page = vera
        .get(&people(org))
        .await
        .expect(200)
        .says(&["anna@example.com", "vera@example.com"]);
    for hidden in ["Invite a person", "ben@example.com", "/role\"", "/remove\""] {
        assert!(!page.text.contains(hidden), "{hidden}");
    }
    for (path, fields) in [
        (form, &[("email", "x@example.com"), ("role", "org_owner")][..]),
        (act(&list, "vera@example.com", "role"), &[("role", "org_owner")]),
        (act(&list, "anna@example.com", "remove"), &[]),
        (act(&list, "ben@example.com", "revoke"), &[]),
    ] {
        vera.get(&path).await.expect(403);
        vera.submit(&path, fields).await.expect(403);
    }
}

async fn the_owner_of_another_organization_finds_nothing(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    let other = console.org("Globex").await;
    console.account(other, "otto@example.com", Role::OrgOwner).await;
    let list = owner.get(&people(org)).await;
    let mut otto = signed_in(&console, "otto@example.com").await;
    let remove = act(&list, "anna@example.com", "remove");
    for path in [
        people(org),
        format!("{}/invitations/new", people(org)),
        remove.clone(),
        // An account that has no role in one's own organization.
        remove.replace(&org.to_string(), &other.to_string()),
    ] {
        otto.get(&path).await.expect(404);
    }
    otto.submit(&remove, &[]).await.expect(404);
    owner.get(&people(org)).await.expect(200);
}

async fn whoever_signed_in_long_ago_shows_who_it_is_first(console: TestConsole) {
    console.pass(-600);
    let (org, mut owner) = console.owner().await;
    console.pass(600);
    let list = owner.get(&people(org)).await.expect(200);
    for path in [
        format!("{}/invitations/new", people(org)),
        act(&list, "anna@example.com", "role"),
        act(&list, "anna@example.com", "remove"),
    ] {
        let asks = format!("/console/reauthenticate?return={}", path.replace('/', "%2F"));
        owner.get(&path).await.leads_to(&asks);
        owner
            .submit(&path, &[("email", "x@example.com"), ("role", "org_owner")])
            .await
            .leads_to(&asks);
    }
}

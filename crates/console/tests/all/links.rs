//! One-time links: invitations, and recovering an account.

use wicketgate_auth::Role;
use wicketgate_testbed::both_engines;

use crate::harness::{OTHER_PASSWORD, PASSWORD, TestConsole};

both_engines! {
    run with crate::harness::run:
    an_invitation_makes_an_account_once,
    what_was_typed_is_kept_when_an_invitation_is_refused,
    whoever_is_signed_in_accepts_with_that_account,
    an_invitation_for_an_address_that_has_an_account_asks_to_sign_in,
    a_link_that_does_not_hold_says_so,
    a_recovery_link_gives_a_new_password_once,
}

async fn an_invitation_makes_an_account_once(console: TestConsole) {
    let org = console.org("Acme").await;
    let token = console.invite(org, "anna@example.com", Role::OrgOwner).await;
    let target = format!("/console/invitations/{}", token.reveal());
    let mut browser = console.browser();
    browser
        .get(&target)
        .await
        .expect(200)
        .says(&["Acme", "Org Owner", "anna@example.com", "Your name"]);
    let fields = [("name", "Anna Berg"), ("password", PASSWORD)];
    browser.post(&target, &fields).await.leads_to("/console");
    browser
        .get("/console")
        .await
        .expect(200)
        .says(&["Acme", "Anna Berg"]);
    console
        .browser()
        .get(&target)
        .await
        .expect(404)
        .says(&["This link does not hold"]);
    console.browser().post(&target, &fields).await.expect(404);
    console
        .browser()
        .sign_in("anna@example.com", PASSWORD)
        .await
        .leads_to("/console");
}

async fn what_was_typed_is_kept_when_an_invitation_is_refused(console: TestConsole) {
    let org = console.org("Acme").await;
    let token = console.invite(org, "anna@example.com", Role::OrgViewer).await;
    let target = format!("/console/invitations/{}", token.reveal());
    let page = console
        .browser()
        .post(&target, &[("name", "Anna Berg"), ("password", "short")])
        .await
        .expect(422);
    let page = page.says(&["value=\"Anna Berg\"", "id=\"password-error\"", "<title>Error:"]);
    assert!(!page.text.contains("value=\"short\""));
    let page = console
        .browser()
        .post(&target, &[("name", " "), ("password", PASSWORD)])
        .await
        .expect(422);
    page.says(&["id=\"name-error\""]);
    console.browser().get(&target).await.expect(200);
}

async fn whoever_is_signed_in_accepts_with_that_account(console: TestConsole) {
    let (_, mut browser) = console.owner().await;
    let other = console.org("Globex").await;
    let token = console
        .invite(other, "someone@example.com", Role::OrgViewer)
        .await;
    let target = format!("/console/invitations/{}", token.reveal());
    let page = browser
        .get(&target)
        .await
        .expect(200)
        .says(&["Globex", "Accept as anna@example.com"]);
    browser.post(&target, &[]).await.expect(403);
    browser
        .post(&target, &[("form_token", &page.field("form_token"))])
        .await
        .leads_to("/console");
    browser
        .get("/console")
        .await
        .says(&["Acme", "Globex", "Org Viewer"]);
}

async fn an_invitation_for_an_address_that_has_an_account_asks_to_sign_in(console: TestConsole) {
    console.owner().await;
    let other = console.org("Globex").await;
    let token = console.invite(other, "Anna@Example.com", Role::OrgViewer).await;
    let target = format!("/console/invitations/{}", token.reveal());
    let fields = [("name", "Anna"), ("password", OTHER_PASSWORD)];
    let page = console.browser().post(&target, &fields).await.expect(409);
    assert!(page.cookies().is_empty());
    page.says(&["There is an account of this address already"]);
    console
        .browser()
        .sign_in("anna@example.com", OTHER_PASSWORD)
        .await
        .expect(422);
}

async fn a_link_that_does_not_hold_says_so(console: TestConsole) {
    let org = console.org("Acme").await;
    let token = console.invite(org, "anna@example.com", Role::OrgOwner).await;
    let mut near = token.reveal().to_owned();
    near.pop();
    for target in [
        "/console/invitations/nothing".to_owned(),
        format!("/console/invitations/{near}"),
        format!("/console/recover/{}", token.reveal()),
        "/console/recover/nothing".to_owned(),
    ] {
        console
            .browser()
            .get(&target)
            .await
            .expect(404)
            .says(&["This link does not hold"]);
        console
            .browser()
            .post(&target, &[("password", PASSWORD)])
            .await
            .expect(404);
    }
}

async fn a_recovery_link_gives_a_new_password_once(console: TestConsole) {
    let (_, mut before) = console.owner().await;
    let (_, token) = console
        .instance()
        .recover_account("anna@example.com")
        .await
        .unwrap();
    let target = format!("/console/recover/{}", token.reveal());
    let mut browser = console.browser();
    browser
        .get(&target)
        .await
        .expect(200)
        .says(&["anna@example.com", "New password"]);
    browser
        .post(&target, &[("password", "short")])
        .await
        .expect(422)
        .says(&["id=\"password-error\""]);
    browser
        .post(&target, &[("password", OTHER_PASSWORD)])
        .await
        .leads_to("/console");
    browser.get("/console").await.expect(200);
    before.get("/console").await.leads_to("/console/sign-in");
    console
        .browser()
        .post(&target, &[("password", PASSWORD)])
        .await
        .expect(404);
    console
        .browser()
        .sign_in("anna@example.com", PASSWORD)
        .await
        .expect(422);
}

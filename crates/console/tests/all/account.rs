//! The own account: password, authenticator app, sessions, and showing again who one is.

use wicketgate_auth::Role;
use wicketgate_testbed::both_engines;

use crate::harness::{COOKIE, OTHER_PASSWORD, PASSWORD, TestConsole};

both_engines! {
    run with crate::harness::run:
    a_changed_password_signs_out_every_other_browser,
    a_password_that_cannot_be_chosen_is_refused_beside_its_field,
    other_browsers_are_listed_and_signed_out,
    nobody_signs_out_the_browsers_of_another_account,
    whoever_shows_again_who_it_is_goes_on_under_another_token,
}

fn fields(present: &'static str, new: &'static str) -> [(&'static str, &'static str); 2] {
    [("current", present), ("new", new)]
}

async fn a_changed_password_signs_out_every_other_browser(console: TestConsole) {
    let (_, mut browser) = console.owner().await;
    let mut other = console.browser();
    other
        .sign_in("anna@example.com", PASSWORD)
        .await
        .leads_to("/console");
    browser
        .get("/console/account/password")
        .await
        .expect(200)
        .says(&["Present password", "New password"]);
    browser
        .submit(
            "/console/account/password",
            &fields("another password", OTHER_PASSWORD),
        )
        .await
        .expect(422)
        .says(&["This is not your password.", "aria-invalid"]);
    let before = browser.cookies[COOKIE].clone();
    browser
        .submit("/console/account/password", &fields(PASSWORD, OTHER_PASSWORD))
        .await
        .leads_to("/console/account?done=password");
    assert_ne!(browser.cookies[COOKIE], before);
    browser
        .get("/console/account?done=password")
        .await
        .expect(200)
        .says(&["The password was changed"]);
    other.get("/console").await.leads_to("/console/sign-in");
    console
        .browser()
        .sign_in("anna@example.com", PASSWORD)
        .await
        .expect(422);
    console
        .browser()
        .sign_in("anna@example.com", OTHER_PASSWORD)
        .await
        .leads_to("/console");
}

async fn a_password_that_cannot_be_chosen_is_refused_beside_its_field(console: TestConsole) {
    let (_, mut browser) = console.owner().await;
    for weak in ["short", "password1234567", "anna@example.com"] {
        let page = browser
            .submit("/console/account/password", &fields(PASSWORD, weak))
            .await
            .expect(422);
        page.says(&["id=\"new-error\"", "aria-describedby=\"new-hint new-error\""]);
    }
    console
        .browser()
        .sign_in("anna@example.com", PASSWORD)
        .await
        .leads_to("/console");
}

async fn other_browsers_are_listed_and_signed_out(console: TestConsole) {
    let (_, mut browser) = console.owner().await;
    let mut others = [console.browser(), console.browser()];
    for other in &mut others {
        other
            .sign_in("anna@example.com", PASSWORD)
            .await
            .leads_to("/console");
    }
    let page = browser
        .get("/console/account")
        .await
        .says(&["This browser", "203.0.113.0/24"]);
    let revocations: Vec<String> = page
        .text
        .split("action=\"")
        .filter_map(|rest| rest.split('"').next())
        .filter(|action| action.ends_with("/revoke"))
        .map(str::to_owned)
        .collect();
    // One more began when the invitation was accepted.
    assert_eq!(revocations.len(), 3);
    for revocation in &revocations[1..] {
        browser
            .submit(revocation, &[])
            .await
            .leads_to("/console/account?done=session");
    }
    let mut left = 0;
    for other in &mut others {
        left += usize::from(other.get("/console").await.status == 200);
    }
    assert_eq!(left, 1);
    browser
        .submit("/console/account/sessions/revoke-others", &[])
        .await
        .leads_to("/console/account?done=sessions");
    for other in &mut others {
        other.get("/console").await.leads_to("/console/sign-in");
    }
    browser.get("/console").await.expect(200);
}

async fn nobody_signs_out_the_browsers_of_another_account(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    console.account(org, "ben@example.com", Role::OrgOwner).await;
    let mut other = console.browser();
    other
        .sign_in("ben@example.com", PASSWORD)
        .await
        .leads_to("/console");
    let id = &other.cookies[COOKIE]["wicket_ses_".len()..][..16];
    browser
        .submit(&format!("/console/account/sessions/{id}/revoke"), &[])
        .await
        .leads_to("/console/account?done=session");
    other.get("/console").await.expect(200);
}

async fn whoever_shows_again_who_it_is_goes_on_under_another_token(console: TestConsole) {
    let (_, mut browser) = console.owner().await;
    let mut copy = browser.clone();
    browser
        .get("/console/reauthenticate?return=%2Fconsole%2Faccount")
        .await
        .expect(200)
        .says(&["Confirm that it is you"]);
    browser
        .submit(
            "/console/reauthenticate",
            &[("password", "not the one"), ("return", "/console/account")],
        )
        .await
        .expect(422)
        .says(&["The password is wrong."]);
    for (to, leads_to) in [
        ("/console/account", "/console/account"),
        ("https://evil.example", "/console"),
    ] {
        browser
            .submit(
                "/console/reauthenticate",
                &[("password", PASSWORD), ("return", to)],
            )
            .await
            .leads_to(leads_to);
    }
    browser.get("/console").await.expect(200);
    copy.get("/console").await.leads_to("/console/sign-in");
}

//! The own account: password, authenticator app, sessions, and showing again who one is.

use wicketgate_auth::{Role, totp::TotpSecret};
use wicketgate_testbed::both_engines;

use crate::harness::{Browser, COOKIE, OTHER_PASSWORD, PASSWORD, TestConsole, unescape};

both_engines! {
    run with crate::harness::run:
    a_changed_password_signs_out_every_other_browser,
    a_password_that_cannot_be_chosen_is_refused_beside_its_field,
    other_browsers_are_listed_and_signed_out,
    nobody_signs_out_the_browsers_of_another_account,
    an_authenticator_app_is_set_up_used_and_removed,
    a_recovery_code_signs_in_once,
    what_was_shown_beside_a_wrong_code_is_shown_again,
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

/// What an authenticator app knows.
struct App(TotpSecret);

impl App {
    /// Reads the key off the page.
    fn scan(text: &str) -> Self {
        let uri = unescape(
            text.split_once("href=\"otpauth:")
                .unwrap()
                .1
                .split('"')
                .next()
                .unwrap(),
        );
        let secret = uri.split_once("secret=").unwrap().1.split('&').next().unwrap();
        let mut bytes = Vec::new();
        let (mut bits, mut buffer) = (0, 0_u32);
        for letter in secret.bytes() {
            let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
                .iter()
                .position(|known| *known == letter)
                .unwrap();
            buffer = (buffer << 5 | u32::try_from(value).unwrap()) & 0xfff;
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes.push(u8::try_from(buffer >> bits & 0xff).unwrap());
            }
        }
        Self(TotpSecret::from_bytes(bytes))
    }

    fn code(&self, console: &TestConsole) -> String {
        self.0.code_at(console.seconds()).reveal().to_owned()
    }
}

/// Sets an app up, and answers it with the recovery codes.
async fn set_up(console: &TestConsole, browser: &mut Browser) -> (App, Vec<String>) {
    let page = browser.submit("/console/account/totp", &[]).await.expect(200);
    let page = page.says(&["<svg", "role=\"img\"", "Turn it on"]);
    let app = App::scan(&page.text);
    let code = app.code(console);
    let fields = [
        ("form_token", page.field("form_token")),
        ("setup", page.field("setup")),
        ("code", code),
    ];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let page = browser
        .post("/console/account/totp/confirm", &fields)
        .await
        .expect(200);
    let codes: Vec<String> = page
        .text
        .split("<li>")
        .skip(1)
        .filter_map(|rest| rest.split_once("</li>").map(|(code, _)| code.to_owned()))
        .collect();
    assert!(codes.len() >= 8, "{page:?}");
    (app, codes)
}

async fn an_authenticator_app_is_set_up_used_and_removed(console: TestConsole) {
    let (_, mut browser) = console.owner().await;
    let (app, _) = set_up(&console, &mut browser).await;
    browser
        .get("/console/account")
        .await
        .says(&["recovery codes are", "Remove the authenticator app"]);

    let mut other = console.browser();
    let to = [
        ("email", "anna@example.com"),
        ("password", PASSWORD),
        ("return", "/console/account"),
    ];
    let page = other
        .post("/console/sign-in", &to)
        .await
        .expect(200)
        .says(&["One more step"]);
    assert!(page.cookies().is_empty() && !page.text.contains(PASSWORD));
    let (step, to) = (page.field("step"), page.field("return"));
    other.get("/console").await.leads_to("/console/sign-in");
    for wrong in ["000000", "", "nonsense"] {
        let fields = [("step", step.as_str()), ("return", &to), ("code", wrong)];
        let page = other.post("/console/sign-in/code", &fields).await;
        assert!([422, 429].contains(&page.status), "{page:?}");
        assert!(page.cookies().is_empty());
    }
    console.pass(120);
    let code = app.code(&console);
    let fields = [("step", step.as_str()), ("return", &to), ("code", &code)];
    other
        .post("/console/sign-in/code", &fields)
        .await
        .leads_to("/console/account");
    // A code is good once, and a password waits for it for five minutes.
    console
        .browser()
        .post("/console/sign-in/code", &fields)
        .await
        .expect(422);
    console.pass(300);
    let fresh = app.code(&console);
    let fields = [("step", step.as_str()), ("return", &to), ("code", &fresh)];
    console
        .browser()
        .post("/console/sign-in/code", &fields)
        .await
        .expect(422)
        .says(&["That took too long"]);
    for forged in ["", "nonsense", &step[1..]] {
        let fields = [("step", forged), ("code", fresh.as_str())];
        console
            .browser()
            .post("/console/sign-in/code", &fields)
            .await
            .expect(422)
            .says(&["That took too long"]);
    }

    browser
        .submit("/console/account/totp/remove", &[])
        .await
        .leads_to("/console/account?done=totp-removed");
    console
        .browser()
        .sign_in("anna@example.com", PASSWORD)
        .await
        .leads_to("/console");
}

async fn a_recovery_code_signs_in_once(console: TestConsole) {
    let (_, mut browser) = console.owner().await;
    let (_, codes) = set_up(&console, &mut browser).await;
    for (times, status) in [(1, 303), (2, 422)] {
        let mut other = console.browser();
        let step = other
            .sign_in("anna@example.com", PASSWORD)
            .await
            .expect(200)
            .field("step");
        let fields = [("step", step.as_str()), ("code", &codes[0])];
        let page = other.post("/console/sign-in/code", &fields).await;
        assert_eq!(page.status, status, "time {times}: {page:?}");
    }
}

async fn what_was_shown_beside_a_wrong_code_is_shown_again(console: TestConsole) {
    let (_, mut browser) = console.owner().await;
    let page = browser.submit("/console/account/totp", &[]).await.expect(200);
    let (token, setup) = (page.field("form_token"), page.field("setup"));
    let uri = |text: &str| {
        text.split_once("href=\"otpauth:")
            .unwrap()
            .1
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    let fields = [("form_token", token.as_str()), ("setup", &setup), ("code", "abc")];
    let again = browser
        .post("/console/account/totp/confirm", &fields)
        .await
        .expect(422);
    assert_eq!(uri(&again.text), uri(&page.text));
    again.says(&["aria-invalid", "role=\"alert\""]);
    console
        .browser()
        .sign_in("anna@example.com", PASSWORD)
        .await
        .leads_to("/console");
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

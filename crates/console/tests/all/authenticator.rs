//! The authenticator app of an account, and its recovery codes.

use wicketgate_testbed::{AuthenticatorApp, both_engines};

use crate::harness::{Browser, PASSWORD, TestConsole, unescape};

both_engines! {
    run with crate::harness::run:
    an_authenticator_app_is_set_up_used_and_removed,
    a_recovery_code_signs_in_once,
    new_recovery_codes_take_the_place_of_the_old_ones,
    new_recovery_codes_need_a_recent_sign_in,
    what_was_shown_beside_a_wrong_code_is_shown_again,
}

/// Reads the key off the page.
fn scan(text: &str) -> AuthenticatorApp {
    let uri = unescape(
        text.split_once("href=\"otpauth:")
            .unwrap()
            .1
            .split('"')
            .next()
            .unwrap(),
    );
    AuthenticatorApp::with_key(uri.split_once("secret=").unwrap().1.split('&').next().unwrap())
}

/// The recovery codes on a page.
fn codes_on(text: &str) -> Vec<String> {
    text.split("<li>")
        .skip(1)
        .filter_map(|rest| rest.split_once("</li>").map(|(code, _)| code.to_owned()))
        .collect()
}

/// Sets an app up, and answers it with the recovery codes.
async fn set_up(console: &TestConsole, browser: &mut Browser) -> (AuthenticatorApp, Vec<String>) {
    let page = browser.submit("/console/account/totp", &[]).await.expect(200);
    let page = page.says(&["<svg", "role=\"img\"", "Turn it on"]);
    let app = scan(&page.text);
    let code = app.code_at(console.seconds());
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
    let codes = codes_on(&page.text);
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
    let code = app.code_at(console.seconds());
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
    let fresh = app.code_at(console.seconds());
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

/// The status of a sign-in with the password and this recovery code.
async fn sign_in_with(browser: &mut Browser, code: &str) -> u16 {
    let step = browser
        .sign_in("anna@example.com", PASSWORD)
        .await
        .expect(200)
        .field("step");
    let fields = [("step", step.as_str()), ("code", code)];
    browser.post("/console/sign-in/code", &fields).await.status
}

async fn new_recovery_codes_take_the_place_of_the_old_ones(console: TestConsole) {
    const NEW_CODES: &str = "/console/account/totp/recovery-codes";
    let (_, mut browser) = console.owner().await;
    // Without an app there are none.
    browser.submit(NEW_CODES, &[]).await.leads_to("/console/account");
    let (_, old) = set_up(&console, &mut browser).await;
    browser
        .get("/console/account")
        .await
        .says(&["Make new recovery codes"]);
    let page = browser
        .submit(NEW_CODES, &[])
        .await
        .expect(200)
        .says(&["worth nothing now", "account?done=recovery-codes"]);
    assert!(
        page.headers
            .iter()
            .any(|(name, value)| name == "cache-control" && value.contains("no-store")),
        "{page:?}"
    );
    let new = codes_on(&page.text);
    assert_eq!(new.len(), old.len());
    assert!(new.iter().all(|code| !old.contains(code)), "{new:?}");
    for code in &old[..2] {
        assert_eq!(sign_in_with(&mut console.browser(), code).await, 422);
    }
    assert_eq!(sign_in_with(&mut console.browser(), &new[0]).await, 303);
    browser
        .get("/console/account?done=recovery-codes")
        .await
        .says(&["9 recovery codes are left", "Those from before do not work"]);
}

async fn new_recovery_codes_need_a_recent_sign_in(console: TestConsole) {
    let (_, mut browser) = console.owner().await;
    let (_, codes) = set_up(&console, &mut browser).await;
    let form_token = browser.get("/console/account").await.field("form_token");
    console.pass(-360);
    let mut stale = console.browser();
    assert_eq!(sign_in_with(&mut stale, &codes[0]).await, 303);
    console.pass(360);
    stale
        .submit("/console/account/totp/recovery-codes", &[])
        .await
        .leads_to("/console/reauthenticate?return=%2Fconsole%2Faccount");
    // Another site's form makes none, nor does the form of another session.
    let page = stale
        .post(
            "/console/account/totp/recovery-codes",
            &[("form_token", &form_token)],
        )
        .await;
    assert_eq!(page.status, 403, "{page:?}");
    assert_eq!(
        sign_in_with(&mut console.browser(), &codes[1]).await,
        303,
        "the codes are what they were"
    );
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

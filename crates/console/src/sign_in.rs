//! Signing in with a password, and with a second factor where the account has one. What was typed is kept, except for the
//! password.

use std::time::Duration;

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use wicketgate_auth::Plaintext;
use wicketgate_domain::{Gateway, SignInRefused};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    call::{self, Call},
    failure::Failure,
    field::Field,
    page::{Frame, Notice, show},
    return_to::ReturnTo,
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page<'a> {
    frame: Frame<'a>,
    failed: bool,
    notice: Option<Notice>,
    return_to: &'a str,
    email: Field,
    password: Field,
}

/// `GET /console/sign-in`
pub(crate) async fn ask(call: Call) -> Result<HttpResponse, Failure> {
    let to = call.return_to();
    if call.person().await?.is_some() {
        return Ok(call.go(to.as_str()));
    }
    let notice = (!call.site().keeps_cookies()).then(|| {
        Notice::wrong(
            "This address is plain http, so your browser will not keep you signed in. Ask the operator of this gateway \
             to set an https address as the public URL.",
        )
    });
    call::page(&page(&call, &to, "", notice, false))
}

/// `POST /console/sign-in`
pub(crate) async fn check(call: Call) -> Result<HttpResponse, Failure> {
    let (to, email) = (call.return_to(), call.form.trimmed("email"));
    let password = call.password("password");
    if email.is_empty() || password.reveal().is_empty() {
        let notice = Notice::wrong_field("email", "Type your e-mail address and your password.");
        return call::again(&page(&call, &to, email, Some(notice), true));
    }
    match call
        .gateway()
        .sign_in(email, &password, None, call.caller())
        .await
    {
        Ok(signed_in) => {
            call.leave_former().await?;
            Ok(call.enter(&signed_in, to.as_str()))
        }
        Err(SignInRefused::TotpNeeded) => {
            let step = Step::new(email, &password, call.gateway().now()).seal(call.gateway());
            call::page(&code_page(&call, &to, &step, None))
        }
        Err(SignInRefused::Wrong) => {
            let notice = Notice::wrong_field("email", "The e-mail address or the password is wrong.");
            call::again(&page(&call, &to, email, Some(notice), true))
        }
        Err(SignInRefused::Throttled { retry_after }) => Ok(wait(
            retry_after,
            show(
                StatusCode::TOO_MANY_REQUESTS,
                &page(
                    &call,
                    &to,
                    email,
                    Some(Notice::wrong(too_often(retry_after))),
                    true,
                ),
            ),
        )),
        Err(SignInRefused::Store(error)) => Err(error.into()),
    }
}

/// `POST /console/sign-in/code`
pub(crate) async fn check_code(call: Call) -> Result<HttpResponse, Failure> {
    let (to, sealed) = (call.return_to(), call.form.text("step"));
    let Some(step) = Step::open(call.gateway(), sealed, call.gateway().now()) else {
        let notice = Notice::wrong("That took too long. Sign in again.");
        return call::again(&page(&call, &to, "", Some(notice), true));
    };
    let code = call.form.trimmed("code");
    if code.is_empty() {
        return call::again(&code_page(&call, &to, sealed, Some("Type the code.")));
    }
    let password = Plaintext::new(step.password.clone());
    match call
        .gateway()
        .sign_in(&step.email, &password, Some(code), call.caller())
        .await
    {
        Ok(signed_in) => {
            call.leave_former().await?;
            Ok(call.enter(&signed_in, to.as_str()))
        }
        Err(SignInRefused::Wrong | SignInRefused::TotpNeeded) => {
            let error = "This code is wrong, or was used before. Wait for the next one.";
            call::again(&code_page(&call, &to, sealed, Some(error)))
        }
        Err(SignInRefused::Throttled { retry_after }) => Ok(wait(
            retry_after,
            show(
                StatusCode::TOO_MANY_REQUESTS,
                &code_page(&call, &to, sealed, Some(&too_often(retry_after))),
            ),
        )),
        Err(SignInRefused::Store(error)) => Err(error.into()),
    }
}

/// What is said where there were too many attempts.
pub(crate) fn too_often(retry_after: Duration) -> String {
    let seconds = retry_after.as_secs().max(1);
    if seconds < 90 {
        format!("Too many attempts. Try again in {seconds} seconds.")
    } else {
        format!(
            "Too many attempts. Try again in {} minutes.",
            seconds.div_ceil(60)
        )
    }
}

/// Says in a header, too, when to try again.
pub(crate) fn wait(retry_after: Duration, mut response: HttpResponse) -> HttpResponse {
    if let Ok(value) = retry_after.as_secs().max(1).to_string().parse() {
        response
            .headers_mut()
            .insert(actix_web::http::header::RETRY_AFTER, value);
    }
    response
}

fn page<'a>(call: &'a Call, to: &'a ReturnTo, email: &str, notice: Option<Notice>, failed: bool) -> Page<'a> {
    Page {
        frame: call.alone(),
        failed,
        notice,
        return_to: to.as_str(),
        email: Field::email().with(email),
        password: Field::password("password", "Password", "current-password"),
    }
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage<'a> {
    frame: Frame<'a>,
    failed: bool,
    notice: Option<Notice>,
    return_to: &'a str,
    step: &'a str,
    code: Field,
}

fn code_page<'a>(call: &'a Call, to: &'a ReturnTo, step: &'a str, error: Option<&str>) -> CodePage<'a> {
    CodePage {
        frame: call.alone(),
        failed: error.is_some(),
        notice: error.map(|error| Notice::wrong_field("code", error)),
        return_to: to.as_str(),
        step,
        code: Field::code("Code of your authenticator app")
            .hint("Six digits, or one of your recovery codes.")
            .error(error),
    }
}

/// For how long a password that was right waits for the second factor, in seconds.
const STEP_SECONDS: i64 = 300;
const PURPOSE: &str = "sign-in";

/// A password that was right, on its way through the browser to the page that asks for the second factor. Only this
/// gateway can read it, and both are checked together: nobody is half signed in.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Step {
    email: String,
    password: String,
    expires: i64,
}

impl Step {
    fn new(email: &str, password: &Plaintext, now: Timestamp) -> Self {
        Self {
            email: email.to_owned(),
            password: password.reveal().to_owned(),
            expires: now.as_second() + STEP_SECONDS,
        }
    }

    fn seal(&self, gateway: &Gateway) -> String {
        let text = zeroize::Zeroizing::new(serde_json::to_vec(self).unwrap_or_default());
        gateway.encrypt_for_page(PURPOSE, &text)
    }

    fn open(gateway: &Gateway, sealed: &str, now: Timestamp) -> Option<Self> {
        let text = gateway.decrypt_for_page(PURPOSE, sealed)?;
        let step: Self = serde_json::from_slice(&text).ok()?;
        (now.as_second() < step.expires).then_some(step)
    }
}

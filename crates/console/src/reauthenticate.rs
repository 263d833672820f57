//! Showing once more who one is, before something that concerns credentials.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use wicketgate_domain::SignInRefused;

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::Field,
    page::{Frame, Notice, Section, show},
    return_to::ReturnTo,
    sign_in::{too_often, wait},
};

#[derive(Template)]
#[template(path = "reauthenticate.html")]
struct Page<'a> {
    frame: Frame<'a>,
    failed: bool,
    notice: Option<Notice>,
    token: &'a str,
    return_to: &'a str,
    email: &'a str,
    password: Field,
    code: Option<Field>,
}

/// `GET /console/reauthenticate`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let to = call.return_to();
    // Where a provider vouched, only that provider can do so again.
    if let Some(org) = person.session.vouched_by() {
        return Ok(call.go(&to.after(&format!("/console/sign-in/{org}"))));
    }
    call::page(&page(&call, &person, &to, None))
}

/// `POST /console/reauthenticate`
pub(crate) async fn check(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let to = call.return_to();
    let code = call
        .form
        .get("code")
        .map(str::trim)
        .filter(|code| !code.is_empty());
    let refused = match person
        .session
        .reauthenticate(&call.password("password"), code)
        .await
    {
        Ok(signed_in) => return Ok(call.enter(&signed_in, to.as_str())),
        Err(refused) => refused,
    };
    match refused {
        SignInRefused::Wrong => {
            let text = if person.session.account().has_totp {
                "The password or the code is wrong."
            } else {
                "The password is wrong."
            };
            call::again(&page(&call, &person, &to, Some(text)))
        }
        SignInRefused::TotpNeeded => call::again(&page(
            &call,
            &person,
            &to,
            Some("Type the code of your authenticator app, too."),
        )),
        SignInRefused::Throttled { retry_after } => Ok(wait(
            retry_after,
            show(
                StatusCode::TOO_MANY_REQUESTS,
                &page(&call, &person, &to, Some(&too_often(retry_after))),
            ),
        )),
        SignInRefused::Store(error) => Err(error.into()),
    }
}

fn page<'a>(call: &'a Call, person: &'a Person, to: &'a ReturnTo, error: Option<&str>) -> Page<'a> {
    Page {
        frame: person.frame(call, Section::None),
        failed: error.is_some(),
        notice: error.map(|error| Notice::wrong_field("password", error)),
        token: person.form_token(),
        return_to: to.as_str(),
        email: &person.session.account().email,
        password: Field::password("password", "Password", "current-password"),
        code: person.session.account().has_totp.then(|| {
            Field::code("Code of your authenticator app").hint("Six digits, or one of your recovery codes.")
        }),
    }
}

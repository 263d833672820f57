//! Changing the password.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use wicketgate_domain::{Error, SignInRefused};

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::Field,
    page::{Frame, Notice, Section, show},
    recover::PASSWORD_HINT,
    sign_in::{too_often, wait},
};

#[derive(Template)]
#[template(path = "password.html")]
struct Page<'a> {
    frame: Frame<'a>,
    failed: bool,
    notice: Option<Notice>,
    token: &'a str,
    email: &'a str,
    current: Field,
    new: Field,
}

/// Which field is wrong, and why.
enum Wrong {
    Current(String),
    New(String),
}

/// `GET /console/account/password`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    call::page(&page(&call, &person, None))
}

/// `POST /console/account/password`
pub(crate) async fn change(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let (current, new) = (call.password("current"), call.password("new"));
    let refused = match person.session.change_password(&current, &new).await {
        Ok(signed_in) => return Ok(call.enter(&signed_in, "/console/account?done=password")),
        Err(refused) => refused,
    };
    match refused {
        SignInRefused::Wrong => {
            let wrong = Wrong::Current("This is not your password.".to_owned());
            call::again(&page(&call, &person, Some(&wrong)))
        }
        SignInRefused::Throttled { retry_after } => {
            let wrong = Wrong::Current(too_often(retry_after));
            Ok(wait(
                retry_after,
                show(StatusCode::TOO_MANY_REQUESTS, &page(&call, &person, Some(&wrong))),
            ))
        }
        SignInRefused::Store(Error::Refused { fix, .. }) => {
            call::again(&page(&call, &person, Some(&Wrong::New(fix))))
        }
        SignInRefused::TotpNeeded | SignInRefused::Store(Error::ReauthenticationNeeded) => {
            Err(Failure::Reauthenticate(call.here()))
        }
        SignInRefused::Store(error) => Err(error.into()),
    }
}

fn page<'a>(call: &'a Call, person: &'a Person, wrong: Option<&Wrong>) -> Page<'a> {
    let (current, new) = match wrong {
        None => (None, None),
        Some(Wrong::Current(text)) => (Some(text.as_str()), None),
        Some(Wrong::New(text)) => (None, Some(text.as_str())),
    };
    Page {
        frame: person.frame(call, Section::Account),
        failed: wrong.is_some(),
        notice: wrong.map(|wrong| match wrong {
            Wrong::Current(text) => Notice::wrong_field("current", text.as_str()),
            Wrong::New(_) => Notice::wrong_field("new", "Choose another password."),
        }),
        token: person.form_token(),
        email: &person.session.account().email,
        current: Field::password("current", "Present password", "current-password").error(current),
        new: Field::password("new", "New password", "new-password")
            .hint(PASSWORD_HINT)
            .error(new),
    }
}

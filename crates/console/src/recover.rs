//! A new password by a one-time link.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use wicketgate_auth::{Token, TokenKind};
use wicketgate_domain::Error;

use crate::{
    call::{self, Call},
    failure::Failure,
    field::Field,
    page::{Frame, Notice},
};

#[derive(Template)]
#[template(path = "recover.html")]
struct Page<'a> {
    frame: Frame<'a>,
    failed: bool,
    notice: Option<Notice>,
    token: &'a str,
    email: &'a str,
    password: Field,
}

/// `GET /console/recover/{token}`
pub(crate) async fn ask(call: Call) -> Result<HttpResponse, Failure> {
    let token = call.link(TokenKind::Recovery).ok_or_else(gone)?;
    let email = call.gateway().recovery(&token).await.map_err(or_gone)?;
    call::page(&page(&call, &token, &email, None))
}

/// `POST /console/recover/{token}`
pub(crate) async fn set(call: Call) -> Result<HttpResponse, Failure> {
    let token = call.link(TokenKind::Recovery).ok_or_else(gone)?;
    let email = call.gateway().recovery(&token).await.map_err(or_gone)?;
    match call
        .gateway()
        .recover(&token, &call.password("password"), call.caller())
        .await
    {
        Ok(signed_in) => {
            call.leave_former().await?;
            Ok(call.enter(&signed_in, "/console"))
        }
        Err(Error::Refused {
            field: "password",
            fix,
        }) => call::again(&page(&call, &token, &email, Some(&fix))),
        Err(error) => Err(or_gone(error)),
    }
}

fn page<'a>(call: &'a Call, token: &'a Token, email: &'a str, error: Option<&str>) -> Page<'a> {
    Page {
        frame: call.alone(),
        failed: error.is_some(),
        notice: error.map(|_| Notice::wrong_field("password", "Choose another password.")),
        token: token.reveal(),
        email,
        password: Field::password("password", "New password", "new-password")
            .hint(PASSWORD_HINT)
            .error(error),
    }
}

/// What is said beside a password that is being chosen.
pub(crate) const PASSWORD_HINT: &str =
    "At least 12 characters. Long is better than complicated: a few words are good.";

/// A link that does not hold, for whatever reason.
pub(crate) fn gone() -> Failure {
    Failure::refused(
        StatusCode::NOT_FOUND,
        "This link does not hold",
        "It was used before, or it has expired, or a part of it is missing. Ask whoever gave it to you for a new one.",
    )
}

/// The same where the domain says that there is no such link.
pub(crate) fn or_gone(error: Error) -> Failure {
    match error {
        Error::NotFound => gone(),
        other => other.into(),
    }
}

//! The first page of an installation that has no operator yet: whoever runs it opens the link that the gateway prints, and
//! makes the first account.

use actix_web::{HttpResponse, http::StatusCode};
use wicketgate_auth::{Token, TokenKind};
use wicketgate_domain::Error;

use crate::{
    call::{self, Call},
    failure::Failure,
    field::Field,
    form::Form,
    recover::PASSWORD_HINT,
    wrong::{Wrong, beside},
};

const FIELDS: [&str; 3] = ["name", "email", "password"];

/// `GET /console/first-run/{token}`
pub(crate) async fn ask(call: Call) -> Result<HttpResponse, Failure> {
    let token = call.link(TokenKind::Invitation).ok_or_else(gone)?;
    call.gateway().first_run(&token).await.map_err(or_gone)?;
    call::page(&page(&call, &token, None))
}

/// `POST /console/first-run/{token}`
pub(crate) async fn complete(call: Call) -> Result<HttpResponse, Failure> {
    let token = call.link(TokenKind::Invitation).ok_or_else(gone)?;
    let made = call
        .gateway()
        .complete_first_run(
            &token,
            call.form.trimmed("name"),
            call.form.trimmed("email"),
            &call.password("password"),
            call.caller(),
        )
        .await;
    let wrong = match made {
        Ok(signed_in) => {
            call.leave_former().await?;
            return Ok(call.enter(&signed_in, "/console/operator/orgs/new"));
        }
        Err(Error::NotFound) => return Err(gone()),
        Err(Error::AlreadyExists { .. }) => Wrong::at(
            "email",
            "There is an account of this address already. Choose another address, or make that account an operator with \
             wicketgate account invite --operator.",
        ),
        Err(error) => Wrong::of(error, &FIELDS)?,
    };
    call::again(&page(&call, &token, Some(&wrong)))
}

fn page<'a>(call: &'a Call, token: &Token, wrong: Option<&'a Wrong>) -> Form<'a> {
    Form {
        frame: call.alone(),
        heading: "Welcome to Wicketgate".to_owned(),
        wrong,
        intro: vec![
            "This gateway has no operator yet. Make your account: with it you create organizations and invite the people \
             who look after them. The first organization comes next."
                .to_owned(),
        ],
        parts: vec![
            Field::text("name", "Your name", "name")
                .with(call.form.trimmed("name"))
                .longest(200)
                .error(beside(wrong, "name"))
                .into(),
            Field::email()
                .with(call.form.trimmed("email"))
                .error(beside(wrong, "email"))
                .into(),
            Field::password("password", "Password", "new-password")
                .hint(PASSWORD_HINT)
                .error(beside(wrong, "password"))
                .into(),
        ],
        advanced: Vec::new(),
        is_dangerous: false,
        action: format!("/console/first-run/{}", token.reveal()),
        button: "Make my account",
        back: None,
    }
}

/// A link that does not hold, for whatever reason.
fn gone() -> Failure {
    Failure::refused(
        StatusCode::NOT_FOUND,
        "This link does not hold",
        "It was used before, or it has expired, or the gateway has printed a newer one since. If the gateway has no operator \
         yet, start it again: it prints a new link.",
    )
}

fn or_gone(error: Error) -> Failure {
    match error {
        Error::NotFound => gone(),
        other => other.into(),
    }
}

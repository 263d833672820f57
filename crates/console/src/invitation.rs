//! Accepting an invitation: with a new account, or with the one that is signed in.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use wicketgate_auth::{Token, TokenKind};
use wicketgate_domain::{Error, Offer};

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::Field,
    form_token,
    page::{Frame, Notice, Section, show},
    recover::{PASSWORD_HINT, gone, or_gone},
};

#[derive(Template)]
#[template(path = "invitation.html")]
struct Page<'a> {
    frame: Frame<'a>,
    failed: bool,
    notice: Option<Notice>,
    place: &'a str,
    role: &'a str,
    email: &'a str,
    token: &'a str,
    /// The token for the forms of whoever is signed in, and that account's address.
    signed_in: Option<(&'a str, &'a str)>,
    name: Field,
    password: Field,
}

/// `GET /console/invitations/{token}`
pub(crate) async fn ask(call: Call) -> Result<HttpResponse, Failure> {
    let token = call.link(TokenKind::Invitation).ok_or_else(gone)?;
    let offer = call.gateway().invitation(&token).await.map_err(or_gone)?;
    let person = call.person().await?;
    call::page(&page(&call, person.as_ref(), &token, &offer, None))
}

/// `POST /console/invitations/{token}`
pub(crate) async fn accept(call: Call) -> Result<HttpResponse, Failure> {
    let token = call.link(TokenKind::Invitation).ok_or_else(gone)?;
    let offer = call.gateway().invitation(&token).await.map_err(or_gone)?;
    if let Some(person) = call.person().await? {
        let given = call.form.get("form_token");
        if !form_token::fits(call.gateway(), &person.session_id(), given) {
            return Err(Failure::CrossSite);
        }
        return match person.session.accept_invitation(&token).await {
            Ok(()) => Ok(call.go("/console")),
            Err(Error::ReauthenticationNeeded) => Err(Failure::refused(
                StatusCode::FORBIDDEN,
                "Sign in with your password first",
                "You signed in through an organization's provider, which vouches for you there and nowhere else.",
            )),
            Err(error) => Err(or_gone(error)),
        };
    }
    let password = call.password("password");
    let name = call.form.trimmed("name");
    match call
        .gateway()
        .accept_invitation(&token, name, &password, call.caller())
        .await
    {
        Ok(signed_in) => Ok(call.enter(&signed_in, "/console")),
        Err(Error::Refused { field, fix }) => {
            let wrong = if field == "password" { "password" } else { "name" };
            call::again(&page(&call, None, &token, &offer, Some((wrong, &fix))))
        }
        Err(Error::AlreadyExists { .. }) => Ok(show(
            StatusCode::CONFLICT,
            &Page {
                notice: Some(Notice::wrong(
                    "There is an account of this address already. Sign in to it, and open the link once more.",
                )),
                ..page(&call, None, &token, &offer, None)
            },
        )),
        Err(error) => Err(or_gone(error)),
    }
}

fn page<'a>(
    call: &'a Call,
    person: Option<&'a Person>,
    token: &'a Token,
    offer: &'a Offer,
    error: Option<(&'static str, &str)>,
) -> Page<'a> {
    let (place, role) = match &offer.organization {
        Some((_, name, role)) => (name.as_str(), role.display_name()),
        None => ("this gateway", "Operator"),
    };
    let of = |field| error.and_then(|(wrong, text)| (wrong == field).then_some(text));
    Page {
        frame: match person {
            Some(person) => person.frame(call, Section::None),
            None => call.alone(),
        },
        failed: error.is_some(),
        notice: error.map(|(field, _)| Notice::wrong_field(field, "Something below has to be changed.")),
        place,
        role,
        email: &offer.email,
        token: token.reveal(),
        signed_in: person.map(|person| (person.form_token(), person.session.account().email.as_str())),
        name: Field::text("name", "Your name", "name")
            .with(call.form.trimmed("name"))
            .error(of("name")),
        password: Field::password("password", "Password", "new-password")
            .hint(PASSWORD_HINT)
            .error(of("password")),
    }
}

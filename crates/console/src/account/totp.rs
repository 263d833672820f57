//! Setting up and removing an authenticator app, and its recovery codes. The key and the codes are each shown once.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_auth::Plaintext;
use wicketgate_domain::Error;

use super::qr;
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::Field,
    page::{Frame, Notice, Section},
    return_to::ReturnTo,
};

#[derive(Template)]
#[template(path = "totp.html")]
struct Page<'a> {
    frame: Frame<'a>,
    failed: bool,
    notice: Option<Notice>,
    token: &'a str,
    square: Option<String>,
    key: String,
    uri: &'a str,
    sealed: &'a str,
    code: Field,
}

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct CodesPage<'a> {
    frame: Frame<'a>,
    /// Whether they took the place of others.
    again: bool,
    codes: Vec<Plaintext>,
}

/// What the URI of a set-up is encrypted for, on its way through the form of the code.
fn purpose(person: &Person) -> String {
    format!("totp {}", person.session.account().id)
}

/// `POST /console/account/totp`: draws a key and shows it.
pub(crate) async fn start(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let setup = person
        .session
        .start_totp()
        .await
        .map_err(|error| again_if_stale(&person, error))?;
    let sealed = call
        .gateway()
        .encrypt_for_page(&purpose(&person), setup.uri.reveal().as_bytes());
    call::page(&page(&call, &person, setup.uri.reveal(), &sealed, None))
}

/// `POST /console/account/totp/confirm`: the key counts once a code of it was right.
pub(crate) async fn confirm(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    match person.session.confirm_totp(call.form.trimmed("code")).await {
        Ok(codes) => call::page(&CodesPage {
            frame: person.frame(&call, Section::Account),
            again: false,
            codes,
        }),
        Err(Error::Refused { fix, .. }) => {
            let sealed = call.form.text("setup");
            let uri = call.gateway().decrypt_for_page(&purpose(&person), sealed);
            let uri = uri.as_ref().and_then(|uri| std::str::from_utf8(uri).ok());
            let uri = uri.ok_or(Failure::CrossSite)?;
            call::again(&page(&call, &person, uri, sealed, Some(&fix)))
        }
        Err(error) => Err(again_if_stale(&person, error)),
    }
}

/// `POST /console/account/totp/recovery-codes`: other codes, and those before are worth nothing any more.
pub(crate) async fn new_recovery_codes(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    match person.session.new_recovery_codes().await {
        Ok(codes) => call::page(&CodesPage {
            frame: person.frame(&call, Section::Account),
            again: true,
            codes,
        }),
        // The app was removed in another window: the page says so.
        Err(Error::Refused { .. }) => Ok(call.go("/console/account")),
        Err(error) => Err(again_if_stale(&person, error)),
    }
}

/// `POST /console/account/totp/remove`
pub(crate) async fn remove(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    person
        .session
        .remove_totp()
        .await
        .map_err(|error| again_if_stale(&person, error))?;
    Ok(call.go("/console/account?done=totp-removed"))
}

/// Whoever has to show again who it is comes back to the account page.
pub(super) fn again_if_stale(person: &Person, error: Error) -> Failure {
    match error {
        Error::ReauthenticationNeeded if person.session.vouched_by().is_none() => {
            Failure::Reauthenticate(ReturnTo::or_home(Some("/console/account")))
        }
        Error::ReauthenticationNeeded => Failure::refused(
            actix_web::http::StatusCode::FORBIDDEN,
            "Sign in with your password first",
            "You signed in through an organization's provider, which vouches for you there and nowhere else.",
        ),
        other => other.into(),
    }
}

fn page<'a>(
    call: &'a Call,
    person: &'a Person,
    uri: &'a str,
    sealed: &'a str,
    error: Option<&str>,
) -> Page<'a> {
    Page {
        frame: person.frame(call, Section::Account),
        failed: error.is_some(),
        notice: error.map(|error| Notice::wrong_field("code", error)),
        token: person.form_token(),
        square: qr::svg(uri),
        key: grouped(uri),
        uri,
        sealed,
        code: Field::code("Code that the app shows now").error(error),
    }
}

/// The key in groups of four, which people can read off and type.
fn grouped(uri: &str) -> String {
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    let secret = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "secret");
    let secret: Vec<char> = secret
        .map(|(_, secret)| secret.chars().collect())
        .unwrap_or_default();
    secret
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_shown_in_groups() {
        assert_eq!(
            grouped("otpauth://totp/a?secret=ABCDEFGHIJ&issuer=x"),
            "ABCD EFGH IJ"
        );
    }
}

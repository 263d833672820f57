//! The settings of an organization, each with what it changes and for whom.

pub(crate) mod pause;
pub(crate) mod schemas;
pub(crate) mod sign_in;

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::{Settings, UniqueIdentifier};
use wicketgate_scim::Mode;

use super::{Entered, enter};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::{Choice, Field, Tick},
    form::Part,
    page::{Frame, Notice, Section},
    wrong::{Wrong, beside},
};

const FIELDS: [&str; 9] = [
    "scim-mode",
    "unique-identifier",
    "longest-token-life",
    "keep-log",
    "keep-bodies",
    "keep-deleted",
    "requests-per-second",
    "request-burst",
    "concurrent-requests",
];

#[derive(Template)]
#[template(path = "settings/form.html")]
struct Page<'a> {
    frame: Frame<'a>,
    wrong: Option<&'a Wrong>,
    notice: Option<Notice>,
    path: String,
    is_paused: bool,
    groups: Vec<Group>,
}

/// Settings that belong together.
struct Group {
    id: &'static str,
    heading: &'static str,
    parts: Vec<Part>,
}

/// `GET /console/orgs/{orgId}/settings`
pub(crate) async fn show(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    entered.owner()?;
    call::page(&page(&call, &person, &entered, None))
}

/// `POST /console/orgs/{orgId}/settings`
pub(crate) async fn change(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let wrong = match Typed::read(&call) {
        Err(wrong) => wrong,
        Ok(typed) => match owner
            .change_settings(move |known| Ok(typed.apply(known.settings.clone())))
            .await
        {
            Ok(_) => return Ok(call.go(&entered.path("/settings?done=changed"))),
            Err(error) => Wrong::of(error, &FIELDS)?,
        },
    };
    call::again(&page(&call, &person, &entered, Some(&wrong)))
}

/// What was done on the page before. Only what is known is said: the word comes from the address.
fn done(word: &str) -> Option<&'static str> {
    match word {
        "changed" => Some("The settings were changed. They hold from the next request on."),
        "paused" => Some("The organization is paused. Identity providers are told to try again later."),
        "resumed" => Some("The organization is served again, from the next request on."),
        _ => None,
    }
}

/// The settings that a form has.
struct Typed {
    mode: Mode,
    unique_identifier: UniqueIdentifier,
    longest_token_days: u16,
    endless_tokens: bool,
    log_days: u16,
    body_days: u16,
    grace_days: u16,
    per_second: u16,
    burst: u16,
    at_a_time: u16,
}

impl Typed {
    fn read(call: &Call) -> Result<Self, Wrong> {
        let number = |field: &'static str| {
            call.form
                .trimmed(field)
                .parse::<u16>()
                .map_err(|_| Wrong::at(field, "Write a whole number, such as 30."))
        };
        Ok(Self {
            mode: call
                .form
                .text("scim-mode")
                .parse()
                .map_err(|_| Wrong::at("scim-mode", "Choose one of the list."))?,
            unique_identifier: call
                .form
                .text("unique-identifier")
                .parse()
                .map_err(|_| Wrong::at("unique-identifier", "Choose one of the list."))?,
            longest_token_days: number("longest-token-life")?,
            endless_tokens: call.form.get("endless-tokens").is_some(),
            log_days: number("keep-log")?,
            body_days: number("keep-bodies")?,
            grace_days: number("keep-deleted")?,
            per_second: number("requests-per-second")?,
            burst: number("request-burst")?,
            at_a_time: number("concurrent-requests")?,
        })
    }

    /// What becomes of the settings that are there. What the form does not have stays.
    fn apply(&self, mut settings: Settings) -> Settings {
        settings.mode = self.mode;
        settings.unique_identifier = self.unique_identifier;
        settings.longest_token_days = self.longest_token_days;
        settings.endless_tokens = self.endless_tokens;
        settings.log_days = self.log_days;
        settings.body_days = self.body_days;
        settings.grace_days = self.grace_days;
        settings.requests.per_second = self.per_second;
        settings.requests.burst = self.burst;
        settings.requests.at_a_time = self.at_a_time;
        settings
    }
}

fn page<'a>(call: &'a Call, person: &'a Person, entered: &'a Entered, wrong: Option<&'a Wrong>) -> Page<'a> {
    Page {
        frame: entered.frame(call, person, Section::Settings),
        notice: match wrong {
            Some(wrong) => Some(wrong.notice()),
            None => call.query.get("done").and_then(done).map(Notice::done),
        },
        wrong,
        path: entered.path("/settings"),
        is_paused: entered.org.is_paused(),
        groups: groups(call, entered.org.settings(), wrong),
    }
}

fn groups(call: &Call, known: &Settings, wrong: Option<&Wrong>) -> Vec<Group> {
    let number = |name: &'static str, label, known: u16, hint: &str| -> Part {
        let known = known.to_string();
        Field::number(name, label)
            .with(call.form.get(name).unwrap_or(&known))
            .hint(hint)
            .error(beside(wrong, name))
            .into()
    };
    let is_sent = call.form.get("form_token").is_some();
    let endless = if is_sent {
        call.form.get("endless-tokens").is_some()
    } else {
        known.endless_tokens
    };
    let body_days = known.body_days.to_string();
    vec![
        Group {
            id: "protocol",
            heading: "Identity providers",
            parts: vec![mode(call, known, wrong), identifier(call, known, wrong)],
        },
        Group {
            id: "tokens",
            heading: "Tokens",
            parts: vec![
                number(
                    "longest-token-life",
                    "Longest life of a token, in days",
                    known.longest_token_days,
                    "30 to 730. It holds for tokens that are created or rotated from now on; those that are there keep \
                     their expiry.",
                ),
                Tick::new("endless-tokens", "Allow tokens that never expire", endless)
                    .hint("Without it, every new token has an end. Tokens that are there stay as they are.")
                    .into(),
            ],
        },
        Group {
            id: "kept",
            heading: "What is kept, and for how long",
            parts: vec![
                number(
                    "keep-log",
                    "Days to keep the provisioning log",
                    known.log_days,
                    "7 to 365. Older rows are removed within the hour, and cannot be brought back.",
                ),
                Choice::of(
                    "keep-bodies",
                    "Days to keep the bodies of requests",
                    [("0", "Keep none"), ("7", "7 days"), ("30", "30 days"), ("90", "90 days")],
                )
                .with(call.form.get("keep-bodies").unwrap_or(&body_days))
                .hint(
                    "Bodies help to find out why a request failed. They hold people's data, without passwords. Not longer \
                     than the log itself.",
                )
                .error(beside(wrong, "keep-bodies"))
                .into(),
                number(
                    "keep-deleted",
                    "Days in which a deleted user can be restored",
                    known.grace_days,
                    "1 to 90. A user that an identity provider deletes is gone for it at once; owners can restore it here \
                     for this long.",
                ),
            ],
        },
        Group {
            id: "requests",
            heading: "Request limits",
            parts: vec![
                number(
                    "requests-per-second",
                    "Requests in a second",
                    known.requests.per_second,
                    "0 to 10000, for all identity providers of this organization together; 0 is no limit. Past it they are \
                     answered 429 and try again: nothing is lost.",
                ),
                number(
                    "request-burst",
                    "Requests at once, after a quiet time",
                    known.requests.burst,
                    "0 to 10000; 0 is as many as in a second. A first synchronization sends many at once.",
                ),
                number(
                    "concurrent-requests",
                    "Requests at the same time",
                    known.requests.at_a_time,
                    "0 to 1000; 0 is no limit. Further ones wait for a moment, and are answered 429 then.",
                ),
            ],
        },
    ]
}

fn mode(call: &Call, known: &Settings, wrong: Option<&Wrong>) -> Part {
    Choice::of(
        "scim-mode",
        "SCIM mode",
        [
            (Mode::Tolerant.as_str(), "Tolerant: understand what real identity providers send"),
            (Mode::Strict.as_str(), "Strict: the RFCs to the letter"),
            (Mode::Interop.as_str(), "Interop: the interoperability profile"),
        ],
    )
    .with(call.form.get("scim-mode").unwrap_or(known.mode.as_str()))
    .hint(
        "How literally requests are taken. Tolerant fits Okta, Entra ID, OneLogin and JumpCloud. The others refuse what \
         they send beside the standard, and are for conformance tests.",
    )
    .error(beside(wrong, "scim-mode"))
    .into()
}

fn identifier(call: &Call, known: &Settings, wrong: Option<&Wrong>) -> Part {
    Choice::of(
        "unique-identifier",
        "Unique identifier",
        [
            (UniqueIdentifier::UserName.as_str(), "userName"),
            (UniqueIdentifier::Email.as_str(), "email"),
        ],
    )
    .with(
        call.form
            .get("unique-identifier")
            .unwrap_or(known.unique_identifier.as_str()),
    )
    .hint(
        "What your identity provider looks users up by. Choose the same there. With email, a user is also found by the \
         primary e-mail address where no userName matches.",
    )
    .error(beside(wrong, "unique-identifier"))
    .into()
}

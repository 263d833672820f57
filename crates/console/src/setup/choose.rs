//! The choice of what is connected, and for owners the links by which others may do it.

use actix_web::HttpResponse;
use askama::Template;

use super::{
    Desk,
    guide::Guide,
    guides::GUIDES,
    links::{self, Links},
};
use crate::{
    call::{self, Call},
    failure::Failure,
    field::Field,
    page::{Frame, Notice, address},
};

/// What is wrong with the form for a link.
#[derive(Default)]
pub(super) struct Wrong {
    pub(super) label: Option<String>,
    pub(super) days: Option<String>,
}

#[derive(Template)]
#[template(path = "setup/choose.html")]
pub(super) struct Page<'a> {
    frame: Frame<'a>,
    failed: bool,
    notice: Option<Notice>,
    desk: &'a Desk,
    guides: &'static [Guide],
    /// A link that was just made.
    made: Option<String>,
    /// What only owners see.
    links: Option<Links<'a>>,
    label: Field,
    days: Field,
    token: &'a str,
    /// The path that leads back here after showing again who one is.
    again: String,
}

/// `GET …/setup`
pub(crate) async fn show(call: Call, desk: Desk) -> Result<HttpResponse, Failure> {
    call::page(&page(&call, &desk, None, Wrong::default()).await?)
}

pub(super) async fn page<'a>(
    call: &'a Call,
    desk: &'a Desk,
    made: Option<String>,
    wrong: Wrong,
) -> Result<Page<'a>, Failure> {
    let links = if desk.is_owner() {
        Some(links::list(call, desk).await?)
    } else {
        None
    };
    let done = match call.query.get("done") {
        Some("link") => Some(links::REVOKED),
        Some(_) | None => made
            .is_some()
            .then_some("The link was made. It is shown once: copy it now."),
    };
    let notice = wrong
        .label
        .as_ref()
        .map(|text| Notice::wrong_field("label", text.as_str()))
        .or_else(|| {
            wrong
                .days
                .as_ref()
                .map(|text| Notice::wrong_field("days", text.as_str()))
        })
        .or_else(|| done.map(Notice::done));
    Ok(Page {
        frame: desk.frame(call),
        failed: wrong.label.is_some() || wrong.days.is_some(),
        notice,
        guides: &GUIDES,
        made,
        links,
        label: Field::text("label", "For whom", "off")
            .with(call.form.text("label"))
            .longest(200)
            .hint("Only you and other owners see this, such as the name of the admin who gets the link.")
            .error(wrong.label.as_deref()),
        days: Field::number("days", "Days until it expires")
            .with(call.form.get("days").unwrap_or("7"))
            .hint("1 to 30.")
            .error(wrong.days.as_deref()),
        token: desk.form_token(),
        again: address("/console/reauthenticate", &[("return", &desk.path(""))]),
        desk,
    })
}

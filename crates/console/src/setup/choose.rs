//! The choice of what is connected.

use actix_web::HttpResponse;
use askama::Template;

use super::{Desk, guide::Guide, guides::GUIDES};
use crate::{
    call::{self, Call},
    failure::Failure,
    page::Frame,
};

#[derive(Template)]
#[template(path = "setup/choose.html")]
struct Page<'a> {
    frame: Frame<'a>,
    desk: &'a Desk,
    guides: &'static [Guide],
}

/// `GET …/setup`
pub(crate) async fn show(call: Call, desk: Desk) -> Result<HttpResponse, Failure> {
    call::page(&Page {
        frame: desk.frame(&call),
        guides: &GUIDES,
        desk: &desk,
    })
}

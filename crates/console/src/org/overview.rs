//! An organization at a glance.

use actix_web::HttpResponse;
use askama::Template;

use super::{Entered, enter};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    page::{Frame, Section},
};

#[derive(Template)]
#[template(path = "overview.html")]
struct Page<'a> {
    frame: Frame<'a>,
    entered: &'a Entered,
    scim_base: String,
}

/// `GET /console/orgs/{orgId}`
pub(crate) async fn show(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::Overview),
        scim_base: call.site().at(&format!("/scim/v2/{}", entered.org.id())),
        entered: &entered,
    })
}

//! The first page after signing in: the organizations that somebody has a role in.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::{Error, OrgOfAccount};

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    page::{Frame, Section},
};

#[derive(Template)]
#[template(path = "organizations.html")]
struct Page<'a> {
    frame: Frame<'a>,
    organizations: Vec<OrgOfAccount>,
    is_operator: bool,
}

/// `GET /console`
pub(crate) async fn list(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let is_operator = match person.session.operator().await {
        Ok(_) => true,
        Err(Error::NotFound) => false,
        Err(error) => return Err(error.into()),
    };
    call::page(&Page {
        frame: person
            .frame(&call, Section::Organizations)
            .for_operator(is_operator),
        organizations: person.session.orgs().await?,
        is_operator,
    })
}

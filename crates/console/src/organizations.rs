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

/// `GET /console`: leads on where there is one organization alone.
pub(crate) async fn list(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let is_operator = match person.session.operator().await {
        Ok(_) => true,
        Err(Error::NotFound) => false,
        Err(error) => return Err(error.into()),
    };
    let organizations = person.session.orgs().await?;
    // Whoever has one organization and nothing else to look after wants to be there.
    if let [only] = organizations.as_slice()
        && !is_operator
    {
        return Ok(call.go(&format!("/console/orgs/{}", only.id)));
    }
    call::page(&Page {
        frame: person
            .frame(&call, Section::Organizations)
            .for_operator(is_operator),
        organizations,
        is_operator,
    })
}

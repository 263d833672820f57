//! The first page after signing in: the organizations that somebody has a role in.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::{Error, OrgOfAccount};

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    listing::{Asked, Filters, List, NoneFits, OLDEST_FIRST},
    page::{Frame, Pager, Section},
};

/// How many organizations a page has.
const PAGE: u16 = 50;
/// The organizations of a person.
const ORGS: List = List {
    of: "organizations",
    find: Some(("q", "Find an organization", "A part of its name")),
    state: None,
    order: ("order", OLDEST_FIRST),
    after: "after",
    anchor: "",
};

#[derive(Template)]
#[template(path = "organizations.html")]
struct Page<'a> {
    frame: Frame<'a>,
    filters: Option<Filters<'a>>,
    none_fits: Option<NoneFits<'a>>,
    organizations: &'a [OrgOfAccount],
    pager: Pager<'a>,
    is_operator: bool,
}

/// `GET /console`: leads on where there is one organization alone.
pub(crate) async fn list(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let is_operator = match person.session.operator().await {
        Ok(_) => true,
        Err(Error::NotFound) => false,
        Err(error) => return Err(error.into()),
    };
    let asked = Asked::read(&call, &ORGS, "/console".to_owned())?;
    let query = asked.query(None::<()>, asked.oldest_first(), PAGE);
    let found = person.session.find_orgs(query).await?;
    let (next, organizations) = (found.next.as_deref(), found.entries.as_slice());
    // Whoever has one organization and nothing else to look after wants to be there.
    if let [only] = organizations
        && asked.is_plain()
        && !is_operator
    {
        return Ok(call.go(&format!("/console/orgs/{}", only.id)));
    }
    call::page(&Page {
        frame: person
            .frame(&call, Section::Organizations)
            .for_operator(is_operator),
        filters: (!asked.is_plain() || organizations.len() > 1).then(|| asked.filters()),
        none_fits: asked.none_fits(organizations.is_empty(), next),
        pager: asked.pager(next),
        organizations,
        is_operator,
    })
}

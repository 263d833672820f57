//! One organization from outside: how it fares, and what can be done with it.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_auth::OrgState;
use wicketgate_domain::Organization;

use super::{Fares, HOME, fares, frame, operator, path};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    page::{Frame, Moment, Notice},
};

#[derive(Template)]
#[template(path = "operator/org.html")]
struct Page<'a> {
    frame: Frame<'a>,
    notice: Option<Notice>,
    home: &'static str,
    path: String,
    org: &'a Organization,
    created: Moment,
    deleted: Option<Moment>,
    purged: Option<Moment>,
    exported: Option<Moment>,
    fares: Fares,
    scim_base: String,
}

impl Page<'_> {
    fn is_active(&self) -> bool {
        self.org.state == OrgState::Active
    }

    fn is_deleted(&self) -> bool {
        self.org.state == OrgState::Deleted
    }
}

/// `GET /console/operator/orgs/{orgId}`
pub(crate) async fn show(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let org = operator.show(call.id(0)?).await?;
    let mut fares = fares(&operator, vec![org.id]).await?;
    call::page(&Page {
        frame: frame(&call, &person),
        notice: call.query.get("done").and_then(done).map(Notice::done),
        home: HOME,
        path: path(org.id, ""),
        created: Moment(org.created),
        deleted: org.deleted.map(Moment),
        purged: org.purged_from().map(Moment),
        exported: org.exported.map(Moment),
        fares: fares.remove(&org.id).unwrap_or_default(),
        scim_base: call.site().at(&format!("/scim/v2/{}", org.id)),
        org: &org,
    })
}

/// What was done on the page before. Only what is known is said: the word comes from the address.
fn done(word: &str) -> Option<&'static str> {
    match word {
        "created" => Some("The organization was created. Nobody looks after it yet: invite an owner next."),
        "paused" => Some("The organization is paused. Its identity providers are told to try again later."),
        "resumed" => Some("The organization is served again, from the next request on."),
        "deleted" => Some("The organization is deleted. No credential of it is accepted any more."),
        _ => None,
    }
}

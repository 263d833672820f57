//! The links that an organization was given, for an operator who wants one of them back.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_auth::TokenId;
use wicketgate_domain::{Organization, SetupLinkInfo};

use super::{HOME, frame, operator, path};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    page::{Confirm, Frame, Notice},
    setup::links::{self, Links, REVOKED},
};

#[derive(Template)]
#[template(path = "operator/setup_links.html")]
struct Page<'a> {
    frame: Frame<'a>,
    notice: Option<Notice>,
    home: &'static str,
    path: String,
    org: &'a Organization,
    links: Links<'a>,
}

/// `GET /console/operator/orgs/{orgId}/setup-links`
pub(crate) async fn show(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let org = operator.show(call.id(0)?).await?;
    let entered = operator.org(org.id).await?;
    let revoke = |link: &SetupLinkInfo| path(org.id, &format!("/setup-links/{}/revoke", link.id));
    let here = path(org.id, "/setup-links");
    let links = links::page(&call, here, &entered.owner()?.setup_links(), revoke).await?;
    call::page(&Page {
        frame: frame(&call, &person),
        notice: (call.query.get("done") == Some("link")).then(|| Notice::done(REVOKED)),
        home: HOME,
        path: path(org.id, ""),
        links,
        org: &org,
    })
}

/// `GET /console/operator/orgs/{orgId}/setup-links/{id}/revoke`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let org = operator.show(call.id(0)?).await?;
    let entered = operator.org(org.id).await?;
    let link = entered.owner()?.setup_links().get(call.id::<TokenId>(1)?).await?;
    call::page(&Confirm::revoking_link(
        frame(&call, &person),
        &link.label,
        path(org.id, &format!("/setup-links/{}/revoke", link.id)),
        path(org.id, "/setup-links"),
    ))
}

/// `POST /console/operator/orgs/{orgId}/setup-links/{id}/revoke`
pub(crate) async fn revoke(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let org = operator.show(call.id(0)?).await?;
    let entered = operator.org(org.id).await?;
    entered.owner()?.setup_links().revoke(call.id(1)?).await?;
    Ok(call.go(&path(org.id, "/setup-links?done=link")))
}

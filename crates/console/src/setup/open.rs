//! Opening a link for connecting an identity provider. The link stands in the address of one page only: whoever goes on from
//! there has it in a cookie, which is judged with every request.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_auth::{Token, TokenKind};
use wicketgate_domain::SetupVisit;

use super::Desk;
use crate::{
    call::{self, Call, set},
    cookie::Cookie,
    failure::Failure,
    page::{Frame, Moment},
    recover::{gone, or_gone},
};

#[derive(Template)]
#[template(path = "setup/open.html")]
struct Page<'a> {
    frame: Frame<'a>,
    organization: &'a str,
    expires: Moment,
    link: &'a str,
}

async fn opened(call: &Call) -> Result<(Token, SetupVisit), Failure> {
    let token = call.link(TokenKind::SetupLink).ok_or_else(gone)?;
    let visit = call.gateway().setup_visit(&token, call.id.to_string()).await;
    Ok((token, visit.map_err(or_gone)?))
}

/// `GET /console/setup/{token}`
pub(crate) async fn ask(call: Call) -> Result<HttpResponse, Failure> {
    let (token, visit) = opened(&call).await?;
    call::page(&Page {
        frame: call.alone(),
        organization: visit.organization(),
        expires: Moment(visit.expires()),
        link: token.reveal(),
    })
}

/// `POST /console/setup/{token}`
pub(crate) async fn begin(call: Call) -> Result<HttpResponse, Failure> {
    let (token, visit) = opened(&call).await?;
    visit.used().await?;
    let mut response = call.go("/console/connect");
    set(
        &mut response,
        &Cookie::SetupLink.keep(call.site(), token.reveal()),
    );
    Ok(response)
}

#[derive(Template)]
#[template(path = "setup/left.html")]
struct Left<'a> {
    frame: Frame<'a>,
}

/// `POST /console/connect/leave`
pub(crate) async fn leave(call: Call, _: Desk) -> Result<HttpResponse, Failure> {
    let mut response = call::page(&Left { frame: call.alone() })?;
    set(&mut response, &Cookie::SetupLink.forget(call.site()));
    Ok(response)
}

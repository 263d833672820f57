//! Service users: listed, created, looked at and changed. What they hold is in `tokens/` and `clients/`.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod show;

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_auth::ServiceUserId;

use super::{end::End, enter};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    page::{Frame, Moment, Pager, Section, address},
};

/// How many service users a page has.
const PAGE: u16 = 50;

#[derive(Template)]
#[template(path = "service_users/list.html")]
struct Page<'a> {
    frame: Frame<'a>,
    create: String,
    rows: Vec<Row>,
    pager: Pager<'a>,
}

struct Row {
    path: String,
    name: String,
    role: &'static str,
    active: bool,
    live_tokens: i64,
    next_expiry: End,
    last_used: Option<Moment>,
}

/// `GET /console/orgs/{orgId}/service-users`
pub(crate) async fn list(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let after: Option<ServiceUserId> = call.query.get("after").and_then(|after| after.parse().ok());
    let mut found = entered
        .owner()?
        .service_users()
        .page_with_holdings(after, PAGE + 1)
        .await?;
    let here = entered.path("/service-users");
    let has_more = found.len() > usize::from(PAGE);
    found.truncate(PAGE.into());
    let last = found.last().map(|(service_user, _)| service_user.id.to_string());
    let now = call.gateway().now();
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::ServiceUsers),
        create: entered.path("/service-users/new"),
        rows: found
            .into_iter()
            .map(|(service_user, holdings)| Row {
                path: entered.path(&format!("/service-users/{}", service_user.id)),
                name: service_user.name,
                role: service_user.role.display_name(),
                active: service_user.active,
                live_tokens: holdings.live_tokens,
                next_expiry: End {
                    at: holdings.next_expiry,
                    now,
                },
                last_used: holdings.last_used.map(Moment),
            })
            .collect(),
        pager: Pager {
            base: call.site().path(),
            of: "service users",
            first: after.map(|_| here.clone()),
            next: last
                .filter(|_| has_more)
                .map(|last| address(&here, &[("after", &last)])),
        },
    })
}

//! Service users: listed, created, looked at and changed. What they hold is in `tokens/` and `clients/`.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod show;

use actix_web::HttpResponse;
use askama::Template;

use super::{end::End, enter};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    listing::{Asked, Filters, List, NoneFits, OLDEST_FIRST_OR_NAME},
    page::{Frame, Moment, Pager, Section},
};

/// How many service users a page has.
const PAGE: u16 = 50;
/// The service users of an organization.
const SERVICE_USERS: List = List {
    of: "service users",
    find: Some(("q", "Find a service user", "A part of its name")),
    state: Some((
        "state",
        &[("", "All"), ("enabled", "Enabled"), ("disabled", "Disabled")],
    )),
    order: ("order", OLDEST_FIRST_OR_NAME),
    after: "after",
    anchor: "",
};

#[derive(Template)]
#[template(path = "service_users/list.html")]
struct Page<'a> {
    frame: Frame<'a>,
    create: String,
    filters: Option<Filters<'a>>,
    none_fits: Option<NoneFits<'a>>,
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
    let asked = Asked::read(&call, &SERVICE_USERS, entered.path("/service-users"))?;
    let query = asked.query(
        asked.either("enabled", "disabled"),
        asked.oldest_first_or_name(),
        PAGE,
    );
    let found = entered.owner()?.service_users().find(query).await?;
    let next = found.next.as_deref();
    let now = call.gateway().now();
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::ServiceUsers),
        create: entered.path("/service-users/new"),
        filters: (!asked.is_plain() || !found.entries.is_empty()).then(|| asked.filters()),
        none_fits: asked.none_fits(found.entries.is_empty(), next),
        pager: asked.pager(next),
        rows: found
            .entries
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
    })
}

//! Looking after the installation: its organizations from outside, and its operators. Nobody sees into an organization
//! from here; whatever is done to one enters it as an act that its own events record.

pub(crate) mod create;
pub(crate) mod invite;
pub(crate) mod operators;
pub(crate) mod org;
pub(crate) mod setup_link;
pub(crate) mod setup_links;
pub(crate) mod state;

use std::collections::HashMap;

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_auth::{OrgId, OrgState};
use wicketgate_domain::{Health, Operator};

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    listing::{Asked, Filters, List, NoneFits, OLDEST_FIRST_OR_NAME},
    page::{Frame, Moment, Pager, Section},
};

/// How many organizations a page has: each is asked how it fares.
const PAGE: u16 = 25;
/// The organizations of the installation.
const ORGS: List = List {
    of: "organizations",
    find: Some((
        "name",
        "Find an organization",
        "The beginning of its name, or its whole id",
    )),
    state: Some((
        "state",
        &[
            ("", "All"),
            ("running", "Running"),
            ("paused", "Paused"),
            ("deleted", "Deleted"),
        ],
    )),
    order: ("order", OLDEST_FIRST_OR_NAME),
    after: "after",
    anchor: "",
};
/// The list.
const HOME: &str = "/console/operator";

/// What the person may do as an operator. For everybody else there is no such page.
async fn operator(call: &Call, person: &Person) -> Result<Operator, Failure> {
    Ok(person.session.operator().await?.for_request(call.id.to_string()))
}

/// Sends whoever has not shown recently enough who it is to show that, and back to this page.
fn fresh(operator: &Operator, call: &Call) -> Result<(), Failure> {
    operator.require_fresh().map_err(|error| match error {
        wicketgate_domain::Error::ReauthenticationNeeded => Failure::Reauthenticate(call.here()),
        other => other.into(),
    })
}

/// A page for operators.
fn frame<'a>(call: &'a Call, person: &'a Person) -> Frame<'a> {
    person.frame(call, Section::Operator).for_operator(true)
}

/// The path of a page about an organization.
fn path(org: OrgId, rest: &str) -> String {
    format!("{HOME}/orgs/{org}{rest}")
}

#[derive(Template)]
#[template(path = "operator/list.html")]
struct Page<'a> {
    frame: Frame<'a>,
    filters: Option<Filters<'a>>,
    none_fits: Option<NoneFits<'a>>,
    rows: Vec<Row>,
    pager: Pager<'a>,
}

struct Row {
    path: String,
    name: String,
    state: OrgState,
    users: i64,
    active: i64,
    fares: Fares,
}

impl Row {
    fn is_paused(&self) -> bool {
        self.state == OrgState::Paused
    }

    fn is_deleted(&self) -> bool {
        self.state == OrgState::Deleted
    }
}

/// How an organization fares, as it is shown.
#[derive(Default)]
struct Fares {
    last_request: Option<Moment>,
    failures: i64,
    more: bool,
}

impl From<Health> for Fares {
    fn from(health: Health) -> Self {
        Self {
            last_request: health.last_request.map(Moment),
            failures: health.failures,
            more: health.has_more_failures,
        }
    }
}

/// How each of these organizations fares.
async fn fares(operator: &Operator, orgs: Vec<OrgId>) -> Result<HashMap<OrgId, Fares>, Failure> {
    let healths = operator.health(orgs).await?;
    Ok(healths
        .into_iter()
        .map(|health| (health.org, health.into()))
        .collect())
}

/// `GET /console/operator`
pub(crate) async fn list(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let asked = Asked::read(&call, &ORGS, HOME.to_owned())?;
    let state = match asked.state {
        "running" => Some(OrgState::Active),
        "paused" => Some(OrgState::Paused),
        "deleted" => Some(OrgState::Deleted),
        _ => None,
    };
    let query = asked.query(state, asked.oldest_first_or_name(), PAGE);
    let found = operator.find_orgs(query).await?;
    let (next, found) = (found.next.as_deref(), &found.entries);
    let mut fares = fares(&operator, found.iter().map(|org| org.id).collect()).await?;
    call::page(&Page {
        frame: frame(&call, &person),
        filters: (!asked.is_plain() || !found.is_empty()).then(|| asked.filters()),
        none_fits: asked.none_fits(found.is_empty(), next),
        rows: found
            .iter()
            .map(|org| Row {
                path: path(org.id, ""),
                state: org.state,
                users: org.users,
                active: org.active_users,
                fares: fares.remove(&org.id).unwrap_or_default(),
                name: org.name.clone(),
            })
            .collect(),
        pager: asked.pager(next),
    })
}

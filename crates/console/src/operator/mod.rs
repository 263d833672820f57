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
use wicketgate_domain::{Health, Operator, Organization};

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::Field,
    page::{Frame, Moment, Pager, Section, address},
};

/// How many organizations a page has: each is asked how it fares.
const PAGE: u16 = 25;
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
    search: Field,
    wanted: &'a str,
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
    let wanted = call.query.trimmed("name");
    let after: Option<OrgId> = call.query.get("after").and_then(|after| after.parse().ok());
    let mut found: Vec<Organization> = if wanted.is_empty() {
        operator.orgs_page(after, PAGE + 1).await?
    } else {
        operator.orgs_named(wanted, PAGE.into()).await?
    };
    let has_more = found.len() > usize::from(PAGE);
    found.truncate(PAGE.into());
    let last = found.last().map(|org| org.id.to_string());
    let mut fares = fares(&operator, found.iter().map(|org| org.id).collect()).await?;
    call::page(&Page {
        frame: frame(&call, &person),
        search: Field::text("name", "Name contains", "off")
            .with(wanted)
            .optional(),
        wanted,
        rows: found
            .into_iter()
            .map(|org| Row {
                path: path(org.id, ""),
                state: org.state,
                users: org.users,
                active: org.active_users,
                fares: fares.remove(&org.id).unwrap_or_default(),
                name: org.name,
            })
            .collect(),
        pager: Pager {
            base: call.site().path(),
            of: "organizations",
            first: after.map(|_| HOME.to_owned()),
            next: last
                .filter(|_| has_more)
                .map(|last| address(HOME, &[("after", &last)])),
        },
    })
}

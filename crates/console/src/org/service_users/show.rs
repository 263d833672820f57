//! One service user, with its tokens and its OAuth clients.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::{ServiceUser, TokenState};

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    listing::{Asked, Filters, List, NEWEST_FIRST, NoneFits, OLDEST_FIRST},
    org::{
        clients, enter, role,
        tokens::{self, Shown},
    },
    page::{Frame, Moment, Notice, Pager, Section},
};

/// How many tokens and how many OAuth clients a page has.
const PAGE: u16 = 50;
/// The tokens of a service user.
const TOKENS: List = List {
    of: "tokens",
    find: Some(("q", "Find a token", "A part of its name")),
    state: Some((
        "state",
        &[
            ("accepted", "Accepted"),
            ("expired", "Expired or replaced"),
            ("revoked", "Revoked"),
            ("all", "All"),
        ],
    )),
    order: ("order", NEWEST_FIRST),
    after: "after",
    anchor: "#tokens",
};
/// The OAuth clients of a service user.
const CLIENTS: List = List {
    of: "OAuth clients",
    find: Some(("client", "Find an OAuth client", "A part of its name")),
    state: Some((
        "client-state",
        &[("", "All"), ("enabled", "Enabled"), ("disabled", "Disabled")],
    )),
    order: ("client-order", OLDEST_FIRST),
    after: "client-after",
    anchor: "#clients",
};

#[derive(Template)]
#[template(path = "service_users/show.html")]
struct Page<'a> {
    frame: Frame<'a>,
    notice: Option<Notice>,
    path: String,
    list: String,
    known: &'a ServiceUser,
    may: &'static str,
    created: Moment,
    tokens: Filters<'a>,
    no_token_fits: Option<NoneFits<'a>>,
    live: Vec<Shown>,
    ended: Vec<Shown>,
    more_tokens: Pager<'a>,
    client_filters: Option<Filters<'a>>,
    no_client_fits: Option<NoneFits<'a>>,
    clients: Vec<ClientRow>,
    more_clients: Pager<'a>,
    scim_base: String,
}

struct ClientRow {
    path: String,
    name: String,
    id: String,
    authentication: &'static str,
    active: bool,
}

/// `GET /console/orgs/{orgId}/service-users/{id}`
pub(crate) async fn show(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let known = owner.service_users().get(call.id(1)?).await?;
    let path = entered.path(&format!("/service-users/{}", known.id));
    let asked = Asked::read(&call, &TOKENS, path.clone())?;
    let state = match asked.state {
        "all" => None,
        "expired" => Some(TokenState::Expired),
        "revoked" => Some(TokenState::Revoked),
        _ => Some(TokenState::Accepted),
    };
    let query = asked.query(state, asked.newest_first(), PAGE);
    let tokens = owner.tokens().of_service_user(known.id, query).await?;
    let asked_clients = Asked::read(&call, &CLIENTS, path.clone())?;
    let query = asked_clients.query(
        asked_clients.either("enabled", "disabled"),
        asked_clients.oldest_first(),
        PAGE,
    );
    let found = owner.clients().of_service_user(known.id, query).await?;
    let now = call.gateway().now();
    let next = tokens.next.as_deref();
    let next_clients = found.next.as_deref();
    let (live, ended) = tokens
        .entries
        .iter()
        .map(|token| Shown::new(token, now))
        .partition(|token: &Shown| token.is_accepted());
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::ServiceUsers),
        notice: call.query.get("done").and_then(done).map(Notice::done),
        path,
        list: entered.path("/service-users"),
        known: &known,
        may: role::may(known.role),
        created: Moment(known.created),
        tokens: asked.filters(),
        no_token_fits: asked.none_fits(tokens.entries.is_empty(), next),
        live,
        ended,
        more_tokens: asked.pager(next),
        client_filters: (!asked_clients.is_plain() || !found.entries.is_empty())
            .then(|| asked_clients.filters()),
        no_client_fits: asked_clients.none_fits(found.entries.is_empty(), next_clients),
        more_clients: asked_clients.pager(next_clients),
        clients: found
            .entries
            .into_iter()
            .map(|client| ClientRow {
                path: entered.path(&format!("/clients/{}", client.id)),
                id: client.id.to_string(),
                authentication: clients::authentication(&client.authentication),
                name: client.name,
                active: client.active,
            })
            .collect(),
        scim_base: call.site().at(&format!("/scim/v2/{}", entered.org.id())),
    })
}

/// What was done on the page before. Only what is known is said: the word comes from the address.
fn done(word: &str) -> Option<&'static str> {
    match word {
        "created" => Some("The service user was created. Give it a token or an OAuth client next."),
        "enabled" => {
            Some("The service user is enabled. Its credentials are accepted from the next request on.")
        }
        "disabled" => {
            Some("The service user is disabled. Its credentials are refused from the next request on.")
        }
        "role" => Some("The role was changed. It holds from the next request on."),
        "client-deleted" => Some("The OAuth client was deleted, with everything that was issued to it."),
        word => tokens::done(word),
    }
}

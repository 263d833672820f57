//! One service user, with its tokens and its OAuth clients.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::ServiceUser;

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    org::{
        clients, enter, role,
        tokens::{self, Shown},
    },
    page::{Frame, Moment, Notice, Section},
};

/// How many tokens are shown: those that are accepted come first.
const TOKENS: u16 = 200;

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
    live: Vec<Shown>,
    ended: Vec<Shown>,
    clients: Vec<ClientRow>,
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
    let tokens = owner.tokens().of_service_user(known.id, TOKENS).await?;
    let found = owner.clients().of_service_user(known.id).await?;
    let now = call.gateway().now();
    let (live, ended) = tokens
        .iter()
        .map(|token| Shown::new(token, &tokens, now))
        .partition(|token: &Shown| token.is_accepted());
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::ServiceUsers),
        notice: call.query.get("done").and_then(done).map(Notice::done),
        path: entered.path(&format!("/service-users/{}", known.id)),
        list: entered.path("/service-users"),
        known: &known,
        may: role::may(known.role),
        created: Moment(known.created),
        live,
        ended,
        clients: found
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

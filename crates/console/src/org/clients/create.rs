//! Registering a client.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::ServiceUser;

use super::{home, kind::Kind, path};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    form::{Form, Once},
    org::{Entered, enter},
    page::{Frame, Section, address},
    wrong::Wrong,
};

const FIELDS: [&str; 9] = [
    "name",
    "redirect-uri",
    "jwks",
    "jwks-uri",
    "issuer",
    "subject",
    "audience",
    "expires-in",
    "access-token-format",
];

#[derive(Template)]
#[template(path = "clients/kinds.html")]
struct Kinds<'a> {
    frame: Frame<'a>,
    holder: &'a str,
    offered: Vec<(String, &'static str, &'static str)>,
    back: String,
}

/// `GET /console/orgs/{orgId}/service-users/{id}/clients/new`: which kind of client, or the form of that kind.
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let known = entered.owner()?.service_users().get(call.id(1)?).await?;
    entered.fresh(&call)?;
    let here = new_path(&entered, &known);
    if let Some(kind) = Kind::parse(call.query.text("kind")) {
        return call::page(&page(&call, &person, &entered, (&known, kind), None));
    }
    call::page(&Kinds {
        frame: entered.frame(&call, &person, Section::ServiceUsers),
        holder: &known.name,
        offered: Kind::ALL
            .iter()
            .map(|kind| {
                (
                    address(&here, &[("kind", kind.word())]),
                    kind.name(),
                    kind.advice(),
                )
            })
            .collect(),
        back: home(&entered, &known),
    })
}

/// `POST /console/orgs/{orgId}/service-users/{id}/clients/new`
pub(crate) async fn create(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let known = owner.service_users().get(call.id(1)?).await?;
    let kind = Kind::parse(call.query.text("kind")).ok_or(Failure::NotFound)?;
    entered.fresh(&call)?;
    let new = match kind.read(&call, known.id) {
        Ok(new) => new,
        Err(wrong) => return call::again(&page(&call, &person, &entered, (&known, kind), Some(&wrong))),
    };
    let (client, secret) = match owner.clients().create(new).await {
        Ok(made) => made,
        Err(error) => {
            let wrong = Wrong::of(error, &FIELDS)?;
            return call::again(&page(&call, &person, &entered, (&known, kind), Some(&wrong)));
        }
    };
    let Some(secret) = secret else {
        return Ok(call.go(&path(&entered, client.id, "?done=created")));
    };
    let id = client.id.to_string();
    let (token_endpoint, authorization_endpoint) = (
        call.site().at("/oauth/v2/token"),
        call.site().at("/oauth/v2/authorize"),
    );
    let mut things = vec![
        ("client-id", "Client ID", id.as_str()),
        ("client-secret", "Client secret", secret.reveal()),
        ("token-endpoint", "Token endpoint", &token_endpoint),
    ];
    if !client.redirect_uris.is_empty() {
        things.push((
            "authorization-endpoint",
            "Authorization endpoint",
            &authorization_endpoint,
        ));
    }
    call::page(&Once {
        frame: entered.frame(&call, &person, Section::ServiceUsers),
        heading: format!("The OAuth client {} was created", client.name),
        things,
        advice: vec![
            "Put these into your identity provider. Only the secret is shown once: the rest stands on the page of the \
             client."
                .to_owned(),
        ],
        next: path(&entered, client.id, ""),
    })
}

fn new_path(entered: &Entered, known: &ServiceUser) -> String {
    format!("{}/clients/new", home(entered, known))
}

fn page<'a>(
    call: &'a Call,
    person: &'a Person,
    entered: &'a Entered,
    (known, kind): (&ServiceUser, Kind),
    wrong: Option<&'a Wrong>,
) -> Form<'a> {
    let here = new_path(entered, known);
    Form {
        frame: entered.frame(call, person, Section::ServiceUsers),
        heading: format!("Create an OAuth client for {}", known.name),
        wrong,
        intro: vec![format!("{}. {}", kind.name(), kind.advice())],
        parts: kind.parts(call, wrong),
        advanced: kind.advanced(call),
        is_dangerous: false,
        action: address(&here, &[("kind", kind.word())]),
        button: "Create the client",
        back: Some(here),
    }
}

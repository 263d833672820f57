//! OAuth clients: registered for a service user, looked at, changed and deleted. Secrets are shown once.

pub(crate) mod change;
pub(crate) mod create;
mod kind;
pub(crate) mod secrets;

use actix_web::HttpResponse;
use askama::Template;
use jiff::Timestamp;
use wicketgate_auth::oauth::ClientId;
use wicketgate_domain::{
    AccessTokenFormat, Client, ClientAuthentication, ClientGrant, ClientSecret, Error, RefreshRotation,
    ServiceUser,
};

use super::{Entered, end::End, enter};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    listing::{Asked, Filters, List, NEWEST_FIRST, NoneFits},
    page::{Frame, Moment, Notice, Pager, Section},
};

/// How many grants a page has.
const PAGE: u16 = 50;
/// What owners allowed a client.
const GRANTS: List = List {
    of: "grants",
    find: None,
    state: Some((
        "state",
        &[("", "All"), ("holds", "Holds"), ("taken-back", "Taken back")],
    )),
    order: ("order", NEWEST_FIRST),
    after: "after",
    anchor: "#grants",
};

#[derive(Template)]
#[template(path = "clients/show.html")]
struct Page<'a> {
    frame: Frame<'a>,
    notice: Option<Notice>,
    path: String,
    list: String,
    holder: Link,
    client: &'a Client,
    authentication: &'static str,
    has_secrets: bool,
    takes_redirects: bool,
    access_tokens: &'static str,
    refresh_tokens: &'static str,
    created: Moment,
    authorization_endpoint: String,
    token_endpoint: String,
    secrets: Vec<SecretRow>,
    grant_filters: Option<Filters<'a>>,
    no_grant_fits: Option<NoneFits<'a>>,
    grants: Vec<GrantRow>,
    more_grants: Pager<'a>,
}

struct Link {
    path: String,
    name: String,
}

struct SecretRow {
    id: String,
    hint: String,
    created: Moment,
    expires: End,
    is_accepted: bool,
    revoked: Option<Moment>,
}

impl SecretRow {
    fn new(secret: ClientSecret, now: Timestamp) -> Self {
        Self {
            id: secret.id.to_string(),
            hint: secret.hint,
            created: Moment(secret.created),
            is_accepted: secret.revoked.is_none() && secret.expires.is_none_or(|at| at > now),
            expires: End {
                at: secret.expires,
                now,
            },
            revoked: secret.revoked.map(Moment),
        }
    }
}

struct GrantRow {
    id: String,
    approved_by: String,
    scope: String,
    created: Moment,
    revoked: Option<Moment>,
}

/// How a client proves who it is, in words.
pub(super) const fn authentication(authentication: &ClientAuthentication) -> &'static str {
    match authentication {
        ClientAuthentication::ClientSecret => "Client secret",
        ClientAuthentication::PrivateKeyJwt(_) => "Signed with its own key (private_key_jwt)",
        ClientAuthentication::WorkloadIdentity { .. } => "Workload identity of Microsoft Entra ID",
    }
}

const fn access_tokens(format: AccessTokenFormat) -> &'static str {
    match format {
        AccessTokenFormat::Opaque => "Opaque",
        AccessTokenFormat::Jwt => "Signed JSON Web Tokens (RFC 9068)",
    }
}

const fn refresh_tokens(rotation: RefreshRotation) -> &'static str {
    match rotation {
        RefreshRotation::Grace => "A used one is replaced by a new one",
        RefreshRotation::Never => "They stay the same",
    }
}

/// `GET /console/orgs/{orgId}/clients/{id}`
pub(crate) async fn show(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let client = owner.clients().get(call.id(1)?).await?;
    let holder = owner.service_users().get(client.service_user).await?;
    let secrets = owner.clients().secrets(client.id).await?;
    let asked = Asked::read(&call, &GRANTS, path(&entered, client.id, ""))?;
    let query = asked.query(asked.either("holds", "taken-back"), asked.newest_first(), PAGE);
    let found = owner.grants().of_client(client.id, query).await?;
    let next = found.next.as_deref();
    let grants = grants(&entered, found.entries).await?;
    let now = call.gateway().now();
    let has_secrets = client.authentication == ClientAuthentication::ClientSecret;
    let takes_redirects = !matches!(
        client.authentication,
        ClientAuthentication::WorkloadIdentity { .. }
    );
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::ServiceUsers),
        notice: call.query.get("done").and_then(done).map(Notice::done),
        path: path(&entered, client.id, ""),
        list: entered.path("/service-users"),
        holder: Link {
            path: home(&entered, &holder),
            name: holder.name,
        },
        authentication: authentication(&client.authentication),
        has_secrets,
        takes_redirects,
        access_tokens: access_tokens(client.access_token_format),
        refresh_tokens: refresh_tokens(client.refresh_rotation),
        created: Moment(client.created),
        authorization_endpoint: call.site().at("/oauth/v2/authorize"),
        token_endpoint: call.site().at("/oauth/v2/token"),
        secrets: secrets
            .into_iter()
            .map(|secret| SecretRow::new(secret, now))
            .collect(),
        grant_filters: (!asked.is_plain() || !grants.is_empty()).then(|| asked.filters()),
        no_grant_fits: asked.none_fits(grants.is_empty(), next),
        more_grants: asked.pager(next),
        grants,
        client: &client,
    })
}

/// What owners allowed a client, each with whoever did.
async fn grants(entered: &Entered, found: Vec<ClientGrant>) -> Result<Vec<GrantRow>, Failure> {
    let owner = entered.owner()?;
    let people = owner.accounts();
    let mut rows = Vec::new();
    for grant in found {
        let approver = wicketgate_auth::AccountId::from_uuid(grant.approved_by);
        let approved_by = match people.get(approver).await {
            Ok(account) => account.display_name,
            Err(Error::NotFound) => "Somebody who has no role here any more".to_owned(),
            Err(error) => return Err(error.into()),
        };
        rows.push(GrantRow {
            id: grant.id.to_string(),
            approved_by,
            scope: grant.scope.to_string(),
            created: Moment(grant.created),
            revoked: grant.revoked.map(Moment),
        });
    }
    Ok(rows)
}

/// The path of a page of a client.
fn path(entered: &Entered, client: ClientId, rest: &str) -> String {
    entered.path(&format!("/clients/{client}{rest}"))
}

/// The page of a client's service user.
fn home(entered: &Entered, service_user: &ServiceUser) -> String {
    entered.path(&format!("/service-users/{}", service_user.id))
}

/// What was done on the page before. Only what is known is said: the word comes from the address.
fn done(word: &str) -> Option<&'static str> {
    match word {
        "created" => Some("The OAuth client was created."),
        "redirect-uris" => Some("The redirect URIs were changed."),
        "enabled" => Some("The OAuth client is enabled. What it was given is accepted again."),
        "disabled" => {
            Some("The OAuth client is disabled. What it was given is refused from the next request on.")
        }
        "secret-revoked" => Some("The secret was revoked. It is refused from the next request on."),
        "grant-revoked" => {
            Some("The access was taken back. What came of it is refused from the next request on.")
        }
        _ => None,
    }
}

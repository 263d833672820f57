//! The OpenID providers through which an organization lets its accounts sign in.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_auth::Plaintext;
use wicketgate_domain::IdentityProvider;

use super::{
    Answer, Call, Http, Org,
    error::Error,
    once::Begun,
    openapi::{Doc, body, shape},
    page, reply, time,
};

const TAG: &str = "Identity providers";

/// A provider, without its secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = IdentityProvider)]
struct Shown {
    /// What paths call it.
    id: String,
    /// The issuer, as the provider's metadata has it.
    issuer: String,
    /// What the button says.
    name: String,
    /// Who this installation is to the provider.
    client_id: String,
    /// Since when the organization has had it.
    created_at: String,
    /// What has to be registered at the provider.
    redirect_uri: String,
    /// Where people sign in.
    sign_in_url: String,
}

impl Shown {
    fn new(provider: IdentityProvider, org: &Org, http: &Http) -> Self {
        let base = &http.surface.public_url;
        Self {
            id: URL_SAFE_NO_PAD.encode(&provider.issuer),
            issuer: provider.issuer,
            name: provider.name,
            client_id: provider.client_id,
            created_at: time(provider.created),
            redirect_uri: format!("{base}/console/provider"),
            sign_in_url: format!("{base}/console/sign-in/{}", org.id()),
        }
    }
}

/// A provider to set up.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct NewIdentityProvider {
    /// The issuer, as the provider's metadata has it, such as <https://id.example.com>.
    issuer: String,
    /// What the button says.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Who this installation is to the provider.
    client_id: String,
    /// What it proves itself with there.
    client_secret: String,
}

pub(super) const LIST: Doc = Doc::list(
    "listIdentityProviders",
    TAG,
    "The organization's providers, in the order of their issuers.",
    shape::<Shown>,
);

/// `GET /admin/v1/orgs/{orgId}/identity-providers`.
pub(super) async fn list(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let query = call.http.query(&[page::LIMIT, page::CURSOR])?;
    let providers = owner.identity_providers().list().await?;
    let shown: Vec<Shown> = providers
        .into_iter()
        .map(|provider| Shown::new(provider, &call.door, &call.http))
        .collect();
    page::of_all(&call.http, &query, &shown, |provider| provider.id.clone())
}

pub(super) const SET: Doc = Doc::creation(
    "setIdentityProvider",
    TAG,
    "Set a provider up, or change the one of this issuer. Needs a recent sign-in.",
    body::<NewIdentityProvider>,
    shape::<Shown>,
);

/// `POST /admin/v1/orgs/{orgId}/identity-providers`.
pub(super) async fn set(mut call: Call<Org>) -> Answer {
    call.door.owner()?;
    call.door.require_fresh()?;
    let mut fields = match call.begin().await? {
        Begun::First(fields) => fields,
        Begun::Repeated(answer) => return Ok(answer),
    };
    let issuer = fields.text("issuer");
    let name = fields.text("name");
    let client_id = fields.text("clientId");
    let secret = fields.text("clientSecret").map(Plaintext::new);
    let ((issuer, name), (client_id, secret)) = fields.finish(issuer.zip(name).zip(client_id.zip(secret)))?;
    let provider = call
        .door
        .owner()?
        .identity_providers()
        .set(&name, &issuer, &client_id, &secret)
        .await?;
    let shown = Shown::new(provider, &call.door, &call.http);
    call.created(None, &shown).await
}

pub(super) const REMOVE: Doc = Doc::act(
    "removeIdentityProvider",
    TAG,
    "Remove a provider: the sessions that it vouched for end. Needs a recent sign-in.",
);

/// `DELETE /admin/v1/orgs/{orgId}/identity-providers/{id}`.
pub(super) async fn remove(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let issuer = URL_SAFE_NO_PAD
        .decode(call.http.target(0))
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        // Nothing else was ever an issuer, and not every database takes every text.
        .filter(|issuer| issuer.chars().all(|c| c.is_ascii_graphic()))
        .ok_or(Error::NotFound)?;
    owner.identity_providers().remove(&issuer).await?;
    Ok(reply::done())
}

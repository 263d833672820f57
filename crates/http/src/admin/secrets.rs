//! The secrets of OAuth clients. Several are accepted at a time, so that one can be exchanged without a gap.

use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_auth::oauth::ClientId;
use wicketgate_domain::ClientSecret;

use super::{
    Answer, Call, Org,
    clients::TAG,
    fields::{Life, life},
    once::Begun,
    openapi::{Doc, body, shape},
    page, reply, time,
};

/// A secret of a client, without what is secret of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ClientSecret)]
struct Shown {
    /// Its public id.
    id: String,
    /// Its last characters.
    hint: String,
    /// When it was issued.
    created_at: String,
    /// From when on it is refused; null is never.
    #[schema(required)]
    expires_at: Option<String>,
    /// Since when it is refused, if it was revoked.
    #[schema(required)]
    revoked_at: Option<String>,
}

impl Shown {
    fn new(secret: &ClientSecret) -> Self {
        Self {
            id: secret.id.to_string(),
            hint: secret.hint.clone(),
            created_at: time(secret.created),
            expires_at: secret.expires.map(time),
            revoked_at: secret.revoked.map(time),
        }
    }
}

/// A secret to issue.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct NewClientSecret {
    /// After how many seconds it is refused; never where it is null or left out.
    #[schema(minimum = 1, maximum = 94_608_000)]
    expires_in: Option<u64>,
}

/// A secret that was issued.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct IssuedClientSecret {
    /// What the client presents. It is shown only now.
    secret: String,
    #[serde(flatten)]
    listed: Shown,
}

pub(super) const LIST: Doc = Doc::list(
    "listClientSecrets",
    TAG,
    "The secrets of a client, the newest first.",
    shape::<Shown>,
);

/// `GET /admin/v1/orgs/{orgId}/clients/{id}/secrets`.
pub(super) async fn list(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let query = call.http.query(&[page::LIMIT, page::CURSOR])?;
    let secrets = owner.clients().secrets(call.http.id(0)?).await?;
    let shown: Vec<Shown> = secrets.iter().map(Shown::new).collect();
    page::of_all(&call.http, &query, &shown, |secret| secret.id.clone())
}

pub(super) const CREATE: Doc = Doc::creation(
    "createClientSecret",
    TAG,
    "Issue another secret to a client; those that it has are accepted as before. Needs a recent sign-in.",
    body::<NewClientSecret>,
    shape::<IssuedClientSecret>,
);

/// `POST /admin/v1/orgs/{orgId}/clients/{id}/secrets`.
pub(super) async fn create(mut call: Call<Org>) -> Answer {
    call.door.owner()?;
    call.door.require_fresh()?;
    let id: ClientId = call.http.id(0)?;
    let mut fields = match call.begin().await? {
        Begun::First(fields) => fields,
        Begun::Repeated(answer) => return Ok(answer),
    };
    let expected = "write whole seconds from 1 on, or null for never";
    let expires_in = fields.optional("expiresIn", expected, life);
    fields.finish(Some(()))?;
    let (listed, token) = call
        .door
        .owner()?
        .clients()
        .add_secret(id, expires_in.and_then(|Life(life)| life))
        .await?;
    let issued = IssuedClientSecret {
        secret: token.reveal().to_owned(),
        listed: Shown::new(&listed),
    };
    call.created(None, &issued).await
}

pub(super) const REVOKE: Doc = Doc::act(
    "revokeClientSecret",
    TAG,
    "Revoke a secret: the next request that presents it is refused. Revoking twice is no error.",
);

/// `DELETE /admin/v1/orgs/{orgId}/clients/{id}/secrets/{secretId}`.
pub(super) async fn revoke(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let clients = owner.clients();
    clients.revoke_secret(call.http.id(0)?, call.http.id(1)?).await?;
    Ok(reply::done())
}

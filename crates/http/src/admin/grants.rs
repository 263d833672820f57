//! What owners allowed OAuth clients by authorization code.

use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_domain::{ClientGrant, GrantId};

use super::{
    Answer, Call, Org,
    clients::TAG,
    openapi::{Doc, shape},
    page, reply, time,
};

/// What an owner allowed a client.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Grant)]
struct Shown {
    /// Its id.
    id: String,
    /// Who was allowed it.
    client_id: String,
    /// Whom the client acts for.
    service_user_id: String,
    /// What it was allowed.
    scope: String,
    /// The account or service user that allowed it.
    approved_by: String,
    /// When.
    created_at: String,
    /// Since when it no longer holds, if it was revoked.
    #[schema(required)]
    revoked_at: Option<String>,
    /// Why it was revoked.
    #[schema(required)]
    revoke_reason: Option<String>,
}

impl Shown {
    fn new(grant: ClientGrant) -> Self {
        Self {
            id: grant.id.to_string(),
            client_id: grant.client.to_string(),
            service_user_id: grant.service_user.to_string(),
            scope: grant.scope.to_string(),
            approved_by: grant.approved_by.to_string(),
            created_at: time(grant.created),
            revoked_at: grant.revoked.map(time),
            revoke_reason: grant.revoke_reason,
        }
    }
}

pub(super) const LIST: Doc = Doc::list(
    "listGrants",
    TAG,
    "What clients were allowed, the newest first.",
    shape::<Shown>,
);

/// `GET /admin/v1/orgs/{orgId}/grants`.
pub(super) async fn list(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let query = call.http.query(&[page::LIMIT, page::CURSOR])?;
    let grants = owner.grants().list().await?;
    let shown: Vec<Shown> = grants.into_iter().map(Shown::new).collect();
    page::of_all(&call.http, &query, &shown, |grant| grant.id.clone())
}

pub(super) const REVOKE: Doc = Doc::act(
    "revokeGrant",
    TAG,
    "Take back what a client was allowed, with every code and token that came of it. Revoking twice is no error.",
);

/// `DELETE /admin/v1/orgs/{orgId}/grants/{id}`.
pub(super) async fn revoke(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    owner
        .grants()
        .revoke(GrantId::parse(call.http.target(0))?)
        .await?;
    Ok(reply::done())
}

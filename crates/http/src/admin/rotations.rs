//! Rotating a token: a successor is issued, both are accepted for a while, and then the old one is not.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wicketgate_auth::TokenId;
use wicketgate_domain::DEFAULT_OVERLAP;

use super::{
    Answer, Call, Org,
    once::Begun,
    openapi::{Doc, body, shape},
    reply, time,
    tokens::{IssuedToken, Shown, TAG},
};

/// How a token is rotated.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct NewRotation {
    /// For how many seconds both tokens are accepted, up to 30 days; 7 days where it is left out.
    #[schema(minimum = 0, maximum = 2_592_000, nullable = false)]
    overlap: Option<u64>,
}

/// A rotation that has begun.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Rotation {
    /// The token that takes the other one's place.
    successor: IssuedToken,
    /// From when on the old token is refused.
    overlap_ends_at: String,
}

pub(super) const START: Doc = Doc::creation(
    "startRotation",
    TAG,
    "Issue a token that takes this one's place. Needs a recent sign-in.",
    body::<NewRotation>,
    shape::<Rotation>,
);

/// `POST /admin/v1/orgs/{orgId}/tokens/{id}/rotation`.
pub(super) async fn start(mut call: Call<Org>) -> Answer {
    call.door.owner()?;
    call.door.require_fresh()?;
    let id: TokenId = call.http.id(0)?;
    let mut fields = match call.begin().await? {
        Begun::First(fields) => fields,
        Begun::Repeated(answer) => return Ok(answer),
    };
    let overlap = fields.optional("overlap", "write whole seconds from 0 to 2592000", Value::as_u64);
    fields.finish(Some(()))?;
    let overlap = overlap.map_or(DEFAULT_OVERLAP, Duration::from_secs);
    let started = call.door.owner()?.tokens().start_rotation(id, overlap).await?;
    let location = call
        .http
        .link(call.door.id(), &format!("/tokens/{}", started.successor.id));
    let rotation = Rotation {
        successor: IssuedToken {
            secret: started.secret.reveal().to_owned(),
            token: Shown::new(started.successor),
        },
        overlap_ends_at: time(started.overlap_ends),
    };
    call.created(Some(location), &rotation).await
}

pub(super) const COMPLETE: Doc = Doc::act(
    "completeRotation",
    TAG,
    "End a rotation at once: the old token, which the path names, is refused from now on. Needs a recent sign-in.",
)
.or(&[400]);

/// `POST /admin/v1/orgs/{orgId}/tokens/{id}/rotation/complete`.
pub(super) async fn complete(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    owner.tokens().complete_rotation(call.http.id(0)?).await?;
    Ok(reply::done())
}

pub(super) const CANCEL: Doc = Doc::act(
    "cancelRotation",
    TAG,
    "Call a rotation off: the successor is refused from now on. Needs a recent sign-in.",
)
.or(&[400]);

/// `DELETE /admin/v1/orgs/{orgId}/tokens/{id}/rotation`.
pub(super) async fn cancel(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    owner.tokens().cancel_rotation(call.http.id(0)?).await?;
    Ok(reply::done())
}

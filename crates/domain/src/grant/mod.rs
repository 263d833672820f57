//! What OAuth clients are given: grants by authorization code, and the tokens that are exchanged for them or for the
//! client's own word. A file for each verb; the clients themselves are in `client/`.

mod approve;
mod authorization;
mod code;
mod exchange;
mod introspect;
mod keys;
mod refresh;
mod revoke;
mod signing;

use std::fmt;

use jiff::Timestamp;
use uuid::Uuid;
use wicketgate_auth::{
    OrgId, ServiceUserId,
    oauth::{self, ClientId, Scope},
};

use crate::{Error, Owner, db};

pub use approve::Approved;
pub use authorization::{AuthorizationError, ClientOfRequest};
pub use introspect::Introspection;

/// A grant's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GrantId(Uuid);

impl GrantId {
    pub(crate) const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID.
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }

    /// Reads the id in a path. Any text but the canonical spelling of a UUID is an unknown id.
    pub fn parse(text: &str) -> Result<Self, Error> {
        db::search::uuid(text).map(Self).ok_or(Error::NotFound)
    }
}

impl fmt::Display for GrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an Org Owner allowed a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientGrant {
    /// Its id.
    pub id: GrantId,
    /// Who was allowed it.
    pub client: ClientId,
    /// Whom the client acts for.
    pub service_user: ServiceUserId,
    /// What it was allowed.
    pub scope: Scope,
    /// Who allowed it.
    pub approved_by: Uuid,
    /// When.
    pub created: Timestamp,
    /// Since when it no longer holds, if it was revoked.
    pub revoked: Option<Timestamp>,
    /// Why it was revoked.
    pub revoke_reason: Option<String>,
}

/// The grants of one organization.
#[derive(Debug)]
pub struct Grants<'o> {
    pub(crate) owner: &'o Owner<'o>,
}

impl Grants<'_> {
    /// All grants, the newest first.
    pub async fn list(&self) -> Result<Vec<ClientGrant>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::grants::list(tx, id))
            .await
    }
}

/// The authorization server as its clients address it, and the request that came to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The public URL of the gateway, without a slash at the end. It is the issuer, and what the other URLs begin with.
    pub public_url: String,
    /// What the request is called in logs and events.
    pub request_id: String,
}

impl Endpoint {
    /// The name of this authorization server (RFC 8414).
    pub fn issuer(&self) -> &str {
        &self.public_url
    }

    /// Where tokens are asked for.
    pub fn token_endpoint(&self) -> String {
        format!("{}/oauth/v2/token", self.public_url)
    }

    /// What the tokens of an organization are for.
    pub fn scim_base(&self, org: OrgId) -> String {
        format!("{}/scim/v2/{org}", self.public_url)
    }

    /// Refuses a resource that is another one than the organization's (RFC 8707).
    fn check_resource(&self, resource: Option<&str>, org: OrgId) -> Result<(), oauth::Error> {
        match resource {
            Some(resource) if resource != self.scim_base(org) => Err(oauth::Error::new(
                oauth::ErrorCode::InvalidTarget,
                "The parameter resource is not the SCIM base URL of the client's organization: leave it out.",
            )),
            Some(_) | None => Ok(()),
        }
    }
}

/// Why a client got nothing.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The request was refused, and the client is told why.
    #[error(transparent)]
    OAuth(#[from] oauth::Error),
    /// The database could not say.
    #[error(transparent)]
    Store(#[from] Error),
}

/// The outcome of a transaction in which a refusal counts as much as an answer: what led to it is kept.
pub(crate) fn settled<T>(outcome: Result<T, ExchangeError>) -> Result<Result<T, oauth::Error>, Error> {
    match outcome {
        Ok(answer) => Ok(Ok(answer)),
        Err(ExchangeError::OAuth(refusal)) => Ok(Err(refusal)),
        Err(ExchangeError::Store(error)) => Err(error),
    }
}

/// The refusal of a code or refresh token, whatever was wrong with it.
fn invalid_grant() -> oauth::Error {
    oauth::Error::new(
        oauth::ErrorCode::InvalidGrant,
        "The code or refresh token is not known, belongs to another client, has expired, was revoked or was used \
         already: ask the owner of the organization to approve the client again.",
    )
}

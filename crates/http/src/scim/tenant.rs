//! The organization in the path, entered with the credential in the header. Nothing of it is reached any other way.

use actix_web::{
    HttpRequest,
    http::header::{AUTHORIZATION, HeaderMap, USER_AGENT},
};
use uuid::Uuid;
use wicketgate_auth::{Denied, OrgId, Presented, Reason};
use wicketgate_domain::{Caller, Gateway, Org, Refusal};

use super::error::Error;
use crate::dispatch::Seen;

/// Enters the organization that the path names. Where it names none, the credential is judged all the same, so that
/// strangers are told nothing about paths.
pub(super) async fn enter(
    gateway: &Gateway,
    org: Option<OrgId>,
    request: &HttpRequest,
    seen: &Seen,
) -> Result<Org, Error> {
    let presented = presented(request.headers());
    // No organization has the nil id.
    let org = org.unwrap_or(OrgId::from_uuid(Uuid::nil()));
    let entered = gateway.enter(org, &presented, caller(request), seen.id().to_string());
    match entered.await {
        Ok(org) => Ok(org),
        Err(Refusal::Store(error)) => Err(error.into()),
        Err(Refusal::Denied(denied)) => {
            log(denied, &presented, seen);
            Err(match denied {
                Denied::Unauthenticated(Reason::Missing) => Error::Unauthenticated { presented: false },
                Denied::Unauthenticated(_) => Error::Unauthenticated { presented: true },
                Denied::OrgNotVisible => Error::NotFound,
            })
        }
    }
}

/// Where the request came from: the other end of the connection, which may be a proxy. What proxies say in headers
/// anybody can say.
pub(crate) fn caller(request: &HttpRequest) -> Caller {
    let user_agent = request
        .headers()
        .get(USER_AGENT)
        .map(|value| String::from_utf8_lossy(value.as_bytes()));
    Caller::new(request.peer_addr().map(|peer| peer.ip()), user_agent.as_deref())
}

/// The credential that was presented, if it was exactly one.
pub(crate) fn presented(headers: &HeaderMap) -> Presented {
    let mut values = headers.get_all(AUTHORIZATION);
    // Of two credentials, which one was meant is anybody's guess: neither is taken.
    let value = values.next().filter(|_| values.next().is_none());
    let value = value.map(|value| String::from_utf8_lossy(value.as_bytes()));
    Presented::from_authorization(value.as_deref())
}

/// Logs the reason, which the client is not told. Of the credential only the id is logged, which opens nothing.
pub(crate) fn log(denied: Denied, presented: &Presented, seen: &Seen) {
    let credential = presented
        .token()
        .map(|token| token.id().to_string())
        .unwrap_or_default();
    match denied {
        Denied::Unauthenticated(Reason::PepperMissing) => {
            tracing::error!(
                request.id = %seen.id(),
                credential.id = credential,
                "denied: the pepper of this credential is missing, put it back into the pepper file"
            );
        }
        Denied::Unauthenticated(reason) => {
            tracing::info!(request.id = %seen.id(), credential.id = credential, %reason, "denied");
        }
        Denied::OrgNotVisible => {
            tracing::info!(
                request.id = %seen.id(),
                credential.id = credential,
                reason = "org_not_visible",
                "denied"
            );
        }
    }
}

//! Who is asking: an account by the token of its session, or a service user by one of its tokens. Nothing of an
//! organization is reached any other way.

use uuid::Uuid;
use wicketgate_auth::{Denied, OrgId, Reason, TokenKind};
use wicketgate_domain::{self as domain, Operator, Org, Refusal, Session, SessionRefused};

use super::{Http, error::Error};
use crate::scim::tenant::{caller, log, presented};

/// A credential that holds, in no organization.
pub(crate) enum Credential {
    /// An account's session.
    Session(Box<Session>),
    /// A token of a service user.
    ServiceUser,
}

/// An organization that a credential opened.
pub(super) struct Entered {
    pub(super) org: Org,
    session: Option<Box<Session>>,
    is_operator: bool,
}

/// The session of a request whose credential is one; nothing where it is another one.
async fn session(http: &Http) -> Result<Option<Session>, Error> {
    let presented = presented(http.request.headers());
    let Ok(token) = presented.token() else {
        return Ok(None);
    };
    if token.kind() != TokenKind::Session {
        return Ok(None);
    }
    match http.surface.gateway.session(&token).await {
        Ok(session) => Ok(Some(session)),
        Err(SessionRefused::Store(error)) => Err(error.into()),
        Err(SessionRefused::NotSignedIn) => {
            tracing::info!(request.id = %http.seen.id(), credential.id = %token.id(), reason = "not_signed_in", "denied");
            Err(Error::Unauthenticated { presented: true })
        }
    }
}

/// Enters the organization of this id by a service user's token. Where no organization has it, the credential is judged
/// all the same.
async fn by_token(http: &Http, org: OrgId) -> Result<Org, Shut> {
    let presented = presented(http.request.headers());
    let entered =
        http.surface
            .gateway
            .enter(org, &presented, caller(&http.request), http.seen.id().to_string());
    entered.await.map_err(|refusal| match refusal {
        Refusal::Store(error) => Shut::Refused(error.into()),
        Refusal::Denied(Denied::OrgNotVisible) => Shut::OrgNotVisible,
        Refusal::Denied(denied @ Denied::Unauthenticated(reason)) => {
            log(denied, &presented, &http.seen);
            Shut::Refused(Error::Unauthenticated {
                presented: reason != Reason::Missing,
            })
        }
    })
}

/// Why a token opened no organization.
enum Shut {
    /// It holds, and the organization is another one's or nobody's.
    OrgNotVisible,
    /// It does not hold, or nobody could say.
    Refused(Error),
}

/// Enters the organization that the path names. One that does not exist and one that is not visible are the same.
pub(super) async fn enter(http: &Http, org: &str) -> Result<Entered, Error> {
    // No organization has the nil id.
    let org = org.parse().unwrap_or(OrgId::from_uuid(Uuid::nil()));
    let Some(session) = session(http).await? else {
        return match by_token(http, org).await {
            Ok(org) => Ok(Entered {
                org,
                session: None,
                is_operator: false,
            }),
            Err(Shut::OrgNotVisible) => Err(Error::NotFound),
            Err(Shut::Refused(error)) => Err(error),
        };
    };
    let (org, is_operator) = match session.org(org, http.seen.id().to_string()).await {
        Ok(org) => (org, false),
        Err(Refusal::Store(error)) => return Err(error.into()),
        // Whoever looks after the installation may enter, and the organization's events say so.
        Err(Refusal::Denied(_)) => (operator(&session, http).await?.org(org).await?, true),
    };
    Ok(Entered {
        org,
        session: Some(Box::new(session)),
        is_operator,
    })
}

impl Entered {
    /// The organization as an operator enters it.
    pub(super) async fn entered_by_operator(self, http: &Http) -> Result<Org, Error> {
        if self.is_operator {
            return Ok(self.org);
        }
        let session = self.session.ok_or(Error::OperatorNeeded)?;
        match operator(&session, http).await {
            Ok(operator) => Ok(operator.org(self.org.id()).await?),
            Err(Error::Domain(domain::Error::NotFound)) => Err(Error::OperatorNeeded),
            Err(error) => Err(error),
        }
    }
}

impl Entered {
    /// What an operator may do, and for which organization.
    pub(super) async fn operator(self, http: &Http) -> Result<(Operator, OrgId), Error> {
        let session = self.session.ok_or(Error::OperatorNeeded)?;
        let operator = Credential::Session(session).operator(http).await?;
        Ok((operator, self.org.id()))
    }
}

/// Judges the credential of a request that names no organization.
pub(super) async fn known(http: &Http) -> Result<Credential, Error> {
    if let Some(session) = session(http).await? {
        return Ok(Credential::Session(Box::new(session)));
    }
    match by_token(http, OrgId::from_uuid(Uuid::nil())).await {
        Ok(_) | Err(Shut::OrgNotVisible) => Ok(Credential::ServiceUser),
        Err(Shut::Refused(error)) => Err(error),
    }
}

impl Credential {
    /// What an operator may do.
    pub(super) async fn operator(self, http: &Http) -> Result<Operator, Error> {
        let Self::Session(session) = self else {
            return Err(Error::OperatorNeeded);
        };
        match operator(&session, http).await {
            Err(Error::Domain(domain::Error::NotFound)) => Err(Error::OperatorNeeded),
            result => result,
        }
    }
}

async fn operator(session: &Session, http: &Http) -> Result<Operator, Error> {
    let operator = session.operator().await?;
    Ok(operator.for_request(http.seen.id().to_string()))
}

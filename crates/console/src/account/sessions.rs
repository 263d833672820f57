//! Signing out other browsers.

use actix_web::HttpResponse;
use wicketgate_auth::TokenId;
use wicketgate_domain::Error;

use crate::{
    call::{Call, Person},
    failure::Failure,
};

/// `POST /console/account/sessions/{id}/revoke`
pub(crate) async fn revoke(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let id = call.segments.first().and_then(|id| id.parse::<TokenId>().ok());
    let id = id.ok_or(Failure::NotFound)?;
    match person.session.revoke(id).await {
        // One that has ended is what was wanted.
        Ok(()) | Err(Error::NotFound) => Ok(call.go("/console/account?done=session")),
        Err(error) => Err(error.into()),
    }
}

/// `POST /console/account/sessions/revoke-others`
pub(crate) async fn revoke_others(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    for other in person.session.sessions().await? {
        if other.current {
            continue;
        }
        match person.session.revoke(other.id).await {
            Ok(()) | Err(Error::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(call.go("/console/account?done=sessions"))
}

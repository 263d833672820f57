//! Revoking a token.

use actix_web::HttpResponse;

use super::{found, home};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    org::enter,
    page::{Confirm, Section},
};

/// `GET /console/orgs/{orgId}/service-users/{id}/tokens/{id}/revoke`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let (service_user, token) = found(&call, &entered).await?;
    call::page(&Confirm {
        frame: entered.frame(&call, &person, Section::ServiceUsers),
        heading: format!("Revoke the token {}?", token.name),
        consequences: vec![
            format!(
                "The token of {} that ends in {} is refused from the next request on. An identity provider that still has \
                 it is answered 401, and stops provisioning until it is given another one.",
                service_user.name, token.hint
            ),
            "This cannot be undone. To replace a token without a gap, rotate it instead.".to_owned(),
        ],
        action: home(&entered, &service_user, &format!("/tokens/{}/revoke", token.id)),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: "Revoke the token",
        is_dangerous: true,
        back: home(&entered, &service_user, ""),
    })
}

/// `POST /console/orgs/{orgId}/service-users/{id}/tokens/{id}/revoke`
pub(crate) async fn revoke(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let (service_user, token) = found(&call, &entered).await?;
    entered.owner()?.tokens().revoke(token.id).await?;
    Ok(call.go(&home(&entered, &service_user, "?done=revoked")))
}

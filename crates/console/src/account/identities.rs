//! Who the account is to the providers of its organizations: shown, bound and unbound.

use actix_web::HttpResponse;
use wicketgate_domain::Error;

use super::totp::again_if_stale;
use crate::{
    call::{Call, Person},
    failure::Failure,
    provider,
};

/// A provider of one of the organizations, and whether the account is bound to an identity there.
pub(super) struct Offered {
    pub(super) organization: String,
    pub(super) org: String,
    pub(super) name: String,
    pub(super) issuer: String,
    pub(super) bound: bool,
    /// Where binding begins.
    pub(super) bind: String,
}

/// Every provider that the account may use.
pub(super) async fn offered(call: &Call, person: &Person) -> Result<Vec<Offered>, Failure> {
    let identities = person.session.identities().await?;
    let mut offered = Vec::new();
    for org in person.session.orgs().await? {
        for client in call.gateway().identity_providers(org.id).await? {
            let issuer = client.provider.issuer;
            offered.push(Offered {
                organization: org.name.clone(),
                org: org.id.to_string(),
                bound: identities
                    .iter()
                    .any(|identity| identity.org == org.id && identity.issuer == issuer),
                bind: provider::binding_path(call, person, org.id, &issuer),
                name: client.provider.name,
                issuer,
            });
        }
    }
    Ok(offered)
}

/// `POST /console/account/identities/unbind`
pub(crate) async fn unbind(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let org = call.form.text("org").parse().map_err(|_| Failure::NotFound)?;
    match person
        .session
        .unlink_identity(org, call.form.text("issuer"))
        .await
    {
        Ok(()) | Err(Error::NotFound) => Ok(call.go("/console/account?done=unbound")),
        Err(error) => Err(again_if_stale(&person, error)),
    }
}

//! What a client asks an Org Owner for, before anybody is asked: who it is, and where the browser may be sent back to.

use wicketgate_auth::{
    OrgId, ServiceUserId,
    oauth::{self, AuthorizationRequest, ClientId, CodeChallenge, ErrorCode, RedirectUri, Scope},
};

use super::Endpoint;
use crate::{Error, Gateway, client::Client, db};

/// What a client asks for, for the page that asks an Org Owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientOfRequest {
    /// The client.
    pub client: ClientId,
    /// What people call it.
    pub name: String,
    /// The organization that it belongs to, of which an owner may approve.
    pub org: OrgId,
    /// What people call that.
    pub org_name: String,
    /// Whom the client will act for.
    pub service_user: ServiceUserId,
    /// What people call that.
    pub service_user_name: String,
    /// Where the browser will be sent.
    pub redirect_uri: RedirectUri,
    /// What the client will be allowed.
    pub scope: Scope,
}

/// Why a client may not even ask.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizationError {
    /// The person at the browser is told, and nobody is redirected: it is not known to whom.
    #[error(transparent)]
    Shown(oauth::Error),
    /// The client is told, by a redirect.
    #[error("{error}")]
    Redirected {
        /// Where to.
        redirect_uri: RedirectUri,
        /// What is wrong.
        error: oauth::Error,
    },
    /// The use case was refused, or the database could not say.
    #[error(transparent)]
    Store(#[from] Error),
}

/// What a request comes to for one client.
pub(super) struct Wanted {
    pub(super) redirect_uri: RedirectUri,
    pub(super) named: bool,
    pub(super) scope: Scope,
    pub(super) code_challenge: Option<CodeChallenge>,
}

/// Checks a request against what is registered, the redirect URI before anything else.
pub(super) fn wanted(
    request: &AuthorizationRequest,
    client: &Client,
    org: OrgId,
    endpoint: &Endpoint,
) -> Result<Wanted, AuthorizationError> {
    let redirect_uri = redirect_uri(request, client).map_err(AuthorizationError::Shown)?;
    let asked = request.asked.clone().and_then(|asked| {
        endpoint.check_resource(asked.resource.as_deref(), org)?;
        Ok((Scope::requested(asked.scope.as_deref())?, asked.code_challenge))
    });
    match asked {
        Ok((scope, code_challenge)) => Ok(Wanted {
            redirect_uri,
            named: request.redirect_uri.is_some(),
            scope,
            code_challenge,
        }),
        Err(error) => Err(AuthorizationError::Redirected { redirect_uri, error }),
    }
}

fn redirect_uri(request: &AuthorizationRequest, client: &Client) -> Result<RedirectUri, oauth::Error> {
    let refused = |text: &str| Err(oauth::Error::new(ErrorCode::InvalidRequest, text));
    match (&request.redirect_uri, client.redirect_uris.as_slice()) {
        (_, []) => Err(oauth::Error::new(
            ErrorCode::UnauthorizedClient,
            "The client has no redirect URI, so that it cannot be sent a code: register one.",
        )),
        (None, [only]) => Ok(only.clone()),
        (None, _) => refused("The parameter redirect_uri is missing, and the client has several."),
        (Some(requested), registered) => match registered.iter().find(|uri| uri.is(requested)) {
            Some(uri) => Ok(uri.clone()),
            None => refused(
                "The parameter redirect_uri is none of the client's: register it exactly as the client sends it.",
            ),
        },
    }
}

impl Gateway {
    /// Says who asks for what, before anything is shown to anybody.
    pub async fn authorization(
        &self,
        request: &AuthorizationRequest,
        endpoint: &Endpoint,
    ) -> Result<ClientOfRequest, AuthorizationError> {
        let id = request.client_id;
        let found = self
            .shared
            .db
            .read(move |tx| {
                let Some(mut found) = db::clients::find(tx, id, None, false)? else {
                    return Ok(None);
                };
                found.client = db::clients::get(tx, found.org, id)?;
                Ok(Some(found))
            })
            .await?
            .filter(db::clients::Registered::is_open)
            .ok_or_else(|| AuthorizationError::Shown(oauth::Error::invalid_client()))?;
        let wanted = wanted(request, &found.client, found.org, endpoint)?;
        Ok(ClientOfRequest {
            client: id,
            name: found.client.name,
            org: found.org,
            org_name: found.org_name,
            service_user: found.client.service_user,
            service_user_name: found.service_user_name,
            redirect_uri: wanted.redirect_uri,
            scope: wanted.scope,
        })
    }
}

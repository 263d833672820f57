//! An Org Owner allows a client what it asks for, and the client gets a code for that.

use jiff::SignedDuration;
use uuid::Uuid;
use wicketgate_auth::{
    Token, TokenKind,
    oauth::{self, AuthorizationRequest, RedirectUri},
};
use wicketgate_scim::Object;

use super::{AuthorizationError, ClientGrant, Endpoint, GrantId, Grants, authorization::wanted};
use crate::{
    Error,
    db::{self, grants::Stored, issued::NewCredential},
    event::{Actor, Counts, EventKind, change_of, object},
};

/// For how long a code can be exchanged.
const CODE_LIFE: SignedDuration = SignedDuration::from_secs(60);

/// What an approval gives.
#[derive(Debug)]
pub struct Approved {
    /// What was allowed.
    pub grant: ClientGrant,
    /// What the client exchanges, once and within a minute.
    pub code: Token,
    /// Where the browser takes it.
    pub redirect_uri: RedirectUri,
}

impl Grants<'_> {
    /// Allows a client of this organization what it asks for.
    ///
    /// Only somebody with a name can: an account, or a service user of an owner's automation. The operator cannot.
    pub async fn approve(
        &self,
        request: &AuthorizationRequest,
        endpoint: &Endpoint,
    ) -> Result<Approved, AuthorizationError> {
        let org = self.owner.org;
        org.require_fresh()?;
        let approved_by = approver(&org.actor)?;
        let (id, client) = (org.id, request.client_id);
        let registered = org
            .shared
            .db
            .read(move |tx| {
                let client = db::clients::get(tx, id, client)?;
                let service_user = db::service_users::get(tx, id, client.service_user)?;
                Ok((client.active && service_user.active).then_some(client))
            })
            .await;
        let client = match registered {
            Ok(Some(client)) => client,
            Ok(None) | Err(Error::NotFound) => {
                return Err(AuthorizationError::Shown(oauth::Error::invalid_client()));
            }
            Err(error) => return Err(error.into()),
        };
        let wanted = wanted(request, &client, id, endpoint)?;
        let origin = org.origin();
        let grant = ClientGrant {
            id: GrantId::from_uuid(org.shared.sources.uuid_at(origin.at)),
            client: client.id,
            service_user: client.service_user,
            scope: wanted.scope,
            approved_by,
            created: origin.at,
            revoked: None,
            revoke_reason: None,
        };
        let stored = Stored {
            grant: grant.clone(),
            redirect_uri: wanted.redirect_uri.as_str().to_owned(),
            redirect_uri_named: wanted.named,
            code_challenge: wanted.code_challenge,
        };
        let code = org.shared.sources.token(TokenKind::AuthorizationCode);
        let pepper = org.shared.peppers.current();
        let row = NewCredential {
            id: code.id(),
            kind: TokenKind::AuthorizationCode,
            service_user: grant.service_user,
            client: grant.client,
            grant: Some((*grant.id.as_uuid(), 0)),
            scope: Some(grant.scope.to_string()),
            hint: code.hint().to_owned(),
            pepper_id: pepper.id(),
            digest: pepper.digest(&code),
            created: origin.at,
            expires: Some(origin.at.checked_add(CODE_LIFE).map_err(Error::internal)?),
        };
        let event = org.event(
            EventKind::GrantApproved,
            Some(*grant.id.as_uuid()),
            change_of(
                [("clientId", grant.client.to_string().into())],
                &Object::new(),
                &object([
                    ("serviceUserId", grant.service_user.to_string().into()),
                    ("scope", grant.scope.to_string().into()),
                    ("redirectUri", wanted.redirect_uri.as_str().into()),
                ]),
            ),
        );
        org.shared
            .db
            .write(move |tx| {
                db::clients::lock(tx, id, row.client)?;
                db::grants::insert(tx, id, &stored)?;
                db::issued::insert(tx, id, &row)?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await?;
        Ok(Approved {
            grant,
            code,
            redirect_uri: wanted.redirect_uri,
        })
    }
}

/// Whose name stands under a grant.
fn approver(actor: &Actor) -> Result<Uuid, Error> {
    match actor {
        Actor::ServiceUser { id, .. } => Ok(*id.as_uuid()),
        Actor::Account { id, .. } => Ok(*id.as_uuid()),
        Actor::Client { .. } | Actor::SetupLink { .. } | Actor::Operator | Actor::Gateway | Actor::Finder => {
            Err(Error::refused(
                "approval",
                "an owner of the organization has to sign in and approve the client",
            ))
        }
    }
}

//! The secrets of a client. Several are accepted at a time, so that one can be exchanged without a gap.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use wicketgate_auth::{ServiceUserId, Token, TokenId, TokenKind, oauth::ClientId};
use wicketgate_scim::Object;

use super::{ClientAuthentication, Clients};
use crate::{
    Error, Org, db,
    db::issued::NewCredential,
    event::{Counts, Event, EventKind, change_of, object, revoked},
};

/// How many secrets of one client may be accepted at a time.
const MAX_SECRETS: usize = 10;
/// The longest time for which a secret may be issued.
const LONGEST_LIFE: Duration = Duration::from_hours(1095 * 24);

/// A secret of a client, without what is secret of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecret {
    /// Its public id.
    pub id: TokenId,
    /// What is shown of it in lists.
    pub hint: String,
    /// When it was issued.
    pub created: Timestamp,
    /// From when on it is refused, if ever.
    pub expires: Option<Timestamp>,
    /// Since when it is refused, if it was revoked.
    pub revoked: Option<Timestamp>,
}

impl ClientSecret {
    fn is_live(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|at| at > now)
    }
}

/// A secret that was drawn and waits to be stored.
pub(crate) struct NewSecret {
    pub(crate) token: Token,
    pub(super) listed: ClientSecret,
    pub(crate) row: NewCredential,
}

impl NewSecret {
    pub(super) fn draw(
        org: &Org,
        client: ClientId,
        service_user: ServiceUserId,
        life: Option<Duration>,
    ) -> Result<Self, Error> {
        if life.is_some_and(|life| life.is_zero() || life > LONGEST_LIFE) {
            return Err(Error::refused(
                "expires-in",
                "choose 1 second to 1095 days, or never",
            ));
        }
        let created = org.shared.sources.now();
        let expires = life
            .map(|life| created.checked_add(life))
            .transpose()
            .map_err(Error::internal)?;
        let token = org.shared.sources.token(TokenKind::ClientSecret);
        let listed = ClientSecret {
            id: token.id(),
            hint: token.hint().to_owned(),
            created,
            expires,
            revoked: None,
        };
        let pepper = org.shared.peppers.current();
        let row = NewCredential {
            id: token.id(),
            kind: TokenKind::ClientSecret,
            service_user,
            client,
            grant: None,
            scope: None,
            hint: listed.hint.clone(),
            pepper_id: pepper.id(),
            digest: pepper.digest(&token),
            created,
            expires,
        };
        Ok(Self { token, listed, row })
    }
}

/// What happened to a credential of a client.
pub(super) fn credential_event(org: &Org, kind: EventKind, client: ClientId, secret: &ClientSecret) -> Event {
    org.event(
        kind,
        None,
        change_of(
            [
                ("credentialId", secret.id.to_string().into()),
                ("kind", TokenKind::ClientSecret.as_str().into()),
                ("clientId", client.to_string().into()),
            ],
            &Object::new(),
            &object([(
                "expiresAt",
                secret
                    .expires
                    .map_or(Value::Null, |at| Value::from(at.to_string())),
            )]),
        ),
    )
}

impl Clients<'_> {
    /// Issues another secret. Those that the client has are accepted as before.
    pub async fn add_secret(
        &self,
        client: ClientId,
        life: Option<Duration>,
    ) -> Result<(ClientSecret, Token), Error> {
        let org = self.owner.org;
        org.require_fresh()?;
        let registered = self.get(client).await?;
        if registered.authentication != ClientAuthentication::ClientSecret {
            return Err(Error::refused(
                "client",
                format!(
                    "it authenticates with {} and has no secrets",
                    registered.authentication.as_str()
                ),
            ));
        }
        let secret = NewSecret::draw(org, client, registered.service_user, life)?;
        let event = credential_event(org, EventKind::CredentialCreated, client, &secret.listed);
        let (id, origin, row) = (org.id, org.origin(), secret.row);
        org.shared
            .db
            .write(move |tx| {
                db::clients::lock(tx, id, client)?;
                let now = db::orgs::clock(tx)?;
                let accepted = db::issued::secrets(tx, id, client)?
                    .iter()
                    .filter(|secret| secret.is_live(now))
                    .count();
                if accepted >= MAX_SECRETS {
                    return Err(Error::refused(
                        "client",
                        format!("it has {MAX_SECRETS} secrets that are accepted: revoke one first"),
                    ));
                }
                db::issued::insert(tx, id, &row)?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await?;
        Ok((secret.listed, secret.token))
    }

    /// Revokes a secret: the next request that presents it is refused. What was issued for it is accepted until it
    /// expires. Revoking twice is no error.
    pub async fn revoke_secret(&self, client: ClientId, secret: TokenId) -> Result<(), Error> {
        let org = self.owner.org;
        let event = org.event(
            EventKind::CredentialRevoked,
            None,
            revoked([
                ("credentialId", secret.to_string().into()),
                ("kind", TokenKind::ClientSecret.as_str().into()),
                ("clientId", client.to_string().into()),
            ]),
        );
        let (id, origin) = (org.id, org.origin());
        org.shared
            .db
            .write(move |tx| {
                let known = db::issued::secrets(tx, id, client)?;
                let Some(known) = known.iter().find(|known| known.id == secret) else {
                    return Err(Error::NotFound);
                };
                if known.revoked.is_some() {
                    return Ok(());
                }
                db::issued::revoke(tx, id, secret, "revoked", origin.at)?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await
    }
}

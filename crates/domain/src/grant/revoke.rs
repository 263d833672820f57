//! Taking back what was given: a token by the client that holds it (RFC 7009), a grant by an Org Owner.

use std::sync::Arc;

use wicketgate_auth::{Plaintext, TokenKind, oauth::PresentedClient};

use super::{Endpoint, ExchangeError, GrantId, Grants, introspect::find, settled};
use crate::{
    Error, Gateway, db,
    event::{Actor, Counts, Event, EventKind, Origin, revoked},
};

impl Gateway {
    /// Revokes a token of the client. A refresh token takes its grant with it, and everything that came of that; an
    /// access token goes alone. A token that is not the client's, or not one, is nothing to revoke and no error.
    pub async fn revoke_token(
        &self,
        client: &PresentedClient,
        token: &Plaintext,
        endpoint: &Endpoint,
    ) -> Result<(), ExchangeError> {
        let proven = self.authenticate(client, endpoint).await?;
        let (shared, endpoint) = (Arc::clone(&self.shared), endpoint.clone());
        let text = Plaintext::new(token.reveal().to_owned());
        let work = move |tx: &mut db::Conn| {
            let registered = proven.confirm(tx, &shared.peppers)?;
            let (org, own) = (registered.org, registered.client.id);
            let Some(issued) = find(tx, org, &text, &shared.peppers)?
                .filter(|issued| issued.client == own && issued.revoked.is_none())
            else {
                return Ok(());
            };
            let at = shared.sources.now();
            let mut event = Event {
                id: shared.sources.uuid(),
                kind: EventKind::CredentialRevoked,
                resource: Some(*issued.service_user.as_uuid()),
                payload: revoked([
                    ("reason", "revoked_by_client".into()),
                    ("clientId", own.to_string().into()),
                    ("credentialId", issued.id.to_string().into()),
                    ("kind", issued.kind.as_str().into()),
                ]),
            };
            match (issued.kind, issued.grant) {
                (TokenKind::RefreshToken, Some((grant, _))) => {
                    db::grants::lock(tx, org, grant)?;
                    db::grants::revoke(tx, org, grant, "revoked_by_client", at)?;
                    db::issued::revoke_of_grant(tx, org, grant, "revoked_by_client", at)?;
                    event.kind = EventKind::GrantRevoked;
                    event.resource = Some(grant);
                }
                _ => db::issued::revoke(tx, org, issued.id, "revoked_by_client", at)?,
            }
            let origin = Origin {
                once: None,
                actor: Actor::Client {
                    id: own,
                    service_user: registered.client.service_user,
                },
                request_id: endpoint.request_id.clone(),
                at,
            };
            db::events::append(tx, org, &origin, std::slice::from_ref(&event), Counts::default())?;
            Ok(())
        };
        Ok(self.shared.db.write(move |tx| settled(work(tx))).await??)
    }
}

impl Grants<'_> {
    /// Revokes a grant with every code and token that came of it. Revoking twice is no error.
    pub async fn revoke(&self, grant: GrantId) -> Result<(), Error> {
        let org = self.owner.org;
        let (id, origin) = (org.id, org.origin());
        let event = org.event(
            EventKind::GrantRevoked,
            Some(*grant.as_uuid()),
            revoked([("reason", "revoked".into())]),
        );
        org.shared
            .db
            .write(move |tx| {
                let grant = *grant.as_uuid();
                if db::grants::lock(tx, id, grant)?.grant.revoked.is_some() {
                    return Ok(());
                }
                db::grants::revoke(tx, id, grant, "revoked", origin.at)?;
                db::issued::revoke_of_grant(tx, id, grant, "revoked", origin.at)?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await
    }
}

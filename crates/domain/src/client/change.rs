//! Changing a client, and doing away with it.

use serde_json::Value;
use wicketgate_auth::oauth::{ClientId, RedirectUri};
use wicketgate_scim::Object;

use super::{
    Client, ClientAuthentication, Clients,
    create::{checked_redirect_uris, shown},
};
use crate::{
    Error, db,
    event::{Counts, EventKind, change, object},
    service_user::checked_name,
};

impl Clients<'_> {
    /// Says whether the client, and what was issued to it, is accepted. It holds from the next request on, and can be
    /// undone: nothing is revoked.
    pub async fn set_active(&self, client: ClientId, active: bool) -> Result<(), Error> {
        self.change(client, move |client| {
            client.active = active;
            Ok(())
        })
        .await?;
        Ok(())
    }

    /// Replaces the redirect URIs. Codes that were given for a former one are still exchanged.
    pub async fn set_redirect_uris(&self, client: ClientId, uris: Vec<RedirectUri>) -> Result<(), Error> {
        self.change(client, move |client| {
            client.redirect_uris.clone_from(&uris);
            Ok(())
        })
        .await?;
        Ok(())
    }

    /// Changes the name, the redirect URIs, the form of access tokens, the rule for refresh tokens and the state of a
    /// client to what `edit` makes of them, in the transaction that read them. What changes nothing is no event.
    pub async fn change(
        &self,
        client: ClientId,
        edit: impl Fn(&mut Client) -> Result<(), Error> + Send + 'static,
    ) -> Result<Client, Error> {
        let org = self.owner.org;
        let (id, origin, event) = (
            org.id,
            org.origin(),
            org.event(EventKind::ClientUpdated, None, object([])),
        );
        org.shared
            .db
            .write(move |tx| {
                db::clients::lock(tx, id, client)?;
                let before = db::clients::get(tx, id, client)?;
                let mut edited = before.clone();
                edit(&mut edited)?;
                let after = Client {
                    name: checked_name(&edited.name)?,
                    redirect_uris: checked_redirect_uris(edited.redirect_uris)?,
                    access_token_format: edited.access_token_format,
                    refresh_rotation: edited.refresh_rotation,
                    active: edited.active,
                    ..before.clone()
                };
                let has_workload = matches!(
                    after.authentication,
                    ClientAuthentication::WorkloadIdentity { .. }
                );
                if has_workload && !after.redirect_uris.is_empty() {
                    return Err(Error::refused(
                        "redirect-uri",
                        "a client with a workload identity gets no codes",
                    ));
                }
                if after == before {
                    return Ok(after);
                }
                db::clients::update(tx, id, &after)?;
                let mut event = event.clone();
                event.payload = change(&shown(&before), &shown(&after));
                event.resource = Some(*after.service_user.as_uuid());
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                Ok(after)
            })
            .await
    }

    /// Revokes everything that the client holds: its secrets, its grants, and every code and token that came of them.
    /// It stays registered, and can be given new secrets. The answer is how many credentials were accepted until now.
    pub async fn revoke_all(&self, client: ClientId) -> Result<usize, Error> {
        let org = self.owner.org;
        let (id, origin) = (org.id, org.origin());
        let event = org.event(EventKind::CredentialRevoked, None, object([]));
        org.shared
            .db
            .write(move |tx| {
                db::clients::lock(tx, id, client)?;
                db::grants::revoke_of_client(tx, id, client, "revoked", origin.at)?;
                let revoked = db::issued::revoke_of_client(tx, id, client, "revoked", origin.at)?;
                let mut event = event.clone();
                event.payload = crate::event::revoked([
                    ("clientId", client.to_string().into()),
                    ("credentials", Value::from(revoked)),
                ]);
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                Ok(revoked)
            })
            .await
    }

    /// Deletes the client with everything that was issued to it. Its id is never given again.
    pub async fn delete(&self, client: ClientId) -> Result<(), Error> {
        let org = self.owner.org;
        let (id, origin) = (org.id, org.origin());
        let event = org.event(EventKind::ClientDeleted, None, object([]));
        org.shared
            .db
            .write(move |tx| {
                db::clients::lock(tx, id, client)?;
                let before = db::clients::get(tx, id, client)?;
                db::issued::delete_of_client(tx, id, client)?;
                db::clients::delete(tx, id, client)?;
                let mut event = event.clone();
                event.resource = Some(*before.service_user.as_uuid());
                event.payload = change(&shown(&before), &Object::new());
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await
    }
}

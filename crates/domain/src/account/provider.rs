//! The OpenID providers through which an organization lets its accounts sign in, and who an account is to them. How a
//! provider is asked is the console's; here is what it is asked with, and what its answer is bound to.

use jiff::Timestamp;
use serde_json::Value;
use wicketgate_auth::{OrgId, Plaintext};
use wicketgate_scim::Object;

use super::Session;
use crate::{
    Error, Gateway, Owner, db,
    event::{Counts, Event, EventKind, Origin, change, change_of, object},
    service_user::checked_name,
};

/// How long an issuer, a client id or a subject may be, in bytes (OpenID Connect Core §2 bounds `sub` at 255).
const LONGEST: usize = 255;

/// A provider without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProvider {
    /// The issuer, character by character as the provider's metadata has it.
    pub issuer: String,
    /// What the button says.
    pub name: String,
    /// Who this installation is to the provider.
    pub client_id: String,
    /// Since when the organization has had it.
    pub created: Timestamp,
}

/// What a provider is asked with.
#[derive(Debug)]
pub struct ProviderClient {
    /// The provider.
    pub provider: IdentityProvider,
    /// What this installation proves itself with.
    pub client_secret: Plaintext,
}

/// Who an account is to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedIdentity {
    /// Whose provider it is.
    pub org: OrgId,
    /// The provider.
    pub issuer: String,
    /// The account, in the provider's words.
    pub subject: String,
    /// Since when it has been bound.
    pub created: Timestamp,
}

/// The providers of one organization.
#[derive(Debug)]
pub struct IdentityProviders<'o> {
    owner: &'o Owner<'o>,
}

impl Owner<'_> {
    /// The providers through which the organization's accounts may sign in.
    pub fn identity_providers(&self) -> IdentityProviders<'_> {
        IdentityProviders { owner: self }
    }
}

/// The provider of an issuer, if the organization has it.
fn known(tx: &mut db::Conn, org: OrgId, issuer: &str) -> Result<Option<IdentityProvider>, Error> {
    let mut all = db::identity_providers::list(tx, org)?.into_iter();
    Ok(all
        .find(|known| known.provider.issuer == issuer)
        .map(|known| known.provider))
}

/// A provider as events say it.
fn shown(provider: &IdentityProvider) -> Object {
    object([
        ("issuer", Value::from(provider.issuer.as_str())),
        ("name", Value::from(provider.name.as_str())),
        ("clientId", Value::from(provider.client_id.as_str())),
    ])
}

/// What a client secret is sealed for: in another organization's row, or for another issuer, it is worth nothing.
fn purpose(org: OrgId, issuer: &str) -> String {
    format!("identity provider {org} {issuer}")
}

fn checked(field: &'static str, text: &str) -> Result<String, Error> {
    let is_plain = text.chars().all(|c| c.is_ascii_graphic());
    if text.is_empty() || text.len() > LONGEST || !is_plain {
        return Err(Error::refused(
            field,
            format!("write 1 to {LONGEST} letters, digits and signs without spaces"),
        ));
    }
    Ok(text.to_owned())
}

fn checked_issuer(issuer: &str) -> Result<String, Error> {
    let issuer = checked("issuer", issuer)?;
    let host = issuer.strip_prefix("https://").unwrap_or_default();
    if host.is_empty() || host.starts_with('/') || issuer.contains(['?', '#', '@']) {
        return Err(Error::refused(
            "issuer",
            "write the provider's issuer as its metadata has it, such as https://id.example.com",
        ));
    }
    Ok(issuer)
}

impl IdentityProviders<'_> {
    /// Sets a provider up, or changes the one of this issuer.
    pub async fn set(
        &self,
        name: &str,
        issuer: &str,
        client_id: &str,
        client_secret: &Plaintext,
    ) -> Result<IdentityProvider, Error> {
        let org = self.owner.org;
        org.require_fresh()?;
        let provider = IdentityProvider {
            issuer: checked_issuer(issuer)?,
            name: checked_name(name)?,
            client_id: checked("client-id", client_id)?,
            created: org.shared.sources.now(),
        };
        if client_secret.reveal().is_empty() || client_secret.reveal().len() > 1024 {
            return Err(Error::refused("client-secret", "write 1 to 1024 bytes"));
        }
        let (pepper_id, sealed) = org.shared.sources.with_entropy(|entropy| {
            org.shared.peppers.encrypt(
                &purpose(org.id, &provider.issuer),
                client_secret.reveal().as_bytes(),
                entropy,
            )
        });
        let event = org.event(EventKind::IdentityProviderSet, None, Object::new());
        let (id, origin) = (org.id, org.origin());
        org.shared
            .db
            .write(move |tx| {
                // Two changes at once are made one after the other, and say what was before them.
                db::orgs::lock(tx, id)?;
                let before = known(tx, id, &provider.issuer)?;
                let created = db::identity_providers::set(tx, id, &provider, pepper_id, &sealed)?;
                let mut event = event.clone();
                event.payload = change_of(
                    [("clientSecretReplaced", Value::from(before.is_some()))],
                    &before.as_ref().map(shown).unwrap_or_default(),
                    &shown(&provider),
                );
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                Ok(IdentityProvider {
                    created,
                    ..provider.clone()
                })
            })
            .await
    }

    /// All providers, in the order of their issuers.
    pub async fn list(&self) -> Result<Vec<IdentityProvider>, Error> {
        let id = self.owner.org.id;
        let found = self
            .owner
            .org
            .shared
            .db
            .read(move |tx| db::identity_providers::list(tx, id))
            .await?;
        Ok(found.into_iter().map(|stored| stored.provider).collect())
    }

    /// Removes a provider. Identities of it are forgotten, and the sessions that the organization's providers vouched
    /// for end.
    pub async fn remove(&self, issuer: &str) -> Result<(), Error> {
        let org = self.owner.org;
        org.require_fresh()?;
        let event = org.event(EventKind::IdentityProviderRemoved, None, Object::new());
        let (id, origin, issuer) = (org.id, org.origin(), issuer.to_owned());
        org.shared
            .db
            .write(move |tx| {
                db::orgs::lock(tx, id)?;
                let before = known(tx, id, &issuer)?.ok_or(Error::NotFound)?;
                db::identity_providers::remove(tx, id, &issuer)?;
                let mut event = event.clone();
                event.payload = change(&shown(&before), &Object::new());
                db::account_sessions::revoke_vouched(tx, id, None, origin.at)?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await
    }
}

impl Gateway {
    /// What an organization's providers are asked with when somebody wants to sign in through one. An unknown
    /// organization has none, as one that has not set any up.
    pub async fn identity_providers(&self, org: OrgId) -> Result<Vec<ProviderClient>, Error> {
        let found = self
            .shared
            .db
            .read(move |tx| db::identity_providers::list(tx, org))
            .await?;
        found
            .into_iter()
            .map(|stored| {
                let secret = self
                    .shared
                    .peppers
                    .decrypt(
                        &purpose(org, &stored.provider.issuer),
                        stored.pepper_id,
                        &stored.sealed,
                    )
                    .map_err(Error::internal)?;
                Ok(ProviderClient {
                    provider: stored.provider,
                    client_secret: Plaintext::new(
                        String::from_utf8(secret.to_vec()).map_err(Error::internal)?,
                    ),
                })
            })
            .collect()
    }
}

impl Session {
    /// Binds the account to an identity that a provider of this organization has just vouched for. Needs a role there
    /// and a recent sign-in with the account's own password.
    pub async fn link_identity(&self, org: OrgId, issuer: &str, subject: &str) -> Result<(), Error> {
        self.require_own_and_fresh()?;
        let identity = LinkedIdentity {
            org,
            issuer: issuer.to_owned(),
            subject: checked("subject", subject)?,
            created: self.shared.sources.now(),
        };
        let (origin, id) = (self.origin(), self.account().id);
        let subject = object([("subject", Value::from(subject))]);
        let payload = change_of([("issuer", Value::from(issuer))], &Object::new(), &subject);
        let event = self.identity_event(EventKind::AccountIdentityLinked, payload);
        self.shared
            .db
            .write(move |tx| {
                db::account_roles::get(tx, org, id)?.ok_or(Error::NotFound)?;
                db::identity_providers::link(tx, org, id, &identity)?;
                db::events::append(tx, org, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await
    }

    /// Unbinds the account from its identity at a provider, and ends the sessions that it vouched for.
    pub async fn unlink_identity(&self, org: OrgId, issuer: &str) -> Result<(), Error> {
        self.require_own_and_fresh()?;
        let (origin, id, issuer) = (self.origin(), self.account().id, issuer.to_owned());
        let event = self.identity_event(EventKind::AccountIdentityUnlinked, Object::new());
        self.shared
            .db
            .write(move |tx| {
                let before = db::identity_providers::of_account(tx, org, id)?
                    .into_iter()
                    .find(|identity| identity.issuer == issuer)
                    .ok_or(Error::NotFound)?;
                db::identity_providers::unlink(tx, org, id, &issuer)?;
                let mut event = event.clone();
                event.payload = change_of(
                    [("issuer", Value::from(issuer.as_str()))],
                    &object([("subject", Value::from(before.subject))]),
                    &Object::new(),
                );
                db::account_sessions::revoke_vouched(tx, org, Some(id), origin.at)?;
                db::events::append(tx, org, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await
    }

    /// Who the account is to the providers of the organizations that this session opens.
    pub async fn identities(&self) -> Result<Vec<LinkedIdentity>, Error> {
        let (orgs, id) = (self.orgs().await?, self.account().id);
        self.shared
            .db
            .read(move |tx| {
                let mut identities = Vec::new();
                for org in &orgs {
                    identities.extend(db::identity_providers::of_account(tx, org.id, id)?);
                }
                Ok(identities)
            })
            .await
    }

    fn origin(&self) -> Origin {
        Origin {
            once: None,
            actor: self.actor(),
            request_id: self.shared.sources.uuid().to_string(),
            at: self.shared.sources.now(),
        }
    }

    fn identity_event(&self, kind: EventKind, payload: Object) -> Event {
        Event {
            id: self.shared.sources.uuid(),
            kind,
            resource: Some(*self.account().id.as_uuid()),
            payload,
        }
    }
}

//! The doors: one for each organization, opened by a credential of that organization and by nothing else.

use std::sync::Arc;

use wicketgate_auth::{Denied, OrgId, Presented, Reason, authorize};

use crate::{Error, Org, db, event::Actor, org::Shared, types::OrgTypes};

/// The doors of all organizations. What faces the network holds this, and can open a door only with a credential.
#[derive(Debug, Clone)]
pub struct Gateway {
    pub(crate) shared: Arc<Shared>,
}

/// Why a door stayed shut.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The credential opens no door, or not this one.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database could not say.
    #[error(transparent)]
    Store(#[from] Error),
}

impl Gateway {
    /// Enters the organization that the credential belongs to, if that is `org`.
    ///
    /// This is the only way from a network request to an [`Org`].
    pub async fn enter(&self, org: OrgId, presented: &Presented, request_id: String) -> Result<Org, Refusal> {
        let token = presented.token()?;
        let id = token.id();
        let found = self
            .shared
            .db
            .read(move |tx| db::credentials::find(tx, &id))
            .await?;
        let (credential, rest) = match found {
            Some(found) => (
                Some(found.credential),
                Some((found.settings, found.provisioning_domain, found.schema_revision)),
            ),
            None => (None, None),
        };
        let grant = authorize(&token, org, credential.as_ref(), &self.shared.peppers)?;
        // `authorize` grants nothing without a stored credential.
        let (settings, domain, revision) = rest.ok_or(Denied::Unauthenticated(Reason::Unknown))?;
        let types = self.types(grant.org(), revision).await?;
        Ok(Org {
            shared: Arc::clone(&self.shared),
            id: grant.org(),
            state: grant.org_state(),
            settings,
            types,
            domain: domain.into(),
            role: grant.role(),
            actor: Actor::ServiceUser {
                id: grant.service_user(),
                credential: grant.credential(),
            },
            request_id,
        })
    }

    /// The types of an organization whose schemas are at `revision`. They are read once for each revision, and not at
    /// all where an organization has never defined any.
    async fn types(&self, org: OrgId, revision: i64) -> Result<Arc<OrgTypes>, Error> {
        if revision == 0 {
            return Ok(Arc::clone(&self.shared.standard));
        }
        if let Some(types) = self.shared.types.get(org, revision) {
            return Ok(types);
        }
        let types = self
            .shared
            .db
            .read(move |tx| db::schemas::current(tx, org))
            .await?;
        let types = Arc::new(types);
        self.shared.types.keep(org, &types);
        Ok(types)
    }

    /// Whether the database answers and has the schema of this version.
    pub async fn ready(&self) -> Result<(), Error> {
        if self.shared.db.read(db::migrate::is_current).await? {
            Ok(())
        } else {
            Err(Error::Unavailable(
                "migrations are missing: run wicketgate migrate".into(),
            ))
        }
    }
}

//! The doors: one for each organization, opened by a credential of that organization and by nothing else.

use std::sync::Arc;

use wicketgate_auth::{Denied, Fetch, Grant, OrgId, Presented, Reason, Token, TokenKind, authorize};

use crate::{
    Caller, Error, Org, db,
    event::Actor,
    org::{OrgShared, Shared},
    organization::Settings,
    types::OrgTypes,
};

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

/// What a token opens.
struct Opened {
    grant: Grant,
    is_first_use: bool,
    settings: Settings,
    domain: String,
    revision: i64,
}

impl Gateway {
    /// Enters the organization that the credential belongs to, if that is `org`.
    ///
    /// This is the only way from a network request to an [`Org`].
    pub async fn enter(
        &self,
        org: OrgId,
        presented: &Presented,
        caller: Caller,
        request_id: String,
    ) -> Result<Org, Refusal> {
        let entered = self.judge(org, presented, caller, request_id).await;
        if let Err(Refusal::Denied(denied)) = &entered {
            self.shared.count_denied(*denied);
        }
        entered
    }

    async fn judge(
        &self,
        org: OrgId,
        presented: &Presented,
        caller: Caller,
        request_id: String,
    ) -> Result<Org, Refusal> {
        let token = presented.token()?;
        let mut opened = self.open(org, &token, &caller, &request_id).await?;
        if opened.is_first_use {
            let (org, id, at) = (opened.grant.org(), token.id(), self.shared.sources.now());
            let marked = self
                .shared
                .db
                .of(org)
                .write(move |tx| db::credentials::mark_used(tx, org, &id, at))
                .await?;
            if !marked {
                // Another request was faster, or the token was revoked because it seemed unused: looking again tells.
                opened = self.open(org, &token, &caller, &request_id).await?;
            }
        }
        let Opened {
            grant,
            settings,
            domain,
            revision,
            ..
        } = opened;
        let now = self.shared.sources.now();
        self.shared
            .uses
            .record(grant.org(), grant.credential(), caller.clone(), now);
        let types = self.types(grant.org(), revision).await?;
        Ok(Org {
            shared: OrgShared::new(&self.shared, grant.org()),
            id: grant.org(),
            state: grant.org_state(),
            settings,
            types,
            domain: domain.into(),
            role: grant.role(),
            reads_only: grant.reads_only(),
            actor: Actor::ServiceUser {
                id: grant.service_user(),
                credential: grant.credential(),
            },
            is_fresh: true,
            request_id,
            caller,
            once: None,
        })
    }

    /// Looks a token up, and judges it. Where it is genuine and refused, the organization that it belongs to is told.
    async fn open(
        &self,
        org: OrgId,
        token: &Token,
        caller: &Caller,
        request_id: &str,
    ) -> Result<Opened, Refusal> {
        let kind = token.kind();
        match kind {
            TokenKind::PersonalAccessToken | TokenKind::AccessToken => {}
            TokenKind::RefreshToken
            | TokenKind::AuthorizationCode
            | TokenKind::ClientSecret
            | TokenKind::Session
            | TokenKind::Invitation
            | TokenKind::Recovery
            | TokenKind::SetupLink => return Err(Denied::Unauthenticated(Reason::WrongKind).into()),
        }
        let id = token.id();
        let found = self
            .shared
            .db
            .read(move |tx| db::credentials::find(tx, kind, &id))
            .await?;
        let (credential, rest) = match found {
            Some(found) => (
                Some(found.credential),
                Some((
                    found.is_first_use,
                    found.settings,
                    found.provisioning_domain,
                    found.schema_revision,
                )),
            ),
            None => (None, None),
        };
        let grant =
            authorize(token, org, credential.as_ref(), &self.shared.peppers).inspect_err(|denied| {
                self.shared
                    .log_refused(*denied, credential.as_ref(), caller, request_id);
            })?;
        // `authorize` grants nothing without a stored credential.
        let (is_first_use, settings, domain, revision) =
            rest.ok_or(Denied::Unauthenticated(Reason::Unknown))?;
        Ok(Opened {
            grant,
            is_first_use,
            settings,
            domain,
            revision,
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
            .of(org)
            .read(move |tx| db::schemas::current(tx, org))
            .await?;
        let types = Arc::new(types);
        self.shared.types.keep(org, &types);
        Ok(types)
    }

    /// How this installation asks others.
    pub fn fetch(&self) -> Arc<dyn Fetch> {
        Arc::clone(self.shared.key_sets.fetch())
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

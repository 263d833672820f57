//! A signed-in browser: what it may enter, and which other browsers are signed in. How long a session lasts is judged
//! by the database's clock with every request, so that an end counts on every replica at once.

use std::sync::Arc;

use jiff::Timestamp;
use wicketgate_auth::{Denied, OrgId, OrgState, Token, TokenId, TokenKind};

use super::{Account, Operator, OrgOfAccount};
use crate::{
    Caller, Error, Gateway, Instance, Org, Refusal,
    db::{self, account_sessions::StoredSession},
    event::Actor,
    org::{OrgShared, Shared},
    service_user::DEFAULT_DOMAIN,
};

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum SessionRefused {
    /// The token is none of a session that goes on. Why is not said.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The database could not say.
    #[error(transparent)]
    Store(#[from] Error),
}

/// One session, for one request.
#[derive(Debug)]
pub struct Session {
    pub(crate) shared: Arc<Shared>,
    pub(crate) stored: StoredSession,
}

/// A session as its account sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    /// Its public id.
    pub id: TokenId,
    /// When somebody signed in.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen: Timestamp,
    /// When it ends at the latest.
    pub expires: Timestamp,
    /// From where it began.
    pub network: Option<String>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl Gateway {
    /// The session of a token, if it goes on: 30 minutes after the last request and 12 hours after the sign-in it has
    /// ended.
    pub async fn session(&self, token: &Token) -> Result<Session, SessionRefused> {
        if token.kind() != TokenKind::Session {
            return Err(SessionRefused::NotSignedIn);
        }
        let id = token.id();
        let found = self
            .shared
            .db
            .read(move |tx| db::account_sessions::find(tx, &id))
            .await?;
        let known = found.as_ref().map(|session| (session.pepper_id, &session.digest));
        let is_genuine = self.shared.peppers.is_digest(token, known);
        let stored = found
            .filter(|session| is_genuine && !session.has_ended && session.account.account.active)
            .ok_or(SessionRefused::NotSignedIn)?;
        if stored.is_due {
            self.shared
                .db
                .write(move |tx| db::account_sessions::seen(tx, &id))
                .await?;
        }
        Ok(Session {
            shared: Arc::clone(&self.shared),
            stored,
        })
    }
}

impl Session {
    /// Whose it is.
    pub fn account(&self) -> &Account {
        &self.stored.account.account
    }

    /// Its public id.
    pub fn id(&self) -> TokenId {
        self.stored.id
    }

    /// When it ends at the latest.
    pub fn expires(&self) -> Timestamp {
        self.stored.expires
    }

    /// Whether its account has shown within the last five minutes that it is who it says.
    pub fn is_fresh(&self) -> bool {
        self.stored.is_fresh
    }

    /// Whether it still goes on, for answers that take long. Asking does not prolong it.
    pub async fn goes_on(&self) -> Result<bool, Error> {
        let id = self.id();
        let found = self
            .shared
            .db
            .read(move |tx| db::account_sessions::find(tx, &id))
            .await?;
        Ok(found.is_some_and(|session| !session.has_ended && session.account.account.active))
    }

    /// The organization whose provider vouched for the account. Such a session opens no other organization, and changes
    /// nothing about the account itself.
    pub fn vouched_by(&self) -> Option<OrgId> {
        self.stored.vouched_by
    }

    pub(super) fn actor(&self) -> Actor {
        Actor::Account {
            id: self.account().id,
            session: self.id(),
        }
    }

    /// What changes the account itself needs a session that its own password began, lately.
    pub(super) fn require_own_and_fresh(&self) -> Result<(), Error> {
        if self.stored.is_fresh && self.stored.vouched_by.is_none() {
            Ok(())
        } else {
            Err(Error::ReauthenticationNeeded)
        }
    }

    /// The organizations that it opens.
    pub async fn orgs(&self) -> Result<Vec<OrgOfAccount>, Error> {
        let account = self.account().id;
        let mut orgs = self
            .shared
            .db
            .read(move |tx| db::account_roles::orgs_of(tx, account))
            .await?;
        if let Some(vouching) = self.stored.vouched_by {
            orgs.retain(|org| org.id == vouching);
        }
        Ok(orgs)
    }

    /// Enters an organization with the role that the account has there. One where it has none, and one that does not
    /// exist, are the same.
    pub async fn org(&self, org: OrgId, request_id: String) -> Result<Org, Refusal> {
        if self.stored.vouched_by.is_some_and(|vouching| vouching != org) {
            return Err(Denied::OrgNotVisible.into());
        }
        let account = self.account().id;
        let found = self
            .shared
            .db
            .of(org)
            .read(move |tx| {
                let Some(role) = db::account_roles::get(tx, org, account)? else {
                    return Ok(None);
                };
                let organization = db::orgs::get(tx, org)?;
                let types = db::schemas::current(tx, org)?;
                Ok(Some((role, organization, types)))
            })
            .await?;
        let (role, organization, types) = found
            .filter(|(_, organization, _)| organization.state != OrgState::Deleted)
            .ok_or(Denied::OrgNotVisible)?;
        Ok(Org {
            shared: OrgShared::new(&self.shared, organization.id),
            id: organization.id,
            state: organization.state,
            settings: organization.settings,
            types: Arc::new(types),
            domain: DEFAULT_DOMAIN.into(),
            role,
            reads_only: false,
            actor: self.actor(),
            is_fresh: self.stored.is_fresh,
            request_id,
            caller: Caller::default(),
            once: None,
        })
    }

    /// What an operator may do, if the account is one: [`Error::NotFound`] otherwise, and in a session that an
    /// organization's provider vouched for.
    pub async fn operator(&self) -> Result<Operator, Error> {
        let account = self.account().id;
        let is_operator = self
            .shared
            .db
            .read(move |tx| db::accounts::is_operator(tx, account))
            .await?;
        if !is_operator || self.stored.vouched_by.is_some() {
            return Err(Error::NotFound);
        }
        Ok(Operator {
            instance: Instance {
                shared: Arc::clone(&self.shared),
                actor: self.actor(),
                request_id: None,
                once: None,
            },
            is_fresh: self.stored.is_fresh,
        })
    }

    /// The sessions of the account that go on, the newest first.
    pub async fn sessions(&self) -> Result<Vec<SessionInfo>, Error> {
        let (account, current) = (self.account().id, self.id());
        let mut sessions = self
            .shared
            .db
            .read(move |tx| db::account_sessions::list(tx, account))
            .await?;
        for session in &mut sessions {
            session.current = session.id == current;
        }
        Ok(sessions)
    }

    /// Ends a session of the account, from the next request on and on every replica. [`Error::NotFound`] where it has
    /// none of this id.
    pub async fn revoke(&self, id: TokenId) -> Result<(), Error> {
        let (account, at) = (self.account().id, self.shared.sources.now());
        let revoked = self
            .shared
            .db
            .write(move |tx| db::account_sessions::revoke(tx, account, &id, at))
            .await?;
        if revoked { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Ends this session.
    pub async fn sign_out(self) -> Result<(), Error> {
        match self.revoke(self.id()).await {
            // Another window was faster.
            Ok(()) | Err(Error::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

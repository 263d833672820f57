//! The way in again for whoever has lost the password or the authenticator app: a one-time link that only whoever runs
//! the installation can make.

use std::sync::Arc;

use serde_json::Value;
use wicketgate_auth::{Plaintext, Token, TokenKind};

use super::{Account, Caller, Link, SignedIn, email_key, security::chosen, sign_in::Beginning, throttle};
use crate::{
    Error, Gateway, Instance,
    db::{self, account_sessions::StoredRecovery},
    event::{Counts, Event, EventKind, unchanged},
    org::Shared,
};

impl Instance {
    /// Makes a one-time link by which the account of this address gets a new password. What it has holds until the link
    /// is used, except that it may be tried again at once. The events of its organizations record it.
    pub async fn recover_account(&self, email: &str) -> Result<(Account, Token), Error> {
        let key = email_key(email);
        let link = Link::draw(&self.shared, TokenKind::Recovery)?;
        let (shared, origin) = (Arc::clone(&self.shared), self.origin());
        let account = self
            .shared
            .db
            .write(move |tx| {
                let stored = db::accounts::by_email(tx, &key)?.ok_or(Error::NotFound)?;
                let id = stored.account.id;
                db::account_sessions::insert_recovery(
                    tx,
                    &link.id,
                    id,
                    (link.pepper_id, &link.digest),
                    link.created,
                    link.expires,
                )?;
                throttle::forget(tx, &shared, &key)?;
                for org in db::account_roles::orgs_of(tx, id)? {
                    let event = Event {
                        id: shared.sources.uuid(),
                        kind: EventKind::AccountRecovered,
                        resource: Some(*id.as_uuid()),
                        payload: unchanged([("recoveryId", Value::from(link.id.to_string()))]),
                    };
                    db::events::append(
                        tx,
                        org.id,
                        &origin,
                        std::slice::from_ref(&event),
                        Counts::default(),
                    )?;
                }
                Ok(stored.account)
            })
            .await?;
        tracing::warn!(account = %account.id, "a link was made that gives an account a new password");
        Ok((account, link.token))
    }
}

/// The recovery of a token, if it holds: unknown, forged, used and expired are the same.
async fn open(shared: &Arc<Shared>, token: &Token) -> Result<StoredRecovery, Error> {
    if token.kind() != TokenKind::Recovery {
        return Err(Error::NotFound);
    }
    let id = token.id();
    let found = shared
        .db
        .read(move |tx| db::account_sessions::find_recovery(tx, &id))
        .await?;
    let known = found.as_ref().map(|found| (found.pepper_id, &found.digest));
    let is_genuine = shared.peppers.is_digest(token, known);
    found
        .filter(|found| is_genuine && found.is_open && found.account.account.active)
        .ok_or(Error::NotFound)
}

impl Gateway {
    /// Whose password a link changes. [`Error::NotFound`] where it does not hold, or not any more.
    pub async fn recovery(&self, token: &Token) -> Result<String, Error> {
        Ok(open(&self.shared, token).await?.account.account.email)
    }

    /// Gives the account of a link a new password, forgets its authenticator app, ends its sessions, and signs it in.
    pub async fn recover(
        &self,
        token: &Token,
        password: &Plaintext,
        caller: &Caller,
    ) -> Result<SignedIn, Error> {
        let shared = &self.shared;
        let stored = open(shared, token).await?.account;
        let password = chosen(shared, password, &stored.account.email).await?;
        let beginning = Beginning::draw(shared, caller)?;
        let id = stored.account.id;
        let (session, link) = (beginning.of(id, None), token.id());
        shared
            .db
            .write(move |tx| {
                let at = session.authenticated;
                if !db::account_sessions::use_recovery(tx, &link, at)?
                    || !db::accounts::set_password(tx, id, stored.password.as_deref(), &password)?
                {
                    return Err(Error::NotFound);
                }
                db::accounts::remove_totp(tx, id)?;
                db::account_sessions::revoke_all(tx, id, at)?;
                if !db::accounts::signed_in(tx, id, at)? {
                    return Err(Error::NotFound);
                }
                db::account_sessions::insert(tx, &session)
            })
            .await?;
        Ok(beginning.signed_in(id))
    }
}

//! How an account shows again that it is who it says, and how it changes its password.

use std::sync::Arc;

use wicketgate_auth::{Plaintext, password};

use super::{
    Session, SignInRefused, SignedIn,
    sign_in::{Beginning, settle, verify},
};
use crate::{Error, db, org::Shared};

/// What is stored of a password that may be chosen.
pub(super) async fn chosen(shared: &Arc<Shared>, password: &Plaintext, email: &str) -> Result<String, Error> {
    password::check(password.reveal(), email).map_err(|weak| Error::refused("password", weak.to_string()))?;
    shared.hashers.hash(password, &shared.sources).await
}

impl Session {
    /// Shows again that the account is who it says. The session goes on under another token, and the one before has
    /// ended.
    ///
    /// Only for sessions that a password began: where a provider vouched, it must do so again
    /// ([`Gateway::sign_in_external`](crate::Gateway::sign_in_external)).
    pub async fn reauthenticate(
        &self,
        password: &Plaintext,
        code: Option<&str>,
    ) -> Result<SignedIn, SignInRefused> {
        if self.stored.vouched_by.is_some() {
            return Err(Error::ReauthenticationNeeded.into());
        }
        let caller = &self.stored.caller;
        let work = async {
            let verified = verify(&self.shared, &self.account().email, password, code, caller).await?;
            let beginning = Beginning::draw(&self.shared, caller)?;
            let session = beginning.instead_of(&self.stored);
            if settle(&self.shared, verified, session, Some(self.id())).await? {
                Ok(beginning.signed_in(self.account().id))
            } else {
                Err(SignInRefused::Wrong)
            }
        };
        self.shared.counted(work.await)
    }

    /// Gives the account another password, and ends its other sessions. This one goes on under another token.
    ///
    /// The present password is asked for, and the code of the authenticator app where it is longer ago that it was: then
    /// it is [`Error::ReauthenticationNeeded`].
    pub async fn change_password(
        &self,
        present: &Plaintext,
        new: &Plaintext,
    ) -> Result<SignedIn, SignInRefused> {
        if self.stored.vouched_by.is_some() || (self.account().has_totp && !self.is_fresh()) {
            return Err(Error::ReauthenticationNeeded.into());
        }
        let account = self.account();
        let caller = &self.stored.caller;
        // What cannot be chosen is refused before anything is counted.
        password::check(new.reveal(), &account.email)
            .map_err(|weak| Error::refused("password", weak.to_string()))?;
        let attempt = super::throttle::begin(&self.shared, super::email_key(&account.email), caller)
            .await?
            .map_err(|retry_after| SignInRefused::Throttled { retry_after })?;
        let hash = self.stored.account.password.clone();
        let verdict = self.shared.hashers.verify(present, hash.clone()).await?;
        if verdict == password::Verdict::Wrong {
            attempt.failed(&self.shared).await?;
            return Err(SignInRefused::Wrong);
        }
        let new = chosen(&self.shared, new, &account.email).await?;
        let beginning = Beginning::draw(&self.shared, caller)?;
        let session = beginning.instead_of(&self.stored);
        let (id, current) = (account.id, self.id());
        let changed = self
            .shared
            .db
            .write(move |tx| {
                // The session must go on, and the password be the one that was compared.
                if !db::account_sessions::revoke(tx, id, &current, session.authenticated)?
                    || !db::accounts::set_password(tx, id, hash.as_deref(), &new)?
                {
                    return Err(Error::ReauthenticationNeeded);
                }
                db::account_sessions::revoke_all(tx, id, session.authenticated)?;
                db::account_sessions::insert(tx, &session)?;
                attempt.succeeded(tx)
            })
            .await;
        changed?;
        Ok(beginning.signed_in(id))
    }
}

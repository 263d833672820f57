//! The first operator of an installation: whoever opens the one-time link that the gateway prints while it has none. The
//! link asks for an e-mail address, because nobody has given one yet.
//!
//! Of all such links one makes an operator: using one, and making one, are done one after the other, and none holds once
//! there is an operator. Where several replicas start on an empty database, the link that was printed last holds.

use wicketgate_auth::{AccountId, Plaintext, Token, TokenKind};

use super::{
    Account, Caller, Link, SignedIn, checked_email, email_key, security::chosen, sign_in::Beginning,
};
use crate::{Error, Gateway, Instance, db, service_user::checked_name};

impl Instance {
    /// Makes the link to the first-run page, unless the installation has an operator who signs in. Links that were made
    /// before do not hold any more.
    pub async fn first_run(&self) -> Result<Option<Token>, Error> {
        let link = Link::draw(&self.shared, TokenKind::Invitation)?;
        let (id, pepper_id, digest) = (link.id, link.pepper_id, link.digest);
        let (created, expires) = (link.created, link.expires);
        let made = self
            .shared
            .db
            .write(move |tx| {
                db::account_invitations::lock_first_run(tx)?;
                if db::accounts::operators(tx)? > 0 {
                    return Ok(false);
                }
                db::account_invitations::withdraw_first_run(tx)?;
                db::account_invitations::insert_operator(
                    tx,
                    &id,
                    "",
                    (pepper_id, &digest),
                    created,
                    expires,
                )?;
                Ok(true)
            })
            .await?;
        Ok(made.then_some(link.token))
    }
}

impl Gateway {
    /// Whether a link to the first-run page holds: [`Error::NotFound`] where it does not, or not any more.
    pub async fn first_run(&self, token: &Token) -> Result<(), Error> {
        if token.kind() != TokenKind::Invitation {
            return Err(Error::NotFound);
        }
        let id = token.id();
        let (found, operators) = self
            .shared
            .db
            .read(move |tx| {
                Ok((
                    db::account_invitations::find(tx, &id)?,
                    db::accounts::operators(tx)?,
                ))
            })
            .await?;
        let known = found.as_ref().map(|found| (found.pepper_id, &found.digest));
        let is_genuine = self.shared.peppers.is_digest(token, known);
        found
            .filter(|found| is_genuine && found.is_open && found.is_first_run() && operators == 0)
            .map(|_| ())
            .ok_or(Error::NotFound)
    }

    /// Makes the first operator's account, uses the link up, and signs in.
    ///
    /// Where the address has an account already it is [`Error::AlreadyExists`].
    pub async fn complete_first_run(
        &self,
        token: &Token,
        display_name: &str,
        email: &str,
        password: &Plaintext,
        caller: &Caller,
    ) -> Result<SignedIn, Error> {
        self.first_run(token).await?;
        let shared = &self.shared;
        let display_name = checked_name(display_name)?;
        let email = checked_email(email)?;
        let password = chosen(shared, password, &email).await?;
        let beginning = Beginning::draw(shared, caller)?;
        let id = AccountId::from_uuid(shared.sources.uuid());
        let session = beginning.of(id, None);
        let account = Account {
            id,
            email,
            display_name,
            active: true,
            has_password: true,
            has_totp: false,
            created: session.created,
            last_sign_in: None,
        };
        let token = token.id();
        shared
            .db
            .write(move |tx| {
                db::account_invitations::lock_first_run(tx)?;
                if db::accounts::operators(tx)? > 0 {
                    return Err(Error::NotFound);
                }
                let at = session.created;
                db::account_invitations::accept(tx, None, &token, at)?;
                db::accounts::insert(tx, &account, &email_key(&account.email), Some(&password))?;
                db::accounts::add_operator(tx, id, at)?;
                db::account_invitations::accepted_by(tx, None, &token, id)?;
                if !db::accounts::signed_in(tx, id, at)? {
                    return Err(Error::NotFound);
                }
                db::account_sessions::insert(tx, &session)
            })
            .await?;
        tracing::info!(account = %id, "the first operator was made");
        Ok(beginning.signed_in(id))
    }
}

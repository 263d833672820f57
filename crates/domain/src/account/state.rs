//! Shutting an account and opening it again. Whoever runs the installation does, or an operator.

use serde_json::Value;
use wicketgate_auth::{AccountId, Role};

use super::{Account, Operator, email_key};
use crate::{
    Error, Instance, db,
    event::{Counts, Event, EventKind, Origin, change_of, object},
    org::Shared,
};

impl Operator {
    /// Shuts an account as [`Instance::disable_account`] does. Needs a recent sign-in.
    pub async fn disable_account(&self, email: &str) -> Result<Account, Error> {
        self.require_fresh()?;
        self.instance.disable_account(email).await
    }

    /// Opens an account again as [`Instance::enable_account`] does. Needs a recent sign-in.
    pub async fn enable_account(&self, email: &str) -> Result<Account, Error> {
        self.require_fresh()?;
        self.instance.enable_account(email).await
    }
}

impl Instance {
    /// Shuts the account of this address: its sessions have ended with their next request on every replica, its links
    /// to a new password do not hold, and nobody signs in to it. It keeps its roles. The events of its organizations
    /// record it.
    ///
    /// The last operator who can sign in is not shut, and neither is the last such owner of an organization. An account
    /// that is shut stays as it is, and an address without one is [`Error::NotFound`].
    pub async fn disable_account(&self, email: &str) -> Result<Account, Error> {
        let account = self.set_active(email, false).await?;
        tracing::info!(account = %account.id, "an account was disabled");
        Ok(account)
    }

    /// Opens an account again. It signs in with what it had; sessions and links from before do not come back.
    pub async fn enable_account(&self, email: &str) -> Result<Account, Error> {
        let account = self.set_active(email, true).await?;
        tracing::info!(account = %account.id, "an account was enabled");
        Ok(account)
    }

    async fn set_active(&self, email: &str, active: bool) -> Result<Account, Error> {
        let (key, origin) = (email_key(email), self.origin());
        let shared = std::sync::Arc::clone(&self.shared);
        self.shared
            .db
            .write(move |tx| {
                let stored = db::accounts::by_email(tx, &key)?.ok_or(Error::NotFound)?;
                let id = stored.account.id;
                if !active {
                    keep_an_operator(tx, id)?;
                    keep_owners(tx, id)?;
                }
                if db::accounts::set_active(tx, id, active)? {
                    if !active {
                        db::account_sessions::revoke_all(tx, id, origin.at)?;
                        db::account_sessions::use_recoveries(tx, id, origin.at)?;
                    }
                    record(tx, &shared, id, active, &origin)?;
                }
                Ok(Account {
                    active,
                    ..stored.account
                })
            })
            .await
    }
}

/// Refuses to shut the last operator. From here on until the transaction ends no one else shuts one.
fn keep_an_operator(tx: &mut db::Conn, account: AccountId) -> Result<(), Error> {
    db::accounts::lock_operators(tx)?;
    if db::accounts::is_operator(tx, account)? && db::accounts::other_operators(tx, account)? == 0 {
        return Err(Error::refused(
            "email",
            "this is the last operator who can sign in: invite another one first",
        ));
    }
    Ok(())
}

/// Refuses to shut the last owner of an organization. From here on until the transaction ends no one else changes roles
/// of the organizations of the account.
fn keep_owners(tx: &mut db::Conn, account: AccountId) -> Result<(), Error> {
    for org in db::account_roles::orgs_of(tx, account)? {
        db::orgs::lock(tx, org.id)?;
        let held = db::account_roles::get(tx, org.id, account)?;
        if held == Some(Role::OrgOwner) && db::account_roles::other_owners(tx, org.id, account)? == 0 {
            return Err(Error::refused(
                "email",
                format!(
                    "this is the last Org Owner of {} who can sign in: give another account the role first",
                    org.name
                ),
            ));
        }
    }
    Ok(())
}

/// Tells the account's organizations.
fn record(
    tx: &mut db::Conn,
    shared: &Shared,
    account: AccountId,
    active: bool,
    origin: &Origin,
) -> Result<(), Error> {
    let kind = if active {
        EventKind::AccountEnabled
    } else {
        EventKind::AccountDisabled
    };
    for org in db::account_roles::orgs_of(tx, account)? {
        let event = Event {
            id: shared.sources.uuid(),
            kind,
            resource: Some(*account.as_uuid()),
            payload: change_of(
                [("role", Value::from(org.role.as_str()))],
                &object([("active", (!active).into())]),
                &object([("active", active.into())]),
            ),
        };
        db::events::append(
            tx,
            org.id,
            origin,
            std::slice::from_ref(&event),
            Counts::default(),
        )?;
    }
    Ok(())
}

//! Who looks after an organization, and as what. It always keeps an owner.

use jiff::Timestamp;
use serde_json::Value;
use wicketgate_auth::{AccountId, OrgId, Role};
use wicketgate_scim::Object;

use super::invitation::checked_role;
use crate::{
    Error, Owner, Viewer,
    db::{self, Conn},
    event::{Counts, EventKind, change, object},
};

/// An account as an organization sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgAccount {
    /// Its id.
    pub id: AccountId,
    /// Its e-mail address.
    pub email: String,
    /// What the person is called.
    pub display_name: String,
    /// What it is in the organization.
    pub role: Role,
    /// Since when it has had a role there.
    pub since: Timestamp,
    /// Whether it may sign in at all.
    pub active: bool,
}

/// The accounts of one organization.
#[derive(Debug)]
pub struct OrgAccounts<'o> {
    owner: &'o Owner<'o>,
}

impl Owner<'_> {
    /// The accounts that have a role in the organization.
    pub fn accounts(&self) -> OrgAccounts<'_> {
        OrgAccounts { owner: self }
    }
}

impl Viewer<'_> {
    /// The accounts that have a role in the organization, the oldest first.
    pub async fn accounts(&self) -> Result<Vec<OrgAccount>, Error> {
        let id = self.org.id;
        self.org
            .shared
            .db
            .read(move |tx| db::account_roles::list(tx, id))
            .await
    }

    /// Up to `limit` of the accounts that have a role in the organization, the oldest first, from the one behind `after`
    /// on.
    pub async fn accounts_page(
        &self,
        after: Option<AccountId>,
        limit: u16,
    ) -> Result<Vec<OrgAccount>, Error> {
        let id = self.org.id;
        self.org
            .shared
            .db
            .read(move |tx| db::account_roles::page(tx, id, after, limit))
            .await
    }
}

impl OrgAccounts<'_> {
    /// Those that have a role, the oldest first.
    pub async fn list(&self) -> Result<Vec<OrgAccount>, Error> {
        Viewer { org: self.owner.org }.accounts().await
    }

    /// Up to `limit` of those that have a role, the oldest first, from the one behind `after` on.
    pub async fn page(&self, after: Option<AccountId>, limit: u16) -> Result<Vec<OrgAccount>, Error> {
        Viewer { org: self.owner.org }.accounts_page(after, limit).await
    }

    /// One of those that have a role.
    pub async fn get(&self, account: AccountId) -> Result<OrgAccount, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::account_roles::one(tx, id, account))
            .await
    }

    /// Changes what an account is. [`Error::LastOwner`] where nobody would be left to own the organization.
    pub async fn set_role(&self, account: AccountId, role: Role) -> Result<(), Error> {
        let org = self.owner.org;
        org.require_fresh()?;
        let role = checked_role(role)?;
        let event = org.event(
            EventKind::AccountRoleChanged,
            Some(*account.as_uuid()),
            object([]),
        );
        let (id, origin) = (org.id, org.origin());
        org.shared
            .db
            .write(move |tx| {
                let held = held(tx, id, account)?;
                if held == role {
                    return Ok(());
                }
                keep_an_owner(tx, id, account, held)?;
                db::account_roles::set(tx, id, account, role)?;
                let mut event = event.clone();
                event.payload = change(&role_shown(held), &role_shown(role));
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await
    }

    /// Takes an account its role: the next request of each of its sessions finds the organization closed.
    /// [`Error::LastOwner`] where nobody would be left to own the organization.
    pub async fn remove(&self, account: AccountId) -> Result<(), Error> {
        let org = self.owner.org;
        org.require_fresh()?;
        let event = org.event(EventKind::AccountRemoved, Some(*account.as_uuid()), object([]));
        let (id, origin) = (org.id, org.origin());
        org.shared
            .db
            .write(move |tx| {
                let held = held(tx, id, account)?;
                keep_an_owner(tx, id, account, held)?;
                db::account_roles::remove(tx, id, account)?;
                let mut event = event.clone();
                event.payload = change(&role_shown(held), &object([]));
                db::account_sessions::revoke_vouched(tx, id, Some(account), origin.at)?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await
    }
}

/// A role as events say it.
pub(super) fn role_shown(role: Role) -> Object {
    object([("role", Value::from(role.as_str()))])
}

/// What the account is. From here on until the transaction ends no one else changes roles of the organization.
fn held(tx: &mut Conn, org: OrgId, account: AccountId) -> Result<Role, Error> {
    db::orgs::lock(tx, org)?;
    db::account_roles::get(tx, org, account)?.ok_or(Error::NotFound)
}

/// Refuses to take the last owner its role. One who was shut owns nothing meanwhile.
fn keep_an_owner(tx: &mut Conn, org: OrgId, account: AccountId, held: Role) -> Result<(), Error> {
    if held == Role::OrgOwner && db::account_roles::other_owners(tx, org, account)? == 0 {
        return Err(Error::LastOwner);
    }
    Ok(())
}

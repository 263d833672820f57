//! Accounts that look after the installation. The first one comes from a link that only whoever runs the installation
//! can make.

use wicketgate_auth::{OrgId, Token, TokenKind};

use super::{Account, Link, checked_email};
use crate::{Error, ExportFirst, Instance, Org, Organization, db};

/// What an operator may do in the console. Entering an organization is an act that the organization's events record.
#[derive(Debug)]
pub struct Operator {
    pub(crate) instance: Instance,
    pub(super) is_fresh: bool,
}

impl Operator {
    /// All organizations, the oldest first.
    pub async fn orgs(&self) -> Result<Vec<Organization>, Error> {
        self.instance.orgs().await
    }

    /// Up to `limit` organizations, the oldest first, from the one behind `after` on.
    pub async fn orgs_page(&self, after: Option<OrgId>, limit: u16) -> Result<Vec<Organization>, Error> {
        self.instance.orgs_page(after, limit).await
    }

    /// Creates an organization.
    pub async fn create_org(&self, name: &str) -> Result<Organization, Error> {
        self.instance.create_org(name).await
    }

    /// Enters an organization. Needs a recent sign-in.
    pub async fn org(&self, id: OrgId) -> Result<Org, Error> {
        self.require_fresh()?;
        self.instance.org(id).await
    }

    /// Deletes an organization. Needs a recent sign-in.
    pub async fn delete_org(&self, id: OrgId, export: ExportFirst) -> Result<(), Error> {
        self.require_fresh()?;
        self.instance.delete_org(id, export).await
    }

    /// Makes a one-time link by which a person becomes an operator. Needs a recent sign-in.
    pub async fn invite(&self, email: &str) -> Result<Token, Error> {
        self.require_fresh()?;
        self.instance.invite_operator(email).await
    }

    /// Whose acts the log and events call by the id of this request.
    #[must_use]
    pub fn for_request(mut self, request_id: String) -> Self {
        self.instance.request_id = Some(request_id);
        self
    }

    /// Whether the account has shown recently enough who it is.
    pub fn require_fresh(&self) -> Result<(), Error> {
        if self.is_fresh {
            Ok(())
        } else {
            Err(Error::ReauthenticationNeeded)
        }
    }
}

impl Instance {
    /// Makes a one-time link by which a person becomes an operator.
    pub async fn invite_operator(&self, email: &str) -> Result<Token, Error> {
        let email = checked_email(email)?;
        let link = Link::draw(&self.shared, TokenKind::Invitation)?;
        let origin = self.origin();
        self.shared
            .db
            .write(move |tx| {
                db::idempotency_keys::use_up(tx, None, &origin)?;
                db::account_invitations::insert_operator(
                    tx,
                    &link.id,
                    &email,
                    (link.pepper_id, &link.digest),
                    link.created,
                    link.expires,
                )
            })
            .await?;
        Ok(link.token)
    }

    /// Whether the installation has an operator who signs in.
    pub async fn has_operator(&self) -> Result<bool, Error> {
        Ok(self.shared.db.read(db::accounts::operators).await? > 0)
    }

    /// All accounts, the oldest first.
    pub async fn accounts(&self) -> Result<Vec<Account>, Error> {
        let stored = self.shared.db.read(db::accounts::list).await?;
        Ok(stored.into_iter().map(|stored| stored.account).collect())
    }
}

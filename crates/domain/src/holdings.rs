//! What service users hold: how many tokens of theirs are accepted, when the first credential of theirs is no longer, and
//! when they were last heard of.

use jiff::Timestamp;
use wicketgate_auth::{ServiceUserId, oauth::ClientId};

use crate::{
    Client, ClientGrant, Clients, Error, Grants, PersonalAccessToken, ServiceUser, ServiceUsers, Tokens, db,
};

/// What one service user holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings {
    /// How many personal access tokens of it are accepted now.
    pub live_tokens: i64,
    /// When the first of its tokens and client secrets that are accepted now is refused, if one of them ever is. The end
    /// of an overlap counts.
    pub next_expiry: Option<Timestamp>,
    /// When any credential of it was last used, as far as it has been written down: about a minute late.
    pub last_used: Option<Timestamp>,
}

impl ServiceUsers<'_> {
    /// Up to `limit` service users, the oldest first, from the one behind `after` on, each with what it holds.
    pub async fn page_with_holdings(
        &self,
        after: Option<ServiceUserId>,
        limit: u16,
    ) -> Result<Vec<(ServiceUser, Holdings)>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| {
                let page = db::service_users::page(tx, id, after, limit)?;
                let ids: Vec<ServiceUserId> = page.iter().map(|service_user| service_user.id).collect();
                let now = db::orgs::clock(tx)?;
                let mut holdings = db::holdings::of(tx, id, &ids, now)?;
                Ok(page
                    .into_iter()
                    .map(|service_user| {
                        let own = holdings.remove(&service_user.id).unwrap_or_default();
                        (service_user, own)
                    })
                    .collect())
            })
            .await
    }
}

impl Tokens<'_> {
    /// Up to `limit` tokens of one service user: first those that were not revoked, the newest of them first.
    pub async fn of_service_user(
        &self,
        service_user: ServiceUserId,
        limit: u16,
    ) -> Result<Vec<PersonalAccessToken>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::credentials::of_service_user(tx, id, service_user, limit))
            .await
    }
}

impl Clients<'_> {
    /// The clients that act for one service user, the oldest first.
    pub async fn of_service_user(&self, service_user: ServiceUserId) -> Result<Vec<Client>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::clients::of_service_user(tx, id, service_user))
            .await
    }
}

impl Grants<'_> {
    /// Up to `limit` grants of one client, the newest first.
    pub async fn of_client(&self, client: ClientId, limit: u16) -> Result<Vec<ClientGrant>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::grants::of_client(tx, id, client, limit))
            .await
    }
}

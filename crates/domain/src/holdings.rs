//! What service users hold: how many tokens of theirs are accepted, when the first credential of theirs is no longer, and
//! when they were last heard of.

use jiff::Timestamp;
use wicketgate_auth::ServiceUserId;

use crate::{Error, ServiceUser, ServiceUsers, db};

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

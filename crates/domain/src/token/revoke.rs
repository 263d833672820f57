//! Revoking: one token, everything of a service user, everything of an organization. The next request that presents a
//! revoked credential is refused, on every replica.

use serde_json::Value;
use wicketgate_auth::{ServiceUserId, TokenId, TokenKind};

use super::{RevokeReason, Tokens};
use crate::{
    Error, Org, Owner, ServiceUsers, db,
    event::{self, Counts, Event, EventKind},
    expiry::notice,
};

/// The event that says that one credential was revoked.
pub(super) fn revoked(org: &Org, token: TokenId, reason: RevokeReason) -> Event {
    org.event(
        EventKind::CredentialRevoked,
        None,
        event::revoked([
            ("credentialId", Value::from(token.to_string())),
            ("reason", Value::from(reason.as_str())),
        ]),
    )
}

/// The event that says that all credentials of somebody were, so many at that moment.
fn all_revoked(event: &Event, count: usize) -> Event {
    let mut event = event.clone();
    event.payload.insert("count".to_owned(), Value::from(count));
    event
}

impl Tokens<'_> {
    /// Revokes a token. Revoking twice is no error. Where the token was to take another one's place, that one stays what
    /// it was.
    pub async fn revoke(&self, token: TokenId) -> Result<(), Error> {
        let org = self.owner.org;
        let reason = RevokeReason::Requested;
        let event = revoked(org, token, reason);
        let (id, origin) = (org.id, org.origin());
        org.shared
            .db
            .write(move |tx| {
                db::orgs::lock(tx, id)?;
                let kind = TokenKind::PersonalAccessToken;
                if db::revocations::one(tx, id, kind, &token, origin.at, reason)? {
                    let now = db::orgs::clock(tx)?;
                    // Else its identity provider would be left without a token when the overlap ends.
                    if let Some(old) = db::rotations::predecessor(tx, id, &token, now)? {
                        let warned = old.expires.and_then(|at| notice(now, at));
                        db::rotations::cancel(tx, id, &old.id, warned)?;
                    }
                    db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                }
                Ok(())
            })
            .await
    }
}

impl ServiceUsers<'_> {
    /// Revokes every credential of a service user: its tokens, the secrets of its clients and what was issued to them.
    /// Answers how many there were.
    pub async fn revoke_all(&self, service_user: ServiceUserId) -> Result<usize, Error> {
        let org = self.owner.org;
        let reason = RevokeReason::ServiceUser;
        let event = org.event(
            EventKind::CredentialRevoked,
            Some(*service_user.as_uuid()),
            event::revoked([
                ("all", Value::from("service_user")),
                ("reason", Value::from(reason.as_str())),
            ]),
        );
        let (id, origin) = (org.id, org.origin());
        org.shared
            .db
            .write(move |tx| {
                db::service_users::get(tx, id, service_user)?;
                let count = db::revocations::of_service_user(tx, id, service_user, origin.at, reason)?;
                if count > 0 {
                    let event = all_revoked(&event, count);
                    db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                }
                Ok(count)
            })
            .await
    }
}

impl Owner<'_> {
    /// Revokes every credential of the organization, those of the caller included. Answers how many there were.
    pub async fn revoke_all_credentials(&self) -> Result<usize, Error> {
        let reason = RevokeReason::Organization;
        let event = self.org.event(
            EventKind::CredentialRevoked,
            None,
            event::revoked([
                ("all", Value::from("organization")),
                ("reason", Value::from(reason.as_str())),
            ]),
        );
        let (id, origin) = (self.org.id, self.org.origin());
        self.org
            .shared
            .db
            .write(move |tx| {
                let count = db::revocations::of_org(tx, id, origin.at, reason)?;
                if count > 0 {
                    let event = all_revoked(&event, count);
                    db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                }
                Ok(count)
            })
            .await
    }
}

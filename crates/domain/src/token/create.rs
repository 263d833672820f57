//! Issuing a token.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use wicketgate_auth::{Digest, ServiceUserId, Token, TokenKind};
use wicketgate_scim::Object;

use super::{PersonalAccessToken, Tokens};
use crate::{
    Error, Org, db,
    event::{Counts, Event, EventKind, change_of, object},
    service_user::checked_name,
};

/// A token that has been drawn and not been stored.
pub(crate) struct Drawn {
    pub(crate) token: PersonalAccessToken,
    pub(crate) secret: Token,
    pub(crate) pepper_id: i32,
    pub(crate) digest: Digest,
}

impl Drawn {
    pub(crate) fn new(
        org: &Org,
        service_user: ServiceUserId,
        name: String,
        created: Timestamp,
        life: Option<Duration>,
    ) -> Result<Self, Error> {
        let secret = org.shared.sources.token(TokenKind::PersonalAccessToken);
        let pepper = org.shared.peppers.current();
        Ok(Self {
            token: PersonalAccessToken {
                id: secret.id(),
                service_user,
                name,
                hint: secret.hint().to_owned(),
                created,
                expires: life
                    .map(|life| created.checked_add(life))
                    .transpose()
                    .map_err(Error::internal)?,
                revoked: None,
                revoke_reason: None,
                successor: None,
                overlap_ends: None,
                last_used: None,
            },
            pepper_id: pepper.id(),
            digest: pepper.digest(&secret),
            secret,
        })
    }

    /// The event that says that it was issued.
    pub(crate) fn issued(&self, org: &Org) -> Event {
        org.event(
            EventKind::CredentialCreated,
            Some(*self.token.service_user.as_uuid()),
            change_of(
                [("credentialId", Value::from(self.token.id.to_string()))],
                &Object::new(),
                &object([
                    ("name", Value::from(self.token.name.as_str())),
                    ("expiresAt", time_or_null(self.token.expires)),
                ]),
            ),
        )
    }
}

/// A time as events say it.
pub(super) fn time_or_null(time: Option<Timestamp>) -> Value {
    time.map_or(Value::Null, |at| Value::from(at.to_string()))
}

impl Tokens<'_> {
    /// Issues a token, within the bounds that the organization has set. The secret in the answer cannot be read again.
    pub async fn create(
        &self,
        service_user: ServiceUserId,
        name: &str,
        life: Option<Duration>,
    ) -> Result<(PersonalAccessToken, Token), Error> {
        let org = self.owner.org;
        org.require_fresh()?;
        if life.is_some_and(|life| life > Duration::from_hours(730 * 24)) {
            // Past what times can say, and past what any organization may choose.
            org.settings.check_token_life(life)?;
        }
        let name = checked_name(name)?;
        let drawn = Drawn::new(org, service_user, name, org.shared.sources.now(), life)?;
        let event = drawn.issued(org);
        let Drawn {
            token,
            secret,
            pepper_id,
            digest,
        } = drawn;
        let (id, origin, issued) = (org.id, org.origin(), token.clone());
        org.shared
            .db
            .write(move |tx| {
                // The organization may have changed its mind since it was entered.
                db::orgs::get(tx, id)?.settings.check_token_life(life)?;
                db::service_users::get(tx, id, service_user)?;
                db::credentials::insert(tx, id, &token, pepper_id, &digest)?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await?;
        Ok((issued, secret))
    }
}

//! Personal access tokens: issued once in the clear, kept as a digest, revoked at once.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use wicketgate_auth::{ServiceUserId, Token, TokenId, TokenKind};

use crate::{
    Error, Owner, db,
    event::{Counts, EventKind, object},
    service_user::checked_name,
};

/// The longest time for which a token may be issued.
const LONGEST_LIFE: Duration = Duration::from_hours(730 * 24);

/// A personal access token without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalAccessToken {
    /// Its public id.
    pub id: TokenId,
    /// Whose it is.
    pub service_user: ServiceUserId,
    /// Its name, for people.
    pub name: String,
    /// What is shown of it in lists.
    pub hint: String,
    /// When it was issued.
    pub created: Timestamp,
    /// From when on it is refused, if ever.
    pub expires: Option<Timestamp>,
    /// Since when it is refused, if it was revoked.
    pub revoked: Option<Timestamp>,
}

/// The tokens of one organization's service users.
#[derive(Debug)]
pub struct Tokens<'o> {
    pub(crate) owner: &'o Owner<'o>,
}

impl Tokens<'_> {
    /// Issues a token. The secret in the answer cannot be read again.
    pub async fn create(
        &self,
        service_user: ServiceUserId,
        name: &str,
        life: Option<Duration>,
    ) -> Result<(PersonalAccessToken, Token), Error> {
        let org = self.owner.org;
        if life.is_some_and(|life| life.is_zero() || life > LONGEST_LIFE) {
            return Err(Error::refused(
                "expires-in",
                "choose 1 second to 730 days, or never",
            ));
        }
        let created = org.shared.sources.now();
        let expires = life
            .map(|life| created.checked_add(life))
            .transpose()
            .map_err(Error::internal)?;
        let secret = org.shared.sources.token(TokenKind::PersonalAccessToken);
        let token = PersonalAccessToken {
            id: secret.id(),
            service_user,
            name: checked_name(name)?,
            hint: secret.hint().to_owned(),
            created,
            expires,
            revoked: None,
        };
        let pepper = org.shared.peppers.current();
        let (pepper_id, digest) = (pepper.id(), pepper.digest(&secret));
        let event = org.event(
            EventKind::CredentialCreated,
            Some(*service_user.as_uuid()),
            object([
                ("credentialId", Value::from(token.id.to_string())),
                ("name", Value::from(token.name.as_str())),
                (
                    "expiresAt",
                    token
                        .expires
                        .map_or(Value::Null, |at| Value::from(at.to_string())),
                ),
            ]),
        );
        let (id, origin, issued) = (org.id, org.origin(), token.clone());
        org.shared
            .db
            .write(move |tx| {
                db::service_users::get(tx, id, service_user)?;
                db::credentials::insert(tx, id, &token, pepper_id, &digest)?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await?;
        Ok((issued, secret))
    }

    /// All tokens, the newest first.
    pub async fn list(&self) -> Result<Vec<PersonalAccessToken>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::credentials::list(tx, id))
            .await
    }

    /// Revokes a token: the next request that presents it is refused, on every replica. Revoking twice is no error.
    pub async fn revoke(&self, token: TokenId) -> Result<(), Error> {
        let org = self.owner.org;
        let event = org.event(
            EventKind::CredentialRevoked,
            None,
            object([("credentialId", Value::from(token.to_string()))]),
        );
        let (id, origin) = (org.id, org.origin());
        org.shared
            .db
            .write(move |tx| {
                if db::credentials::revoke(tx, id, &token, origin.at)? {
                    db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                }
                Ok(())
            })
            .await
    }
}

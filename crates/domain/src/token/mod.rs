//! Personal access tokens: issued once in the clear, kept as a digest, rotated without a gap, revoked at once.

mod create;
mod revoke;
mod rotate;

use jiff::Timestamp;
use wicketgate_auth::{ServiceUserId, TokenId};

use crate::{Error, Owner, caller::LastUse, db};

pub(crate) use create::Drawn;
pub use rotate::{DEFAULT_OVERLAP, Rotation};

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
    /// Why it was revoked: a word of [`RevokeReason`].
    pub revoke_reason: Option<String>,
    /// The token that takes its place, if it is being rotated or was.
    pub successor: Option<TokenId>,
    /// From when on it is refused because of that, whatever it was issued for.
    pub overlap_ends: Option<Timestamp>,
    /// Its last use, as far as it has been written down: about a minute late.
    pub last_used: Option<LastUse>,
}

/// Why a credential was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RevokeReason {
    /// Somebody revoked it, by its id.
    Requested,
    /// Another one took its place.
    Rotated,
    /// It was to take another one's place, and that was called off.
    RotationCancelled,
    /// Every credential of its service user was revoked.
    ServiceUser,
    /// Every credential of its organization was revoked.
    Organization,
    /// Somebody else has it.
    Leaked,
    /// The database was brought back to an earlier moment, and with it what had been revoked since.
    Restored,
}

impl RevokeReason {
    /// The word in the database and in events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Rotated => "rotated",
            Self::RotationCancelled => "rotation_cancelled",
            Self::ServiceUser => "all_of_service_user",
            Self::Organization => "all_of_organization",
            Self::Leaked => "leaked",
            Self::Restored => "restored",
        }
    }
}

/// The tokens of one organization's service users.
#[derive(Debug)]
pub struct Tokens<'o> {
    pub(crate) owner: &'o Owner<'o>,
}

impl Tokens<'_> {
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

    /// Up to `limit` tokens in the order of their ids, from the one behind `after` on: of one service user, or of all.
    pub async fn page(
        &self,
        service_user: Option<ServiceUserId>,
        after: Option<TokenId>,
        limit: u16,
    ) -> Result<Vec<PersonalAccessToken>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::credentials::page(tx, id, service_user, after, limit))
            .await
    }

    /// One token.
    pub async fn get(&self, token: TokenId) -> Result<PersonalAccessToken, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::credentials::get(tx, id, &token))
            .await
    }
}

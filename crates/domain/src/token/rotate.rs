//! Rotating a token: a successor is issued, both are accepted for a while, and then the old one is not.
//!
//! Nothing revokes the successor when the old token is seen, and starting again while a rotation runs is refused: an
//! identity provider that still has the old token, or a script that was run twice, must not lock anybody out.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use wicketgate_auth::{OrgId, Token, TokenId, TokenKind};

use super::{
    PersonalAccessToken, RevokeReason, Tokens,
    create::{Drawn, time_or_null},
    revoke::revoked,
};
use crate::{
    Error,
    db::{self, Conn},
    event::{Counts, EventKind, change_of, object},
    expiry::notice,
};

/// For how long both tokens are accepted unless something else is asked for.
pub const DEFAULT_OVERLAP: Duration = Duration::from_hours(7 * 24);
/// For how long both tokens may be accepted.
const LONGEST_OVERLAP: Duration = Duration::from_hours(30 * 24);

/// A rotation that has begun.
#[derive(Debug)]
pub struct Rotation {
    /// The token that takes the other one's place.
    pub successor: PersonalAccessToken,
    /// Its secret, which cannot be read again.
    pub secret: Token,
    /// From when on the old token is refused.
    pub overlap_ends: Timestamp,
}

fn refused(fix: impl Into<String>) -> Error {
    Error::refused("token", fix)
}

/// A token that is accepted now.
fn live(tx: &mut Conn, org: OrgId, id: &TokenId, now: Timestamp) -> Result<PersonalAccessToken, Error> {
    let token = db::credentials::get(tx, org, id)?;
    let is_over = |end: Option<Timestamp>| end.is_some_and(|end| end <= now);
    if token.revoked.is_some() {
        Err(refused(format!(
            "{id} was revoked and cannot be rotated: create a token"
        )))
    } else if is_over(token.expires) || is_over(token.overlap_ends) {
        Err(refused(format!(
            "{id} is no longer accepted and cannot be rotated: create a token"
        )))
    } else {
        Ok(token)
    }
}

/// The successor of a token that is being rotated.
fn successor(tx: &mut Conn, org: OrgId, old: &PersonalAccessToken) -> Result<PersonalAccessToken, Error> {
    let id = old
        .successor
        .ok_or_else(|| refused(format!("{} is not being rotated: start that first", old.id)))?;
    db::credentials::get(tx, org, &id)
}

impl Tokens<'_> {
    /// Issues a successor of the same name and life, as far as the organization still allows that life. Both tokens are
    /// accepted until the overlap ends, the rotation is completed or it is cancelled.
    pub async fn start_rotation(&self, token: TokenId, overlap: Duration) -> Result<Rotation, Error> {
        let org = self.owner.org;
        org.require_fresh()?;
        if overlap > LONGEST_OVERLAP {
            return Err(Error::refused("overlap", "choose 0d to 30d"));
        }
        let at = org.shared.sources.now();
        let id = org.id;
        // Read first for the successor's name and life, and judged in the transaction.
        let old = org
            .shared
            .db
            .read(move |tx| db::credentials::get(tx, id, &token))
            .await?;
        let life = old.expires.map(|expires| {
            let seconds = expires.duration_since(old.created).as_secs();
            Duration::from_secs(seconds.unsigned_abs()).max(Duration::from_secs(1))
        });
        let longest = org.settings.longest_token_life();
        let life = match life {
            Some(life) => Some(life.min(longest)),
            None if org.settings.endless_tokens => None,
            None => Some(longest),
        };
        let drawn = Drawn::new(org, old.service_user, old.name, at, life)?;
        let overlap_ends = at.checked_add(overlap).map_err(Error::internal)?;
        let (successor, pepper_id, digest) = (drawn.token.clone(), drawn.pepper_id, drawn.digest);
        let event = org.event(
            EventKind::CredentialRotated,
            Some(*successor.service_user.as_uuid()),
            change_of(
                [
                    ("credentialId", Value::from(token.to_string())),
                    ("name", Value::from(successor.name.as_str())),
                    ("successorExpiresAt", time_or_null(successor.expires)),
                ],
                &object([("successorId", Value::Null), ("overlapEndsAt", Value::Null)]),
                &object([
                    ("successorId", Value::from(successor.id.to_string())),
                    ("overlapEndsAt", Value::from(overlap_ends.to_string())),
                ]),
            ),
        );
        let origin = org.origin();
        org.shared
            .db
            .write(move |tx| {
                // Of two that start at once, the second one sees the first.
                db::orgs::lock(tx, id)?;
                let now = db::orgs::clock(tx)?;
                let old = live(tx, id, &token, now)?;
                if let Some(running) = old.successor {
                    return Err(refused(format!(
                        "{token} is being rotated already, its successor is {running}: complete or cancel that first"
                    )));
                }
                db::orgs::get(tx, id)?.settings.check_token_life(life)?;
                db::credentials::insert(tx, id, &successor, pepper_id, &digest)?;
                let ends = old.expires.map_or(overlap_ends, |at| at.min(overlap_ends));
                db::rotations::start(tx, id, &token, &successor.id, overlap_ends, notice(now, ends))?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await?;
        Ok(Rotation {
            successor: drawn.token,
            secret: drawn.secret,
            overlap_ends,
        })
    }

    /// Ends a rotation at once: the old token, which is named, is refused from the next request on.
    pub async fn complete_rotation(&self, token: TokenId) -> Result<(), Error> {
        let org = self.owner.org;
        org.require_fresh()?;
        let reason = RevokeReason::Rotated;
        let event = revoked(org, token, reason);
        let (id, origin) = (org.id, org.origin());
        org.shared
            .db
            .write(move |tx| {
                db::orgs::lock(tx, id)?;
                let now = db::orgs::clock(tx)?;
                let old = db::credentials::get(tx, id, &token)?;
                let successor = successor(tx, id, &old)?;
                if successor.revoked.is_some() || successor.expires.is_some_and(|end| end <= now) {
                    return Err(refused(format!(
                        "{}, which was to take the place of {token}, is not accepted any more: cancel the rotation",
                        successor.id
                    )));
                }
                let kind = TokenKind::PersonalAccessToken;
                if db::revocations::one(tx, id, kind, &token, origin.at, reason)? {
                    db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                }
                Ok(())
            })
            .await
    }

    /// Calls a rotation off: the successor is refused from the next request on, and the old token, which is named, is
    /// accepted for as long as it was issued for.
    pub async fn cancel_rotation(&self, token: TokenId) -> Result<(), Error> {
        let org = self.owner.org;
        org.require_fresh()?;
        let reason = RevokeReason::RotationCancelled;
        let (id, origin) = (org.id, org.origin());
        let event = org.event(EventKind::CredentialRevoked, None, object([]));
        org.shared
            .db
            .write(move |tx| {
                db::orgs::lock(tx, id)?;
                let now = db::orgs::clock(tx)?;
                let old = live(tx, id, &token, now)?;
                let successor = successor(tx, id, &old)?;
                let warned = old.expires.and_then(|at| notice(now, at));
                db::rotations::cancel(tx, id, &token, warned)?;
                let kind = TokenKind::PersonalAccessToken;
                if db::revocations::one(tx, id, kind, &successor.id, origin.at, reason)? {
                    let mut event = event.clone();
                    event.payload = crate::event::revoked([
                        ("credentialId", Value::from(successor.id.to_string())),
                        ("reason", Value::from(reason.as_str())),
                    ]);
                    db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                }
                Ok(())
            })
            .await
    }
}

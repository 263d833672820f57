//! Reports of leaked credentials, by anybody. Whoever has a credential could have used it, so having it is proof enough
//! for revoking it; and whoever has none learns nothing.

use serde_json::Value;
use wicketgate_auth::{Token, TokenKind, is_genuine};

use crate::{
    Error, Gateway, db,
    event::{Actor, Counts, Event, EventKind, Origin, revoked},
    token::RevokeReason,
};

/// What became of one reported text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeakVerdict {
    /// What its form says it is, if it has the form of a credential.
    pub kind: Option<TokenKind>,
    /// Whether this installation has issued it. It is revoked then, whatever it was before.
    pub genuine: bool,
}

impl Gateway {
    /// Revokes the credentials among the texts that somebody has found, and answers for each text, in order, whether it
    /// is one. Sessions and one-time links of accounts are not looked up.
    pub async fn report_leak(&self, texts: &[&str], request_id: &str) -> Result<Vec<LeakVerdict>, Error> {
        let mut verdicts = Vec::with_capacity(texts.len());
        for text in texts {
            verdicts.push(match Token::parse(text) {
                Ok(token) => LeakVerdict {
                    kind: Some(token.kind()),
                    genuine: self.revoke_leaked(&token, request_id).await?,
                },
                Err(_) => LeakVerdict {
                    kind: None,
                    genuine: false,
                },
            });
        }
        Ok(verdicts)
    }

    async fn revoke_leaked(&self, token: &Token, request_id: &str) -> Result<bool, Error> {
        let (kind, id) = (token.kind(), token.id());
        let shared = &self.shared;
        let known = shared
            .db
            .read(move |tx| db::revocations::known(tx, kind, &id))
            .await?;
        let kept = known.as_ref().map(|known| (known.pepper_id, &known.digest));
        let is_genuine = is_genuine(token, kept, &shared.peppers);
        let Some(known) = known.filter(|_| is_genuine) else {
            return Ok(false);
        };
        let reason = RevokeReason::Leaked;
        let event = Event {
            id: shared.sources.uuid(),
            kind: EventKind::CredentialRevoked,
            resource: Some(*known.service_user.as_uuid()),
            payload: revoked([
                ("credentialId", Value::from(id.to_string())),
                ("kind", Value::from(kind.as_str())),
                ("name", Value::from(known.name.as_str())),
                ("reason", Value::from(reason.as_str())),
            ]),
        };
        let origin = Origin {
            once: None,
            actor: Actor::Finder,
            request_id: request_id.to_owned(),
            at: shared.sources.now(),
        };
        shared
            .db
            .write(move |tx| {
                if db::revocations::one(tx, known.org, kind, &id, origin.at, reason)? {
                    // A refresh token or a code stands for all that comes of it.
                    if let Some(grant) = known.grant {
                        db::revocations::of_grant(tx, known.org, grant, origin.at, reason)?;
                    }
                    db::events::append(
                        tx,
                        known.org,
                        &origin,
                        std::slice::from_ref(&event),
                        Counts::default(),
                    )?;
                }
                Ok(())
            })
            .await?;
        Ok(true)
    }
}

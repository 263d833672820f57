//! Notice of credentials that expire soon: at 30, 14, 7 and 1 days, each once, whichever process gives it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use wicketgate_auth::{OrgId, ServiceUserId, TokenId};

use crate::{
    Error, Instance, db,
    event::{Actor, Counts, Event, EventKind, Origin, unchanged},
};

/// How many days before a credential expires its owner hears of it, the shortest notice first.
const NOTICES: [i32; 4] = [1, 7, 14, 30];
const DAY: Duration = Duration::from_hours(24);

/// The notice that has become due between `now` and the end: the shortest one that is not shorter than the time left.
pub(crate) fn notice(now: Timestamp, end: Timestamp) -> Option<i32> {
    let left = end.as_millisecond().saturating_sub(now.as_millisecond());
    NOTICES
        .into_iter()
        .find(|days| left <= i64::from(*days) * 24 * 60 * 60 * 1_000)
}

/// A credential that expires soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiring {
    /// Whose organization it belongs to.
    pub org: OrgId,
    /// Its public id.
    pub id: TokenId,
    /// What it is, such as `personal_access_token`.
    pub kind: String,
    /// Its name, for people.
    pub name: String,
    /// Who acts with it.
    pub service_user: ServiceUserId,
    /// The client that it belongs to, if it is one's.
    pub client: Option<String>,
    /// From when on it is refused.
    pub expires: Timestamp,
    pub(crate) warned_days: Option<i32>,
}

impl Instance {
    /// Gives the notices that are due, as events of the organizations, and answers which: whoever calls this logs them.
    /// However many processes call it, each notice is given once.
    pub async fn warn_of_expiry(&self) -> Result<Vec<Expiring>, Error> {
        let longest = DAY * u32::try_from(NOTICES.into_iter().max().unwrap_or_default()).unwrap_or_default();
        let (now, expiring) = self
            .shared
            .db
            .read(move |tx| {
                let now = db::orgs::clock(tx)?;
                let until = now.checked_add(longest).map_err(Error::internal)?;
                Ok((now, db::expiry::before(tx, now, until)?))
            })
            .await?;
        let mut given = Vec::new();
        for credential in expiring {
            let Some(days) = notice(now, credential.expires) else {
                continue;
            };
            if credential.warned_days.is_some_and(|warned| warned <= days) {
                continue;
            }
            if self.give_notice(&credential, days).await? {
                given.push(credential);
            }
        }
        Ok(given)
    }

    async fn give_notice(&self, credential: &Expiring, days: i32) -> Result<bool, Error> {
        let sources = &self.shared.sources;
        let event = Event {
            id: sources.uuid(),
            kind: EventKind::CredentialExpiring,
            resource: Some(*credential.service_user.as_uuid()),
            payload: unchanged([
                ("credentialId", Value::from(credential.id.to_string())),
                ("kind", Value::from(credential.kind.as_str())),
                ("name", Value::from(credential.name.as_str())),
                (
                    "clientId",
                    credential.client.as_deref().map_or(Value::Null, Value::from),
                ),
                ("expiresAt", Value::from(credential.expires.to_string())),
                ("days", Value::from(days)),
            ]),
        };
        let origin = Origin {
            once: None,
            actor: Actor::Gateway,
            request_id: sources.uuid().to_string(),
            at: sources.now(),
        };
        let (org, id) = (credential.org, credential.id);
        self.shared
            .db
            .write(move |tx| {
                let is_ours = db::expiry::claim(tx, org, &id, days)?;
                if is_ours {
                    db::events::append(tx, org, &origin, std::slice::from_ref(&event), Counts::default())?;
                }
                Ok(is_ours)
            })
            .await
    }

    /// For each organization that has a token or client secret which expires, how many seconds are left until the first
    /// of them does: for metrics.
    pub async fn seconds_to_expiry(&self) -> Result<Vec<(OrgId, i64)>, Error> {
        let (now, next) = self
            .shared
            .db
            .read(|tx| {
                let now = db::orgs::clock(tx)?;
                Ok((now, db::expiry::next(tx, now)?))
            })
            .await?;
        Ok(next
            .into_iter()
            .map(|(org, at)| (org, at.duration_since(now).as_secs()))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_notice_is_due_from_its_day_on_until_the_next() {
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let hours = |hours: i64| now.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
        for (left, days) in [
            (31 * 24, None),
            (30 * 24 + 1, None),
            (30 * 24, Some(30)),
            (14 * 24 + 1, Some(30)),
            (14 * 24, Some(14)),
            (7 * 24 + 1, Some(14)),
            (7 * 24, Some(7)),
            (25, Some(7)),
            (24, Some(1)),
            (1, Some(1)),
        ] {
            assert_eq!(notice(now, hours(left)), days, "{left} hours");
        }
    }
}

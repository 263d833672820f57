//! Whether a client is who it says. Decided twice: before a transaction, so that nobody who is refused makes the
//! database write, and inside it, so that what was revoked in between does not count.

use subtle::ConstantTimeEq as _;
use wicketgate_auth::{
    OrgState, Peppers, Token, TokenKind,
    oauth::{self, ClientId, PresentedClient},
};

use super::assertion::Assertion;
use crate::{
    Gateway,
    db::{self, clients::Registered},
    grant::{Endpoint, ExchangeError, settled},
};

/// A client that has proved who it is, a moment ago.
pub(crate) struct Proven {
    client: ClientId,
    proof: Proof,
}

/// What it was proved with.
enum Proof {
    Secret(Token),
    /// Counts once: its name and when it can be forgotten, in milliseconds.
    Assertion {
        jti: String,
        expires: i64,
    },
    /// Entra presents one token several times.
    Workload,
}

/// What exactly was wrong. Never told to the client.
#[derive(Debug, Clone, Copy)]
enum Reason {
    Malformed,
    Unknown,
    WrongSecret,
    PepperMissing,
    Revoked,
    Expired,
    Inactive,
    ServiceUserDisabled,
    OrgDeleted,
    Replayed,
}

impl Reason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::WrongSecret => "wrong_secret",
            Self::PepperMissing => "pepper_missing",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::Inactive => "client_inactive",
            Self::ServiceUserDisabled => "service_user_disabled",
            Self::OrgDeleted => "org_deleted",
            Self::Replayed => "assertion_replayed",
        }
    }

    /// The refusal that the client gets, which is the same for every reason.
    fn refusal(self, client: ClientId) -> oauth::Error {
        tracing::info!(client = %client, reason = self.as_str(), "a client was refused");
        oauth::Error::invalid_client()
    }
}

impl Gateway {
    /// Proves who a client is, without changing anything.
    pub(crate) async fn authenticate(
        &self,
        presented: &PresentedClient,
        endpoint: &Endpoint,
    ) -> Result<Proven, ExchangeError> {
        match presented {
            PresentedClient::Secret { id, secret, .. } => {
                let client = *id;
                let token = Token::parse(secret.reveal())
                    .ok()
                    .filter(|token| token.kind() == TokenKind::ClientSecret)
                    .ok_or_else(|| Reason::Malformed.refusal(client))?;
                let secret_id = token.id();
                let found = self
                    .shared
                    .db
                    .read(move |tx| db::clients::find(tx, client, Some(secret_id), false))
                    .await?;
                judged(found.as_ref(), &token, &self.shared.peppers)
                    .and_then(open)
                    .map_err(|reason| reason.refusal(client))?;
                Ok(Proven {
                    client,
                    proof: Proof::Secret(token),
                })
            }
            PresentedClient::Assertion { id, assertion } => {
                let assertion = Assertion::read(*id, assertion.reveal())?;
                let client = assertion.client;
                let found = self
                    .shared
                    .db
                    .read(move |tx| db::clients::find(tx, client, None, false))
                    .await?;
                let registered = found
                    .as_ref()
                    .ok_or(Reason::Unknown)
                    .and_then(open)
                    .map_err(|reason| reason.refusal(client))?;
                let once = assertion
                    .verify(
                        registered,
                        endpoint,
                        &self.shared.key_sets,
                        self.shared.sources.now(),
                    )
                    .await?;
                Ok(Proven {
                    client,
                    proof: match once {
                        Some(once) => Proof::Assertion {
                            jti: once.jti,
                            expires: once.expires.saturating_mul(1_000),
                        },
                        None => Proof::Workload,
                    },
                })
            }
        }
    }

    /// Proves who a client is, for a request that only reads. An assertion is used up by it all the same.
    pub(crate) async fn authenticate_reader(
        &self,
        presented: &PresentedClient,
        endpoint: &Endpoint,
    ) -> Result<Registered, ExchangeError> {
        let proven = self.authenticate(presented, endpoint).await?;
        let shared = std::sync::Arc::clone(&self.shared);
        Ok(self
            .shared
            .db
            .write(move |tx| settled(proven.confirm(tx, &shared.peppers)))
            .await??)
    }
}

impl Proven {
    /// Proves it again, in the transaction in which it counts, and keeps the client from being deleted until that ends.
    pub(crate) fn confirm(&self, tx: &mut db::Conn, peppers: &Peppers) -> Result<Registered, ExchangeError> {
        let secret = match &self.proof {
            Proof::Secret(token) => Some(token.id()),
            Proof::Assertion { .. } | Proof::Workload => None,
        };
        let found = db::clients::find(tx, self.client, secret, true)?
            .ok_or_else(|| Reason::Unknown.refusal(self.client))?;
        match &self.proof {
            Proof::Secret(token) => judged(Some(&found), token, peppers).and_then(open),
            Proof::Assertion { .. } | Proof::Workload => open(&found),
        }
        .map_err(|reason| reason.refusal(self.client))?;
        if let Proof::Assertion { jti, expires } = &self.proof
            && !db::clients::use_assertion(tx, found.org, self.client, jti, *expires, found.now)?
        {
            return Err(Reason::Replayed.refusal(self.client).into());
        }
        Ok(found)
    }
}

/// The client, if the secret is its own and holds. One HMAC and one comparison on every path, so that neither the answer
/// nor its time tells which clients there are.
fn judged<'r>(
    found: Option<&'r Registered>,
    token: &Token,
    peppers: &Peppers,
) -> Result<&'r Registered, Reason> {
    let stored = found.and_then(|found| found.secret.as_ref());
    let pepper = stored.and_then(|stored| peppers.get(stored.pepper_id));
    let computed = pepper.unwrap_or(peppers.current()).digest(token);
    // Where there is no row, a digest that cannot be the token's.
    let mut dummy = *computed.as_bytes();
    dummy[0] ^= 1;
    let expected = stored.map_or(&dummy, |stored| stored.digest.as_bytes());
    let matches = bool::from(computed.as_bytes().ct_eq(expected));
    match (found, stored, pepper) {
        (Some(found), Some(stored), Some(_)) if matches => {
            if stored.revoked {
                Err(Reason::Revoked)
            } else if stored.expired {
                Err(Reason::Expired)
            } else {
                Ok(found)
            }
        }
        (Some(_), Some(_), Some(_)) => Err(Reason::WrongSecret),
        (Some(_), Some(_), None) => Err(Reason::PepperMissing),
        (Some(_), None, _) | (None, _, _) => Err(Reason::Unknown),
    }
}

/// The client, if it and everything that it stands on is served. A paused organization is: its tokens go on.
fn open(found: &Registered) -> Result<&Registered, Reason> {
    match found.org_state {
        OrgState::Active | OrgState::Paused => {}
        OrgState::Deleted => return Err(Reason::OrgDeleted),
    }
    if !found.client.active {
        return Err(Reason::Inactive);
    }
    if !found.service_user_active {
        return Err(Reason::ServiceUserDisabled);
    }
    Ok(found)
}

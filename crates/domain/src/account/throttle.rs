//! How often a sign-in may be tried. The delay grows with each failure up to a bound, so that nobody is locked out for
//! good, and counts are in the database, so that all replicas share them.
//!
//! An account is also counted by the networks it is known to come from: whoever guesses from elsewhere makes the owner
//! wait neither at home nor at the office.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};

use super::Caller;
use crate::{
    Error,
    db::{self, accounts::StoredAccount},
    org::Shared,
};

/// How the delay grows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delays {
    /// So many attempts cost nothing.
    free: i64,
    /// No delay is longer, in milliseconds.
    longest: i64,
}

/// Sign-ins to one account.
const OF_ACCOUNT: Delays = Delays {
    free: 5,
    longest: 15 * 60_000,
};
/// Failures from one network, where many people may be.
const OF_NETWORK: Delays = Delays {
    free: 30,
    longest: 60_000,
};
/// A network from which the account signed in within so many days is its own.
pub(crate) const KNOWN_DAYS: i64 = 30;

impl Delays {
    /// For how long the next attempt is refused after so many.
    pub(crate) fn after(self, attempts: i64) -> i64 {
        let counted = attempts.saturating_sub(self.free);
        if counted <= 0 {
            return 0;
        }
        let doublings = u32::try_from(counted).unwrap_or(u32::MAX);
        1_000_i64
            .saturating_mul(1_i64.checked_shl((doublings - 1).min(40)).unwrap_or(i64::MAX))
            .min(self.longest)
    }
}

/// An attempt that was counted and may go on.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    /// The account, if there is one of this address.
    pub(super) account: Option<StoredAccount>,
    subject: String,
    network: Option<String>,
}

/// Counts an attempt. It fails with the time to wait where it may not go on.
pub(super) async fn begin(
    shared: &Arc<Shared>,
    email_key: String,
    caller: &Caller,
) -> Result<Result<Attempt, Duration>, Error> {
    let now = shared.sources.now();
    let since = now
        .checked_sub(SignedDuration::from_hours(KNOWN_DAYS * 24))
        .map_err(Error::internal)?;
    let (caller, inner) = (caller.clone(), Arc::clone(shared));
    shared
        .db
        .write(move |tx| {
            let network = caller.network.as_deref();
            let by_network = network.map(|network| sealed(&inner, &format!("network {network}")));
            if let Some(subject) = &by_network
                && let Some(until) = db::sign_in_attempts::blocked_until(tx, subject)?
                && until > now.as_millisecond()
            {
                return Ok(Err(wait(until, now)));
            }
            let account = db::accounts::by_email(tx, &email_key)?;
            let known = match (&account, network) {
                (Some(stored), Some(network)) => {
                    db::account_sessions::knows_network(tx, stored.account.id, network, since)?
                }
                _ => false,
            };
            let subject = match network {
                Some(network) if known => sealed(&inner, &format!("account {email_key} from {network}")),
                _ => sealed(&inner, &format!("account {email_key}")),
            };
            match db::sign_in_attempts::count(tx, &subject, OF_ACCOUNT, now)? {
                Some(until) => Ok(Err(wait(until, now))),
                None => Ok(Ok(Attempt {
                    account,
                    subject,
                    network: by_network,
                })),
            }
        })
        .await
}

/// What a sign-in is counted by. The table tells nobody who tried to sign in.
fn sealed(shared: &Shared, subject: &str) -> String {
    URL_SAFE_NO_PAD.encode(shared.peppers.seal("sign-in attempts", subject.as_bytes()))
}

fn wait(until: i64, now: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(until - now.as_millisecond()).unwrap_or_default())
}

impl Attempt {
    /// The attempt failed: its network is counted too.
    pub(super) async fn failed(self, shared: &Arc<Shared>) -> Result<(), Error> {
        let Some(subject) = self.network else {
            return Ok(());
        };
        let now = shared.sources.now();
        shared
            .db
            .write(move |tx| {
                db::sign_in_attempts::count(tx, &subject, OF_NETWORK, now)?;
                Ok(())
            })
            .await
    }

    /// The attempt succeeded, in this transaction: the account starts anew.
    pub(super) fn succeeded(&self, tx: &mut db::Conn) -> Result<(), Error> {
        db::sign_in_attempts::forget(tx, &self.subject)
    }
}

/// Lets an account be tried again at once, from networks that it is not known to come from.
pub(super) fn forget(tx: &mut db::Conn, shared: &Shared, email_key: &str) -> Result<(), Error> {
    db::sign_in_attempts::forget(tx, &sealed(shared, &format!("account {email_key}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_of_an_account_doubles_after_five_attempts_up_to_a_quarter_of_an_hour() {
        let seconds: Vec<i64> = (0..=20)
            .map(|attempts| OF_ACCOUNT.after(attempts) / 1_000)
            .collect();
        assert_eq!(seconds[..=5], [0; 6]);
        assert_eq!(seconds[6..=15], [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
        assert_eq!(seconds[16..], [900; 5]);
        assert_eq!(OF_ACCOUNT.after(i64::MAX), 900_000);
    }

    #[test]
    fn a_network_waits_a_minute_at_most() {
        assert_eq!(OF_NETWORK.after(30), 0);
        assert_eq!(OF_NETWORK.after(31), 1_000);
        assert_eq!(OF_NETWORK.after(1_000), 60_000);
    }
}

//! How often clients fail to prove who they are, and how often they get tokens. It is counted in the memory of this
//! process, which is bounded whoever asks.
//!
//! An address that keeps failing is refused before anything is looked up, until it has waited. A client id with which
//! somebody keeps failing is not shut: whoever knows an id, which is no secret, could then keep its owner out. Only
//! those who fail are told to wait.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use wicketgate_auth::oauth::ClientId;

use crate::Limits;

const MINUTE: Duration = Duration::from_mins(1);
/// The most keys that one limit remembers. Past it new ones are not counted: a flood from so many networks at a time is
/// for the network to stop.
const MOST_KEYS: usize = 1 << 16;
/// The bits of an IPv6 address that say whose it is: a household has all addresses below them.
const IPV6_NETWORK: u32 = 64;

/// What clients have tried of late.
pub(crate) struct Attempts {
    address_failures: Limit,
    client_failures: Limit,
    issued: Limit,
}

/// Too many: how long to wait, in whole seconds, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait(pub(crate) u64);

impl Attempts {
    /// Nothing was tried yet.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            address_failures: Limit::new(limits.failed_attempts),
            client_failures: Limit::new(limits.failed_attempts),
            issued: Limit::new(limits.issued_tokens),
        }
    }

    /// Refuses an address from which too much has failed.
    pub(super) fn check_address(&self, address: Option<IpAddr>) -> Result<(), Wait> {
        self.address_failures.check(network(address), Instant::now())
    }

    /// Counts a failure, and refuses a client id with which too much has failed.
    pub(super) fn failed(&self, address: Option<IpAddr>, client: Option<ClientId>) -> Result<(), Wait> {
        let now = Instant::now();
        self.address_failures.count(network(address), now);
        let answer = self.client_failures.check(client, now);
        self.client_failures.count(client, now);
        answer
    }

    /// A client at this address did prove who it is. Others there, behind one proxy perhaps, need not wait for what
    /// failed before.
    pub(super) fn succeeded(&self, address: Option<IpAddr>) {
        self.address_failures.forget(network(address));
    }

    /// Refuses a client that has got too many tokens.
    pub(super) fn check_issued(&self, client: Option<ClientId>) -> Result<(), Wait> {
        self.issued.check(client, Instant::now())
    }

    /// A client got a token.
    pub(super) fn issued(&self, client: Option<ClientId>) {
        self.issued.count(client, Instant::now());
    }
}

/// So many in a minute, for each key: as many at once, and then one in each share of a minute.
struct Limit {
    /// The share of a minute; nothing where there is no limit.
    share: Option<Duration>,
    hasher: RandomState,
    /// When each key has waited off everything it did, by the key's hash. What lies in the past says nothing.
    clear_at: Mutex<HashMap<u64, Instant>>,
}

impl Limit {
    fn new(per_minute: u32) -> Self {
        Self {
            share: MINUTE.checked_div(per_minute),
            hasher: RandomState::new(),
            clear_at: Mutex::default(),
        }
    }

    /// Whether one more would be too many. No key is never too many.
    fn check(&self, key: Option<impl Hash>, now: Instant) -> Result<(), Wait> {
        let (Some(share), Some(key)) = (self.share, key) else {
            return Ok(());
        };
        let clear_at = self.lock().get(&self.hasher.hash_one(key)).copied();
        let busy = clear_at.map_or(Duration::ZERO, |at| at.saturating_duration_since(now));
        match (busy + share).checked_sub(MINUTE) {
            None | Some(Duration::ZERO) => Ok(()),
            Some(wait) => Err(Wait(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))),
        }
    }

    fn count(&self, key: Option<impl Hash>, now: Instant) {
        let (Some(share), Some(key)) = (self.share, key) else {
            return;
        };
        let key = self.hasher.hash_one(key);
        let mut clear_at = self.lock();
        if clear_at.len() >= MOST_KEYS && !clear_at.contains_key(&key) {
            clear_at.retain(|_, at| *at > now);
            if clear_at.len() >= MOST_KEYS {
                return;
            }
        }
        let at = clear_at.entry(key).or_insert(now);
        // No further ahead than what has to be waited for anyway.
        *at = ((*at).max(now) + share).min(now + MINUTE);
    }

    fn forget(&self, key: Option<impl Hash>) {
        if let Some(key) = key {
            self.lock().remove(&self.hasher.hash_one(key));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Instant>> {
        // Every write is whole.
        self.clear_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who is behind an address.
fn network(address: Option<IpAddr>) -> Option<IpAddr> {
    address.map(|address| match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let host = u128::MAX >> IPV6_NETWORK;
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !host))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(limit: &Limit, key: &str, now: Instant) -> Result<(), Wait> {
        let answer = limit.check(Some(key), now);
        if answer.is_ok() {
            limit.count(Some(key), now);
        }
        answer
    }

    #[test]
    fn so_many_at_once_and_then_one_in_each_share_of_a_minute() {
        let (limit, start) = (Limit::new(10), Instant::now());
        for _ in 0..10 {
            assert_eq!(tried(&limit, "a", start), Ok(()));
        }
        assert_eq!(tried(&limit, "a", start), Err(Wait(6)));
        assert_eq!(tried(&limit, "b", start), Ok(()), "another key");
        let second = Duration::from_secs(1);
        assert_eq!(tried(&limit, "a", start + 5 * second), Err(Wait(1)));
        assert_eq!(tried(&limit, "a", start + 6 * second), Ok(()));
        assert_eq!(tried(&limit, "a", start + 6 * second), Err(Wait(6)));
        for _ in 0..10 {
            assert_eq!(tried(&limit, "a", start + 120 * second), Ok(()));
        }
        assert_eq!(tried(&limit, "a", start + 120 * second), Err(Wait(6)));
    }

    #[test]
    fn who_goes_on_all_the_same_need_not_wait_longer() {
        let (limit, start) = (Limit::new(10), Instant::now());
        for _ in 0..1_000 {
            limit.count(Some("a"), start);
        }
        assert_eq!(limit.check(Some("a"), start), Err(Wait(6)));
    }

    #[test]
    fn no_limit_and_no_key_are_never_too_many() {
        let now = Instant::now();
        let (off, one) = (Limit::new(0), Limit::new(1));
        for _ in 0..100 {
            off.count(Some("a"), now);
            one.count(None::<&str>, now);
        }
        assert_eq!(off.check(Some("a"), now), Ok(()));
        assert_eq!(one.check(None::<&str>, now), Ok(()));
        assert!(off.lock().is_empty() && one.lock().is_empty());
    }

    #[test]
    fn memory_is_bounded_and_what_is_over_makes_room() {
        let (limit, now) = (Limit::new(1), Instant::now());
        for key in 0..MOST_KEYS + 100 {
            limit.count(Some(key), now);
        }
        assert_eq!(limit.lock().len(), MOST_KEYS);
        assert!(limit.check(Some(0_usize), now).is_err(), "what was counted stays");
        assert!(limit.check(Some(MOST_KEYS + 1), now).is_ok());
        let later = now + 2 * MINUTE;
        limit.count(Some(MOST_KEYS + 1), later);
        assert_eq!(limit.lock().len(), 1);
        assert!(limit.check(Some(MOST_KEYS + 1), later).is_err());
    }

    #[test]
    fn a_success_makes_an_address_good_again() {
        let attempts = Attempts::new(&Limits::default());
        let address = Some("192.0.2.1".parse().unwrap());
        for _ in 0..10 {
            assert_eq!(attempts.check_address(address), Ok(()));
            assert_eq!(attempts.failed(address, None), Ok(()));
        }
        assert!(attempts.check_address(address).is_err());
        attempts.succeeded(address);
        assert_eq!(attempts.check_address(address), Ok(()));
    }

    #[test]
    fn addresses_of_one_household_are_one() {
        for (one, other, is_same) in [
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
        ] {
            let [one, other] = [one, other].map(|address| network(Some(address.parse().unwrap())));
            assert_eq!(one == other, is_same, "{one:?} {other:?}");
        }
    }
}

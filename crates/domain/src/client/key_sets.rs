//! Key sets that clients publish at an address: asked for when they are needed, kept for a while, and never asked for so
//! often that somebody else's server could be bothered through us. What an address may be is decided by whoever fetches.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use wicketgate_auth::{Fetch, jwt::JwkSet};

/// How many addresses are remembered.
const MAX_ADDRESSES: usize = 1_000;
/// For how long a set is taken as it is.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// For how long a set is good enough while its address does not answer.
const GOOD_ENOUGH: SignedDuration = SignedDuration::from_hours(24);
/// How often an address is asked at most.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// What is known of the key sets of one installation.
pub(crate) struct KeySets {
    fetch: Arc<dyn Fetch>,
    addresses: Mutex<HashMap<String, Arc<Address>>>,
}

impl fmt::Debug for KeySets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeySets")
    }
}

/// One address. Whoever needs its set while it is asked waits for the same answer.
#[derive(Default)]
struct Address {
    set: tokio::sync::Mutex<Kept>,
    used: Mutex<Timestamp>,
}

#[derive(Default)]
struct Kept {
    set: Option<(Arc<JwkSet>, Timestamp)>,
    asked: Option<Timestamp>,
}

impl Kept {
    /// The set, if it has the key and is young enough.
    fn younger_than(&self, life: SignedDuration, kid: Option<&str>, now: Timestamp) -> Option<Arc<JwkSet>> {
        let (set, fetched) = self.set.as_ref()?;
        let is_there = kid.is_none_or(|kid| set.contains(kid));
        (is_there && now.duration_since(*fetched) < life).then(|| Arc::clone(set))
    }

    fn may_ask(&self, now: Timestamp) -> bool {
        self.asked.is_none_or(|asked| now.duration_since(asked) >= PAUSE)
    }
}

impl KeySets {
    pub(crate) fn new(fetch: Arc<dyn Fetch>) -> Self {
        Self {
            fetch,
            addresses: Mutex::default(),
        }
    }

    /// How others are asked.
    pub(crate) fn fetch(&self) -> &Arc<dyn Fetch> {
        &self.fetch
    }

    /// The set at an address, if it can be had and has the key that a token was signed with.
    pub(crate) async fn get(&self, url: &str, kid: Option<&str>, now: Timestamp) -> Option<Arc<JwkSet>> {
        let address = self.address(url, now);
        let mut kept = address.set.lock().await;
        if let Some(set) = kept.younger_than(FRESH, kid, now) {
            return Some(set);
        }
        if kept.may_ask(now) {
            kept.asked = Some(now);
            match self.ask(url).await {
                Ok(set) => kept.set = Some((Arc::new(set), now)),
                Err(reason) => tracing::warn!(url, reason, "a client's keys cannot be fetched"),
            }
        }
        kept.younger_than(GOOD_ENOUGH, kid, now)
    }

    /// What is remembered of an address. Where there are too many, the one that was not needed for the longest time goes.
    fn address(&self, url: &str, now: Timestamp) -> Arc<Address> {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if !addresses.contains_key(url) && addresses.len() >= MAX_ADDRESSES {
            let oldest = addresses
                .iter()
                .min_by_key(|(_, address)| *address.used.lock().unwrap_or_else(PoisonError::into_inner))
                .map(|(url, _)| url.clone());
            if let Some(oldest) = oldest {
                addresses.remove(&oldest);
            }
        }
        let address = Arc::clone(addresses.entry(url.to_owned()).or_default());
        *address.used.lock().unwrap_or_else(PoisonError::into_inner) = now;
        address
    }

    async fn ask(&self, url: &str) -> Result<JwkSet, String> {
        let request = http::Request::get(url)
            .header("accept", "application/jwk-set+json, application/json")
            .body(Vec::new())
            .map_err(|error| error.to_string())?;
        let response = self
            .fetch
            .fetch(request)
            .await
            .map_err(|error| error.to_string())?;
        if response.status() != http::StatusCode::OK {
            return Err(format!("the answer is {}", response.status()));
        }
        JwkSet::parse(response.body()).map_err(|error| error.to_string())
    }
}

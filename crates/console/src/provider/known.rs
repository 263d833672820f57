//! What providers say of themselves: read once and kept for a few minutes, so that a sign-in does not wait for it. It is
//! the same for every organization, and holds nothing of any of them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::CoreProviderMetadata;

/// For how long a provider's configuration and keys are taken as they are.
const LIFE: SignedDuration = SignedDuration::from_mins(10);
/// How many providers are remembered. Past it the one that was read the longest ago goes.
const MOST: usize = 64;

/// The configurations, by issuer.
#[derive(Default)]
pub(crate) struct Known(Mutex<HashMap<String, Kept>>);

struct Kept {
    metadata: Arc<CoreProviderMetadata>,
    read: Timestamp,
}

impl Known {
    /// The configuration of an issuer, with its keys, if it was read lately.
    pub(super) fn get(&self, issuer: &str, now: Timestamp) -> Option<Arc<CoreProviderMetadata>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(issuer)
            .filter(|kept| now.duration_since(kept.read).abs() < LIFE)
            .map(|kept| Arc::clone(&kept.metadata))
    }

    /// Remembers what was just read.
    pub(super) fn keep(&self, issuer: &str, metadata: &Arc<CoreProviderMetadata>, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains_key(issuer) && known.len() >= MOST {
            let oldest = known
                .iter()
                .min_by_key(|(_, kept)| kept.read)
                .map(|(issuer, _)| issuer.clone());
            if let Some(oldest) = oldest {
                known.remove(&oldest);
            }
        }
        known.insert(
            issuer.to_owned(),
            Kept {
                metadata: Arc::clone(metadata),
                read: now,
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn metadata(issuer: &str) -> Arc<CoreProviderMetadata> {
        let document = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
        });
        Arc::new(serde_json::from_value(document).unwrap())
    }

    #[test]
    fn a_configuration_is_kept_for_ten_minutes() {
        let (known, read): (_, Timestamp) = (Known::default(), "2026-06-01T09:00:00Z".parse().unwrap());
        let issuer = "https://idp.example.com";
        known.keep(issuer, &metadata(issuer), read);
        let after = |seconds| read + SignedDuration::from_secs(seconds);
        assert!(known.get(issuer, after(599)).is_some());
        assert!(known.get(issuer, after(600)).is_none());
        assert!(known.get("https://idp.example.com/", read).is_none());
        // A clock that was put right keeps nothing for longer.
        assert!(known.get(issuer, after(-600)).is_none());
    }

    #[test]
    fn the_oldest_makes_room() {
        let (known, read): (_, Timestamp) = (Known::default(), "2026-06-01T09:00:00Z".parse().unwrap());
        let issuer = |number: usize| format!("https://idp-{number}.example.com");
        let at = |number: usize| read + SignedDuration::from_millis(i64::try_from(number).unwrap());
        for number in 0..=MOST {
            known.keep(&issuer(number), &metadata(&issuer(number)), at(number));
        }
        assert!(known.get(&issuer(0), at(MOST)).is_none());
        for number in 1..=MOST {
            assert!(known.get(&issuer(number), at(MOST)).is_some(), "{number}");
        }
        // One that is read again takes no other one's place.
        known.keep(&issuer(1), &metadata(&issuer(1)), at(MOST));
        assert!(known.get(&issuer(2), at(MOST)).is_some());
    }
}

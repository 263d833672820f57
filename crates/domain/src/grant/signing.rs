//! The keys that JWT access tokens are signed with: made when the first is needed, and exchanged from time to time, the
//! next one published well before it signs and the last one kept until nothing that it signed is accepted any more.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use wicketgate_auth::jwt::SigningKey;

use super::exchange::ACCESS_TOKEN_LIFE;
use crate::{
    Error,
    db::{self, Conn, signing_keys::StoredKey},
    org::Shared,
};

/// For how long a key signs.
const SIGNS: SignedDuration = SignedDuration::from_hours(90 * 24);
/// For how long a key is published before it signs, so that whoever keeps a copy of the set has it by then.
const PUBLISHED: SignedDuration = SignedDuration::from_hours(24);
/// For how long a key is published after the last token that it signed has expired.
const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// What the private parts are encrypted for.
const PURPOSE: &str = "signing key of access tokens";

/// The key that signs now.
pub(super) fn key(tx: &mut Conn, shared: &Shared, now: Timestamp) -> Result<SigningKey, Error> {
    let mut keys = db::signing_keys::list(tx)?;
    if due(&keys, now).is_some() {
        db::signing_keys::lock(tx)?;
        // Another process may have been faster.
        keys = db::signing_keys::list(tx)?;
        if let Some(signs_from) = due(&keys, now) {
            make(tx, shared, &keys, signs_from, now)?;
            keys = db::signing_keys::list(tx)?;
        }
    }
    let signing = signing(&keys, now).ok_or_else(|| Error::internal("there is no signing key"))?;
    match read(shared, signing) {
        Ok(key) => Ok(key),
        Err(error) => {
            tracing::error!(key = signing.id, %error, "a signing key cannot be read: another one takes its place");
            make(tx, shared, &keys, now, now)
        }
    }
}

/// The published set.
pub(super) fn published(keys: &[StoredKey], now: Timestamp) -> Value {
    let keys: Vec<&Value> = keys
        .iter()
        .filter(|key| key.retires.is_none_or(|at| at > now))
        .map(|key| &key.public_jwk)
        .collect();
    json!({ "keys": keys })
}

/// The key that signs at a moment: of those whose time has come, the last. `keys` are in the order of the database, the
/// last first. Clocks that differ a little must not leave an installation without one.
fn signing(keys: &[StoredKey], now: Timestamp) -> Option<&StoredKey> {
    keys.iter().find(|key| key.signs_from <= now).or(keys.last())
}

/// From when on another key has to sign, where it is time to make one.
fn due(keys: &[StoredKey], now: Timestamp) -> Option<Timestamp> {
    let Some(signing) = signing(keys, now) else {
        return Some(now);
    };
    let has_next = keys.iter().any(|key| key.signs_from > now);
    let ends = signing.signs_from + SIGNS;
    (!has_next && now >= ends - PUBLISHED).then(|| ends.max(now + PUBLISHED))
}

fn make(
    tx: &mut Conn,
    shared: &Shared,
    keys: &[StoredKey],
    signs_from: Timestamp,
    now: Timestamp,
) -> Result<SigningKey, Error> {
    db::signing_keys::forget_retired(tx, now)?;
    for former in keys.iter().filter(|key| key.retires.is_none()) {
        db::signing_keys::retire(tx, &former.id, signs_from + ACCESS_TOKEN_LIFE + KEPT)?;
    }
    let (key, pepper_id, sealed) = shared.sources.draw(|entropy| {
        let key = SigningKey::generate(entropy);
        let (pepper_id, sealed) = shared
            .peppers
            .encrypt(PURPOSE, key.to_bytes().as_slice(), entropy);
        (key, pepper_id, sealed)
    });
    let stored = StoredKey {
        id: key.kid().to_owned(),
        pepper_id,
        sealed,
        public_jwk: key.public_jwk(),
        created: now,
        signs_from,
        retires: None,
    };
    db::signing_keys::insert(tx, &stored)?;
    tracing::info!(key = stored.id, %signs_from, "made a signing key");
    Ok(key)
}

fn read(shared: &Shared, stored: &StoredKey) -> Result<SigningKey, Error> {
    let private = shared
        .peppers
        .decrypt(PURPOSE, stored.pepper_id, &stored.sealed)
        .map_err(Error::internal)?;
    SigningKey::from_bytes(&private).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: SignedDuration = SignedDuration::from_hours(1);
    const DAY: SignedDuration = SignedDuration::from_hours(24);

    fn at(days: i64, hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + DAY * i32::try_from(days).unwrap() + HOUR * i32::try_from(hours).unwrap()
    }

    fn key(id: &str, signs_from: Timestamp, retires: Option<Timestamp>) -> StoredKey {
        StoredKey {
            id: id.to_owned(),
            pepper_id: 1,
            sealed: Vec::new(),
            public_jwk: json!({ "kid": id }),
            created: signs_from,
            signs_from,
            retires,
        }
    }

    fn id(key: Option<&StoredKey>) -> Option<&str> {
        key.map(|key| key.id.as_str())
    }

    #[test]
    fn the_first_key_signs_at_once() {
        assert_eq!(due(&[], at(0, 0)), Some(at(0, 0)));
    }

    #[test]
    fn the_next_key_is_made_a_day_before_it_signs_and_not_twice() {
        let first = key("a", at(0, 0), None);
        assert_eq!(due(std::slice::from_ref(&first), at(88, 23)), None);
        assert_eq!(due(std::slice::from_ref(&first), at(89, 0)), Some(at(90, 0)));
        // Nothing was signed for a while: the old key goes on for the day that the next one has to be published.
        assert_eq!(due(std::slice::from_ref(&first), at(200, 0)), Some(at(201, 0)));
        let keys = [key("b", at(90, 0), None), first];
        assert_eq!(due(&keys, at(89, 1)), None);
        assert_eq!(id(signing(&keys, at(89, 23))), Some("a"));
        assert_eq!(id(signing(&keys, at(90, 0))), Some("b"));
        assert_eq!(due(&keys, at(90, 0)), None);
    }

    #[test]
    fn a_clock_that_is_behind_signs_with_the_first_key_all_the_same() {
        let keys = [key("a", at(1, 0), None)];
        assert_eq!(id(signing(&keys, at(0, 23))), Some("a"));
        assert_eq!(due(&keys, at(0, 23)), None);
    }

    #[test]
    fn a_key_is_published_before_it_signs_and_until_it_retires() {
        let keys = [key("b", at(90, 0), None), key("a", at(0, 0), Some(at(90, 2)))];
        let kids = |now| {
            let set = published(&keys, now);
            let keys = set["keys"].as_array().unwrap().iter();
            keys.map(|key| key["kid"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(kids(at(89, 0)), ["b", "a"]);
        assert_eq!(kids(at(90, 1)), ["b", "a"]);
        assert_eq!(kids(at(90, 2)), ["b"]);
    }
}

//! How entries are chained: each holds the hash of the one before it, and its own hash is of everything it says.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use wicketgate_auth::OrgId;

/// The hash of an entry.
pub(crate) type Hash = [u8; 32];

/// What the first entry of an organization holds as the hash of the one before it.
pub(crate) const GENESIS: Hash = [0; 32];

/// An entry as it is stored. The texts of `actor` and `payload` are what was hashed, byte by byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) number: i64,
    pub(crate) event_seq: i64,
    pub(crate) kind: String,
    pub(crate) resource: Option<Uuid>,
    pub(crate) actor_key: String,
    pub(crate) actor: String,
    pub(crate) request_id: String,
    pub(crate) payload: String,
    pub(crate) occurred_at: i64,
    pub(crate) previous_hash: Vec<u8>,
    pub(crate) hash: Vec<u8>,
}

impl Stored {
    /// The hash of what the entry says, in this organization. Each part comes with its length, so that no two entries
    /// that differ are hashed as the same bytes.
    pub(crate) fn computed(&self, org: OrgId) -> Hash {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        part(b"wicketgate audit entry 1");
        part(org.as_uuid().as_bytes());
        part(&self.number.to_be_bytes());
        part(&self.event_seq.to_be_bytes());
        part(self.kind.as_bytes());
        part(self.resource.as_ref().map_or(&[], |id| id.as_bytes().as_slice()));
        part(self.actor_key.as_bytes());
        part(self.actor.as_bytes());
        part(self.request_id.as_bytes());
        part(self.payload.as_bytes());
        part(&self.occurred_at.to_be_bytes());
        part(&self.previous_hash);
        hash.finalize().into()
    }
}

/// A hash as people read it.
pub(crate) fn hex(hash: &[u8]) -> String {
    use std::fmt::Write as _;

    hash.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Stored {
        Stored {
            number: 7,
            event_seq: 9,
            kind: "org.updated".to_owned(),
            resource: None,
            actor_key: "operator".to_owned(),
            actor: r#"{"type":"operator"}"#.to_owned(),
            request_id: "r".to_owned(),
            payload: "{}".to_owned(),
            occurred_at: 1,
            previous_hash: GENESIS.to_vec(),
            hash: Vec::new(),
        }
    }

    #[test]
    fn each_part_counts() {
        let org = OrgId::from_uuid(Uuid::nil());
        let changes: [fn(&mut Stored); 10] = [
            |entry| entry.number += 1,
            |entry| entry.event_seq += 1,
            |entry| entry.kind.push('x'),
            |entry| entry.resource = Some(Uuid::nil()),
            |entry| entry.actor_key.push('x'),
            |entry| entry.actor.push(' '),
            |entry| entry.request_id.push('x'),
            |entry| entry.payload.push(' '),
            |entry| entry.occurred_at += 1,
            |entry| entry.previous_hash = vec![1; 32],
        ];
        let mut hashes = vec![
            entry().computed(org),
            entry().computed(OrgId::from_uuid(Uuid::max())),
        ];
        for change in changes {
            let mut other = entry();
            change(&mut other);
            hashes.push(other.computed(org));
        }
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), 12);
    }

    #[test]
    fn what_moves_from_one_part_to_the_next_is_told_apart() {
        let org = OrgId::from_uuid(Uuid::nil());
        let (mut one, mut other) = (entry(), entry());
        (one.request_id, one.payload) = ("ab".to_owned(), "c".to_owned());
        (other.request_id, other.payload) = ("a".to_owned(), "bc".to_owned());
        assert_ne!(one.computed(org), other.computed(org));
    }

    #[test]
    fn a_hash_is_shown_in_lower_case_digits() {
        assert_eq!(hex(&[0, 1, 0xab, 0xff]), "0001abff");
    }

    #[test]
    fn the_form_of_what_is_hashed_stays_what_it_is() {
        let org = OrgId::from_uuid(Uuid::nil());
        assert_eq!(
            hex(&entry().computed(org)),
            "b0ab53d4c7582f858d4fe675973ade2d6fcf45132b1283d30194aa06121835b1"
        );
    }
}

//! Secrets that have to be read again: signing keys, shared secrets of one-time codes. Encrypted and authenticated
//! under a key derived from a pepper, so that a copy of the database opens none of them. What need not be read again
//! is stored as a digest instead.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::{Entropy, Pepper, Peppers};

/// Bytes of the nonce that stands before the ciphertext. Long enough to be drawn at random for each message.
const NONCE_LEN: usize = 24;

/// The use of the derived key, beside 0 of seals.
const ENCRYPTION: u8 = 1;

impl Peppers {
    /// Encrypts a message for one purpose under the current pepper and says which one that is.
    ///
    /// The result is the nonce and the ciphertext with its tag: 40 bytes longer than the message. It is read back only
    /// for the same purpose and under the same pepper: neither a row of another kind nor another pepper id in the row
    /// makes it readable.
    pub fn encrypt(
        &self,
        purpose: &str,
        message: &[u8],
        entropy: &mut (impl Entropy + ?Sized),
    ) -> (i32, Vec<u8>) {
        let pepper = self.current();
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce);
        let payload = Payload {
            msg: message,
            aad: &associated_data(pepper.id(), purpose),
        };
        let ciphertext = cipher(pepper, purpose)
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a message in memory is shorter than 256 GiB");
        (pepper.id(), [nonce.as_slice(), &ciphertext].concat())
    }

    /// Reads what [`Peppers::encrypt`] made for this purpose, under the pepper of that number, current or older. The
    /// result is wiped on drop.
    pub fn decrypt(
        &self,
        purpose: &str,
        pepper_id: i32,
        encrypted: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Undecipherable> {
        let pepper = self
            .get(pepper_id)
            .ok_or(Undecipherable::PepperMissing(pepper_id))?;
        let (nonce, ciphertext) = encrypted
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(Undecipherable::Damaged)?;
        let payload = Payload {
            msg: ciphertext,
            aad: &associated_data(pepper_id, purpose),
        };
        cipher(pepper, purpose)
            .decrypt(&XNonce::from(*nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| Undecipherable::Damaged)
    }
}

fn cipher(pepper: &Pepper, purpose: &str) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*pepper.derive(ENCRYPTION, purpose)))
}

fn associated_data(pepper_id: i32, purpose: &str) -> Vec<u8> {
    [&pepper_id.to_be_bytes(), purpose.as_bytes()].concat()
}

/// Why an encrypted secret cannot be read. The message never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Undecipherable {
    /// It was encrypted under a pepper that this installation was not started with.
    #[error("the pepper with number {0} is missing: put it back among the older peppers")]
    PepperMissing(i32),
    /// It was changed, cut, made for another purpose, or under another pepper of the same number.
    #[error(
        "a stored secret cannot be decrypted: it was damaged, or the pepper is not the one it was made with"
    )]
    Damaged,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entropy::Seeded;

    fn peppers(seed: u64) -> Peppers {
        Peppers::new(Pepper::generate(1, &mut Seeded(seed)), Vec::new()).unwrap()
    }

    #[test]
    fn what_was_encrypted_is_read_back_for_the_same_purpose_only() {
        let peppers = peppers(1);
        let (id, encrypted) = peppers.encrypt("signing key", b"secret", &mut Seeded(2));
        assert_eq!(id, 1);
        assert_eq!(
            peppers.decrypt("signing key", id, &encrypted).unwrap().as_slice(),
            b"secret"
        );
        for purpose in ["", "signing ke", "signing key2", "totp"] {
            assert_eq!(
                peppers.decrypt(purpose, id, &encrypted),
                Err(Undecipherable::Damaged),
                "{purpose:?}"
            );
        }
    }

    #[test]
    fn the_same_message_is_encrypted_differently_each_time_and_does_not_show() {
        let (peppers, entropy) = (peppers(3), &mut Seeded(4));
        let [(_, one), (_, two)] =
            [(), ()].map(|()| peppers.encrypt("p", b"a message in the clear", entropy));
        assert_ne!(one, two);
        assert_eq!(one.len(), b"a message in the clear".len() + 40);
        for encrypted in [one, two] {
            assert!(!encrypted.windows(7).any(|seven| seven == b"message"));
        }
    }

    #[test]
    fn an_older_pepper_still_reads_and_a_missing_or_another_one_is_named() {
        let entropy = &mut Seeded(5);
        let old = Pepper::generate(1, entropy);
        let line = old.to_file_text();
        let (id, encrypted) = Peppers::new(old, Vec::new())
            .unwrap()
            .encrypt("p", b"secret", entropy);
        let new = || Pepper::generate(2, &mut Seeded(6));
        let later = Peppers::new(new(), vec![Pepper::parse(line.reveal()).unwrap()]).unwrap();
        assert_eq!(later.decrypt("p", id, &encrypted).unwrap().as_slice(), b"secret");
        assert_eq!(later.decrypt("p", 2, &encrypted), Err(Undecipherable::Damaged));
        let without = Peppers::new(new(), Vec::new()).unwrap();
        assert_eq!(
            without.decrypt("p", id, &encrypted),
            Err(Undecipherable::PepperMissing(1))
        );
        assert_eq!(
            peppers(7).decrypt("p", id, &encrypted),
            Err(Undecipherable::Damaged)
        );
    }

    #[test]
    fn the_number_of_the_pepper_is_bound_even_if_the_key_is_the_same() {
        let key = Pepper::generate(1, &mut Seeded(8));
        let digits = key.to_file_text().reveal().trim().replace("1:", "");
        let [one, two] =
            ["1", "2"].map(|id| Peppers::parse(&format!("{id}:{digits}")).expect("a pepper is one line"));
        let (_, encrypted) = one.encrypt("p", b"secret", &mut Seeded(9));
        assert_eq!(one.decrypt("p", 1, &encrypted).unwrap().as_slice(), b"secret");
        assert_eq!(two.decrypt("p", 2, &encrypted), Err(Undecipherable::Damaged));
    }

    #[test]
    fn a_change_of_any_bit_and_any_cut_is_noticed() {
        let peppers = peppers(10);
        let (id, encrypted) = peppers.encrypt("p", b"secret", &mut Seeded(11));
        for place in 0..encrypted.len() {
            for bit in 0..8 {
                let mut changed = encrypted.clone();
                changed[place] ^= 1 << bit;
                assert_eq!(
                    peppers.decrypt("p", id, &changed),
                    Err(Undecipherable::Damaged),
                    "byte {place} bit {bit}"
                );
            }
            assert_eq!(
                peppers.decrypt("p", id, &encrypted[..place]),
                Err(Undecipherable::Damaged),
                "cut to {place}"
            );
        }
    }

    proptest! {
        #[test]
        fn every_message_is_read_back(message: Vec<u8>, purpose: String, seed: u64) {
            let peppers = peppers(12);
            let (id, encrypted) = peppers.encrypt(&purpose, &message, &mut Seeded(seed));
            let read = peppers.decrypt(&purpose, id, &encrypted).unwrap();
            prop_assert_eq!(read.as_slice(), message.as_slice());
        }
    }
}

//! Peppers: the keys of the digests, kept outside the database so that a copy of it opens nothing and a row planted
//! in it is worth nothing. Reading them from a file or the environment is the command line's work.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{Digest, Entropy, Plaintext, Token};

/// Bytes in a key.
const KEY_LEN: usize = 32;

/// One key with the number that rows refer to it by. Wiped on drop, never printed.
pub struct Pepper {
    id: i32,
    key: Zeroizing<[u8; KEY_LEN]>,
}

impl Pepper {
    /// The number of a pepper that was written without one.
    const DEFAULT_ID: i32 = 1;

    /// Draws a new key.
    pub fn generate(id: i32, entropy: &mut (impl Entropy + ?Sized)) -> Self {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        entropy.fill(key.as_mut_slice());
        Self { id, key }
    }

    /// Reads `ID:KEY`, or `KEY` alone for number 1. The key is 64 hexadecimal digits; space around is ignored.
    pub fn parse(text: &str) -> Result<Self, InvalidPepper> {
        let text = text.trim_ascii();
        let (id, digits) = match text.split_once(':') {
            Some((id, digits)) => (
                id.parse().ok().filter(|id| *id > 0).ok_or(InvalidPepper::Id)?,
                digits,
            ),
            None => (Self::DEFAULT_ID, text),
        };
        Ok(Self {
            id,
            key: parse_key(digits).ok_or(InvalidPepper::Key)?,
        })
    }

    /// The line that [`Pepper::parse`] and [`Peppers::parse`] read back.
    pub fn to_file_text(&self) -> Plaintext {
        // 11 characters hold any number. The final size at once, so that growing leaves no copies in freed memory.
        let mut text = String::with_capacity(11 + 1 + 2 * KEY_LEN + 1);
        text.push_str(&self.id.to_string());
        text.push(':');
        for byte in self.key.iter() {
            text.extend(
                [byte >> 4, byte & 0xf]
                    .into_iter()
                    .filter_map(|half| char::from_digit(half.into(), 16)),
            );
        }
        text.push('\n');
        Plaintext::new(text)
    }

    /// The number that a row keeps beside its digest.
    pub const fn id(&self) -> i32 {
        self.id
    }

    /// The digest of the whole token: kind, id and secret. None of them can be exchanged under a stored digest.
    pub fn digest(&self, token: &Token) -> Digest {
        #[cfg(test)]
        DIGESTS.set(DIGESTS.get() + 1);
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.key.as_slice()).expect("HMAC takes a key of any length");
        mac.update(token.reveal().as_bytes());
        Digest::new(mac.finalize().into_bytes().into())
    }

    /// The digest of an access token in the form of a JSON Web Token, as a whole. A token of the other form holds no
    /// dot and a JSON Web Token holds two, so the digest of one is never that of the other.
    pub fn digest_jwt(&self, jwt: &str) -> Digest {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.key.as_slice()).expect("HMAC takes a key of any length");
        mac.update(jwt.as_bytes());
        Digest::new(mac.finalize().into_bytes().into())
    }
}

#[cfg(test)]
thread_local! {
    /// How many digests of tokens this thread has computed, for tests of what a refusal costs.
    pub(crate) static DIGESTS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

impl Pepper {
    /// A seal on a message under a key of its own for each purpose: what was sealed for one is worth nothing for
    /// another, and no digest of a token is a seal.
    fn seal(&self, purpose: &str, message: &[u8]) -> Hmac<Sha256> {
        let key = self.derive(0, purpose);
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("HMAC takes a key of any length");
        mac.update(message);
        mac
    }

    /// A key of its own for each use and purpose. No token begins with the byte of a use (0 to seal, 1 to encrypt),
    /// so that no digest is a key.
    pub(crate) fn derive(&self, usage: u8, purpose: &str) -> Zeroizing<[u8; KEY_LEN]> {
        let mut derived =
            Hmac::<Sha256>::new_from_slice(self.key.as_slice()).expect("HMAC takes a key of any length");
        derived.update(&[usage]);
        derived.update(purpose.as_bytes());
        Zeroizing::new(derived.finalize().into_bytes().into())
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pepper")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

fn parse_key(digits: &str) -> Option<Zeroizing<[u8; KEY_LEN]>> {
    if digits.len() != 2 * KEY_LEN {
        return None;
    }
    let mut key = Zeroizing::new([0; KEY_LEN]);
    let mut characters = digits.chars();
    for byte in key.iter_mut() {
        let (high, low) = (characters.next()?.to_digit(16)?, characters.next()?.to_digit(16)?);
        *byte = u8::try_from(high << 4 | low).ok()?;
    }
    Some(key)
}

/// The pepper that new digests are made with, and the older ones that stored digests still refer to.
#[derive(Debug)]
pub struct Peppers {
    current: Pepper,
    older: Vec<Pepper>,
}

impl Peppers {
    /// Puts them together; two peppers of one number are refused, because rows could not tell them apart.
    pub fn new(current: Pepper, older: Vec<Pepper>) -> Result<Self, InvalidPepper> {
        let mut ids = vec![current.id];
        for Pepper { id, .. } in &older {
            if ids.contains(id) {
                return Err(InvalidPepper::Repeated(*id));
            }
            ids.push(*id);
        }
        Ok(Self { current, older })
    }

    /// Reads a file of one pepper a line, the current one first. Empty lines are ignored.
    pub fn parse(text: &str) -> Result<Self, InvalidPepper> {
        let mut lines = text.lines().filter(|line| !line.trim_ascii().is_empty());
        let current = Pepper::parse(lines.next().ok_or(InvalidPepper::Missing)?)?;
        Self::new(current, lines.map(Pepper::parse).collect::<Result<_, _>>()?)
    }

    /// The pepper for new digests.
    pub const fn current(&self) -> &Pepper {
        &self.current
    }

    /// Seals a message for one purpose, so that it can be given away and known again.
    pub fn seal(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        self.current.seal(purpose, message).finalize().into_bytes().into()
    }

    /// Whether the current pepper or an older one sealed this message for this purpose. The time it takes does not
    /// depend on the seal.
    pub fn is_sealed(&self, purpose: &str, message: &[u8], seal: &[u8]) -> bool {
        std::iter::once(&self.current)
            .chain(&self.older)
            .any(|pepper| pepper.seal(purpose, message).verify_slice(seal).is_ok())
    }

    /// Whether a token has this digest under the pepper of this number. Where nothing is stored, or the pepper is
    /// missing, the same work is done.
    pub fn is_digest(&self, token: &Token, stored: Option<(i32, &Digest)>) -> bool {
        const DUMMY: Digest = Digest::new([0; Digest::LEN]);
        let pepper = stored.and_then(|(id, _)| self.get(id));
        let expected = stored.map_or(&DUMMY, |(_, digest)| digest);
        let matches = pepper.unwrap_or(&self.current).digest(token) == *expected;
        matches && stored.is_some() && pepper.is_some()
    }

    /// The pepper of that number, current or older.
    pub fn get(&self, id: i32) -> Option<&Pepper> {
        std::iter::once(&self.current)
            .chain(&self.older)
            .find(|pepper| pepper.id == id)
    }
}

/// The text holds no usable pepper. The message never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPepper {
    /// There is no line at all.
    #[error("no pepper: expected a line ID:KEY, the key as 64 hexadecimal digits")]
    Missing,
    /// What stands before the colon is not a number.
    #[error("the number before the colon of a pepper must be between 1 and 2147483647")]
    Id,
    /// The key has another length or other characters.
    #[error("the key of a pepper must be 64 hexadecimal digits")]
    Key,
    /// Two peppers have this number.
    #[error("two peppers have the number {0}: give each its own, and keep those that stored tokens refer to")]
    Repeated(i32),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::TokenKind;
    use crate::entropy::Seeded;

    const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const TOKEN: &str = "wicket_pat_0123456789ABCDEF0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg4GKLZr";

    #[test]
    fn a_digest_is_hmac_sha_256_of_the_whole_token() {
        // Computed by another implementation; a change here makes every stored digest worthless.
        let digest = Pepper::parse(KEY).unwrap().digest(&Token::parse(TOKEN).unwrap());
        let expected = "86095359cac8cbdc1841c7a0e2508aa4b5cee7c0b2004f7e8cb1afd5ecec9ba2";
        assert_eq!(*digest.as_bytes(), *parse_key(expected).unwrap());
    }

    #[test]
    fn another_pepper_or_another_token_gives_another_digest() {
        let entropy = &mut Seeded(3);
        let [one, two] = [1, 2].map(|id| Pepper::generate(id, entropy));
        let [mine, yours] = [(), ()].map(|()| Token::generate(TokenKind::PersonalAccessToken, entropy));
        assert_eq!(one.digest(&mine), one.digest(&mine));
        assert_ne!(one.digest(&mine), two.digest(&mine));
        assert_ne!(one.digest(&mine), one.digest(&yours));
    }

    #[test]
    fn a_digest_is_the_tokens_own_only_under_the_pepper_it_was_made_with() {
        let entropy = &mut Seeded(3);
        let [one, two] = [1, 2].map(|id| Pepper::generate(id, entropy));
        let [mine, yours] = [(), ()].map(|()| Token::generate(TokenKind::Session, entropy));
        let digest = one.digest(&mine);
        let peppers = Peppers::new(two, vec![one]).unwrap();
        assert!(peppers.is_digest(&mine, Some((1, &digest))));
        assert!(!peppers.is_digest(&yours, Some((1, &digest))));
        for id in [2, 3] {
            assert!(!peppers.is_digest(&mine, Some((id, &digest))), "pepper {id}");
        }
        assert!(!peppers.is_digest(&mine, None));
    }

    #[test]
    fn the_digest_of_a_json_web_token_depends_on_each_part_of_it() {
        let pepper = Pepper::parse(KEY).unwrap();
        let digest = pepper.digest_jwt("aa.bb.cc");
        assert_eq!(digest, pepper.digest_jwt("aa.bb.cc"));
        for other in ["aa.bb.cd", "aa.bc.cc", "ab.bb.cc", "aa.bb.c", ""] {
            assert_ne!(digest, pepper.digest_jwt(other), "{other:?}");
        }
    }

    #[test]
    fn a_key_alone_is_pepper_number_1_and_case_and_space_do_not_matter() {
        for text in [
            KEY.to_owned(),
            format!(" {KEY}\r\n"),
            KEY.to_ascii_uppercase(),
            format!("1:{KEY}"),
        ] {
            let pepper = Pepper::parse(&text).unwrap();
            assert_eq!(pepper.to_file_text().reveal(), format!("1:{KEY}\n"), "{text:?}");
        }
    }

    #[test]
    fn text_that_is_no_pepper_is_refused_with_the_part_that_is_wrong() {
        for (text, expected) in [
            (String::new(), InvalidPepper::Key),
            (KEY[..63].to_owned(), InvalidPepper::Key),
            (format!("{KEY}0"), InvalidPepper::Key),
            (format!("+{}", &KEY[..63]), InvalidPepper::Key),
            (format!("g{}", &KEY[..63]), InvalidPepper::Key),
            ("é".repeat(32), InvalidPepper::Key),
            ("é".repeat(64), InvalidPepper::Key),
            (format!("1: {KEY}"), InvalidPepper::Key),
            (format!("1:2:{KEY}"), InvalidPepper::Key),
            (format!(":{KEY}"), InvalidPepper::Id),
            (format!("0:{KEY}"), InvalidPepper::Id),
            (format!("-1:{KEY}"), InvalidPepper::Id),
            (format!("2147483648:{KEY}"), InvalidPepper::Id),
            (format!("first:{KEY}"), InvalidPepper::Id),
        ] {
            assert_eq!(Pepper::parse(&text).map(|_| ()), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn a_file_holds_the_current_pepper_first_and_the_older_ones_after_it() {
        let entropy = &mut Seeded(4);
        let [new, old] = [7, 2].map(|id| Pepper::generate(id, entropy));
        let file = format!(
            "\n{}\n{}",
            new.to_file_text().reveal(),
            old.to_file_text().reveal()
        );
        let peppers = Peppers::parse(&file).unwrap();
        let token = Token::parse(TOKEN).unwrap();
        assert_eq!(peppers.current().id(), 7);
        assert_eq!(peppers.get(7).unwrap().digest(&token), new.digest(&token));
        assert_eq!(peppers.get(2).unwrap().digest(&token), old.digest(&token));
        assert!(peppers.get(1).is_none());
    }

    #[test]
    fn a_seal_holds_for_its_message_and_purpose_and_under_older_peppers() {
        let entropy = &mut Seeded(5);
        let old = Pepper::generate(1, entropy);
        let line = old.to_file_text();
        let sealed_by = Peppers::new(old, Vec::new()).unwrap();
        let seal = sealed_by.seal("a", b"message");
        assert!(sealed_by.is_sealed("a", b"message", &seal));
        for (purpose, message) in [("b", &b"message"[..]), ("a", b"messagE"), ("a", b"")] {
            assert!(!sealed_by.is_sealed(purpose, message, &seal));
        }
        assert!(!sealed_by.is_sealed("a", b"message", &seal[1..]));
        assert!(!sealed_by.is_sealed("a", b"message", &[]));
        let new = Pepper::generate(2, entropy);
        let later = Peppers::new(new, vec![Pepper::parse(line.reveal()).unwrap()]).unwrap();
        assert!(later.is_sealed("a", b"message", &seal));
        let stranger = Peppers::new(Pepper::generate(1, entropy), Vec::new()).unwrap();
        assert!(!stranger.is_sealed("a", b"message", &seal));
    }

    #[test]
    fn a_file_without_peppers_or_with_one_number_twice_is_refused() {
        let refused = |text: &str| Peppers::parse(text).map(|_| ()).unwrap_err();
        assert_eq!(refused(""), InvalidPepper::Missing);
        assert_eq!(refused(" \n\n"), InvalidPepper::Missing);
        assert_eq!(refused(&format!("{KEY}\n1:{KEY}")), InvalidPepper::Repeated(1));
        assert_eq!(
            refused(&format!("3:{KEY}\n2:{KEY}\n2:{KEY}")),
            InvalidPepper::Repeated(2)
        );
        assert_eq!(refused(&format!("3:{KEY}\nnot a pepper")), InvalidPepper::Key);
    }

    #[test]
    fn neither_debug_nor_errors_hold_the_key() {
        let peppers = Peppers::parse(&format!("1:{KEY}\n2:{KEY}")).unwrap();
        assert_eq!(
            format!("{peppers:?}"),
            "Peppers { current: Pepper { id: 1, .. }, older: [Pepper { id: 2, .. }] }"
        );
        let error = Pepper::parse(&KEY[1..]).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(&KEY[10..20]));
    }

    proptest! {
        #[test]
        fn every_pepper_is_read_as_it_was_written(id in 1..=i32::MAX, seed: u64) {
            let made = Pepper::generate(id, &mut Seeded(seed));
            let read = Pepper::parse(made.to_file_text().reveal()).unwrap();
            prop_assert_eq!(read.id(), id);
            prop_assert_eq!(read.key, made.key);
        }
    }
}

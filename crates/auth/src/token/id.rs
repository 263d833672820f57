//! The public part of a token: the key of its row, and its name in logs and events.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::base62;

/// Names a token without giving it away: 16 base62 characters, upper and lower case distinct.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId([u8; Self::LEN]);

impl TokenId {
    /// Characters in an id.
    pub const LEN: usize = 16;

    /// The caller has checked, or drawn, that every byte is a base62 digit.
    pub(super) const fn from_digits(digits: [u8; Self::LEN]) -> Self {
        Self(digits)
    }

    pub(super) const fn digits(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|digit| fmt::Write::write_char(f, char::from(*digit)))
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenId({self})")
    }
}

impl FromStr for TokenId {
    type Err = InvalidTokenId;

    fn from_str(text: &str) -> Result<Self, InvalidTokenId> {
        if !base62::is_base62(text) {
            return Err(InvalidTokenId);
        }
        text.as_bytes().try_into().map(Self).map_err(|_| InvalidTokenId)
    }
}

impl Serialize for TokenId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The text is not the id of a token.
///
/// The message does not repeat the text: people paste whole tokens where an id is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a token id: expected the 16 letters and digits that the list of tokens shows, not the token itself"
)]
pub struct InvalidTokenId;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn other_lengths_and_characters_are_refused() {
        for text in [
            "",
            "0123456789ABCDE",
            "0123456789ABCDEFG",
            "0123456789ABCDE_",
            "0123456789ABCDE ",
            "0123456789ABCDé",
            "0123456789ABCD\u{0}0",
        ] {
            assert_eq!(text.parse::<TokenId>(), Err(InvalidTokenId), "{text:?}");
        }
    }

    #[test]
    fn ids_that_differ_in_case_are_different() {
        let [upper, lower] =
            ["A000000000000000", "a000000000000000"].map(|id| id.parse::<TokenId>().unwrap());
        assert_ne!(upper, lower);
    }

    #[test]
    fn an_id_is_shown_as_its_text() {
        let id: TokenId = "0aZ3456789ABCDEF".parse().unwrap();
        assert_eq!(
            format!("{id} {id:?}"),
            "0aZ3456789ABCDEF TokenId(0aZ3456789ABCDEF)"
        );
        assert_eq!(serde_json::to_string(&id).unwrap(), r#""0aZ3456789ABCDEF""#);
    }

    proptest! {
        #[test]
        fn every_id_is_read_as_it_was_printed(text in "[0-9A-Za-z]{16}") {
            prop_assert_eq!(text.parse::<TokenId>().unwrap().to_string(), text);
        }
    }
}

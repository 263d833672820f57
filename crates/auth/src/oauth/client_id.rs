//! The name of a client. It is public, and the gateway draws it: nobody chooses one that could pass for another's.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::{Entropy, token::base62};

const PREFIX: &str = "wicket_client_";

/// Names a client: `wicket_client_` and 16 base62 characters, upper and lower case distinct.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId([u8; Self::LEN]);

impl ClientId {
    /// Characters after the prefix.
    const LEN: usize = 16;

    /// Draws a new one.
    pub fn generate(entropy: &mut (impl Entropy + ?Sized)) -> Self {
        Self(*base62::draw(entropy))
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        self.0
            .iter()
            .try_for_each(|digit| fmt::Write::write_char(f, char::from(*digit)))
    }
}

impl fmt::Debug for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientId({self})")
    }
}

impl FromStr for ClientId {
    type Err = InvalidClientId;

    fn from_str(text: &str) -> Result<Self, InvalidClientId> {
        let digits = text.strip_prefix(PREFIX).ok_or(InvalidClientId)?;
        if !base62::is_base62(digits) {
            return Err(InvalidClientId);
        }
        digits
            .as_bytes()
            .try_into()
            .map(Self)
            .map_err(|_| InvalidClientId)
    }
}

impl Serialize for ClientId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The text is not the id of a client. The message does not repeat it: people paste secrets where an id is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a client id: expected {PREFIX} and 16 letters and digits, as the list of clients shows it")]
pub struct InvalidClientId;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Seeded;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        for seed in 0..100 {
            let id = ClientId::generate(&mut Seeded(seed));
            assert_eq!(id.to_string().parse(), Ok(id));
            assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{id}\""));
        }
    }

    #[test]
    fn no_two_ids_are_alike() {
        let mut entropy = Seeded(1);
        assert_ne!(ClientId::generate(&mut entropy), ClientId::generate(&mut entropy));
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in [
            "",
            "wicket_client_",
            "wicket_client_0123456789ABCDE",
            "wicket_client_0123456789ABCDEFG",
            "wicket_client_0123456789ABCDE_",
            "wicket_client_0123456789ABCDE ",
            "wicket_client_0123456789ABCDé",
            " wicket_client_0123456789ABCDEF",
            "Wicket_client_0123456789ABCDEF",
            "wicket_pat_0123456789ABCDEF",
            "0123456789ABCDEF",
        ] {
            assert_eq!(text.parse::<ClientId>(), Err(InvalidClientId), "{text:?}");
        }
    }
}

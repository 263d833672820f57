//! The two forms of a secret: the plaintext, which cannot be printed or stored, and the digest, which can be stored
//! and tells nothing. How a digest is made is in `pepper.rs`.

use std::fmt;

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

/// A secret as its holder knows it.
///
/// It has no `Display` and no `Serialize`, its `Debug` is redacted and its memory is wiped on drop. It leaves only
/// through [`Plaintext::reveal`], so a search for that word finds every place where a secret goes out.
pub struct Plaintext(Zeroizing<String>);

impl Plaintext {
    /// Takes over a secret; the given allocation is the one that is wiped later.
    pub fn new(secret: String) -> Self {
        Self(Zeroizing::new(secret))
    }

    /// The secret itself. For the one answer that shows it to its owner, or for a file only the operator reads.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Plaintext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plaintext(redacted)")
    }
}

/// The only form of a credential that may be stored: an HMAC-SHA-256 of the whole token under a pepper.
///
/// Two digests are compared in constant time; there is no other comparison. `Debug` is redacted:
/// what only the database needs to know has no place in a log.
#[derive(Clone, Copy)]
pub struct Digest([u8; Self::LEN]);

impl Digest {
    /// Bytes in a digest.
    pub const LEN: usize = 32;

    pub(crate) const fn new(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes for the column.
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

/// Reads the column back.
impl TryFrom<&[u8]> for Digest {
    type Error = InvalidDigest;

    fn try_from(column: &[u8]) -> Result<Self, InvalidDigest> {
        column.try_into().map(Self).map_err(|_| InvalidDigest)
    }
}

impl ConstantTimeEq for Digest {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for Digest {}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(redacted)")
    }
}

/// The stored bytes are not a digest, because there are not 32 of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored digest must have 32 bytes")]
pub struct InvalidDigest;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plaintext_shows_itself_only_when_revealed() {
        let secret = Plaintext::new("correct horse".to_owned());
        assert_eq!(secret.reveal(), "correct horse");
        assert_eq!(
            format!("{secret:?} {secret:#?}"),
            "Plaintext(redacted) Plaintext(redacted)"
        );
    }

    #[test]
    fn a_digest_is_read_back_from_its_bytes() {
        let digest = Digest::new([0xab; 32]);
        assert_eq!(Digest::try_from(digest.as_bytes().as_slice()), Ok(digest));
    }

    #[test]
    fn a_column_of_another_length_is_no_digest() {
        for length in [0, 31, 33, 64] {
            assert_eq!(
                Digest::try_from(vec![0; length].as_slice()),
                Err(InvalidDigest),
                "{length} bytes"
            );
        }
    }

    #[test]
    fn digests_that_differ_in_one_bit_are_different() {
        let digest = Digest::new([0x5a; 32]);
        for place in 0..32 {
            for bit in 0..8 {
                let mut bytes = [0x5a; 32];
                bytes[place] ^= 1 << bit;
                assert_ne!(Digest::new(bytes), digest, "byte {place} bit {bit}");
            }
        }
    }

    #[test]
    fn the_debug_text_of_a_digest_does_not_hold_its_bytes() {
        assert_eq!(format!("{:?}", Digest::new([0x5a; 32])), "Digest(redacted)");
    }
}

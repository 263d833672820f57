//! Digits of base 62: drawing them without bias, and the checksum written in them.

use zeroize::Zeroizing;

use crate::Entropy;

/// In ASCII order, so that texts sort like the numbers they stand for.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The largest multiple of 62 that a byte can count to. A byte from here on would make the first digits likelier.
const FAIR: u8 = 248;

/// Digits in a checksum: the fewest that hold 32 bits.
pub(super) const CHECKSUM_LEN: usize = 6;

/// The digit for `value` modulo 62.
fn digit(value: u32) -> u8 {
    #[expect(
        clippy::indexing_slicing,
        reason = "a remainder of 62 is always inside the 62 digits"
    )]
    DIGITS[(value % 62) as usize]
}

/// Whether the text is nothing but digits.
pub(crate) fn is_base62(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Draws digits, each of the 62 equally likely and independent of the others.
pub(crate) fn draw<const N: usize>(entropy: &mut (impl Entropy + ?Sized)) -> Zeroizing<[u8; N]> {
    let mut digits = Zeroizing::new([0; N]);
    let mut pool = Zeroizing::new([0; 64]);
    let mut places = digits.iter_mut();
    while places.len() > 0 {
        entropy.fill(pool.as_mut_slice());
        let drawn = pool
            .iter()
            .filter(|byte| **byte < FAIR)
            .map(|byte| digit(u32::from(*byte)));
        for (digit, place) in drawn.zip(places.by_ref()) {
            *place = digit;
        }
    }
    digits
}

/// The CRC-32 (ISO-HDLC, the one of zlib) of the text, padded on the left with `0`.
pub(super) fn checksum(text: &str) -> [u8; CHECKSUM_LEN] {
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut digits = [0; CHECKSUM_LEN];
    for place in digits.iter_mut().rev() {
        *place = digit(rest);
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives 0, 1, 2 … 255, 0, 1 …
    struct Counting(u8);

    impl Entropy for Counting {
        fn fill(&mut self, buffer: &mut [u8]) {
            for byte in buffer {
                *byte = self.0;
                self.0 = self.0.wrapping_add(1);
            }
        }
    }

    #[test]
    fn every_digit_is_equally_likely() {
        let mut drawn = draw::<{ 62 * 4 * 3 }>(&mut Counting(0));
        drawn.sort_unstable();
        let expected: Vec<u8> = DIGITS.iter().flat_map(|digit| [*digit; 4 * 3]).collect();
        assert_eq!(drawn.as_slice(), expected);
    }

    #[test]
    fn no_byte_is_used_twice_and_no_fair_byte_is_lost_within_a_draw() {
        let drawn = draw::<130>(&mut Counting(0));
        let expected: Vec<u8> = (0..130).map(digit).collect();
        assert_eq!(drawn.as_slice(), expected);
    }

    #[test]
    fn bytes_that_would_make_some_digits_likelier_are_drawn_again() {
        assert_eq!(*draw::<4>(&mut Counting(246)), *b"yz01");
    }

    #[test]
    fn a_checksum_is_the_published_crc_in_base_62() {
        // The check value of CRC-32/ISO-HDLC is 0xCBF43926 = 3421780262.
        assert_eq!(checksum("123456789"), *b"3jZRME");
        assert_eq!(checksum(""), *b"000000");
    }

    #[test]
    fn only_ascii_letters_and_digits_are_base_62() {
        for byte in 0..=u8::MAX {
            let character = char::from(byte);
            assert_eq!(
                is_base62(&character.to_string()),
                DIGITS.contains(&byte),
                "{character:?}"
            );
        }
    }
}

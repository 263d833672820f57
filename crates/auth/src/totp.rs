//! One-time codes of an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds), and the recovery codes for the day
//! on which it is lost. Which code was used before is remembered by the caller.

use std::fmt::Write as _;

use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

use crate::{Entropy, Plaintext};

/// Bytes of a shared secret (RFC 4226 §4 R6 recommends 160 bit).
const SECRET_LEN: usize = 20;
/// How many recovery codes an account gets.
pub const RECOVERY_CODES: usize = 10;

/// What the account and its authenticator app share. Wiped on drop, never printed.
pub struct TotpSecret(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(redacted)")
    }
}

impl TotpSecret {
    /// Draws a new secret.
    pub fn generate(entropy: &mut (impl Entropy + ?Sized)) -> Self {
        let mut bytes = Zeroizing::new(vec![0; SECRET_LEN]);
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// Reads back what [`as_bytes`](Self::as_bytes) gave to be sealed.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, to be sealed before they are stored.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret as an authenticator app takes it where no picture can be scanned.
    pub fn to_base32(&self) -> Plaintext {
        Plaintext::new(self.totp("", None).secret().to_base32())
    }

    /// The URI that an authenticator app scans.
    pub fn uri(&self, issuer: &str, account: &str) -> Plaintext {
        // A colon separates the two, so neither may have one.
        let (issuer, account) = (issuer.replace(':', " "), account.replace(':', " "));
        let url = self.totp(&account, Some(&issuer)).to_url();
        Plaintext::new(url.expect("an issuer and an account name without a colon make a URI"))
    }

    /// The time step of a code that fits now, one step before or one after, and that is later than every step that was
    /// accepted before.
    pub fn step_of(&self, code: &str, seconds: u64, last: Option<u64>) -> Option<u64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.totp("", None)
            .check(&code, seconds)
            .filter(|step| last.is_none_or(|last| *step > last))
    }

    /// The code of a moment, as an authenticator app shows it.
    pub fn code_at(&self, seconds: u64) -> Plaintext {
        Plaintext::new(self.totp("", None).generate(seconds).to_string())
    }

    fn totp(&self, account: &str, issuer: Option<&str>) -> Totp {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(1)
            .with_step_duration(30)
            .with_secret(self.0.to_vec())
            .with_account_name(account)
            .with_issuer(issuer)
            .build_noncompliant()
    }
}

/// Ten codes of 80 bit each, in groups that can be copied by hand. Each opens the account once.
pub fn recovery_codes(entropy: &mut (impl Entropy + ?Sized)) -> Vec<Plaintext> {
    (0..RECOVERY_CODES).map(|_| recovery_code(entropy)).collect()
}

fn recovery_code(entropy: &mut (impl Entropy + ?Sized)) -> Plaintext {
    // Without i, l, o and u: 32 characters that nobody reads as another one.
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut drawn = Zeroizing::new([0; 16]);
    entropy.fill(drawn.as_mut_slice());
    let mut code = String::with_capacity(19);
    for (place, byte) in drawn.iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        let digit = DIGITS.get(usize::from(byte % 32)).copied().unwrap_or_default();
        let _ = code.write_char(char::from(digit));
    }
    Plaintext::new(code)
}

/// A recovery code as it is compared: case, spaces and hyphens make no difference. `None` where the text is none.
pub fn recovery_code_key(text: &str) -> Option<Plaintext> {
    let key: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_lowercase())
        .collect();
    (key.len() == 16 && key.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| Plaintext::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Seeded;

    /// The secret of RFC 6238, appendix B.
    fn known() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890".to_vec())
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // Appendix B has eight digits; six are the last of them.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(known().code_at(seconds).reveal(), code);
            assert_eq!(known().step_of(code, seconds, None), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_fits_one_step_before_and_after_and_no_further() {
        let code = known().code_at(3_000);
        for (seconds, fits) in [
            (2_939, false),
            (2_969, false),
            (2_970, true),
            (3_000, true),
            (3_059, true),
            (3_060, false),
        ] {
            let step = known().step_of(code.reveal(), seconds, None);
            assert_eq!(step, fits.then_some(100), "{seconds}");
        }
    }

    #[test]
    fn a_step_that_was_accepted_and_those_before_it_do_not_fit_again() {
        let code = known().code_at(3_000);
        for (last, fits) in [(98, true), (99, true), (100, false), (101, false)] {
            assert_eq!(
                known().step_of(code.reveal(), 3_000, Some(last)).is_some(),
                fits,
                "{last}"
            );
        }
    }

    #[test]
    fn only_six_digits_are_a_code() {
        for text in ["", "28708", "2870822", "28708a", "٢٨٧٠٨٢", "287-082"] {
            assert_eq!(known().step_of(text, 59, None), None, "{text:?}");
        }
        assert_eq!(known().step_of(" 287 082", 59, None), Some(1));
    }

    #[test]
    fn the_uri_is_what_authenticator_apps_scan() {
        let uri = known().uri("Wicketgate", "anna@example.com");
        let uri = uri.reveal();
        assert!(
            uri.starts_with("otpauth://totp/Wicketgate:anna%40example.com?"),
            "{uri}"
        );
        assert!(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{uri}");
        assert!(uri.contains("issuer=Wicketgate"), "{uri}");
        assert_eq!(known().to_base32().reveal(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(format!("{:?}", known()), "TotpSecret(redacted)");
    }

    #[test]
    fn a_drawn_secret_has_160_bit_and_no_two_are_alike() {
        let [one, two] = [1, 2].map(|seed| TotpSecret::generate(&mut Seeded(seed)));
        assert_eq!(one.as_bytes().len(), 20);
        assert_ne!(one.as_bytes(), two.as_bytes());
    }

    #[test]
    fn recovery_codes_are_ten_different_ones_and_case_and_hyphens_do_not_matter() {
        let codes = recovery_codes(&mut Seeded(1));
        let mut texts: Vec<&str> = codes.iter().map(Plaintext::reveal).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), RECOVERY_CODES);
        for text in texts {
            assert_eq!(text.len(), 19);
            let key = recovery_code_key(text).unwrap();
            let typed = recovery_code_key(&format!(" {}", text.replace('-', " ").to_uppercase())).unwrap();
            assert_eq!(key.reveal(), typed.reveal());
        }
        for text in ["", "287082", "0000-0000-0000-000", "0000-0000-0000-000_"] {
            assert!(recovery_code_key(text).is_none(), "{text:?}");
        }
    }
}

//! An authenticator app: it takes the key that a page shows, and computes the codes of a moment.

use wicketgate_auth::totp::TotpSecret;

/// The app on somebody's phone.
#[derive(Debug)]
pub struct AuthenticatorApp(TotpSecret);

impl AuthenticatorApp {
    /// Types a key in, in base32 as pages show it. Spaces make no difference.
    ///
    /// # Panics
    ///
    /// Where the text is no base32.
    pub fn with_key(key: &str) -> Self {
        let mut bytes = Vec::new();
        let (mut bits, mut buffer) = (0, 0_u32);
        for letter in key.bytes().filter(|letter| !letter.is_ascii_whitespace()) {
            let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
                .iter()
                .position(|known| *known == letter)
                .and_then(|value| u32::try_from(value).ok())
                .unwrap_or_else(|| panic!("{key} is no base32"));
            buffer = (buffer << 5 | value) & 0xfff;
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes.push(u8::try_from(buffer >> bits & 0xff).expect("eight bits are a byte"));
            }
        }
        Self(TotpSecret::from_bytes(bytes))
    }

    /// The code that it shows so many seconds after 1970.
    pub fn code_at(&self, seconds: u64) -> String {
        self.0.code_at(seconds).reveal().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        // Appendix B: the key is "12345678901234567890"; the last six of its eight digits.
        let app = AuthenticatorApp::with_key("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(app.code_at(seconds), code);
        }
    }
}

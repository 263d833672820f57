//! Proof that who exchanges a code is who asked for it (PKCE, RFC 7636), by S256 and nothing weaker.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

use super::Error;

/// Characters of a verifier (RFC 7636 §4.1).
const VERIFIER_LEN: std::ops::RangeInclusive<usize> = 43..=128;

/// A SHA-256 of a verifier that only the client knows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CodeChallenge([u8; 32]);

impl CodeChallenge {
    /// Reads a challenge whose method is S256: 32 bytes in base64url without padding.
    pub fn s256(text: &str) -> Result<Self, Error> {
        URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| {
                Error::invalid_request(
                    "The parameter code_challenge must be the SHA-256 of the verifier in base64url without padding, \
                     43 characters.",
                )
            })
    }

    /// Whether this is the challenge of the verifier. It takes the same time for every verifier of one length.
    pub fn verifies(&self, verifier: &str) -> bool {
        let digest = Sha256::digest(verifier.as_bytes());
        is_verifier(verifier) & bool::from(self.0.as_slice().ct_eq(digest.as_slice()))
    }
}

/// What [`CodeChallenge::s256`] reads.
impl fmt::Display for CodeChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for CodeChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeChallenge({self})")
    }
}

/// Whether a text has the length and the characters of a verifier.
pub(super) fn is_verifier(text: &str) -> bool {
    VERIFIER_LEN.contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_verifier_of_the_rfc_fits_its_challenge() {
        let challenge = CodeChallenge::s256(CHALLENGE).unwrap();
        assert!(challenge.verifies(VERIFIER));
        assert_eq!(challenge.to_string(), CHALLENGE);
    }

    #[test]
    fn no_other_verifier_fits() {
        let challenge = CodeChallenge::s256(CHALLENGE).unwrap();
        for other in [
            "",
            CHALLENGE,
            &VERIFIER[1..],
            &format!("{VERIFIER}="),
            &format!("{VERIFIER} "),
            &VERIFIER.to_lowercase(),
            &VERIFIER.replace('-', "+"),
        ] {
            assert!(!challenge.verifies(other), "{other:?}");
        }
    }

    #[test]
    fn a_verifier_outside_the_rules_never_fits_even_its_own_challenge() {
        let challenge_of = |verifier: &str| CodeChallenge(Sha256::digest(verifier.as_bytes()).into());
        for (verifier, fits) in [
            ("a".repeat(42), false),
            ("a".repeat(43), true),
            ("-._~".repeat(32), true),
            ("a".repeat(129), false),
            (format!("{}+", "a".repeat(43)), false),
            (format!("{}\u{e9}", "a".repeat(43)), false),
            (String::new(), false),
        ] {
            assert_eq!(challenge_of(&verifier).verifies(&verifier), fits, "{verifier:?}");
        }
    }

    #[test]
    fn what_is_no_challenge_is_refused() {
        for text in [
            "",
            "plain",
            &CHALLENGE[1..],
            &format!("{CHALLENGE}="),
            &format!("{CHALLENGE}A"),
            &CHALLENGE.replace('-', "+"),
            &format!(" {CHALLENGE}"),
            VERIFIER.strip_suffix('k').unwrap(),
            // Its last character has bits that no byte stands for.
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN",
        ] {
            assert!(CodeChallenge::s256(text).is_err(), "{text:?}");
        }
    }
}

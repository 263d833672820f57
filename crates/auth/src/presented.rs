//! The credential in an `Authorization` header, in every form that the modes of identity providers send. It reads
//! the header value only: a token in a query string is never looked at.

use std::fmt;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::{Denied, Plaintext, Reason, Token};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a request presented as its credential. Not yet read, let alone believed.
pub struct Presented(Text);

enum Text {
    Missing,
    /// Basic credentials that are not credentials.
    Unreadable,
    Token(Plaintext),
}

impl Presented {
    /// Extracts the token text of a header value: `Bearer X`, `bearer X`, `Bearer Bearer X`, `X` alone, or Basic with
    /// X as the password of any user, or as the user name with an empty password.
    pub fn from_authorization(value: Option<&str>) -> Self {
        let value = value.unwrap_or_default().trim_ascii();
        if let Some(credentials) = strip_scheme(value, "Basic") {
            return Self(from_basic(credentials));
        }
        let token = strip_scheme(value, "Bearer").unwrap_or(value);
        // Okta writes `Bearer` before what an administrator pasted, which may begin with it already.
        Self(Text::new(strip_scheme(token, "Bearer").unwrap_or(token)))
    }

    /// Whether nothing was presented at all.
    pub const fn is_missing(&self) -> bool {
        matches!(self.0, Text::Missing)
    }

    /// Reads the token. What is not one is denied with [`Reason::Missing`] or [`Reason::Malformed`].
    pub fn token(&self) -> Result<Token, Denied> {
        match &self.0 {
            Text::Missing => Err(Denied::Unauthenticated(Reason::Missing)),
            Text::Unreadable => Err(Denied::Unauthenticated(Reason::Malformed)),
            Text::Token(text) => Ok(Token::parse(text.reveal())?),
        }
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Text::Missing => "Presented(missing)",
            Text::Unreadable => "Presented(unreadable)",
            Text::Token(_) => "Presented(redacted)",
        })
    }
}

impl Text {
    fn new(text: &str) -> Self {
        if text.is_empty() {
            Self::Missing
        } else {
            Self::Token(Plaintext::new(text.to_owned()))
        }
    }
}

/// What follows the scheme, which stands alone or is followed by a space, in any case (RFC 9110 §11.1).
fn strip_scheme<'a>(value: &'a str, scheme: &str) -> Option<&'a str> {
    let (first, rest) = value
        .split_once(|c: char| c.is_ascii_whitespace())
        .unwrap_or((value, ""));
    first.eq_ignore_ascii_case(scheme).then(|| rest.trim_ascii())
}

fn from_basic(credentials: &str) -> Text {
    if credentials.is_empty() {
        return Text::Missing;
    }
    // User names come in any encoding: only the half that is taken for the token has to be text.
    let Ok(decoded) = BASE64.decode(credentials).map(Zeroizing::new) else {
        return Text::Unreadable;
    };
    // A token holds no colon. The last one therefore ends the user name even if that has colons of its own.
    let mut halves = decoded.rsplitn(2, |byte| *byte == b':');
    let (Some(password), Some(user)) = (halves.next(), halves.next()) else {
        return Text::Unreadable;
    };
    match std::str::from_utf8(if password.trim_ascii().is_empty() {
        user
    } else {
        password
    }) {
        Ok(token) => Text::new(token.trim_ascii()),
        Err(_) => Text::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const X: &str = "wicket_pat_0123456789ABCDEF0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg4GKLZr";

    fn basic(user: &[u8], password: &[u8]) -> String {
        format!("Basic {}", BASE64.encode([user, b":", password].concat()))
    }

    fn read(value: &str) -> Result<String, Reason> {
        match Presented::from_authorization(Some(value)).token() {
            Ok(token) => Ok(token.reveal().to_owned()),
            Err(Denied::Unauthenticated(reason)) => Err(reason),
            Err(Denied::OrgNotVisible) => panic!("a header says nothing about organizations"),
        }
    }

    #[test]
    fn every_form_that_identity_providers_send_is_understood() {
        let x = X.as_bytes();
        for value in [
            format!("Bearer {X}"),
            format!("bearer {X}"),
            format!("BEARER {X}"),
            format!("Bearer   {X}  "),
            format!("Bearer\t{X}"),
            X.to_owned(),
            format!("  {X}"),
            format!("Bearer Bearer {X}"),
            format!("Bearer bearer  {X}"),
            basic(b"okta", x),
            basic(b"", x),
            basic(b"anna@example.com", x),
            basic(b"a:b:c", x),
            basic(b"\xff\xfe", x),
            basic(x, b""),
            basic(b"okta", format!("{X}\n").as_bytes()),
            basic(b"okta", x).replace("Basic", "basic"),
            basic(b"okta", x).replace("Basic ", "BASIC   "),
        ] {
            assert_eq!(read(&value), Ok(X.to_owned()), "{value:?}");
        }
    }

    #[test]
    fn padding_of_basic_credentials_may_be_left_out() {
        let padded = basic(b"okt", X.as_bytes());
        assert!(padded.ends_with('='));
        assert_eq!(read(padded.trim_end_matches('=')), Ok(X.to_owned()));
    }

    #[test]
    fn no_credential_is_missing_not_malformed() {
        for value in [
            "",
            " ",
            "\t \t",
            "Bearer",
            "Bearer ",
            "bearer  ",
            "Bearer Bearer",
            "Basic",
            "Basic  ",
        ] {
            assert_eq!(read(value), Err(Reason::Missing), "{value:?}");
            assert!(
                Presented::from_authorization(Some(value)).is_missing(),
                "{value:?}"
            );
        }
        assert_eq!(read(&basic(b"", b"")), Err(Reason::Missing));
        assert_eq!(read(&basic(b" ", b" ")), Err(Reason::Missing));
        assert!(Presented::from_authorization(None).is_missing());
    }

    #[test]
    fn hostile_and_foreign_values_are_malformed() {
        let x = X.as_bytes();
        for value in [
            format!("Bearer Bearer Bearer {X}"),
            format!("Bearer {X} {X}"),
            format!("Bearer {X},{X}"),
            format!("Bearer \"{X}\""),
            format!("Bearer {X}\0"),
            format!("Bearer\u{a0}{X}"),
            format!("Bearer:{X}"),
            format!("Bearer{X}"),
            format!("Token {X}"),
            format!("Bearer Basic {X}"),
            format!("Basic {X}"),
            format!("Basic Bearer {X}"),
            format!("Basic {}", BASE64.encode(X)),
            basic(b"okta", x).replace("b2t0", "b2t_"),
            format!("{}=", basic(b"okta", x)),
            format!("Bearer {}", basic(b"okta", x)),
            "Basic !!!!".to_owned(),
            "Basic ====".to_owned(),
            "Basic A".to_owned(),
            "Basic é".to_owned(),
            basic(x, b"secret"),
            basic(b"okta", b"\xff\xfe"),
            basic(b"\xff\xfe", b""),
            basic(b"", b"\0"),
            "Digest username=\"okta\"".to_owned(),
            "Bearer eyJhbGciOiJub25lIn0.e30.".to_owned(),
            "Bearer ' OR '1'='1".to_owned(),
            "\u{feff}Bearer".to_owned(),
            "é".to_owned(),
            "A".repeat(1 << 20),
            format!("Basic {}", "A".repeat(1 << 20)),
        ] {
            let shown: String = value.chars().take(120).collect();
            assert_eq!(read(&value), Err(Reason::Malformed), "{shown:?}");
        }
    }

    #[test]
    fn debug_says_what_was_presented_without_showing_it() {
        for (value, shown) in [
            (Some(format!("Bearer {X}")), "Presented(redacted)"),
            (Some(basic(b"okta", X.as_bytes())), "Presented(redacted)"),
            (Some("hunter2".to_owned()), "Presented(redacted)"),
            (Some("Basic hunter2!".to_owned()), "Presented(unreadable)"),
            (None, "Presented(missing)"),
        ] {
            let presented = Presented::from_authorization(value.as_deref());
            assert_eq!(
                format!("{presented:?} {presented:#?}"),
                format!("{shown} {shown}")
            );
        }
    }

    proptest! {
        #[test]
        fn no_header_value_makes_reading_panic(value in "((Bearer|Basic|bearer)[ \t]*){0,3}\\PC*") {
            prop_assert!(read(&value).is_err());
        }

        #[test]
        fn no_basic_credentials_make_reading_panic(user: Vec<u8>, password: Vec<u8>) {
            prop_assert!(read(&basic(&user, &password)).is_err());
        }

        #[test]
        fn any_user_name_goes_with_the_token(user: Vec<u8>) {
            prop_assert_eq!(read(&basic(&user, X.as_bytes())), Ok(X.to_owned()));
        }
    }
}

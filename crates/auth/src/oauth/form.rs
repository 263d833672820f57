//! The parameters of a query or of a form body. Which of them a request has to have is not decided here.

use zeroize::Zeroizing;

use super::{Error, ErrorCode};

/// The most bytes that a body or a query may have.
pub const MAX_LEN: usize = 8 << 10;

/// Every parameter that the RFCs define for a request that is read here. Each may be there once; others are ignored.
const DEFINED: [&str; 19] = [
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "grant_type",
    "password",
    "redirect_uri",
    "refresh_token",
    "resource",
    "response_type",
    "scope",
    "state",
    "token",
    "token_type_hint",
    "username",
];

/// The parameters of one query or body that the RFCs define.
pub(super) struct Form(Vec<(&'static str, Zeroizing<String>)>);

impl Form {
    /// Reads a query or a body. A parameter that is there twice is still there twice: see [`Form::check_duplicates`].
    pub(super) fn parse(text: &[u8]) -> Result<Self, Error> {
        if text.len() > MAX_LEN {
            return Err(Error::invalid_request(format!(
                "The parameters have more than {MAX_LEN} bytes, the most that is read."
            )));
        }
        let mut parameters = Vec::new();
        for pair in text.split(|byte| *byte == b'&') {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decoded(halves.next().unwrap_or_default());
            // The names of other parameters may be anything.
            let Some(name) = name.and_then(|name| DEFINED.into_iter().find(|known| *known == *name)) else {
                continue;
            };
            let value = decoded(halves.next().unwrap_or_default()).ok_or_else(|| {
                Error::invalid_request(format!(
                    "The parameter {name} is not form-encoded UTF-8: encode it as application/x-www-form-urlencoded."
                ))
            })?;
            if value.contains('\0') {
                return Err(Error::invalid_request(format!(
                    "The parameter {name} holds a null character."
                )));
            }
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    /// Refuses parameters that are there twice, naming the first (RFC 6749 §3.1 and §3.2).
    pub(super) fn check_duplicates(&self) -> Result<(), Error> {
        DEFINED.iter().try_for_each(|name| self.check_once(name))
    }

    /// Refuses one parameter if it is there twice.
    pub(super) fn check_once(&self, name: &str) -> Result<(), Error> {
        if self.0.iter().filter(|(known, _)| *known == name).count() < 2 {
            return Ok(());
        }
        // Several resources may be asked for (RFC 8707 §2); a token for them cannot be given.
        if name == "resource" {
            return Err(Error::new(
                ErrorCode::InvalidTarget,
                "The parameter resource is there more than once: a token is for one resource.",
            ));
        }
        Err(Error::invalid_request(format!(
            "The parameter {name} is there more than once: send it once."
        )))
    }

    /// The value of a parameter. One without a value is as if it were not there (RFC 6749 §3.1).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, value)| *known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// The names of the parameters.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }
}

/// Undoes form encoding, and refuses what is not the encoding of a text.
pub(super) fn decoded(text: &[u8]) -> Option<Zeroizing<String>> {
    // Never more bytes than there are, so that growing leaves no copy of a secret behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let (high, low) = (hexadecimal(*rest.next()?)?, hexadecimal(*rest.next()?)?);
                high << 4 | low
            }
            other => *other,
        });
    }
    let text = std::str::from_utf8(&bytes).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

//! Where a browser may be sent back to with a code. What is registered has to be beyond doubt; what is asked for has to
//! be exactly one of the registered texts (RFC 9700 §2.1).

#[cfg(test)]
#[path = "redirect_uri_tests.rs"]
mod tests;

use std::{fmt, str::FromStr};

use url::Url;

/// The most characters of a redirect URI.
const MAX_LEN: usize = 1_024;
/// Parameters that the gateway adds to a redirect URI: none of its own may be called that.
const ANSWERED: [&str; 6] = ["code", "error", "error_description", "error_uri", "iss", "state"];

/// A registered redirect URI: an `https` URL that every program reads alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// The text that was registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a request asks for this one: every character is the same.
    pub fn is(&self, requested: &str) -> bool {
        self.0 == requested
    }

    /// The URL that a browser is sent to with these parameters added.
    pub fn with(&self, parameters: &[(&str, &str)]) -> String {
        let mut answer = self.0.clone();
        answer.push(if answer.contains('?') { '&' } else { '?' });
        answer.push_str(
            &url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(parameters)
                .finish(),
        );
        answer
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text cannot be registered as a redirect URI.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} cannot be a redirect URI: {fix}")]
pub struct InvalidRedirectUri {
    given: String,
    fix: String,
}

impl FromStr for RedirectUri {
    type Err = InvalidRedirectUri;

    fn from_str(text: &str) -> Result<Self, InvalidRedirectUri> {
        check(text)
            .map(|()| Self(text.to_owned()))
            .map_err(|fix| InvalidRedirectUri {
                given: text.chars().take(MAX_LEN).collect(),
                fix,
            })
    }
}

fn check(text: &str) -> Result<(), String> {
    if text.len() > MAX_LEN {
        return Err(format!("use at most {MAX_LEN} characters"));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("use printable ASCII without spaces, and encode the rest".to_owned());
    }
    if text.contains('*') {
        return Err("wildcards are not understood: register each URI".to_owned());
    }
    if text.contains('#') {
        return Err("leave out the fragment".to_owned());
    }
    let Some(rest) = text.strip_prefix("https://") else {
        return Err("begin it with https://, in small letters".to_owned());
    };
    let authority = rest.split(['/', '?', '\\']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("leave out the user name and password".to_owned());
    }
    check_encoding(text)?;
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if url.host_str().is_none_or(|host| host.ends_with('.')) {
        return Err("name a host, without a dot at its end".to_owned());
    }
    // What browsers would rewrite, such as letters of the host, a default port or dots in the path, is compared as it
    // was written here and followed as they understand it. There must be no difference.
    let canonical = url.as_str();
    if canonical != text && canonical.strip_suffix('/') != Some(text) {
        return Err(format!("browsers read it as {canonical}: write it like that"));
    }
    if let Some((name, _)) = url
        .query_pairs()
        .find(|(name, _)| ANSWERED.contains(&name.as_ref()))
    {
        return Err(format!(
            "its query has the parameter {name}, which the answer has too: leave it out"
        ));
    }
    Ok(())
}

/// Refuses encodings that are broken, or that hide what separates the parts of a path.
fn check_encoding(text: &str) -> Result<(), String> {
    for piece in text.split('%').skip(1) {
        let Some(byte) = piece.get(..2).and_then(|digits| {
            digits
                .bytes()
                .all(|digit| digit.is_ascii_hexdigit())
                .then(|| u8::from_str_radix(digits, 16).ok())?
        }) else {
            return Err("encode each percent sign as %25".to_owned());
        };
        if byte.is_ascii_control() || b"./\\".contains(&byte) {
            return Err("it holds an encoded dot, slash, backslash or control character".to_owned());
        }
    }
    Ok(())
}

/// The redirect URIs of an app in Okta's catalogue: one for each place where Okta runs.
pub fn okta_redirect_uris(app_name: &str) -> Result<[RedirectUri; 4], InvalidRedirectUri> {
    let is_name = (1..=100).contains(&app_name.len())
        && app_name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if !is_name {
        return Err(InvalidRedirectUri {
            given: app_name.chars().take(MAX_LEN).collect(),
            fix: "the app name that Okta gave has 1 to 100 letters, digits, hyphens and underscores"
                .to_owned(),
        });
    }
    Ok(
        ["okta.com", "okta-emea.com", "oktapreview.com", "trexcloud.com"].map(|place| {
            RedirectUri(format!(
                "https://system-admin.{place}/admin/app/cpc/{app_name}/oauth/callback"
            ))
        }),
    )
}

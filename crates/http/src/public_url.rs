//! The URL under which clients reach this installation. It never comes from a request.

use std::{fmt, str::FromStr};

use actix_web::http::Uri;

/// What every link begins with: `http` or `https`, a host, perhaps a port and a path. It has no query, no fragment, no
/// user name and no trailing slash, and nothing in it needs escaping in JSON or in a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The URL, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path, without a trailing slash: empty where there is none.
    pub(crate) fn path(&self) -> &str {
        let (_, rest) = self.0.split_once("://").unwrap_or_default();
        rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default()
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not a public URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} cannot be the public URL: {fix}")]
pub struct InvalidPublicUrl {
    given: String,
    fix: &'static str,
}

impl FromStr for PublicUrl {
    type Err = InvalidPublicUrl;

    /// Reads an absolute URL. One trailing slash is dropped.
    fn from_str(text: &str) -> Result<Self, InvalidPublicUrl> {
        let refuse = |fix| InvalidPublicUrl {
            given: text.to_owned(),
            fix,
        };
        if text.contains(['?', '#']) {
            return Err(refuse("leave out the query and the fragment"));
        }
        let uri: Uri = text
            .parse()
            .map_err(|_| refuse("write it like https://scim.example.com"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(refuse("begin it with https:// or http://"));
        }
        let authority = uri.authority().ok_or_else(|| refuse("name a host"))?;
        if authority.as_str().contains('@') {
            return Err(refuse("leave out the user name and password"));
        }
        if authority.host().is_empty() {
            return Err(refuse("name a host"));
        }
        let path = uri.path().strip_suffix('/').unwrap_or(uri.path());
        if !path
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte))
        {
            return Err(refuse(
                "use only letters, digits, hyphens, dots, underscores and slashes in the path",
            ));
        }
        if path
            .split('/')
            .skip(1)
            .any(|segment| matches!(segment, "" | "." | ".."))
        {
            return Err(refuse("leave out empty and dot segments of the path"));
        }
        let scheme = uri.scheme_str().unwrap_or_default();
        Ok(Self(format!("{scheme}://{authority}{path}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, &'static str> {
        text.parse::<PublicUrl>()
            .map(|url| url.to_string())
            .map_err(|error| error.fix)
    }

    #[test]
    fn a_url_is_kept_without_its_trailing_slash() {
        for (text, kept) in [
            ("https://scim.example.com", "https://scim.example.com"),
            ("https://scim.example.com/", "https://scim.example.com"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
            (
                "HTTPS://scim.example.com/gate/way/",
                "https://scim.example.com/gate/way",
            ),
        ] {
            assert_eq!(read(text).as_deref(), Ok(kept), "{text}");
        }
    }

    #[test]
    fn what_could_not_begin_a_link_is_refused() {
        for text in [
            "",
            "scim.example.com",
            "/scim",
            "ftp://scim.example.com",
            "https://",
            "https://:8080",
            "https://anna:secret@example.com",
            "https://example.com?tenant=1",
            "https://example.com/#top",
            "https://example.com//scim",
            "https://example.com/../scim",
            "https://example.com/a\"b",
            "https://example.com/a%20b",
            "https://example.com/ ",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_refusal_names_the_text_and_the_fix() {
        let error = "ftp://example.com".parse::<PublicUrl>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"ftp://example.com\" cannot be the public URL: begin it with https:// or http://"
        );
    }
}

//! Where somebody goes on after signing in. Only paths of ours are kept; anything else is forgotten.

use url::form_urlencoded::byte_serialize;

use crate::route;

/// The longest path that is kept: a long authorization request still fits.
const LONGEST: usize = 4096;

/// A path of the console, or of the consent page with its query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReturnTo(String);

impl ReturnTo {
    /// The page that is shown where nothing else was asked for.
    pub(crate) fn home() -> Self {
        Self("/console".to_owned())
    }

    /// Takes a path that leads to a page of ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_plain = text.len() <= LONGEST
            && text
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#'));
        let path = text.split('?').next().unwrap_or_default();
        (is_plain && route::is_page(path)).then(|| Self(text.to_owned()))
    }

    /// What was asked for, or the first page.
    pub(crate) fn or_home(text: Option<&str>) -> Self {
        text.and_then(Self::parse).unwrap_or_else(Self::home)
    }

    /// The path and query.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// A path of ours that leads here in the end.
    pub(crate) fn after(&self, path: &str) -> String {
        if *self == Self::home() {
            return path.to_owned();
        }
        let encoded: String = byte_serialize(self.0.as_bytes()).collect();
        format!("{path}?return={encoded}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_ours_are_kept_with_their_query() {
        for text in [
            "/console",
            "/console/account",
            "/console/account/password",
            "/oauth/v2/authorize?client_id=a&state=b%20c&redirect_uri=https%3A%2F%2Fexample.com%2F",
        ] {
            assert_eq!(ReturnTo::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn everything_else_leads_to_the_first_page() {
        for text in [
            "",
            "/",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/console\\..\\..",
            "https://evil.example",
            "https:evil.example",
            "https:/console",
            "javascript:alert(1)",
            "data:text/html,x",
            "console",
            ".evil.example",
            "@evil.example",
            "/console@evil.example",
            "/console/",
            "//console",
            "/console//account",
            "/console/../oauth/v2/authorize",
            "/console/%2e%2e/x",
            "/console/account#x",
            "/console/account\r\nLocation: https://evil.example",
            "/console/account\t",
            " /console",
            "/console /account",
            "/console/accoünt",
            "/console/sign-out",
            "/scim/v2/x",
            "/oauth/v2/token",
            "/oauth/v2/authorize/x",
        ] {
            assert_eq!(ReturnTo::parse(text), None, "{text:?}");
            assert_eq!(ReturnTo::or_home(Some(text)), ReturnTo::home());
        }
        let longest = format!("/console?{}", "a".repeat(LONGEST - 9));
        assert!(ReturnTo::parse(&longest).is_some());
        assert!(ReturnTo::parse(&format!("{longest}a")).is_none());
    }

    #[test]
    fn the_path_survives_being_put_into_a_query() {
        let to = ReturnTo::parse("/oauth/v2/authorize?state=a+b%26&x=y").unwrap();
        let after = to.after("/console/sign-in");
        let (_, query) = after.split_once('?').unwrap();
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
        assert_eq!(pairs, [("return".into(), to.as_str().into())]);
        assert_eq!(ReturnTo::home().after("/console/sign-in"), "/console/sign-in");
    }
}

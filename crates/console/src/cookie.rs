//! Cookies: what they are called, how they are set and which value of a request is believed. What a value means is
//! decided elsewhere.

use std::fmt;

use actix_web::http::header::{COOKIE, HeaderMap};

use crate::Site;

/// One of the cookies that the console sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The session of somebody who is signed in.
    Session,
    /// A sign-in at an identity provider that has begun.
    Provider,
    /// A link for connecting an identity provider that was opened.
    SetupLink,
}

/// For how long a sign-in at an identity provider may take, in seconds.
pub(crate) const PROVIDER_SECONDS: u32 = 600;

impl Cookie {
    /// The name. Over plain http a browser refuses `__Host-`, which on the own machine is done without.
    pub(crate) fn name(self, site: &Site) -> &'static str {
        match (self, site.has_plain_cookies()) {
            (Self::Session, false) => "__Host-wicketgate",
            (Self::Session, true) => "wicketgate",
            (Self::Provider, false) => "__Host-wicketgate-provider",
            (Self::Provider, true) => "wicketgate-provider",
            (Self::SetupLink, false) => "__Host-wicketgate-setup",
            (Self::SetupLink, true) => "wicketgate-setup",
        }
    }

    /// The value of `Set-Cookie` that makes a browser keep this: a session and a link until it is closed or the gateway ends
    /// them, a begun sign-in for ten minutes.
    pub(crate) fn keep(self, site: &Site, value: &str) -> String {
        match self {
            Self::Session | Self::SetupLink => self.set(site, value, &""),
            Self::Provider => self.set(site, value, &format_args!("; Max-Age={PROVIDER_SECONDS}")),
        }
    }

    /// The value of `Set-Cookie` that makes a browser forget it.
    pub(crate) fn forget(self, site: &Site) -> String {
        self.set(site, "", &"; Max-Age=0")
    }

    // Lax and not Strict: coming back from an identity provider, and from a client to the consent page, are navigations
    // that begin on another site.
    fn set(self, site: &Site, value: &str, age: &dyn fmt::Display) -> String {
        let name = self.name(site);
        let secure = if site.has_plain_cookies() { "" } else { "; Secure" };
        format!("{name}={value}; Path=/{age}{secure}; HttpOnly; SameSite=Lax")
    }

    /// The value that a request sends. Two of one name are none: one of them was planted.
    pub(crate) fn read<'r>(self, site: &Site, headers: &'r HeaderMap) -> Option<&'r str> {
        let name = self.name(site);
        let mut values = headers
            .get_all(COOKIE)
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim_matches(' ').split_once('='))
            .filter(|(sent, _)| *sent == name)
            .map(|(_, value)| value);
        let value = values.next()?;
        (values.next().is_none() && !value.is_empty()).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn site(url: &str) -> Site {
        Site::new(url).unwrap()
    }

    fn sent(headers: &[&'static str]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for header in headers {
            map.append(COOKIE, HeaderValue::from_static(header));
        }
        map
    }

    #[test]
    fn a_cookie_is_bound_to_the_host_and_out_of_reach_of_scripts() {
        let site = site("https://example.com/gate");
        assert_eq!(
            Cookie::Session.keep(&site, "v"),
            "__Host-wicketgate=v; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            Cookie::Session.forget(&site),
            "__Host-wicketgate=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            Cookie::Provider.keep(&site, "v"),
            "__Host-wicketgate-provider=v; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            Cookie::SetupLink.keep(&site, "v"),
            "__Host-wicketgate-setup=v; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn only_the_own_machine_gets_a_cookie_that_is_not_secure() {
        for url in ["http://localhost:8080", "http://127.0.0.1:8080"] {
            assert_eq!(
                Cookie::Session.keep(&site(url), "v"),
                "wicketgate=v; Path=/; HttpOnly; SameSite=Lax"
            );
        }
        let plain = Cookie::Session.keep(&site("http://scim.example.com"), "v");
        assert!(
            plain.starts_with("__Host-wicketgate=v") && plain.contains("; Secure"),
            "{plain}"
        );
    }

    #[test]
    fn a_value_is_found_among_others_and_two_of_one_name_are_none() {
        let site = site("https://example.com");
        for (headers, value) in [
            (vec!["__Host-wicketgate=a"], Some("a")),
            (vec!["x=1; __Host-wicketgate=a; y=2"], Some("a")),
            (vec!["x=1", "__Host-wicketgate=a"], Some("a")),
            (vec!["__Host-wicketgate=a=b"], Some("a=b")),
            (vec!["__Host-wicketgate=a; __Host-wicketgate=a"], None),
            (vec!["__Host-wicketgate=a", "__Host-wicketgate=b"], None),
            (vec!["__Host-wicketgate="], None),
            (vec!["__host-wicketgate=a"], None),
            (vec!["wicketgate=a"], None),
            (vec!["__Host-wicketgate-provider=a"], None),
            (vec![], None),
        ] {
            assert_eq!(Cookie::Session.read(&site, &sent(&headers)), value, "{headers:?}");
        }
    }
}

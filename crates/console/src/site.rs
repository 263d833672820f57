//! Where people reach the console: the public URL, taken apart once. Nothing here comes from a request.

use url::{Host, Url};

/// The public URL of the installation, as pages, cookies and redirects need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    base: String,
    path: String,
    origin: String,
    security: Security,
}

/// How far a browser trusts the way to this site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Security {
    Https,
    /// Plain http to the own machine, for trying things out.
    Loopback,
    /// Plain http across a network: browsers keep no `Secure` cookie of it.
    Plain,
}

/// The text cannot be the address of the console.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} cannot be the public URL: write it like https://scim.example.com")]
pub struct InvalidSite {
    given: String,
}

impl Site {
    /// Takes a public URL apart. A trailing slash is dropped.
    pub fn new(public_url: &str) -> Result<Self, InvalidSite> {
        let invalid = || InvalidSite {
            given: public_url.to_owned(),
        };
        let url = Url::parse(public_url).map_err(|_| invalid())?;
        let security = match (url.scheme(), url.host()) {
            ("https", Some(_)) => Security::Https,
            ("http", Some(Host::Domain("localhost"))) => Security::Loopback,
            ("http", Some(Host::Ipv4(address))) if address.is_loopback() => Security::Loopback,
            ("http", Some(Host::Ipv6(address))) if address.is_loopback() => Security::Loopback,
            ("http", Some(_)) => Security::Plain,
            _ => return Err(invalid()),
        };
        if url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
            || url.password().is_some()
        {
            return Err(invalid());
        }
        let origin = url.origin().ascii_serialization();
        let path = url.path().trim_end_matches('/').to_owned();
        Ok(Self {
            base: format!("{origin}{path}"),
            path,
            origin,
            security,
        })
    }

    /// The address of a path of ours, which begins with `/`. Whatever follows the slash, it leads to this site.
    pub(crate) fn at(&self, path: &str) -> String {
        debug_assert!(path.starts_with('/'), "{path}");
        format!("{}{path}", self.base)
    }

    /// What links in pages begin with: the path of the public URL, or nothing.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The issuer of authorization responses, which is the public URL itself.
    pub(crate) fn issuer(&self) -> &str {
        &self.base
    }

    /// What a browser calls this site in `Origin`.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether it is reached over TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.security == Security::Https
    }

    /// Whether cookies may go without `Secure`, which also takes the prefix `__Host-` from them: only where no network
    /// is crossed.
    pub(crate) fn has_plain_cookies(&self) -> bool {
        self.security == Security::Loopback
    }

    /// Whether a browser keeps the cookies of this site.
    pub(crate) fn keeps_cookies(&self) -> bool {
        self.security != Security::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_knows_its_origin_and_its_path() {
        for (url, base, path, origin) in [
            (
                "https://scim.example.com",
                "https://scim.example.com",
                "",
                "https://scim.example.com",
            ),
            (
                "https://scim.example.com:443/",
                "https://scim.example.com",
                "",
                "https://scim.example.com",
            ),
            (
                "https://example.com/gate/way",
                "https://example.com/gate/way",
                "/gate/way",
                "https://example.com",
            ),
            (
                "http://127.0.0.1:8080",
                "http://127.0.0.1:8080",
                "",
                "http://127.0.0.1:8080",
            ),
        ] {
            let site = Site::new(url).unwrap();
            assert_eq!(
                (site.at("/x"), site.path(), site.origin()),
                (format!("{base}/x"), path, origin)
            );
        }
    }

    #[test]
    fn only_the_own_machine_is_reached_with_plain_cookies() {
        for (url, https, plain, kept) in [
            ("https://scim.example.com", true, false, true),
            ("https://localhost", true, false, true),
            ("http://localhost:8080", false, true, true),
            ("http://127.0.0.1:8080", false, true, true),
            ("http://[::1]:8080", false, true, true),
            ("http://localhost.example.com", false, false, false),
            ("http://10.0.0.1", false, false, false),
            ("http://scim.example.com", false, false, false),
        ] {
            let site = Site::new(url).unwrap();
            assert_eq!(
                (site.is_https(), site.has_plain_cookies(), site.keeps_cookies()),
                (https, plain, kept),
                "{url}"
            );
        }
    }

    #[test]
    fn what_is_no_address_of_a_site_is_refused() {
        for url in [
            "",
            "scim.example.com",
            "ftp://example.com",
            "https://a@example.com",
            "https://a:b@example.com",
            "https://example.com/?a",
            "https://example.com/#a",
            "data:text/html,x",
        ] {
            assert!(Site::new(url).is_err(), "{url}");
        }
    }
}

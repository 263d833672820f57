//! The path of a bulk operation: an endpoint, and for all methods but POST an id. It does not know which endpoints
//! exist.

use std::fmt;

use super::Method;
use crate::{Error, Mode};

/// Where an operation goes, relative to the organization's base URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path {
    /// The endpoint with its slash: `/Users`.
    pub endpoint: String,
    /// The resource's id, as sent: `bulkId:…` until it is resolved. `None` exactly for POST.
    pub id: Option<String>,
}

impl Path {
    /// Reads the path of an operation. It can lead nowhere but to a resource below the base URL, and not to `/Bulk`.
    pub fn parse(text: &str, method: Method, mode: Mode) -> Result<Self, Error> {
        let refused = |problem: &str| {
            let shown: String = text.chars().take(100).collect();
            Err(Error::value(format!("path is \"{shown}\", {problem}")))
        };
        let example = if method == Method::Post {
            "/Users"
        } else {
            "/Users/{id}"
        };
        let relative = match text.strip_prefix('/') {
            Some(relative) => relative,
            None if mode.is_tolerant() => text,
            None => return refused(&format!("which must begin with a slash, as in \"{example}\".")),
        };
        let is_url = text.contains("://") || relative.starts_with('/');
        if is_url || relative.split('/').any(|segment| segment == "..") {
            return refused(&format!(
                "which must be relative to the base URL, as in \"{example}\"."
            ));
        }
        if text.contains(['?', '#']) {
            return refused("which must not have a query or a fragment: remove it.");
        }
        let relative = relative.strip_suffix('/').unwrap_or(relative);
        let (endpoint, id) = match relative.split_once('/') {
            Some((endpoint, id)) => (endpoint, Some(id)),
            None => (relative, None),
        };
        if endpoint.eq_ignore_ascii_case("Bulk") {
            return refused("but a bulk request cannot contain another one.");
        }
        let is_segment = |text: &str| {
            !text.is_empty()
                && !text.starts_with('.')
                && !text.contains(['/', '\\'])
                && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        };
        if !is_segment(endpoint) || id.is_some_and(|id| !is_segment(id)) {
            return refused(&format!("which is no resource: write it as \"{example}\"."));
        }
        match (method, id) {
            (Method::Post, Some(_)) => {
                refused("but POST goes to an endpoint without an id, as in \"/Users\".")
            }
            (Method::Put | Method::Patch | Method::Delete, None) => refused(&format!(
                "but {} goes to one resource, as in \"/Users/{{id}}\".",
                method.as_str()
            )),
            _ => Ok(Self {
                endpoint: format!("/{endpoint}"),
                id: id.map(str::to_owned),
            }),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.endpoint)?;
        match &self.id {
            Some(id) => write!(f, "/{id}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_an_endpoint_and_an_id() {
        for (text, method, expected) in [
            ("/Users", Method::Post, "/Users"),
            ("/Users/", Method::Post, "/Users"),
            ("/Users/1", Method::Put, "/Users/1"),
            ("/Groups/bulkId:qwerty", Method::Patch, "/Groups/bulkId:qwerty"),
            ("/Users/1/", Method::Delete, "/Users/1"),
        ] {
            assert_eq!(
                Path::parse(text, method, Mode::Strict).unwrap().to_string(),
                expected
            );
        }
    }

    #[test]
    fn a_missing_slash_is_added_in_tolerant_mode_only() {
        let path = |mode| Path::parse("Users/1", Method::Delete, mode);
        assert_eq!(path(Mode::Tolerant).unwrap().to_string(), "/Users/1");
        assert!(path(Mode::Strict).unwrap_err().detail.contains("slash"));
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_refused_with_the_reason() {
        for (text, method, reason) in [
            (
                "https://scim.example.com/scim/v2/x/Users",
                Method::Post,
                "relative",
            ),
            ("//scim.example.com/Users", Method::Post, "relative"),
            ("/Users/../Groups", Method::Post, "relative"),
            ("/../Users", Method::Post, "relative"),
            ("/Users/..", Method::Delete, "relative"),
            ("/Users?attributes=id", Method::Post, "query"),
            ("/Users/1#x", Method::Delete, "query"),
            ("/Bulk", Method::Post, "another"),
            ("/bulk", Method::Post, "another"),
            ("/Users/1", Method::Post, "without an id"),
            ("/Users", Method::Put, "one resource"),
            ("/Users", Method::Patch, "one resource"),
            ("/Groups/", Method::Delete, "one resource"),
            ("", Method::Post, "no resource"),
            ("/", Method::Delete, "no resource"),
            ("/.search", Method::Post, "no resource"),
            ("/Users/.search", Method::Post, "no resource"),
            ("/Users/1/groups", Method::Patch, "no resource"),
            ("/Users/a b", Method::Delete, "no resource"),
            ("/scim/v2/other/Users/1", Method::Put, "no resource"),
        ] {
            let detail = Path::parse(text, method, Mode::Tolerant).unwrap_err().detail;
            assert!(detail.contains(reason), "{text}: {detail}");
        }
    }
}

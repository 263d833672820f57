//! Conditional requests (RFC 7644 §3.14). Whether a version is current is decided in the transaction that writes.

use std::fmt;

use actix_web::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};
use wicketgate_domain::{Precondition, User};

/// What `If-Match` demands. Tags are compared by their opaque part: SCIM's are weak although RFC 9110 §13.1.1 wants
/// strong ones here.
pub(super) fn precondition(headers: &HeaderMap) -> Precondition {
    match tags(headers, IF_MATCH) {
        None | Some(Tags::Any) => Precondition::None,
        Some(Tags::Given(tags)) => Precondition::Versions(tags.iter().map(|tag| tag.version).collect()),
    }
}

/// What the `version` of a bulk operation demands: what an `If-Match` of the same text would.
pub(super) fn of_version(version: &str) -> Precondition {
    let tags = version.split(',').map(str::trim_ascii);
    if tags.clone().any(|tag| tag == "*") {
        return Precondition::None;
    }
    Precondition::Versions(tags.filter_map(Tag::read).map(|tag| tag.version).collect())
}

/// Whether `If-None-Match` says that the client has what this tag stands for.
pub(super) fn is_held(headers: &HeaderMap, tag: Tag) -> bool {
    match tags(headers, IF_NONE_MATCH) {
        None => false,
        Some(Tags::Any) => true,
        Some(Tags::Given(tags)) => tags.contains(&tag),
    }
}

/// What an entity tag stands for: `W/"N"`, or `W/"N-C"` where a user is shown with groups or a manager. A user's version
/// does not change when a group gains it, or when the group or the manager is renamed, but what is shown does; the
/// checksum tells those apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    version: i64,
    shown: Option<u32>,
}

impl Tag {
    /// The tag of a user as it is shown with the groups and the manager it holds.
    pub(super) fn of_user(user: &User) -> Self {
        let mut checksum = crc32fast::Hasher::new();
        for membership in &user.groups {
            checksum.update(membership.group.as_uuid().as_bytes());
            checksum.update(&[u8::from(membership.direct)]);
            checksum.update(membership.display.as_bytes());
        }
        if let Some(manager) = &user.manager {
            checksum.update(manager.id.as_uuid().as_bytes());
            checksum.update(manager.display.as_bytes());
        }
        let is_alone = user.groups.is_empty() && user.manager.is_none();
        Self {
            version: user.version,
            shown: (!is_alone).then(|| checksum.finalize()),
        }
    }

    /// The tag of a resource whose version says everything.
    pub(super) fn of_version(version: i64) -> Self {
        Self { version, shown: None }
    }

    /// Reads `W/"N"`, `W/"N-C"` and the same without `W/`. Tags in any other form are not ours.
    fn read(tag: &str) -> Option<Self> {
        let quoted = tag.strip_prefix("W/").unwrap_or(tag);
        let opaque = quoted.strip_prefix('"')?.strip_suffix('"')?;
        let (version, shown) = match opaque.split_once('-') {
            Some((version, shown)) => (version, Some(u32::from_str_radix(shown, 16).ok()?)),
            None => (opaque, None),
        };
        let read = Self {
            version: version.parse().ok()?,
            shown,
        };
        (read.to_string().strip_prefix("W/") == Some(quoted)).then_some(read)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shown {
            Some(shown) => write!(f, "W/\"{}-{shown:08x}\"", self.version),
            None => write!(f, "W/\"{}\"", self.version),
        }
    }
}

enum Tags {
    /// `*`.
    Any,
    /// Those that this gateway could have given out.
    Given(Vec<Tag>),
}

fn tags(headers: &HeaderMap, name: HeaderName) -> Option<Tags> {
    let mut given = None::<Vec<Tag>>;
    for value in headers.get_all(name) {
        let given = given.get_or_insert_default();
        for tag in value.to_str().unwrap_or_default().split(',').map(str::trim_ascii) {
            if tag == "*" {
                return Some(Tags::Any);
            }
            given.extend(Tag::read(tag));
        }
    }
    given.map(Tags::Given)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn headers(name: &HeaderName, values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn without_if_match_or_with_a_star_any_version_will_do() {
        assert_eq!(precondition(&HeaderMap::new()), Precondition::None);
        assert_eq!(precondition(&headers(&IF_MATCH, &["*"])), Precondition::None);
        assert_eq!(
            precondition(&headers(&IF_MATCH, &["\"x\"", "*"])),
            Precondition::None
        );
    }

    #[test]
    fn weak_and_strong_tags_in_lists_name_versions() {
        for (values, versions) in [
            (&["W/\"3\""][..], vec![3]),
            (&["\"3\""], vec![3]),
            (&["W/\"1\", \"2\" ,W/\"7\""], vec![1, 2, 7]),
            (&["W/\"1\"", "W/\"2\""], vec![1, 2]),
        ] {
            assert_eq!(
                precondition(&headers(&IF_MATCH, values)),
                Precondition::Versions(versions),
                "{values:?}"
            );
        }
    }

    #[test]
    fn a_tag_that_is_not_ours_matches_no_version() {
        for value in [
            "\"abc\"",
            "W/\"03\"",
            "W/\"+3\"",
            "3",
            "W/3",
            "w/\"3\"",
            "\"3",
            "",
            "W/\"99999999999999999999\"",
        ] {
            let refused = Precondition::Versions(Vec::new());
            assert_eq!(precondition(&headers(&IF_MATCH, &[value])), refused, "{value}");
        }
    }

    #[test]
    fn a_client_holds_the_versions_it_names() {
        assert!(is_held(
            &headers(&IF_NONE_MATCH, &["W/\"2\", W/\"3\""]),
            Tag::of_version(3)
        ));
        assert!(is_held(&headers(&IF_NONE_MATCH, &["*"]), Tag::of_version(3)));
        assert!(!is_held(
            &headers(&IF_NONE_MATCH, &["W/\"2\""]),
            Tag::of_version(3)
        ));
        assert!(!is_held(&HeaderMap::new(), Tag::of_version(3)));
    }

    #[test]
    fn a_tag_with_a_checksum_names_its_version_and_is_held_only_as_it_is() {
        let tag = Tag {
            version: 3,
            shown: Some(0x0012_abcd),
        };
        assert_eq!(tag.to_string(), "W/\"3-0012abcd\"");
        for text in ["W/\"3-0012abcd\"", "\"3-0012abcd\""] {
            assert_eq!(Tag::read(text), Some(tag), "{text}");
        }
        for text in [
            "W/\"3-12abcd\"",
            "W/\"3-0012ABCD\"",
            "W/\"3-\"",
            "W/\"-0012abcd\"",
            "W/\"3-0012abcd",
        ] {
            assert_eq!(Tag::read(text), None, "{text}");
        }
        let held = headers(&IF_NONE_MATCH, &["W/\"3-0012abcd\""]);
        assert!(is_held(&held, tag));
        assert!(!is_held(&held, Tag::of_version(3)));
        assert_eq!(
            precondition(&headers(&IF_MATCH, &["W/\"3-0012abcd\""])),
            Precondition::Versions(vec![3])
        );
    }
}

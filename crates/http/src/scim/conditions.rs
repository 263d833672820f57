//! Conditional requests (RFC 7644 §3.14). Whether a version is current is decided in the transaction that writes.

use actix_web::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};
use wicketgate_domain::Precondition;

/// What `If-Match` demands. Tags are compared by their opaque part: SCIM's are weak although RFC 9110 §13.1.1 wants
/// strong ones here.
pub(super) fn precondition(headers: &HeaderMap) -> Precondition {
    match tags(headers, IF_MATCH) {
        None | Some(Tags::Any) => Precondition::None,
        Some(Tags::Versions(versions)) => Precondition::Versions(versions),
    }
}

/// Whether `If-None-Match` says that the client has this version.
pub(super) fn is_held(headers: &HeaderMap, version: i64) -> bool {
    match tags(headers, IF_NONE_MATCH) {
        None => false,
        Some(Tags::Any) => true,
        Some(Tags::Versions(versions)) => versions.contains(&version),
    }
}

enum Tags {
    /// `*`.
    Any,
    /// Those that this gateway could have given out.
    Versions(Vec<i64>),
}

fn tags(headers: &HeaderMap, name: HeaderName) -> Option<Tags> {
    let mut versions = None::<Vec<i64>>;
    for value in headers.get_all(name) {
        let versions = versions.get_or_insert_default();
        for tag in value.to_str().unwrap_or_default().split(',').map(str::trim_ascii) {
            if tag == "*" {
                return Some(Tags::Any);
            }
            versions.extend(version(tag));
        }
    }
    versions.map(Tags::Versions)
}

/// The version in `W/"N"` or `"N"`. Tags in any other form are not ours.
fn version(tag: &str) -> Option<i64> {
    let quoted = tag.strip_prefix("W/").unwrap_or(tag);
    let opaque = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let version: i64 = opaque.parse().ok()?;
    (version.to_string() == opaque).then_some(version)
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
        assert!(is_held(&headers(&IF_NONE_MATCH, &["W/\"2\", W/\"3\""]), 3));
        assert!(is_held(&headers(&IF_NONE_MATCH, &["*"]), 3));
        assert!(!is_held(&headers(&IF_NONE_MATCH, &["W/\"2\""]), 3));
        assert!(!is_held(&HeaderMap::new(), 3));
    }
}

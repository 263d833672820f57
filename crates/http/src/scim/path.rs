//! The path of a SCIM request: which organization it names, and what below it. It does not know which endpoints exist.

use wicketgate_auth::OrgId;

use super::decode::percent_decoded;

/// Microsoft Entra's switch for RFC behaviour. Administrators append it to the base URL, and so it may arrive glued to
/// any segment that follows.
const ENTRA_SWITCH: &str = "&aadOptscim062020";

/// A path below `/scim`.
pub(crate) struct Path {
    /// The organization, where its segment is the canonical spelling of an id.
    pub(crate) org: Option<OrgId>,
    /// The decoded segments below the organization's; none in the base URL itself.
    pub(crate) segments: Vec<String>,
}

impl Path {
    /// Reads the path as it was sent. One trailing slash says nothing; what is not UTF-8 is unknown.
    pub(crate) fn read(path: &str) -> Self {
        let unknown = Self {
            org: None,
            segments: Vec::new(),
        };
        let path = path.strip_suffix('/').unwrap_or(path);
        let mut segments = path.split('/').skip(1);
        let (Some("scim"), Some("v2"), Some(org)) = (segments.next(), segments.next(), segments.next())
        else {
            return unknown;
        };
        let decoded = |segment: &str| {
            let segment = without_switch(segment);
            percent_decoded(segment).filter(|text| !matches!(text.as_str(), "." | ".."))
        };
        let segments: Option<Vec<String>> = segments.map(decoded).collect();
        // The organization's segment is compared as sent: an id has one spelling.
        Self {
            org: without_switch(org).parse().ok(),
            // An empty segment fits no route.
            segments: segments.unwrap_or_else(|| vec![String::new()]),
        }
    }
}

fn without_switch(segment: &str) -> &str {
    let split = segment.len().saturating_sub(ENTRA_SWITCH.len());
    match segment.split_at_checked(split) {
        Some((rest, switch)) if switch.eq_ignore_ascii_case(ENTRA_SWITCH) => rest,
        Some(_) | None => segment,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORG: &str = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88";

    fn read(path: &str) -> (bool, Vec<String>) {
        let path = Path::read(&path.replace("ORG", ORG));
        (path.org.is_some_and(|org| org.to_string() == ORG), path.segments)
    }

    #[test]
    fn a_path_is_an_organization_and_segments() {
        assert_eq!(
            read("/scim/v2/ORG/Users/1"),
            (true, vec!["Users".to_owned(), "1".to_owned()])
        );
        assert_eq!(read("/scim/v2/ORG"), (true, Vec::new()));
    }

    #[test]
    fn one_trailing_slash_says_nothing() {
        assert_eq!(read("/scim/v2/ORG/Users/"), read("/scim/v2/ORG/Users"));
        assert_ne!(read("/scim/v2/ORG/Users//"), read("/scim/v2/ORG/Users"));
    }

    #[test]
    fn segments_are_decoded_one_by_one() {
        assert_eq!(
            read("/scim/v2/ORG/Schemas/urn%3aietf%3Aparams/%2F"),
            (
                true,
                ["Schemas", "urn:ietf:params", "/"].map(str::to_owned).to_vec()
            )
        );
    }

    #[test]
    fn an_organization_has_one_spelling() {
        let upper = ORG.to_uppercase();
        let encoded = ORG.replace('-', "%2D");
        for org in [upper.as_str(), encoded.as_str(), "", "..", "*", "0"] {
            assert!(!read(&format!("/scim/v2/{org}/Users")).0, "{org}");
        }
    }

    #[test]
    fn what_is_no_path_of_an_organization_is_unknown() {
        for path in [
            "/scim",
            "/scim/",
            "/scim/v2",
            "/scim/v1/ORG/Users",
            "/scim//v2/ORG/Users",
            "/scim/V2/ORG/Users",
        ] {
            assert_eq!(read(path), (false, Vec::new()), "{path}");
        }
    }

    #[test]
    fn dot_segments_and_broken_text_fit_no_route() {
        for path in ["Users/..", "Users/%2e%2E", "./Users", "Users/%ff"] {
            assert_eq!(
                read(&format!("/scim/v2/ORG/{path}")),
                (true, vec![String::new()]),
                "{path}"
            );
        }
    }

    #[test]
    fn entras_switch_is_understood_where_it_is_glued() {
        let plain = read("/scim/v2/ORG/Users/1");
        assert_eq!(read("/scim/v2/ORG&aadOptscim062020/Users/1"), plain);
        assert_eq!(read("/scim/v2/ORG/Users/1&aadOptscim062020"), plain);
        assert_eq!(read("/scim/v2/ORG/Users&aadoptscim062020/1/"), plain);
    }
}

//! The URN that an extension schema may have: one that every path, link and list of attributes can spell.

use super::{MAX_URN_BYTES, members::shown};
use crate::{
    Error,
    schema::{ENTERPRISE_USER, is_urn},
};

/// What others have given a meaning that clients rely on: core schemas and messages of the RFCs, and Okta's roles and
/// entitlements.
const RESERVED: [&str; 3] = [
    "urn:ietf:params:scim:schemas:core:",
    "urn:ietf:params:scim:api:",
    "urn:okta:scim:schemas:core:",
];

pub(super) fn checked(id: String) -> Result<String, Error> {
    let refused = |problem: String| Err(Error::value(format!("id: {problem}")));
    if id.len() > MAX_URN_BYTES {
        return refused(format!(
            "the URN is longer than {MAX_URN_BYTES} bytes: shorten it"
        ));
    }
    // The comma parts the list in `attributes`, brackets and quotes belong to filters, and `/`, `?`, `#` and `%` mean
    // something in the URL below /Schemas.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '-' | '_');
    if let Some(odd) = id.chars().find(|c| !is_plain(*c)) {
        return refused(format!(
            "{odd:?} cannot stand in the URN of a schema: use letters, digits and :.-_"
        ));
    }
    let mut parts = id.split(':').skip(1);
    let is_name = |nid: &str| {
        let plain = nid.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        (2..=32).contains(&nid.len())
            && plain
            && !nid.starts_with('-')
            && !nid.ends_with('-')
            && !nid.eq_ignore_ascii_case("urn")
    };
    let has_namespace = is_urn(&id) && parts.next().is_some_and(is_name);
    let mut rest = parts.peekable();
    if !has_namespace || rest.peek().is_none() || rest.any(str::is_empty) {
        return refused(format!(
            "{} is not a URN: send one such as urn:example:staff:2.0:User",
            shown(&id)
        ));
    }
    let lower = id.to_ascii_lowercase();
    if RESERVED.iter().any(|prefix| lower.starts_with(prefix)) || id.eq_ignore_ascii_case(ENTERPRISE_USER) {
        return refused(format!(
            "{} has a meaning already: choose a URN of your own, such as urn:example:staff:2.0:User",
            shown(&id)
        ));
    }
    Ok(id)
}

/// Whether a path could mean an attribute of one schema or the other schema itself: they are the same, or one continues
/// the other.
pub fn overlap(a: &str, b: &str) -> bool {
    let continues = |long: &str, short: &str| {
        long.split_at_checked(short.len()).is_some_and(|(start, rest)| {
            start.eq_ignore_ascii_case(short) && (rest.is_empty() || rest.starts_with(':'))
        })
    };
    continues(a, b) || continues(b, a)
}

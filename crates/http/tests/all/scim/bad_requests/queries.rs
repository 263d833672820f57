//! Queries that are not understood, or past their limits.

use super::{Bad, bad_query};
use crate::harness::percent_encoded;

/// `userName eq "x…"` of exactly so many characters.
pub(in crate::scim) fn filter_of_length(characters: usize) -> String {
    let frame = "userName eq \"\"".len();
    format!("userName eq \"{}\"", "x".repeat(characters - frame))
}

/// A comparison inside so many parentheses.
pub(in crate::scim) fn filter_of_depth(depth: usize) -> String {
    format!("{}userName eq \"x\"{}", "(".repeat(depth), ")".repeat(depth))
}

/// So many comparisons.
pub(in crate::scim) fn filter_of_terms(terms: usize) -> String {
    vec!["active eq true"; terms].join(" and ")
}

pub(super) fn all() -> Vec<Bad> {
    let encoded = percent_encoded;
    let mut all = Vec::new();
    for endpoint in ["/Users", "/Groups"] {
        for (query, scim_type, words) in [
            (
                format!("filter={}", encoded(&filter_of_length(4_097))),
                "invalidFilter",
                &["4096"][..],
            ),
            (
                format!("filter={}", encoded(&filter_of_depth(13))),
                "invalidFilter",
                &["12 levels"],
            ),
            (
                format!("filter={}", encoded(&"(".repeat(4_096))),
                "invalidFilter",
                &["12 levels"],
            ),
            (
                format!("filter={}", encoded(&"not (".repeat(500))),
                "invalidFilter",
                &["12 levels"],
            ),
            (
                format!("filter={}", encoded(&filter_of_terms(65))),
                "invalidFilter",
                &["64"],
            ),
            (
                "filter=userName%20eq%20%22a%5Cu0000%22".to_owned(),
                "invalidFilter",
                &["U+0000"],
            ),
            (
                "filter=userName%20eq%20%22%00%22".to_owned(),
                "invalidFilter",
                &[],
            ),
            ("filter=%FF".to_owned(), "invalidValue", &["filter", "UTF-8"]),
            (
                format!("{}x=1", "x=1&".repeat(16)),
                "invalidValue",
                &["16 parameters"],
            ),
            (
                "startIndex=1&startIndex=1".to_owned(),
                "invalidValue",
                &["startIndex", "twice"],
            ),
            ("count=1&COUNT=1".to_owned(), "invalidValue", &["count", "twice"]),
            (
                "filter=a&filter=b".to_owned(),
                "invalidValue",
                &["filter", "twice"],
            ),
            ("count=abc".to_owned(), "invalidValue", &["count", "whole number"]),
            ("count=".to_owned(), "invalidValue", &["count", "whole number"]),
            ("count=1.5".to_owned(), "invalidValue", &["count", "whole number"]),
            (
                "startIndex=0x1".to_owned(),
                "invalidValue",
                &["startIndex", "whole number"],
            ),
        ] {
            all.push(bad_query(format!("{endpoint}?{query}"), scim_type, words));
        }
    }
    all
}

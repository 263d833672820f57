//! Lists: filters, pages and totals.

mod bounds;
mod cursors;
mod filters;
mod operators;
mod pages;
mod root;
mod sorting;
mod unique_identifier;

use std::collections::BTreeSet;

use crate::harness::Tenant;

/// The names of all users that a filter selects.
async fn names(org: &Tenant, filter: &str) -> BTreeSet<String> {
    let page = org.search_users(filter).await.unwrap();
    assert_eq!(
        page.total,
        u64::try_from(page.resources.len()).unwrap(),
        "{filter}"
    );
    page.resources
        .iter()
        .map(|user| user.attributes["userName"].as_str().unwrap().to_owned())
        .collect()
}

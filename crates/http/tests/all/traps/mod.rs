//! Bugs that other SCIM servers have had, numbered, each under the sentence that is true here. A bug that only shows
//! inside one crate is tested in that crate too.

mod lists;
mod membership;
mod more;
mod patching;
mod paths;
mod projection;
mod refusals;
mod tenancy;

use std::collections::BTreeSet;

const SOURCES: [&str; 8] = [
    include_str!("lists.rs"),
    include_str!("membership.rs"),
    include_str!("more.rs"),
    include_str!("patching.rs"),
    include_str!("paths.rs"),
    include_str!("projection.rs"),
    include_str!("refusals.rs"),
    include_str!("tenancy.rs"),
];
/// How many bugs there are in the collection.
const TRAPS: u8 = 40;

/// The numbers of the scenarios that run; a scenario that no list names is dead code, which the compiler reports.
fn tested() -> BTreeSet<u8> {
    SOURCES
        .iter()
        .flat_map(|source| source.lines())
        .filter_map(|line| line.strip_prefix("async fn trap_")?.get(..2)?.parse().ok())
        .collect()
}

#[test]
fn every_trap_has_a_test() {
    assert_eq!(tested(), (1..=TRAPS).collect());
}

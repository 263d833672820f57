//! Outgoing requests to addresses that others chose: one client, which reaches nothing but public hosts.
//!
//! Everything of ours that calls out does it through [`Fetcher`], as [`wicketgate_auth::Fetch`]. It keeps nothing from
//! one request to the next: no cookies, no connections, no answers.
//!
//! | Question | File |
//! |---|---|
//! | Which URLs are fetched, and within which bounds? | `fetcher.rs` |
//! | What may the operator allow? | `rules.rs` |
//! | Which addresses are public? | `address.rs` |
//! | Where does the address of a name come from? | `resolve.rs` |
#![forbid(unsafe_code)]

mod address;
mod fetcher;
mod resolve;
mod rules;

pub use address::is_public;
pub use fetcher::{Fetcher, MAX_BODY};
pub use resolve::{Resolve, Resolving, SystemResolver};
pub use rules::{InvalidRules, Rules};

//! RFC 7643 and RFC 7644 without IO: what a SCIM message means, and nothing about where it came from or is kept.
//!
//! | RFC section | Module |
//! | --- | --- |
//! | 7643 §2.2, §3.1, §4, §7 attributes and their characteristics | [`schema`] |
//! | 7643 §2.3.5 dateTime | [`date`] |
//! | 7643 §7 an extension schema that an organization defines | [`schema::definition`] |
//! | 7643 §2.5, §3.3 reading and writing a resource; 7644 §3.3, §3.5.1 POST and PUT | [`resource`] |
//! | 7643 §4.1.1 `name.formatted` | [`name`] |
//! | 7643 §5, §6, §7 and 7644 §4 discovery | [`discovery`] |
//! | 7644 §3.1, §3.4.2, §3.12 message envelopes | [`message`] |
//! | 7644 §3.4.2.2 filters | [`filter`] |
//! | 7644 §3.4.2.3 sorting | [`sort`] |
//! | 7644 §3.4.3 and 9865 §3 querying by POST | [`search`] |
//! | 7644 §3.5.2 PATCH | [`patch`] |
//! | 7644 §3.7 bulk requests | [`bulk`] |
//! | 7644 §3.9 `attributes` and `excludedAttributes` | [`projection`] |
//! | 7644 §3.10 attribute notation | [`path`] |
//! | 7644 §3.12 table 9 `scimType` | [`error`] |
//! | 7644 §5, §7.8 comparison of user names | [`fold`] |
//! | 8259 the JSON text itself | [`json`] |
//!
//! [`mode`] says how literally all of this is taken. [`compat`] names what real clients send instead of the RFC's form
//! and is understood.
#![forbid(unsafe_code)]

pub mod bulk;
pub mod compat;
pub mod date;
pub mod discovery;
mod envelope;
pub mod error;
pub mod filter;
pub mod fold;
pub mod json;
pub mod message;
pub mod mode;
pub mod name;
pub mod patch;
pub mod path;
pub mod projection;
pub mod resource;
pub mod schema;
pub mod search;
pub mod sort;

#[cfg(test)]
mod every_type;

pub use error::{Error, ScimType};
pub use mode::Mode;

/// A JSON object that keeps the order of its members.
pub type Object = serde_json::Map<String, serde_json::Value>;

//! Reading and writing a resource: body to stored form, stored form to answer. It does not know ids, members or groups:
//! those are rows, which the domain reads and computes.
//!
//! A stored resource is an [`Object`] with canonical attribute names that holds core attributes, `externalId` and one
//! container for each extension. It never holds `schemas`, `id`, `meta`, `groups`, `password` or `members`, nor any
//! writeOnly value, null, an empty array, an empty complex value or an empty container.

mod accept;
mod adopt;
mod coerce;
mod keep;
mod order;
mod place;
mod render;
mod rewrite;
mod validate;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use accept::accept;
pub use adopt::{adopt, fit};
pub(crate) use coerce::is_hollow;
pub use coerce::{coerce, coerce_element, coerce_named};
pub use keep::keep_unreadable;
pub use render::{Meta, render};
pub use rewrite::Rewrite;
pub use validate::validate;

use crate::Object;

/// The largest text of one value, in bytes.
pub const MAX_VALUE_BYTES: usize = 2_048;
/// The largest binary value, such as a certificate, in bytes of Base64.
pub const MAX_BINARY_BYTES: usize = 16_384;
/// The longest `userName`, in characters.
pub const MAX_USER_NAME_CHARS: usize = 256;
/// The longest `externalId`, in characters.
pub const MAX_EXTERNAL_ID_CHARS: usize = 512;
/// The most values of a multi-valued attribute.
pub const MAX_VALUES: usize = 100;
/// The most extensions of one resource that nobody declared.
pub const MAX_UNDECLARED_EXTENSIONS: usize = 100;
/// The most members of one object in an extension that nobody declared.
pub const MAX_UNDECLARED_MEMBERS: usize = 256;
/// The most `members` in one request.
pub const MAX_MEMBERS: usize = 100_000;

/// Which request a body belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// POST: an absent `active` becomes true.
    Create,
    /// PUT: what is absent stays absent. [`Accepted::mentioned`] tells absent from null.
    Replace,
}

/// A body that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The stored form. For a Group also `members` when it was sent: an array of objects, empty when it was sent empty.
    pub attributes: Object,
    /// Canonical names of the top-level attributes and extensions that the body contained, also as null or `[]`, and
    /// also when they are readOnly or never kept.
    pub mentioned: BTreeSet<String>,
    /// Deviations that were understood.
    pub rewrites: Vec<Rewrite>,
}

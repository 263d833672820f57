//! What identity providers send instead of the RFC's form, one named rule each. Shapes decide, never the name of a
//! client: a rule stands in the file of the client it was first seen from, and applies to all.
//!
//! Rules about the type of a value (`"True"`, a bare id, a list of one) are in [`crate::resource`], because POST and PUT
//! bodies need them too.

pub(crate) mod entra;
pub(crate) mod okta;

use crate::resource::Rewrite;

/// `"path": ""` is understood as no path; clients with a fixed operation type always write the member.
pub(crate) fn empty_path(rewrites: &mut Vec<Rewrite>) {
    Rewrite::report(rewrites, "empty-path", "path");
}

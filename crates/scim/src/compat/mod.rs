//! What identity providers send instead of the RFC's form, one named rule each. Shapes decide, never the name of a
//! client.
//!
//! [`RULES`] lists them all. Rules about a message stand here, in the file of the client they were first seen from;
//! rules about the type of a value (`"True"`, a bare id, a list of one) in [`crate::resource`], because POST and PUT
//! bodies need them too; rules that depend on what is stored ("the work address, whether or not there is one") in
//! [`crate::patch`].

pub(crate) mod entra;
pub(crate) mod okta;
pub(crate) mod onelogin;
mod rules;

#[cfg(test)]
mod tests;

pub use rules::{RULES, Rule, RuleName};

use crate::resource::Rewrite;

/// `"path": ""` is understood as no path; clients with a fixed operation type always write the member.
pub(crate) fn empty_path(rewrites: &mut Vec<Rewrite>) {
    Rewrite::report(rewrites, RuleName::EmptyPath, "path");
}

/// A PATCH body without `schemas`.
pub(crate) fn patch_schemas_missing(rewrites: &mut Vec<Rewrite>) {
    Rewrite::report(rewrites, RuleName::PatchSchemasMissing, "schemas");
}

/// `"Operations": []`: nothing is asked for.
pub(crate) fn operations_empty(rewrites: &mut Vec<Rewrite>) {
    Rewrite::report(rewrites, RuleName::OperationsEmpty, "Operations");
}

/// `operations`: names of members have no case, but the RFC knows one spelling of this one.
pub(crate) fn operations_case(key: &str, rewrites: &mut Vec<Rewrite>) {
    if key != "Operations" {
        Rewrite::report(rewrites, RuleName::OperationsCase, "Operations");
    }
}

//! Bugs that other SCIM servers have had, each named after what went wrong there. A bug that only shows inside one
//! crate is tested in that crate.

mod lists;
mod membership;
mod patching;
mod refusals;
mod tenancy;

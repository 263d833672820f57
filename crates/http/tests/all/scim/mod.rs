//! The endpoints below `/scim/v2/{orgId}`, a folder or file for each, and what all of them have in common.

mod bad_requests;
mod conditions;
mod credentials;
mod discovery;
mod engines;
mod errors;
mod groups;
mod limits;
mod media;
mod projection;
mod query_limits;
mod users;

//! The endpoints below `/scim/v2/{orgId}`, a folder or file for each, and what all of them have in common.

mod admission;
mod bad_requests;
mod boundaries;
mod bulk;
mod conditions;
mod conformance;
mod credentials;
mod custom_schemas;
mod discovery;
mod engines;
mod entitlements;
mod errors;
mod groups;
mod limits;
mod media;
mod projection;
mod provisioning_log;
mod query_limits;
mod search;
mod users;

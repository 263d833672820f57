//! The groups of an organization: finding them, and what is known of one. A group may have a million members, so they are
//! shown page by page.

pub(crate) mod act;
pub(crate) mod list;
pub(crate) mod show;

use wicketgate_domain::{Group, GroupId};

use crate::{call::Call, failure::Failure};

/// What a group is called.
fn called(group: &Group) -> String {
    group
        .attributes
        .get("displayName")
        .and_then(serde_json::Value::as_str)
        .filter(|name| !name.is_empty())
        .map_or_else(|| group.id.to_string(), str::to_owned)
}

/// The group that the path names second.
fn id(call: &Call) -> Result<GroupId, Failure> {
    Ok(GroupId::parse(call.segments.get(1).ok_or(Failure::NotFound)?)?)
}

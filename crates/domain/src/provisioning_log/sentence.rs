//! One plain sentence for each row.

use jiff::Timestamp;

use super::{action::Action, facts::Facts};

/// Something in a number, as people count it.
fn counted(number: u64, one: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {one}s")
    }
}

/// The value that a simple lookup asks for: `userName eq "x"` asks for x.
fn looked_for(question: &str) -> Option<String> {
    let (path, value) = question.split_once(" eq ")?;
    let is_one_name = !path.contains([' ', '[', '(']);
    let value: String = serde_json::from_str(value).ok()?;
    is_one_name.then_some(value)
}

fn lookup(facts: &Facts, things: &str) -> String {
    let question = facts.question.as_deref().unwrap_or_default();
    let found = facts.found.unwrap_or_default();
    match (looked_for(question), found) {
        (Some(value), 0) => format!("Looked up {value}: not found"),
        (Some(value), 1) => format!("Looked up {value}: found"),
        (Some(value), found) => format!("Looked up {value}: {found} found"),
        (None, found) => format!("Searched {things} for {question}: {found} found"),
    }
}

/// What happened to a group's members.
fn membership(facts: &Facts, group: &str) -> String {
    let members = |number: usize| counted(number as u64, "member");
    match (facts.added, facts.removed) {
        (added, 0) => format!("Added {} to {group}", members(added)),
        (0, removed) => format!("Removed {} from {group}", members(removed)),
        (added, removed) => format!("Added {} to and removed {removed} from {group}", members(added)),
    }
}

/// Which attributes a write changed.
fn changes(facts: &Facts) -> String {
    if facts.attributes.is_empty() {
        String::new()
    } else {
        format!(": {}", facts.attributes.join(", "))
    }
}

/// The sentence of a row. `title` names its credential, `last` is the time of the row.
pub(crate) fn sentence(action: Action, facts: &Facts, title: &str, last: Timestamp) -> String {
    let named = |other: &str| facts.name.clone().unwrap_or_else(|| other.to_owned());
    let (user, group) = (named("a user"), named("a group"));
    let times = || {
        if facts.count > 1 {
            format!(", {} times", facts.count)
        } else {
            String::new()
        }
    };
    match action {
        Action::UserCreated => format!("Created {user}"),
        Action::UserUpdated => format!("Updated {user}{}", changes(facts)),
        Action::UserDeactivated => format!("Deactivated {user}"),
        Action::UserReactivated => format!("Reactivated {user}"),
        Action::UserUnchanged => format!("Sent {user} again, with nothing new"),
        Action::UserDeleted => format!("Deleted {user}"),
        Action::UserLookedUp => lookup(facts, "users"),
        Action::UserCreateFailed => format!("Tried to create {user}"),
        Action::UserUpdateFailed => format!("Tried to change {user}"),
        Action::UserDeleteFailed => format!("Tried to delete {user}"),
        Action::UserLookupFailed => "Tried to look up users".to_owned(),
        Action::UserReadFailed => format!("Tried to read {user}"),
        Action::GroupCreated if facts.added > 0 => {
            format!(
                "Created the group {group} with {}",
                counted(facts.added as u64, "member")
            )
        }
        Action::GroupCreated => format!("Created the group {group}"),
        Action::GroupUpdated if facts.added + facts.removed > 0 => {
            format!(
                "Updated the group {group}{}. {}",
                changes(facts),
                membership(facts, "it")
            )
        }
        Action::GroupUpdated => format!("Updated the group {group}{}", changes(facts)),
        Action::GroupMembersChanged => membership(facts, &group),
        Action::GroupUnchanged => format!("Sent the group {group} again, with nothing new"),
        Action::GroupDeleted => format!("Deleted the group {group}"),
        Action::GroupLookedUp => lookup(facts, "groups"),
        Action::GroupCreateFailed => format!("Tried to create the group {group}"),
        Action::GroupUpdateFailed => format!("Tried to change the group {group}"),
        Action::GroupDeleteFailed => format!("Tried to delete the group {group}"),
        Action::GroupLookupFailed => "Tried to look up groups".to_owned(),
        Action::GroupReadFailed => format!("Tried to read the group {group}"),
        Action::DirectoryLookedUp => lookup(facts, "users and groups"),
        Action::DirectoryLookupFailed => "Tried to search users and groups".to_owned(),
        Action::EntitlementLookedUp => lookup(facts, "roles and entitlements"),
        Action::EntitlementReadFailed => "Tried to read roles or entitlements".to_owned(),
        Action::DiscoveryFailed => "Tried to read what this gateway supports".to_owned(),
        Action::BulkFailed => "Tried to send many changes at once".to_owned(),
        Action::RequestRefused => format!("Sent a request that was turned away{}", times()),
        Action::CredentialRefused => format!("{title} was not accepted{}", times()),
        Action::LogGap => {
            let first = facts
                .first
                .and_then(|first| Timestamp::from_millisecond(first).ok())
                .unwrap_or(last);
            let clock = |moment: Timestamp| moment.strftime("%H:%M:%S").to_string();
            format!(
                "{} between {} and {} UTC could not be logged",
                counted(facts.count, "request"),
                clock(first),
                clock(last)
            )
        }
    }
}

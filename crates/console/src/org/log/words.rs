//! What the log's rows are called in words.

use std::time::Duration;

use wicketgate_domain::{Action, LogCredential, LogRow};

/// What became of a request, in words and never by colour alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The word, with the status where it failed.
    pub(crate) text: String,
    /// What its tag is: nothing, `warn` or `bad`.
    pub(crate) tone: &'static str,
}

impl Outcome {
    /// What became of the request of a row.
    pub(crate) fn of(row: &LogRow) -> Self {
        let (word, tone) = match row.status {
            0 => ("No answer", "warn"),
            429 | 503 => ("Put off", "warn"),
            status if status >= 400 => ("Failed", "bad"),
            _ => ("Done", ""),
        };
        Self {
            text: if row.is_failure() {
                format!("{word} ({})", row.status)
            } else {
                word.to_owned()
            },
            tone,
        }
    }
}

/// What a credential is called: its name and whose it is, or its id where nobody knows it any more.
pub(crate) fn credential(found: &LogCredential) -> String {
    let name = found.name.clone().unwrap_or_else(|| found.id.to_string());
    match &found.service_user_name {
        Some(service_user) => format!("{name} of {service_user}"),
        None => name,
    }
}

/// A duration as people read it.
pub(crate) fn duration(duration: Duration) -> String {
    if duration < Duration::from_millis(1) {
        "less than 1 ms".to_owned()
    } else if duration < Duration::from_secs(10) {
        format!("{} ms", duration.as_millis())
    } else {
        format!("{} s", duration.as_secs())
    }
}

/// What an action is called.
pub(crate) const fn action(action: Action) -> &'static str {
    match action {
        Action::UserCreated => "User created",
        Action::UserUpdated => "User changed",
        Action::UserDeactivated => "User deactivated",
        Action::UserReactivated => "User reactivated",
        Action::UserUnchanged => "User sent unchanged",
        Action::UserDeleted => "User deleted",
        Action::UserLookedUp => "Users looked up",
        Action::UserCreateFailed => "Creating a user failed",
        Action::UserUpdateFailed => "Changing a user failed",
        Action::UserDeleteFailed => "Deleting a user failed",
        Action::UserLookupFailed => "Looking users up failed",
        Action::UserReadFailed => "Reading a user failed",
        Action::GroupCreated => "Group created",
        Action::GroupUpdated => "Group changed",
        Action::GroupMembersChanged => "Members of a group changed",
        Action::GroupUnchanged => "Group sent unchanged",
        Action::GroupDeleted => "Group deleted",
        Action::GroupLookedUp => "Groups looked up",
        Action::GroupCreateFailed => "Creating a group failed",
        Action::GroupUpdateFailed => "Changing a group failed",
        Action::GroupDeleteFailed => "Deleting a group failed",
        Action::GroupLookupFailed => "Looking groups up failed",
        Action::GroupReadFailed => "Reading a group failed",
        Action::DirectoryLookedUp => "Users and groups looked up",
        Action::DirectoryLookupFailed => "Looking users and groups up failed",
        Action::EntitlementLookedUp => "Roles or entitlements looked up",
        Action::EntitlementReadFailed => "Reading roles or entitlements failed",
        Action::DiscoveryFailed => "Reading what the gateway supports failed",
        Action::BulkFailed => "A bulk request failed",
        Action::RequestRefused => "A request was refused",
        Action::CredentialRefused => "A credential was refused",
        Action::LogGap => "Requests could not be logged",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_action_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = Action::ALL.iter().map(|each| action(*each)).collect();
        assert_eq!(names.len(), Action::ALL.len());
    }

    #[test]
    fn durations_are_as_exact_as_people_need_them() {
        for (microseconds, text) in [
            (400, "less than 1 ms"),
            (3_600, "3 ms"),
            (1_250_000, "1250 ms"),
            (12_500_000, "12 s"),
        ] {
            assert_eq!(duration(Duration::from_micros(microseconds)), text);
        }
    }
}

//! What a request was about, as far as the log tells it apart. The sentence for people is made in `sentence.rs`.

use std::{fmt, str::FromStr};

use crate::Error;

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $code:literal $name:literal)+) => {
        /// What a request did, or tried to do. The names are stable, and so are the numbers under which they are kept.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $($(#[$doc])* $variant,)+
        }

        impl Action {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name in answers and exports.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The number in the database.
            pub(crate) const fn code(self) -> i32 {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// The action of a number in the database.
            pub(crate) const fn of_code(code: i32) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

actions! {
    /// A user was created.
    UserCreated = 1 "user.created"
    /// A user's attributes were changed.
    UserUpdated = 2 "user.updated"
    /// A user's `active` became false.
    UserDeactivated = 3 "user.deactivated"
    /// A user's `active` became true again.
    UserReactivated = 4 "user.reactivated"
    /// A user was sent as it is already.
    UserUnchanged = 5 "user.unchanged"
    /// A user was deleted.
    UserDeleted = 6 "user.deleted"
    /// Users were looked for.
    UserLookedUp = 7 "user.looked_up"
    /// A user was not created.
    UserCreateFailed = 8 "user.create_failed"
    /// A user was not changed.
    UserUpdateFailed = 9 "user.update_failed"
    /// A user was not deleted.
    UserDeleteFailed = 10 "user.delete_failed"
    /// Users were looked for in a way that cannot be answered.
    UserLookupFailed = 11 "user.lookup_failed"
    /// A user that was asked for by its id was not answered.
    UserReadFailed = 12 "user.read_failed"
    /// A group was created.
    GroupCreated = 20 "group.created"
    /// A group's attributes were changed.
    GroupUpdated = 21 "group.updated"
    /// Members were added to a group, or removed from it.
    GroupMembersChanged = 22 "group.members_changed"
    /// A group was sent as it is already.
    GroupUnchanged = 23 "group.unchanged"
    /// A group was deleted.
    GroupDeleted = 24 "group.deleted"
    /// Groups were looked for.
    GroupLookedUp = 25 "group.looked_up"
    /// A group was not created.
    GroupCreateFailed = 26 "group.create_failed"
    /// A group was not changed.
    GroupUpdateFailed = 27 "group.update_failed"
    /// A group was not deleted.
    GroupDeleteFailed = 28 "group.delete_failed"
    /// Groups were looked for in a way that cannot be answered.
    GroupLookupFailed = 29 "group.lookup_failed"
    /// A group that was asked for by its id was not answered.
    GroupReadFailed = 30 "group.read_failed"
    /// Users and groups were looked for together.
    DirectoryLookedUp = 40 "directory.looked_up"
    /// Users and groups were looked for together, in a way that cannot be answered.
    DirectoryLookupFailed = 41 "directory.lookup_failed"
    /// Roles or entitlements were looked for.
    EntitlementLookedUp = 42 "entitlement.looked_up"
    /// Roles or entitlements were not answered.
    EntitlementReadFailed = 43 "entitlement.read_failed"
    /// What the gateway supports was not answered.
    DiscoveryFailed = 44 "discovery.failed"
    /// A bulk request was refused as a whole.
    BulkFailed = 50 "bulk.failed"
    /// A request was refused before it was known what it asked for.
    RequestRefused = 51 "request.refused"
    /// A credential of the organization was refused.
    CredentialRefused = 60 "credential.refused"
    /// Requests could not be logged.
    LogGap = 70 "log.gap"
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Action {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .iter()
            .copied()
            .find(|action| action.as_str() == text)
            .ok_or_else(|| {
                Error::refused(
                    "action",
                    "send one of the names that rows of the log have, such as user.created",
                )
            })
    }
}

/// What a request set out to do, by its method and its route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Attempt {
    CreateUser,
    UpdateUser,
    DeleteUser,
    LookUpUsers,
    ReadUser,
    CreateGroup,
    UpdateGroup,
    DeleteGroup,
    LookUpGroups,
    ReadGroup,
    LookUpAnything,
    ReadEntitlements,
    Discover,
    Bulk,
    Unknown,
}

impl Attempt {
    /// What a request sets out to do. `route` is the template of its path below the organization.
    pub(crate) fn of(method: &str, route: &str) -> Self {
        match (method, route) {
            ("POST", "/Users") => Self::CreateUser,
            ("PUT" | "PATCH", "/Users/{id}") => Self::UpdateUser,
            ("DELETE", "/Users/{id}") => Self::DeleteUser,
            ("GET", "/Users") | ("POST", "/Users/.search") => Self::LookUpUsers,
            ("GET", "/Users/{id}") => Self::ReadUser,
            ("POST", "/Groups") => Self::CreateGroup,
            ("PUT" | "PATCH", "/Groups/{id}") => Self::UpdateGroup,
            ("DELETE", "/Groups/{id}") => Self::DeleteGroup,
            ("GET", "/Groups") | ("POST", "/Groups/.search") => Self::LookUpGroups,
            ("GET", "/Groups/{id}") => Self::ReadGroup,
            ("GET", "") | ("POST", "/.search") => Self::LookUpAnything,
            ("POST", "/Bulk") => Self::Bulk,
            (
                _,
                "/ServiceProviderConfig"
                | "/ResourceTypes"
                | "/ResourceTypes/{name}"
                | "/Schemas"
                | "/Schemas/{urn}",
            ) => Self::Discover,
            (_, route) if route.starts_with("/Roles") || route.starts_with("/Entitlements") => {
                Self::ReadEntitlements
            }
            _ => Self::Unknown,
        }
    }

    /// Whether it changes something.
    pub(crate) const fn writes(self) -> bool {
        match self {
            Self::CreateUser
            | Self::UpdateUser
            | Self::DeleteUser
            | Self::CreateGroup
            | Self::UpdateGroup
            | Self::DeleteGroup => true,
            // The operations of a bulk request have rows of their own.
            Self::LookUpUsers
            | Self::ReadUser
            | Self::LookUpGroups
            | Self::ReadGroup
            | Self::LookUpAnything
            | Self::ReadEntitlements
            | Self::Discover
            | Self::Bulk
            | Self::Unknown => false,
        }
    }

    /// What the log says where it came to nothing.
    pub(crate) const fn failed(self) -> Action {
        match self {
            Self::CreateUser => Action::UserCreateFailed,
            Self::UpdateUser => Action::UserUpdateFailed,
            Self::DeleteUser => Action::UserDeleteFailed,
            Self::LookUpUsers => Action::UserLookupFailed,
            Self::ReadUser => Action::UserReadFailed,
            Self::CreateGroup => Action::GroupCreateFailed,
            Self::UpdateGroup => Action::GroupUpdateFailed,
            Self::DeleteGroup => Action::GroupDeleteFailed,
            Self::LookUpGroups => Action::GroupLookupFailed,
            Self::ReadGroup => Action::GroupReadFailed,
            Self::LookUpAnything => Action::DirectoryLookupFailed,
            Self::ReadEntitlements => Action::EntitlementReadFailed,
            Self::Discover => Action::DiscoveryFailed,
            Self::Bulk => Action::BulkFailed,
            Self::Unknown => Action::RequestRefused,
        }
    }

    /// What the log says where resources were looked for and the question was answered.
    pub(crate) const fn looked_up(self) -> Option<Action> {
        match self {
            Self::LookUpUsers => Some(Action::UserLookedUp),
            Self::LookUpGroups => Some(Action::GroupLookedUp),
            Self::LookUpAnything => Some(Action::DirectoryLookedUp),
            Self::ReadEntitlements => Some(Action::EntitlementLookedUp),
            Self::CreateUser
            | Self::UpdateUser
            | Self::DeleteUser
            | Self::ReadUser
            | Self::CreateGroup
            | Self::UpdateGroup
            | Self::DeleteGroup
            | Self::ReadGroup
            | Self::Discover
            | Self::Bulk
            | Self::Unknown => None,
        }
    }

    /// The kind of resource that it is about, where it is about one.
    pub(crate) const fn target(self) -> Option<TargetKind> {
        match self {
            Self::CreateUser | Self::UpdateUser | Self::DeleteUser | Self::LookUpUsers | Self::ReadUser => {
                Some(TargetKind::User)
            }
            Self::CreateGroup
            | Self::UpdateGroup
            | Self::DeleteGroup
            | Self::LookUpGroups
            | Self::ReadGroup => Some(TargetKind::Group),
            Self::LookUpAnything | Self::ReadEntitlements | Self::Discover | Self::Bulk | Self::Unknown => {
                None
            }
        }
    }
}

/// What kind of resource a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// A user.
    User,
    /// A group.
    Group,
}

impl TargetKind {
    /// The name of the resource type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_numbers_of_actions_are_told_apart_and_read_back() {
        let codes: BTreeSet<i32> = Action::ALL.iter().map(|action| action.code()).collect();
        assert_eq!(codes.len(), Action::ALL.len());
        for action in Action::ALL {
            assert_eq!(Action::of_code(action.code()), Some(*action));
            assert_eq!(action.as_str().parse::<Action>().unwrap(), *action);
        }
        assert!("user.vanished".parse::<Action>().is_err());
        assert_eq!(Action::of_code(0), None);
    }
}

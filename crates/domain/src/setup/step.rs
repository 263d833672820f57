//! The steps of connecting an identity provider, and what of a request says that one was reached.

use crate::provisioning_log::Action;

macro_rules! steps {
    ($($(#[$doc:meta])* $variant:ident = $code:literal $name:literal)+) => {
        /// A step of connecting an identity provider. The names are stable, and so are the numbers under which they are kept.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum SetupStep {
            $($(#[$doc])* $variant,)+
        }

        impl SetupStep {
            /// All of them, in their order.
            pub const ALL: [Self; 6] = [$(Self::$variant,)+];

            /// The name in pages and answers.
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

            /// The step of a number in the database.
            pub(crate) const fn of_code(code: i32) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

steps! {
    /// A credential was used, and accepted.
    Credential = 1 "credential"
    /// A request was answered.
    Connection = 2 "connection"
    /// A user arrived.
    User = 3 "user"
    /// A user was changed.
    Update = 4 "update"
    /// A user was deactivated, or deleted.
    Deactivation = 5 "deactivation"
    /// A group arrived.
    Group = 6 "group"
}

/// A set of steps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Steps(u8);

impl Steps {
    pub(crate) const fn with(self, step: SetupStep) -> Self {
        Self(self.0 | 1 << step.code())
    }

    pub(crate) const fn has(self, step: SetupStep) -> bool {
        self.0 & 1 << step.code() != 0
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn each(self) -> impl Iterator<Item = SetupStep> {
        SetupStep::ALL.into_iter().filter(move |step| self.has(*step))
    }

    /// What an accepted credential reached with a request that was answered with this status. What only read is no action.
    pub(crate) fn of(action: Option<Action>, status: u16) -> Self {
        let used = Self::default().with(SetupStep::Credential);
        if !(200..400).contains(&status) {
            return used;
        }
        let answered = used.with(SetupStep::Connection);
        match action {
            Some(Action::UserCreated | Action::UserUnchanged) => answered.with(SetupStep::User),
            Some(Action::UserUpdated | Action::UserReactivated) => {
                answered.with(SetupStep::User).with(SetupStep::Update)
            }
            Some(Action::UserDeactivated | Action::UserDeleted) => answered.with(SetupStep::Deactivation),
            Some(
                Action::GroupCreated
                | Action::GroupUpdated
                | Action::GroupMembersChanged
                | Action::GroupUnchanged,
            ) => answered.with(SetupStep::Group),
            Some(
                Action::UserLookedUp
                | Action::UserCreateFailed
                | Action::UserUpdateFailed
                | Action::UserDeleteFailed
                | Action::UserLookupFailed
                | Action::UserReadFailed
                | Action::GroupDeleted
                | Action::GroupLookedUp
                | Action::GroupCreateFailed
                | Action::GroupUpdateFailed
                | Action::GroupDeleteFailed
                | Action::GroupLookupFailed
                | Action::GroupReadFailed
                | Action::DirectoryLookedUp
                | Action::DirectoryLookupFailed
                | Action::EntitlementLookedUp
                | Action::EntitlementReadFailed
                | Action::DiscoveryFailed
                | Action::BulkFailed
                | Action::RequestRefused
                | Action::CredentialRefused
                | Action::LogGap,
            )
            | None => answered,
        }
    }
}

impl SetupStep {
    /// What says that the step was tried and came to nothing.
    pub(crate) const fn failures(self) -> &'static [Action] {
        match self {
            Self::Credential => &[Action::CredentialRefused],
            Self::Connection => &[
                Action::RequestRefused,
                Action::UserLookupFailed,
                Action::UserReadFailed,
                Action::GroupLookupFailed,
                Action::GroupReadFailed,
                Action::DirectoryLookupFailed,
                Action::DiscoveryFailed,
            ],
            Self::User => &[Action::UserCreateFailed, Action::BulkFailed],
            Self::Update => &[Action::UserUpdateFailed],
            Self::Deactivation => &[Action::UserDeleteFailed],
            Self::Group => &[
                Action::GroupCreateFailed,
                Action::GroupUpdateFailed,
                Action::GroupDeleteFailed,
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        SetupStep::{Connection, Credential, Deactivation, Group, Update, User},
        *,
    };

    #[test]
    fn steps_are_kept_under_numbers_and_read_back() {
        for step in SetupStep::ALL {
            assert_eq!(SetupStep::of_code(step.code()), Some(step));
            assert!(Steps::default().with(step).has(step));
        }
        assert_eq!(SetupStep::of_code(0), None);
    }

    #[test]
    fn a_request_reaches_the_steps_before_it_too() {
        let reached = |action, status| Steps::of(action, status).each().collect::<Vec<_>>();
        assert_eq!(reached(None, 200), [Credential, Connection]);
        assert_eq!(reached(None, 304), [Credential, Connection]);
        assert_eq!(
            reached(Some(Action::UserCreated), 201),
            [Credential, Connection, User]
        );
        assert_eq!(
            reached(Some(Action::UserUpdated), 200),
            [Credential, Connection, User, Update]
        );
        assert_eq!(
            reached(Some(Action::UserDeactivated), 200),
            [Credential, Connection, Deactivation]
        );
        assert_eq!(
            reached(Some(Action::GroupMembersChanged), 204),
            [Credential, Connection, Group]
        );
        assert_eq!(reached(Some(Action::UserCreateFailed), 409), [Credential]);
    }

    #[test]
    fn no_failure_belongs_to_two_steps() {
        let all: Vec<Action> = SetupStep::ALL
            .into_iter()
            .flat_map(|step| step.failures().iter().copied())
            .collect();
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }
}

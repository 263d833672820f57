//! What kinds of events are called in words, for people who read the audit log: the one table of them.

use crate::EventKind;

impl EventKind {
    /// All kinds, in the order in which people look for them.
    pub const ALL: &[Self] = &[
        Self::UserCreated,
        Self::UserUpdated,
        Self::UserDeactivated,
        Self::UserReactivated,
        Self::UserDeleted,
        Self::UserRestored,
        Self::UserReleased,
        Self::UserManaged,
        Self::UserBlocked,
        Self::UserUnblocked,
        Self::GroupCreated,
        Self::GroupUpdated,
        Self::GroupDeleted,
        Self::GroupReleased,
        Self::GroupManaged,
        Self::GroupMembersChanged,
        Self::OrgCreated,
        Self::OrgUpdated,
        Self::OrgPaused,
        Self::OrgResumed,
        Self::OrgDeleted,
        Self::OrgEntered,
        Self::OrgExported,
        Self::OrgSchemaDefined,
        Self::OrgSchemaRemoved,
        Self::ServiceUserCreated,
        Self::ServiceUserUpdated,
        Self::CredentialRotated,
        Self::CredentialExpiring,
        Self::CredentialCreated,
        Self::CredentialRevoked,
        Self::ClientCreated,
        Self::ClientUpdated,
        Self::ClientDeleted,
        Self::GrantApproved,
        Self::GrantRevoked,
        Self::EntitlementDefined,
        Self::EntitlementRemoved,
        Self::AccountInvited,
        Self::AccountInvitationRevoked,
        Self::SetupLinkCreated,
        Self::SetupLinkUsed,
        Self::SetupLinkRevoked,
        Self::AccountJoined,
        Self::AccountRoleChanged,
        Self::AccountRemoved,
        Self::AccountRecovered,
        Self::AccountDisabled,
        Self::AccountEnabled,
        Self::AccountIdentityLinked,
        Self::AccountIdentityUnlinked,
        Self::IdentityProviderSet,
        Self::IdentityProviderRemoved,
    ];

    /// The kind of this name in the event stream.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// What happened, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::UserCreated => "User created",
            Self::UserUpdated => "User changed",
            Self::UserDeactivated => "User deactivated",
            Self::UserReactivated => "User reactivated",
            Self::UserDeleted => "User deleted",
            Self::UserRestored => "Deleted user restored",
            Self::UserReleased => "User released from its identity provider",
            Self::UserManaged => "User managed by an identity provider again",
            Self::UserBlocked => "User blocked",
            Self::UserUnblocked => "Block of a user lifted",
            Self::GroupCreated => "Group created",
            Self::GroupUpdated => "Group changed",
            Self::GroupDeleted => "Group deleted",
            Self::GroupReleased => "Group released from its identity provider",
            Self::GroupManaged => "Group managed by an identity provider again",
            Self::GroupMembersChanged => "Members of a group changed",
            Self::OrgCreated => "Organization created",
            Self::OrgUpdated => "Settings changed",
            Self::OrgPaused => "Organization paused",
            Self::OrgResumed => "Organization resumed",
            Self::OrgDeleted => "Organization deleted",
            Self::OrgEntered => "Organization entered by an operator",
            Self::OrgExported => "Export of the whole organization begun",
            Self::OrgSchemaDefined => "Extension schema defined",
            Self::OrgSchemaRemoved => "Extension schema removed",
            Self::ServiceUserCreated => "Service user created",
            Self::ServiceUserUpdated => "Service user changed",
            Self::CredentialRotated => "Credential replaced by a new one",
            Self::CredentialExpiring => "Credential about to expire",
            Self::CredentialCreated => "Credential issued",
            Self::CredentialRevoked => "Credential revoked",
            Self::ClientCreated => "OAuth client registered",
            Self::ClientUpdated => "OAuth client changed",
            Self::ClientDeleted => "OAuth client deleted",
            Self::GrantApproved => "Access of an OAuth client allowed",
            Self::GrantRevoked => "Access of an OAuth client taken back",
            Self::EntitlementDefined => "Role or entitlement offered or renamed",
            Self::EntitlementRemoved => "Role or entitlement no longer offered",
            Self::AccountInvited => "Person invited",
            Self::AccountInvitationRevoked => "Invitation withdrawn",
            Self::SetupLinkCreated => "Setup link made",
            Self::SetupLinkUsed => "Setup link opened for the first time",
            Self::SetupLinkRevoked => "Setup link withdrawn",
            Self::AccountJoined => "Person joined",
            Self::AccountRoleChanged => "Role of a person changed",
            Self::AccountRemoved => "Person removed",
            Self::AccountRecovered => "Password recovery of a person begun",
            Self::AccountDisabled => "Account of a person disabled",
            Self::AccountEnabled => "Account of a person enabled",
            Self::AccountIdentityLinked => "Identity of the sign-in provider bound to a person",
            Self::AccountIdentityUnlinked => "Identity of the sign-in provider unbound from a person",
            Self::IdentityProviderSet => "Sign-in provider set up or changed",
            Self::IdentityProviderRemoved => "Sign-in provider removed",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use wicketgate_auth::{AccountId, TokenId};

    use super::*;
    use crate::Actor;

    #[test]
    fn every_kind_that_is_audited_has_words_of_its_own_and_is_found_by_its_name() {
        // A kind that is missing in the list is missing in what the source says of their names.
        let named = include_str!("../event.rs").lines().filter(|line| {
            line.trim().starts_with("Self::") && line.contains(" => \"") && line.ends_with("\",")
        });
        assert_eq!(named.count(), EventKind::ALL.len());
        let person = Actor::Account {
            id: AccountId::from_uuid(uuid::Uuid::nil()),
            session: "0000000000000000".parse::<TokenId>().unwrap(),
        };
        let mut words = BTreeSet::new();
        for kind in EventKind::ALL {
            assert_eq!(EventKind::named(kind.as_str()), Some(*kind));
            assert!(kind.is_audited(&person), "{}", kind.as_str());
            assert!(words.insert(kind.words()), "{} twice", kind.words());
        }
        assert_eq!(EventKind::named("user.vanished"), None);
    }
}

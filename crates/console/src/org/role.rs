//! What people read about roles.

use wicketgate_auth::Role;

use crate::field::Choice;

/// What a holder of a role may do, in one sentence.
pub(super) const fn may(role: Role) -> &'static str {
    match role {
        Role::OrgUserManager => {
            "It reads, creates, changes and deletes users and groups through SCIM, and nothing else. This is the role that \
             an identity provider needs."
        }
        Role::OrgUserReader => "It reads users and groups, and changes nothing.",
        Role::OrgOwner => {
            "It may do everything in this organization, also to settings, service users and credentials. This is for \
             automation through the admin API, not for an identity provider."
        }
        Role::OrgViewer => {
            "It looks at the pages of this organization, and sees no users and no credentials."
        }
    }
}

/// The roles of service users, the one that an identity provider needs first.
const OFFERED: [Role; 3] = [Role::OrgUserManager, Role::OrgUserReader, Role::OrgOwner];

/// The choice of a service user's role.
pub(super) fn of_service_user(chosen: &str) -> Choice {
    Choice::of("role", "Role", OFFERED.map(|role| (role.as_str(), role.display_name())))
        .with(chosen)
        .hint(
            "Org User Manager reads, creates, changes and deletes users and groups, and nothing else: what an identity \
             provider needs. Org User Reader only reads them. Org Owner may do everything here, for automation.",
        )
}

/// The choice of an account's role.
pub(super) fn of_account(chosen: &str) -> Choice {
    Choice::of(
        "role",
        "Role",
        Role::OF_ACCOUNTS.map(|role| (role.as_str(), role.display_name())),
    )
    .with(chosen)
    .hint(
        "An Org Owner may do everything in this organization. An Org Viewer looks at its pages, and changes nothing and \
         sees no credentials.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_of_a_service_user_is_offered() {
        for role in Role::OF_SERVICE_USERS {
            assert!(OFFERED.contains(&role), "{role}");
            assert!(may(role).ends_with('.'));
        }
    }
}

//! Roles of service users and accounts, and what each may do. Which request needs which permission is decided where the request is.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// What a service user or an account is in an organization. A service user has exactly one role, and none elsewhere; an
/// account has at most one in each organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything in the organization, for automation through the admin API.
    OrgOwner,
    /// Reads and writes users and groups: the one role an identity provider needs.
    OrgUserManager,
    /// Reads users and groups.
    OrgUserReader,
    /// Reads the console's pages, no users and no credentials: for accounts only.
    OrgViewer,
}

/// What a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Read users and groups.
    ReadDirectory,
    /// Create, change and delete users and groups.
    WriteDirectory,
    /// Read about the organization itself: its settings, its log, who has access. No credentials.
    ReadOrg,
    /// Look after the organization itself: service users, credentials, settings, logs.
    AdministerOrg,
}

impl Permission {
    /// Every permission, from the smallest to the largest.
    pub const ALL: [Self; 4] = [
        Self::ReadDirectory,
        Self::WriteDirectory,
        Self::ReadOrg,
        Self::AdministerOrg,
    ];

    /// Whether more than reading is asked for.
    pub const fn changes(self) -> bool {
        match self {
            Self::ReadDirectory | Self::ReadOrg => false,
            Self::WriteDirectory | Self::AdministerOrg => true,
        }
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [
        Self::OrgOwner,
        Self::OrgUserManager,
        Self::OrgUserReader,
        Self::OrgViewer,
    ];
    /// Those that a service user may have, from the largest to the smallest.
    pub const OF_SERVICE_USERS: [Self; 3] = [Self::OrgOwner, Self::OrgUserManager, Self::OrgUserReader];
    /// Those that an account may have in an organization, from the largest to the smallest.
    pub const OF_ACCOUNTS: [Self; 2] = [Self::OrgOwner, Self::OrgViewer];

    /// The word used on the command line, in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrgOwner => "org_owner",
            Self::OrgUserManager => "org_user_manager",
            Self::OrgUserReader => "org_user_reader",
            Self::OrgViewer => "org_viewer",
        }
    }

    /// The name people read: in the console, in the guides and in a refusal.
    pub const fn display_name(self) -> &'static str {
        match self {
            Self::OrgOwner => "Org Owner",
            Self::OrgUserManager => "Org User Manager",
            Self::OrgUserReader => "Org User Reader",
            Self::OrgViewer => "Org Viewer",
        }
    }

    /// Whether a holder of this role may do it, inside the own organization.
    pub const fn may(self, permission: Permission) -> bool {
        use Permission::{AdministerOrg, ReadDirectory, ReadOrg, WriteDirectory};
        match (self, permission) {
            (Self::OrgOwner, ReadDirectory | WriteDirectory | ReadOrg | AdministerOrg)
            | (Self::OrgUserManager, ReadDirectory | WriteDirectory)
            | (Self::OrgUserReader, ReadDirectory)
            | (Self::OrgViewer, ReadOrg) => true,
            (Self::OrgUserManager, ReadOrg | AdministerOrg)
            | (Self::OrgUserReader, WriteDirectory | ReadOrg | AdministerOrg)
            | (Self::OrgViewer, ReadDirectory | WriteDirectory | AdministerOrg) => false,
        }
    }
}

/// The display name.
impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.display_name())
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownRole {
                given: text.to_owned(),
            })
    }
}

/// The word names no role. The message lists those that exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRole {
    given: String,
}

impl fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown role {:?}: choose one of {}",
            self.given,
            Role::ALL.map(Role::as_str).join(", ")
        )
    }
}

impl std::error::Error for UnknownRole {}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    const MATRIX: &str = "\
org_owner         ReadDirectory   yes
org_owner         WriteDirectory  yes
org_owner         ReadOrg         yes
org_owner         AdministerOrg   yes
org_user_manager  ReadDirectory   yes
org_user_manager  WriteDirectory  yes
org_user_manager  ReadOrg         no
org_user_manager  AdministerOrg   no
org_user_reader   ReadDirectory   yes
org_user_reader   WriteDirectory  no
org_user_reader   ReadOrg         no
org_user_reader   AdministerOrg   no
org_viewer        ReadDirectory   no
org_viewer        WriteDirectory  no
org_viewer        ReadOrg         yes
org_viewer        AdministerOrg   no
";

    #[test]
    fn the_permission_matrix_is_the_reviewed_one() {
        let mut matrix = String::new();
        for role in Role::ALL {
            for permission in Permission::ALL {
                let (role, permission, may) =
                    (role.as_str(), format!("{permission:?}"), role.may(permission));
                writeln!(
                    matrix,
                    "{role:<18}{permission:<16}{}",
                    if may { "yes" } else { "no" }
                )
                .unwrap();
            }
        }
        assert_eq!(matrix, MATRIX);
    }

    #[test]
    fn every_role_is_read_from_its_own_word() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
    }

    #[test]
    fn a_role_is_serialized_as_its_word() {
        assert_eq!(
            serde_json::to_string(&Role::ALL).unwrap(),
            r#"["org_owner","org_user_manager","org_user_reader","org_viewer"]"#
        );
    }

    #[test]
    fn the_names_are_the_ones_in_the_guides() {
        assert_eq!(
            Role::ALL.map(|role| role.to_string()),
            ["Org Owner", "Org User Manager", "Org User Reader", "Org Viewer"]
        );
    }

    #[test]
    fn another_word_is_refused_with_the_list_of_choices() {
        assert_eq!(
            "admin".parse::<Role>().unwrap_err().to_string(),
            r#"unknown role "admin": choose one of org_owner, org_user_manager, org_user_reader, org_viewer"#
        );
        for text in [
            "",
            "Org_Owner",
            "org_owner ",
            "Org User Manager",
            "ORG_USER_READER",
        ] {
            assert!(text.parse::<Role>().is_err(), "{text:?}");
        }
    }
}

//! What happened, written in the transaction of the change.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;
use wicketgate_auth::{AccountId, ServiceUserId, TokenId, oauth::ClientId};
use wicketgate_scim::Object;

use crate::idempotency::Keyed;

/// What kind of change an event records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A user was provisioned.
    UserCreated,
    /// A user's attributes changed.
    UserUpdated,
    /// A user's `active` became false.
    UserDeactivated,
    /// A user's `active` became true again.
    UserReactivated,
    /// A user was deleted.
    UserDeleted,
    /// A deleted user came back.
    UserRestored,
    /// An owner took a user out of its identity provider's hands.
    UserReleased,
    /// An identity provider manages a user again.
    UserManaged,
    /// An owner keeps a user deactivated, whatever an identity provider asks for.
    UserBlocked,
    /// An owner no longer does.
    UserUnblocked,
    /// A group was created.
    GroupCreated,
    /// A group's attributes changed.
    GroupUpdated,
    /// A group was deleted.
    GroupDeleted,
    /// An owner took a group out of its identity provider's hands.
    GroupReleased,
    /// An identity provider manages a group again.
    GroupManaged,
    /// Members were added to or removed from a group.
    GroupMembersChanged,
    /// The organization was created.
    OrgCreated,
    /// A setting of the organization changed.
    OrgUpdated,
    /// The organization was paused.
    OrgPaused,
    /// The organization is served again.
    OrgResumed,
    /// The organization was deleted.
    OrgDeleted,
    /// An operator entered the organization.
    OrgEntered,
    /// Somebody began to write everything that the organization owns into a file.
    OrgExported,
    /// An extension schema was defined, or its definition changed.
    OrgSchemaDefined,
    /// An extension schema was removed.
    OrgSchemaRemoved,
    /// A service user was created.
    ServiceUserCreated,
    /// A service user's state or role changed.
    ServiceUserUpdated,
    /// A credential was issued.
    CredentialCreated,
    /// A credential was issued that takes another one's place.
    CredentialRotated,
    /// A credential expires soon.
    CredentialExpiring,
    /// A credential was revoked.
    CredentialRevoked,
    /// An OAuth client was registered.
    ClientCreated,
    /// An OAuth client was changed.
    ClientUpdated,
    /// An OAuth client was deleted with everything that was issued to it.
    ClientDeleted,
    /// An Org Owner allowed a client what it asked for.
    GrantApproved,
    /// What a client was allowed was taken back, by somebody or because a code or refresh token was used again.
    GrantRevoked,
    /// A role or entitlement was offered, or is called something else now.
    EntitlementDefined,
    /// A role or entitlement is no longer offered.
    EntitlementRemoved,
    /// A person was invited to look after the organization.
    AccountInvited,
    /// An invitation was withdrawn.
    AccountInvitationRevoked,
    /// A link was made by which somebody without an account connects an identity provider.
    SetupLinkCreated,
    /// Such a link was opened for the first time.
    SetupLinkUsed,
    /// Such a link was withdrawn.
    SetupLinkRevoked,
    /// An account got a role in the organization.
    AccountJoined,
    /// An account's role in the organization changed.
    AccountRoleChanged,
    /// An account lost its role in the organization.
    AccountRemoved,
    /// The operator let an account choose a new password.
    AccountRecovered,
    /// An account that has a role in the organization was shut.
    AccountDisabled,
    /// An account that has a role in the organization was opened again.
    AccountEnabled,
    /// An identity of the organization's provider was bound to an account.
    AccountIdentityLinked,
    /// An identity was unbound from its account.
    AccountIdentityUnlinked,
    /// A provider through which accounts sign in was set up, or changed.
    IdentityProviderSet,
    /// Accounts no longer sign in through a provider.
    IdentityProviderRemoved,
}

impl EventKind {
    /// The name in the event stream.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserCreated => "user.created",
            Self::UserUpdated => "user.updated",
            Self::UserDeactivated => "user.deactivated",
            Self::UserReactivated => "user.reactivated",
            Self::UserDeleted => "user.deleted",
            Self::UserRestored => "user.restored",
            Self::UserReleased => "user.released",
            Self::UserManaged => "user.managed",
            Self::UserBlocked => "user.blocked",
            Self::UserUnblocked => "user.unblocked",
            Self::GroupCreated => "group.created",
            Self::GroupUpdated => "group.updated",
            Self::GroupDeleted => "group.deleted",
            Self::GroupReleased => "group.released",
            Self::GroupManaged => "group.managed",
            Self::GroupMembersChanged => "group.members_changed",
            Self::OrgCreated => "org.created",
            Self::OrgUpdated => "org.updated",
            Self::OrgPaused => "org.paused",
            Self::OrgResumed => "org.resumed",
            Self::OrgDeleted => "org.deleted",
            Self::OrgEntered => "org.entered",
            Self::OrgExported => "org.exported",
            Self::OrgSchemaDefined => "org.schema_defined",
            Self::OrgSchemaRemoved => "org.schema_removed",
            Self::ServiceUserCreated => "service_user.created",
            Self::ServiceUserUpdated => "service_user.updated",
            Self::CredentialRotated => "credential.rotated",
            Self::CredentialExpiring => "credential.expiring",
            Self::CredentialCreated => "credential.created",
            Self::CredentialRevoked => "credential.revoked",
            Self::ClientCreated => "client.created",
            Self::ClientUpdated => "client.updated",
            Self::ClientDeleted => "client.deleted",
            Self::GrantApproved => "grant.approved",
            Self::GrantRevoked => "grant.revoked",
            Self::EntitlementDefined => "entitlement.defined",
            Self::EntitlementRemoved => "entitlement.removed",
            Self::AccountInvited => "account.invited",
            Self::AccountInvitationRevoked => "account.invitation_revoked",
            Self::SetupLinkCreated => "setup_link.created",
            Self::SetupLinkUsed => "setup_link.used",
            Self::SetupLinkRevoked => "setup_link.revoked",
            Self::AccountJoined => "account.joined",
            Self::AccountRoleChanged => "account.role_changed",
            Self::AccountRemoved => "account.removed",
            Self::AccountRecovered => "account.recovered",
            Self::AccountDisabled => "account.disabled",
            Self::AccountEnabled => "account.enabled",
            Self::AccountIdentityLinked => "account.identity_linked",
            Self::AccountIdentityUnlinked => "account.identity_unlinked",
            Self::IdentityProviderSet => "identity_provider.set",
            Self::IdentityProviderRemoved => "identity_provider.removed",
        }
    }

    /// Whether such an event is written into the organization's audit log too: each change of configuration and
    /// credentials, what people do to users and groups, and what only an owner does to them. What identity providers do
    /// to them is not.
    pub(crate) const fn is_audited(self, actor: &Actor) -> bool {
        match self {
            Self::UserCreated
            | Self::UserUpdated
            | Self::UserDeactivated
            | Self::UserReactivated
            | Self::UserDeleted
            | Self::UserManaged
            | Self::GroupCreated
            | Self::GroupUpdated
            | Self::GroupDeleted
            | Self::GroupManaged
            | Self::GroupMembersChanged => actor.is_person(),
            Self::UserRestored
            | Self::UserReleased
            | Self::UserBlocked
            | Self::UserUnblocked
            | Self::GroupReleased
            | Self::OrgCreated
            | Self::OrgUpdated
            | Self::OrgPaused
            | Self::OrgResumed
            | Self::OrgDeleted
            | Self::OrgEntered
            | Self::OrgExported
            | Self::OrgSchemaDefined
            | Self::OrgSchemaRemoved
            | Self::ServiceUserCreated
            | Self::ServiceUserUpdated
            | Self::CredentialCreated
            | Self::CredentialRotated
            | Self::CredentialExpiring
            | Self::CredentialRevoked
            | Self::ClientCreated
            | Self::ClientUpdated
            | Self::ClientDeleted
            | Self::GrantApproved
            | Self::GrantRevoked
            | Self::EntitlementDefined
            | Self::EntitlementRemoved
            | Self::AccountInvited
            | Self::AccountInvitationRevoked
            | Self::SetupLinkCreated
            | Self::SetupLinkUsed
            | Self::SetupLinkRevoked
            | Self::AccountJoined
            | Self::AccountRoleChanged
            | Self::AccountRemoved
            | Self::AccountRecovered
            | Self::AccountDisabled
            | Self::AccountEnabled
            | Self::AccountIdentityLinked
            | Self::AccountIdentityUnlinked
            | Self::IdentityProviderSet
            | Self::IdentityProviderRemoved => true,
        }
    }
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A service user, with the credential it presented.
    ServiceUser {
        /// The service user.
        id: ServiceUserId,
        /// The credential's public id.
        credential: TokenId,
    },
    /// An account: a person in the console.
    Account {
        /// The account.
        id: AccountId,
        /// The public id of its session.
        session: TokenId,
    },
    /// An OAuth client at the token endpoint.
    Client {
        /// The client.
        id: ClientId,
        /// Whom it acts for.
        service_user: ServiceUserId,
    },
    /// Somebody without an account who has a link for connecting an identity provider.
    SetupLink {
        /// The link's public id.
        id: TokenId,
    },
    /// Whoever runs commands on the installation.
    Operator,
    /// The gateway itself.
    Gateway,
    /// Somebody who found a credential and reported it.
    Finder,
}

impl Actor {
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::ServiceUser { id, credential } => {
                json!({"type": "service_user", "id": id.to_string(), "credentialId": credential.to_string()})
            }
            Self::Account { id, session } => {
                json!({"type": "account", "id": id.to_string(), "sessionId": session.to_string()})
            }
            Self::Client { id, service_user } => {
                json!({"type": "client", "id": id.to_string(), "serviceUserId": service_user.to_string()})
            }
            Self::SetupLink { id } => json!({"type": "setup_link", "id": id.to_string()}),
            Self::Operator => json!({"type": "operator"}),
            Self::Gateway => json!({"type": "gateway"}),
            Self::Finder => json!({"type": "finder"}),
        }
    }

    /// The one word by which the acts of this actor are looked up: its id, or what it is where there is only one.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::ServiceUser { id, .. } => id.to_string(),
            Self::Account { id, .. } => id.to_string(),
            Self::Client { id, .. } => id.to_string(),
            Self::SetupLink { id } => id.to_string(),
            Self::Operator => "operator".to_owned(),
            Self::Gateway => "gateway".to_owned(),
            Self::Finder => "finder".to_owned(),
        }
    }

    /// Whether a person acts, and no program that was given a credential.
    const fn is_person(&self) -> bool {
        match self {
            Self::Account { .. } | Self::SetupLink { .. } | Self::Operator => true,
            Self::ServiceUser { .. } | Self::Client { .. } | Self::Gateway | Self::Finder => false,
        }
    }
}

/// Who acted, in which request, and when.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) actor: Actor,
    pub(crate) request_id: String,
    pub(crate) at: Timestamp,
    /// The key under which the request is carried out once, if it came with one.
    pub(crate) once: Option<Arc<Keyed>>,
}

/// One event that waits for its number.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: Uuid,
    pub(crate) kind: EventKind,
    pub(crate) resource: Option<Uuid>,
    pub(crate) payload: Object,
}

/// How much the organization's totals move.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) users: i64,
    pub(crate) active_users: i64,
    pub(crate) groups: i64,
}

/// The payload of a change: the new state, the names of the attributes that differ, and their former values.
pub(crate) fn change(before: &Object, after: &Object) -> Object {
    let mut changed: Vec<Value> = Vec::new();
    let mut previous = Map::new();
    for (name, value) in before {
        if after.get(name) != Some(value) {
            changed.push(Value::from(name.as_str()));
            previous.insert(name.clone(), value.clone());
        }
    }
    for name in after.keys() {
        if !before.contains_key(name) {
            changed.push(Value::from(name.as_str()));
        }
    }
    object([
        ("data", Value::Object(after.clone())),
        ("previous", Value::Object(previous)),
        ("changed", Value::Array(changed)),
    ])
}

/// [`change`] of something that the state alone does not name: `about` says what it is, or why it changed.
pub(crate) fn change_of<const N: usize>(
    about: [(&str, Value); N],
    before: &Object,
    after: &Object,
) -> Object {
    let mut payload = object(about);
    payload.append(&mut change(before, after));
    payload
}

/// The payload of something that was accepted until now.
pub(crate) fn revoked<const N: usize>(about: [(&str, Value); N]) -> Object {
    let state = |revoked: bool| object([("revoked", revoked.into())]);
    change_of(about, &state(false), &state(true))
}

/// The payload of an act that changes nothing of what the organization is.
pub(crate) fn unchanged<const N: usize>(about: [(&str, Value); N]) -> Object {
    change_of(about, &Object::new(), &Object::new())
}

/// An object from its members.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Object {
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(value: &Value) -> Object {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_change_names_what_was_added_altered_and_removed() {
        let before = map(&json!({"userName": "a", "title": "x", "nickName": "n"}));
        let after = map(&json!({"userName": "a", "title": "y", "locale": "en"}));
        assert_eq!(
            Value::Object(change(&before, &after)),
            json!({
                "data": {"userName": "a", "title": "y", "locale": "en"},
                "previous": {"title": "x", "nickName": "n"},
                "changed": ["title", "nickName", "locale"],
            })
        );
    }
}

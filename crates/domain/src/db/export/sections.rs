//! What is exported of which table. What is not named here leaves no database: digests, sealed secrets and code
//! challenges are not.

use super::{
    KeyKind,
    Kind::{Bool, Bytes, Document as Json, ExternalIds, Plain, RedirectUris, Time},
    Section,
};

/// Tables of which nothing is exported by themselves, and why.
#[cfg(test)]
pub(crate) const LEFT_OUT: [(&str, &str); 11] = [
    (
        "provisioning_log",
        "is exported by itself, with what its rows mean",
    ),
    (
        "provisioning_log_bodies",
        "belongs to the rows of the provisioning log",
    ),
    ("provisioning_activity", "is counted from the provisioning log"),
    (
        "setup_steps",
        "says how far a connection has come, which is known again once it is used",
    ),
    ("user_keys", "is derived from users"),
    ("user_external_ids", "is in the lines of users"),
    ("group_external_ids", "is in the lines of groups"),
    ("client_redirect_uris", "is in the lines of clients"),
    (
        "idempotency_keys",
        "holds answers that may be asked for once more, for a day",
    ),
    (
        "client_assertions",
        "holds what must not be presented twice, for minutes",
    ),
    (
        "events",
        "says how the state came about, to those who follow it; the state and the audit entries are exported",
    ),
];

/// What is exported, in the order of the file: nothing refers to a later line, except members to groups.
pub(crate) const SECTIONS: [Section; 15] = [
    Section {
        name: "schema",
        table: "schemas",
        joined: "",
        key: &[("t.urn_key", KeyKind::Text)],
        columns: &[
            ("resourceType", "t.resource_type", Plain),
            ("required", "t.required", Bool),
            ("definition", "t.definition", Json),
            ("waiting", "t.waiting", Json),
            ("createdAt", "t.created_at", Time),
            ("lastModified", "t.last_modified", Time),
        ],
        at_once: 10,
    },
    Section {
        name: "entitlement",
        table: "entitlements",
        joined: "",
        key: &[("t.kind", KeyKind::Text), ("t.id", KeyKind::Text)],
        columns: &[
            ("kind", "t.kind", Plain),
            ("id", "t.id", Plain),
            ("displayName", "t.display_name", Plain),
            ("description", "t.description", Plain),
            ("createdAt", "t.created_at", Time),
            ("lastModified", "t.last_modified", Time),
        ],
        at_once: 500,
    },
    Section {
        name: "serviceUser",
        table: "service_users",
        joined: "",
        key: &[("t.id", KeyKind::Id)],
        columns: &[
            ("id", "t.id", Plain),
            ("name", "t.name", Plain),
            ("role", "t.role", Plain),
            ("provisioningDomain", "t.provisioning_domain", Plain),
            ("active", "t.active", Bool),
            ("createdAt", "t.created_at", Time),
        ],
        at_once: 500,
    },
    Section {
        name: "client",
        table: "clients",
        joined: "",
        key: &[("t.id", KeyKind::Text)],
        columns: &[
            ("id", "t.id", Plain),
            ("serviceUserId", "t.service_user_id", Plain),
            ("name", "t.name", Plain),
            ("authentication", "t.authentication", Plain),
            ("accessTokenFormat", "t.access_token_format", Plain),
            ("refreshRotation", "t.refresh_rotation", Plain),
            ("jwks", "t.jwks", Json),
            ("jwksUri", "t.jwks_uri", Plain),
            ("issuer", "t.issuer", Plain),
            ("subject", "t.subject", Plain),
            ("audiences", "t.audiences", Json),
            ("redirectUris", "", RedirectUris),
            ("active", "t.active", Bool),
            ("createdAt", "t.created_at", Time),
        ],
        at_once: 100,
    },
    Section {
        name: "grant",
        table: "grants",
        joined: "",
        key: &[("t.id", KeyKind::Id)],
        columns: &[
            ("id", "t.id", Plain),
            ("clientId", "t.client_id", Plain),
            ("serviceUserId", "t.service_user_id", Plain),
            ("scope", "t.scope", Plain),
            ("redirectUri", "t.redirect_uri", Plain),
            ("approvedBy", "t.approved_by", Plain),
            ("createdAt", "t.created_at", Time),
            ("revokedAt", "t.revoked_at", Time),
            ("revokeReason", "t.revoke_reason", Plain),
        ],
        at_once: 500,
    },
    Section {
        name: "credential",
        table: "credentials",
        joined: "",
        key: &[("t.id", KeyKind::Text)],
        columns: &[
            ("id", "t.id", Plain),
            ("kind", "t.kind", Plain),
            ("serviceUserId", "t.service_user_id", Plain),
            ("clientId", "t.client_id", Plain),
            ("grantId", "t.grant_id", Plain),
            ("name", "t.name", Plain),
            ("scope", "t.scope", Plain),
            ("createdAt", "t.created_at", Time),
            ("expiresAt", "t.expires_at", Time),
            ("revokedAt", "t.revoked_at", Time),
            ("revokeReason", "t.revoke_reason", Plain),
            ("usedAt", "t.used_at", Time),
            ("successorId", "t.successor_id", Plain),
            ("overlapEndsAt", "t.overlap_ends_at", Time),
            ("lastUsedAt", "t.last_used_at", Time),
            ("lastUsedNetwork", "t.last_used_network", Plain),
            ("lastUsedAgent", "t.last_used_agent", Plain),
        ],
        at_once: 500,
    },
    Section {
        name: "account",
        table: "account_roles",
        joined: " JOIN accounts a ON a.id = t.account_id",
        key: &[("t.account_id", KeyKind::Id)],
        columns: &[
            ("id", "t.account_id", Plain),
            ("email", "a.email", Plain),
            ("displayName", "a.display_name", Plain),
            ("state", "a.state", Plain),
            ("role", "t.role", Plain),
            ("since", "t.created_at", Time),
        ],
        at_once: 500,
    },
    Section {
        name: "invitation",
        table: "account_invitations",
        joined: "",
        key: &[("t.id", KeyKind::Text)],
        columns: &[
            ("id", "t.id", Plain),
            ("email", "t.email", Plain),
            ("role", "t.role", Plain),
            ("createdAt", "t.created_at", Time),
            ("expiresAt", "t.expires_at", Time),
            ("acceptedAt", "t.accepted_at", Time),
            ("acceptedBy", "t.accepted_by", Plain),
            ("revokedAt", "t.revoked_at", Time),
        ],
        at_once: 500,
    },
    Section {
        name: "setupLink",
        table: "setup_links",
        joined: "",
        key: &[("t.id", KeyKind::Text)],
        columns: &[
            ("id", "t.id", Plain),
            ("label", "t.label", Plain),
            ("createdBy", "t.created_by", Plain),
            ("createdAt", "t.created_at", Time),
            ("expiresAt", "t.expires_at", Time),
            ("firstUsedAt", "t.first_used_at", Time),
            ("lastUsedAt", "t.last_used_at", Time),
            ("revokedAt", "t.revoked_at", Time),
        ],
        at_once: 500,
    },
    Section {
        name: "identityProvider",
        table: "identity_providers",
        joined: "",
        key: &[("t.issuer", KeyKind::Text)],
        columns: &[
            ("issuer", "t.issuer", Plain),
            ("name", "t.name", Plain),
            ("clientId", "t.client_id", Plain),
            ("createdAt", "t.created_at", Time),
        ],
        at_once: 500,
    },
    Section {
        name: "accountIdentity",
        table: "account_identities",
        joined: "",
        key: &[("t.issuer", KeyKind::Text), ("t.subject", KeyKind::Text)],
        columns: &[
            ("issuer", "t.issuer", Plain),
            ("subject", "t.subject", Plain),
            ("accountId", "t.account_id", Plain),
            ("createdAt", "t.created_at", Time),
        ],
        at_once: 500,
    },
    Section {
        name: "user",
        table: "users",
        joined: "",
        key: &[("t.id", KeyKind::Id)],
        columns: &[
            ("id", "t.id", Plain),
            ("version", "t.version", Plain),
            ("createdAt", "t.created_at", Time),
            ("lastModified", "t.last_modified", Time),
            ("deletedAt", "t.deleted_at", Time),
            ("blockedAt", "t.blocked_at", Time),
            ("managedBy", "t.managed_by", Plain),
            ("leftGroups", "t.left_groups", Json),
            ("externalIds", "user_id", ExternalIds("user_external_ids")),
            ("resource", "t.resource", Json),
        ],
        at_once: 100,
    },
    Section {
        name: "group",
        table: "groups",
        joined: "",
        key: &[("t.id", KeyKind::Id)],
        columns: &[
            ("id", "t.id", Plain),
            ("version", "t.version", Plain),
            ("memberCount", "t.member_count", Plain),
            ("managedBy", "t.managed_by", Plain),
            ("createdAt", "t.created_at", Time),
            ("lastModified", "t.last_modified", Time),
            ("externalIds", "group_id", ExternalIds("group_external_ids")),
            ("resource", "t.resource", Json),
        ],
        at_once: 100,
    },
    Section {
        name: "member",
        table: "group_members",
        joined: "",
        key: &[("t.group_id", KeyKind::Id), ("t.member_id", KeyKind::Id)],
        columns: &[
            ("groupId", "t.group_id", Plain),
            ("id", "t.member_id", Plain),
            ("kind", "t.member_kind", Plain),
            ("addedAt", "t.added_at", Time),
        ],
        at_once: 1_000,
    },
    Section {
        name: "auditEntry",
        table: "audit_entries",
        joined: "",
        key: &[("t.number", KeyKind::Number)],
        columns: &[
            ("number", "t.number", Plain),
            ("eventSeq", "t.event_seq", Plain),
            ("kind", "t.kind", Plain),
            ("resourceId", "t.resource_id", Plain),
            ("actorKey", "t.actor_key", Plain),
            ("actor", "t.actor", Plain),
            ("requestId", "t.request_id", Plain),
            ("payload", "t.payload", Plain),
            ("occurredAt", "t.occurred_at", Time),
            ("previousHash", "t.previous_hash", Bytes),
            ("hash", "t.hash", Bytes),
        ],
        at_once: 500,
    },
];

#[cfg(test)]
mod tests {
    use super::{super::super::scope::ORG_TABLES, *};

    #[test]
    fn every_table_of_an_organization_is_exported_or_left_out_for_a_reason() {
        for table in ORG_TABLES.iter() {
            let is_exported = SECTIONS.iter().any(|section| section.table == table);
            let is_left_out = LEFT_OUT
                .iter()
                .any(|(left, reason)| left == table && !reason.is_empty());
            assert!(is_exported != is_left_out, "{table}");
        }
    }

    #[test]
    fn no_digest_and_no_secret_is_a_column_of_a_line() {
        for section in &SECTIONS {
            for (name, column, _) in section.columns {
                for word in [
                    "digest",
                    "secret",
                    "sealed",
                    "challenge",
                    "pepper",
                    "password",
                    "hint",
                ] {
                    assert!(!column.contains(word), "{}.{name}", section.name);
                }
            }
        }
    }
}

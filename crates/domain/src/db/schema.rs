//! The tables as diesel sees them. A table of an organization has a composite key that starts with `org_id`, so a
//! lookup by id alone does not compile.

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text};
    use crate::db::types::Id;
    organizations (id) {
        id -> Id,
        name -> Text,
        state -> Text,
        scim_mode -> Text,
        unique_identifier -> Text,
        event_seq -> BigInt,
        user_count -> BigInt,
        active_user_count -> BigInt,
        group_count -> BigInt,
        created_at -> BigInt,
        schema_revision -> BigInt,
        longest_token_days -> Integer,
        endless_tokens -> Bool,
        log_days -> Integer,
        body_days -> Integer,
        grace_days -> Integer,
        requests_per_second -> Integer,
        request_burst -> Integer,
        concurrent_requests -> Integer,
        audit_number -> BigInt,
        audit_hash -> Nullable<Binary>,
        deleted_at -> Nullable<BigInt>,
        purging_since -> Nullable<BigInt>,
        exported_at -> Nullable<BigInt>,
        name_key -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::db::types::Id;
    audit_entries (org_id, number) {
        org_id -> Id,
        number -> BigInt,
        event_seq -> BigInt,
        kind -> Text,
        resource_id -> Nullable<Id>,
        actor_key -> Text,
        actor -> Text,
        request_id -> Text,
        payload -> Text,
        occurred_at -> BigInt,
        previous_hash -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::db::types::{Id, Json};
    users (org_id, id) {
        org_id -> Id,
        id -> Id,
        user_name -> Text,
        user_name_key -> Text,
        display_name_key -> Nullable<Text>,
        active -> Bool,
        resource -> Json,
        version -> BigInt,
        created_at -> BigInt,
        last_modified -> BigInt,
        live -> Bool,
        deleted_at -> Nullable<BigInt>,
        comparable -> Nullable<Json>,
        managed_by -> Nullable<Text>,
        blocked_at -> Nullable<BigInt>,
        left_groups -> Nullable<Json>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::db::types::Id;
    user_keys (org_id, path, value_key, kind, user_id, ordinal) {
        org_id -> Id,
        path -> Text,
        value_key -> Text,
        kind -> Text,
        user_id -> Id,
        ordinal -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::db::types::Id;
    user_external_ids (org_id, domain, user_id) {
        org_id -> Id,
        domain -> Text,
        user_id -> Id,
        external_id -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::db::types::{Id, Json};
    groups (org_id, id) {
        org_id -> Id,
        id -> Id,
        display_name -> Text,
        display_name_key -> Text,
        resource -> Json,
        member_count -> BigInt,
        version -> BigInt,
        created_at -> BigInt,
        last_modified -> BigInt,
        comparable -> Nullable<Json>,
        managed_by -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::db::types::Id;
    group_external_ids (org_id, domain, group_id) {
        org_id -> Id,
        domain -> Text,
        group_id -> Id,
        external_id -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::db::types::Id;
    group_members (org_id, group_id, member_id) {
        org_id -> Id,
        group_id -> Id,
        member_id -> Id,
        member_kind -> Text,
        added_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Text};
    use crate::db::types::Id;
    service_users (org_id, id) {
        org_id -> Id,
        id -> Id,
        name -> Text,
        name_key -> Text,
        role -> Text,
        provisioning_domain -> Text,
        active -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
    use crate::db::types::Id;
    credentials (org_id, id) {
        org_id -> Id,
        id -> Text,
        service_user_id -> Id,
        kind -> Text,
        client_id -> Nullable<Text>,
        grant_id -> Nullable<Id>,
        step -> Nullable<Integer>,
        scope -> Nullable<Text>,
        name -> Text,
        hint -> Text,
        pepper_id -> Integer,
        digest -> Binary,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        revoke_reason -> Nullable<Text>,
        used_at -> Nullable<BigInt>,
        successor_id -> Nullable<Text>,
        overlap_ends_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
        last_used_network -> Nullable<Text>,
        last_used_agent -> Nullable<Text>,
        warned_days -> Nullable<Integer>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::db::types::Id;
    credential_owners (credential_id) {
        credential_id -> Text,
        org_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::db::types::{Id, Json};
    clients (org_id, id) {
        org_id -> Id,
        id -> Text,
        service_user_id -> Id,
        name -> Text,
        authentication -> Text,
        access_token_format -> Text,
        refresh_rotation -> Text,
        jwks -> Nullable<Json>,
        jwks_uri -> Nullable<Text>,
        issuer -> Nullable<Text>,
        subject -> Nullable<Text>,
        audiences -> Nullable<Json>,
        active -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::db::types::Id;
    client_owners (client_id) {
        client_id -> Text,
        org_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::db::types::Id;
    client_redirect_uris (org_id, client_id, uri) {
        org_id -> Id,
        client_id -> Text,
        uri -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::db::types::Id;
    grants (org_id, id) {
        org_id -> Id,
        id -> Id,
        client_id -> Text,
        service_user_id -> Id,
        scope -> Text,
        redirect_uri -> Text,
        redirect_uri_named -> Bool,
        code_challenge -> Nullable<Text>,
        approved_by -> Id,
        created_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        revoke_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::db::types::Id;
    client_assertions (org_id, client_id, jti) {
        org_id -> Id,
        client_id -> Text,
        jti -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
    use crate::db::types::Json;
    signing_keys (id) {
        id -> Text,
        pepper_id -> Integer,
        sealed -> Binary,
        public_jwk -> Json,
        created_at -> BigInt,
        signs_from -> BigInt,
        retires_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::db::types::{Id, Json};
    events (org_id, seq) {
        org_id -> Id,
        seq -> BigInt,
        id -> Id,
        kind -> Text,
        resource_id -> Nullable<Id>,
        actor -> Json,
        request_id -> Text,
        payload -> Json,
        occurred_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::db::types::{Id, Json};
    schemas (org_id, urn_key) {
        org_id -> Id,
        urn_key -> Text,
        resource_type -> Text,
        required -> Bool,
        definition -> Nullable<Json>,
        waiting -> Nullable<Json>,
        waiting_since -> Nullable<BigInt>,
        created_at -> BigInt,
        last_modified -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::db::types::Id;
    entitlements (org_id, kind, id) {
        org_id -> Id,
        kind -> Text,
        id -> Text,
        display_name -> Text,
        description -> Nullable<Text>,
        created_at -> BigInt,
        last_modified -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
    use crate::db::types::Id;
    accounts (id) {
        id -> Id,
        email -> Text,
        email_key -> Text,
        display_name -> Text,
        password -> Nullable<Text>,
        state -> Text,
        totp_pepper_id -> Nullable<Integer>,
        totp_sealed -> Nullable<Binary>,
        totp_confirmed_at -> Nullable<BigInt>,
        totp_last_step -> Nullable<BigInt>,
        created_at -> BigInt,
        last_sign_in_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable};
    use crate::db::types::Id;
    account_recovery_codes (account_id, seal) {
        account_id -> Id,
        seal -> Binary,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;
    use crate::db::types::Id;
    operators (account_id) {
        account_id -> Id,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::db::types::Id;
    account_roles (org_id, account_id) {
        org_id -> Id,
        account_id -> Id,
        role -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    use crate::db::types::Id;
    account_orgs (account_id, org_id) {
        account_id -> Id,
        org_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
    use crate::db::types::Id;
    account_sessions (id) {
        id -> Text,
        account_id -> Id,
        pepper_id -> Integer,
        digest -> Binary,
        vouched_by -> Nullable<Id>,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        authenticated_at -> BigInt,
        expires_at -> BigInt,
        network -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
    use crate::db::types::Id;
    account_invitations (org_id, id) {
        org_id -> Id,
        id -> Text,
        email -> Text,
        role -> Text,
        pepper_id -> Integer,
        digest -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        accepted_at -> Nullable<BigInt>,
        accepted_by -> Nullable<Id>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::db::types::Id;
    account_invitation_owners (invitation_id) {
        invitation_id -> Text,
        org_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
    use crate::db::types::Id;
    operator_invitations (id) {
        id -> Text,
        email -> Text,
        pepper_id -> Integer,
        digest -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        accepted_at -> Nullable<BigInt>,
        accepted_by -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
    use crate::db::types::Id;
    account_recoveries (id) {
        id -> Text,
        account_id -> Id,
        pepper_id -> Integer,
        digest -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Text};
    use crate::db::types::Id;
    identity_providers (org_id, issuer) {
        org_id -> Id,
        issuer -> Text,
        name -> Text,
        client_id -> Text,
        pepper_id -> Integer,
        client_secret -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::db::types::Id;
    account_identities (org_id, issuer, subject) {
        org_id -> Id,
        issuer -> Text,
        subject -> Text,
        account_id -> Id,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    sign_in_attempts (subject) {
        subject -> Text,
        failures -> BigInt,
        last_at -> BigInt,
        blocked_until -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::db::types::Id;
    provisioning_log (org_id, id) {
        org_id -> Id,
        id -> Id,
        action -> Integer,
        status -> Integer,
        credential_id -> Nullable<Text>,
        target_id -> Nullable<Id>,
        facts -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
    use crate::db::types::Id;
    idempotency_keys (org_id, caller, idempotency_key) {
        org_id -> Id,
        caller -> Text,
        idempotency_key -> Text,
        request -> Binary,
        request_id -> Text,
        created_at -> BigInt,
        answer_pepper_id -> Nullable<Integer>,
        answer -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;
    use crate::db::types::Id;
    provisioning_activity (org_id, hour) {
        org_id -> Id,
        hour -> BigInt,
        changes -> BigInt,
        lookups -> BigInt,
        failures -> BigInt,
        within_10 -> BigInt,
        within_50 -> BigInt,
        within_250 -> BigInt,
        within_1000 -> BigInt,
        slower -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::db::types::Id;
    provisioning_log_bodies (org_id, id) {
        org_id -> Id,
        id -> Id,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
    use crate::db::types::Id;
    account_idempotency_keys (account_id, idempotency_key) {
        account_id -> Id,
        idempotency_key -> Text,
        request -> Binary,
        request_id -> Text,
        created_at -> BigInt,
        answer_pepper_id -> Nullable<Integer>,
        answer -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer};
    use crate::db::types::Id;
    setup_steps (org_id, service_user_id, step) {
        org_id -> Id,
        service_user_id -> Id,
        step -> Integer,
        first_at -> BigInt,
        last_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
    use crate::db::types::Id;
    setup_links (org_id, id) {
        org_id -> Id,
        id -> Text,
        label -> Text,
        pepper_id -> Integer,
        digest -> Binary,
        created_by -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        first_used_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::db::types::Id;
    setup_link_owners (link_id) {
        link_id -> Text,
        org_id -> Id,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    organizations,
    users,
    user_keys,
    user_external_ids,
    groups,
    group_external_ids,
    group_members,
    service_users,
    credentials,
    credential_owners,
    accounts,
    account_roles,
    account_orgs,
    account_identities,
    identity_providers,
    audit_entries,
    operators,
);

//! The tables as diesel sees them. A table of an organization has a composite key that starts with `org_id`, so a
//! lookup by id alone does not compile.

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
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
        name -> Text,
        hint -> Text,
        pepper_id -> Integer,
        digest -> Binary,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
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
);

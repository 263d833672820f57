-- Deleted users are looked for by the beginning of a name, as the others are. Several of them may have had the same one.
CREATE INDEX users_deleted_user_name ON users (org_id, user_name_key, id) WHERE NOT live;
CREATE INDEX users_deleted_display_name ON users (org_id, display_name_key, id) WHERE NOT live;

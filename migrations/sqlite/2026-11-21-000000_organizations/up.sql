-- Every table that belongs to an organization leads its primary key, its unique keys and its foreign keys with org_id.
-- Times are milliseconds since 1970-01-01T00:00:00Z. Columns ending in _key hold the gateway's own case fold and are
-- compared byte by byte. Indexes end in the id that a lookup is for: it is then answered from the index alone, and in
-- the order of the ids. What tells rows apart stands before what most rows share, so that no index looks good for a
-- question that it answers badly. The tables are STRICT: SQLite refuses a value of another type, as PostgreSQL does.

CREATE TABLE organizations (
    id text PRIMARY KEY,
    name text NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'paused', 'deleted')),
    scim_mode text NOT NULL CHECK (scim_mode IN ('tolerant', 'strict', 'interop')),
    unique_identifier text NOT NULL CHECK (unique_identifier IN ('userName', 'email')),
    event_seq integer NOT NULL,
    user_count integer NOT NULL,
    active_user_count integer NOT NULL,
    group_count integer NOT NULL,
    created_at integer NOT NULL
) STRICT;

CREATE TABLE users (
    org_id text NOT NULL REFERENCES organizations (id),
    id text NOT NULL,
    user_name text NOT NULL,
    user_name_key text NOT NULL,
    display_name_key text,
    active integer NOT NULL,
    resource text NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
    last_modified integer NOT NULL,
    -- A deleted user keeps its row for a while. Partial indexes ask for this column, because PostgreSQL takes a nullable
    -- one to be null in next to no row until it has statistics.
    live integer NOT NULL,
    deleted_at integer,
    PRIMARY KEY (org_id, id),
    CHECK (live = (deleted_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX users_user_name ON users (org_id, user_name_key) WHERE live;
CREATE INDEX users_display_name ON users (org_id, display_name_key, id) WHERE live;
CREATE INDEX users_live ON users (org_id, id) WHERE live;

CREATE TABLE user_keys (
    org_id text NOT NULL,
    path text NOT NULL,
    value_key text NOT NULL,
    kind text NOT NULL,
    user_id text NOT NULL,
    ordinal integer NOT NULL,
    PRIMARY KEY (org_id, path, value_key, kind, user_id, ordinal),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
) STRICT;
CREATE INDEX user_keys_user ON user_keys (org_id, user_id);

CREATE TABLE user_external_ids (
    org_id text NOT NULL,
    domain text NOT NULL,
    user_id text NOT NULL,
    external_id text NOT NULL,
    PRIMARY KEY (org_id, domain, user_id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
) STRICT;
CREATE INDEX user_external_ids_value ON user_external_ids (org_id, external_id, domain, user_id);

CREATE TABLE groups (
    org_id text NOT NULL REFERENCES organizations (id),
    id text NOT NULL,
    display_name text NOT NULL,
    display_name_key text NOT NULL,
    resource text NOT NULL,
    member_count integer NOT NULL,
    version integer NOT NULL,
    created_at integer NOT NULL,
    last_modified integer NOT NULL,
    PRIMARY KEY (org_id, id),
    CONSTRAINT groups_display_name UNIQUE (org_id, display_name_key)
) STRICT;

CREATE TABLE group_external_ids (
    org_id text NOT NULL,
    domain text NOT NULL,
    group_id text NOT NULL,
    external_id text NOT NULL,
    PRIMARY KEY (org_id, domain, group_id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id)
) STRICT;
CREATE INDEX group_external_ids_value ON group_external_ids (org_id, external_id, domain, group_id);

-- A member is a user or a group of the same organization: the generated columns give each kind its own foreign key.
CREATE TABLE group_members (
    org_id text NOT NULL,
    group_id text NOT NULL,
    member_id text NOT NULL,
    member_kind text NOT NULL CHECK (member_kind IN ('User', 'Group')),
    member_user_id text GENERATED ALWAYS AS (CASE WHEN member_kind = 'User' THEN member_id END) STORED,
    member_group_id text GENERATED ALWAYS AS (CASE WHEN member_kind = 'Group' THEN member_id END) STORED,
    added_at integer NOT NULL,
    PRIMARY KEY (org_id, group_id, member_id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id),
    FOREIGN KEY (org_id, member_user_id) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, member_group_id) REFERENCES groups (org_id, id)
) STRICT;
CREATE INDEX group_members_member ON group_members (org_id, member_id, group_id);

CREATE TABLE service_users (
    org_id text NOT NULL REFERENCES organizations (id),
    id text NOT NULL,
    name text NOT NULL,
    name_key text NOT NULL,
    role text NOT NULL CHECK (role IN ('org_owner', 'org_user_manager', 'org_user_reader')),
    provisioning_domain text NOT NULL,
    active integer NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (org_id, id),
    CONSTRAINT service_users_name UNIQUE (org_id, name_key)
) STRICT;

CREATE TABLE credentials (
    org_id text NOT NULL,
    id text NOT NULL,
    service_user_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('personal_access_token')),
    name text NOT NULL,
    hint text NOT NULL,
    pepper_id integer NOT NULL,
    digest blob NOT NULL,
    created_at integer NOT NULL,
    expires_at integer,
    revoked_at integer,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, service_user_id) REFERENCES service_users (org_id, id)
) STRICT;
CREATE INDEX credentials_service_user ON credentials (org_id, service_user_id);

-- Says which organization a presented credential belongs to. It holds no secret and is read before the organization is known.
CREATE TABLE credential_owners (
    credential_id text PRIMARY KEY,
    org_id text NOT NULL,
    FOREIGN KEY (org_id, credential_id) REFERENCES credentials (org_id, id)
) STRICT;

CREATE TABLE events (
    org_id text NOT NULL REFERENCES organizations (id),
    seq integer NOT NULL,
    id text NOT NULL,
    kind text NOT NULL,
    resource_id text,
    actor text NOT NULL,
    request_id text NOT NULL,
    payload text NOT NULL,
    occurred_at integer NOT NULL,
    PRIMARY KEY (org_id, seq)
) STRICT;

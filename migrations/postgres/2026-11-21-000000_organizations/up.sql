-- Every table that belongs to an organization leads its primary key, its unique keys and its foreign keys with org_id.
-- Times are milliseconds since 1970-01-01T00:00:00Z. Columns ending in _key hold the gateway's own case fold and are
-- compared byte by byte. Indexes end in the id that a lookup is for: it is then answered from the index alone, and in
-- the order of the ids. What tells rows apart stands before what most rows share, so that no index looks good for a
-- question that it answers badly.

CREATE TABLE organizations (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'paused', 'deleted')),
    scim_mode text NOT NULL CHECK (scim_mode IN ('tolerant', 'strict', 'interop')),
    unique_identifier text NOT NULL CHECK (unique_identifier IN ('userName', 'email')),
    event_seq bigint NOT NULL,
    user_count bigint NOT NULL,
    active_user_count bigint NOT NULL,
    group_count bigint NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE users (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    user_name text NOT NULL,
    user_name_key text COLLATE "C" NOT NULL,
    display_name_key text COLLATE "C",
    active boolean NOT NULL,
    resource jsonb NOT NULL,
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    last_modified bigint NOT NULL,
    -- A deleted user keeps its row for a while. Partial indexes ask for this column, because PostgreSQL takes a nullable
    -- one to be null in next to no row until it has statistics.
    live boolean NOT NULL,
    deleted_at bigint,
    PRIMARY KEY (org_id, id),
    CHECK (live = (deleted_at IS NULL))
);
CREATE UNIQUE INDEX users_user_name ON users (org_id, user_name_key) WHERE live;
CREATE INDEX users_display_name ON users (org_id, display_name_key, id) WHERE live;
CREATE INDEX users_live ON users (org_id, id) WHERE live;

CREATE TABLE user_keys (
    org_id uuid NOT NULL,
    path text COLLATE "C" NOT NULL,
    value_key text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    user_id uuid NOT NULL,
    ordinal bigint NOT NULL,
    PRIMARY KEY (org_id, path, value_key, kind, user_id, ordinal),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
);
CREATE INDEX user_keys_user ON user_keys (org_id, user_id);

CREATE TABLE user_external_ids (
    org_id uuid NOT NULL,
    domain text COLLATE "C" NOT NULL,
    user_id uuid NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, domain, user_id),
    FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
);
CREATE INDEX user_external_ids_value ON user_external_ids (org_id, external_id, domain, user_id);

CREATE TABLE groups (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    display_name text NOT NULL,
    display_name_key text COLLATE "C" NOT NULL,
    resource jsonb NOT NULL,
    member_count bigint NOT NULL,
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    last_modified bigint NOT NULL,
    PRIMARY KEY (org_id, id),
    CONSTRAINT groups_display_name UNIQUE (org_id, display_name_key)
);

CREATE TABLE group_external_ids (
    org_id uuid NOT NULL,
    domain text COLLATE "C" NOT NULL,
    group_id uuid NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, domain, group_id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id)
);
CREATE INDEX group_external_ids_value ON group_external_ids (org_id, external_id, domain, group_id);

-- A member is a user or a group of the same organization: the generated columns give each kind its own foreign key.
CREATE TABLE group_members (
    org_id uuid NOT NULL,
    group_id uuid NOT NULL,
    member_id uuid NOT NULL,
    member_kind text NOT NULL CHECK (member_kind IN ('User', 'Group')),
    member_user_id uuid GENERATED ALWAYS AS (CASE WHEN member_kind = 'User' THEN member_id END) STORED,
    member_group_id uuid GENERATED ALWAYS AS (CASE WHEN member_kind = 'Group' THEN member_id END) STORED,
    added_at bigint NOT NULL,
    PRIMARY KEY (org_id, group_id, member_id),
    FOREIGN KEY (org_id, group_id) REFERENCES groups (org_id, id),
    FOREIGN KEY (org_id, member_user_id) REFERENCES users (org_id, id),
    FOREIGN KEY (org_id, member_group_id) REFERENCES groups (org_id, id)
);
CREATE INDEX group_members_member ON group_members (org_id, member_id, group_id);

CREATE TABLE service_users (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    name text NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    role text NOT NULL CHECK (role IN ('org_owner', 'org_user_manager', 'org_user_reader')),
    provisioning_domain text COLLATE "C" NOT NULL,
    active boolean NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (org_id, id),
    CONSTRAINT service_users_name UNIQUE (org_id, name_key)
);

CREATE TABLE credentials (
    org_id uuid NOT NULL,
    id text COLLATE "C" NOT NULL,
    service_user_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('personal_access_token')),
    name text NOT NULL,
    hint text NOT NULL,
    pepper_id integer NOT NULL,
    digest bytea NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, service_user_id) REFERENCES service_users (org_id, id)
);
CREATE INDEX credentials_service_user ON credentials (org_id, service_user_id);

-- Says which organization a presented credential belongs to. It holds no secret and is read before the organization is known.
CREATE TABLE credential_owners (
    credential_id text COLLATE "C" PRIMARY KEY,
    org_id uuid NOT NULL,
    FOREIGN KEY (org_id, credential_id) REFERENCES credentials (org_id, id)
);

CREATE TABLE events (
    org_id uuid NOT NULL REFERENCES organizations (id),
    seq bigint NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    resource_id uuid,
    actor jsonb NOT NULL,
    request_id text NOT NULL,
    payload jsonb NOT NULL,
    occurred_at bigint NOT NULL,
    PRIMARY KEY (org_id, seq)
);

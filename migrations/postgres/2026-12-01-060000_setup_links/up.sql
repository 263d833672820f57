-- How far each identity provider has come with its set-up: when it reached a step first, and when it was seen to do so last.
-- The provisioning log forgets, and what only reads is not in it.
CREATE TABLE setup_steps (
    org_id uuid NOT NULL REFERENCES organizations (id),
    service_user_id uuid NOT NULL,
    step integer NOT NULL,
    first_at bigint NOT NULL,
    last_at bigint NOT NULL,
    PRIMARY KEY (org_id, service_user_id, step),
    FOREIGN KEY (org_id, service_user_id) REFERENCES service_users (org_id, id)
);

-- Links by which somebody without an account connects an identity provider, until they expire or are revoked.
CREATE TABLE setup_links (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id text COLLATE "C" NOT NULL,
    label text NOT NULL,
    pepper_id integer NOT NULL,
    digest bytea NOT NULL,
    created_by text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    first_used_at bigint,
    last_used_at bigint,
    revoked_at bigint,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX setup_links_created ON setup_links (org_id, created_at);

-- Says which organization a link belongs to. It holds no secret and is read before the organization is known.
CREATE TABLE setup_link_owners (
    link_id text COLLATE "C" PRIMARY KEY,
    org_id uuid NOT NULL,
    FOREIGN KEY (org_id, link_id) REFERENCES setup_links (org_id, id)
);

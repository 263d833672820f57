-- How far each identity provider has come with its set-up: when it reached a step first, and when it was seen to do so last.
-- The provisioning log forgets, and what only reads is not in it.
CREATE TABLE setup_steps (
    org_id text NOT NULL REFERENCES organizations (id),
    service_user_id text NOT NULL,
    step integer NOT NULL,
    first_at integer NOT NULL,
    last_at integer NOT NULL,
    PRIMARY KEY (org_id, service_user_id, step),
    FOREIGN KEY (org_id, service_user_id) REFERENCES service_users (org_id, id)
) STRICT;

-- Links by which somebody without an account connects an identity provider, until they expire or are revoked.
CREATE TABLE setup_links (
    org_id text NOT NULL REFERENCES organizations (id),
    id text NOT NULL,
    label text NOT NULL,
    pepper_id integer NOT NULL,
    digest blob NOT NULL,
    created_by text NOT NULL,
    created_at integer NOT NULL,
    expires_at integer NOT NULL,
    first_used_at integer,
    last_used_at integer,
    revoked_at integer,
    PRIMARY KEY (org_id, id)
) STRICT;
CREATE INDEX setup_links_created ON setup_links (org_id, created_at);

-- Says which organization a link belongs to. It holds no secret and is read before the organization is known.
CREATE TABLE setup_link_owners (
    link_id text PRIMARY KEY,
    org_id text NOT NULL,
    FOREIGN KEY (org_id, link_id) REFERENCES setup_links (org_id, id)
) STRICT;

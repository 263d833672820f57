-- How long an organization lets its personal access tokens live, in days, and whether they may live for ever.
ALTER TABLE organizations ADD COLUMN longest_token_days integer NOT NULL DEFAULT 730;
ALTER TABLE organizations ADD COLUMN endless_tokens integer NOT NULL DEFAULT 1;

-- OAuth 2.0 clients. Each acts for one service user.
CREATE TABLE clients (
    org_id text NOT NULL REFERENCES organizations (id),
    id text NOT NULL,
    service_user_id text NOT NULL,
    name text NOT NULL,
    authentication text NOT NULL CHECK (authentication IN ('client_secret', 'private_key_jwt', 'workload_identity')),
    access_token_format text NOT NULL CHECK (access_token_format IN ('opaque', 'jwt')),
    refresh_rotation text NOT NULL CHECK (refresh_rotation IN ('grace', 'never')),
    -- The keys of private_key_jwt, by value or by address: one of the two.
    jwks text,
    jwks_uri text,
    -- Whose assertions workload_identity accepts, about whom, and for which audiences (an array of strings).
    issuer text,
    subject text,
    audiences text,
    active integer NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, service_user_id) REFERENCES service_users (org_id, id),
    CHECK ((authentication = 'private_key_jwt') = ((jwks IS NULL) <> (jwks_uri IS NULL))),
    CHECK ((authentication = 'workload_identity') = (issuer IS NOT NULL AND subject IS NOT NULL AND audiences IS NOT NULL))
) STRICT;
CREATE INDEX clients_service_user ON clients (org_id, service_user_id);

-- Says which organization a client belongs to. It holds no secret and is read before the organization is known.
CREATE TABLE client_owners (
    client_id text PRIMARY KEY,
    org_id text NOT NULL,
    FOREIGN KEY (org_id, client_id) REFERENCES clients (org_id, id)
) STRICT;

-- Where a client may be sent back to: exactly these, character by character.
CREATE TABLE client_redirect_uris (
    org_id text NOT NULL,
    client_id text NOT NULL,
    uri text NOT NULL,
    PRIMARY KEY (org_id, client_id, uri),
    FOREIGN KEY (org_id, client_id) REFERENCES clients (org_id, id)
) STRICT;

-- What an Org Owner allowed a client by authorization code. Codes and tokens that come of it refer to it, so that they
-- can be revoked together.
CREATE TABLE grants (
    org_id text NOT NULL,
    id text NOT NULL,
    client_id text NOT NULL,
    service_user_id text NOT NULL,
    scope text NOT NULL,
    redirect_uri text NOT NULL,
    -- Whether the request named its redirect URI: only then must the exchange of the code name it again.
    redirect_uri_named integer NOT NULL,
    code_challenge text,
    approved_by text NOT NULL,
    created_at integer NOT NULL,
    revoked_at integer,
    revoke_reason text,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, client_id) REFERENCES clients (org_id, id),
    FOREIGN KEY (org_id, service_user_id) REFERENCES service_users (org_id, id)
) STRICT;
CREATE INDEX grants_client ON grants (org_id, client_id);

-- Assertions of private_key_jwt that have been used, until they have expired.
CREATE TABLE client_assertions (
    org_id text NOT NULL,
    client_id text NOT NULL,
    jti text NOT NULL,
    expires_at integer NOT NULL,
    PRIMARY KEY (org_id, client_id, jti),
    FOREIGN KEY (org_id, client_id) REFERENCES clients (org_id, id)
) STRICT;

-- The keys that JWT access tokens are signed with. The private part is sealed with a key that is not in the database.
CREATE TABLE signing_keys (
    id text PRIMARY KEY,
    pepper_id integer NOT NULL,
    sealed blob NOT NULL,
    public_jwk text NOT NULL,
    created_at integer NOT NULL,
    signs_from integer NOT NULL,
    retires_at integer
) STRICT;

-- Every kind of credential is a row of one table, because each is looked up by its id and judged by its digest.
CREATE TEMP TABLE former_credentials AS SELECT * FROM credentials;
DROP TABLE credential_owners;
DROP TABLE credentials;
CREATE TABLE credentials (
    org_id text NOT NULL,
    id text NOT NULL,
    service_user_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('personal_access_token', 'access_token', 'refresh_token', 'authorization_code', 'client_secret')),
    -- A personal access token is the service user's own; every other kind is a client's.
    client_id text,
    grant_id text,
    -- Which pair of tokens of its grant an access or refresh token belongs to: 1, 2, …
    step integer,
    scope text,
    name text NOT NULL,
    hint text NOT NULL,
    pepper_id integer NOT NULL,
    digest blob NOT NULL,
    created_at integer NOT NULL,
    expires_at integer,
    revoked_at integer,
    revoke_reason text,
    -- When a code or refresh token was exchanged, or the first access token of a pair was first presented.
    used_at integer,
    -- The token that takes this one's place, while both are accepted, and until when.
    successor_id text,
    overlap_ends_at integer,
    -- Written in batches: a little late, and never at the cost of a request.
    last_used_at integer,
    last_used_network text,
    last_used_agent text,
    -- The shortest notice of expiry that has been given, in days.
    warned_days integer,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, service_user_id) REFERENCES service_users (org_id, id),
    FOREIGN KEY (org_id, client_id) REFERENCES clients (org_id, id),
    FOREIGN KEY (org_id, grant_id) REFERENCES grants (org_id, id),
    FOREIGN KEY (org_id, successor_id) REFERENCES credentials (org_id, id),
    CHECK ((kind = 'personal_access_token') = (client_id IS NULL)),
    CHECK ((kind IN ('refresh_token', 'authorization_code')) <= (grant_id IS NOT NULL)),
    CHECK ((successor_id IS NULL) = (overlap_ends_at IS NULL))
) STRICT;
INSERT INTO credentials (org_id, id, service_user_id, kind, name, hint, pepper_id, digest, created_at, expires_at, revoked_at)
    SELECT org_id, id, service_user_id, kind, name, hint, pepper_id, digest, created_at, expires_at, revoked_at FROM former_credentials;
CREATE TABLE credential_owners (
    credential_id text PRIMARY KEY,
    org_id text NOT NULL,
    FOREIGN KEY (org_id, credential_id) REFERENCES credentials (org_id, id)
) STRICT;
INSERT INTO credential_owners (credential_id, org_id) SELECT id, org_id FROM former_credentials;
DROP TABLE former_credentials;
CREATE INDEX credentials_service_user ON credentials (org_id, service_user_id);
CREATE INDEX credentials_client ON credentials (org_id, client_id, kind) WHERE client_id IS NOT NULL;
CREATE INDEX credentials_grant ON credentials (org_id, grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX credentials_expiry ON credentials (org_id, kind, expires_at) WHERE expires_at IS NOT NULL;

-- How long an organization lets its personal access tokens live, in days, and whether they may live for ever.
ALTER TABLE organizations ADD COLUMN longest_token_days integer NOT NULL DEFAULT 730;
ALTER TABLE organizations ADD COLUMN endless_tokens boolean NOT NULL DEFAULT true;

-- OAuth 2.0 clients. Each acts for one service user.
CREATE TABLE clients (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id text COLLATE "C" NOT NULL,
    service_user_id uuid NOT NULL,
    name text NOT NULL,
    authentication text NOT NULL CHECK (authentication IN ('client_secret', 'private_key_jwt', 'workload_identity')),
    access_token_format text NOT NULL CHECK (access_token_format IN ('opaque', 'jwt')),
    refresh_rotation text NOT NULL CHECK (refresh_rotation IN ('grace', 'never')),
    -- The keys of private_key_jwt, by value or by address: one of the two.
    jwks jsonb,
    jwks_uri text,
    -- Whose assertions workload_identity accepts, about whom, and for which audiences (an array of strings).
    issuer text,
    subject text,
    audiences jsonb,
    active boolean NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, service_user_id) REFERENCES service_users (org_id, id),
    CHECK ((authentication = 'private_key_jwt') = ((jwks IS NULL) <> (jwks_uri IS NULL))),
    CHECK ((authentication = 'workload_identity') = (issuer IS NOT NULL AND subject IS NOT NULL AND audiences IS NOT NULL))
);
CREATE INDEX clients_service_user ON clients (org_id, service_user_id);

-- Says which organization a client belongs to. It holds no secret and is read before the organization is known.
CREATE TABLE client_owners (
    client_id text COLLATE "C" PRIMARY KEY,
    org_id uuid NOT NULL,
    FOREIGN KEY (org_id, client_id) REFERENCES clients (org_id, id)
);

-- Where a client may be sent back to: exactly these, character by character.
CREATE TABLE client_redirect_uris (
    org_id uuid NOT NULL,
    client_id text COLLATE "C" NOT NULL,
    uri text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, client_id, uri),
    FOREIGN KEY (org_id, client_id) REFERENCES clients (org_id, id)
);

-- What an Org Owner allowed a client by authorization code. Codes and tokens that come of it refer to it, so that they
-- can be revoked together.
CREATE TABLE grants (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id text COLLATE "C" NOT NULL,
    service_user_id uuid NOT NULL,
    scope text NOT NULL,
    redirect_uri text NOT NULL,
    -- Whether the request named its redirect URI: only then must the exchange of the code name it again.
    redirect_uri_named boolean NOT NULL,
    code_challenge text,
    approved_by uuid NOT NULL,
    created_at bigint NOT NULL,
    revoked_at bigint,
    revoke_reason text,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, client_id) REFERENCES clients (org_id, id),
    FOREIGN KEY (org_id, service_user_id) REFERENCES service_users (org_id, id)
);
CREATE INDEX grants_client ON grants (org_id, client_id);

-- Assertions of private_key_jwt that have been used, until they have expired.
CREATE TABLE client_assertions (
    org_id uuid NOT NULL,
    client_id text COLLATE "C" NOT NULL,
    jti text COLLATE "C" NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (org_id, client_id, jti),
    FOREIGN KEY (org_id, client_id) REFERENCES clients (org_id, id)
);

-- The keys that JWT access tokens are signed with. The private part is sealed with a key that is not in the database.
CREATE TABLE signing_keys (
    id text COLLATE "C" PRIMARY KEY,
    pepper_id integer NOT NULL,
    sealed bytea NOT NULL,
    public_jwk jsonb NOT NULL,
    created_at bigint NOT NULL,
    signs_from bigint NOT NULL,
    retires_at bigint
);

-- Every kind of credential is a row of one table, because each is looked up by its id and judged by its digest.
ALTER TABLE credentials DROP CONSTRAINT credentials_kind_check;
ALTER TABLE credentials ADD CONSTRAINT credentials_kind_check
    CHECK (kind IN ('personal_access_token', 'access_token', 'refresh_token', 'authorization_code', 'client_secret'));
-- A personal access token is the service user's own; every other kind is a client's.
ALTER TABLE credentials ADD COLUMN client_id text COLLATE "C";
ALTER TABLE credentials ADD COLUMN grant_id uuid;
-- Which pair of tokens of its grant an access or refresh token belongs to: 1, 2, …
ALTER TABLE credentials ADD COLUMN step integer;
ALTER TABLE credentials ADD COLUMN scope text;
ALTER TABLE credentials ADD COLUMN revoke_reason text;
-- When a code or refresh token was exchanged, or the first access token of a pair was first presented.
ALTER TABLE credentials ADD COLUMN used_at bigint;
-- The token that takes this one's place, while both are accepted, and until when.
ALTER TABLE credentials ADD COLUMN successor_id text COLLATE "C";
ALTER TABLE credentials ADD COLUMN overlap_ends_at bigint;
-- Written in batches: a little late, and never at the cost of a request.
ALTER TABLE credentials ADD COLUMN last_used_at bigint;
ALTER TABLE credentials ADD COLUMN last_used_network text;
ALTER TABLE credentials ADD COLUMN last_used_agent text;
-- The shortest notice of expiry that has been given, in days.
ALTER TABLE credentials ADD COLUMN warned_days integer;
ALTER TABLE credentials ADD FOREIGN KEY (org_id, client_id) REFERENCES clients (org_id, id);
ALTER TABLE credentials ADD FOREIGN KEY (org_id, grant_id) REFERENCES grants (org_id, id);
ALTER TABLE credentials ADD FOREIGN KEY (org_id, successor_id) REFERENCES credentials (org_id, id);
ALTER TABLE credentials ADD CHECK ((kind = 'personal_access_token') = (client_id IS NULL));
ALTER TABLE credentials ADD CHECK ((kind IN ('refresh_token', 'authorization_code')) <= (grant_id IS NOT NULL));
ALTER TABLE credentials ADD CHECK ((successor_id IS NULL) = (overlap_ends_at IS NULL));
CREATE INDEX credentials_client ON credentials (org_id, client_id, kind) WHERE client_id IS NOT NULL;
CREATE INDEX credentials_grant ON credentials (org_id, grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX credentials_expiry ON credentials (org_id, kind, expires_at) WHERE expires_at IS NOT NULL;

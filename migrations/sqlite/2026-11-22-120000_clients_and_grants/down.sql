-- What the version before does not know cannot be kept: clients and everything that was issued to them.
CREATE TEMP TABLE former_credentials AS SELECT * FROM credentials WHERE kind = 'personal_access_token';
DROP TABLE credential_owners;
DROP TABLE credentials;
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
INSERT INTO credentials
    SELECT org_id, id, service_user_id, kind, name, hint, pepper_id, digest, created_at, expires_at, revoked_at
    FROM former_credentials;
CREATE TABLE credential_owners (
    credential_id text PRIMARY KEY,
    org_id text NOT NULL,
    FOREIGN KEY (org_id, credential_id) REFERENCES credentials (org_id, id)
) STRICT;
INSERT INTO credential_owners (credential_id, org_id) SELECT id, org_id FROM former_credentials;
DROP TABLE former_credentials;
CREATE INDEX credentials_service_user ON credentials (org_id, service_user_id);
DROP TABLE signing_keys;
DROP TABLE client_assertions;
DROP TABLE grants;
DROP TABLE client_redirect_uris;
DROP TABLE client_owners;
DROP TABLE clients;
ALTER TABLE organizations DROP COLUMN endless_tokens;
ALTER TABLE organizations DROP COLUMN longest_token_days;

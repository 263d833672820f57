-- What the version before does not know cannot be kept: clients and everything that was issued to them.
UPDATE credentials SET successor_id = NULL, overlap_ends_at = NULL;
DELETE FROM credential_owners o USING credentials c
    WHERE c.org_id = o.org_id AND c.id = o.credential_id AND c.kind <> 'personal_access_token';
DELETE FROM credentials WHERE kind <> 'personal_access_token';
DROP INDEX credentials_expiry;
DROP INDEX credentials_grant;
DROP INDEX credentials_client;
ALTER TABLE credentials
    DROP COLUMN warned_days,
    DROP COLUMN last_used_agent,
    DROP COLUMN last_used_network,
    DROP COLUMN last_used_at,
    DROP COLUMN overlap_ends_at,
    DROP COLUMN successor_id,
    DROP COLUMN used_at,
    DROP COLUMN revoke_reason,
    DROP COLUMN scope,
    DROP COLUMN step,
    DROP COLUMN grant_id,
    DROP COLUMN client_id;
ALTER TABLE credentials DROP CONSTRAINT credentials_kind_check;
ALTER TABLE credentials ADD CONSTRAINT credentials_kind_check CHECK (kind IN ('personal_access_token'));
DROP TABLE signing_keys;
DROP TABLE client_assertions;
DROP TABLE grants;
DROP TABLE client_redirect_uris;
DROP TABLE client_owners;
DROP TABLE clients;
ALTER TABLE organizations DROP COLUMN endless_tokens, DROP COLUMN longest_token_days;

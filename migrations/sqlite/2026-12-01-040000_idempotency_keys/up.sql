-- Creations that were carried out and are not carried out again: by the key that a caller chose, for a day. A row is written
-- in the transaction of the creation, and its answer, encrypted, after that.
CREATE TABLE idempotency_keys (
    org_id text NOT NULL REFERENCES organizations (id),
    -- A service user or an account.
    caller text NOT NULL,
    idempotency_key text NOT NULL,
    -- A seal of the request: the same key with another one is a mistake.
    request blob NOT NULL,
    request_id text NOT NULL,
    created_at integer NOT NULL,
    answer_pepper_id integer,
    answer blob,
    PRIMARY KEY (org_id, caller, idempotency_key),
    CHECK ((answer_pepper_id IS NULL) = (answer IS NULL))
) STRICT;
CREATE INDEX idempotency_keys_created ON idempotency_keys (org_id, created_at);

-- The same for what operators create in the installation.
CREATE TABLE account_idempotency_keys (
    account_id text NOT NULL REFERENCES accounts (id),
    idempotency_key text NOT NULL,
    request blob NOT NULL,
    request_id text NOT NULL,
    created_at integer NOT NULL,
    answer_pepper_id integer,
    answer blob,
    PRIMARY KEY (account_id, idempotency_key),
    CHECK ((answer_pepper_id IS NULL) = (answer IS NULL))
) STRICT;
CREATE INDEX account_idempotency_keys_created ON account_idempotency_keys (created_at);

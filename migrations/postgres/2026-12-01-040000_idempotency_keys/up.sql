-- Creations that were carried out and are not carried out again: by the key that a caller chose, for a day. A row is written
-- in the transaction of the creation, and its answer, encrypted, after that.
CREATE TABLE idempotency_keys (
    org_id uuid NOT NULL REFERENCES organizations (id),
    -- A service user or an account.
    caller text COLLATE "C" NOT NULL,
    idempotency_key text COLLATE "C" NOT NULL,
    -- A seal of the request: the same key with another one is a mistake.
    request bytea NOT NULL,
    request_id text NOT NULL,
    created_at bigint NOT NULL,
    answer_pepper_id integer,
    answer bytea,
    PRIMARY KEY (org_id, caller, idempotency_key),
    CHECK ((answer_pepper_id IS NULL) = (answer IS NULL))
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (org_id, created_at);

-- The same for what operators create in the installation.
CREATE TABLE account_idempotency_keys (
    account_id uuid NOT NULL REFERENCES accounts (id),
    idempotency_key text COLLATE "C" NOT NULL,
    request bytea NOT NULL,
    request_id text NOT NULL,
    created_at bigint NOT NULL,
    answer_pepper_id integer,
    answer bytea,
    PRIMARY KEY (account_id, idempotency_key),
    CHECK ((answer_pepper_id IS NULL) = (answer IS NULL))
);
CREATE INDEX account_idempotency_keys_created ON account_idempotency_keys (created_at);

DROP TABLE account_idempotency_keys;
DROP TABLE idempotency_keys;

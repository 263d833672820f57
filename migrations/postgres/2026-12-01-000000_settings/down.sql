ALTER TABLE organizations DROP COLUMN concurrent_requests, DROP COLUMN request_burst, DROP COLUMN requests_per_second,
    DROP COLUMN grace_days, DROP COLUMN body_days, DROP COLUMN log_days;

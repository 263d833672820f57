ALTER TABLE organizations DROP COLUMN concurrent_requests;
ALTER TABLE organizations DROP COLUMN request_burst;
ALTER TABLE organizations DROP COLUMN requests_per_second;
ALTER TABLE organizations DROP COLUMN grace_days;
ALTER TABLE organizations DROP COLUMN body_days;
ALTER TABLE organizations DROP COLUMN log_days;

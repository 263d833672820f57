-- For how many days rows of the provisioning log are kept, and the bodies of its requests.
ALTER TABLE organizations ADD COLUMN log_days integer NOT NULL DEFAULT 90;
ALTER TABLE organizations ADD COLUMN body_days integer NOT NULL DEFAULT 7;
-- For how many days a deleted user can be restored.
ALTER TABLE organizations ADD COLUMN grace_days integer NOT NULL DEFAULT 30;
-- How much its identity providers may ask for: in a second, at once, and at the same time. 0 is as much as they like.
ALTER TABLE organizations ADD COLUMN requests_per_second integer NOT NULL DEFAULT 50;
ALTER TABLE organizations ADD COLUMN request_burst integer NOT NULL DEFAULT 200;
ALTER TABLE organizations ADD COLUMN concurrent_requests integer NOT NULL DEFAULT 16;

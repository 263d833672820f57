DROP INDEX users_deleted;
ALTER TABLE groups DROP COLUMN managed_by;
ALTER TABLE users DROP COLUMN left_groups, DROP COLUMN blocked_at, DROP COLUMN managed_by;

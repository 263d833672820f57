DROP INDEX users_deleted;
ALTER TABLE groups DROP COLUMN managed_by;
ALTER TABLE users DROP COLUMN left_groups;
ALTER TABLE users DROP COLUMN blocked_at;
ALTER TABLE users DROP COLUMN managed_by;

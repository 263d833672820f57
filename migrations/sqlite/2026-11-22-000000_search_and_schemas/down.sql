DROP TABLE entitlements;
DROP TABLE schemas;
ALTER TABLE organizations DROP COLUMN schema_revision;
DROP INDEX groups_without_comparable;
DROP INDEX users_without_comparable;
ALTER TABLE groups DROP COLUMN comparable;
ALTER TABLE users DROP COLUMN comparable;

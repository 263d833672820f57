DROP TABLE audit_entries;
ALTER TABLE organizations DROP COLUMN exported_at;
ALTER TABLE organizations DROP COLUMN purging_since;
ALTER TABLE organizations DROP COLUMN deleted_at;
ALTER TABLE organizations DROP COLUMN audit_hash;
ALTER TABLE organizations DROP COLUMN audit_number;

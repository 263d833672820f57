DROP TABLE audit_entries;
DROP FUNCTION audit_entries_refuse();
DROP FUNCTION audit_entries_refuse_delete();
ALTER TABLE organizations DROP COLUMN exported_at, DROP COLUMN purging_since, DROP COLUMN deleted_at,
    DROP COLUMN audit_hash, DROP COLUMN audit_number;

-- Where the chain of audit entries ends: the number and the hash of the last one. What is cut off is missed.
ALTER TABLE organizations ADD COLUMN audit_number integer NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN audit_hash blob;
-- When a deleted organization was deleted, and since when everything that it owns is being done away with.
ALTER TABLE organizations ADD COLUMN deleted_at integer;
ALTER TABLE organizations ADD COLUMN purging_since integer;
-- When everything that it owns was last written into a file, to the end.
ALTER TABLE organizations ADD COLUMN exported_at integer;

-- One row for each change of configuration or credentials. The texts of actor and payload are hashed byte by byte, so
-- they are no documents.
CREATE TABLE audit_entries (
    org_id text NOT NULL REFERENCES organizations (id),
    number integer NOT NULL,
    event_seq integer NOT NULL,
    kind text NOT NULL,
    resource_id text,
    -- Who acted, as one word to look up by.
    actor_key text NOT NULL,
    actor text NOT NULL,
    request_id text NOT NULL,
    payload text NOT NULL,
    occurred_at integer NOT NULL,
    previous_hash blob NOT NULL,
    hash blob NOT NULL,
    PRIMARY KEY (org_id, number)
) STRICT;
CREATE INDEX audit_entries_actor ON audit_entries (org_id, actor_key, number);
CREATE INDEX audit_entries_kind ON audit_entries (org_id, kind, number);
CREATE INDEX audit_entries_resource ON audit_entries (org_id, resource_id, number) WHERE resource_id IS NOT NULL;
CREATE INDEX audit_entries_time ON audit_entries (org_id, occurred_at, number);
CREATE INDEX audit_entries_newest ON audit_entries (org_id, number, occurred_at);

-- Entries are added and stay as they are. They go only with their whole organization.
CREATE TRIGGER audit_entries_never_change BEFORE UPDATE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'audit entries are append-only');
END;
CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_entries
WHEN NOT EXISTS (SELECT 1 FROM organizations WHERE id = OLD.org_id AND purging_since IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'audit entries are append-only');
END;
-- INSERT OR REPLACE would do away with a row without the trigger above.
CREATE TRIGGER audit_entries_are_not_replaced BEFORE INSERT ON audit_entries
WHEN EXISTS (SELECT 1 FROM audit_entries WHERE org_id = NEW.org_id AND number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'audit entries are append-only');
END;

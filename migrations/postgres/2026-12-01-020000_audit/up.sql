-- Where the chain of audit entries ends: the number and the hash of the last one. What is cut off is missed.
ALTER TABLE organizations ADD COLUMN audit_number bigint NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN audit_hash bytea;
-- When a deleted organization was deleted, and since when everything that it owns is being done away with.
ALTER TABLE organizations ADD COLUMN deleted_at bigint;
ALTER TABLE organizations ADD COLUMN purging_since bigint;
-- When everything that it owns was last written into a file, to the end.
ALTER TABLE organizations ADD COLUMN exported_at bigint;

-- One row for each change of configuration or credentials. The texts of actor and payload are hashed byte by byte, so
-- they are no documents.
CREATE TABLE audit_entries (
    org_id uuid NOT NULL REFERENCES organizations (id),
    number bigint NOT NULL,
    event_seq bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    resource_id uuid,
    -- Who acted, as one word to look up by.
    actor_key text COLLATE "C" NOT NULL,
    actor text NOT NULL,
    request_id text NOT NULL,
    payload text NOT NULL,
    occurred_at bigint NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (org_id, number)
);
CREATE INDEX audit_entries_actor ON audit_entries (org_id, actor_key, number);
CREATE INDEX audit_entries_kind ON audit_entries (org_id, kind, number);
CREATE INDEX audit_entries_resource ON audit_entries (org_id, resource_id, number) WHERE resource_id IS NOT NULL;
CREATE INDEX audit_entries_time ON audit_entries (org_id, occurred_at, number);
CREATE INDEX audit_entries_newest ON audit_entries (org_id, number, occurred_at);

-- Entries are added and stay as they are. They go only with their whole organization.
CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are append-only';
END;
$$;
CREATE FUNCTION audit_entries_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM organizations WHERE id = OLD.org_id AND purging_since IS NOT NULL) THEN
        RAISE EXCEPTION 'audit entries are append-only';
    END IF;
    RETURN OLD;
END;
$$;
CREATE TRIGGER audit_entries_never_change BEFORE UPDATE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse();
CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse_delete();
CREATE TRIGGER audit_entries_stay_together BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse();

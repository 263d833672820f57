-- What identity providers asked for, and what became of it. An id begins with the time of its request, so that the
-- primary key is the order of pages, and of what is removed.
-- Rows are written later than what they are about, which may be gone by then. They do not refer to the organization either:
-- PostgreSQL would lock its row for each of them, which every write of the organization changes.
CREATE TABLE provisioning_log (
    org_id text NOT NULL,
    id text NOT NULL,
    action integer NOT NULL,
    status integer NOT NULL,
    credential_id text,
    target_id text,
    facts text NOT NULL,
    PRIMARY KEY (org_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX provisioning_log_action ON provisioning_log (org_id, action, id);
CREATE INDEX provisioning_log_credential ON provisioning_log (org_id, credential_id, id);
CREATE INDEX provisioning_log_target ON provisioning_log (org_id, target_id, id) WHERE target_id IS NOT NULL;
CREATE INDEX provisioning_log_failed ON provisioning_log (org_id, id) WHERE status >= 400;

-- The bodies that requests had, without their secrets. They are kept for a shorter time, or not at all.
CREATE TABLE provisioning_log_bodies (
    org_id text NOT NULL,
    id text NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (org_id, id)
) STRICT, WITHOUT ROWID;

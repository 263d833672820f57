-- The form in which a resource's values are compared: folded where case is disregarded, dates sortable. Filters and
-- sorting read it. It is derived from the resource, and empty only until it has been derived for the first time.
ALTER TABLE users ADD COLUMN comparable text;
ALTER TABLE groups ADD COLUMN comparable text;
-- Empty as soon as every resource has its form: what is left to do is found at once.
CREATE INDEX users_without_comparable ON users (org_id, id) WHERE comparable IS NULL;
CREATE INDEX groups_without_comparable ON groups (org_id, id) WHERE comparable IS NULL;

-- Counts the changes of the organization's own schemas, so that they are read again only after a change.
ALTER TABLE organizations ADD COLUMN schema_revision integer NOT NULL DEFAULT 0;

-- Extension schemas that an organization has defined. A definition waits until everything that is derived from
-- resources is derived by it; only then does it become the definition that requests go by.
CREATE TABLE schemas (
    org_id text NOT NULL REFERENCES organizations (id),
    urn_key text NOT NULL,
    resource_type text NOT NULL CHECK (resource_type IN ('User', 'Group')),
    required integer NOT NULL,
    definition text,
    waiting text,
    waiting_since integer,
    created_at integer NOT NULL,
    last_modified integer NOT NULL,
    PRIMARY KEY (org_id, urn_key),
    CHECK (definition IS NOT NULL OR waiting IS NOT NULL),
    CHECK ((waiting IS NULL) = (waiting_since IS NULL))
) STRICT;

-- The roles and entitlements that an organization offers, for identity providers that discover them.
CREATE TABLE entitlements (
    org_id text NOT NULL REFERENCES organizations (id),
    kind text NOT NULL CHECK (kind IN ('Role', 'Entitlement')),
    id text NOT NULL,
    display_name text NOT NULL,
    description text,
    created_at integer NOT NULL,
    last_modified integer NOT NULL,
    PRIMARY KEY (org_id, kind, id)
) STRICT;

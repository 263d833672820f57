-- What people list is read along an index, a page at a time: in the order in which it was made, newest or oldest first.
CREATE INDEX credentials_tokens ON credentials (org_id, service_user_id, created_at, id)
    WHERE kind = 'personal_access_token';
CREATE INDEX credentials_successor ON credentials (org_id, successor_id) WHERE successor_id IS NOT NULL;
CREATE INDEX clients_in_order ON clients (org_id, service_user_id, created_at, id);
CREATE INDEX grants_in_order ON grants (org_id, client_id, created_at, id);
CREATE INDEX account_invitations_waiting ON account_invitations (org_id, created_at, id)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;

-- The name of an organization, folded. It is empty only until it has been derived: what a gateway of the version before
-- still adds has it from the next time on that the schema is brought up to date.
ALTER TABLE organizations ADD COLUMN name_key text COLLATE "C";
CREATE INDEX organizations_name ON organizations (name_key, id);

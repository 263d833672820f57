DROP INDEX organizations_name;
ALTER TABLE organizations DROP COLUMN name_key;
DROP INDEX account_invitations_waiting;
DROP INDEX grants_in_order;
DROP INDEX clients_in_order;
DROP INDEX credentials_successor;
DROP INDEX credentials_tokens;

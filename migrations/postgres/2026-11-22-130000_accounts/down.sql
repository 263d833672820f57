-- Accounts and all that hangs on them cannot be kept: the version before knows none.
DROP TABLE sign_in_attempts;
DROP TABLE account_identities;
DROP TABLE identity_providers;
DROP TABLE account_recoveries;
DROP TABLE operator_invitations;
DROP TABLE account_invitation_owners;
DROP TABLE account_invitations;
DROP TABLE account_sessions;
DROP TABLE account_orgs;
DROP TABLE account_roles;
DROP TABLE operators;
DROP TABLE account_recovery_codes;
DROP TABLE accounts;

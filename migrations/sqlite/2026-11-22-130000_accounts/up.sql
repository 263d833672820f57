-- The console's people. They are no users: nothing that provisions users reads or writes these tables.
CREATE TABLE accounts (
    id text PRIMARY KEY,
    email text NOT NULL,
    -- The address, folded: two accounts never differ in case only.
    email_key text NOT NULL,
    display_name text NOT NULL,
    -- A PHC string. None where the account signs in through an identity provider only.
    password text,
    state text NOT NULL CHECK (state IN ('active', 'disabled')),
    -- The secret shared with an authenticator app, sealed with a key that is not in the database. It counts from when the
    -- account has shown that it has it.
    totp_pepper_id integer,
    totp_sealed blob,
    totp_confirmed_at integer,
    -- The last time step whose code was accepted: none is accepted twice.
    totp_last_step integer,
    created_at integer NOT NULL,
    last_sign_in_at integer,
    CONSTRAINT accounts_email UNIQUE (email_key),
    CHECK ((totp_pepper_id IS NULL) = (totp_sealed IS NULL)),
    CHECK (totp_confirmed_at IS NULL OR totp_sealed IS NOT NULL)
) STRICT;

-- Codes for the day on which the authenticator app is lost, as seals.
CREATE TABLE account_recovery_codes (
    account_id text NOT NULL REFERENCES accounts (id),
    seal blob NOT NULL,
    used_at integer,
    PRIMARY KEY (account_id, seal)
) STRICT;

-- Who looks after the installation itself.
CREATE TABLE operators (
    account_id text PRIMARY KEY REFERENCES accounts (id),
    created_at integer NOT NULL
) STRICT;

-- What an account is in an organization.
CREATE TABLE account_roles (
    org_id text NOT NULL REFERENCES organizations (id),
    account_id text NOT NULL REFERENCES accounts (id),
    role text NOT NULL CHECK (role IN ('org_owner', 'org_viewer')),
    created_at integer NOT NULL,
    PRIMARY KEY (org_id, account_id)
) STRICT;

-- Says which organizations an account may enter. It is read before the organization is known, and holds no role.
CREATE TABLE account_orgs (
    account_id text NOT NULL REFERENCES accounts (id),
    org_id text NOT NULL,
    PRIMARY KEY (account_id, org_id),
    FOREIGN KEY (org_id, account_id) REFERENCES account_roles (org_id, account_id)
) STRICT;

-- Signed-in browsers.
CREATE TABLE account_sessions (
    id text PRIMARY KEY,
    account_id text NOT NULL REFERENCES accounts (id),
    pepper_id integer NOT NULL,
    digest blob NOT NULL,
    -- The organization whose identity provider vouched for the account: such a session opens no other organization.
    vouched_by text REFERENCES organizations (id),
    created_at integer NOT NULL,
    -- Written at most once a minute.
    last_seen_at integer NOT NULL,
    authenticated_at integer NOT NULL,
    expires_at integer NOT NULL,
    network text,
    user_agent text,
    revoked_at integer
) STRICT;
CREATE INDEX account_sessions_account ON account_sessions (account_id, created_at);

-- One-time links by which a person gets a role in an organization.
CREATE TABLE account_invitations (
    org_id text NOT NULL REFERENCES organizations (id),
    id text NOT NULL,
    email text NOT NULL,
    role text NOT NULL CHECK (role IN ('org_owner', 'org_viewer')),
    pepper_id integer NOT NULL,
    digest blob NOT NULL,
    created_at integer NOT NULL,
    expires_at integer NOT NULL,
    accepted_at integer,
    accepted_by text REFERENCES accounts (id),
    revoked_at integer,
    PRIMARY KEY (org_id, id)
) STRICT;

-- Says which organization an invitation belongs to. It holds no secret and is read before the organization is known.
CREATE TABLE account_invitation_owners (
    invitation_id text PRIMARY KEY,
    org_id text NOT NULL,
    FOREIGN KEY (org_id, invitation_id) REFERENCES account_invitations (org_id, id)
) STRICT;

-- One-time links by which a person becomes an operator.
CREATE TABLE operator_invitations (
    id text PRIMARY KEY,
    email text NOT NULL,
    pepper_id integer NOT NULL,
    digest blob NOT NULL,
    created_at integer NOT NULL,
    expires_at integer NOT NULL,
    accepted_at integer,
    accepted_by text REFERENCES accounts (id)
) STRICT;

-- One-time links by which an account gets a new password.
CREATE TABLE account_recoveries (
    id text PRIMARY KEY,
    account_id text NOT NULL REFERENCES accounts (id),
    pepper_id integer NOT NULL,
    digest blob NOT NULL,
    created_at integer NOT NULL,
    expires_at integer NOT NULL,
    used_at integer
) STRICT;

-- OpenID providers through which an organization lets its accounts sign in.
CREATE TABLE identity_providers (
    org_id text NOT NULL REFERENCES organizations (id),
    issuer text NOT NULL,
    name text NOT NULL,
    client_id text NOT NULL,
    pepper_id integer NOT NULL,
    client_secret blob NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (org_id, issuer)
) STRICT;

-- Who an account is to an organization's provider. Never an e-mail address: providers let people change it.
CREATE TABLE account_identities (
    org_id text NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    account_id text NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (org_id, issuer, subject),
    CONSTRAINT account_identities_account UNIQUE (org_id, issuer, account_id),
    FOREIGN KEY (org_id, issuer) REFERENCES identity_providers (org_id, issuer),
    FOREIGN KEY (org_id, account_id) REFERENCES account_roles (org_id, account_id)
) STRICT;

-- Sign-ins that failed, by a seal of what they were about (an account, a network), so that all replicas count together.
CREATE TABLE sign_in_attempts (
    subject text PRIMARY KEY,
    failures integer NOT NULL,
    last_at integer NOT NULL,
    blocked_until integer NOT NULL
) STRICT;
CREATE INDEX sign_in_attempts_last ON sign_in_attempts (last_at);

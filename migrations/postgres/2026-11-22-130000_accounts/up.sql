-- The console's people. They are no users: nothing that provisions users reads or writes these tables.
CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    -- The address, folded: two accounts never differ in case only.
    email_key text COLLATE "C" NOT NULL,
    display_name text NOT NULL,
    -- A PHC string. None where the account signs in through an identity provider only.
    password text,
    state text NOT NULL CHECK (state IN ('active', 'disabled')),
    -- The secret shared with an authenticator app, sealed with a key that is not in the database. It counts from when the
    -- account has shown that it has it.
    totp_pepper_id integer,
    totp_sealed bytea,
    totp_confirmed_at bigint,
    -- The last time step whose code was accepted: none is accepted twice.
    totp_last_step bigint,
    created_at bigint NOT NULL,
    last_sign_in_at bigint,
    CONSTRAINT accounts_email UNIQUE (email_key),
    CHECK ((totp_pepper_id IS NULL) = (totp_sealed IS NULL)),
    CHECK (totp_confirmed_at IS NULL OR totp_sealed IS NOT NULL)
);

-- Codes for the day on which the authenticator app is lost, as seals.
CREATE TABLE account_recovery_codes (
    account_id uuid NOT NULL REFERENCES accounts (id),
    seal bytea NOT NULL,
    used_at bigint,
    PRIMARY KEY (account_id, seal)
);

-- Who looks after the installation itself.
CREATE TABLE operators (
    account_id uuid PRIMARY KEY REFERENCES accounts (id),
    created_at bigint NOT NULL
);

-- What an account is in an organization.
CREATE TABLE account_roles (
    org_id uuid NOT NULL REFERENCES organizations (id),
    account_id uuid NOT NULL REFERENCES accounts (id),
    role text NOT NULL CHECK (role IN ('org_owner', 'org_viewer')),
    created_at bigint NOT NULL,
    PRIMARY KEY (org_id, account_id)
);

-- Says which organizations an account may enter. It is read before the organization is known, and holds no role.
CREATE TABLE account_orgs (
    account_id uuid NOT NULL REFERENCES accounts (id),
    org_id uuid NOT NULL,
    PRIMARY KEY (account_id, org_id),
    FOREIGN KEY (org_id, account_id) REFERENCES account_roles (org_id, account_id)
);

-- Signed-in browsers.
CREATE TABLE account_sessions (
    id text COLLATE "C" PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id),
    pepper_id integer NOT NULL,
    digest bytea NOT NULL,
    -- The organization whose identity provider vouched for the account: such a session opens no other organization.
    vouched_by uuid REFERENCES organizations (id),
    created_at bigint NOT NULL,
    -- Written at most once a minute.
    last_seen_at bigint NOT NULL,
    authenticated_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    network text,
    user_agent text,
    revoked_at bigint
);
CREATE INDEX account_sessions_account ON account_sessions (account_id, created_at);

-- One-time links by which a person gets a role in an organization.
CREATE TABLE account_invitations (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id text COLLATE "C" NOT NULL,
    email text NOT NULL,
    role text NOT NULL CHECK (role IN ('org_owner', 'org_viewer')),
    pepper_id integer NOT NULL,
    digest bytea NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    accepted_at bigint,
    accepted_by uuid REFERENCES accounts (id),
    revoked_at bigint,
    PRIMARY KEY (org_id, id)
);

-- Says which organization an invitation belongs to. It holds no secret and is read before the organization is known.
CREATE TABLE account_invitation_owners (
    invitation_id text COLLATE "C" PRIMARY KEY,
    org_id uuid NOT NULL,
    FOREIGN KEY (org_id, invitation_id) REFERENCES account_invitations (org_id, id)
);

-- One-time links by which a person becomes an operator.
CREATE TABLE operator_invitations (
    id text COLLATE "C" PRIMARY KEY,
    email text NOT NULL,
    pepper_id integer NOT NULL,
    digest bytea NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    accepted_at bigint,
    accepted_by uuid REFERENCES accounts (id)
);

-- One-time links by which an account gets a new password.
CREATE TABLE account_recoveries (
    id text COLLATE "C" PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id),
    pepper_id integer NOT NULL,
    digest bytea NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint
);

-- OpenID providers through which an organization lets its accounts sign in.
CREATE TABLE identity_providers (
    org_id uuid NOT NULL REFERENCES organizations (id),
    issuer text COLLATE "C" NOT NULL,
    name text NOT NULL,
    client_id text NOT NULL,
    pepper_id integer NOT NULL,
    client_secret bytea NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (org_id, issuer)
);

-- Who an account is to an organization's provider. Never an e-mail address: providers let people change it.
CREATE TABLE account_identities (
    org_id uuid NOT NULL,
    issuer text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    account_id uuid NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (org_id, issuer, subject),
    CONSTRAINT account_identities_account UNIQUE (org_id, issuer, account_id),
    FOREIGN KEY (org_id, issuer) REFERENCES identity_providers (org_id, issuer),
    FOREIGN KEY (org_id, account_id) REFERENCES account_roles (org_id, account_id)
);

-- Sign-ins that failed, by a seal of what they were about (an account, a network), so that all replicas count together.
CREATE TABLE sign_in_attempts (
    subject text COLLATE "C" PRIMARY KEY,
    failures bigint NOT NULL,
    last_at bigint NOT NULL,
    blocked_until bigint NOT NULL
);
CREATE INDEX sign_in_attempts_last ON sign_in_attempts (last_at);

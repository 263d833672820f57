-- Spreads the tables over a Citus cluster, by organization: all rows of one organization are on one node, so that what is
-- done for it stays there. Before it, a superuser makes the extension and sets what it needs:
--
--   CREATE EXTENSION citus;
--   ALTER DATABASE wicketgate SET citus.propagate_set_commands = 'local';
--   ALTER DATABASE wicketgate SET citus.enable_unsafe_triggers = on;
--
-- Then it is run once by the role that owns the tables, after `wicketgate migrate` and before there is data:
--
--   psql --set ON_ERROR_STOP=1 --single-transaction --file citus.sql "$WICKETGATE_MIGRATE_DATABASE_URL"
--
-- A test holds this list against the tables that there are.

-- A transaction says for which organization it is by SET LOCAL. The workers have to hear it, or every table seems empty.
DO $$
BEGIN
    IF current_setting('citus.propagate_set_commands', true) IS DISTINCT FROM 'local' THEN
        RAISE EXCEPTION 'first run, as a superuser: ALTER DATABASE % SET citus.propagate_set_commands = ''local''',
            quote_ident(current_database());
    END IF;
END
$$;
-- The triggers of audit_entries look at rows of their own organization alone.
SET LOCAL citus.enable_unsafe_triggers = on;
-- Reference tables first, distributed ones after them.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

-- Policies on distributed tables must not have a subquery: what the transaction said is read for each row.
DO $$
DECLARE
    isolated regclass;
BEGIN
    FOR isolated IN SELECT polrelid FROM pg_policy WHERE polname = 'one_org' LOOP
        EXECUTE format(
            'ALTER POLICY one_org ON %s USING (org_id = '
                'nullif(nullif(current_setting(''wicketgate.org'', true), ''''), ''*'')::uuid)',
            isolated
        );
        EXECUTE format(
            'ALTER POLICY every_org ON %s USING (current_setting(''wicketgate.org'', true) = ''*'')',
            isolated
        );
    END LOOP;
END
$$;

-- A table that is on every node cannot refer to rows that are on one. These keys go; what they say is written in the
-- same transaction as what they refer to, and removed before it.
ALTER TABLE account_sessions DROP CONSTRAINT account_sessions_vouched_by_fkey;
ALTER TABLE account_orgs DROP CONSTRAINT account_orgs_org_id_account_id_fkey;
ALTER TABLE account_invitation_owners DROP CONSTRAINT account_invitation_owners_org_id_invitation_id_fkey;
ALTER TABLE client_owners DROP CONSTRAINT client_owners_org_id_client_id_fkey;
ALTER TABLE credential_owners DROP CONSTRAINT credential_owners_org_id_credential_id_fkey;
ALTER TABLE setup_link_owners DROP CONSTRAINT setup_link_owners_org_id_link_id_fkey;

-- Of the installation.
SELECT create_reference_table('accounts');
SELECT create_reference_table('account_recovery_codes');
SELECT create_reference_table('account_sessions');
SELECT create_reference_table('account_recoveries');
SELECT create_reference_table('account_idempotency_keys');
SELECT create_reference_table('operators');
SELECT create_reference_table('operator_invitations');
SELECT create_reference_table('sign_in_attempts');
SELECT create_reference_table('signing_keys');

-- Read before the organization is known.
SELECT create_reference_table('account_orgs');
SELECT create_reference_table('account_invitation_owners');
SELECT create_reference_table('client_owners');
SELECT create_reference_table('credential_owners');
SELECT create_reference_table('setup_link_owners');

-- Of an organization, whose own row is beside them.
SELECT create_distributed_table('organizations', 'id', colocate_with => 'none');
SELECT create_distributed_table('users', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('user_keys', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('user_external_ids', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('groups', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('group_external_ids', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('group_members', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('schemas', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('entitlements', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('service_users', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('clients', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('client_redirect_uris', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('client_assertions', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('grants', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('credentials', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('setup_steps', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('setup_links', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('account_roles', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('account_invitations', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('identity_providers', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('account_identities', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('idempotency_keys', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('events', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('audit_entries', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('provisioning_log', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('provisioning_log_bodies', 'org_id', colocate_with => 'organizations');
SELECT create_distributed_table('provisioning_activity', 'org_id', colocate_with => 'organizations');

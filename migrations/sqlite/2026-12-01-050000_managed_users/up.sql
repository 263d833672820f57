-- The provisioning domain whose identity provider manages a user or a group; null where an owner took it out of its hands.
-- What is there was provisioned: the default also stands for what a gateway of the version before still adds.
ALTER TABLE users ADD COLUMN managed_by text DEFAULT 'default';
ALTER TABLE groups ADD COLUMN managed_by text DEFAULT 'default';
UPDATE users SET managed_by = (
    SELECT min(e.domain) FROM user_external_ids e WHERE e.org_id = users.org_id AND e.user_id = users.id
) WHERE EXISTS (
    SELECT 1 FROM user_external_ids e WHERE e.org_id = users.org_id AND e.user_id = users.id AND e.domain <> 'default'
) AND NOT EXISTS (
    SELECT 1 FROM user_external_ids e WHERE e.org_id = users.org_id AND e.user_id = users.id AND e.domain = 'default'
);
UPDATE groups SET managed_by = (
    SELECT min(e.domain) FROM group_external_ids e WHERE e.org_id = groups.org_id AND e.group_id = groups.id
) WHERE EXISTS (
    SELECT 1 FROM group_external_ids e
    WHERE e.org_id = groups.org_id AND e.group_id = groups.id AND e.domain <> 'default'
) AND NOT EXISTS (
    SELECT 1 FROM group_external_ids e
    WHERE e.org_id = groups.org_id AND e.group_id = groups.id AND e.domain = 'default'
);
-- Since when an owner keeps a user deactivated, whatever an identity provider asks for.
ALTER TABLE users ADD COLUMN blocked_at integer;
-- The groups that a deleted user was a member of, for bringing it back.
ALTER TABLE users ADD COLUMN left_groups text;
CREATE INDEX users_deleted ON users (org_id, deleted_at, id) WHERE NOT live;

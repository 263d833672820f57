-- Few users are inactive, and whoever looks for them reads those alone.
CREATE INDEX users_inactive ON users (org_id, user_name_key) WHERE live AND NOT active;

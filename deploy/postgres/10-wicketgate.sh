#!/bin/sh
# Run once by the postgres image, on an empty data folder: the database and the gateway's two roles. The one owns the
# tables and applies migrations; the other one serves, works with rows, and can change neither tables nor policies.
# Neither is a superuser and neither has BYPASSRLS: row-level security holds for both.
set -eu

psql --no-psqlrc --set ON_ERROR_STOP=1 --set password="$WICKETGATE_DATABASE_PASSWORD" \
    --set owner_password="$WICKETGATE_OWNER_PASSWORD" \
    --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
CREATE ROLE wicketgate_owner LOGIN PASSWORD :'owner_password' NOSUPERUSER NOBYPASSRLS;
CREATE ROLE wicketgate LOGIN PASSWORD :'password' NOSUPERUSER NOBYPASSRLS;
CREATE DATABASE wicketgate OWNER wicketgate_owner ENCODING 'UTF8' TEMPLATE template0;
\connect wicketgate
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
-- Before PostgreSQL 15 everybody had it, the owner of the database by nothing else.
GRANT USAGE, CREATE ON SCHEMA public TO wicketgate_owner;
SQL

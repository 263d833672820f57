#!/bin/sh
# Run once by the postgres image, on an empty data folder: the gateway's role and the database it owns.
# The role is not a superuser; the gateway has no need for it.
set -eu

psql --no-psqlrc --set ON_ERROR_STOP=1 --set password="$WICKETGATE_DATABASE_PASSWORD" \
    --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
CREATE ROLE wicketgate LOGIN PASSWORD :'password' NOSUPERUSER NOBYPASSRLS;
CREATE DATABASE wicketgate OWNER wicketgate ENCODING 'UTF8' TEMPLATE template0;
SQL

//! PostgreSQL's roles: the one that serves must be subject to the policies, and needs to own nothing.

use diesel::{
    Connection as _, PgConnection, QueryableByName, RunQueryDsl as _,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{Bool, Text},
};

use super::Conn;
use crate::Error;

#[derive(QueryableByName)]
struct Role {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    quoted: String,
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Bool)]
    is_exempt: bool,
    #[diesel(sql_type = Bool)]
    may_create: bool,
}

fn current(conn: &mut PgConnection) -> Result<Role, Error> {
    let sql = "SELECT rolname::text AS name, quote_ident(rolname) AS quoted, \
         coalesce(quote_ident(current_schema()), '') AS schema, rolsuper OR rolbypassrls AS is_exempt, \
         coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create \
         FROM pg_roles WHERE rolname = current_user";
    Ok(sql_query(sql).get_result(conn)?)
}

/// Refuses a role that the policies do not hold for: a superuser, or one with `BYPASSRLS`. The owner of the tables is none,
/// because the policies are forced.
pub(super) fn check(conn: &mut Conn) -> Result<(), Error> {
    let Conn::Postgres(conn) = conn else { return Ok(()) };
    let Role {
        name,
        quoted,
        is_exempt,
        ..
    } = current(conn)?;
    if !is_exempt {
        return Ok(());
    }
    Err(Error::refused(
        "database-url",
        format!(
            "the role {name} is a superuser or has BYPASSRLS, so PostgreSQL would not keep the rows of organizations \
             apart. Make a role of its own (CREATE ROLE wicketgate LOGIN PASSWORD '…' NOSUPERUSER NOBYPASSRLS; ALTER \
             DATABASE … OWNER TO wicketgate;), or take these powers away (ALTER ROLE {quoted} NOSUPERUSER NOBYPASSRLS;). \
             For trying things out, --allow-unsafe-database-role lets it pass"
        ),
    ))
}

/// Whether the role may make tables, and so migrate. On SQLite everybody may.
pub(super) fn may_migrate(conn: &mut Conn) -> Result<bool, Error> {
    match conn {
        Conn::Sqlite(_) => Ok(true),
        Conn::Postgres(conn) => Ok(current(conn)?.may_create),
    }
}

#[derive(QueryableByName, PartialEq, Eq)]
struct Place {
    #[diesel(sql_type = Text)]
    database: String,
    #[diesel(sql_type = Text)]
    server: String,
}

/// Refuses two connections that do not lead to one database: the wrong one would be migrated.
pub(crate) fn check_same_database(owner: &mut Conn, application: &mut Conn) -> Result<(), Error> {
    let (Conn::Postgres(owner), Conn::Postgres(application)) = (owner, application) else {
        return Err(Error::refused(
            "migrate-database-url",
            "SQLite has no roles: leave it out, or name PostgreSQL in both URLs",
        ));
    };
    let place = |conn: &mut PgConnection| {
        sql_query(
            "SELECT oid::text AS database, pg_postmaster_start_time()::text AS server \
             FROM pg_database WHERE datname = current_database()",
        )
        .get_result::<Place>(conn)
    };
    if place(owner)? == place(application)? {
        Ok(())
    } else {
        Err(Error::refused(
            "migrate-database-url",
            "it names another database than --database-url: let both name the same one",
        ))
    }
}

/// Lets the role of `application` work with the rows of every table of `owner`, now and after later migrations. What has
/// been applied is for it to read only. Nothing where both are one role.
pub(crate) fn grant(owner: &mut Conn, application: &mut Conn) -> Result<(), Error> {
    let (Conn::Postgres(owner), Conn::Postgres(application)) = (owner, application) else {
        return Ok(());
    };
    let Role { schema, name, .. } = current(owner)?;
    let Role {
        quoted: role,
        name: served_by,
        ..
    } = current(application)?;
    if name == served_by {
        return Ok(());
    }
    owner.transaction(|owner| {
        // Two that grant at once would meet in the catalogue: the second one waits.
        owner.batch_execute(&format!(
            "SELECT pg_advisory_xact_lock(7722110049); \
             GRANT USAGE ON SCHEMA {schema} TO {role}; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}; \
             REVOKE INSERT, UPDATE, DELETE ON __diesel_schema_migrations FROM {role}; \
             GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}; \
             ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}; \
             ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role}"
        ))?;
        Ok(())
    })
}

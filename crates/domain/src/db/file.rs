//! A SQLite database as a file: copied while others write, looked through, and held alone. Which file that is, and what
//! becomes of it, is the business of whoever asks.

use std::{fmt, path::Path};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::Text,
};

use super::{Conn, DatabaseOptions, Target, connect_once, target};
use crate::Error;

/// The connection that holds a database alone. Whoever else opens it meanwhile is refused as busy.
pub struct HeldDatabase {
    _conn: SqliteConnection,
}

impl fmt::Debug for HeldDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HeldDatabase")
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    found: String,
}

fn sqlite_path<'o>(options: &'o DatabaseOptions, why: &'static str) -> Result<&'o str, Error> {
    match target(&options.url)? {
        Target::Sqlite(path) => path
            .to_str()
            .ok_or_else(|| Error::refused("database-url", "the path is not UTF-8")),
        Target::Postgres(_) => Err(Error::refused("database-url", why)),
    }
}

/// Copies the database as it is at one moment into a file that is empty. Others read and write meanwhile.
pub(crate) fn copy(options: &DatabaseOptions, to: &Path) -> Result<(), Error> {
    sqlite_path(options, "PostgreSQL is backed up with its own tools")?;
    let to = to
        .to_str()
        .ok_or_else(|| Error::refused("file", "the path is not UTF-8"))?;
    let mut conn = connect_once(&options.url)?;
    sql_query("VACUUM INTO ?")
        .bind::<Text, _>(to)
        .execute(&mut conn)?;
    Ok(())
}

/// Takes a database for this process alone, with everything in its one file. [`Error::Busy`] where another process has
/// it open, however idle that is.
pub(crate) fn hold(options: &DatabaseOptions) -> Result<HeldDatabase, Error> {
    let path = sqlite_path(options, "only a SQLite database is a file")?;
    let mut conn = SqliteConnection::establish(path).map_err(|error| Error::Unavailable(Box::new(error)))?;
    // A database leaves the write-ahead log only when nobody else has it open.
    conn.batch_execute("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE;")?;
    let mode: Found =
        sql_query("SELECT journal_mode AS found FROM pragma_journal_mode").get_result(&mut conn)?;
    if mode.found != "delete" {
        return Err(Error::Busy);
    }
    conn.batch_execute("BEGIN EXCLUSIVE;")?;
    Ok(HeldDatabase { _conn: conn })
}

/// What SQLite itself finds wrong with the file, if anything.
pub(crate) fn damage(conn: &mut Conn) -> Result<Option<String>, Error> {
    for statement in [
        "SELECT integrity_check AS found FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
        "SELECT 'a row of ' || \"table\" || ' refers to nothing' AS found FROM pragma_foreign_key_check LIMIT 1",
    ] {
        let rows: Vec<Found> = sql_query(statement).load(conn)?;
        if let Some(row) = rows.into_iter().next() {
            return Ok(Some(row.found));
        }
    }
    Ok(None)
}

/// Puts everything into the one file, so that it can be moved.
pub(crate) fn settle(conn: &mut Conn) -> Result<(), Error> {
    conn.batch_execute("PRAGMA journal_mode = DELETE;")?;
    Ok(())
}

//! What a commit came to when nobody answered it: PostgreSQL knows by the transaction's id. Only there is the way to the
//! database long enough to break.

use diesel::{
    Connection, QueryResult, QueryableByName, RunQueryDsl as _,
    connection::TransactionManager,
    sql_types::{Nullable, Text},
};

use super::{
    Conn,
    row_security::{self, Reach},
    statement::{Bind, Statement},
    worker::{Access, is_alive},
};
use crate::Error;

/// What one run of a piece of work in a transaction came to.
pub(super) enum Committing<T> {
    /// It was committed, or rolled back.
    Ended(Result<T, Error>),
    /// The connection broke at the commit.
    Unanswered {
        /// What it came to if the commit happened.
        value: T,
        /// The transaction's id, if it has changed anything.
        id: Option<String>,
    },
}

impl<T> Committing<T> {
    /// Runs `work` in a transaction that reaches these rows, and whose id is taken down before the commit.
    pub(super) fn run(conn: &mut Conn, reach: Reach, work: impl Fn(&mut Conn) -> Result<T, Error>) -> Self {
        if let Err(error) = row_security::begin(conn, Access::Write, reach) {
            return Self::Ended(Err(error.into()));
        }
        let done = work(conn).and_then(|value| Ok((value, transaction_id(conn)?)));
        let (value, id) = match done {
            Ok(done) => done,
            Err(error) => return Self::Ended(Err(row_security::undo(conn, error))),
        };
        match <Conn as Connection>::TransactionManager::commit_transaction(conn) {
            Ok(()) => Self::Ended(Ok(value)),
            Err(error) if is_alive(conn) => Self::Ended(Err(error.into())),
            Err(_) => Self::Unanswered { value, id },
        }
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Nullable<Text>)]
    found: Option<String>,
}

/// The id of the transaction, if it has changed anything.
fn transaction_id(conn: &mut Conn) -> Result<Option<String>, Error> {
    let row: Found = Statement::new(
        "SELECT pg_current_xact_id_if_assigned()::text AS found",
        Vec::new(),
    )
    .get_result(conn)?;
    Ok(row.found)
}

/// Which server it is, and since when it has run without a crash: what tells whether an id is still that of the same
/// transaction. After a crash, and on a standby that took over, ids are given anew from the last one that was written
/// down, and another transaction may have the id of one that was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Incarnation(String);

impl Incarnation {
    /// That of the server behind the connection. SQLite has none.
    pub(super) fn of(conn: &mut Conn) -> QueryResult<Option<Self>> {
        if matches!(conn, Conn::Sqlite(_)) {
            return Ok(None);
        }
        // A crash of one process leaves the server's start as it is, and has all statistics begin anew.
        let row: Found = Statement::new(
            "SELECT pg_postmaster_start_time()::text || ' ' || coalesce(stats_reset::text, '') AS found FROM pg_stat_bgwriter",
            Vec::new(),
        )
        .get_result(conn)?;
        Ok(row.found.map(Self))
    }
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It happened.
    Committed,
    /// It did not happen, and will not.
    Aborted,
    /// The database cannot say.
    Unknown,
}

impl Fate {
    /// Asks for it. `None` while the transaction is still under way. `is_same` tells whether the connection leads to the
    /// same incarnation of the server.
    pub(super) fn ask(conn: &mut Conn, id: &str, is_same: bool) -> QueryResult<Option<Self>> {
        let asked: QueryResult<Found> = Statement::new(
            "SELECT pg_xact_status({}::text::xid8) AS found",
            vec![Bind::Text(id.to_owned())],
        )
        .get_result(conn);
        let found = match asked {
            Ok(row) => row.found,
            // The id is yet to be given: this server has never heard of the transaction.
            Err(_) if !is_same && is_alive(conn) => return Ok(Some(Self::Aborted)),
            Err(error) => return Err(error),
        };
        Ok(match (found.as_deref(), is_same) {
            // Under way, but not the same: another transaction has the id now, so that this one was lost.
            (Some("aborted"), _) | (Some("in progress"), false) => Some(Self::Aborted),
            (Some("committed"), true) => Some(Self::Committed),
            (Some("in progress"), true) => None,
            // Perhaps another transaction, or one so old that nothing is known about it.
            (Some(_) | None, _) => Some(Self::Unknown),
        })
    }
}

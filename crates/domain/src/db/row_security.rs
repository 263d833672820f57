//! Net 6, on PostgreSQL: a policy on every table with `org_id` shows a transaction the rows of the organization that it
//! was begun for, and no others. The policies are in the migrations; here a transaction says for which organization it is.
//!
//! What is said ends with the transaction: behind a pooler the next one on the same connection may be anybody's. So every
//! piece of work is a transaction, and one that did not say anything finds no rows.

use diesel::{
    Connection, QueryResult,
    connection::{
        AnsiTransactionManager, SimpleConnection as _, TransactionManager, TransactionManagerStatus,
    },
};
use wicketgate_auth::OrgId;

use super::{Conn, worker::Access};
use crate::Error;

/// Which organizations' rows a transaction sees and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Those of one.
    Org(OrgId),
    /// Those of every one: what is asked before the organization is known, and the installation's own work.
    EveryOrg,
}

impl Reach {
    /// What a transaction is told.
    fn statement(self) -> String {
        // An id has no character that could end the text. A function would do the same, but Citus passes on only this form.
        let org = match self {
            Self::Org(org) => org.to_string(),
            Self::EveryOrg => "*".to_owned(),
        };
        format!("SET LOCAL wicketgate.org = '{org}'")
    }
}

/// Begins a transaction with its reach, in one round trip. One that is still open, because it has only read, is ended by
/// the same.
pub(super) fn begin(conn: &mut Conn, access: Access, reach: Reach) -> QueryResult<()> {
    let Conn::Postgres(conn) = conn else {
        return <Conn as Connection>::TransactionManager::begin_transaction(conn);
    };
    let begin = match access {
        Access::Read => "BEGIN READ ONLY",
        Access::Write => "BEGIN",
    };
    let sql = format!("{begin}; {}", reach.statement());
    if is_open(conn)? {
        conn.batch_execute(&format!("COMMIT; {sql}"))
    } else {
        AnsiTransactionManager::begin_transaction_sql(conn, &sql)
    }
}

/// Runs work that only reads in a transaction that reaches these rows. The transaction stays open: [`begin`] and [`end`]
/// end it.
pub(super) fn read<T>(
    conn: &mut Conn,
    reach: Reach,
    work: impl Fn(&mut Conn) -> Result<T, Error>,
) -> Result<T, Error> {
    begin(conn, Access::Read, reach)?;
    work(conn).map_err(|error| undo(conn, error))
}

/// Rolls back what has failed. What is then to be said is the error, unless the connection is of no use any more.
pub(super) fn undo(conn: &mut Conn, error: Error) -> Error {
    match <Conn as Connection>::TransactionManager::rollback_transaction(conn) {
        // What broke the connection says more than that it is broken.
        Ok(()) | Err(diesel::result::Error::BrokenTransactionManager) => error,
        Err(failure) => failure.into(),
    }
}

/// Ends a transaction that has only read, if one is open.
pub(super) fn end(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Postgres(conn) => {
            if is_open(conn)? {
                AnsiTransactionManager::commit_transaction(conn)?;
            }
            Ok(())
        }
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Tells a transaction that has begun already which rows it reaches.
pub(crate) fn reach(conn: &mut Conn, reach: Reach) -> QueryResult<()> {
    match conn {
        Conn::Postgres(conn) => conn.batch_execute(&reach.statement()),
        Conn::Sqlite(_) => Ok(()),
    }
}

fn is_open(conn: &mut diesel::PgConnection) -> QueryResult<bool> {
    match AnsiTransactionManager::transaction_manager_status_mut(conn) {
        TransactionManagerStatus::Valid(status) => Ok(status.transaction_depth().is_some()),
        TransactionManagerStatus::InError => Err(diesel::result::Error::BrokenTransactionManager),
    }
}

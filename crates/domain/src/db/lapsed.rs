//! Rows that no longer count, of all organizations at once: a few in each statement, so that none is long.
//!
//! Several processes do this at the same time. On PostgreSQL each skips the rows that another one is about to remove; on
//! SQLite there is one writer.

use diesel::RunQueryDsl as _;
use jiff::Timestamp;

use super::{
    Conn,
    statement::{Bind, Statement},
};
use crate::Error;

/// The statement of each database, with the moment and the number of rows as its values.
fn remove(
    conn: &mut Conn,
    [sqlite, postgres]: [&'static str; 2],
    before: Timestamp,
    most: i64,
) -> Result<u64, Error> {
    let binds = vec![Bind::BigInt(before.as_millisecond()), Bind::BigInt(most)];
    let removed = Statement::new(conn.dialect(sqlite, postgres), binds).execute(conn)?;
    u64::try_from(removed).map_err(Error::internal)
}

/// Removes sessions that ended before a moment at the latest.
pub(crate) fn sessions(conn: &mut Conn, before: Timestamp, most: i64) -> Result<u64, Error> {
    let statements = [
        "DELETE FROM account_sessions WHERE id IN (SELECT id FROM account_sessions \
         WHERE expires_at < {} ORDER BY id LIMIT {})",
        "DELETE FROM account_sessions WHERE id IN (SELECT id FROM account_sessions \
         WHERE expires_at < {} ORDER BY id LIMIT {} FOR UPDATE SKIP LOCKED)",
    ];
    remove(conn, statements, before, most)
}

/// Removes invitations into organizations that expired before a moment, accepted or not.
pub(crate) fn invitations(conn: &mut Conn, before: Timestamp, most: i64) -> Result<u64, Error> {
    let statements = [
        "DELETE FROM account_invitation_owners WHERE invitation_id IN (SELECT o.invitation_id \
         FROM account_invitation_owners o JOIN account_invitations i ON i.org_id = o.org_id AND i.id = o.invitation_id \
         WHERE i.org_id = o.org_id AND i.expires_at < {} ORDER BY i.id LIMIT {})",
        "DELETE FROM account_invitation_owners WHERE invitation_id IN (SELECT o.invitation_id \
         FROM account_invitation_owners o JOIN account_invitations i ON i.org_id = o.org_id AND i.id = o.invitation_id \
         WHERE i.org_id = o.org_id AND i.expires_at < {} ORDER BY i.id LIMIT {} FOR UPDATE OF o SKIP LOCKED)",
    ];
    let removed = remove(conn, statements, before, most)?;
    // Those that nothing leads to any more: the two are written in one transaction, this one first.
    Statement::new(
        "DELETE FROM account_invitations WHERE expires_at < {} AND NOT EXISTS (SELECT 1 \
         FROM account_invitation_owners o WHERE o.org_id = account_invitations.org_id \
         AND o.invitation_id = account_invitations.id)",
        vec![Bind::BigInt(before.as_millisecond())],
    )
    .execute(conn)?;
    Ok(removed)
}

/// Removes invitations among the operators that expired before a moment, accepted or not.
pub(crate) fn operator_invitations(conn: &mut Conn, before: Timestamp, most: i64) -> Result<u64, Error> {
    let statements = [
        "DELETE FROM operator_invitations WHERE id IN (SELECT id FROM operator_invitations \
         WHERE expires_at < {} ORDER BY id LIMIT {})",
        "DELETE FROM operator_invitations WHERE id IN (SELECT id FROM operator_invitations \
         WHERE expires_at < {} ORDER BY id LIMIT {} FOR UPDATE SKIP LOCKED)",
    ];
    remove(conn, statements, before, most)
}

/// Removes links to a new password that expired before a moment, used or not.
pub(crate) fn recoveries(conn: &mut Conn, before: Timestamp, most: i64) -> Result<u64, Error> {
    let statements = [
        "DELETE FROM account_recoveries WHERE id IN (SELECT id FROM account_recoveries \
         WHERE expires_at < {} ORDER BY id LIMIT {})",
        "DELETE FROM account_recoveries WHERE id IN (SELECT id FROM account_recoveries \
         WHERE expires_at < {} ORDER BY id LIMIT {} FOR UPDATE SKIP LOCKED)",
    ];
    remove(conn, statements, before, most)
}

/// Removes the names of assertions that are refused as expired from a moment on.
pub(crate) fn assertions(conn: &mut Conn, before: Timestamp, most: i64) -> Result<u64, Error> {
    let statements = [
        "DELETE FROM client_assertions WHERE (org_id, client_id, jti) IN (SELECT org_id, client_id, jti \
         FROM client_assertions WHERE expires_at < {} ORDER BY org_id, client_id, jti LIMIT {})",
        "DELETE FROM client_assertions WHERE (org_id, client_id, jti) IN (SELECT org_id, client_id, jti \
         FROM client_assertions WHERE expires_at < {} ORDER BY org_id, client_id, jti LIMIT {} \
         FOR UPDATE SKIP LOCKED)",
    ];
    remove(conn, statements, before, most)
}

/// Removes counts of failed sign-ins that were not added to since a moment.
pub(crate) fn sign_in_attempts(conn: &mut Conn, before: Timestamp, most: i64) -> Result<u64, Error> {
    let statements = [
        "DELETE FROM sign_in_attempts WHERE subject IN (SELECT subject FROM sign_in_attempts \
         WHERE last_at < {} ORDER BY subject LIMIT {})",
        "DELETE FROM sign_in_attempts WHERE subject IN (SELECT subject FROM sign_in_attempts \
         WHERE last_at < {} ORDER BY subject LIMIT {} FOR UPDATE SKIP LOCKED)",
    ];
    remove(conn, statements, before, most)
}

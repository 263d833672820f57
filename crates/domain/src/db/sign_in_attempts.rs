//! Rows that count sign-ins. The keys are seals: neither addresses nor networks are in this table.

use diesel::prelude::*;
use jiff::Timestamp;

use super::{
    Conn,
    schema::sign_in_attempts,
    statement::{Bind, Statement},
};
use crate::{Error, account::Delays};

/// Counts that were not added to for so long are forgotten.
const FORGOTTEN: i64 = 24 * 60 * 60_000;

/// Until when sign-ins about this subject are refused, in milliseconds.
pub(crate) fn blocked_until(conn: &mut Conn, subject: &str) -> Result<Option<i64>, Error> {
    Ok(sign_in_attempts::table
        .find(subject)
        .select(sign_in_attempts::blocked_until)
        .first(conn)
        .optional()?)
}

/// Counts one attempt, unless the subject is blocked: then it is the moment until when. Two attempts at once are both
/// counted before either is judged.
pub(crate) fn count(
    conn: &mut Conn,
    subject: &str,
    delays: Delays,
    now: Timestamp,
) -> Result<Option<i64>, Error> {
    let now = now.as_millisecond();
    diesel::delete(sign_in_attempts::table)
        .filter(sign_in_attempts::last_at.lt(now - FORGOTTEN))
        .execute(conn)?;
    // The row is there, and locked, before it is read.
    Statement::new(
        "INSERT INTO sign_in_attempts (subject, failures, last_at, blocked_until) VALUES ({}, 0, {}, 0) \
         ON CONFLICT DO NOTHING",
        vec![Bind::Text(subject.to_owned()), Bind::BigInt(now)],
    )
    .execute(conn)?;
    let (failures, blocked): (i64, i64) = diesel::update(sign_in_attempts::table.find(subject))
        .set(sign_in_attempts::failures.eq(sign_in_attempts::failures + 1))
        .returning((sign_in_attempts::failures, sign_in_attempts::blocked_until))
        .get_result(conn)?;
    if blocked > now {
        diesel::update(sign_in_attempts::table.find(subject))
            .set(sign_in_attempts::failures.eq(failures - 1))
            .execute(conn)?;
        return Ok(Some(blocked));
    }
    diesel::update(sign_in_attempts::table.find(subject))
        .set((
            sign_in_attempts::last_at.eq(now),
            sign_in_attempts::blocked_until.eq(now + delays.after(failures)),
        ))
        .execute(conn)?;
    Ok(None)
}

/// Forgets what was counted about a subject.
pub(crate) fn forget(conn: &mut Conn, subject: &str) -> Result<(), Error> {
    diesel::delete(sign_in_attempts::table.find(subject)).execute(conn)?;
    Ok(())
}

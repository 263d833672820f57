//! Which steps identity providers have reached.

use diesel::prelude::*;
use wicketgate_auth::{OrgId, ServiceUserId};

use super::{
    Conn,
    schema::setup_steps,
    statement::{Bind, Statement},
    types::Key,
    users::time,
};
use crate::{
    Error,
    setup::{Reached, SetupStep},
};

/// How many rows one statement writes.
pub(crate) const ROWS_AT_ONCE: usize = 50;

/// Writes what was reached, of all organizations at once. What is known already gets the later time.
pub(crate) fn write(conn: &mut Conn, reached: &[Reached]) -> Result<(), Error> {
    for rows in reached.chunks(ROWS_AT_ONCE) {
        let places = ["({}, {}, {}, {}, {})"].repeat(rows.len()).join(", ");
        let later = conn.dialect("max", "greatest");
        let sql = format!(
            "INSERT INTO setup_steps (org_id, service_user_id, step, first_at, last_at) VALUES {places} \
             ON CONFLICT (org_id, service_user_id, step) DO UPDATE \
             SET last_at = {later}(setup_steps.last_at, excluded.last_at)"
        );
        let binds = rows.iter().flat_map(|known| {
            [
                Bind::Id(Key(*known.org.as_uuid())),
                Bind::Id(Key(*known.service_user.as_uuid())),
                Bind::BigInt(known.step.code().into()),
                Bind::BigInt(known.first.as_millisecond()),
                Bind::BigInt(known.last.as_millisecond()),
            ]
        });
        Statement::composed(sql, binds.collect(), rows.len() == ROWS_AT_ONCE).execute(conn)?;
    }
    Ok(())
}

/// What a service user has reached.
pub(crate) fn of(conn: &mut Conn, org: OrgId, service_user: ServiceUserId) -> Result<Vec<Reached>, Error> {
    let rows: Vec<(i32, i64, i64)> = setup_steps::table
        .filter(setup_steps::org_id.eq(Key(*org.as_uuid())))
        .filter(setup_steps::service_user_id.eq(Key(*service_user.as_uuid())))
        .select((setup_steps::step, setup_steps::first_at, setup_steps::last_at))
        .load(conn)?;
    let mut reached = Vec::with_capacity(rows.len());
    for (step, first, last) in rows {
        // A number of a later version is skipped.
        if let Some(step) = SetupStep::of_code(step) {
            reached.push(Reached {
                org,
                service_user,
                step,
                first: time(first)?,
                last: time(last)?,
            });
        }
    }
    Ok(reached)
}

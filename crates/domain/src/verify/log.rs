//! Events: numbered without gaps, up to the number that the organization remembers.

use wicketgate_auth::OrgId;

use super::{Findings, ViolationKind};
use crate::{
    Error,
    db::{self, Conn},
};

/// Checks the numbers of all events.
pub(super) fn check(
    conn: &mut Conn,
    org: OrgId,
    event_seq: i64,
    findings: &mut Findings,
) -> Result<(), Error> {
    let mut expected = 1;
    let mut after = i64::MIN;
    loop {
        let numbers = db::verify::event_numbers(conn, org, after)?;
        let Some(last) = numbers.last() else { break };
        after = *last;
        for seq in numbers {
            findings.events += 1;
            if seq < 1 || seq > event_seq {
                findings.add(ViolationKind::EventAdded, || format!("event {seq}"));
                continue;
            }
            missing(expected, seq - 1, findings);
            expected = seq + 1;
        }
    }
    missing(expected, event_seq, findings);
    Ok(())
}

/// One finding for each row of missing events, however long.
fn missing(from: i64, to: i64, findings: &mut Findings) {
    match to - from {
        ..0 => {}
        0 => findings.add(ViolationKind::EventMissing, || format!("event {from}")),
        1.. => findings.add(ViolationKind::EventMissing, || {
            format!("each of events {from} to {to}")
        }),
    }
}

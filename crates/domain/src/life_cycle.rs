//! An organization is paused, deleted, resumed, and in the end purged. Only the operator deletes one, and only after it
//! was exported; only the gateway purges, when nobody has resumed it for long enough.

use std::time::Duration;

use serde_json::Value;
use wicketgate_auth::{OrgId, OrgState};
use wicketgate_scim::Object;

use crate::{
    Error, Instance, Owner,
    db::{self, Conn},
    event::{Counts, Event, EventKind, Origin, change, object},
    organization::{GRACE, Organization},
};

/// How old the export may be after which an organization is deleted.
const FRESH_EXPORT: Duration = Duration::from_hours(24);
/// How many rows one transaction of a purge does away with, so that it is short.
const PURGED_AT_ONCE: i64 = 1_000;

/// Whether an organization must have been exported before it is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFirst {
    /// Within the last 24 hours, to the end.
    Required,
    /// The operator has said that no export is wanted.
    NotWanted,
}

/// An organization that is gone for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purged {
    /// What its id was.
    pub org: OrgId,
    /// What its name was.
    pub name: String,
    /// How many rows it had.
    pub rows: usize,
}

/// The word for a state in the database and in events.
const fn word(state: OrgState) -> &'static str {
    match state {
        OrgState::Active => "active",
        OrgState::Paused => "paused",
        OrgState::Deleted => "deleted",
    }
}

fn shown(state: OrgState) -> Object {
    object([("state", Value::from(word(state)))])
}

/// Brings an organization into another state. What changes nothing is no event.
fn set_state(
    tx: &mut Conn,
    before: &Organization,
    state: OrgState,
    origin: &Origin,
    event: &Event,
) -> Result<(), Error> {
    if before.state == state && (state != OrgState::Deleted || before.deleted.is_some()) {
        return Ok(());
    }
    let deleted = (state == OrgState::Deleted).then_some(origin.at);
    db::orgs::set_state(tx, before.id, word(state), deleted)?;
    let mut event = event.clone();
    event.payload = change(&shown(before.state), &shown(state));
    db::events::append(
        tx,
        before.id,
        origin,
        std::slice::from_ref(&event),
        Counts::default(),
    )
}

impl Owner<'_> {
    /// Pauses the organization: its identity providers are told to try again later, and nothing is lost.
    pub async fn pause(&self) -> Result<(), Error> {
        self.set_state(OrgState::Paused, EventKind::OrgPaused).await
    }

    /// Serves a paused or deleted organization again.
    pub async fn resume(&self) -> Result<(), Error> {
        self.set_state(OrgState::Active, EventKind::OrgResumed).await
    }

    async fn set_state(&self, state: OrgState, kind: EventKind) -> Result<(), Error> {
        let event = self.org.event(kind, None, object([]));
        let (id, origin) = (self.org.id, self.org.origin());
        self.org
            .shared
            .db
            .write(move |tx| {
                db::orgs::lock(tx, id)?;
                let before = db::orgs::get(tx, id)?;
                if before.state == OrgState::Deleted && state == OrgState::Paused {
                    return Err(Error::refused("org", "it is deleted: resume it first"));
                }
                set_state(tx, &before, state, &origin, &event)
            })
            .await
    }
}

impl Instance {
    /// Deletes an organization: no credential of it is accepted any more. It can be resumed for 30 days, and is purged
    /// after that. Without an export of the last 24 hours it is refused, unless none is wanted.
    pub async fn delete_org(&self, id: OrgId, export: ExportFirst) -> Result<(), Error> {
        let event = Event {
            id: self.shared.sources.uuid(),
            kind: EventKind::OrgDeleted,
            resource: None,
            payload: object([]),
        };
        let origin = self.origin();
        self.shared
            .db
            .of(id)
            .write(move |tx| {
                db::orgs::lock(tx, id)?;
                db::orgs::check_whole(tx, id)?;
                let before = db::orgs::get(tx, id)?;
                match export {
                    ExportFirst::NotWanted => {}
                    ExportFirst::Required => {
                        let oldest = db::orgs::clock(tx)?
                            .checked_sub(FRESH_EXPORT)
                            .map_err(Error::internal)?;
                        if before.exported.is_none_or(|exported| exported < oldest) {
                            return Err(Error::refused(
                                "org",
                                "it was not exported within the last 24 hours: export it first, or say that no export \
                                 is wanted",
                            ));
                        }
                    }
                }
                set_state(tx, &before, OrgState::Deleted, &origin, &event)
            })
            .await
    }

    /// Does away with everything of the organizations that were deleted more than 30 days ago, and answers which are
    /// gone now: whoever calls this logs them.
    ///
    /// Each transaction takes at most a thousand rows. However many processes call it, they take turns; where one is cut
    /// short, the next call goes on. The people of an organization keep their accounts, without a role in it.
    pub async fn purge_orgs(&self) -> Result<Vec<Purged>, Error> {
        let due = self
            .shared
            .db
            .read(move |tx| {
                let before = db::orgs::clock(tx)?.checked_sub(GRACE).map_err(Error::internal)?;
                db::purge::due(tx, before)
            })
            .await?;
        let mut purged = Vec::new();
        for (org, name) in due {
            let mut rows = 0;
            loop {
                let batch = self
                    .shared
                    .db
                    .of(org)
                    .write(move |tx| {
                        let now = db::orgs::clock(tx)?;
                        let before = now.checked_sub(GRACE).map_err(Error::internal)?;
                        db::purge::batch(tx, org, now, before, PURGED_AT_ONCE)
                    })
                    .await?;
                match batch {
                    // Another process was faster, or somebody has resumed it.
                    db::purge::Batch::NotDue => break,
                    db::purge::Batch::More(count) => rows += count,
                    db::purge::Batch::Gone(count) => {
                        rows += count;
                        purged.push(Purged { org, name, rows });
                        break;
                    }
                }
            }
        }
        Ok(purged)
    }
}

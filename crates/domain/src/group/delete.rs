//! DELETE: the group and every membership in it are gone; its members stay.

use super::{Group, GroupId, ManagedGroups, members_changed};
use crate::{
    Error, Precondition,
    custody::Held,
    db::{self, Conn},
    event::{Counts, EventKind, object},
    org::Act,
    user::Deleted,
};

impl ManagedGroups<'_> {
    /// Deletes a group.
    pub async fn delete(&self, id: GroupId, precondition: Precondition) -> Result<Deleted, Error> {
        let act = self.org.act();
        self.org
            .shared
            .db
            .write(move |tx| {
                let before = db::groups::get_for_delete(tx, act.org, &act.domain, id)?;
                precondition.check(before.version)?;
                let deleted = Deleted::named(&before.resource);
                delete(tx, &act, before)?;
                Ok(deleted)
            })
            .await
    }
}

/// Deletes the group that was read as `before`, whoever asks for it.
pub(super) fn delete(tx: &mut Conn, act: &Act, before: Held<Group>) -> Result<(), Error> {
    let id = before.id;
    db::members::clear(tx, act.org, id)?;
    let left = db::members::leave_all(tx, act.org, *id.as_uuid())?;
    db::groups::member_left(tx, act.org, &left, act.origin.at)?;
    db::groups::delete(tx, act.org, id)?;
    let mut events = Vec::with_capacity(left.len() + 1);
    for parent in left {
        events.extend(members_changed(act, parent, &[], &[*id.as_uuid()]));
    }
    let before = before.resource;
    events.push(act.event(
        EventKind::GroupDeleted,
        *id.as_uuid(),
        object([
            ("previous", before.attributes.into()),
            ("memberCount", before.member_count.into()),
        ]),
    ));
    let counts = Counts {
        groups: -1,
        ..Counts::default()
    };
    db::events::append(tx, act.org, &act.origin, &events, counts)
}

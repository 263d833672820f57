//! DELETE: from now on the user is unknown, its name is free, and no group lists it.

use serde_json::Value;

use super::{Deleted, ManagedUsers, User, UserId, save::is_active};
use crate::{
    Error, Precondition,
    custody::Held,
    db::{self, Conn},
    event::{Counts, EventKind, object},
    group::members_changed,
    org::Act,
};

impl ManagedUsers<'_> {
    /// Deletes a user. The row stays as a tombstone, so that the user can be restored with the same id.
    pub async fn delete(&self, id: UserId, precondition: Precondition) -> Result<Deleted, Error> {
        let act = self.org.act();
        self.org
            .shared
            .db
            .write(move |tx| {
                let before = db::users::get_for_update(tx, act.org, &act.domain, id)?;
                precondition.check(before.version)?;
                let deleted = Deleted::named(&before.resource);
                delete(tx, &act, before)?;
                Ok(deleted)
            })
            .await
    }
}

/// Deletes the user that was read as `before`, whoever asks for it.
pub(super) fn delete(tx: &mut Conn, act: &Act, before: Held<User>) -> Result<(), Error> {
    let id = before.id;
    let left = db::members::leave_all(tx, act.org, *id.as_uuid())?;
    db::groups::member_left(tx, act.org, &left, act.origin.at)?;
    db::users::tombstone(tx, act.org, id, &left, act.origin.at)?;
    let groups: Vec<Value> = left.iter().map(|group| Value::from(group.to_string())).collect();
    let mut events = Vec::with_capacity(left.len() + 1);
    for group in left {
        events.extend(members_changed(act, group, &[], &[*id.as_uuid()]));
    }
    let counts = Counts {
        users: -1,
        active_users: -i64::from(is_active(&before.attributes)),
        groups: 0,
    };
    events.push(act.event(
        EventKind::UserDeleted,
        *id.as_uuid(),
        object([
            ("previous", before.resource.attributes.into()),
            ("groups", groups.into()),
        ]),
    ));
    db::events::append(tx, act.org, &act.origin, &events, counts)
}

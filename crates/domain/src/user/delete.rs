//! DELETE: from now on the user is unknown, its name is free, and no group lists it.

use serde_json::Value;

use super::{ManagedUsers, UserId};
use crate::{
    Error, Precondition, db,
    event::{Counts, EventKind, object},
    group::members_changed,
};

impl ManagedUsers<'_> {
    /// Deletes a user. The row stays as a tombstone, so that the user can be restored with the same id.
    pub async fn delete(&self, id: UserId, precondition: Precondition) -> Result<(), Error> {
        let act = self.org.act();
        self.org
            .shared
            .db
            .write(move |tx| {
                let before = db::users::get_for_update(tx, act.org, &act.domain, id)?;
                precondition.check(before.version)?;
                let left = db::members::leave_all(tx, act.org, *id.as_uuid())?;
                db::groups::member_left(tx, act.org, &left, act.origin.at)?;
                db::users::tombstone(tx, act.org, id, act.origin.at)?;
                let groups: Vec<Value> = left.iter().map(|group| Value::from(group.to_string())).collect();
                let mut events = Vec::with_capacity(left.len() + 1);
                for group in left {
                    events.extend(members_changed(&act, group, &[], &[*id.as_uuid()]));
                }
                let was_active = before.attributes.get("active") != Some(&Value::Bool(false));
                events.push(act.event(
                    EventKind::UserDeleted,
                    *id.as_uuid(),
                    object([("previous", before.attributes.into()), ("groups", groups.into())]),
                ));
                let counts = Counts {
                    users: -1,
                    active_users: -i64::from(was_active),
                    groups: 0,
                };
                db::events::append(tx, act.org, &act.origin, &events, counts)
            })
            .await
    }
}

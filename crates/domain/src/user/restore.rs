//! Restoring: a deleted user comes back with its id, its attributes and its memberships.

use serde_json::Value;

use super::{
    User, UserId,
    keys::UserKeys,
    save::{is_active, row},
};
use crate::{
    Directory, DirectoryUser, Error, Member, MemberKind, db,
    directory::{act_on, is_kept, shown_user},
    event::{Counts, EventKind, object},
    group::{MAX_MEMBERS, members_changed},
};

impl Directory<'_> {
    /// Brings a deleted user back, with the id it had, into the groups it was in, as far as there still are such groups
    /// with room for it. No identity provider manages it until one writes it.
    ///
    /// [`Error::AlreadyExists`] where another user has taken the name meanwhile, and [`Error::NotFound`] where the
    /// organization keeps the user no longer.
    pub async fn restore_user(&self, id: UserId) -> Result<DirectoryUser, Error> {
        act_on(self.owner.org, move |tx, act| {
            let found = db::tombstones::find_for_update(tx, act.org, &act.domain, id)?;
            let Some(deleted) = found.deleted else {
                return shown_user(tx, act, id);
            };
            if !is_kept(deleted, act)? {
                return Err(Error::NotFound);
            }
            let types = act.derived(tx)?;
            let before = found.user.resource;
            let mut user = User {
                version: before.version + 1,
                last_modified: act.origin.at,
                ..before
            };
            types.adopt_user(&mut user.attributes);
            let keys = UserKeys::of(&types.user, &user.attributes);
            db::tombstones::restore(tx, act.org, row(&types.user, &user, &keys))?;
            let former = db::user_keys::of(tx, act.org, id)?;
            db::user_keys::replace(tx, act.org, id, &former, &keys.rows)?;

            let member = Member {
                id: *id.as_uuid(),
                kind: MemberKind::User,
            };
            let groups = db::groups::member_returned(tx, act.org, &found.left, MAX_MEMBERS, act.origin.at)?;
            for group in &groups {
                db::members::insert(tx, act.org, *group, &[member], act.origin.at)?;
            }
            let names: Vec<Value> = groups
                .iter()
                .map(|group| Value::from(group.to_string()))
                .collect();
            let counts = Counts {
                users: 1,
                active_users: i64::from(is_active(&user.attributes)),
                groups: 0,
            };
            let mut events = vec![act.event(
                EventKind::UserRestored,
                *id.as_uuid(),
                object([("data", user.attributes.into()), ("groups", names.into())]),
            )];
            for group in groups {
                events.extend(members_changed(act, group, &[member], &[]));
            }
            db::events::append_derived(tx, act, &types, &events, counts)?;
            shown_user(tx, act, id)
        })
        .await
    }
}

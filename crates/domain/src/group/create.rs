//! POST: a new group.

use serde_json::Value;
use wicketgate_scim::{
    Object,
    resource::{Context, accept},
};

use super::{
    Group, GroupId, ManagedGroups,
    members::{Wish, members_changed},
    save,
};
use crate::{
    Error, Written, db,
    event::{Counts, EventKind, object},
    user::{Change, ChangeKind},
};

impl ManagedGroups<'_> {
    /// Creates a group with its members from a request body.
    pub async fn create(&self, body: Object) -> Result<Written<Group>, Error> {
        let act = self.org.act();
        let accepted = accept(&act.types.group, act.settings.mode, Context::Create, body)?;
        let mut attributes = accepted.attributes;
        let wish = attributes
            .shift_remove("members")
            .as_ref()
            .map_or_else(Wish::keep, Wish::exactly);
        let group = Group {
            id: GroupId::from_uuid(act.new_id()),
            attributes,
            member_count: 0,
            members: None,
            version: 1,
            created: act.origin.at,
            last_modified: act.origin.at,
        };
        let mut rewrites = accepted.rewrites;
        let (group, skipped) = self
            .org
            .shared
            .db
            .write(move |tx| {
                let types = act.derived(tx)?;
                let mut group = group.clone();
                types.adopt_group(&mut group.attributes);
                db::groups::insert(
                    tx,
                    act.org,
                    save::row(
                        &types.group,
                        &group,
                        &save::Names::of(&group.attributes),
                        Some(&act.domain),
                    ),
                )?;
                if let Some(external_id) = group.attributes.get("externalId").and_then(Value::as_str) {
                    db::groups::set_external_id(tx, act.org, &act.domain, group.id, Some(external_id))?;
                }
                let difference = wish.settle(tx, &act, group.id, 0)?;
                if !difference.is_empty() {
                    group.member_count = difference.balance()?;
                    db::groups::update(
                        tx,
                        act.org,
                        save::row(
                            &types.group,
                            &group,
                            &save::Names::of(&group.attributes),
                            Some(&act.domain),
                        ),
                    )?;
                }
                let mut events = vec![act.event(
                    EventKind::GroupCreated,
                    *group.id.as_uuid(),
                    object([("data", group.attributes.clone().into())]),
                )];
                events.extend(members_changed(&act, group.id, &difference.added, &[]));
                let counts = Counts {
                    groups: 1,
                    ..Counts::default()
                };
                db::events::append_derived(tx, &act, &types, &events, counts)?;
                group.members = Some(difference.added);
                Ok((group, difference.rewrites))
            })
            .await?;
        rewrites.extend(skipped);
        let change = Change {
            added: group.members.as_ref().map_or(0, Vec::len),
            ..Change::of(ChangeKind::Created)
        };
        Ok(Written {
            resource: group,
            rewrites,
            change,
        })
    }
}

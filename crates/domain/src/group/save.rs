//! What replacing and patching have in common: writing what differs, and saying what happened.

use serde_json::Value;
use wicketgate_scim::{Object, resource::Rewrite, schema::ResourceType};

use super::{
    Group,
    members::{Wish, members_changed},
};
use crate::{
    Error, comparable,
    custody::Held,
    db::{self, Conn},
    event::{Counts, EventKind, change},
    org::Act,
    user::{Change, ChangeKind, keys::key, managed},
};

/// The name columns of a group.
pub(super) struct Names {
    display_name: String,
    display_name_key: String,
}

impl Names {
    pub(super) fn of(attributes: &Object) -> Self {
        let display_name = attributes
            .get("displayName")
            .and_then(Value::as_str)
            .unwrap_or_default();
        Self {
            display_name_key: key(display_name),
            display_name: display_name.to_owned(),
        }
    }
}

/// The row of a group.
pub(super) fn row<'r>(
    rt: &ResourceType,
    group: &Group,
    names: &'r Names,
    managed_by: Option<&'r str>,
) -> db::groups::Row<'r> {
    let mut resource = group.attributes.clone();
    resource.shift_remove("externalId");
    db::groups::Row {
        id: group.id,
        display_name: &names.display_name,
        display_name_key: &names.display_name_key,
        comparable: comparable::of(rt, &resource),
        resource,
        member_count: group.member_count,
        version: group.version,
        created: group.created,
        last_modified: group.last_modified,
        managed_by,
    }
}

/// Writes the attributes `after` and the membership `wish` of the group that was read as `before`, as its identity
/// provider asks for, which manages it from then on. Where nothing differs, nothing is written: version and time of
/// change stay.
pub(super) fn save(
    tx: &mut Conn,
    act: &Act,
    before: Held<Group>,
    mut after: Object,
    wish: &Wish,
) -> Result<(Group, Vec<Rewrite>, Change), Error> {
    let types = act.derived(tx)?;
    types.adopt_group(&mut after);
    let Held {
        resource: before,
        custody: former_custody,
    } = before;
    let custody = former_custody.of_provider(&act.domain);
    let difference = wish.settle(tx, act, before.id, before.member_count)?;
    let is_same = after == before.attributes;
    let mut done = Change {
        added: difference.added.len(),
        removed: difference.removed.len(),
        ..Change::of(ChangeKind::Updated)
    };
    let mut events = Vec::new();
    if former_custody.is_taken_up_as(&custody) {
        events.push(managed(act, EventKind::GroupManaged, *before.id.as_uuid()));
    }
    if is_same && difference.is_empty() {
        if !events.is_empty() {
            db::custody::set_group(tx, act.org, before.id, &custody)?;
            db::events::append(tx, act.org, &act.origin, &events, Counts::default())?;
        }
        return Ok((before, difference.rewrites, Change::of(ChangeKind::Unchanged)));
    }
    let renamed = before.attributes.get("externalId") != after.get("externalId");
    if !is_same {
        let payload = change(&before.attributes, &after);
        done.attributes = Change::named(ChangeKind::Updated, &payload).attributes;
        events.push(act.event(EventKind::GroupUpdated, *before.id.as_uuid(), payload));
    }
    let group = Group {
        attributes: after,
        member_count: before.member_count + difference.balance()?,
        version: before.version + 1,
        last_modified: act.origin.at,
        ..before
    };
    events.extend(members_changed(
        act,
        group.id,
        &difference.added,
        &difference.removed,
    ));
    db::groups::update(
        tx,
        act.org,
        row(
            &types.group,
            &group,
            &Names::of(&group.attributes),
            custody.managed_by.as_deref(),
        ),
    )?;
    if renamed {
        let external_id = group.attributes.get("externalId").and_then(Value::as_str);
        db::groups::set_external_id(tx, act.org, &act.domain, group.id, external_id)?;
    }
    db::events::append_derived(tx, act, &types, &events, Counts::default())?;
    Ok((group, difference.rewrites, done))
}

//! What replacing, patching and an owner's acts have in common: writing what differs, and saying what happened.

use serde_json::Value;
use wicketgate_scim::{Object, schema::ResourceType};

use super::{Change, ChangeKind, User, keys::UserKeys};
use crate::{
    Error, comparable,
    custody::{Custody, Held},
    db::{self, Conn},
    event::{Counts, Event, EventKind, change, object},
    org::Act,
};

/// Writes the attributes `after` of the user that was read as `before`, as its identity provider asks for, which manages
/// it from then on. A user whom an owner has blocked is not activated: [`Error::Blocked`].
pub(super) fn save(
    tx: &mut Conn,
    act: &Act,
    before: Held<User>,
    after: Object,
) -> Result<(User, Change), Error> {
    if before.custody.blocked.is_some() && is_active(&after) {
        return Err(Error::Blocked);
    }
    let custody = before.custody.of_provider(&act.domain);
    write(tx, act, before, after, &custody)
}

/// Writes the attributes `after` of the user that was read as `before`, and in whose hands it is. Where nothing differs,
/// nothing is written: version and time of change stay.
pub(super) fn write(
    tx: &mut Conn,
    act: &Act,
    before: Held<User>,
    mut after: Object,
    custody: &Custody,
) -> Result<(User, Change), Error> {
    let types = act.derived(tx)?;
    types.adopt_user(&mut after);
    let Held {
        resource: before,
        custody: former_custody,
    } = before;
    let mut events = Vec::new();
    if former_custody.is_taken_up_as(custody) {
        events.push(managed(act, EventKind::UserManaged, *before.id.as_uuid()));
    }
    if former_custody.blocked.is_some() != custody.blocked.is_some() {
        let kind = if custody.blocked.is_some() {
            EventKind::UserBlocked
        } else {
            EventKind::UserUnblocked
        };
        events.push(act.event(kind, *before.id.as_uuid(), object([])));
    }
    if after == before.attributes {
        if !events.is_empty() {
            db::custody::set_user(tx, act.org, before.id, custody)?;
            db::events::append(tx, act.org, &act.origin, &events, Counts::default())?;
        }
        return Ok((before, Change::of(ChangeKind::Unchanged)));
    }
    let (former, keys) = (
        UserKeys::of(&types.user, &before.attributes),
        UserKeys::of(&types.user, &after),
    );
    let payload = change(&before.attributes, &after);
    let renamed = external_id(&before.attributes) != external_id(&after);
    let user = User {
        attributes: after,
        version: before.version + 1,
        last_modified: act.origin.at,
        ..before
    };
    db::users::update(tx, act.org, row(&types.user, &user, &keys), custody)?;
    db::user_keys::replace(tx, act.org, user.id, &former.rows, &keys.rows)?;
    if renamed {
        db::user_keys::set_external_id(tx, act.org, &act.domain, user.id, external_id(&user.attributes))?;
    }
    let (kind, done) = match (former.active, keys.active) {
        (true, false) => (EventKind::UserDeactivated, ChangeKind::Deactivated),
        (false, true) => (EventKind::UserReactivated, ChangeKind::Reactivated),
        (true, true) | (false, false) => (EventKind::UserUpdated, ChangeKind::Updated),
    };
    let done = Change::named(done, &payload);
    let counts = Counts {
        active_users: i64::from(keys.active) - i64::from(former.active),
        ..Counts::default()
    };
    events.push(act.event(kind, *user.id.as_uuid(), payload));
    db::events::append_derived(tx, act, &types, &events, counts)?;
    Ok((user, done))
}

/// Says that an identity provider has taken up what an owner had released.
pub(crate) fn managed(act: &Act, kind: EventKind, id: uuid::Uuid) -> Event {
    let (before, after) = (Value::Null, Value::from(&*act.domain));
    let payload = change(&object([("managedBy", before)]), &object([("managedBy", after)]));
    act.event(kind, id, payload)
}

/// Whether a user with these attributes is active.
pub(super) fn is_active(attributes: &Object) -> bool {
    attributes.get("active") != Some(&Value::Bool(false))
}

/// The row of a user.
pub(super) fn row<'r>(rt: &ResourceType, user: &User, keys: &'r UserKeys) -> db::users::Row<'r> {
    let mut resource = user.attributes.clone();
    resource.shift_remove("externalId");
    db::users::Row {
        id: user.id,
        keys,
        comparable: comparable::of(rt, &resource),
        resource,
        version: user.version,
        created: user.created,
        last_modified: user.last_modified,
    }
}

/// The `externalId` among attributes.
pub(super) fn external_id(attributes: &Object) -> Option<&str> {
    attributes.get("externalId").and_then(Value::as_str)
}

//! What replacing and patching have in common: writing what differs, and saying what happened.

use serde_json::Value;
use wicketgate_scim::{Object, schema::ResourceType};

use super::{User, keys::UserKeys};
use crate::{
    Error, comparable,
    db::{self, Conn},
    event::{Counts, EventKind, change},
    org::Act,
};

/// Writes the attributes `after` of the user that was read as `before`. Where nothing differs, nothing is written:
/// version and time of change stay.
pub(super) fn save(tx: &mut Conn, act: &Act, before: User, mut after: Object) -> Result<User, Error> {
    let types = act.derived(tx)?;
    types.adopt_user(&mut after);
    if after == before.attributes {
        return Ok(before);
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
    db::users::update(tx, act.org, row(&types.user, &user, &keys))?;
    db::user_keys::replace(tx, act.org, user.id, &former.rows, &keys.rows)?;
    if renamed {
        db::user_keys::set_external_id(tx, act.org, &act.domain, user.id, external_id(&user.attributes))?;
    }
    let kind = match (former.active, keys.active) {
        (true, false) => EventKind::UserDeactivated,
        (false, true) => EventKind::UserReactivated,
        (true, true) | (false, false) => EventKind::UserUpdated,
    };
    let counts = Counts {
        active_users: i64::from(keys.active) - i64::from(former.active),
        ..Counts::default()
    };
    let event = act.event(kind, *user.id.as_uuid(), payload);
    db::events::append_derived(tx, act, &types, std::slice::from_ref(&event), counts)?;
    Ok(user)
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

//! `manager`: an id that the identity provider sends, and the user behind it once there is one. The reference is kept
//! as it was sent; who it leads to is found anew for each answer.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use uuid::Uuid;
use wicketgate_auth::OrgId;
use wicketgate_scim::{self as scim, Mode, Object, schema::ENTERPRISE_USER};

use super::{User, UserId};
use crate::{
    Error,
    db::{self, Conn},
    org::Act,
};

/// The user that another user's `manager` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manager {
    /// The manager.
    pub id: UserId,
    /// What people call the manager.
    pub display: String,
}

/// The id that `manager` holds, as it was sent.
fn reference(attributes: &Object) -> Option<&str> {
    attributes
        .get(ENTERPRISE_USER)?
        .get("manager")?
        .get("value")?
        .as_str()
}

fn id_of(attributes: &Object) -> Option<Uuid> {
    reference(attributes).and_then(db::search::uuid)
}

/// Settles `manager` where a client sent `$ref`, before it is written: a link to a user says no more than the user's id
/// does. It counts where no id was sent, or where only the link was changed. A link to anything else is kept as it is.
pub(super) fn settle(before: Option<&Object>, after: &mut Object) {
    let former = before.and_then(reference);
    let Some(manager) = after
        .get_mut(ENTERPRISE_USER)
        .and_then(|extension| extension.get_mut("manager"))
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    let link = manager.get("$ref").and_then(Value::as_str);
    let Some((_, linked)) = link.and_then(|link| link.rsplit_once("/Users/")) else {
        return;
    };
    let sent = manager.get("value").and_then(Value::as_str);
    if linked.is_empty() || linked.contains('/') || sent.is_some_and(|id| id != linked && former != sent) {
        return;
    }
    let linked = Value::from(linked);
    manager.insert("value".to_owned(), linked);
    manager.shift_remove("$ref");
}

/// Finds the managers of `users`, those that are users of the organization.
pub(crate) fn load(tx: &mut Conn, org: OrgId, users: &mut [User]) -> Result<(), Error> {
    let wanted: BTreeSet<Uuid> = users.iter().filter_map(|user| id_of(&user.attributes)).collect();
    let wanted: Vec<Uuid> = wanted.into_iter().collect();
    let names: HashMap<Uuid, String> = db::managers::names(tx, org, &wanted)?.into_iter().collect();
    for user in users {
        user.manager = id_of(&user.attributes).and_then(|id| {
            names.get(&id).map(|display| Manager {
                id: UserId::from_uuid(id),
                display: display.clone(),
            })
        });
    }
    Ok(())
}

/// Whether writing `after` needs [`check`].
pub(super) fn is_checked(act: &Act, after: &Object) -> bool {
    act.settings.mode == Mode::Strict && reference(after).is_some()
}

/// In strict mode, refuses a new `manager` that is no user of the organization. The other modes keep it: identity
/// providers send employees in any order, and the reference leads somewhere once the manager arrives.
pub(super) fn check(tx: &mut Conn, act: &Act, before: Option<&Object>, after: &Object) -> Result<(), Error> {
    if !is_checked(act, after) || before.and_then(reference) == reference(after) {
        return Ok(());
    }
    let found = match id_of(after) {
        Some(id) => db::users::existing(tx, act.org, &[id])?,
        None => Vec::new(),
    };
    if found.is_empty() {
        return Err(Error::Invalid(scim::Error::value(
            "The attribute \"manager.value\" is not the id of a user of this organization: create the manager first, \
             or leave \"manager\" out.",
        )));
    }
    Ok(())
}

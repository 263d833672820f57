//! Users: what is derived from them, and what they are looked up by.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Findings, ViolationKind,
    stored::{self, is_comparable, is_urn},
};
use crate::{
    Error,
    db::{
        self, Conn,
        verify::{RESOURCES, UserRow},
    },
    types::OrgTypes,
    user::keys::{KeyRow, UserKeys, defined_paths},
};

/// A row of `user_keys`, as it is told apart.
type Identity = (String, String, String, i64);

fn identity(row: &KeyRow) -> Identity {
    (
        row.path.to_string(),
        row.value_key.clone(),
        row.kind.clone(),
        row.ordinal,
    )
}

/// Checks all users.
pub(super) fn check(
    conn: &mut Conn,
    org: OrgId,
    types: &OrgTypes,
    findings: &mut Findings,
) -> Result<(), Error> {
    let mut after = Uuid::nil();
    loop {
        let users = db::verify::users(conn, org, after)?;
        let is_last = i64::try_from(users.len()).map_err(Error::internal)? < RESOURCES;
        let until = match users.last() {
            Some(user) if !is_last => user.id(),
            Some(_) | None => Uuid::max(),
        };
        let mut keys: HashMap<Uuid, HashSet<Identity>> = HashMap::new();
        for (user, row) in db::verify::user_keys(conn, org, after, until)? {
            keys.entry(user).or_default().insert(identity(&row));
        }
        for user in &users {
            let stored = keys.remove(&user.id()).unwrap_or_default();
            one(user, &stored, types, findings);
        }
        for user in keys.into_keys() {
            findings.add(ViolationKind::KeyOfNone, || format!("user {user}"));
        }
        if is_last {
            break;
        }
        after = until;
    }
    let [users, _] = db::verify::EXTERNAL_IDS;
    for id in db::verify::external_ids_of_none(conn, org, users)? {
        findings.add(ViolationKind::ExternalIdOfNone, || format!("user {id}"));
    }
    Ok(())
}

fn one(user: &UserRow, stored: &HashSet<Identity>, types: &OrgTypes, findings: &mut Findings) {
    let row = || format!("user {}", user.id());
    findings.users += 1;
    findings.live_users += i64::from(user.live);
    findings.active_users += i64::from(user.live && user.active);
    let Some(resource) = stored::resource(&user.resource) else {
        return findings.add(ViolationKind::Unreadable, row);
    };
    let (derived, effective) = (&*types.derived.user, &*types.effective.user);
    let keys = UserKeys::of(derived, &resource);
    if (&user.user_name, &user.user_name_key) != (&keys.user_name, &keys.user_name_key) {
        findings.add(ViolationKind::UserName, row);
    }
    if user.display_name_key != keys.display_name_key {
        findings.add(ViolationKind::DisplayName, row);
    }
    if user.active != keys.active {
        findings.add(ViolationKind::Active, row);
    }
    if resource.contains_key("externalId") {
        findings.add(ViolationKind::ExternalIdInside, row);
    }
    if !is_comparable([derived, effective], &resource, user.comparable.as_deref()) {
        findings.add(ViolationKind::Comparable, row);
    }
    let expected: HashSet<Identity> = keys.rows.iter().map(identity).collect();
    // While a definition waits, a user that was not derived by it yet lacks the rows that it adds.
    let must: HashSet<Identity> = UserKeys::of(effective, &resource)
        .rows
        .iter()
        .map(identity)
        .collect();
    if !must.iter().all(|key| stored.contains(key)) {
        findings.add(ViolationKind::KeyMissing, row);
    }
    let defined = defined_paths(derived);
    let mut looked_up = stored
        .iter()
        .filter(|(path, ..)| !is_urn(path) || defined.contains(path));
    if looked_up.any(|key| !expected.contains(key)) {
        findings.add(ViolationKind::KeyLeftOver, row);
    }
}

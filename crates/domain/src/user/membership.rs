//! `User.groups`: the groups a user is in, directly and through other groups.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{Membership, User};
use crate::{
    Error,
    db::{self, Conn},
    group::GroupId,
};

/// The groups that each id is a direct member of.
type Parents = HashMap<Uuid, Vec<(GroupId, String)>>;

/// Fills in the groups of `users`.
pub(crate) fn load(tx: &mut Conn, org: OrgId, users: &mut [User]) -> Result<(), Error> {
    let mut parents = Parents::new();
    let mut frontier: Vec<Uuid> = users.iter().map(|user| *user.id.as_uuid()).collect();
    let mut known: HashSet<Uuid> = frontier.iter().copied().collect();
    while !frontier.is_empty() {
        let mut next = Vec::new();
        for row in db::members::groups_of(tx, org, &frontier)? {
            if known.insert(*row.group.as_uuid()) {
                next.push(*row.group.as_uuid());
            }
            parents
                .entry(row.member)
                .or_default()
                .push((row.group, row.display));
        }
        frontier = next;
    }
    for user in users {
        user.groups = reachable(*user.id.as_uuid(), &parents);
    }
    Ok(())
}

fn reachable(user: Uuid, parents: &Parents) -> Vec<Membership> {
    let mut memberships = Vec::new();
    let mut seen = HashSet::new();
    let mut frontier = vec![user];
    let mut direct = true;
    while !frontier.is_empty() {
        let mut next = Vec::new();
        for (group, display) in frontier.iter().filter_map(|id| parents.get(id)).flatten() {
            if seen.insert(*group) {
                memberships.push(Membership {
                    group: *group,
                    display: display.clone(),
                    direct,
                });
                next.push(*group.as_uuid());
            }
        }
        frontier = next;
        direct = false;
    }
    memberships
}

//! Groups: what is derived from them, and their members.

use std::collections::HashMap;

use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Findings, ViolationKind,
    stored::{self, is_comparable},
};
use crate::{
    Error,
    db::{
        self, Conn,
        verify::{GroupRow, RESOURCES, ROWS},
    },
    types::OrgTypes,
    user::keys::key,
};

/// What the memberships of an organization come to.
#[derive(Debug, Default)]
struct Memberships {
    /// How many members each group has.
    counts: HashMap<Uuid, i64>,
    /// The groups that are members of each group.
    nested: HashMap<Uuid, Vec<Uuid>>,
}

/// Checks all groups and memberships.
pub(super) fn check(
    conn: &mut Conn,
    org: OrgId,
    types: &OrgTypes,
    findings: &mut Findings,
) -> Result<(), Error> {
    let memberships = memberships(conn, org, findings)?;
    for group in cyclic(memberships.nested) {
        findings.add(ViolationKind::GroupCycle, || format!("group {group}"));
    }
    let mut after = Uuid::nil();
    loop {
        let groups = db::verify::groups(conn, org, after)?;
        for group in &groups {
            let members = memberships.counts.get(&group.id()).copied().unwrap_or_default();
            one(group, members, types, findings);
        }
        match groups.last() {
            Some(last) if i64::try_from(groups.len()).map_err(Error::internal)? == RESOURCES => {
                after = last.id();
            }
            Some(_) | None => break,
        }
    }
    let [_, groups] = db::verify::EXTERNAL_IDS;
    for id in db::verify::external_ids_of_none(conn, org, groups)? {
        findings.add(ViolationKind::ExternalIdOfNone, || format!("group {id}"));
    }
    Ok(())
}

fn one(group: &GroupRow, members: i64, types: &OrgTypes, findings: &mut Findings) {
    let row = || format!("group {}", group.id());
    findings.groups += 1;
    if group.member_count != members {
        findings.add(ViolationKind::MemberCount, row);
    }
    let Some(resource) = stored::resource(&group.resource) else {
        return findings.add(ViolationKind::Unreadable, row);
    };
    let name = resource
        .get("displayName")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default();
    if group.display_name != name || group.display_name_key != key(name) {
        findings.add(ViolationKind::DisplayName, row);
    }
    if resource.contains_key("externalId") {
        findings.add(ViolationKind::ExternalIdInside, row);
    }
    let rts = [&*types.derived.group, &*types.effective.group];
    if !is_comparable(rts, &resource, group.comparable.as_deref()) {
        findings.add(ViolationKind::Comparable, row);
    }
}

/// Reads all memberships.
fn memberships(conn: &mut Conn, org: OrgId, findings: &mut Findings) -> Result<Memberships, Error> {
    let mut memberships = Memberships::default();
    let mut after = (Uuid::nil(), Uuid::nil());
    loop {
        let page = db::verify::memberships(conn, org, after)?;
        for row in &page {
            findings.members += 1;
            after = (row.group, row.member);
            *memberships.counts.entry(row.group).or_default() += 1;
            if row.is_group {
                memberships.nested.entry(row.group).or_default().push(row.member);
            }
            if !row.group_is_known {
                findings.add(ViolationKind::GroupUnknown, || format!("group {}", row.group));
            }
            if !row.member_is_known {
                findings.add(ViolationKind::MemberUnknown, || {
                    format!("member {} of group {}", row.member, row.group)
                });
            }
        }
        if i64::try_from(page.len()).map_err(Error::internal)? < ROWS {
            return Ok(memberships);
        }
    }
}

/// The groups that are on a circle, or between two.
///
/// Groups without members that are groups are taken away, then those that have become such, until none is left to take
/// away; and the same from the other side. What is left has a member and is a member for ever.
fn cyclic(mut nested: HashMap<Uuid, Vec<Uuid>>) -> Vec<Uuid> {
    for _ in 0..2 {
        nested = reversed(&without_ends(nested));
    }
    let mut left: Vec<Uuid> = nested.into_keys().collect();
    left.sort_unstable();
    left
}

fn reversed(edges: &HashMap<Uuid, Vec<Uuid>>) -> HashMap<Uuid, Vec<Uuid>> {
    let mut reversed: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (from, to) in edges {
        for to in to {
            reversed.entry(*to).or_default().push(*from);
        }
    }
    reversed
}

/// Without what leads nowhere, nor to what leads nowhere.
fn without_ends(mut edges: HashMap<Uuid, Vec<Uuid>>) -> HashMap<Uuid, Vec<Uuid>> {
    let sources = reversed(&edges);
    let mut open: HashMap<Uuid, usize> = edges.iter().map(|(from, to)| (*from, to.len())).collect();
    let mut ends: Vec<Uuid> = sources
        .keys()
        .filter(|id| !edges.contains_key(id))
        .copied()
        .collect();
    while let Some(end) = ends.pop() {
        edges.remove(&end);
        for source in sources.get(&end).into_iter().flatten() {
            if let Some(count) = open.get_mut(source) {
                *count -= 1;
                if *count == 0 {
                    ends.push(*source);
                }
            }
        }
    }
    for to in edges.values_mut() {
        to.retain(|to| open.get(to).is_some_and(|count| *count > 0));
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(edges: &[(u128, u128)]) -> Vec<u128> {
        let mut nested: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for (from, to) in edges {
            nested
                .entry(Uuid::from_u128(*from))
                .or_default()
                .push(Uuid::from_u128(*to));
        }
        cyclic(nested).into_iter().map(|id| id.as_u128()).collect()
    }

    #[test]
    fn groups_on_a_circle_are_found_and_those_beside_it_are_not() {
        assert_eq!(found(&[]), []);
        assert_eq!(found(&[(1, 2), (1, 3), (2, 4), (3, 4)]), []);
        assert_eq!(found(&[(1, 1)]), [1]);
        assert_eq!(found(&[(1, 2), (2, 3), (3, 2), (3, 4), (5, 1)]), [2, 3]);
        assert_eq!(found(&[(1, 2), (2, 3), (3, 1), (4, 5)]), [1, 2, 3]);
    }
}

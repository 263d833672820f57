//! Membership: what a request wants it to become, and the rows that differ from what it is.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Value, json};
use uuid::Uuid;
use wicketgate_scim::{
    Error as ScimError, Mode, Object,
    compat::RuleName,
    filter::{Filter, matches_element},
    patch::ValuesChange,
    resource::Rewrite,
    schema::MEMBERS,
};

use super::{GroupId, Member, MemberKind};
use crate::{
    Error,
    db::{self, Conn},
    event::{Event, EventKind, object},
    org::Act,
};

/// The most members of one group.
pub(crate) const MAX_MEMBERS: i64 = 1_000_000;
/// The most members that one event names.
const MEMBERS_PER_EVENT: usize = 500;

/// Who is a member before the wishes of a request are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    /// Whoever is one now.
    Present,
    /// Nobody: the request names all of them.
    Nobody,
}

/// What a request wants the membership to become. An id that is no UUID can be nobody's.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    base: Base,
    /// For each id that the request names last: whether it shall be a member.
    wanted: BTreeMap<Uuid, bool>,
    /// Texts that are no ids of ours.
    unknown: Vec<String>,
}

/// What was done to a group's membership.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) added: Vec<Member>,
    pub(super) removed: Vec<Uuid>,
    pub(super) rewrites: Vec<Rewrite>,
}

impl Difference {
    pub(super) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    /// How many members the group gained.
    pub(super) fn balance(&self) -> Result<i64, Error> {
        let added = i64::try_from(self.added.len()).map_err(Error::internal)?;
        let removed = i64::try_from(self.removed.len()).map_err(Error::internal)?;
        Ok(added - removed)
    }
}

impl Wish {
    /// No change.
    pub(super) fn keep() -> Self {
        Self {
            base: Base::Present,
            wanted: BTreeMap::new(),
            unknown: Vec::new(),
        }
    }

    /// Exactly these members: the value of `members` in a POST or PUT.
    pub(super) fn exactly(members: &Value) -> Self {
        let mut wish = Self::keep();
        wish.replace(
            members
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_object),
        );
        wish
    }

    fn replace<'m>(&mut self, elements: impl IntoIterator<Item = &'m Object>) {
        self.base = Base::Nobody;
        self.wanted.clear();
        self.unknown.clear();
        self.add(elements);
    }

    fn add<'m>(&mut self, elements: impl IntoIterator<Item = &'m Object>) {
        for element in elements {
            let text = named(element);
            match db::search::uuid(text) {
                Some(id) => {
                    self.wanted.insert(id, true);
                }
                None => self.unknown.push(text.to_owned()),
            }
        }
    }

    fn remove(&mut self, id: Uuid) {
        match self.base {
            Base::Present => {
                self.wanted.insert(id, false);
            }
            Base::Nobody => {
                self.wanted.remove(&id);
            }
        }
    }

    /// The outcome of a PATCH's operations on `members`, one after another. Members are read only where an operation
    /// selects them by something other than their id.
    pub(super) fn from_changes(
        tx: &mut Conn,
        act: &Act,
        group: GroupId,
        changes: &[ValuesChange],
    ) -> Result<Self, Error> {
        let mut wish = Self::keep();
        for change in changes {
            match change {
                ValuesChange::Add(elements) => wish.add(elements),
                ValuesChange::Replace(elements) => wish.replace(elements),
                ValuesChange::Confirm(member) => confirm(tx, act, member)?,
                ValuesChange::Remove(ids) => ids
                    .iter()
                    .filter_map(|id| db::search::uuid(id))
                    .for_each(|id| wish.remove(id)),
                ValuesChange::RemoveWhere(filter) => {
                    for id in wish.selected(tx, act, group, filter)? {
                        wish.remove(id);
                    }
                }
            }
        }
        Ok(wish)
    }

    /// The ids of the members, as the request has left them so far, that a filter selects.
    fn selected(
        &self,
        tx: &mut Conn,
        act: &Act,
        group: GroupId,
        filter: &Filter,
    ) -> Result<Vec<Uuid>, Error> {
        let attribute = act
            .types
            .group
            .schema
            .attribute(MEMBERS)
            .ok_or_else(|| Error::internal("the Group schema has no members"))?;
        let mut members: HashMap<Uuid, MemberKind> = HashMap::new();
        if self.base == Base::Present {
            members.extend(
                db::members::list(tx, act.org, group)?
                    .into_iter()
                    .map(|member| (member.id, member.kind)),
            );
        }
        let added: Vec<Uuid> = self
            .wanted
            .iter()
            .filter(|(id, wanted)| **wanted && !members.contains_key(id))
            .map(|(id, _)| *id)
            .collect();
        members.extend(known(tx, act, &added)?);
        Ok(members
            .into_iter()
            .filter(|(id, _)| self.wanted.get(id) != Some(&false))
            .filter(|(id, kind)| {
                matches_element(
                    attribute,
                    filter,
                    &json!({"value": id.to_string(), "type": kind.as_str()}),
                )
            })
            .map(|(id, _)| id)
            .collect())
    }

    /// Writes the rows that differ. `count` is how many members the group has.
    pub(super) fn settle(
        &self,
        tx: &mut Conn,
        act: &Act,
        group: GroupId,
        count: i64,
    ) -> Result<Difference, Error> {
        let (present, former): (HashSet<Uuid>, Vec<Uuid>) = match self.base {
            Base::Present => {
                let named: Vec<Uuid> = self.wanted.keys().copied().collect();
                (
                    db::members::among(tx, act.org, group, &named)?
                        .into_iter()
                        .collect(),
                    Vec::new(),
                )
            }
            Base::Nobody if count == 0 => (HashSet::new(), Vec::new()),
            Base::Nobody => {
                let ids: Vec<Uuid> = db::members::list(tx, act.org, group)?
                    .iter()
                    .map(|member| member.id)
                    .collect();
                (ids.iter().copied().collect(), ids)
            }
        };
        let missing: Vec<Uuid> = self
            .wanted
            .iter()
            .filter(|(id, wanted)| **wanted && !present.contains(id))
            .map(|(id, _)| *id)
            .collect();
        let removed: Vec<Uuid> = match self.base {
            Base::Present => self
                .wanted
                .iter()
                .filter(|(id, wanted)| !**wanted && present.contains(id))
                .map(|(id, _)| *id)
                .collect(),
            Base::Nobody => former
                .into_iter()
                .filter(|id| self.wanted.get(id) != Some(&true))
                .collect(),
        };
        let kinds = known(tx, act, &missing)?;
        let mut difference = Difference {
            removed,
            ..Difference::default()
        };
        let strangers = missing
            .iter()
            .filter(|id| !kinds.contains_key(id))
            .map(ToString::to_string);
        for stranger in strangers.chain(self.unknown.iter().cloned()) {
            if act.settings.mode != Mode::Tolerant {
                return Err(ScimError::value(format!(
                    "members: {stranger:?} is neither a user nor a group of this organization. Provision it first, or \
                     leave it out."
                ))
                .into());
            }
            Rewrite::report(
                &mut difference.rewrites,
                RuleName::UnknownMemberSkipped,
                "members",
            );
        }
        difference.added = missing
            .iter()
            .filter_map(|id| kinds.get(id).map(|kind| Member { id: *id, kind: *kind }))
            .collect();
        refuse_cycle(tx, act, group, &difference.added)?;
        if count + difference.balance()? > MAX_MEMBERS {
            return Err(
                ScimError::value(format!("members: a group has at most {MAX_MEMBERS} members")).into(),
            );
        }
        db::members::delete(tx, act.org, group, &difference.removed)?;
        db::members::insert(tx, act.org, group, &difference.added, act.origin.at)?;
        Ok(difference)
    }
}

/// The id in a member: its `value`, or the last segment of its `$ref` where only that was sent.
fn named(member: &Object) -> &str {
    let text = |name: &str| member.get(name).and_then(Value::as_str);
    text("value")
        .or_else(|| text("$ref")?.rsplit('/').next())
        .unwrap_or_default()
}

/// What each of `ids` is. Ids that are neither a user nor a group of the organization are left out.
fn known(tx: &mut Conn, act: &Act, ids: &[Uuid]) -> Result<HashMap<Uuid, MemberKind>, Error> {
    let mut kinds: HashMap<Uuid, MemberKind> = db::users::existing(tx, act.org, ids)?
        .into_iter()
        .map(|id| (id, MemberKind::User))
        .collect();
    let rest: Vec<Uuid> = ids.iter().copied().filter(|id| !kinds.contains_key(id)).collect();
    kinds.extend(
        db::groups::existing(tx, act.org, &rest)?
            .into_iter()
            .map(|id| (id, MemberKind::Group)),
    );
    Ok(kinds)
}

/// Refuses what is said of a member where the member is something else: its `type` and `$ref` follow from its id. Who is
/// nobody is left to the change that names it.
fn confirm(tx: &mut Conn, act: &Act, member: &Object) -> Result<(), Error> {
    let Some(id) = db::search::uuid(named(member)) else {
        return Ok(());
    };
    let Some(kind) = known(tx, act, &[id])?.remove(&id) else {
        return Ok(());
    };
    let text = |name: &str| member.get(name).and_then(Value::as_str);
    let other_type = text("type").is_some_and(|sent| !sent.eq_ignore_ascii_case(kind.as_str()));
    let other_reference = text("$ref").is_some_and(|sent| {
        let endpoint = sent.rsplit('/').nth(1);
        endpoint.is_some_and(|endpoint| !endpoint.eq_ignore_ascii_case(&format!("{}s", kind.as_str())))
    });
    if other_type || other_reference {
        let name = if other_type { "type" } else { "$ref" };
        return Err(ScimError::mutability(format!(
            "members: {id} is a {}, and the \"{name}\" of a member cannot be changed. Leave it out, or remove the one \
             member and add the other.",
            kind.as_str()
        ))
        .into());
    }
    Ok(())
}

/// Refuses members that are, or contain, the group itself.
fn refuse_cycle(tx: &mut Conn, act: &Act, group: GroupId, added: &[Member]) -> Result<(), Error> {
    let nested: HashSet<Uuid> = added
        .iter()
        .filter(|member| member.kind == MemberKind::Group)
        .map(|member| member.id)
        .collect();
    if nested.is_empty() {
        return Ok(());
    }
    // Two requests that nest two groups into each other at the same moment must not both find no cycle.
    db::orgs::lock(tx, act.org)?;
    let mut ancestors: HashSet<Uuid> = HashSet::from([*group.as_uuid()]);
    let mut frontier = vec![*group.as_uuid()];
    while !frontier.is_empty() {
        if let Some(id) = frontier.iter().find(|id| nested.contains(id)) {
            return Err(ScimError::value(format!(
                "members: the group {id} contains this group, or is this group, so it cannot be its member"
            ))
            .into());
        }
        let mut next = Vec::new();
        for row in db::members::groups_of(tx, act.org, &frontier)? {
            if ancestors.insert(*row.group.as_uuid()) {
                next.push(*row.group.as_uuid());
            }
        }
        frontier = next;
    }
    Ok(())
}

/// The events of a change of membership: as many as it takes to name everybody.
pub(crate) fn members_changed(act: &Act, group: GroupId, added: &[Member], removed: &[Uuid]) -> Vec<Event> {
    let added = added.iter().map(|member| {
        (
            "added",
            json!({"id": member.id.to_string(), "type": member.kind.as_str()}),
        )
    });
    let removed = removed
        .iter()
        .map(|id| ("removed", json!({"id": id.to_string()})));
    let all: Vec<(&str, Value)> = added.chain(removed).collect();
    let parts = all.chunks(MEMBERS_PER_EVENT).len();
    all.chunks(MEMBERS_PER_EVENT)
        .enumerate()
        .map(|(part, chunk)| {
            let of = |what: &str| -> Value {
                chunk
                    .iter()
                    .filter(|(kind, _)| *kind == what)
                    .map(|(_, member)| member.clone())
                    .collect()
            };
            act.event(
                EventKind::GroupMembersChanged,
                *group.as_uuid(),
                object([
                    ("added", of("added")),
                    ("removed", of("removed")),
                    ("part", Value::from(part + 1)),
                    ("parts", Value::from(parts)),
                ]),
            )
        })
        .collect()
}

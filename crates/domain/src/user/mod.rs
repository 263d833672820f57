//! The users of an organization: a file for each verb.

mod create;
mod deactivate;
mod delete;
pub(crate) mod keys;
pub(crate) mod manager;
pub(crate) mod membership;
mod patch;
mod purge;
mod release;
mod replace;
mod restore;
mod save;
mod search;

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;
use wicketgate_scim::{Object, resource::Rewrite};

use crate::{Error, Org, db, group::GroupId, provisioning_log::Named};

pub use manager::Manager;
pub(crate) use save::managed;

/// A user's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(Uuid);

impl UserId {
    pub(crate) const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID.
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }

    /// Reads the id in a path. Any text but the canonical spelling of a UUID is an unknown id.
    pub fn parse(text: &str) -> Result<Self, Error> {
        db::search::uuid(text).map(Self).ok_or(Error::NotFound)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A user as one provisioning domain sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Its id, which never changes.
    pub id: UserId,
    /// Its attributes in stored form, with the `externalId` of the caller's provisioning domain.
    pub attributes: Object,
    /// The groups it is in, direct ones first. Empty where they were not asked for.
    pub groups: Vec<Membership>,
    /// The user that its `manager` names, if the organization has such a user.
    pub manager: Option<Manager>,
    /// Counts its changes from 1.
    pub version: i64,
    /// When it was created.
    pub created: Timestamp,
    /// When it last changed.
    pub last_modified: Timestamp,
}

/// One group that a user is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The group.
    pub group: GroupId,
    /// What the group is called.
    pub display: String,
    /// Whether the user itself is a member, and not only one of the user's groups.
    pub direct: bool,
}

/// A resource that was written, and what was understood on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Written<T> {
    /// The resource as it is now.
    pub resource: T,
    /// Deviations from the RFC that the request had.
    pub rewrites: Vec<Rewrite>,
    /// What is different now.
    pub change: Change,
}

/// What a write changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// In one word.
    pub kind: ChangeKind,
    /// The names of the attributes that differ, where the resource was there before.
    pub attributes: Vec<String>,
    /// How many members a group gained.
    pub added: usize,
    /// How many members it lost.
    pub removed: usize,
}

impl Change {
    pub(crate) const fn of(kind: ChangeKind) -> Self {
        Self {
            kind,
            attributes: Vec::new(),
            added: 0,
            removed: 0,
        }
    }

    /// A change of the attributes that the payload of its event names.
    pub(crate) fn named(kind: ChangeKind, payload: &Object) -> Self {
        let names = payload.get("changed").and_then(Value::as_array);
        let names = names.into_iter().flatten().filter_map(Value::as_str);
        Self {
            attributes: names.map(str::to_owned).collect(),
            ..Self::of(kind)
        }
    }
}

/// What was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// What it was called.
    pub name: String,
}

impl Deleted {
    pub(crate) fn named(resource: &impl Named) -> Self {
        Self {
            name: resource.name().unwrap_or_default().to_owned(),
        }
    }
}

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// The resource is new.
    Created,
    /// It differs from what it was.
    Updated,
    /// A user's `active` became false.
    Deactivated,
    /// A user's `active` became true again.
    Reactivated,
    /// It is what it was.
    Unchanged,
}

/// Reads the users of one organization.
#[derive(Debug, Clone, Copy)]
pub struct Users<'o> {
    pub(crate) org: &'o Org,
}

impl Users<'_> {
    /// One user, with its groups if `memberships` asks for them.
    pub async fn get(&self, id: UserId, memberships: bool) -> Result<User, Error> {
        let act = self.org.act();
        self.org
            .shared
            .db
            .read(move |tx| {
                let mut user = db::users::get(tx, act.org, &act.domain, id)?;
                if memberships {
                    membership::load(tx, act.org, std::slice::from_mut(&mut user))?;
                }
                manager::load(tx, act.org, std::slice::from_mut(&mut user))?;
                Ok(user)
            })
            .await
    }
}

/// Changes the users of one organization.
#[derive(Debug, Clone, Copy)]
pub struct ManagedUsers<'o> {
    pub(crate) org: &'o Org,
}

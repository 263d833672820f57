//! The groups of an organization: a file for each verb.

mod create;
mod delete;
mod members;
mod patch;
mod release;
mod replace;
mod save;
mod search;

use std::fmt;

use jiff::Timestamp;
use uuid::Uuid;
use wicketgate_scim::Object;

pub(crate) use members::{MAX_MEMBERS, members_changed};

use crate::{Error, Org, db};

/// A group's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupId(Uuid);

impl GroupId {
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

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A group as one provisioning domain sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its id, which never changes.
    pub id: GroupId,
    /// Its attributes in stored form, without members, with the `externalId` of the caller's provisioning domain.
    pub attributes: Object,
    /// How many members it has.
    pub member_count: i64,
    /// Its members in the order of their ids, all of them. `None` where they were not asked for.
    pub members: Option<Vec<Member>>,
    /// Counts its changes from 1.
    pub version: i64,
    /// When it was created.
    pub created: Timestamp,
    /// When it, or its membership, last changed.
    pub last_modified: Timestamp,
}

/// A member of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Member {
    /// The id of the user or group.
    pub id: Uuid,
    /// Which of the two it is.
    pub kind: MemberKind,
}

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MemberKind {
    /// A user.
    User,
    /// A group.
    Group,
}

impl MemberKind {
    /// The name of the resource type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }
}

/// Reads the groups of one organization.
#[derive(Debug, Clone, Copy)]
pub struct Groups<'o> {
    pub(crate) org: &'o Org,
}

impl Groups<'_> {
    /// One group, with its members if `members` asks for them.
    pub async fn get(&self, id: GroupId, members: bool) -> Result<Group, Error> {
        let act = self.org.act();
        self.org
            .shared
            .db
            .read(move |tx| {
                let mut group = db::groups::get(tx, act.org, &act.domain, id)?;
                if members {
                    group.members = Some(db::members::list(tx, act.org, id)?);
                }
                Ok(group)
            })
            .await
    }
}

/// Changes the groups of one organization.
#[derive(Debug, Clone, Copy)]
pub struct ManagedGroups<'o> {
    pub(crate) org: &'o Org,
}

//! What lists are asked for, and what they answer.

use uuid::Uuid;
use wicketgate_scim::{filter::Filter, sort::Sort};

use crate::{Error, Group, User};

/// The most resources in one page.
pub const MAX_COUNT: u16 = 1_000;
/// How many resources a page has when the request does not say.
pub const DEFAULT_COUNT: u16 = 100;

/// A query for a page of users or groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Which resources; checked against the resource type.
    pub filter: Option<Filter>,
    /// In which order; without one, in the order in which they were created.
    pub sort: Option<Sort>,
    /// Which part of the list.
    pub window: Window,
    /// The organization's SCIM base URL, without a slash at its end: links are compared with it.
    pub base: String,
    /// Whether memberships are answered: the members of groups, the groups of users.
    pub memberships: bool,
}

/// A query for a page of users and groups together (RFC 7644 §3.4.2.1).
#[derive(Debug, Clone, PartialEq)]
pub struct RootQuery {
    /// Which users; checked against their resource type.
    pub users: Option<Filter>,
    /// Which groups; checked against their resource type.
    pub groups: Option<Filter>,
    /// In which order. A resource whose type does not have the attribute has no value. Without one, users come before
    /// groups, each in the order in which they were created.
    pub sort: Option<Sort>,
    /// Which part of the list.
    pub window: Window,
    /// The organization's SCIM base URL, without a slash at its end: links are compared with it.
    pub base: String,
    /// Whether memberships are answered: the members of groups, the groups of users.
    pub memberships: bool,
}

/// Which part of a list is asked for. A count of 0 asks for the total alone; more than [`MAX_COUNT`] is read as that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    /// By position (RFC 7644 §3.4.2.4).
    Index {
        /// The position of the first resource, from 1.
        start_index: u64,
        /// How many resources at most.
        count: u64,
    },
    /// By cursor (RFC 9865).
    Cursor {
        /// The cursor of the page before; `None` for the first page.
        cursor: Option<String>,
        /// How many resources at most.
        count: u64,
    },
}

impl Window {
    /// The first page, by position.
    pub const fn first(count: u64) -> Self {
        Self::Index {
            start_index: 1,
            count,
        }
    }

    /// How many resources there may be.
    pub(crate) fn count(&self) -> u64 {
        let (Self::Index { count, .. } | Self::Cursor { count, .. }) = self;
        (*count).min(MAX_COUNT.into())
    }

    /// The position of the first resource.
    pub(crate) fn start_index(&self) -> u64 {
        match self {
            Self::Index { start_index, .. } => (*start_index).max(1),
            Self::Cursor { .. } => 1,
        }
    }
}

/// A page of resources.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// How many resources match in all.
    pub total: u64,
    /// The position of the first resource, from 1. Pages by cursor have no position and say 1.
    pub start_index: u64,
    /// The resources, in the order that was asked for.
    pub resources: Vec<T>,
    /// The cursor of the next page, where pages are asked for by cursor and there is one.
    pub next_cursor: Option<String>,
    /// The cursor of the page before. None is given out: the way back is not offered.
    pub previous_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The same page of what `select` makes of its resources.
    pub(crate) fn narrow<U>(self, select: impl Fn(T) -> Option<U>) -> Page<U> {
        Page {
            total: self.total,
            start_index: self.start_index,
            resources: self.resources.into_iter().filter_map(select).collect(),
            next_cursor: self.next_cursor,
            previous_cursor: self.previous_cursor,
        }
    }
}

/// A user or a group, in a list of both.
#[derive(Debug, Clone, PartialEq)]
pub enum Resource {
    /// A user.
    User(User),
    /// A group.
    Group(Group),
}

/// Which versions of a resource a write is meant for (RFC 7644 §3.14).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Precondition {
    /// Any.
    #[default]
    None,
    /// One of these. Empty where the client named no version that this gateway could have given out.
    Versions(Vec<i64>),
}

impl Precondition {
    /// Refuses a resource of another version.
    pub(crate) fn check(&self, current: i64) -> Result<(), Error> {
        match self {
            Self::None => Ok(()),
            Self::Versions(versions) if versions.contains(&current) => Ok(()),
            Self::Versions(_) => Err(Error::VersionMismatch { current }),
        }
    }
}

impl Resource {
    /// Its id.
    pub fn id(&self) -> Uuid {
        match self {
            Self::User(user) => *user.id.as_uuid(),
            Self::Group(group) => *group.id.as_uuid(),
        }
    }
}

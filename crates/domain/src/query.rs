//! What lists are asked for, and what they answer.

use wicketgate_scim::filter::Filter;

use crate::Error;

/// The most resources in one page.
pub const MAX_COUNT: u16 = 1_000;
/// How many resources a page has when the request does not say.
pub const DEFAULT_COUNT: u16 = 100;

/// A query for a page of users or groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Which resources; checked against the resource type.
    pub filter: Option<Filter>,
    /// The position of the first resource, from 1.
    pub start_index: u64,
    /// How many resources at most. 0 asks for the total alone; more than [`MAX_COUNT`] is read as that.
    pub count: u64,
    /// Whether memberships are answered: the members of groups, the groups of users.
    pub memberships: bool,
}

impl Query {
    /// The offset and limit of the page, in the database's numbers.
    pub(crate) fn range(&self) -> (i64, i64) {
        let offset = i64::try_from(self.start_index.max(1) - 1).unwrap_or(i64::MAX);
        let limit = i64::try_from(self.count.min(u64::from(MAX_COUNT))).unwrap_or_default();
        (offset, limit)
    }
}

/// A page of resources.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// How many resources match in all.
    pub total: u64,
    /// The position of the first resource, from 1.
    pub start_index: u64,
    /// The resources, in the order of their ids.
    pub resources: Vec<T>,
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

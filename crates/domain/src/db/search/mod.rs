//! Lists: a filter, an order and a part of the list become statements for either database. An index answers where there
//! is one; what is left is read piece by piece, within bounds.

mod compare;
mod driver;
mod gather;
mod key_test;
mod list;
mod order;
mod predicate;
mod refusal;
mod rows;
mod source;
mod sql;

use std::{sync::Arc, time::Duration};

use uuid::Uuid;
use wicketgate_scim::{filter::Filter, sort::Sort};

use self::{
    gather::Wanted,
    order::{By, Order},
    sql::Dialect,
};
use super::{Conn, types::Key};
use crate::{Error, Resource, types::Types};

pub(crate) use key_test::beginning_with;
pub(crate) use order::Place;

/// What a search may cost. The defaults are what the documentation promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchLimits {
    /// Up to so many resources of an organization are read without an index, however long it takes.
    pub unindexed: u64,
    /// How long more than that may be read.
    pub patience: Duration,
    /// How many resources one statement reads.
    pub piece: u32,
    /// Up to so many resources that an index offers are looked at one by one.
    pub candidates: i64,
    /// How much memory sorting without an index may take, in bytes.
    pub sorted_bytes: usize,
    /// How long a cursor holds.
    pub cursor: Duration,
}

impl Default for SearchLimits {
    fn default() -> Self {
        Self {
            unindexed: 10_000,
            patience: Duration::from_secs(2),
            piece: 2_000,
            candidates: 100_000,
            sorted_bytes: 32 << 20,
            cursor: Duration::from_mins(10),
        }
    }
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    User,
    Group,
}

impl Kind {
    const fn table(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::Group => "groups",
        }
    }

    const fn endpoint(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }

    const fn external_ids(self) -> &'static str {
        match self {
            Self::User => "user_external_ids",
            Self::Group => "group_external_ids",
        }
    }

    /// The column of an external id's table that names the resource.
    const fn owner(self) -> &'static str {
        match self {
            Self::User => "user_id",
            Self::Group => "group_id",
        }
    }

    /// The end of a condition that leaves out deleted rows.
    fn live(self, alias: &str) -> String {
        match self {
            Self::User => format!(" AND {alias}.live"),
            Self::Group => String::new(),
        }
    }
}

/// Whose list it is, and how it is seen.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) org: Key,
    pub(crate) domain: Arc<str>,
    pub(crate) types: Types,
    /// The SCIM base URL.
    pub(crate) base: String,
    /// Whether an e-mail address stands in for a name.
    pub(crate) by_email: bool,
    pub(crate) limits: SearchLimits,
}

/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'q> {
    pub(crate) filter: Option<&'q Filter>,
    pub(crate) sort: Option<&'q Sort>,
    /// Only what is behind this place.
    pub(crate) after: Option<&'q Place>,
    /// How many resources are left out at the start.
    pub(crate) skip: u64,
    /// How many resources are wanted.
    pub(crate) take: u64,
    /// How many there are in all, where that is known.
    pub(crate) total: Option<u64>,
}

/// What a part of a list holds.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) resources: Vec<(Place, Resource)>,
    pub(crate) total: u64,
}

/// Ids are compared exactly: another spelling of the same UUID is another text.
pub(crate) fn uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|uuid| uuid.to_string() == text)
}

impl Scope {
    /// A part of the list of one resource type.
    pub(crate) fn list(&self, conn: &mut Conn, kind: Kind, part: Part<'_>) -> Result<Listed, Error> {
        let part = Part {
            filter: part.filter.filter(|filter| **filter != Filter::Constant(true)),
            ..part
        };
        let order = Order::of(self, kind, part.sort, true);
        let listed = match (part.filter, &order.by) {
            (None, By::Id | By::Column(_)) => self.walk(conn, kind, part, &order),
            (Some(filter), By::Id) => match self.driver(Dialect::of(conn), kind, filter) {
                Some(driver) if driver.is_point => self.look_up(conn, kind, part, &order, filter, &driver),
                _ => self.sift(conn, kind, part, order),
            },
            _ => self.sift(conn, kind, part, order),
        };
        listed.map_err(refusal::of_timeout)
    }

    /// The first `part.skip + part.take` places of one resource type among others, and how many matches there are.
    pub(crate) fn places(
        &self,
        conn: &mut Conn,
        kind: Kind,
        part: Part<'_>,
    ) -> Result<(Vec<Place>, u64), Error> {
        let wanted = Wanted {
            kind,
            filter: part.filter.filter(|filter| **filter != Filter::Constant(true)),
            order: Order::of(self, kind, part.sort, false),
            after: part.after,
            skip: 0,
            take: part.skip.saturating_add(part.take),
            counts: part.total.is_none(),
        };
        let gathered = self.gather(conn, &wanted).map_err(refusal::of_timeout)?;
        Ok((gathered.places, gathered.total))
    }
}

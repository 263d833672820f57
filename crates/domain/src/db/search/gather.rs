//! Finds the matches that no single index lists in order: piece by piece, in bounded memory, and in a large organization
//! in bounded time.

use std::time::Instant;

use diesel::{
    QueryableByName,
    sql_types::{Bool, Nullable, Text},
};
use serde_json::Value;
use uuid::Uuid;
use wicketgate_scim::filter::Filter;

use super::{
    Kind, Scope,
    order::{By, Order, Place},
    refusal::too_many,
    rows::{IdRow, offered, run},
    sql::{Dialect, Sql},
};
use crate::{
    Error,
    db::{
        Conn,
        statement::Bind,
        types::{Id, Key},
    },
};

/// What is looked for.
#[derive(Debug)]
pub(super) struct Wanted<'q> {
    pub(super) kind: Kind,
    pub(super) filter: Option<&'q Filter>,
    pub(super) order: Order,
    /// Only what is behind this place.
    pub(super) after: Option<&'q Place>,
    /// How many matches are left out at the start.
    pub(super) skip: u64,
    /// How many places are wanted.
    pub(super) take: u64,
    /// Whether all matches are counted.
    pub(super) counts: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// Places in order.
    pub(super) places: Vec<Place>,
    /// How many matches there are, where they were counted.
    pub(super) total: u64,
}

/// One resource of a piece.
#[derive(QueryableByName)]
struct Seen {
    #[diesel(sql_type = Id)]
    id: Key,
    #[diesel(sql_type = Bool)]
    hit: bool,
    #[diesel(sql_type = Nullable<Text>)]
    place: Option<String>,
}

/// Where the pieces come from.
enum Candidates {
    /// An index offers these ids, in their order.
    Ids(Vec<Uuid>),
    /// All resources, in the order of a column.
    All {
        column: &'static str,
        descending: bool,
        from: Option<Bind>,
    },
}

impl Scope {
    /// Finds places.
    pub(super) fn gather(&self, conn: &mut Conn, wanted: &Wanted<'_>) -> Result<Gathered, Error> {
        let mut candidates = self.candidates(conn, wanted)?;
        let mut sieve = Sieve::new(self, wanted, &candidates);
        let started = Instant::now();
        let mut seen: u64 = 0;
        loop {
            let (rows, is_last) = self.piece(conn, wanted, &mut candidates)?;
            seen += rows.len() as u64;
            for row in rows {
                sieve.pass(row)?;
            }
            if is_last || sieve.is_full() {
                return Ok(sieve.finish());
            }
            if seen > self.limits.unindexed && started.elapsed() >= self.limits.patience {
                return Err(too_many(wanted));
            }
        }
    }

    fn candidates(&self, conn: &mut Conn, wanted: &Wanted<'_>) -> Result<Candidates, Error> {
        let d = Dialect::of(conn);
        let driver = wanted
            .filter
            .and_then(|filter| self.driver(d, wanted.kind, filter));
        if let Some(driver) = driver {
            let most = self.limits.candidates;
            let ids = Sql::fill(
                &format!("{} ORDER BY 1 LIMIT {{}}", offered(d)),
                [&driver.ids, &Sql::value(Bind::BigInt(most.saturating_add(1)))],
            );
            let ids: Vec<Uuid> = run::<IdRow>(conn, ids, false)?
                .into_iter()
                .map(|row| row.id.0)
                .collect();
            // An index that offers so many narrows nothing.
            if i64::try_from(ids.len()).is_ok_and(|offered| offered <= most) {
                let mut ids = ids;
                let is_backward = matches!(wanted.order.by, By::Id) && wanted.order.descending;
                if is_backward {
                    ids.reverse();
                }
                return Ok(Candidates::Ids(ids));
            }
        }
        let (column, descending) = match wanted.order.column() {
            Some(column) => (column, wanted.order.descending),
            None => ("id", false),
        };
        let from = wanted
            .after
            .filter(|_| !wanted.counts)
            .and_then(|place| match &wanted.order.by {
                By::Id => Some(Bind::Id(Key(place.id))),
                By::Column(_) => Some(Bind::Text(place.value.as_ref()?.as_str()?.to_owned())),
                By::Value(_) => None,
            });
        Ok(Candidates::All {
            column,
            descending,
            from,
        })
    }

    /// The next piece, and whether it is the last one.
    fn piece(
        &self,
        conn: &mut Conn,
        wanted: &Wanted<'_>,
        candidates: &mut Candidates,
    ) -> Result<(Vec<Seen>, bool), Error> {
        let (d, kind) = (Dialect::of(conn), wanted.kind);
        let size = usize::try_from(self.limits.piece)
            .map_err(Error::internal)?
            .max(1);
        let hit = wanted
            .filter
            .map_or_else(|| Sql::constant(true), |filter| self.predicate(d, kind, filter));
        let table = kind.table();
        let (place, rows, column, descending) = match candidates {
            Candidates::Ids(ids) => {
                let rest = ids.split_off(size.min(ids.len()));
                let piece = std::mem::replace(ids, rest);
                let backward = piece.first() > piece.last();
                (None, self.among(d, kind, &piece), "id", backward)
            }
            Candidates::All {
                column,
                descending,
                from,
            } => {
                let rows = match from.clone() {
                    None => self.everything(kind),
                    Some(from) => Sql::fill(
                        &format!(
                            "{{}} AND {table}.{column} {} {{}}",
                            if *descending { "<" } else { ">" }
                        ),
                        [&self.everything(kind), &Sql::value(from)],
                    ),
                };
                let place = (*column != "id").then_some(*column);
                (place, rows, *column, *descending)
            }
        };
        let place = match (&wanted.order.by, place) {
            (By::Value(sort), _) => self.sort_text(d, kind, sort),
            // Ids that an index offers are put into the column's order here.
            (By::Column(column), _) => Sql::raw(format!("{table}.{column}")),
            (By::Id, _) => Sql::raw("CAST(NULL AS text)"),
        };
        let order = if descending { " DESC" } else { "" };
        let sql = Sql::fill(
            &format!(
                "SELECT {table}.id, {{}} AS hit, {{}} AS place {{}} ORDER BY {table}.{column}{order} LIMIT {{}}"
            ),
            [
                &hit,
                &place,
                &rows,
                &Sql::value(Bind::BigInt(i64::try_from(size).map_err(Error::internal)?)),
            ],
        );
        let rows: Vec<Seen> = run(conn, sql, false)?;
        let is_last = match candidates {
            Candidates::Ids(rest) => rest.is_empty(),
            Candidates::All { column, from, .. } => {
                *from = rows.last().and_then(|row| match *column {
                    "id" => Some(Bind::Id(row.id)),
                    _ => row.place.clone().map(Bind::Text),
                });
                rows.len() < size
            }
        };
        Ok((rows, is_last))
    }
}

/// Keeps the places that are wanted of all that pass.
struct Sieve<'s> {
    scope: &'s Scope,
    wanted: &'s Wanted<'s>,
    /// Whether matches pass in the order of the list.
    is_in_order: bool,
    /// Matches that are not left out.
    kept: Vec<Place>,
    size: usize,
    passed: u64,
    total: u64,
}

impl<'s> Sieve<'s> {
    fn new(scope: &'s Scope, wanted: &'s Wanted<'s>, candidates: &Candidates) -> Self {
        let is_in_order = match wanted.order.by {
            By::Id => true,
            By::Column(_) => matches!(candidates, Candidates::All { .. }),
            By::Value(_) => false,
        };
        Self {
            scope,
            wanted,
            is_in_order,
            kept: Vec::new(),
            size: 0,
            passed: 0,
            total: 0,
        }
    }

    fn pass(&mut self, row: Seen) -> Result<(), Error> {
        if !row.hit {
            return Ok(());
        }
        self.total += 1;
        let value = match &self.wanted.order.by {
            By::Id => None,
            By::Column(_) => row.place.map(Value::String),
            By::Value(sort) => self.scope.read(self.wanted.kind, sort, row.place),
        };
        let place = Place { value, id: row.id.0 };
        let descending = self.wanted.order.descending;
        let is_behind = self
            .wanted
            .after
            .is_none_or(|after| after.compare(&place, descending).is_lt());
        if !is_behind {
            return Ok(());
        }
        self.passed += 1;
        if self.is_in_order {
            if self.passed > self.wanted.skip && (self.kept.len() as u64) < self.wanted.take {
                self.kept.push(place);
            }
            return Ok(());
        }
        if self.wanted.take == 0 {
            return Ok(());
        }
        self.size += place.size();
        self.kept.push(place);
        if self.kept.len() as u64 >= self.most().saturating_mul(2).max(1_024) {
            self.settle();
        }
        if self.size > self.scope.limits.sorted_bytes {
            return Err(too_many(self.wanted));
        }
        Ok(())
    }

    /// How many places have to be kept until the first of them can be left out.
    fn most(&self) -> u64 {
        self.wanted.skip.saturating_add(self.wanted.take)
    }

    /// Forgets what is behind all that is wanted.
    fn settle(&mut self) {
        let descending = self.wanted.order.descending;
        self.kept.sort_unstable_by(|a, b| a.compare(b, descending));
        self.kept
            .truncate(usize::try_from(self.most()).unwrap_or(usize::MAX));
        self.size = self.kept.iter().map(Place::size).sum();
    }

    /// Whether nothing that passes later could change the outcome.
    fn is_full(&self) -> bool {
        self.is_in_order && !self.wanted.counts && self.kept.len() as u64 >= self.wanted.take
    }

    fn finish(mut self) -> Gathered {
        if !self.is_in_order {
            self.settle();
            let skip = usize::try_from(self.wanted.skip).unwrap_or(usize::MAX);
            self.kept.drain(..skip.min(self.kept.len()));
        }
        Gathered {
            places: self.kept,
            total: self.total,
        }
    }
}

//! The three ways to a part of a list: along an index, from the few ids that one offers, or by looking.

use uuid::Uuid;
use wicketgate_auth::OrgId;
use wicketgate_scim::{
    filter::{CompareOp, Filter, Literal},
    path::AttrPath,
};

use super::{
    Kind, Listed, Part, Place, Scope, driver, gather,
    gather::Wanted,
    order::Order,
    rows::{Row, count, run},
    sql::{Dialect, Sql},
};
use crate::{
    Error, Resource,
    db::{Conn, orgs, statement::Bind, types::Key},
};

impl Scope {
    /// All resources, in an order that an index has.
    pub(super) fn walk(
        &self,
        conn: &mut Conn,
        kind: Kind,
        part: Part<'_>,
        order: &Order,
    ) -> Result<Listed, Error> {
        let table = kind.table();
        let column = order.column().unwrap_or("id");
        let (direction, behind, from) = if order.descending {
            (" DESC", "<", "<=")
        } else {
            ("", ">", ">=")
        };
        let bind = |place: &Place| match &place.value {
            Some(value) => Sql::text(value.as_str().unwrap_or_default()),
            None => Sql::key(Key(place.id)),
        };
        let mut rows = self.everything(kind);
        if let Some(after) = part.after {
            rows = Sql::fill(
                &format!("{{}} AND {table}.{column} {behind} {{}}"),
                [&rows, &bind(after)],
            );
        }
        let total = match part.total {
            Some(total) => total,
            None => self.counted(conn, kind)?,
        };
        if part.take == 0 || part.skip >= total {
            return Ok(Listed {
                resources: Vec::new(),
                total,
            });
        }
        if part.skip > 0 {
            // The start of a deep page is found in the index alone; rows are read from there on.
            let skip = i64::try_from(part.skip).unwrap_or(i64::MAX);
            let start = Sql::fill(
                &format!(
                    "{{}} AND {table}.{column} {from} (SELECT {table}.{column} {{}} ORDER BY {table}.{column}{direction} \
                     LIMIT 1 OFFSET {{}})"
                ),
                [&rows, &rows, &Sql::value(Bind::BigInt(skip))],
            );
            rows = start;
        }
        let take = i64::try_from(part.take).unwrap_or(i64::MAX);
        let sql = Sql::fill(
            &format!("SELECT {{}} {{}} ORDER BY {table}.{column}{direction} LIMIT {{}}"),
            [
                &self.columns(kind, (column != "id").then_some(column)),
                &rows,
                &Sql::value(Bind::BigInt(take)),
            ],
        );
        let resources = read_rows(conn, kind, sql, true)?;
        // A page that is not full shows how many there are.
        let seen = resources.len() as u64;
        let total = if part.after.is_none() && seen > 0 && seen < part.take {
            part.skip + seen
        } else {
            total
        };
        Ok(Listed { resources, total })
    }

    /// How many resources the organization counts.
    fn counted(&self, conn: &mut Conn, kind: Kind) -> Result<u64, Error> {
        let organization = orgs::get(conn, OrgId::from_uuid(self.org.0))?;
        let total = match kind {
            Kind::User => organization.users,
            Kind::Group => organization.groups,
        };
        u64::try_from(total).map_err(Error::internal)
    }

    /// The few resources that an index offers, in the order of their ids.
    pub(super) fn look_up(
        &self,
        conn: &mut Conn,
        kind: Kind,
        part: Part<'_>,
        order: &Order,
        filter: &Filter,
        driver: &driver::Driver,
    ) -> Result<Listed, Error> {
        let (d, table) = (Dialect::of(conn), kind.table());
        let is_one_of_few = match filter {
            Filter::Compare { .. } => true,
            Filter::ValuePath { .. } => driver.is_exact,
            _ => false,
        };
        let mut rows = self.driven(d, kind, &driver.ids);
        if !driver.is_exact {
            rows = Sql::fill("{} AND {}", [&rows, &self.predicate(d, kind, filter)]);
        }
        let all = rows.clone();
        let (direction, behind) = if order.descending {
            (" DESC", "<")
        } else {
            ("", ">")
        };
        if let Some(after) = part.after {
            rows = Sql::fill(
                &format!("{{}} AND {table}.id {behind} {{}}"),
                [&rows, &Sql::key(Key(after.id))],
            );
        }
        let mut resources = Vec::new();
        if part.take > 0 {
            let number = |number: u64| Sql::value(Bind::BigInt(i64::try_from(number).unwrap_or(i64::MAX)));
            let sql = Sql::fill(
                &format!("SELECT {{}} {{}} ORDER BY {table}.id{direction} LIMIT {{}} OFFSET {{}}"),
                [
                    &self.columns(kind, None),
                    &rows,
                    &number(part.take),
                    &number(part.skip),
                ],
            );
            resources = read_rows(conn, kind, sql, is_one_of_few)?;
        }
        let seen = resources.len() as u64;
        let total = match part.total {
            Some(total) => total,
            // A page that is not full shows how many there are.
            None if part.after.is_none() && seen < part.take && (seen > 0 || part.skip == 0) => {
                part.skip + seen
            }
            None => count(
                conn,
                Sql::fill("SELECT count(*) AS total {}", [&all]),
                is_one_of_few,
            )?,
        };
        Ok(Listed { resources, total })
    }

    /// Matches that have to be looked for.
    pub(super) fn sift(
        &self,
        conn: &mut Conn,
        kind: Kind,
        part: Part<'_>,
        order: Order,
    ) -> Result<Listed, Error> {
        let known = match (part.total, part.filter) {
            (None, None) => Some(self.counted(conn, kind)?),
            (None, Some(Filter::Compare { path, op, value })) => {
                self.counted_active(conn, kind, path, *op, value)?
            }
            (known, _) => known,
        };
        let wanted = Wanted {
            kind,
            filter: part.filter,
            order,
            after: part.after,
            skip: part.skip,
            take: part.take,
            counts: known.is_none(),
        };
        let gathered = if part.take == 0 && known.is_some() {
            gather::Gathered::default()
        } else {
            self.gather(conn, &wanted)?
        };
        let ids: Vec<Uuid> = gathered.places.iter().map(|place| place.id).collect();
        let mut places = gathered.places.into_iter();
        let mut resources = Vec::with_capacity(ids.len());
        for resource in self.load(conn, kind, &ids)? {
            // Those that are gone meanwhile are not among the resources.
            if let Some(place) = places.by_ref().find(|place| place.id == resource.id()) {
                resources.push((place, resource));
            }
        }
        Ok(Listed {
            resources,
            total: known.unwrap_or(gathered.total),
        })
    }

    /// How many users are active or not: the organization counts them.
    fn counted_active(
        &self,
        conn: &mut Conn,
        kind: Kind,
        path: &AttrPath,
        op: CompareOp,
        value: &Literal,
    ) -> Result<Option<u64>, Error> {
        let (true, Literal::Bool(active)) = (
            kind == Kind::User && path.urn.is_none() && path.name == "active",
            value,
        ) else {
            return Ok(None);
        };
        let active = match op {
            CompareOp::Eq => *active,
            CompareOp::Ne => !active,
            _ => return Ok(None),
        };
        let organization = orgs::get(conn, OrgId::from_uuid(self.org.0))?;
        let total = if active {
            organization.active_users
        } else {
            organization.users - organization.active_users
        };
        u64::try_from(total).map(Some).map_err(Error::internal)
    }
}

fn read_rows(
    conn: &mut Conn,
    kind: Kind,
    sql: Sql,
    is_one_of_few: bool,
) -> Result<Vec<(Place, Resource)>, Error> {
    run::<Row>(conn, sql, is_one_of_few)?
        .into_iter()
        .map(|row| {
            let (resource, text) = row.into_resource(kind)?;
            let place = Place {
                value: text.map(serde_json::Value::String),
                id: resource.id(),
            };
            Ok((place, resource))
        })
        .collect()
}

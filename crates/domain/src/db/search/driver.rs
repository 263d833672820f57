//! What an index offers for a filter: a statement that lists the ids among which all matches are. It is written down
//! which index answers, so that no plan depends on what a database believes about its tables.

use uuid::Uuid;
use wicketgate_scim::{
    filter::{CompareOp, Filter, Literal, comparable_literal},
    path::AttrPath,
    schema::{Attribute, MEMBERS, Target},
};

use super::{
    Kind, Scope,
    key_test::{KeyTest, key_test},
    sql::{Dialect, Sql},
};
use crate::{
    db::types::Key,
    user::keys::{PRIMARY_EMAIL, indexed_path, key},
};

/// The ids among which all matches are.
#[derive(Debug)]
pub(super) struct Driver {
    /// A SELECT of a column `id`, which may repeat.
    pub(super) ids: Sql,
    /// Whether all of these ids match, if they are still there.
    pub(super) is_exact: bool,
    /// Whether it is a lookup of single values: it offers few ids.
    pub(super) is_point: bool,
}

impl Driver {
    fn point(ids: Sql) -> Self {
        Self {
            ids,
            is_exact: true,
            is_point: true,
        }
    }

    fn inexact(self) -> Self {
        Self {
            is_exact: false,
            ..self
        }
    }
}

impl Scope {
    /// What an index offers for the filter; `None` where there is none that narrows it.
    pub(super) fn driver(&self, d: Dialect, kind: Kind, filter: &Filter) -> Option<Driver> {
        match filter {
            Filter::And(parts) => {
                let offers = parts.iter().filter_map(|part| self.driver(d, kind, part));
                offers.min_by_key(|offer| !offer.is_point).map(Driver::inexact)
            }
            Filter::Or(parts) => {
                let offers: Vec<Driver> = parts
                    .iter()
                    .map(|part| self.driver(d, kind, part))
                    .collect::<Option<_>>()?;
                let ids: Vec<Sql> = offers.iter().map(|offer| offer.ids.clone()).collect();
                // Without ALL, SQLite would read each index in the order of the ids, and with it the whole organization.
                let mut union = Sql::joined(&ids, " UNION ALL ");
                // A compound SELECT stands without parentheses.
                union.text.pop();
                union.text.remove(0);
                Some(Driver {
                    ids: union,
                    is_exact: offers.iter().all(|offer| offer.is_exact),
                    is_point: offers.iter().all(|offer| offer.is_point),
                })
            }
            Filter::Constant(false) => Some(Driver::point(self.nothing(kind))),
            Filter::Constant(true) | Filter::Not(_) | Filter::Present(_) => None,
            Filter::Compare { path, op, value } => {
                let target =
                    self.resource_type(kind)
                        .find(path.urn.as_deref(), &path.name, path.sub.as_deref())?;
                let offer = self.leaf(d, kind, &target, *op, value)?;
                match value {
                    Literal::String(name) if self.name_asked_for(kind, path, *op) => {
                        Some(self.name_or_address(&offer, name))
                    }
                    _ => Some(offer),
                }
            }
            Filter::ValuePath { path, filter, then } => {
                let terms = terms(filter, then.as_ref());
                self.bracketed(d, kind, path, &terms)
            }
        }
    }

    fn nothing(&self, kind: Kind) -> Sql {
        let table = kind.table();
        Sql::fill(
            &format!("SELECT {table}.id FROM {table} WHERE {table}.org_id = {{}} AND false"),
            [&Sql::key(self.org)],
        )
    }

    fn name_or_address(&self, by_name: &Driver, name: &str) -> Driver {
        let by_address = self.keyed(
            PRIMARY_EMAIL,
            &Sql::fill("found.value_key = {}", [&Sql::text(key(name))]),
        );
        Driver {
            ids: Sql::fill("{} UNION ALL {}", [&by_name.ids, &by_address]),
            is_exact: false,
            is_point: true,
        }
    }

    /// One comparison.
    fn leaf(
        &self,
        d: Dialect,
        kind: Kind,
        target: &Target<'_>,
        op: CompareOp,
        value: &Literal,
    ) -> Option<Driver> {
        let name = target.attribute.name.as_str();
        let sub = target.sub.map(|sub| sub.name.as_str());
        if target.extension.is_none() {
            match (kind, name, sub) {
                (_, "id", None) if op == CompareOp::Eq => return self.of_id(d, kind, value, ""),
                (_, "meta", Some("location")) if op == CompareOp::Eq => {
                    return self.of_id(d, kind, value, &format!("{}{}/", self.base, kind.endpoint()));
                }
                (_, "externalId", None) => return self.named(kind, target.leaf(), op, value),
                (Kind::User, "userName", None) => {
                    return Some(self.column(kind, "user_name_key", &key_test(target.leaf(), op, value)?));
                }
                (_, "displayName", None) => {
                    return Some(self.column(kind, "display_name_key", &key_test(target.leaf(), op, value)?));
                }
                (Kind::Group, MEMBERS, Some(part)) if op == CompareOp::Eq => {
                    return self.of_member(target, part, value);
                }
                (Kind::User, "groups", Some(part)) => return self.of_group(d, target, part, op, value),
                _ => {}
            }
        }
        if kind != Kind::User {
            return None;
        }
        let path = indexed_path(target)?;
        let test = key_test(target.leaf(), op, value)?;
        Some(Driver {
            ids: self.keyed(&path, &test.on("found.value_key")),
            is_exact: test.is_exact,
            is_point: test.is_point,
        })
    }

    fn of_id(&self, d: Dialect, kind: Kind, value: &Literal, prefix: &str) -> Option<Driver> {
        let Literal::String(text) = value else { return None };
        let id = text.strip_prefix(prefix).and_then(super::uuid);
        Some(Driver::point(match id {
            None => self.nothing(kind),
            Some(id) => one(d, id),
        }))
    }

    fn column(&self, kind: Kind, column: &str, test: &KeyTest) -> Driver {
        let (table, live) = (kind.table(), kind.live("found"));
        let test_sql = test.on(&format!("found.{column}"));
        Driver {
            ids: Sql::fill(
                &format!("SELECT found.id FROM {table} AS found WHERE found.org_id = {{}} AND {{}}{live}"),
                [&Sql::key(self.org), &test_sql],
            ),
            is_exact: test.is_exact,
            is_point: test.is_point,
        }
    }

    /// What the provisioning domain calls resources. These texts are not cut.
    fn named(&self, kind: Kind, leaf: &Attribute, op: CompareOp, value: &Literal) -> Option<Driver> {
        let mut test = key_test(leaf, op, value)?;
        if let (CompareOp::Eq, Literal::String(whole)) = (op, value) {
            test.values = vec![whole.clone()];
        }
        let (ids, owner) = (kind.external_ids(), kind.owner());
        Some(Driver {
            ids: Sql::fill(
                &format!(
                    "SELECT found.{owner} AS id FROM {ids} AS found WHERE found.org_id = {{}} AND {{}} \
                     AND found.domain = {{}}"
                ),
                [
                    &Sql::key(self.org),
                    &test.on("found.external_id"),
                    &Sql::text(&*self.domain),
                ],
            ),
            is_exact: test.is_exact,
            is_point: test.is_point,
        })
    }

    fn keyed(&self, path: &str, test: &Sql) -> Sql {
        Sql::fill(
            "SELECT found.user_id AS id FROM user_keys AS found WHERE found.org_id = {} AND found.path = {} AND {}",
            [&Sql::key(self.org), &Sql::text(path), test],
        )
    }

    /// The groups that have a member.
    fn of_member(&self, target: &Target<'_>, part: &str, value: &Literal) -> Option<Driver> {
        let literal = comparable_literal(target.leaf(), value)?;
        let text = literal.as_str()?;
        let (id, is_exact) = match part {
            "value" => (super::uuid(text), true),
            "$ref" => (text.rsplit_once('/').and_then(|(_, id)| super::uuid(id)), false),
            _ => return None,
        };
        let Some(id) = id else {
            return Some(Driver::point(self.nothing(Kind::Group)));
        };
        let ids = Sql::fill(
            "SELECT found.group_id AS id FROM group_members AS found WHERE found.org_id = {} AND found.member_id = {}",
            [&Sql::key(self.org), &Sql::key(Key(id))],
        );
        Some(Driver {
            is_exact,
            ..Driver::point(ids)
        })
    }

    /// The users in a group, directly and through other groups.
    fn of_group(
        &self,
        d: Dialect,
        target: &Target<'_>,
        part: &str,
        op: CompareOp,
        value: &Literal,
    ) -> Option<Driver> {
        let literal = comparable_literal(target.leaf(), value)?;
        let text = literal.as_str()?;
        let (start, is_exact) = match (part, op) {
            ("value", CompareOp::Eq) => (super::uuid(text).map(|id| one(d, id)), true),
            ("$ref", CompareOp::Eq) => (
                text.rsplit_once('/')
                    .and_then(|(_, id)| super::uuid(id))
                    .map(|id| one(d, id)),
                false,
            ),
            ("display", CompareOp::Eq | CompareOp::Sw) => {
                let offer = self.column(
                    Kind::Group,
                    "display_name_key",
                    &key_test(target.leaf(), op, value)?,
                );
                (Some(offer.ids), offer.is_exact)
            }
            _ => return None,
        };
        let Some(start) = start else {
            return Some(Driver::point(self.nothing(Kind::User)));
        };
        // The rows of a group are looked up group by group, whatever is believed about the size of the table.
        let held = d.pick(
            "CROSS JOIN group_members AS held ON held.org_id = {} AND held.group_id = below.id \
             AND held.member_kind = ",
            "CROSS JOIN LATERAL (SELECT inner_rows.member_id, inner_rows.member_kind FROM group_members AS inner_rows \
             WHERE inner_rows.org_id = {} AND inner_rows.group_id = below.id OFFSET 0) AS held \
             WHERE held.member_kind = ",
        );
        let org = Sql::key(self.org);
        let ids = Sql::fill(
            &format!(
                "SELECT reached.id FROM (WITH RECURSIVE below(id) AS ( \
                     SELECT start.id FROM ({{}}) AS start \
                     UNION SELECT held.member_id FROM below {held}'Group' \
                 ) \
                 SELECT held.member_id AS id FROM below {held}'User') AS reached"
            ),
            [&start, &org, &org],
        );
        Some(Driver {
            ids,
            is_exact,
            is_point: op == CompareOp::Eq,
        })
    }

    /// Comparisons that one element fulfils.
    fn bracketed(&self, d: Dialect, kind: Kind, path: &AttrPath, terms: &[Term<'_>]) -> Option<Driver> {
        let find = |sub: &str| {
            self.resource_type(kind)
                .find(path.urn.as_deref(), &path.name, Some(sub))
        };
        let eq = |name: &str| {
            terms
                .iter()
                .find(|term| term.sub == name && term.op == CompareOp::Eq)
                .map(|term| term.value)
        };
        let offers = terms.iter().filter_map(|term| {
            let target = find(term.sub)?;
            let offer = self.leaf(d, kind, &target, term.op, term.value)?;
            // The index of addresses and numbers tells their types apart.
            if let (Kind::User, None, "emails" | "phoneNumbers", "value", CompareOp::Eq) = (
                kind,
                target.extension,
                target.attribute.name.as_str(),
                term.sub,
                term.op,
            ) {
                let test = key_test(target.leaf(), term.op, term.value)?.on("found.value_key");
                if let Some(Literal::String(kind)) = eq("type")
                    && !kind.is_empty()
                {
                    let test = Sql::fill("{} AND found.kind = {}", [&test, &Sql::text(key(kind))]);
                    let exact = terms.len() == 2;
                    let ids = self.keyed(&indexed_path(&target)?, &test);
                    return Some(Driver {
                        is_exact: exact,
                        ..Driver::point(ids)
                    });
                }
                if eq("primary") == Some(&Literal::Bool(true)) && target.attribute.name == "emails" {
                    let ids = self.keyed(PRIMARY_EMAIL, &test);
                    return Some(Driver {
                        is_exact: terms.len() == 2,
                        ..Driver::point(ids)
                    });
                }
            }
            Some(if terms.len() == 1 { offer } else { offer.inexact() })
        });
        offers.min_by_key(|offer| !offer.is_point)
    }
}

fn one(d: Dialect, id: Uuid) -> Sql {
    Sql::fill(
        d.pick("SELECT {} AS id", "SELECT CAST({} AS uuid) AS id"),
        [&Sql::key(Key(id))],
    )
}

/// A comparison in brackets, or after them.
#[derive(Debug)]
struct Term<'f> {
    sub: &'f str,
    op: CompareOp,
    value: &'f Literal,
}

/// What an element has to fulfil in any case. Empty where that is not a plain list of comparisons, so that no number of
/// terms is mistaken for all of them.
fn terms<'f>(filter: &'f Filter, then: Option<&'f (String, CompareOp, Literal)>) -> Vec<Term<'f>> {
    let mut terms = Vec::new();
    let mut rest = vec![filter];
    while let Some(filter) = rest.pop() {
        match filter {
            Filter::And(parts) => rest.extend(parts),
            Filter::Compare { path, op, value } => terms.push(Term {
                sub: &path.name,
                op: *op,
                value,
            }),
            // Neither narrows nor may be forgotten.
            Filter::Or(_)
            | Filter::Not(_)
            | Filter::Present(_)
            | Filter::ValuePath { .. }
            | Filter::Constant(_) => terms.push(Term {
                sub: "",
                op: CompareOp::Ne,
                value: &Literal::Null,
            }),
        }
    }
    terms.extend(then.map(|(sub, op, value)| Term { sub, op: *op, value }));
    terms
}

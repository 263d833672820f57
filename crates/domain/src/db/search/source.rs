//! Where the databases find the values of an attribute: in a column, in the comparable form, or in the rows of
//! memberships. It compares nothing.

use wicketgate_scim::schema::{Attribute, ENTERPRISE_USER, MEMBERS, Target, Type};

use super::{
    Kind, Scope,
    sql::{Dialect, Sql},
};
use crate::db::statement::Bind;

/// What kind of SQL value an expression has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Text.
    Text,
    /// A JSON number or boolean on PostgreSQL; a number on SQLite.
    Scalar,
    /// A boolean column.
    Flag,
    /// Several values, which nothing is compared with.
    List,
}

/// An expression for one value, NULL where it is unassigned.
#[derive(Debug, Clone)]
pub(super) struct Expr {
    pub(super) sql: Sql,
    pub(super) shape: Shape,
    pub(super) nullable: bool,
}

impl Expr {
    fn text(sql: Sql) -> Self {
        Self {
            sql,
            shape: Shape::Text,
            nullable: false,
        }
    }

    fn nullable(sql: Sql, shape: Shape) -> Self {
        Self {
            sql,
            shape,
            nullable: true,
        }
    }
}

/// Where the values of a top-level attribute are.
#[derive(Debug)]
pub(super) enum Source<'a> {
    /// One value.
    Value(Expr),
    /// A column of milliseconds.
    Moment(&'static str),
    /// `meta.resourceType`: the same for all.
    ResourceType,
    /// The elements of an attribute, each a row named `e`.
    Elements(Elements<'a>),
}

/// The elements of an attribute.
#[derive(Debug)]
pub(super) struct Elements<'a> {
    attribute: &'a Attribute,
    place: Place,
    key: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Document,
    /// The document, where a manager's `$ref` is computed.
    Manager,
    /// The groups of a user.
    Groups,
    /// The members of a group.
    Members,
}

impl Scope {
    /// Where the values of what a path leads to are.
    pub(super) fn source<'a>(&self, d: Dialect, kind: Kind, target: &Target<'a>) -> Source<'a> {
        let name = target.attribute.name.as_str();
        let sub = target.sub.map(|sub| sub.name.as_str());
        let table = kind.table();
        if target.extension.is_none() {
            match (name, sub) {
                ("id", _) => return Source::Value(Expr::text(id(d, table))),
                ("externalId", _) => {
                    return Source::Value(Expr::nullable(self.external_id(kind), Shape::Text));
                }
                ("active", _) if kind == Kind::User => {
                    return Source::Value(Expr {
                        sql: Sql::raw("users.active"),
                        shape: Shape::Flag,
                        nullable: false,
                    });
                }
                ("meta", Some("created")) => return Source::Moment("created_at"),
                ("meta", Some("lastModified")) => return Source::Moment("last_modified"),
                ("meta", Some("version")) => {
                    let version = format!("('W/\"' || CAST({table}.version AS text) || '\"')");
                    return Source::Value(Expr::text(Sql::raw(version)));
                }
                ("meta", Some("location")) => {
                    let id = id(d, table);
                    return Source::Value(Expr::text(self.link(kind.endpoint(), &id)));
                }
                ("meta", _) => return Source::ResourceType,
                _ => {}
            }
        }
        let place = match (target.extension, name, kind) {
            (None, "groups", Kind::User) => Place::Groups,
            (None, MEMBERS, Kind::Group) => Place::Members,
            (Some(ENTERPRISE_USER), "manager", _) => Place::Manager,
            _ => Place::Document,
        };
        Source::Elements(Elements {
            attribute: target.attribute,
            place,
            key: wicketgate_scim::filter::comparable_key(target),
        })
    }

    fn link(&self, endpoint: &str, id: &Sql) -> Sql {
        Sql::fill(
            "({} || {})",
            [&Sql::text(format!("{}{endpoint}/", self.base)), id],
        )
    }

    /// What the caller's provisioning domain calls the resource.
    pub(super) fn external_id(&self, kind: Kind) -> Sql {
        let (table, ids, owner) = (kind.table(), kind.external_ids(), kind.owner());
        Sql::fill(
            &format!(
                "(SELECT named.external_id FROM {ids} AS named WHERE named.org_id = {{}} AND named.domain = {{}} \
                 AND named.{owner} = {table}.id)"
            ),
            [&Sql::key(self.org), &Sql::text(&*self.domain)],
        )
    }

    /// The rows `e` of the elements, for a FROM clause.
    pub(super) fn rows(&self, d: Dialect, kind: Kind, elements: &Elements<'_>) -> Sql {
        let org = Sql::key(self.org);
        match elements.place {
            Place::Document | Place::Manager => document_rows(d, kind, elements),
            Place::Members => Sql::fill(
                "(SELECT held.member_id AS id, held.member_kind AS kind FROM group_members AS held \
                 WHERE held.org_id = {} AND held.group_id = groups.id) AS e",
                [&org],
            ),
            Place::Groups => Sql::fill(
                "(WITH RECURSIVE above(id) AS ( \
                     SELECT held.group_id FROM group_members AS held \
                     WHERE held.org_id = {} AND held.member_id = users.id \
                     UNION SELECT held.group_id FROM above JOIN group_members AS held \
                     ON held.org_id = {} AND held.member_id = above.id \
                 ) \
                 SELECT joined.id, joined.comparable, EXISTS ( \
                     SELECT 1 FROM group_members AS held WHERE held.org_id = {} AND held.group_id = joined.id \
                     AND held.member_id = users.id \
                 ) AS direct FROM above JOIN groups AS joined ON joined.org_id = {} AND joined.id = above.id) AS e",
                [&org, &org, &org, &org],
            ),
        }
    }

    /// The row `e` of the element that sorting looks at, for a FROM clause: the primary one, else the first.
    fn first_row(&self, d: Dialect, kind: Kind, elements: &Elements<'_>) -> Sql {
        let org = Sql::key(self.org);
        match elements.place {
            Place::Document | Place::Manager => {
                let rows = document_rows(d, kind, elements);
                let order = d.pick("e.key", "e.ordinality");
                Sql::fill(
                    &format!("(SELECT e.value FROM {{}} ORDER BY {order} LIMIT 1) AS e"),
                    [&rows],
                )
            }
            Place::Members => Sql::fill(
                "(SELECT held.member_id AS id, held.member_kind AS kind FROM group_members AS held \
                 WHERE held.org_id = {} AND held.group_id = groups.id ORDER BY held.member_id LIMIT 1) AS e",
                [&org],
            ),
            // Direct memberships are shown before others.
            Place::Groups => Sql::fill(
                "(SELECT joined.id, joined.comparable, true AS direct FROM group_members AS held \
                 JOIN groups AS joined ON joined.org_id = held.org_id AND joined.id = held.group_id \
                 WHERE held.org_id = {} AND held.member_id = users.id ORDER BY joined.id LIMIT 1) AS e",
                [&org],
            ),
        }
    }

    /// What is shown of the user that a `manager` leads to; `sent` where it leads nowhere.
    fn of_manager(&self, d: Dialect, elements: &Elements<'_>, shown: &Sql, sent: Expr) -> Expr {
        let Some(value) = elements.attribute.sub_attribute("value") else {
            return sent;
        };
        let value = document_part(d, value).sql;
        let id = match d {
            Dialect::Sqlite => value,
            // Any text may be sent as an id.
            Dialect::Postgres => Sql::fill(
                "CASE WHEN {} ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN CAST({} AS uuid) END",
                [&value, &value],
            ),
        };
        let found = Sql::fill(
            "coalesce((SELECT {} FROM users AS manager WHERE manager.org_id = {} AND manager.id = {} AND manager.live), {})",
            [shown, &Sql::key(self.org), &id, &sent.sql],
        );
        Expr::nullable(found, Shape::Text)
    }

    /// The value of the element that sorting looks at.
    pub(super) fn first(
        &self,
        d: Dialect,
        kind: Kind,
        elements: &Elements<'_>,
        sub: Option<&Attribute>,
    ) -> Expr {
        let part = self.part(d, elements, sub);
        let row = self.first_row(d, kind, elements);
        Expr::nullable(Sql::fill("(SELECT {} FROM {})", [&part.sql, &row]), part.shape)
    }

    /// A sub-attribute of the element `e`, or the element itself where the attribute is simple.
    pub(super) fn part(&self, d: Dialect, elements: &Elements<'_>, sub: Option<&Attribute>) -> Expr {
        let Some(sub) = sub else {
            return Expr {
                sql: Sql::raw("e.value"),
                shape: shape(elements.attribute),
                nullable: false,
            };
        };
        match (elements.place, sub.name.as_str()) {
            (Place::Manager, "$ref") => {
                let link = self.link("/Users", &id(d, "manager"));
                self.of_manager(d, elements, &link, document_part(d, sub))
            }
            (Place::Manager, "displayName") => {
                let name = Sql::raw(d.pick(
                    "coalesce(json_extract(manager.comparable, '$.displayName[0]'), \
                     json_extract(manager.comparable, '$.name[0].formatted'), \
                     json_extract(manager.comparable, '$.userName[0]'))",
                    "coalesce(manager.comparable -> 'displayName' ->> 0, \
                     manager.comparable -> 'name' -> 0 ->> 'formatted', manager.comparable -> 'userName' ->> 0)",
                ));
                self.of_manager(d, elements, &name, document_part(d, sub))
            }
            (Place::Document | Place::Manager, _) => document_part(d, sub),
            (Place::Groups | Place::Members, "value") => Expr::text(id(d, "e")),
            (Place::Groups, "$ref") => Expr::text(self.link("/Groups", &id(d, "e"))),
            (Place::Groups, "display") => Expr::nullable(
                Sql::raw(d.pick(
                    "json_extract(e.comparable, '$.displayName[0]')",
                    "(e.comparable -> 'displayName' ->> 0)",
                )),
                Shape::Text,
            ),
            (Place::Groups, "type") => {
                Expr::text(Sql::raw("CASE WHEN e.direct THEN 'direct' ELSE 'indirect' END"))
            }
            (Place::Members, "type") => {
                Expr::text(Sql::raw("CASE e.kind WHEN 'User' THEN 'user' ELSE 'group' END"))
            }
            (Place::Members, "$ref") => Expr::text(Sql::fill(
                "({} || CASE e.kind WHEN 'User' THEN '/Users/' ELSE '/Groups/' END || {})",
                [&Sql::text(self.base.as_str()), &id(d, "e")],
            )),
            // What is not kept of memberships, such as a member's name, is unassigned.
            (Place::Groups | Place::Members, _) => Expr::nullable(Sql::raw("CAST(NULL AS text)"), shape(sub)),
        }
    }
}

fn id(d: Dialect, table: &str) -> Sql {
    Sql::raw(match d {
        Dialect::Sqlite => format!("{table}.id"),
        Dialect::Postgres => format!("CAST({table}.id AS text)"),
    })
}

impl Elements<'_> {
    /// The JSON text of the number or boolean that sorting looks at: all of its digits.
    pub(super) fn first_number(&self, d: Dialect, kind: Kind, sub: Option<&Attribute>, first: &Expr) -> Sql {
        match d {
            Dialect::Postgres => Sql::fill("CAST({} AS text)", [&first.sql]),
            Dialect::Sqlite => {
                let sub = sub.map(|sub| format!(".\"{}\"", sub.name)).unwrap_or_default();
                Sql::fill(
                    &format!("({}.comparable -> {{}})", kind.table()),
                    [&Sql::text(format!("$.\"{}\"[0]{sub}", self.key))],
                )
            }
        }
    }
}

fn shape(leaf: &Attribute) -> Shape {
    match leaf.kind {
        Type::Boolean | Type::Integer | Type::Decimal => Shape::Scalar,
        Type::String | Type::DateTime | Type::Reference | Type::Binary | Type::Complex => Shape::Text,
    }
}

fn document_rows(d: Dialect, kind: Kind, elements: &Elements<'_>) -> Sql {
    let table = kind.table();
    let key = elements.key.as_str();
    match d {
        Dialect::Postgres => {
            let is_text = !elements.attribute.is_complex() && shape(elements.attribute) == Shape::Text;
            let each = if is_text {
                "jsonb_array_elements_text"
            } else {
                "jsonb_array_elements"
            };
            Sql::fill(
                &format!("{each}({table}.comparable -> {{}}) WITH ORDINALITY AS e(value, ordinality)"),
                [&Sql::text(key)],
            )
        }
        // SQLite's paths cannot name a key that has one of these.
        Dialect::Sqlite if key.contains(['"', '\\']) => Sql::fill(
            &format!(
                "(SELECT element.key, element.value FROM json_each({table}.comparable) AS entry \
                 CROSS JOIN json_each(entry.value) AS element WHERE entry.key = {{}}) AS e"
            ),
            [&Sql::text(key)],
        ),
        Dialect::Sqlite => Sql::fill(
            &format!("json_each({table}.comparable, {{}}) AS e"),
            [&Sql::text(format!("$.\"{key}\""))],
        ),
    }
}

fn document_part(d: Dialect, sub: &Attribute) -> Expr {
    let shape = if sub.multi_valued { Shape::List } else { shape(sub) };
    let sql = match (d, shape) {
        (Dialect::Sqlite, _) => Sql::fill(
            "json_extract(e.value, {})",
            [&Sql::value(Bind::Text(format!("$.\"{}\"", sub.name)))],
        ),
        (Dialect::Postgres, Shape::Text | Shape::Flag) => {
            Sql::fill("(e.value ->> {})", [&Sql::text(sub.name.as_str())])
        }
        (Dialect::Postgres, Shape::Scalar | Shape::List) => {
            Sql::fill("(e.value -> {})", [&Sql::text(sub.name.as_str())])
        }
    };
    Expr::nullable(sql, shape)
}

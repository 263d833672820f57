//! The order of a list: which index has it, or which value of each resource it is made of.

use std::cmp::Ordering;

use serde_json::Value;
use uuid::Uuid;
use wicketgate_scim::{
    schema::{Target, Type},
    sort::{Sort, compare_values},
};

use super::{
    Kind, Scope,
    source::{Shape, Source},
    sql::{Dialect, Sql},
};

/// How a list is ordered.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) by: By,
    pub(super) descending: bool,
}

/// What a list is ordered by.
#[derive(Debug)]
pub(super) enum By {
    /// The id, which is the order of creation.
    Id,
    /// A key column that is unique and never NULL.
    Column(&'static str),
    /// A value that is read from each resource.
    Value(Sort),
}

/// Where a resource stands in a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    /// The value that the list is ordered by, in comparable form; `None` where it is unassigned, or where the id alone
    /// says the order.
    pub(crate) value: Option<Value>,
    /// Resources with the same value are in the order of their ids.
    pub(crate) id: Uuid,
}

impl Place {
    /// Which of two places is first.
    pub(crate) fn compare(&self, other: &Self, descending: bool) -> Ordering {
        let values = match (&self.value, &other.value) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) => compare_values(a, b),
        };
        let ascending = values.then(self.id.cmp(&other.id));
        if descending {
            ascending.reverse()
        } else {
            ascending
        }
    }

    /// About how much memory the place takes.
    pub(super) fn size(&self) -> usize {
        let text = self.value.as_ref().and_then(Value::as_str).map_or(0, str::len);
        size_of::<Self>() + text
    }
}

impl Order {
    /// The order that a query asks for. `is_alone`: the list is of one resource type.
    pub(super) fn of(scope: &Scope, kind: Kind, sort: Option<&Sort>, is_alone: bool) -> Self {
        let Some(sort) = sort else {
            return Self {
                by: By::Id,
                descending: false,
            };
        };
        let target = find(scope, kind, sort);
        let by = match target.as_ref().map(|target| {
            let sub = target.sub.map(|sub| sub.name.as_str());
            (target.extension, target.attribute.name.as_str(), sub)
        }) {
            // An id begins with the time of creation.
            Some((None, "id", None) | (None, "meta", Some("created"))) => By::Id,
            Some((None, "userName", None)) if is_alone && kind == Kind::User => By::Column("user_name_key"),
            Some((None, "displayName", None)) if is_alone && kind == Kind::Group => {
                By::Column("display_name_key")
            }
            _ => By::Value(sort.clone()),
        };
        Self {
            by,
            descending: sort.descending,
        }
    }

    /// The column that an index has in this order.
    pub(super) fn column(&self) -> Option<&'static str> {
        match self.by {
            By::Id => Some("id"),
            By::Column(column) => Some(column),
            By::Value(_) => None,
        }
    }
}

fn find<'s>(scope: &'s Scope, kind: Kind, sort: &Sort) -> Option<Target<'s>> {
    let path = &sort.path;
    scope
        .resource_type(kind)
        .find(path.urn.as_deref(), &path.name, path.sub.as_deref())
}

impl Scope {
    /// The value that a list is ordered by, as text: see [`Scope::read`].
    pub(super) fn sort_text(&self, d: Dialect, kind: Kind, sort: &Sort) -> Sql {
        let unassigned = || Sql::raw("CAST(NULL AS text)");
        let Some(target) = find(self, kind, sort) else {
            return unassigned();
        };
        match self.source(d, kind, &target) {
            Source::Moment(column) => Sql::raw(format!("CAST({}.{column} AS text)", kind.table())),
            Source::ResourceType => Sql::text(self.resource_type(kind).name.as_str()),
            Source::Value(expr) if expr.shape == Shape::Flag => {
                Sql::fill("CASE WHEN {} THEN 'true' ELSE 'false' END", [&expr.sql])
            }
            Source::Value(expr) => expr.sql,
            Source::Elements(elements) => {
                let first = self.first(d, kind, &elements, target.sub);
                match first.shape {
                    Shape::Text | Shape::Flag => first.sql,
                    Shape::List => unassigned(),
                    Shape::Scalar => elements.first_number(d, kind, target.sub, &first),
                }
            }
        }
    }

    /// The value in the text that [`Scope::sort_text`] selects.
    pub(super) fn read(&self, kind: Kind, sort: &Sort, text: Option<String>) -> Option<Value> {
        let text = text?;
        let target = find(self, kind, sort)?;
        let is_common_moment = target.extension.is_none() && target.attribute.name == "meta";
        match target.leaf().kind {
            Type::Boolean | Type::Integer | Type::Decimal => serde_json::from_str(&text).ok(),
            Type::DateTime if is_common_moment => serde_json::from_str(&text).ok(),
            _ => Some(Value::String(text)),
        }
    }
}

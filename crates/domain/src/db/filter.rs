//! A SCIM filter as conditions on key columns and key rows. What no condition answers yet is refused, never ignored.

use uuid::Uuid;
use wicketgate_scim::{
    Error as ScimError,
    filter::{CompareOp, Filter, Literal},
    path::AttrPath,
};

use crate::{
    Error,
    user::keys::{EMAIL, key},
};

/// One condition on a user; all of a query's conditions hold at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UserCondition {
    Id(Uuid),
    UserName(String),
    DisplayName(String),
    Active(bool),
    ExternalId(String),
    /// A row of `user_keys`.
    Key {
        path: &'static str,
        value: String,
    },
    /// No user meets it: an id that is no UUID.
    Nothing,
}

/// One condition on a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GroupCondition {
    Id(Uuid),
    DisplayName(String),
    ExternalId(String),
    Member(Uuid),
    Nothing,
}

/// The conditions of a checked filter on users.
pub(crate) fn users(filter: &Filter) -> Result<Vec<UserCondition>, Error> {
    conjunction(filter)?.into_iter().map(user).collect()
}

/// The conditions of a checked filter on groups.
pub(crate) fn groups(filter: &Filter) -> Result<Vec<GroupCondition>, Error> {
    conjunction(filter)?.into_iter().map(group).collect()
}

/// `attribute eq value`.
#[derive(Debug, Clone, Copy)]
struct Equality<'f> {
    path: &'f AttrPath,
    value: &'f Literal,
}

fn conjunction(filter: &Filter) -> Result<Vec<Equality<'_>>, Error> {
    match filter {
        Filter::And(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(conjunction(part)?);
            }
            Ok(all)
        }
        Filter::Compare {
            path,
            op: CompareOp::Eq,
            value,
        } => Ok(vec![Equality { path, value }]),
        Filter::Compare { path, op, .. } => Err(unanswered(&format!("{path} {op}"))),
        Filter::Present(path) => Err(unanswered(&format!("{path} pr"))),
        Filter::Or(_) => Err(unanswered("or")),
        Filter::Not(_) => Err(unanswered("not")),
        Filter::ValuePath { path, .. } => Err(unanswered(&format!("{path}[…]"))),
    }
}

fn unanswered(what: &str) -> Error {
    ScimError::filter(format!(
        "The filter {what:?} cannot be answered yet. Use eq, joined by and, on userName, externalId, displayName, id, \
         emails.value, active or members.value."
    ))
    .into()
}

fn user(equality: Equality<'_>) -> Result<UserCondition, Error> {
    let Equality { path, value } = equality;
    if path.urn.is_some() {
        return Err(unanswered(&path.to_string()));
    }
    match (path.name.as_str(), path.sub.as_deref(), value) {
        ("id", None, Literal::String(text)) => {
            Ok(uuid(text).map_or(UserCondition::Nothing, UserCondition::Id))
        }
        ("userName", None, Literal::String(text)) => Ok(UserCondition::UserName(key(text))),
        ("displayName", None, Literal::String(text)) => Ok(UserCondition::DisplayName(key(text))),
        ("externalId", None, Literal::String(text)) => Ok(UserCondition::ExternalId(text.clone())),
        ("active", None, Literal::Bool(active)) => Ok(UserCondition::Active(*active)),
        ("emails", Some("value"), Literal::String(text)) => Ok(UserCondition::Key {
            path: EMAIL,
            value: key(text),
        }),
        _ => Err(unanswered(&path.to_string())),
    }
}

fn group(equality: Equality<'_>) -> Result<GroupCondition, Error> {
    let Equality { path, value } = equality;
    if path.urn.is_some() {
        return Err(unanswered(&path.to_string()));
    }
    match (path.name.as_str(), path.sub.as_deref(), value) {
        ("id", None, Literal::String(text)) => {
            Ok(uuid(text).map_or(GroupCondition::Nothing, GroupCondition::Id))
        }
        ("displayName", None, Literal::String(text)) => Ok(GroupCondition::DisplayName(key(text))),
        ("externalId", None, Literal::String(text)) => Ok(GroupCondition::ExternalId(text.clone())),
        ("members", Some("value"), Literal::String(text)) => {
            Ok(uuid(text).map_or(GroupCondition::Nothing, GroupCondition::Member))
        }
        _ => Err(unanswered(&path.to_string())),
    }
}

/// Ids are compared exactly: another spelling of the same UUID is another text.
pub(crate) fn uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|uuid| uuid.to_string() == text)
}

//! The refusal of a search that costs too much: it names what would make it cheap.

use std::collections::BTreeSet;

use wicketgate_scim::{Error as ScimError, ScimType, filter::Filter};

use super::{Kind, gather::Wanted, order::By};
use crate::Error;

/// The refusal of a search that no index answers in time.
pub(super) fn too_many(wanted: &Wanted<'_>) -> Error {
    let (resources, indexed, sorted) = match wanted.kind {
        Kind::User => (
            "users",
            "userName, displayName, externalId, emails.value, phoneNumbers.value, name.familyName, name.givenName, \
             employeeNumber, department, manager.value or groups.value",
            "userName, id or meta.created",
        ),
        Kind::Group => (
            "groups",
            "displayName, externalId or members.value",
            "displayName, id or meta.created",
        ),
    };
    let mut details = Vec::new();
    let mut names = BTreeSet::new();
    if let Some(filter) = wanted.filter {
        attributes(filter, &mut names);
    }
    if !names.is_empty() {
        let names: Vec<String> = names.into_iter().collect();
        details.push(format!(
            "The filter on {} reads more {resources} than one request may: narrow it with \"and\" and an eq or sw on \
             {indexed}, or have the attribute indexed in its schema.",
            names.join(", ")
        ));
    }
    if let By::Value(sort) = &wanted.order.by {
        details.push(format!(
            "Sorting by {} reads every one of the {resources} that match: sort by {sorted}, or narrow the list with a \
             filter on {indexed}.",
            sort.path
        ));
    }
    ScimError::new(ScimType::TooMany, details.join(" ")).into()
}

fn attributes(filter: &Filter, names: &mut BTreeSet<String>) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().for_each(|part| attributes(part, names)),
        Filter::Not(inner) => attributes(inner, names),
        Filter::Present(path) | Filter::Compare { path, .. } | Filter::ValuePath { path, .. } => {
            names.insert(path.to_string());
        }
        Filter::Constant(_) => {}
    }
}

/// PostgreSQL ends a statement that takes too long; so did the search.
pub(super) fn of_timeout(error: Error) -> Error {
    use diesel::result::Error as Diesel;
    let is_timeout = match &error {
        Error::Internal(source) => matches!(
            source.downcast_ref::<Diesel>(),
            Some(Diesel::DatabaseError(_, information))
                if information.message() == "canceling statement due to statement timeout"
        ),
        _ => false,
    };
    if is_timeout {
        return ScimError::new(
            ScimType::TooMany,
            "The search took too long: narrow the filter with \"and\" and an eq on an indexed attribute, such as userName, \
             externalId or emails.value.",
        )
        .into();
    }
    error
}

//! Random questions about random resources.

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};
use wicketgate_scim::{Object, schema::ENTERPRISE_USER};

use super::{
    values::{EXTENSION, any_date, any_number, any_text, any_user},
    world::Ids,
};
use crate::db::search::Kind;

/// What is asked of which attribute: the path below the schema, and what it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Text,
    Date,
    Number,
    Flag,
    Id,
    Complex,
}

use Sort::{Complex, Date, Flag, Id, Number, Text};

const USER_PATHS: [(&str, Sort); 53] = [
    ("userName", Text),
    ("userName", Text),
    ("name", Complex),
    ("name.familyName", Text),
    ("name.givenName", Text),
    ("displayName", Text),
    ("title", Text),
    ("active", Flag),
    ("externalId", Text),
    ("id", Id),
    ("schemas", Text),
    ("meta.created", Date),
    ("meta.lastModified", Date),
    ("meta.version", Text),
    ("meta.resourceType", Text),
    ("meta.location", Id),
    ("meta", Complex),
    ("emails", Complex),
    ("emails.value", Text),
    ("emails.type", Text),
    ("emails.primary", Flag),
    ("phoneNumbers.value", Text),
    ("groups", Complex),
    ("groups.value", Id),
    ("groups.$ref", Id),
    ("groups.display", Text),
    ("groups.type", Text),
    ("E:employeeNumber", Text),
    ("E:department", Text),
    ("E:manager", Complex),
    ("E:manager.value", Id),
    ("E:manager.$ref", Id),
    ("E:manager.displayName", Text),
    ("X:exact", Text),
    ("X:exact", Text),
    ("X:insured", Flag),
    ("X:level", Number),
    ("X:level", Number),
    ("X:ratio", Number),
    ("X:ratio", Number),
    ("X:hired", Date),
    ("X:page", Text),
    ("X:badge", Text),
    ("X:dates", Date),
    ("X:numbers", Number),
    ("X:tags", Text),
    ("X:tags", Text),
    ("X:stays", Complex),
    ("X:stays.value", Number),
    ("X:stays.from", Date),
    ("X:stays.paid", Flag),
    ("X:stays.type", Text),
    ("x509Certificates.value", Text),
];

const GROUP_PATHS: [(&str, Sort); 12] = [
    ("displayName", Text),
    ("displayName", Text),
    ("externalId", Text),
    ("id", Id),
    ("schemas", Text),
    ("meta.created", Date),
    ("meta.location", Id),
    ("members", Complex),
    ("members.value", Id),
    ("members.$ref", Id),
    ("members.type", Text),
    ("members.display", Text),
];

/// Attributes in whose brackets is asked, with their parts.
const BRACKETS: [(&str, &[(&str, Sort)]); 5] = [
    ("emails", &[("value", Text), ("type", Text), ("primary", Flag)]),
    (
        "X:stays",
        &[("value", Number), ("from", Date), ("paid", Flag), ("type", Text)],
    ),
    ("groups", &[("value", Id), ("display", Text), ("type", Text)]),
    ("name", &[("familyName", Text), ("givenName", Text)]),
    (
        "meta",
        &[("resourceType", Text), ("created", Date), ("version", Text)],
    ),
];

const GROUP_BRACKETS: [(&str, &[(&str, Sort)]); 1] = [("members", &[("value", Id), ("type", Text)])];

/// A literal: text is quoted; `@u0` and `@g0` become ids.
fn any_literal(sort: Sort) -> BoxedStrategy<String> {
    let null = Just("null".to_owned());
    let common = match sort {
        Text | Complex => any_text().prop_map(|text| Value::from(text).to_string()).boxed(),
        Date => any_date().prop_map(|text| Value::from(text).to_string()).boxed(),
        Number => any_number().prop_map(|number| number.to_string()).boxed(),
        Flag => any::<bool>().prop_map(|flag| flag.to_string()).boxed(),
        Id => select(&["@u0", "@u1", "@g0", "@g1", "@ru0", "@rg0", "no id", ""][..])
            .prop_map(|text| Value::from(text).to_string())
            .boxed(),
    };
    prop_oneof![9 => common, 1 => null].boxed()
}

fn any_op() -> impl Strategy<Value = &'static str> {
    select(
        &[
            "eq", "eq", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr",
        ][..],
    )
}

fn any_comparison(paths: &'static [(&'static str, Sort)]) -> BoxedStrategy<String> {
    (select(paths), any_op())
        .prop_flat_map(|((path, sort), op)| {
            any_literal(sort).prop_map(move |literal| {
                if op == "pr" || sort == Complex {
                    format!("{path} pr")
                } else {
                    format!("{path} {op} {literal}")
                }
            })
        })
        .boxed()
}

fn any_bracketed(paths: &'static [(&'static str, &'static [(&'static str, Sort)])]) -> BoxedStrategy<String> {
    select(paths)
        .prop_flat_map(|(path, parts)| {
            let inner = joined(any_comparison(parts));
            (inner, option::of(any_comparison(parts))).prop_map(move |(inner, then)| match then {
                Some(then) => format!("{path}[{inner}].{then}"),
                None => format!("{path}[{inner}]"),
            })
        })
        .boxed()
}

fn joined(leaf: BoxedStrategy<String>) -> BoxedStrategy<String> {
    leaf.prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            2 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            2 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            1 => inner.prop_map(|a| format!("not ({a})")),
        ]
    })
    .boxed()
}

/// A world and what is asked of it.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) users: Vec<(String, Value, Option<usize>)>,
    /// The members of each group: positions of users, and of groups before it.
    pub(super) groups: Vec<(String, Vec<usize>, Vec<usize>)>,
    user_filters: Vec<String>,
    group_filters: Vec<String>,
    sorts: Vec<(&'static str, bool, u64)>,
    group_sorts: Vec<(&'static str, bool, u64)>,
}

pub(super) fn any_case() -> impl Strategy<Value = Case> {
    let sort = |paths: &'static [(&'static str, Sort)]| (select(paths), any::<bool>(), 1..4_u64);
    let plain = |sorts: Vec<((&'static str, Sort), bool, u64)>| {
        sorts
            .into_iter()
            .filter(|((_, kind), ..)| *kind != Complex)
            .map(|((path, _), descending, count)| (path, descending, count))
            .collect::<Vec<_>>()
    };
    (
        vec(any_user(), 3..7),
        vec((any_text(), vec(0..6_usize, 0..4), vec(0..3_usize, 0..2)), 0..4),
        vec(
            joined(prop_oneof![3 => any_comparison(&USER_PATHS), 1 => any_bracketed(&BRACKETS)].boxed()),
            32,
        ),
        vec(
            joined(
                prop_oneof![3 => any_comparison(&GROUP_PATHS), 1 => any_bracketed(&GROUP_BRACKETS)].boxed(),
            ),
            10,
        ),
        vec(sort(&USER_PATHS), 4),
        vec(sort(&GROUP_PATHS), 1),
    )
        .prop_map(
            move |(users, groups, user_filters, group_filters, sorts, group_sorts)| Case {
                users,
                groups,
                user_filters,
                group_filters,
                sorts: plain(sorts),
                group_sorts: plain(group_sorts),
            },
        )
}

/// Users with each of some numbers, and every comparison of each with each.
pub(super) fn of_numbers(numbers: &[Value]) -> Case {
    let user = |number: &Value| {
        (
            "n".to_owned(),
            json!({EXTENSION: {"ratio": number}, ENTERPRISE_USER: {}}),
            None,
        )
    };
    let ops = ["eq", "ne", "gt", "ge", "lt", "le"];
    Case {
        users: numbers.iter().map(user).collect(),
        groups: Vec::new(),
        user_filters: numbers
            .iter()
            .flat_map(|number| ops.map(|op| format!("X:ratio {op} {number}")))
            .collect(),
        group_filters: Vec::new(),
        sorts: vec![("X:ratio", false, 4), ("X:ratio", true, 4)],
        group_sorts: Vec::new(),
    }
}

fn in_full(path: &str) -> String {
    path.replace("E:", &format!("{ENTERPRISE_USER}:"))
        .replace("X:", &format!("{EXTENSION}:"))
}

impl Case {
    /// The filters, with ids in the place of their names.
    pub(super) fn filters(&self, kind: Kind, ids: &Ids) -> Vec<String> {
        let filters = match kind {
            Kind::User => &self.user_filters,
            Kind::Group => &self.group_filters,
        };
        let base = super::world::BASE;
        let id = |ids: &[uuid::Uuid], position: usize| {
            ids.get(position).map_or_else(String::new, ToString::to_string)
        };
        filters
            .iter()
            .map(|text| {
                in_full(text)
                    .replace("@u0", &id(&ids.users, 0))
                    .replace("@u1", &id(&ids.users, 1))
                    .replace("@g0", &id(&ids.groups, 0))
                    .replace("@g1", &id(&ids.groups, 1))
                    .replace("@ru0", &format!("{base}/Users/{}", id(&ids.users, 0)))
                    .replace("@rg0", &format!("{base}/Groups/{}", id(&ids.groups, 0)))
            })
            .collect()
    }

    pub(super) fn sorts(&self, kind: Kind) -> Vec<(String, bool, u64)> {
        let sorts = match kind {
            Kind::User => &self.sorts,
            Kind::Group => &self.group_sorts,
        };
        sorts
            .iter()
            .map(|(path, descending, count)| (in_full(path), *descending, *count))
            .collect()
    }
}

/// The body of a user, who may have an earlier one as manager.
pub(super) fn user_body(
    step: usize,
    (name, body, manager): &(String, Value, Option<usize>),
    ids: &Ids,
) -> Object {
    let mut body = body.as_object().unwrap().clone();
    let name: String = name.chars().take(200).collect();
    body.insert("userName".to_owned(), format!("{name}{step}").into());
    if let Some(manager) = manager {
        let id = ids
            .users
            .get(*manager)
            .map_or_else(|| "M-1".to_owned(), ToString::to_string);
        body[ENTERPRISE_USER]["manager"] = json!({"value": id});
    }
    body
}

/// The body of a group, which may have earlier ones as members.
pub(super) fn group_body(
    step: usize,
    (name, users, groups): &(String, Vec<usize>, Vec<usize>),
    ids: &Ids,
) -> Object {
    let users = users.iter().filter_map(|position| ids.users.get(*position));
    let groups = groups.iter().filter_map(|position| ids.groups.get(*position));
    let members: Vec<Value> = users
        .chain(groups)
        .map(|id| json!({"value": id.to_string()}))
        .collect();
    let body = json!({
        "displayName": format!("{name}{step}"), "members": members,
        "externalId": name.chars().take(400).collect::<String>(),
    });
    body.as_object().unwrap().clone()
}

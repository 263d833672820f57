//! Filters of a query that covers several resource types (RFC 7644 §3.4.2.1): one for each, because their attributes
//! differ.

use super::{Filter, check::check_among};
use crate::{error::Error, mode::Mode, schema::ResourceType};

/// Checks a filter for a query over all of `types`: one filter for each of them, in their order.
///
/// As [`super::check()`], except that an attribute that a type does not have is unassigned there: `pr` and every
/// operator is false of it but `ne`, and `eq null` is true. An attribute that no type has is `invalidFilter`. A filter
/// that is thereby the same for all resources of a type is a [`Filter::Constant`], which stands nowhere else.
pub fn check_any(types: &[&ResourceType], filter: &Filter, mode: Mode) -> Result<Vec<Filter>, Error> {
    let mut filters = Vec::with_capacity(types.len());
    for rt in types {
        let checked = check_among(rt, types, filter.clone(), mode)?;
        filters.push(without_constants(checked));
    }
    Ok(filters)
}

/// The same filter, and no constant inside it.
fn without_constants(filter: Filter) -> Filter {
    match filter {
        Filter::And(parts) => joined(parts, false, Filter::And),
        Filter::Or(parts) => joined(parts, true, Filter::Or),
        Filter::Not(inner) => match without_constants(*inner) {
            Filter::Constant(answer) => Filter::Constant(!answer),
            inner => Filter::Not(Box::new(inner)),
        },
        Filter::ValuePath { path, filter, then } => match (without_constants(*filter), then) {
            (Filter::Constant(false), _) => Filter::Constant(false),
            (Filter::Constant(true), None) => Filter::Present(path),
            (Filter::Constant(true), Some((sub, op, value))) => Filter::ValuePath {
                path,
                filter: Box::new(Filter::Compare {
                    path: crate::path::AttrPath::simple(sub),
                    op,
                    value,
                }),
                then: None,
            },
            (filter, then) => Filter::ValuePath {
                path,
                filter: Box::new(filter),
                then,
            },
        },
        other @ (Filter::Compare { .. } | Filter::Present(_) | Filter::Constant(_)) => other,
    }
}

/// Parts of which one that is `decisive` decides, and its opposite says nothing.
fn joined(parts: Vec<Filter>, decisive: bool, join: fn(Vec<Filter>) -> Filter) -> Filter {
    let mut kept = Vec::with_capacity(parts.len());
    for part in parts {
        match without_constants(part) {
            Filter::Constant(answer) if answer == decisive => return Filter::Constant(decisive),
            Filter::Constant(_) => {}
            part => kept.push(part),
        }
    }
    if kept.len() > 1 {
        return join(kept);
    }
    kept.pop().unwrap_or(Filter::Constant(!decisive))
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        Object, ScimType,
        filter::{matches, parse},
        schema::{Attribute, Extension},
    };

    fn checked(text: &str) -> Result<[String; 2], Error> {
        let types = [&*ResourceType::user(), &*ResourceType::group()];
        let filters = check_any(&types, &parse(text, Mode::Tolerant)?, Mode::Tolerant)?;
        let texts: Vec<String> = filters.iter().map(Filter::to_string).collect();
        Ok(texts.try_into().unwrap())
    }

    fn becomes(text: &str, user: &str, group: &str) {
        assert_eq!(checked(text).unwrap(), [user, group], "{text}");
    }

    #[test]
    fn an_attribute_that_both_types_have_is_asked_of_both() {
        becomes(
            "DISPLAYNAME eq \"x\"",
            "displayName eq \"x\"",
            "displayName eq \"x\"",
        );
        becomes(
            "meta.resourceType eq User",
            "meta.resourceType eq \"User\"",
            "meta.resourceType eq \"User\"",
        );
    }

    #[test]
    fn an_attribute_of_another_type_is_unassigned() {
        for op in ["eq", "co", "sw", "ew", "gt", "ge", "lt", "le"] {
            becomes(
                &format!("userName {op} \"x\""),
                &format!("userName {op} \"x\""),
                "false",
            );
        }
        becomes("userName ne \"x\"", "userName ne \"x\"", "true");
        becomes("userName pr", "userName pr", "false");
        becomes("not (userName pr)", "not (userName pr)", "true");
        becomes("members eq null", "true", "members.value eq null");
        becomes("members ne null", "false", "members.value ne null");
        becomes("emails[type eq \"work\"]", "emails[type eq \"work\"]", "false");
        becomes(
            "not (emails[type eq \"work\"])",
            "not (emails[type eq \"work\"])",
            "true",
        );
        becomes(
            "urn:ietf:params:scim:schemas:core:2.0:Group:displayName eq \"x\"",
            "false",
            "displayName eq \"x\"",
        );
        becomes(
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"x\"",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"x\"",
            "false",
        );
    }

    #[test]
    fn a_constant_stands_only_alone() {
        becomes(
            "userName eq \"x\" or members pr or displayName pr",
            "userName eq \"x\" or displayName pr",
            "members pr or displayName pr",
        );
        becomes(
            "userName eq \"x\" and displayName pr",
            "userName eq \"x\" and displayName pr",
            "false",
        );
        becomes(
            "userName ne \"x\" and displayName pr",
            "userName ne \"x\" and displayName pr",
            "displayName pr",
        );
        becomes(
            "displayName pr and (members ne null or not (title pr and active pr))",
            "displayName pr and not (title pr and active pr)",
            "displayName pr",
        );
    }

    #[test]
    fn a_part_that_only_another_type_has_is_unassigned_too() {
        let mut other = ResourceType::clone(&ResourceType::group());
        other.name = "Team".to_owned();
        other
            .schema
            .attributes
            .iter_mut()
            .find(|attribute| attribute.name == "members")
            .unwrap()
            .sub_attributes
            .push(Attribute::new("since", crate::schema::Type::String, ""));
        let types = [&*ResourceType::group(), &other];
        for (text, expected) in [
            ("members[since eq \"x\"]", "false"),
            ("members[not (since eq \"x\")]", "members pr"),
            (
                "members[not (since pr)].value eq \"x\"",
                "members[value eq \"x\"]",
            ),
            (
                "members[value eq \"x\"].since ne \"x\"",
                "members[value eq \"x\"]",
            ),
            ("members[value eq \"x\"].since eq \"x\"", "false"),
            ("members.since eq \"x\"", "false"),
        ] {
            let filters = check_any(&types, &parse(text, Mode::Strict).unwrap(), Mode::Strict).unwrap();
            assert_eq!(filters[0].to_string(), expected, "{text}");
            assert!(!matches!(filters[1], Filter::Constant(_)), "{text}");
        }
    }

    #[test]
    fn what_no_type_has_or_a_type_cannot_answer_is_refused() {
        for (text, named) in [
            (
                "shoeSize eq \"x\"",
                "\"shoeSize\" does not exist for User or Group",
            ),
            ("userName eq \"x\" or members[kind eq \"x\"]", "\"kind\""),
            ("password eq \"x\"", "\"password\""),
            ("active gt true", "\"gt\""),
            ("members gt null", "eq or ne"),
        ] {
            let error = checked(text).unwrap_err();
            assert_eq!(error.scim_type, ScimType::InvalidFilter, "{text}");
            assert!(error.detail.contains(named), "{text}: {}", error.detail);
        }
    }

    #[test]
    fn without_types_there_is_nothing_to_ask() {
        assert!(
            check_any(&[], &parse("x pr", Mode::Strict).unwrap(), Mode::Strict)
                .unwrap()
                .is_empty()
        );
    }

    /// A type that has everything both types have: what is missing in a resource of one type is unassigned there.
    fn union() -> ResourceType {
        let mut union = ResourceType::clone(&ResourceType::user());
        let members = ResourceType::group().schema.attribute("members").unwrap().clone();
        union.schema.attributes.push(members);
        union.extensions = Vec::<Extension>::new();
        union
    }

    fn any_filter() -> impl Strategy<Value = String> {
        let term = select(vec![
            "userName eq \"a\"",
            "userName ne \"a\"",
            "members pr",
            "members.value eq \"1\"",
            "emails pr",
            "emails[type eq \"work\" or not (value pr)]",
            "members[value eq \"1\"]",
            "displayName eq \"a\"",
            "displayName pr",
            "title eq null",
            "members ne null",
            "emails[type eq \"work\"].value ne \"a\"",
        ]);
        term.prop_map(str::to_owned).prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" and "))),
                vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" or "))),
                inner.prop_map(|inner| format!("not ({inner})")),
            ]
        })
    }

    fn resources() -> [(usize, Object); 5] {
        let resources = [
            (
                0,
                json!({"userName": "a", "emails": [{"value": "a", "type": "work"}]}),
            ),
            (
                0,
                json!({"userName": "b", "displayName": "a", "title": "a", "emails": [{"type": "work"}]}),
            ),
            (0, json!({"userName": "c"})),
            (1, json!({"displayName": "a", "members": [{"value": "1"}]})),
            (1, json!({"displayName": "b"})),
        ];
        resources.map(|(index, resource)| match resource {
            Value::Object(resource) => (index, resource),
            _ => unreachable!(),
        })
    }

    proptest! {
        #[test]
        fn each_type_answers_as_one_that_has_all_attributes(text in any_filter()) {
            let types = [&*ResourceType::user(), &*ResourceType::group()];
            let Ok(parsed) = parse(&text, Mode::Strict) else {
                return Err(TestCaseError::reject("too deep"));
            };
            let filters = check_any(&types, &parsed, Mode::Strict).unwrap();
            let union = union();
            let whole = super::super::check(&union, parsed, Mode::Strict).unwrap();
            for (index, resource) in resources() {
                prop_assert_eq!(
                    matches(types[index], &filters[index], &resource),
                    matches(&union, &whole, &resource),
                    "{} as {} of {:?}", text, filters[index], resource
                );
            }
        }
    }
}

//! Sorting (RFC 7644 §3.4.2.3): by which attribute, and which of two resources is first. It sorts nothing itself; the
//! domain's SQL must agree with [`compare`].

use std::cmp::Ordering;

use serde_json::Value;

use crate::{
    Error, Object,
    filter::{comparable, matches::numeric},
    path::AttrPath,
    schema::{Attribute, ResourceType, Target},
};

/// By which attribute resources are sorted, and in which direction.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sort {
    /// The canonical path of an attribute that is not complex. A URN remains only where it is an extension's.
    pub path: AttrPath,
    /// Largest first.
    pub descending: bool,
}

impl Sort {
    /// Reads `sortBy` and `sortOrder` for a resource type. The order is ascending unless it says otherwise.
    ///
    /// A multi-valued complex attribute is sorted by its `value`. Whatever cannot be sorted by is `invalidValue` and
    /// named: sorting is advertised, so resources never come silently in another order.
    pub fn parse(rt: &ResourceType, sort_by: &str, sort_order: Option<&str>) -> Result<Self, Error> {
        let sort_by = sort_by.trim();
        let path = AttrPath::read(sort_by).map_err(|problem| {
            Error::value(format!(
                "sortBy {problem}: name one attribute, as in \"userName\" or \"name.familyName\"."
            ))
        })?;
        let Some(target) = rt.find(path.urn.as_deref(), &path.name, path.sub.as_deref()) else {
            return Err(Error::value(format!(
                "sortBy names \"{path}\", which is no attribute of {}: check its spelling and its schema URN.",
                rt.name
            )));
        };
        // The order of resources would tell a secret apart.
        let (sorted_by, leaf) = leaf(&target, &path)?;
        if target.attribute.is_secret() || leaf.is_secret() {
            return Err(Error::value(format!(
                "sortBy names \"{path}\", by which resources cannot be sorted."
            )));
        }
        Ok(Self {
            path: sorted_by,
            descending: is_descending(sort_order)?,
        })
    }
}

/// Which of two rendered resources is first. What neither tells apart is [`Ordering::Equal`].
///
/// Of several values the primary one counts, else the first. Values are compared by their type, text without regard to
/// case unless the attribute is caseExact. A resource without a value is last when ascending, first when descending.
pub fn compare(rt: &ResourceType, sort: &Sort, a: &Object, b: &Object) -> Ordering {
    let ascending = match (value(rt, sort, a), value(rt, sort, b)) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(a), Some(b)) => compare_values(&a, &b),
    };
    if sort.descending {
        ascending.reverse()
    } else {
        ascending
    }
}

/// The attribute whose values are compared, with its canonical path.
fn leaf<'a>(target: &Target<'a>, sent: &AttrPath) -> Result<(AttrPath, &'a Attribute), Error> {
    let sub = if target.leaf().is_complex() {
        let subs = &target.attribute.sub_attributes;
        match target.attribute.sub_attribute("value") {
            Some(value) if target.attribute.multi_valued => Some(value),
            _ => {
                return Err(Error::value(format!(
                    "sortBy names \"{sent}\", which has parts: name one of them, such as \"{sent}.{}\".",
                    subs.first().map_or("value", |sub| sub.name.as_str())
                )));
            }
        }
    } else {
        target.sub
    };
    let path = AttrPath {
        urn: target.extension.map(str::to_owned),
        name: target.attribute.name.clone(),
        sub: sub.map(|sub| sub.name.clone()),
    };
    Ok((path, sub.unwrap_or(target.attribute)))
}

fn is_descending(sort_order: Option<&str>) -> Result<bool, Error> {
    match sort_order.map(str::trim) {
        None => Ok(false),
        Some(order) if order.eq_ignore_ascii_case("ascending") => Ok(false),
        Some(order) if order.eq_ignore_ascii_case("descending") => Ok(true),
        Some(order) => {
            let shown: String = order.chars().take(100).collect();
            Err(Error::value(format!(
                "sortOrder is \"{shown}\": send ascending or descending."
            )))
        }
    }
}

/// The value that counts, in comparable form.
fn value(rt: &ResourceType, sort: &Sort, resource: &Object) -> Option<Value> {
    let AttrPath { urn, name, sub } = &sort.path;
    let target = rt.find(urn.as_deref(), name, sub.as_deref())?;
    let found = match target.extension {
        Some(urn) => resource.get(urn)?.get(&target.attribute.name)?,
        None => resource.get(&target.attribute.name)?,
    };
    let first = comparable::in_order(found).into_iter().next()?;
    let value = match target.sub {
        Some(sub) => first.get(&sub.name)?,
        None => first,
    };
    comparable::scalar(target.leaf(), value)
}

/// Which of two values in comparable form is first, by their type.
pub fn compare_values(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => numeric(a, b).unwrap_or(Ordering::Equal),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        ScimType,
        schema::{Extension, Mutability, Schema, Type},
    };

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    fn parsed(sort_by: &str) -> String {
        Sort::parse(&ResourceType::user(), sort_by, None)
            .unwrap()
            .path
            .to_string()
    }

    fn refusal(sort_by: &str, sort_order: Option<&str>) -> String {
        let error = Sort::parse(&ResourceType::user(), sort_by, sort_order).unwrap_err();
        assert_eq!(error.scim_type, ScimType::InvalidValue, "{sort_by}");
        error.detail
    }

    /// The ids of users in order; equal ones stay as they are given.
    fn sorted(rt: &ResourceType, sort_by: &str, order: &str, users: &Value) -> Vec<i64> {
        let sort = Sort::parse(rt, sort_by, Some(order)).unwrap();
        let mut users: Vec<&Object> = users
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user.as_object().unwrap())
            .collect();
        users.sort_by(|a, b| compare(rt, &sort, a, b));
        users.iter().map(|user| user["id"].as_i64().unwrap()).collect()
    }

    #[test]
    fn the_path_becomes_canonical() {
        assert_eq!(parsed(" USERNAME "), "userName");
        assert_eq!(
            parsed("urn:ietf:params:scim:schemas:core:2.0:User:name.FAMILYNAME"),
            "name.familyName"
        );
        assert_eq!(parsed("emails"), "emails.value");
        assert_eq!(parsed("meta.lastmodified"), "meta.lastModified");
        assert_eq!(
            parsed(&format!("{ENTERPRISE}:manager.value")),
            format!("{ENTERPRISE}:manager.value")
        );
    }

    #[test]
    fn what_cannot_be_sorted_by_is_named() {
        assert!(refusal("name", None).contains("\"name.formatted\""));
        assert!(refusal("addresses", None).contains("\"addresses.formatted\""));
        assert!(refusal("shoeSize", None).contains("\"shoeSize\""));
        assert!(refusal("department", None).contains("\"department\""));
        assert!(refusal("password", None).contains("\"password\""));
        assert!(refusal("", None).contains("sortBy"));
        assert!(refusal("userName,title", None).contains("sortBy"));
    }

    #[test]
    fn what_no_answer_shows_cannot_be_sorted_by() {
        let mut rt = ResourceType::clone(&ResourceType::user());
        for attribute in &mut rt.schema.attributes {
            for part in &mut attribute.sub_attributes {
                if attribute.name == "emails" && part.name == "value" {
                    part.mutability = Mutability::WriteOnly;
                }
            }
        }
        for sort_by in ["emails", "emails.value"] {
            let error = Sort::parse(&rt, sort_by, None).unwrap_err();
            assert!(error.detail.contains("cannot be sorted"), "{}", error.detail);
        }
        assert!(Sort::parse(&rt, "emails.type", None).is_ok());
    }

    #[test]
    fn the_order_is_one_of_two_words_in_any_case() {
        let rt = ResourceType::user();
        let descending = |order| Sort::parse(&rt, "userName", order).unwrap().descending;
        assert!(!descending(None) && !descending(Some("Ascending")));
        assert!(descending(Some("DESCENDING")));
        for order in ["desc", "", "-1"] {
            assert!(refusal("userName", Some(order)).contains("ascending or descending"));
        }
    }

    #[test]
    fn text_is_sorted_without_case_unless_it_is_case_exact() {
        let users = json!([
            {"id": 1, "userName": "b", "externalId": "b"},
            {"id": 2, "userName": "A", "externalId": "a"},
            {"id": 3, "userName": "C", "externalId": "B"},
        ]);
        let rt = ResourceType::user();
        assert_eq!(sorted(&rt, "userName", "ascending", &users), [2, 1, 3]);
        assert_eq!(sorted(&rt, "userName", "descending", &users), [3, 1, 2]);
        assert_eq!(sorted(&rt, "externalId", "ascending", &users), [3, 2, 1]);
    }

    #[test]
    fn a_resource_without_a_value_is_last_when_ascending_and_first_when_descending() {
        let users = json!([
            {"id": 1, "title": ""},
            {"id": 2, "title": "b"},
            {"id": 3},
            {"id": 4, "title": "a"},
        ]);
        let rt = ResourceType::user();
        assert_eq!(sorted(&rt, "title", "ascending", &users), [4, 2, 1, 3]);
        assert_eq!(sorted(&rt, "title", "descending", &users), [1, 3, 2, 4]);
    }

    #[test]
    fn of_several_values_the_primary_counts_else_the_first() {
        let users = json!([
            {"id": 1, "emails": [{"value": "a"}, {"value": "z", "primary": true}]},
            {"id": 2, "emails": [{"value": "m"}, {"value": "a", "primary": false}]},
            {"id": 3, "emails": [{"type": "work", "primary": true}, {"value": "a"}]},
            {"id": 4, "emails": [{"value": ""}, {"value": "b"}]},
        ]);
        let rt = ResourceType::user();
        assert_eq!(sorted(&rt, "emails", "ascending", &users), [4, 2, 1, 3]);
    }

    #[test]
    fn dates_numbers_and_booleans_are_sorted_by_their_type() {
        let mut rt = ResourceType::clone(&ResourceType::user());
        rt.extensions.push(Extension {
            schema: Schema {
                id: "urn:example:sorted".to_owned(),
                name: String::new(),
                description: String::new(),
                attributes: vec![Attribute::new("level", Type::Integer, "")],
            },
            required: false,
        });
        let users = json!([
            {"id": 1, "active": true, "urn:example:sorted": {"level": 10},
             "meta": {"created": "2026-01-01T02:00:00+02:00"}},
            {"id": 2, "active": false, "urn:example:sorted": {"level": 9},
             "meta": {"created": "2026-01-01T01:00:00Z"}},
            {"id": 3, "active": true, "urn:example:sorted": {"level": -1},
             "meta": {"created": "2026-01-01T00:00:00.5Z"}},
        ]);
        assert_eq!(sorted(&rt, "meta.created", "ascending", &users), [1, 3, 2]);
        assert_eq!(
            sorted(&rt, "urn:example:sorted:level", "ascending", &users),
            [3, 2, 1]
        );
        assert_eq!(sorted(&rt, "active", "ascending", &users), [2, 1, 3]);
    }
}

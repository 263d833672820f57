//! Comparing comparable forms by plain order gives what `matches` gives, for random users and filters.

use std::cmp::Ordering;

use proptest::prelude::*;
use serde_json::{Number, json};

use super::{
    super::{CompareOp, Filter, check, matches, parse},
    random::{EXTENSION, any_filter, any_user, every_type},
    *,
};
use crate::mode::Mode;

/// What a database does: it knows the flat document, and compares bytes and numbers.
fn flat_matches(rt: &ResourceType, filter: &Filter, flat: &Object) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| flat_matches(rt, part, flat)),
        Filter::Or(parts) => parts.iter().any(|part| flat_matches(rt, part, flat)),
        Filter::Not(inner) => !flat_matches(rt, inner, flat),
        Filter::Present(path) => {
            let target = rt
                .find(path.urn.as_deref(), &path.name, path.sub.as_deref())
                .unwrap();
            let elements = flat.get(&comparable_key(&target)).and_then(Value::as_array);
            elements.is_some_and(|elements| {
                elements
                    .iter()
                    .any(|element| target.sub.is_none_or(|sub| element.get(&sub.name).is_some()))
            })
        }
        Filter::Compare { path, op, value } => {
            let target = rt
                .find(path.urn.as_deref(), &path.name, path.sub.as_deref())
                .unwrap();
            let values: Vec<Option<&Value>> = match flat.get(&comparable_key(&target)) {
                None => vec![None],
                Some(elements) => elements
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|element| target.sub.map_or(Some(element), |sub| element.get(&sub.name)))
                    .collect(),
            };
            flat_compare(target.leaf(), *op, value, &values)
        }
        Filter::ValuePath { path, filter, then } => {
            let target = rt.find(path.urn.as_deref(), &path.name, None).unwrap();
            let elements = flat.get(&comparable_key(&target)).and_then(Value::as_array);
            elements.is_some_and(|elements| {
                elements.iter().any(|element| {
                    flat_element(target.attribute, filter, element)
                        && then.as_ref().is_none_or(|(sub, op, value)| {
                            let leaf = target.attribute.sub_attribute(sub).unwrap();
                            flat_compare(leaf, *op, value, &[element.get(&leaf.name)])
                        })
                })
            })
        }
        Filter::Constant(answer) => *answer,
    }
}

fn flat_element(attribute: &Attribute, filter: &Filter, element: &Value) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| flat_element(attribute, part, element)),
        Filter::Or(parts) => parts.iter().any(|part| flat_element(attribute, part, element)),
        Filter::Not(inner) => !flat_element(attribute, inner, element),
        Filter::Present(path) => element.get(&path.name).is_some(),
        Filter::Compare { path, op, value } => {
            let leaf = attribute.sub_attribute(&path.name).unwrap();
            flat_compare(leaf, *op, value, &[element.get(&leaf.name)])
        }
        Filter::ValuePath { .. } | Filter::Constant(_) => unreachable!(),
    }
}

fn flat_compare(leaf: &Attribute, op: CompareOp, literal: &Literal, values: &[Option<&Value>]) -> bool {
    let Some(literal) = comparable_literal(leaf, literal) else {
        let is_present = values.iter().any(Option::is_some);
        return is_present == (op == CompareOp::Ne);
    };
    values.iter().any(|value| {
        let Some(value) = value else {
            return op == CompareOp::Ne;
        };
        match (value, &literal) {
            (Value::String(value), Value::String(literal)) => match op {
                CompareOp::Co => value.contains(literal.as_str()),
                CompareOp::Sw => value.starts_with(literal.as_str()),
                CompareOp::Ew => value.ends_with(literal.as_str()),
                _ => holds(op, value.as_bytes().cmp(literal.as_bytes())),
            },
            (Value::Bool(value), Value::Bool(literal)) => holds(op, value.cmp(literal)),
            (Value::Number(value), Value::Number(literal)) => holds(op, by_value(value, literal)),
            other => panic!("{other:?}"),
        }
    })
}

fn holds(op: CompareOp, ordering: Ordering) -> bool {
    match op {
        CompareOp::Eq => ordering.is_eq(),
        CompareOp::Ne => ordering.is_ne(),
        CompareOp::Gt => ordering.is_gt(),
        CompareOp::Ge => ordering.is_ge(),
        CompareOp::Lt => ordering.is_lt(),
        CompareOp::Le => ordering.is_le(),
        CompareOp::Co | CompareOp::Sw | CompareOp::Ew => unreachable!("text only"),
    }
}

/// The numbers of these tests are small enough for a float.
fn by_value(a: &Number, b: &Number) -> Ordering {
    a.as_f64().unwrap().partial_cmp(&b.as_f64().unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 1_000_000, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn plain_order_of_comparable_forms_answers_as_matches_does(user in any_user(), filter in any_filter()) {
        let rt = every_type();
        let Ok(filter) = check(&rt, filter, Mode::Strict) else {
            return Err(TestCaseError::reject("operator and type do not fit"));
        };
        let flat = comparable(&rt, &user);
        prop_assert_eq!(flat_matches(&rt, &filter, &flat), matches(&rt, &filter, &user), "{} of {:?}", filter, flat);
    }

    #[test]
    fn the_order_of_dates_is_the_order_in_time(a in any::<i64>(), b in any::<i64>(), nanos in 0..1_000_000_000_i32) {
        let at = |second: i64, nanos| Timestamp::new(second % 377_705_000_000 , nanos);
        if let (Ok(a), Ok(b)) = (at(a, nanos), at(b, 0)) {
            prop_assert_eq!(comparable_date(a).cmp(&comparable_date(b)), a.cmp(&b));
        }
    }
}

#[test]
fn every_operator_on_every_type_answers_as_matches_does() {
    let rt = every_type();
    let user = json!({EXTENSION: {
        "exact": "aB", "insured": true, "level": 1, "ratio": 0.5, "hired": "2026-05-13T04:42:34Z",
        "page": "aB", "badge": "aB",
    }});
    let user = user.as_object().unwrap();
    let flat = comparable(&rt, user);
    let mut asked = 0;
    for (name, literals) in [
        ("exact", vec!["\"aB\"", "\"ab\"", "\"a\"", "null"]),
        ("insured", vec!["true", "false", "null"]),
        ("level", vec!["1", "1.0", "0.5", "2", "null"]),
        ("ratio", vec!["0.5", "0", "5e-1", "null"]),
        (
            "hired",
            vec![
                "\"2026-05-13T06:42:34+02:00\"",
                "\"2026-05-13T04:42:34.1Z\"",
                "null",
            ],
        ),
        ("page", vec!["\"aB\"", "\"AB\"", "null"]),
        ("badge", vec!["\"aB\"", "\"AB\"", "null"]),
    ] {
        for (op, literal) in CompareOp::ALL
            .iter()
            .flat_map(|op| literals.iter().map(move |literal| (op, literal)))
        {
            let text = format!("{EXTENSION}:{name} {op} {literal}");
            let Ok(filter) = check(&rt, parse(&text, Mode::Strict).unwrap(), Mode::Strict) else {
                continue;
            };
            asked += 1;
            assert_eq!(
                flat_matches(&rt, &filter, &flat),
                matches(&rt, &filter, user),
                "{text}"
            );
        }
    }
    assert!(asked > 100, "{asked}");
}

#[test]
fn the_form_is_flat_and_only_what_is_present_is_in_it() {
    let user = json!({
        "userName": "Babs", "externalId": "Ext", "title": "", "active": false,
        "name": {"familyName": "Jensen", "givenName": ""},
        "emails": [{"value": ""}, {"value": "B@Home", "type": "home"}, {"value": "B@Work", "primary": true}],
        "phoneNumbers": [{"value": ""}],
        "members": [{"value": "1"}],
        "groups": [{"value": "1"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "department": "Sales", "manager": {"value": "M-1"}, "unknown": "x",
        },
        "urn:example:undeclared": {"a": "b"},
    });
    assert_eq!(
        Value::Object(comparable(&ResourceType::user(), user.as_object().unwrap())),
        json!({
            "userName": ["babs"],
            "name": [{"familyName": "jensen"}],
            "active": [false],
            "emails": [{"value": "b@work", "primary": true}, {"value": "b@home", "type": "home"}],
            "externalId": ["Ext"],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": ["sales"],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager": [{"value": "M-1"}],
        })
    );
}

#[test]
fn a_value_that_is_not_of_its_type_is_left_out() {
    let user = json!({"active": "yes", "title": 5, EXTENSION: {"hired": "yesterday", "level": "1"}});
    assert!(comparable(&every_type(), user.as_object().unwrap()).is_empty());
}

#[test]
fn a_date_has_21_digits_at_both_ends_of_time() {
    for timestamp in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
        let text = comparable_date(timestamp);
        assert!(
            text.len() == 21 && text.bytes().all(|byte| byte.is_ascii_digit()),
            "{text}"
        );
    }
    assert_eq!(comparable_date(Timestamp::UNIX_EPOCH), "377705116800000000000");
}

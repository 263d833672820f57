//! The bound on the work of one request, and requests that would cost much without it.

use std::time::{Duration, Instant};

use super::*;
use crate::patch::MAX_OPERATIONS;

/// A user whose attribute holds a hundred values of 2 KiB.
fn heavy(text: &str) -> Value {
    let length = 2_040 / text.len();
    let photos: Vec<Value> = (0..100)
        .map(
            |number| json!({"value": format!("{}{number}", text.repeat(length)), "type": number.to_string()}),
        )
        .collect();
    json!({"userName": "x", "roles": photos})
}

/// The longest refusal on a machine that builds something else besides; without the bound it was minutes.
const SOON: Duration = Duration::from_secs(10);

fn refused_soon(stored: Value, operations: Value) {
    let start = Instant::now();
    let error = patch(Mode::Tolerant, stored, operations).unwrap_err();
    assert_eq!(error.scim_type, ScimType::InvalidValue);
    assert!(error.detail.contains("32 MiB"), "{}", error.detail);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[test]
fn a_thousand_long_filters_on_long_values_are_refused() {
    let filter = vec!["value co \"zzz\""; 64].join(" or ");
    let operation = json!({"op": "remove", "path": format!("roles[{filter}]")});
    for text in ["a", "ä"] {
        refused_soon(heavy(text), json!(vec![operation.clone(); MAX_OPERATIONS]));
    }
}

#[test]
fn a_thousand_lists_of_new_values_against_long_values_are_refused() {
    // Spellings of one name, so that there is one new value, but a hundred to compare.
    let ids: Vec<String> = (0..100_u32)
        .map(|number| {
            let letter = |(index, c): (usize, char)| match number >> index & 1 {
                1 => c.to_ascii_uppercase(),
                _ => c,
            };
            "abcdefg".char_indices().map(letter).collect()
        })
        .collect();
    let mut stored = heavy("a");
    stored["roles"].as_array_mut().unwrap().pop();
    for op in ["add", "remove"] {
        let operation = json!({"op": op, "path": "roles", "value": ids});
        refused_soon(stored.clone(), json!(vec![operation; MAX_OPERATIONS]));
    }
}

#[test]
fn filters_on_members_that_are_read_are_few() {
    let operations = |count: usize| {
        json!(vec![
            json!({"op": "remove", "path": "members[type eq \"User\"]"});
            count
        ])
    };
    assert_eq!(group(Mode::Tolerant, operations(64)).unwrap().detached.len(), 64);
    let error = group(Mode::Tolerant, operations(65)).unwrap_err();
    assert_eq!(error.scim_type, ScimType::InvalidValue);
    // Members that are named cost nothing of the kind.
    let named = json!(vec![
        json!({"op": "remove", "path": "members[value eq \"a\"]"});
        MAX_OPERATIONS
    ]);
    assert_eq!(
        group(Mode::Tolerant, named).unwrap().detached.len(),
        MAX_OPERATIONS
    );
}

#[test]
fn a_thousand_ordinary_operations_are_applied() {
    let mut operations = Vec::new();
    for number in 0..500 {
        operations.push(json!({"op": "Replace", "path": "emails[type eq \"work\" and primary eq true].value", "value": format!("{number}@example.com")}));
        operations.push(
            json!({"op": "Add", "path": "roles", "value": [{"value": format!("role {}", number % 100)}]}),
        );
    }
    let applied = patch(Mode::Tolerant, babs(), json!(operations)).unwrap();
    assert_eq!(applied.resource["emails"][0]["value"], "499@example.com");
    assert_eq!(applied.resource["roles"].as_array().unwrap().len(), 100);
}

#[test]
fn undeclared_extensions_end_at_their_number_before_they_cost_time() {
    let many = |count: usize| -> Value {
        (0..count)
            .map(|number| (format!("urn:x:{number}"), json!({"a": 1})))
            .collect()
    };
    let applied = patch(Mode::Tolerant, babs(), json!([{"op": "add", "value": many(100)}])).unwrap();
    assert_eq!(applied.resource.len(), babs().as_object().unwrap().len() + 100);
    let start = Instant::now();
    let (scim_type, detail) = refusal(Mode::Tolerant, json!([{"op": "add", "value": many(50_000)}]));
    assert_eq!(scim_type, ScimType::InvalidValue);
    assert!(detail.contains("more than 100 extensions"), "{detail}");

    let attributes = |count: usize| -> Value {
        (0..count)
            .map(|number| (format!("a{number}"), json!(1)))
            .collect()
    };
    let written = |count: usize| json!([{"op": "add", "path": "urn:x:y", "value": attributes(count)}]);
    assert!(patch(Mode::Tolerant, babs(), written(256)).is_ok());
    let (scim_type, detail) = refusal(Mode::Tolerant, written(50_000));
    assert_eq!(scim_type, ScimType::InvalidValue);
    assert!(detail.contains("more than 256 attributes"), "{detail}");
    assert!(start.elapsed() < SOON);
}

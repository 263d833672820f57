//! Random jobs: the order respects every reference, and no reference is lost.

use std::collections::{HashMap, HashSet};

use proptest::{collection::vec, option, prelude::*};
use serde_json::{Value, json};

use super::{
    Method, Outcome,
    tests::{ENTERPRISE, job},
};

/// Users and groups that refer to each other at random, and later operations on them.
fn any_operations() -> impl Strategy<Value = Vec<Value>> {
    let names = || vec(0..8_usize, 0..4);
    let operation = (0..7_u8, 0..8_usize, names(), option::of(0..8_usize));
    vec(operation, 1..12).prop_map(|drawn| {
        let members = |names: &[usize]| -> Vec<Value> {
            names.iter().map(|name| json!({"value": format!("bulkId:{name}")})).collect()
        };
        drawn.into_iter().enumerate().map(|(index, (kind, target, names, one))| {
            let required = one.filter(|_| kind == 1).map_or("x".to_owned(), |name| format!("bulkId:{name}"));
            match kind {
                0..=2 => json!({"method": "POST", "path": "/Groups", "bulkId": index.to_string(),
                    "data": {"displayName": required, "members": members(&names)}}),
                3 => json!({"method": "POST", "path": "/Users", "bulkId": index.to_string(), "data": {"userName": "u",
                    ENTERPRISE: {"department": "x", "manager": one.map(|name| json!({"value": format!("bulkId:{name}")}))}}}),
                4 => json!({"method": "PATCH", "path": format!("/Groups/bulkId:{target}"),
                    "data": [{"op": "add", "path": "members", "value": members(&names)}]}),
                5 => json!({"method": "PUT", "path": format!("/Groups/g{target}"),
                    "data": {"displayName": "x", "members": members(&names)}}),
                _ => json!({"method": "DELETE", "path": format!("/Groups/g{target}")}),
            }
        }).collect()
    })
}

fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_operation_is_answered_once_and_nothing_runs_before_what_it_refers_to(operations in any_operations()) {
        let mut job = job(&Value::from(operations.clone()), None);
        let (mut created, mut done) = (HashSet::new(), HashSet::new());
        let mut sent: HashMap<usize, Vec<String>> = HashMap::new();
        let mut last_on: HashMap<String, usize> = HashMap::new();
        while let Some(step) = job.next() {
            let mut found = Vec::new();
            texts(&step.data.clone().map_or(Value::Null, Value::Object), &mut found);
            found.extend(step.path.id.clone());
            for text in &found {
                prop_assert!(!text.contains("bulkId:"), "{:?}", step);
                if let Some(name) = text.strip_prefix("id-") {
                    prop_assert!(created.contains(name), "{:?}", step);
                }
            }
            sent.entry(step.index).or_default().extend(found);
            let is_follow_up = !done.insert(step.index);
            if let (Some(id), false) = (&step.path.id, is_follow_up) {
                let before = last_on.insert(id.clone(), step.index);
                prop_assert!(before.is_none_or(|before| before < step.index), "{:?}", step);
            }
            job.finish(if step.method == Method::Post {
                created.insert(step.index.to_string());
                Outcome::Created { id: format!("id-{}", step.index), version: None }
            } else {
                Outcome::Done { status: 200, version: None }
            });
        }
        // Every reference of an operation that succeeded has arrived, at once or afterwards.
        let response = job.response();
        let results = response["Operations"].as_array().unwrap();
        prop_assert_eq!(results.len(), operations.len());
        for (index, (operation, result)) in operations.iter().zip(results).enumerate() {
            prop_assert_eq!(&operation["method"], &result["method"]);
            if result.get("response").is_some() {
                continue;
            }
            let mut wanted = Vec::new();
            texts(&operation["data"], &mut wanted);
            for name in wanted.iter().filter_map(|text| text.strip_prefix("bulkId:")) {
                prop_assert!(sent[&index].contains(&format!("id-{name}")), "{} {:?}", name, operation);
            }
        }
    }

    #[test]
    fn an_operation_fails_only_for_what_is_unknown_or_required_in_a_circle(operations in any_operations()) {
        let required = operations.iter().any(|operation| operation["data"]["displayName"].as_str().is_some_and(|name| name != "x"));
        let posts: HashSet<&str> = operations.iter().filter_map(|operation| operation["bulkId"].as_str()).collect();
        let is_known = operations.iter().all(|operation| {
            let mut found = Vec::new();
            texts(operation, &mut found);
            found.iter().filter_map(|text| text.rsplit('/').next()?.strip_prefix("bulkId:")).all(|name| posts.contains(name))
        });
        let job = job(&Value::from(operations), None);
        prop_assert_eq!(job.plan().turns.len(), job.plan().needs.len() + job.plan().follow_ups.len());
        if is_known && !required {
            prop_assert!(job.plan().refusals.is_empty());
        }
    }
}

//! Compares an answer with what a file says that must be answered. What is sent, and in which order, is the
//! conversation's.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::{
    client::Answer,
    expectation::differences,
    template::{Variables, filled, value_of},
};

/// What must be answered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Expectation {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    /// Like `body`, but nothing else may be there.
    exact_body: Option<Value>,
    /// There is no body at all.
    #[serde(default)]
    no_body: bool,
    /// JSON pointers to what must not be there.
    #[serde(default)]
    absent: Vec<String>,
    /// Nowhere in the body is a null.
    #[serde(default)]
    no_null: bool,
    /// Variables, and the JSON pointers to their values.
    #[serde(default)]
    capture: BTreeMap<String, String>,
    /// For reads: how quick the quickest of some attempts has to be.
    pub(crate) within_milliseconds: Option<u64>,
}

/// Compares an answer with what was expected, and keeps what was to be captured.
pub(crate) fn judge(expected: &Expectation, answer: &Answer, variables: &mut Variables) -> Vec<String> {
    let mut problems = Vec::new();
    if answer.status != expected.status {
        problems.push(format!(
            "expected the status {}, but it is {}",
            expected.status, answer.status
        ));
        return problems;
    }
    if expected.no_body {
        if !answer.body.is_empty() {
            problems.push("expected no body".to_owned());
        }
        judge_headers(expected, answer, variables, &mut problems);
        return problems;
    }
    let Ok(actual) = serde_json::from_slice::<Value>(&answer.body) else {
        problems.push("expected JSON".to_owned());
        return problems;
    };
    // First, so that headers can be compared with what is in the body.
    for (name, pointer) in &expected.capture {
        match actual.pointer(pointer) {
            Some(value) => _ = variables.insert(name.clone(), value.clone()),
            None => problems.push(format!("{pointer}: nothing to capture as {name}")),
        }
    }
    judge_headers(expected, answer, variables, &mut problems);
    if expected.no_null {
        nulls("", &actual, &mut problems);
    }
    if let Some(body) = &expected.body {
        match value_of(body, variables) {
            Ok(body) => problems.extend(differences(&body, &actual)),
            Err(error) => problems.push(error),
        }
    }
    if let Some(body) = &expected.exact_body {
        match value_of(body, variables) {
            Ok(body) if body == actual => {}
            Ok(body) => problems.push(format!("expected exactly {body}")),
            Err(error) => problems.push(error),
        }
    }
    for pointer in &expected.absent {
        if let Some(found) = actual.pointer(pointer) {
            problems.push(format!("{pointer}: expected nothing, but it is {found}"));
        }
    }
    problems
}

fn judge_headers(expected: &Expectation, answer: &Answer, variables: &Variables, problems: &mut Vec<String>) {
    for (name, value) in &expected.headers {
        match (filled(value, variables, str::to_owned), answer.header(name)) {
            (Err(error), _) => problems.push(error),
            (Ok(value), found) if found == Some(value.as_str()) => {}
            (Ok(value), found) => problems.push(format!("expected {name}: {value}, but it is {found:?}")),
        }
    }
}

fn nulls(pointer: &str, actual: &Value, problems: &mut Vec<String>) {
    match actual {
        Value::Null => problems.push(format!("{pointer}: expected no null")),
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                nulls(&format!("{pointer}/{index}"), element, problems);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                nulls(&format!("{pointer}/{key}"), member, problems);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_expectation_can_fail() {
        let answer = Answer {
            status: 200,
            headers: [("etag".parse().unwrap(), "W/\"1\"".parse().unwrap())]
                .into_iter()
                .collect(),
            body: br#"{"id": "x", "more": 1, "none": [{"at": null}]}"#.to_vec(),
        };
        let problems = |expected: Value| {
            judge(
                &serde_json::from_value(expected).unwrap(),
                &answer,
                &mut Variables::new(),
            )
        };
        let none = Vec::<String>::new();
        assert_eq!(
            problems(json!({"status": 200, "headers": {"ETag": "W/\"1\""}, "body": {"id": "x"}})),
            none
        );
        assert_eq!(
            problems(
                json!({"status": 200, "exactBody": {"more": 1, "id": "x", "none": [{"at": null}]}, "absent": ["/less"]})
            ),
            none
        );
        for expected in [
            json!({"status": 201}),
            json!({"status": 200, "headers": {"ETag": "W/\"2\""}}),
            json!({"status": 200, "headers": {"Location": "x"}}),
            json!({"status": 200, "body": {"id": "y"}}),
            json!({"status": 200, "exactBody": {"id": "x"}}),
            json!({"status": 200, "noBody": true}),
            json!({"status": 200, "absent": ["/more"]}),
            json!({"status": 200, "noNull": true}),
            json!({"status": 200, "capture": {"it": "/less"}}),
        ] {
            assert_eq!(problems(expected.clone()).len(), 1, "{expected}");
        }
    }

    #[test]
    fn an_answer_without_a_body_still_has_its_headers_compared() {
        let answer = Answer {
            status: 204,
            headers: [("etag".parse().unwrap(), "W/\"1\"".parse().unwrap())]
                .into_iter()
                .collect(),
            body: Vec::new(),
        };
        let problems = |etag: &str| {
            let expected = json!({"status": 204, "noBody": true, "headers": {"ETag": etag}});
            judge(
                &serde_json::from_value(expected).unwrap(),
                &answer,
                &mut Variables::new(),
            )
        };
        assert_eq!(problems("W/\"1\""), Vec::<String>::new());
        assert_eq!(problems("W/\"2\"").len(), 1);
    }
}

//! Replays a conversation that an identity provider has with the gateway, from a file in `tests/idp`. It holds no
//! expectation of its own: what is sent and what must be answered is in the file.
//!
//! Paths are relative to the SCIM base URL and stand as they are on the wire. `{name}` is a variable: one of
//! `{authorization}`, `{token}` and `{base}` (the public base URL), one that the file defines, or one that an earlier
//! exchange captured.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    client::{Answer, Client},
    expectation::differences,
    harness::{Installation, Organization},
    template::{Variables, filled, percent_encoded, value_of},
};

/// How often a read may be repeated to be as quick as it must: other tests run on the same machine.
const ATTEMPTS: usize = 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conversation {
    /// What this is a conversation of; for readers.
    #[serde(rename = "about")]
    _about: String,
    /// Settings of the organization, as `wicketgate org set` takes them.
    #[serde(default)]
    settings: Vec<String>,
    #[serde(default)]
    variables: Variables,
    /// The headers of each method.
    headers: BTreeMap<String, BTreeMap<String, String>>,
    exchanges: Vec<Exchange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    name: String,
    request: Request,
    expect: Expectation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    method: String,
    path: String,
    /// In the place of the method's.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Expectation {
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
    /// Variables, and the JSON pointers to their values.
    #[serde(default)]
    capture: BTreeMap<String, String>,
    /// For reads: how quick the quickest of some attempts has to be.
    within_milliseconds: Option<u64>,
}

/// Replays the conversation in `tests/idp/{file}` in a new organization.
pub(crate) fn replay(installation: &Installation<'_>, file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/idp").join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let conversation: Conversation =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));

    let organization = installation.organization("Acme");
    if !conversation.settings.is_empty() {
        let set: Vec<&str> = ["org", "set", "--org", &organization.id]
            .into_iter()
            .chain(conversation.settings.iter().map(String::as_str))
            .collect();
        installation.run(&set);
    }
    let server = installation.serve();
    let client = server.client(&organization).with_authorization(None);
    let mut variables = variables(&organization);
    variables.extend(conversation.variables);
    for (index, exchange) in conversation.exchanges.iter().enumerate() {
        let place = format!("{file}, step {}: {}", index + 1, exchange.name);
        let headers = conversation.headers.get(&exchange.request.method);
        let headers = headers.unwrap_or_else(|| panic!("{place}: the file has no headers for this method"));
        if let Err(problems) = converse(&client, headers, exchange, &mut variables) {
            panic!("{place}\n  {}", problems.join("\n  "));
        }
    }
    server.stop();
}

fn variables(organization: &Organization) -> Variables {
    [
        ("token", organization.token.clone()),
        ("authorization", format!("Bearer {}", organization.token)),
        ("base", organization.public_base.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), Value::String(value)))
    .into()
}

/// Has one exchange. What was wrong with it comes with what was sent and what was answered.
fn converse(
    client: &Client,
    headers: &BTreeMap<String, String>,
    exchange: &Exchange,
    variables: &mut Variables,
) -> Result<(), Vec<String>> {
    let (request, expected) = (&exchange.request, &exchange.expect);
    let path = filled(&request.path, variables, percent_encoded).map_err(|error| vec![error])?;
    let body = request
        .body
        .as_ref()
        .map(|body| value_of(body, variables))
        .transpose();
    let body = body.map_err(|error| vec![error])?;
    let mut sent: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, value) in headers.iter().chain(&request.headers) {
        sent.insert(name, value);
    }
    let headers: Result<Vec<_>, String> = sent
        .into_iter()
        .map(|(name, value)| Ok((name.to_owned(), filled(value, variables, str::to_owned)?)))
        .collect();
    let headers = headers.map_err(|error| vec![error])?;

    let ask = || {
        let body = body.as_ref().map(|body| body.to_string().into_bytes());
        let began = Instant::now();
        let answer = client.send(&request.method, &path, &headers, body);
        answer.map(|answer| (answer, began.elapsed()))
    };
    let (mut answer, mut took) =
        ask().map_err(|error| vec![format!("{} {path}: {error}", request.method)])?;
    let limit = expected.within_milliseconds.map(Duration::from_millis);
    for _ in 1..ATTEMPTS {
        if limit.is_none_or(|limit| took < limit) {
            break;
        }
        assert_eq!(request.method, "GET", "only a read can be repeated");
        (answer, took) = ask().map_err(|error| vec![error.to_string()])?;
    }
    let mut problems = judge(expected, &answer, variables);
    if limit.is_some_and(|limit| took >= limit) {
        problems.push(format!(
            "expected an answer within {limit:?}, but it took {took:?}"
        ));
    }
    if problems.is_empty() {
        return Ok(());
    }
    problems.push(format!("sent     {} {path}", request.method));
    problems.extend(body.map(|body| format!("         {body}")));
    problems.push(format!("answered {answer}"));
    Err(problems)
}

/// Compares an answer with what was expected, and keeps what was to be captured.
fn judge(expected: &Expectation, answer: &Answer, variables: &mut Variables) -> Vec<String> {
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
    for (name, value) in &expected.headers {
        match (filled(value, variables, str::to_owned), answer.header(name)) {
            (Err(error), _) => problems.push(error),
            (Ok(value), found) if found == Some(value.as_str()) => {}
            (Ok(value), found) => problems.push(format!("expected {name}: {value}, but it is {found:?}")),
        }
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
            body: br#"{"id": "x", "more": 1}"#.to_vec(),
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
            problems(json!({"status": 200, "exactBody": {"more": 1, "id": "x"}, "absent": ["/less"]})),
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
            json!({"status": 200, "capture": {"it": "/less"}}),
        ] {
            assert_eq!(problems(expected.clone()).len(), 1, "{expected}");
        }
    }
}

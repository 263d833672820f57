//! Replays a conversation that an identity provider has with the gateway, from a file in `tests/idp`. It holds no
//! expectation of its own: what is sent and what must be answered is in the file.
//!
//! Paths are relative to the SCIM base URL and stand as they are on the wire. `{name}` is a variable: one of
//! `{authorization}`, `{basic}` (the same as Basic authentication), `{token}` and `{base}` (the public base URL), `{n}`
//! in an exchange that is repeated, one that the file defines, or one that an earlier exchange captured.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    client::Client,
    harness::{Installation, Organization},
    judgement::{Expectation, judge},
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
    /// Commands of the operator that come first; `--org` is added to each.
    #[serde(default)]
    commands: Vec<Vec<String>>,
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
    /// How often it happens, with `{n}` from 1 on.
    #[serde(default = "once")]
    repeat: u32,
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
    /// In the place of `body`: what is no JSON.
    text: Option<String>,
}

fn once() -> u32 {
    1
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
    for command in &conversation.commands {
        let command = command.iter().map(String::as_str);
        let command: Vec<&str> = command.chain(["--org", &organization.id]).collect();
        installation.run(&command);
    }
    let server = installation.serve();
    let client = server.client(&organization).with_authorization(None);
    let mut variables = variables(&organization);
    variables.extend(conversation.variables);
    // All that failed is told, because what a later step says about an earlier one often explains it.
    let mut failed = Vec::new();
    for (index, exchange) in conversation.exchanges.iter().enumerate() {
        let place = format!("{file}, step {}: {}", index + 1, exchange.name);
        let headers = conversation.headers.get(&exchange.request.method);
        let headers = headers.unwrap_or_else(|| panic!("{place}: the file has no headers for this method"));
        for n in 1..=exchange.repeat {
            if exchange.repeat > 1 {
                variables.insert("n".to_owned(), Value::from(n));
            }
            if let Err(problems) = converse(&client, headers, exchange, &mut variables) {
                failed.push(format!("{place}, time {n}\n  {}", problems.join("\n  ")));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    server.stop();
}

/// Names a test for each conversation, on both databases, and lists the files as `FILES`.
macro_rules! conversations {
    ($($name:ident: $file:literal),+ $(,)?) => {
        /// The files that are replayed here.
        pub(crate) const FILES: &[&str] = &[$($file),+];

        wicketgate_testbed::both_engines! {
            $($name),+
        }

        $(
            fn $name(database: &wicketgate_testbed::Database) {
                $crate::conversation::replay(&$crate::harness::Installation::new(database), $file);
            }
        )+
    };
}
pub(crate) use conversations;

fn variables(organization: &Organization) -> Variables {
    [
        ("token", organization.token.clone()),
        ("authorization", format!("Bearer {}", organization.token)),
        (
            "basic",
            format!(
                "Basic {}",
                STANDARD.encode(format!("scim:{}", organization.token))
            ),
        ),
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
    let body = match (&request.body, &request.text) {
        (Some(body), None) => Some(
            value_of(body, variables)
                .map_err(|error| vec![error])?
                .to_string(),
        ),
        (None, text) => text.clone(),
        (Some(_), Some(_)) => return Err(vec!["a request has a body or a text".to_owned()]),
    };
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
        let body = body.clone().map(String::into_bytes);
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

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::PathBuf};

    use super::*;

    #[test]
    fn every_file_is_replayed_and_none_twice() {
        let mut replayed = BTreeSet::new();
        for file in [crate::okta::FILES, crate::entra::FILES, crate::providers::FILES].concat() {
            assert!(replayed.insert(PathBuf::from(file)), "{file} is replayed twice");
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/idp");
        let mut found = BTreeSet::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.insert(path.strip_prefix(&root).unwrap().to_owned());
                }
            }
        }
        assert_eq!(replayed, found);
    }
}

//! The admin API, path by path.

mod accounts;
mod audit;
mod clients;
mod directory;
mod frame;
mod idempotency;
mod isolation;
mod lists;
mod log;
mod openapi;
mod orgs;
mod schemas;
mod service_users;
mod sessions;
mod tokens;

use serde_json::Value;
use wicketgate_auth::Role;
use wicketgate_http::Limits;
use wicketgate_testbed::Database;

use crate::harness::{Answer, TestGateway, TestOrg};

/// Runs a scenario on a gateway whose sessions and tokens the database's clock accepts.
pub(super) fn run<F: Future>(database: Database, scenario: impl FnOnce(TestGateway) -> F) -> F::Output {
    crate::harness::run_today(Limits::default(), database, scenario)
}

/// An organization, and somebody who administers it.
pub(super) struct Admin {
    pub(super) gateway: TestGateway,
    pub(super) org: TestOrg,
    pub(super) token: String,
}

impl Admin {
    /// A new organization, by its service user with the role Org Owner.
    pub(super) async fn new(gateway: &TestGateway) -> Self {
        let org = gateway.with_org().await;
        let token = org.token(Role::OrgOwner).to_owned();
        Self {
            gateway: gateway.clone(),
            org,
            token,
        }
    }

    /// The path of something of the organization.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/admin/v1/orgs/{}{rest}", self.org.id)
    }

    /// Sends a request for something of the organization.
    pub(super) async fn send(&self, method: &str, rest: &str, body: &Value) -> Answer {
        self.send_with(method, rest, &[], body).await
    }

    /// The same, with headers.
    pub(super) async fn send_with(
        &self,
        method: &str,
        rest: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        send(
            &self.gateway,
            &self.token,
            method,
            &self.path(rest),
            headers,
            body,
        )
        .await
    }

    pub(super) async fn get(&self, rest: &str) -> Answer {
        self.send("GET", rest, &Value::Null).await
    }

    pub(super) async fn post(&self, rest: &str, body: &Value) -> Answer {
        self.send("POST", rest, body).await
    }

    pub(super) async fn patch(&self, rest: &str, body: &Value) -> Answer {
        self.send("PATCH", rest, body).await
    }

    pub(super) async fn delete(&self, rest: &str) -> Answer {
        self.send("DELETE", rest, &Value::Null).await
    }

    /// The items of a list on one page.
    pub(super) async fn items(&self, rest: &str) -> Vec<Value> {
        let answer = self.get(rest).await.expect(200).json();
        answer["items"].as_array().unwrap().clone()
    }

    /// A service user's id.
    pub(super) async fn service_user(&self) -> String {
        self.org.service_users().await.remove(1)
    }
}

/// Sends a request with a JSON body, or none where it is null.
pub(super) async fn send(
    gateway: &TestGateway,
    token: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Answer {
    let mut headers = headers.to_vec();
    if !headers.iter().any(|(name, _)| *name == "Content-Type") {
        headers.push(("Content-Type", "application/json"));
    }
    let text = body.to_string();
    let body = (!body.is_null()).then_some(text.as_bytes());
    gateway.call(method, target, Some(token), &headers, body).await
}

/// Fails unless the answer is a whole problem (RFC 9457) of this kind, whose fields and details have all of `words`.
#[track_caller]
pub(super) fn refused(answer: &Answer, status: u16, kind: &str, words: &[&str]) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let body = answer.json();
    assert_eq!(
        body["type"],
        format!("urn:wicketgate:problem:{kind}"),
        "{answer:?}"
    );
    assert_eq!(body["status"], status, "{answer:?}");
    assert!(!body["title"].as_str().unwrap().is_empty(), "{answer:?}");
    for word in words {
        let said = format!("{} {}", body["detail"], body["errors"]);
        assert!(said.contains(word), "it does not say {word:?}: {answer:?}");
    }
}

/// The names of the fields that were refused.
#[track_caller]
pub(super) fn fields(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let errors = body["errors"].as_array().unwrap_or_else(|| panic!("{answer:?}"));
    errors
        .iter()
        .map(|error| error["field"].as_str().unwrap().to_owned())
        .collect()
}

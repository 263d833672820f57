//! `/oauth/v2` and the metadata: what OAuth clients are answered, to the letter. The clock of these tests goes with the
//! database's, because that one decides what has expired.

mod assertions;
mod attempts;
mod client_credentials;
mod codes;
mod envelope;
mod key;
mod metadata;
mod panics;
mod refresh;
mod token_query;
mod workload_identity;

use serde_json::Value;
use wicketgate_http::Limits;
use wicketgate_testbed::Database;

use crate::harness::{Answer, REDIRECT_URI, TestClient, TestGateway, TestOrg, run_today};

/// Runs a scenario that nobody counts the attempts of.
pub(crate) fn run<F: Future>(database: Database, scenario: impl FnOnce(TestGateway) -> F) -> F::Output {
    let limits = Limits {
        failed_attempts: 0,
        issued_tokens: 0,
        ..Limits::default()
    };
    run_today(limits, database, scenario)
}

/// Fails unless the answer is a whole error of RFC 6749 §5.2 whose description has all of `words`.
#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str, words: &[&str]) {
    assert_eq!(answer.status, status, "{answer:?}");
    is_private_json(answer);
    let body = answer.json();
    assert_eq!(body["error"], error, "{answer:?}");
    assert_eq!(body.as_object().unwrap().len(), 2, "{answer:?}");
    let description = body["error_description"].as_str().unwrap();
    for word in words {
        assert!(
            description.contains(word),
            "the description does not say {word:?}: {answer:?}"
        );
    }
    let challenge = answer.header("www-authenticate");
    assert_eq!(
        challenge,
        (status == 401).then_some("Basic realm=\"oauth\", charset=\"UTF-8\"")
    );
}

/// Fails unless nobody on the way may keep the answer, and no page of another site may read it.
#[track_caller]
fn is_private_json(answer: &Answer) {
    assert_eq!(
        answer.header("content-type"),
        Some("application/json"),
        "{answer:?}"
    );
    is_private(answer);
}

#[track_caller]
fn is_private(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
    assert_eq!(answer.header("pragma"), Some("no-cache"), "{answer:?}");
    let has_cors = answer
        .headers
        .iter()
        .any(|(name, _)| name.starts_with("access-control-"));
    assert!(!has_cors, "{answer:?}");
}

/// The body of an answer with tokens, which has all that RFC 6749 §5.1 asks for.
#[track_caller]
fn issued(answer: &Answer, scope: &str) -> Issued {
    assert_eq!(answer.status, 200, "{answer:?}");
    is_private_json(answer);
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 3_600);
    assert_eq!(body["scope"], scope);
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    Issued {
        access_token: text("access_token").unwrap(),
        refresh_token: text("refresh_token"),
    }
}

struct Issued {
    access_token: String,
    refresh_token: Option<String>,
}

impl Issued {
    fn refresh_token(&self) -> &str {
        self.refresh_token.as_deref().expect("a refresh token was issued")
    }
}

/// The status of a SCIM request with this token.
async fn opens(org: &TestOrg, token: &str) -> u16 {
    let answer = org
        .gateway
        .call("GET", &org.path("/Users"), Some(token), &[], None)
        .await;
    answer.status
}

/// What a request says that named its redirect URI.
fn with_redirect_uri() -> String {
    format!("redirect_uri={REDIRECT_URI}")
}

/// The first tokens of a grant.
async fn granted(org: &TestOrg, client: &TestClient) -> Issued {
    let code = org.code(client, &with_redirect_uri()).await;
    issued(&client.exchange(&code).await, "scim")
}

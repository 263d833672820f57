//! An answer, whole: status, headers and bytes, so that two answers can be compared for what a client could tell apart.

use std::fmt;

use actix_web::{body::MessageBody, dev::ServiceResponse, test::read_body};
use serde_json::Value;
use wicketgate_scim::message::ERROR;

/// What was answered. Two answers are equal when a client cannot tell them apart but by their date and request id.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In the order of their names, without `date` and `x-request-id`.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(super) async fn read(response: ServiceResponse<impl MessageBody>) -> Self {
        let status = response.status().as_u16();
        let mut headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()))
            .collect();
        assert_eq!(
            headers.iter().filter(|(name, _)| name == "x-request-id").count(),
            1,
            "an answer without a request id: {status} {headers:?}"
        );
        headers.retain(|(name, _)| name != "date" && name != "x-request-id");
        headers.sort();
        Self {
            status,
            headers,
            body: read_body(response).await.to_vec(),
        }
    }

    /// The value of a header that was sent at most once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self
            .headers
            .iter()
            .filter(|(sent, _)| sent == name)
            .map(|(_, value)| value.as_str());
        let value = values.next();
        assert_eq!(values.next(), None, "{name} twice: {self:?}");
        value
    }

    /// The body, which must be JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Fails unless the status is the expected one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// The `id` of the resource in the body.
    #[track_caller]
    pub(crate) fn id(&self) -> String {
        self.json()["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no id: {self:?}"))
            .to_owned()
    }

    /// `detail` of an error.
    pub(crate) fn detail(&self) -> String {
        self.json()["detail"].as_str().unwrap_or_default().to_owned()
    }

    /// The answer with each of `texts` replaced by its name, for comparing answers about different things.
    pub(crate) fn with_names(&self, texts: &[(&str, &str)]) -> Self {
        let rename = |text: &str| {
            texts
                .iter()
                .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
        };
        Self {
            status: self.status,
            headers: self
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), rename(value)))
                .collect(),
            body: rename(std::str::from_utf8(&self.body).unwrap()).into_bytes(),
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {value}")?;
        }
        write!(f, "{}", String::from_utf8_lossy(&self.body))
    }
}

/// Fails unless the answer is a whole SCIM error (RFC 7644 §3.12) whose detail has all of `words`.
#[track_caller]
pub(crate) fn refused(answer: &Answer, status: u16, scim_type: Option<&str>, words: &[&str]) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(
        answer.header("content-type"),
        Some("application/scim+json"),
        "{answer:?}"
    );
    let body = answer.json();
    assert_eq!(body["schemas"], serde_json::json!([ERROR]), "{answer:?}");
    assert_eq!(body["status"], Value::from(status.to_string()), "{answer:?}");
    assert_eq!(
        body.get("scimType").and_then(Value::as_str),
        scim_type,
        "{answer:?}"
    );
    let detail = answer.detail();
    assert!(!detail.is_empty(), "{answer:?}");
    for word in words {
        assert!(
            detail.contains(word),
            "the detail does not say {word:?}: {answer:?}"
        );
    }
}

//! An HTTP client of one organization. It sends what it is told, also nonsense, and takes every status as an answer.

use std::{fmt, time::Duration};

use serde_json::{Value, json};
use ureq::{Agent, http};

/// What writes are sent as unless a test says otherwise.
const SCIM_JSON: &str = "application/scim+json; charset=utf-8";
/// The largest answer that is read, in bytes: a group with ten thousand members is one or two million.
const LARGEST_ANSWER: u64 = 64 << 20;

/// Talks to one organization with one credential. Clones share their connections.
#[derive(Clone)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
    authorization: Option<String>,
}

impl Client {
    /// A client of the organization whose SCIM base URL is `base`.
    pub(crate) fn new(base: String, authorization: String) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_mins(1)))
            .max_idle_connections(64)
            .max_idle_connections_per_host(64)
            .build();
        Self {
            agent: config.new_agent(),
            base,
            authorization: Some(authorization),
        }
    }

    /// The same organization with another `Authorization` header, or with none.
    pub(crate) fn with_authorization(&self, authorization: Option<&str>) -> Self {
        Self {
            authorization: authorization.map(str::to_owned),
            ..self.clone()
        }
    }

    /// Sends a request and waits for the answer. An error means that there was none.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: Option<Vec<u8>>,
    ) -> Result<Answer, ureq::Error> {
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        let is_sent = |name: &str| headers.iter().any(|(sent, _)| sent.eq_ignore_ascii_case(name));
        if let Some(authorization) = &self.authorization
            && !is_sent("Authorization")
        {
            request = request.header("Authorization", authorization);
        }
        if body.is_some() && !is_sent("Content-Type") {
            request = request.header("Content-Type", SCIM_JSON);
        }
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = match body {
            Some(body) => self.agent.run(request.body(body)?)?,
            None => self.agent.run(request.body(())?)?,
        };
        let (head, mut body) = answer.into_parts();
        let body = body.with_config().limit(LARGEST_ANSWER).read_to_vec()?;
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
        })
    }

    /// [`Client::send`] with a JSON body and the usual headers.
    pub(crate) fn try_json(&self, method: &str, path: &str, body: &Value) -> Result<Answer, ureq::Error> {
        self.send(method, path, &[], Some(body.to_string().into_bytes()))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
            .unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.json("POST", path, body)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.json("PUT", path, body)
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Answer {
        self.json("PATCH", path, body)
    }

    fn json(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.try_json(method, path, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Creates a user and is its id.
    pub(crate) fn create_user(&self, user_name: &str) -> String {
        self.post("/Users", &user(user_name)).expect(201).id()
    }

    /// Creates a group without members and is its id.
    pub(crate) fn create_group(&self, display_name: &str) -> String {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": display_name, "members": [],
        });
        self.post("/Groups", &body).expect(201).id()
    }

    /// The ids of a group's members, in the order of the answer.
    pub(crate) fn members(&self, group: &str) -> Vec<String> {
        members(&self.get(&format!("/Groups/{group}")).expect(200).json())
    }
}

/// The body that creates a user.
pub(crate) fn user(user_name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": user_name,
        "name": {"givenName": "Test", "familyName": "User"},
        "emails": [{"primary": true, "value": user_name, "type": "work"}],
        "active": true,
    })
}

/// The ids of the members in a group.
pub(crate) fn members(group: &Value) -> Vec<String> {
    let members = group
        .get("members")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    members.map(|member| text(member, "/value")).collect()
}

/// The string at a JSON pointer.
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no string at {pointer} in {value}"))
        .to_owned()
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Itself, if it has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// The body, which must be JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self}"))
    }

    /// The `id` in the body.
    #[track_caller]
    pub(crate) fn id(&self) -> String {
        text(&self.json(), "/id")
    }

    /// A header, if it is there and text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        let beginning: String = body.chars().take(2_000).collect();
        write!(f, "{} {beginning}", self.status)
    }
}

//! Requests that are refused, with what the refusal must say. They are sent by `errors.rs` and `engines.rs`.

mod bodies;
mod queries;
mod values;

pub(super) use bodies::nested;
pub(super) use queries::{filter_of_depth, filter_of_length, filter_of_terms};

/// A request that is refused. `{user}` and `{group}` in the endpoint stand for resources that exist.
pub(super) struct Bad {
    pub(super) method: &'static str,
    pub(super) endpoint: String,
    pub(super) body: Option<Vec<u8>>,
    pub(super) status: u16,
    pub(super) scim_type: Option<&'static str>,
    /// What the detail says.
    pub(super) words: Vec<&'static str>,
}

impl Bad {
    /// A short name for messages: bodies may be large.
    pub(super) fn name(&self) -> String {
        let body = self.body.as_deref().unwrap_or_default();
        let start = String::from_utf8_lossy(&body[..body.len().min(120)]).into_owned();
        format!(
            "{} {} {start}",
            self.method,
            &self.endpoint[..self.endpoint.len().min(120)]
        )
    }
}

fn bad(
    method: &'static str,
    endpoint: impl Into<String>,
    body: impl Into<Vec<u8>>,
    status: u16,
    scim_type: Option<&'static str>,
    words: &[&'static str],
) -> Bad {
    Bad {
        method,
        endpoint: endpoint.into(),
        body: Some(body.into()),
        status,
        scim_type,
        words: words.to_vec(),
    }
}

fn bad_query(endpoint: impl Into<String>, scim_type: &'static str, words: &[&'static str]) -> Bad {
    Bad {
        method: "GET",
        endpoint: endpoint.into(),
        body: None,
        status: 400,
        scim_type: Some(scim_type),
        words: words.to_vec(),
    }
}

/// Every request that is refused for what it is, whatever the organization holds.
pub(super) fn bad_requests() -> Vec<Bad> {
    let mut all = bodies::broken();
    all.extend(bodies::large());
    all.extend(values::large());
    all.extend(values::patches());
    all.extend(queries::all());
    all
}

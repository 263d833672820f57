//! What the answers to users and to groups have in common.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use serde_json::json;

pub(crate) type Fail = Box<dyn std::error::Error>;

pub(crate) fn scim(status: u16, body: String) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(status).unwrap())
        .content_type("application/scim+json")
        .body(body)
}

/// The answer, or a 500 that says what the database or the request's reader said.
pub(crate) fn or_failure(answer: Result<HttpResponse, Fail>) -> HttpResponse {
    answer.unwrap_or_else(|e| {
        let m = e.to_string();
        eprintln!("{m} {e:?}");
        scim(500, json!({"detail": m}).to_string())
    })
}

pub(crate) fn authorized(req: &HttpRequest) -> bool {
    req.headers()
        .get("authorization")
        .is_some_and(|v| v.as_bytes() == b"Bearer secret")
}

//! Errors outside SCIM, as problem details (RFC 9457).

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{ALLOW, HeaderValue, RETRY_AFTER},
    },
};
use serde_json::json;

const MEDIA_TYPE: &str = "application/problem+json";

fn problem(status: StatusCode, detail: &str) -> HttpResponse {
    let body = json!({
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": detail,
    });
    HttpResponse::build(status)
        .content_type(MEDIA_TYPE)
        .body(body.to_string())
}

/// Nothing is here.
pub(crate) fn not_found() -> HttpResponse {
    problem(
        StatusCode::NOT_FOUND,
        "Nothing is here. SCIM base URLs end in /scim/v2/ and the organization's id.",
    )
}

/// The path exists, for other methods.
pub(crate) fn method_not_allowed(allow: &str) -> HttpResponse {
    let mut response = problem(
        StatusCode::METHOD_NOT_ALLOWED,
        &format!("This path answers {allow} and nothing else."),
    );
    if let Ok(value) = allow.parse() {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

/// The request says nothing that can be answered.
pub(crate) fn bad_request(detail: &str) -> HttpResponse {
    problem(StatusCode::BAD_REQUEST, detail)
}

/// Too much at a time: the caller may come back after so many seconds.
pub(crate) fn too_many(detail: &str, seconds: u64) -> HttpResponse {
    let mut response = problem(StatusCode::TOO_MANY_REQUESTS, detail);
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The gateway failed.
pub(crate) fn internal() -> HttpResponse {
    problem(
        StatusCode::INTERNAL_SERVER_ERROR,
        "The gateway failed. Its operator finds the cause in the log, under the id in the header X-Request-Id.",
    )
}

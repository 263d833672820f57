//! Successful answers. All are JSON; what holds a secret, or says something about one, is kept by nobody on the way.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, PRAGMA},
};
use serde_json::Value;

const JSON: &str = "application/json";
/// Keys are announced a day before they are used, so that copies of this age are good.
const PUBLIC_FOR: &str = "public, max-age=600";

/// An answer for one client alone (RFC 6749 §5.1).
pub(super) fn private(document: &Value) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((PRAGMA, "no-cache"))
        .content_type(JSON)
        .body(document.to_string())
}

/// An answer for everybody.
pub(super) fn public(document: &Value) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, PUBLIC_FOR))
        .content_type(JSON)
        .body(document.to_string())
}

//! Whether the process lives and whether it can serve. Neither needs a credential, and neither says more than that.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header::CACHE_CONTROL},
    web::Data,
};
use futures_util::future::LocalBoxFuture;
use serde_json::json;

use crate::{Surface, dispatch::Seen, scim};

/// What answers a route outside SCIM.
pub(crate) type Handler = fn(Data<Surface>, Seen) -> LocalBoxFuture<'static, HttpResponse>;

/// The process answers. It says nothing about the database: restarting would not help that.
pub(crate) async fn live(_: Data<Surface>, _: Seen) -> HttpResponse {
    status(StatusCode::OK, "ok")
}

/// The database answers and has this version's schema.
pub(crate) async fn ready(surface: Data<Surface>, seen: Seen) -> HttpResponse {
    match surface.gateway.ready().await {
        Ok(()) => status(StatusCode::OK, "ready"),
        Err(error) => {
            tracing::warn!(request.id = %seen.id(), error = %scim::error::Chain(&error), "not ready");
            status(StatusCode::SERVICE_UNAVAILABLE, "not ready")
        }
    }
}

fn status(code: StatusCode, word: &str) -> HttpResponse {
    HttpResponse::build(code)
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("application/json")
        .body(json!({ "status": word }).to_string())
}

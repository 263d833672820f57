//! Whether the process lives and whether it can serve. Neither needs a credential, and neither says more than that.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header::CACHE_CONTROL},
    rt::time::timeout,
    web::Data,
};
use futures_util::future::LocalBoxFuture;
use serde_json::json;

use crate::{Surface, dispatch::Seen, scim};

/// How long the database may take to say that it is there. Load balancers ask every few seconds.
const READY_TIME: Duration = Duration::from_secs(1);

/// What answers a route outside SCIM.
pub(crate) type Handler = fn(Data<Surface>, Seen) -> LocalBoxFuture<'static, HttpResponse>;

/// The process answers. It says nothing about the database: restarting would not help that.
pub(crate) async fn live(_: Data<Surface>, _: Seen) -> HttpResponse {
    status(StatusCode::OK, "ok")
}

/// The database answers in time and has this version's schema, and the server is not about to stop.
pub(crate) async fn ready(surface: Data<Surface>, seen: Seen) -> HttpResponse {
    if surface.drain.has_begun() {
        return status(StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    match timeout(READY_TIME, surface.gateway.ready()).await {
        Ok(Ok(())) => status(StatusCode::OK, "ready"),
        Err(_) => {
            tracing::warn!(request.id = %seen.id(), "not ready: the database does not answer in time");
            status(StatusCode::SERVICE_UNAVAILABLE, "not ready")
        }
        Ok(Err(error)) => {
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

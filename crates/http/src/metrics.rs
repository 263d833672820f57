//! Where metrics are read: a listener of its own, so that they are not reached through the port that organizations use.

use std::{io, net::SocketAddr};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer, dev,
    http::{Method, header::CACHE_CONTROL},
    web::{Data, to},
};
use wicketgate_domain::Gateway;
use wicketgate_metrics::CONTENT_TYPE;

use crate::{problem, server};

/// The one path there is.
const PATH: &str = "/metrics";

/// A server of metrics that has its address and answers once it runs. No credential is asked for: whoever reaches the
/// address reads them.
pub struct MetricsServer {
    addr: SocketAddr,
    server: dev::Server,
}

impl MetricsServer {
    /// Binds an address; port 0 chooses a free one.
    pub fn bind(gateway: Gateway, addr: SocketAddr) -> io::Result<Self> {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(Data::new(gateway.clone()))
                .default_service(to(answer))
        })
        .workers(1)
        .client_request_timeout(server::HEAD_TIME)
        .shutdown_timeout(0)
        .disable_signals()
        .bind(addr)?;
        let addr = server.addrs().first().copied().unwrap_or(addr);
        Ok(Self {
            addr,
            server: server.run(),
        })
    }

    /// The address that was bound.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The future that serves until its handle stops it. It ignores signals.
    pub fn run(self) -> dev::Server {
        self.server
    }
}

async fn answer(gateway: Data<Gateway>, request: HttpRequest) -> HttpResponse {
    if request.path() != PATH {
        return problem::not_found();
    }
    if request.method() != Method::GET {
        return problem::method_not_allowed("GET");
    }
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type(CONTENT_TYPE)
        .body(gateway.metrics_text())
}

//! The listening server: addresses, time limits of connections, stopping. Signals are the binary's.

use std::{io, net::SocketAddr, time::Duration};

use actix_web::{
    App, HttpServer,
    dev::{self, Service as _},
    http::ConnectionType,
    web::ServiceConfig,
};

use crate::{Drain, Surface, configure};

/// How long the head of a request may take to arrive. Bodies have a limit of their own.
pub(crate) const HEAD_TIME: Duration = Duration::from_secs(10);
/// Longer than load balancers keep an idle connection, so that they close it and not the server.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a connection that is being closed is kept for its answer to be read.
const DISCONNECT_TIME: Duration = Duration::from_secs(3);
/// How long requests may take to finish once the server stops, in seconds.
const SHUTDOWN_SECONDS: u64 = 30;

/// A server that has its address and answers once it runs.
pub struct Server {
    addr: SocketAddr,
    drain: Drain,
    serving: dev::Server,
}

impl Server {
    /// Binds an address; port 0 chooses a free one. Connections wait until [`Server::run`].
    pub fn bind(surface: Surface, addr: SocketAddr, workers: usize) -> io::Result<Self> {
        Self::bind_beside(surface, |_| {}, addr, workers)
    }

    /// Binds an address for this surface and `beside` it. What neither knows is answered by the surface.
    pub fn bind_beside(
        surface: Surface,
        beside: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
        addr: SocketAddr,
        workers: usize,
    ) -> io::Result<Self> {
        let drain = surface.drain.clone();
        let (configure, draining) = (configure(surface), drain.clone());
        let app = move || {
            let draining = draining.clone();
            App::new()
                .wrap_fn(move |request, service| {
                    let (answer, draining) = (service.call(request), draining.clone());
                    async move {
                        let mut answer = answer.await?;
                        if draining.has_begun() {
                            answer
                                .response_mut()
                                .head_mut()
                                .set_connection_type(ConnectionType::Close);
                        }
                        Ok(answer)
                    }
                })
                .configure(beside.clone())
                .configure(configure.clone())
        };
        let server = HttpServer::new(app)
            .workers(workers.max(1))
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(HEAD_TIME)
            .client_disconnect_timeout(DISCONNECT_TIME)
            .shutdown_timeout(SHUTDOWN_SECONDS)
            .tcp_nodelay(true)
            .disable_signals()
            .bind(addr)?;
        let addr = server.addrs().first().copied().unwrap_or(addr);
        Ok(Self {
            addr,
            drain,
            serving: server.run(),
        })
    }

    /// The address that was bound.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What is to begin some time before the server is stopped.
    pub fn drain(&self) -> Drain {
        self.drain.clone()
    }

    /// The future that serves until its handle stops it. It ignores signals.
    pub fn run(self) -> dev::Server {
        self.serving
    }
}

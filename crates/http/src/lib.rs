//! SCIM, OAuth 2.0, the admin API and health over HTTP: what a request says is read here and handed to the domain, and
//! what the domain says is written as an answer. No rule about users, groups or organizations lives here, and no SQL.
//!
//! | Question | File |
//! |---|---|
//! | Which routes are there? | `route.rs` |
//! | What happens to every request? | `dispatch.rs` |
//! | In which order is a SCIM request checked? | `scim/mod.rs` |
//! | Who is asking? | `scim/tenant.rs` |
//! | How much may one organization ask for? | `scim/admission.rs` |
//! | What is answered when something is refused? | `scim/error.rs`, `oauth/error.rs`, `admin/error.rs` |
//! | How is a request to the admin API checked? | `admin/mod.rs` |
//! | What is answered while the server is about to stop? | `drain.rs` |
//! | Where are metrics read? | `metrics.rs` |
//! | How often may a client fail to prove who it is? | `oauth/attempts.rs` |
#![forbid(unsafe_code)]

mod admin;
mod body;
mod content;
mod dispatch;
mod drain;
mod health;
mod leak;
mod limits;
mod metrics;
mod oauth;
mod panics;
mod problem;
mod public_url;
mod request_id;
mod route;
mod scim;
mod server;
mod unread;

use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig, to};
use wicketgate_domain::Gateway;
use wicketgate_metrics::Routes;

use oauth::Attempts;

pub use drain::Drain;
pub use limits::Limits;
pub use metrics::MetricsServer;
pub use public_url::{InvalidPublicUrl, PublicUrl};
pub use route::{Route, routes};
pub use server::Server;

/// What the network reaches: the doors of all organizations, and how they are called from outside.
#[derive(Debug, Clone)]
pub struct Surface {
    /// The doors.
    pub gateway: Gateway,
    /// What every link begins with.
    pub public_url: PublicUrl,
    /// How much one request may ask for.
    pub limits: Limits,
    drain: Drain,
    reports: leak::Reports,
    admissions: scim::Admissions,
    measured: Arc<Routes>,
}

impl Surface {
    /// A surface with the usual limits.
    pub fn new(gateway: Gateway, public_url: PublicUrl) -> Self {
        let table = routes().iter().map(|route| (route.method, route.path));
        Self {
            measured: Arc::new(gateway.metrics().requests.routes(table)),
            gateway,
            public_url,
            limits: Limits::default(),
            drain: Drain::default(),
            reports: leak::Reports::default(),
            admissions: scim::Admissions::default(),
        }
    }
}

/// Mounts every route of [`routes`] and the answers to everything else. The server and the tests mount the same.
pub fn configure(surface: Surface) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let attempts = Data::new(Attempts::new(&surface.limits));
    let surface = Data::new(surface);
    // Routing by actix-web would come before authentication, and would tell strangers which routes exist.
    move |config| {
        config
            .app_data(Data::clone(&surface))
            .app_data(Data::clone(&attempts))
            .default_service(to(dispatch::serve));
    }
}

//! Pages for people: server-rendered, working without JavaScript. What a page shows and does is the domain's; what is
//! decided here is how a browser is spoken to. There is no rule about accounts or organizations here, and no SQL.
//!
//! | Question | File |
//! |---|---|
//! | Which pages are there, and which need a session? | `route.rs` |
//! | What happens to every request? | `dispatch.rs` |
//! | What is a page allowed to do in a browser? | `policy.rs` |
//! | Was a form sent by a page of ours? | `cross_site.rs`, `form_token.rs` |
//! | What keeps somebody signed in? | `cookie.rs` |
//! | What surrounds a page? | `page.rs`, `templates/base.html` |
//! | What stands in a form? | `field.rs` |
//! | What is a page that is one form, or shows a secret once? | `form.rs` |
//! | What is said about what was typed? | `wrong.rs` |
//! | What is there of an organization, and who may see it? | `org/` |
//! | What does somebody see who looks after the installation? | `operator/` |
//! | How does the first operator come in? | `first_run.rs` |
//! | What is shown when something is refused? | `failure.rs` |
//! | How is an identity provider connected? | `setup/` |
//! | Does an owner let a client in? | `consent/` |
//! | How does somebody sign in through an identity provider? | `provider/` |
#![forbid(unsafe_code)]

mod account;
mod assets;
mod body;
mod call;
mod consent;
mod cookie;
mod cross_site;
mod dispatch;
mod failure;
mod field;
mod fields;
mod first_run;
mod form;
mod form_token;
mod invitation;
mod listing;
mod operator;
mod org;
mod organizations;
mod page;
mod panics;
mod policy;
mod provider;
mod reauthenticate;
mod recover;
mod request_id;
mod return_to;
mod route;
mod setup;
mod sign_in;
mod sign_out;
mod site;
mod wrong;

use std::{fmt, sync::Arc, time::Duration};

use actix_web::web::{Data, ServiceConfig, scope, to};
use wicketgate_domain::Gateway;
use wicketgate_metrics::Routes;

pub use route::{Access, Route, routes};
pub use site::{InvalidSite, Site};

/// How long a page is told what happens before its browser has to ask again, with a session that is still valid.
const STREAM: Duration = Duration::from_mins(1);

/// What the pages stand on.
#[derive(Clone)]
pub struct Console {
    gateway: Gateway,
    site: Site,
    known_providers: Arc<provider::Known>,
    longest_stream: Duration,
    measured: Arc<Routes>,
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console")
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

impl Console {
    /// Pages at this address.
    pub fn new(gateway: Gateway, site: Site) -> Self {
        let table = routes().iter().map(|route| (route.method, route.path));
        Self {
            measured: Arc::new(gateway.metrics().requests.routes(table)),
            gateway,
            site,
            known_providers: Arc::default(),
            longest_stream: STREAM,
        }
    }

    /// The same, with streams of events that end after this time.
    #[must_use]
    pub fn with_streams_of(mut self, longest: Duration) -> Self {
        self.longest_stream = longest;
        self
    }
}

/// Mounts the pages: everything below `/console`, and the consent page. Whatever else there is stays whose it was.
pub fn configure(console: Console) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let console = Data::new(console);
    move |config| {
        for path in ["/console", route::AUTHORIZE] {
            config.service(
                scope(path)
                    .app_data(Data::clone(&console))
                    .default_service(to(dispatch::serve)),
            );
        }
    }
}

//! The gateway as tests drive it: a real application over a real database, with a clock and an entropy that give the
//! same ids and times on every run and engine. Nothing here asserts more than that an answer is well-formed.

mod account;
mod answer;
mod client;
mod objects;
mod org;
mod sources;

use std::{net::SocketAddr, rc::Rc, sync::Arc};

use actix_web::{
    App,
    http::Method,
    rt::System,
    test::{TestRequest, call_service, init_service},
};
use futures_util::{FutureExt as _, future::LocalBoxFuture};
use wicketgate_auth::{Fetch, Pepper, Peppers, Role};
use wicketgate_domain::{
    Clock as _, DatabaseOptions, Durability, Instance, Offline, SearchLimits, Sources, SystemClock,
};
use wicketgate_http::{Limits, Surface, configure};
use wicketgate_testbed::Database;

pub(crate) use account::PASSWORD;
pub(crate) use answer::{Answer, refused};
pub(crate) use client::{REDIRECT_URI, TestClient, basic, form};
pub(crate) use objects::SCHEMA;
pub(crate) use org::{Snapshot, TestOrg, percent_encoded};
pub(crate) use sources::{unknown_secret, unknown_token, with_other_secret};

use sources::{Seeded, Ticking};

/// What links begin with. No request ever names this host.
pub(crate) const PUBLIC_URL: &str = "https://scim.example.com";

type Serve = Box<dyn Fn(TestRequest) -> LocalBoxFuture<'static, Answer>>;

/// A gateway with an empty database. Clones are the same gateway.
#[derive(Clone)]
pub(crate) struct TestGateway(Rc<Inner>);

struct Inner {
    serve: Serve,
    surface: Surface,
    clock: Ticking,
    instance: Instance,
    _database: Database,
}

/// Runs a scenario to its end on a gateway of its own.
pub(crate) fn run<F: Future>(database: Database, scenario: impl FnOnce(TestGateway) -> F) -> F::Output {
    run_within(SearchLimits::default(), database, scenario)
}

/// Runs a scenario on a gateway whose searches have these bounds.
pub(crate) fn run_within<F: Future>(
    search: SearchLimits,
    database: Database,
    scenario: impl FnOnce(TestGateway) -> F,
) -> F::Output {
    let nobody = Arc::new(Offline);
    let start = TestGateway::start(database, search, Limits::default(), Ticking::default(), nobody);
    System::new().block_on(async { scenario(start.await).await })
}

/// Runs a scenario on a gateway with these limits, whose clock goes with the database's: what it issues is accepted.
pub(crate) fn run_today<F: Future>(
    limits: Limits,
    database: Database,
    scenario: impl FnOnce(TestGateway) -> F,
) -> F::Output {
    run_among(Arc::new(Offline), limits, database, scenario)
}

/// Runs a scenario as [`run_today`] does, on a gateway that asks others in this way.
pub(crate) fn run_among<F: Future>(
    others: Arc<dyn Fetch>,
    limits: Limits,
    database: Database,
    scenario: impl FnOnce(TestGateway) -> F,
) -> F::Output {
    let clock = Ticking::at(SystemClock.now().as_millisecond());
    let start = TestGateway::start(database, SearchLimits::default(), limits, clock, others);
    System::new().block_on(async { scenario(start.await).await })
}

impl TestGateway {
    async fn start(
        database: Database,
        search: SearchLimits,
        limits: Limits,
        clock: Ticking,
        others: Arc<dyn Fetch>,
    ) -> Self {
        let options = DatabaseOptions {
            threads: 4,
            search,
            // Nobody pulls the plug of a test.
            durability: Durability::Normal,
            migrate_url: database.owner_url(),
            ..DatabaseOptions::new(database.application_url())
        };
        Instance::migrate(&options).expect("a fresh database can be migrated");
        let mut entropy = Seeded::new(1);
        let peppers = Peppers::new(Pepper::generate(1, &mut entropy), Vec::new()).unwrap();
        let sources = Sources::new(clock.clone(), entropy);
        let instance = Instance::open(&options, peppers, sources, others).unwrap();
        let mut surface = Surface::new(instance.gateway(), PUBLIC_URL.parse().unwrap());
        surface.limits = Limits {
            // Nobody waits for what does not come.
            follow_time: std::time::Duration::ZERO,
            ..limits
        };
        let app = Rc::new(init_service(App::new().configure(configure(surface.clone()))).await);
        let serve: Serve = Box::new(move |request| {
            let app = Rc::clone(&app);
            async move { Answer::read(call_service(&*app, request.to_request()).await).await }.boxed_local()
        });
        Self(Rc::new(Inner {
            serve,
            surface,
            clock,
            instance,
            _database: database,
        }))
    }

    /// What the gateway shows to the network, for mounting it elsewhere.
    pub(crate) fn surface(&self) -> Surface {
        self.0.surface.clone()
    }

    /// Turns its clock on by so many seconds, or back. The database's clock goes on as it does.
    pub(crate) fn turn_clock(&self, seconds: i64) {
        self.0.clock.turn(seconds);
    }

    /// Creates an organization with a service user and a token for each role.
    pub(crate) async fn with_org(&self) -> TestOrg {
        TestOrg::create(self.clone(), &self.0.instance).await
    }

    /// Sends one request. `target` is a path with a query.
    pub(crate) async fn call(
        &self,
        method: &str,
        target: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Answer {
        self.call_from(None, method, target, token, headers, body).await
    }

    /// Sends one request from an address.
    pub(crate) async fn call_from(
        &self,
        address: Option<SocketAddr>,
        method: &str,
        target: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Answer {
        let mut request = TestRequest::default()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(target);
        if let Some(address) = address {
            request = request.peer_addr(address);
        }
        if let Some(token) = token {
            request = request.insert_header(("Authorization", format!("Bearer {token}")));
        }
        if let Some(body) = body {
            request = request.insert_header(("Content-Length", body.len()));
            if !headers
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case("Content-Type"))
            {
                request = request.insert_header(("Content-Type", "application/scim+json"));
            }
            request = request.set_payload(body.to_vec());
        }
        for header in headers {
            request = request.append_header(*header);
        }
        (self.0.serve)(request).await
    }
}

/// Every role that a service user may hold.
pub(crate) const ROLES: [Role; 3] = Role::OF_SERVICE_USERS;

//! The console as tests drive it: the real application over a real database, mounted as the binary does it.

mod browser;
mod idp;
mod provider;

use std::{
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use actix_web::{
    App, HttpResponse,
    body::{BoxBody, MessageBody as _},
    http::Method,
    rt::System,
    test::{TestRequest, call_service, init_service, read_body},
    web::to,
};
use futures_util::{FutureExt as _, future::LocalBoxFuture};
use jiff::{SignedDuration, Timestamp};
use wicketgate_auth::{Fetch, OrgId, OsEntropy, Pepper, Peppers, Plaintext, Role, Token};
use wicketgate_console::{Console, Site, configure};
use wicketgate_domain::{Caller, Clock, DatabaseOptions, Durability, Instance, Sources, SystemClock};
use wicketgate_testbed::Database;

pub(crate) use browser::{Browser, Page, all_pages, unescape};
pub(crate) use idp::Idp;
pub(crate) use provider::{CLIENT_ID, CLIENT_SECRET, ISSUER, Lie, TestProvider};

/// What links begin with.
pub(crate) const PUBLIC_URL: &str = "https://scim.example.com";
/// What the browser keeps of a session.
pub(crate) const COOKIE: &str = "__Host-wicketgate";
/// A password that may be chosen.
pub(crate) const PASSWORD: &str = "plum orchard under nine bridges";
/// Another one.
pub(crate) const OTHER_PASSWORD: &str = "seven kettles sing at low tide";

type Serve = Box<dyn Fn(TestRequest) -> LocalBoxFuture<'static, Page>>;
type Follow = Box<dyn Fn(TestRequest) -> LocalBoxFuture<'static, (u16, BoxBody)>>;

/// A console with an empty database. Clones are the same one.
#[derive(Clone)]
pub(crate) struct TestConsole(Rc<Inner>);

struct Inner {
    serve: Serve,
    follow: Follow,
    instance: Instance,
    clock: Moved,
    provider: TestProvider,
    _database: Database,
}

/// The machine's clock, which a test may put forward.
#[derive(Clone, Default)]
pub(crate) struct Moved(Arc<AtomicI64>);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        SystemClock.now() + SignedDuration::from_secs(self.0.load(Ordering::Relaxed))
    }
}

/// A stream of events.
pub(crate) struct Events {
    pub(crate) status: u16,
    body: BoxBody,
}

impl Events {
    /// What comes next; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<String> {
        let chunk = poll_fn(|context| Pin::new(&mut self.body).poll_next(context)).await?;
        Some(String::from_utf8(chunk.unwrap().to_vec()).unwrap())
    }

    /// Everything up to where `word` is said.
    pub(crate) async fn until(&mut self, word: &str) -> String {
        let mut told = String::new();
        while !told.contains(word) {
            told += &self
                .next()
                .await
                .unwrap_or_else(|| panic!("it ends without {word}: {told}"));
        }
        told
    }
}

/// Runs a scenario to its end on a console of its own.
pub(crate) fn run<F: Future>(database: Database, scenario: impl FnOnce(TestConsole) -> F) -> F::Output {
    System::new().block_on(async { scenario(TestConsole::start(database, PUBLIC_URL).await).await })
}

impl TestConsole {
    /// A console under this public URL.
    pub(crate) async fn start(database: Database, public_url: &str) -> Self {
        let options = DatabaseOptions {
            threads: 4,
            // Nobody pulls the plug of a test.
            durability: Durability::Normal,
            migrate_url: database.owner_url(),
            ..DatabaseOptions::new(database.application_url())
        };
        Instance::migrate(&options).expect("a fresh database can be migrated");
        let peppers = Peppers::new(Pepper::generate(1, &mut OsEntropy), Vec::new()).unwrap();
        let clock = Moved::default();
        let provider = TestProvider::at(clock.now().as_second());
        let fetch: Arc<dyn Fetch> = Arc::new(provider.clone());
        let sources = Sources::new(clock.clone(), OsEntropy);
        let instance = Instance::open(&options, peppers, sources, fetch).unwrap();
        let console = Console::new(instance.gateway(), Site::new(public_url).unwrap());
        // Whoever follows a stream reads it piece by piece: only there it may go on.
        let followed = App::new().configure(configure(console.clone()));
        let followed = Rc::new(init_service(followed).await);
        let console = console.with_streams_of(Duration::ZERO);
        let elsewhere = || async { HttpResponse::ImATeapot().finish() };
        let app = App::new()
            .default_service(to(elsewhere))
            .configure(configure(console));
        let app = Rc::new(init_service(app).await);
        let follow: Follow = Box::new(move |request| {
            let app = Rc::clone(&followed);
            async move {
                let response = call_service(&*app, request.to_request()).await;
                (response.status().as_u16(), response.into_body().boxed())
            }
            .boxed_local()
        });
        let serve: Serve = Box::new(move |request| {
            let app = Rc::clone(&app);
            async move {
                let response = call_service(&*app, request.to_request()).await;
                let status = response.status().as_u16();
                let headers = response
                    .headers()
                    .iter()
                    .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()))
                    .collect();
                let text = String::from_utf8(read_body(response).await.to_vec()).unwrap();
                Page {
                    status,
                    headers,
                    text,
                }
            }
            .boxed_local()
        });
        Self(Rc::new(Inner {
            serve,
            follow,
            instance,
            clock,
            provider,
            _database: database,
        }))
    }

    pub(crate) fn instance(&self) -> &Instance {
        &self.0.instance
    }

    pub(crate) fn provider(&self) -> &TestProvider {
        &self.0.provider
    }

    /// The console's own time, in seconds.
    pub(crate) fn seconds(&self) -> u64 {
        u64::try_from(self.0.clock.now().as_second()).unwrap()
    }

    /// Puts the console's clock forward. The database keeps its own.
    pub(crate) fn pass(&self, seconds: i64) {
        self.0.clock.0.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A browser of its own.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self)
    }

    /// An organization.
    pub(crate) async fn org(&self, name: &str) -> OrgId {
        self.0.instance.create_org(name).await.unwrap().id
    }

    /// A link into an organization.
    pub(crate) async fn invite(&self, org: OrgId, email: &str, role: Role) -> Token {
        let org = self.0.instance.org(org).await.unwrap();
        org.owner()
            .unwrap()
            .invitations()
            .create(email, role)
            .await
            .unwrap()
            .1
    }

    /// An account with [`PASSWORD`] and a role, made without the pages.
    pub(crate) async fn account(&self, org: OrgId, email: &str, role: Role) {
        let token = self.invite(org, email, role).await;
        let password = Plaintext::new(PASSWORD.to_owned());
        let gateway = self.0.instance.gateway();
        gateway
            .accept_invitation(&token, "Anna Berg", &password, &Caller::default())
            .await
            .unwrap();
    }

    /// The browser of somebody who was given this role under this address.
    pub(crate) async fn person(&self, org: OrgId, email: &str, role: Role) -> Browser {
        self.account(org, email, role).await;
        let mut browser = self.browser();
        browser.sign_in(email, PASSWORD).await.leads_to("/console");
        browser
    }

    /// An organization, and the browser of its owner anna@example.com.
    pub(crate) async fn owner(&self) -> (OrgId, Browser) {
        let org = self.org("Acme").await;
        self.account(org, "anna@example.com", Role::OrgOwner).await;
        let mut browser = self.browser();
        browser
            .sign_in("anna@example.com", PASSWORD)
            .await
            .leads_to("/console");
        (org, browser)
    }

    /// The browser of an operator, olga@example.com.
    pub(crate) async fn operator(&self) -> Browser {
        let token = self.0.instance.invite_operator("olga@example.com").await.unwrap();
        let password = Plaintext::new(PASSWORD.to_owned());
        let gateway = self.0.instance.gateway();
        gateway
            .accept_invitation(&token, "Olga Ohm", &password, &Caller::default())
            .await
            .unwrap();
        let mut browser = self.browser();
        browser
            .sign_in("olga@example.com", PASSWORD)
            .await
            .leads_to("/console");
        browser
    }

    /// Follows a stream of events.
    pub(crate) async fn follow(&self, target: &str, headers: &[(&str, &str)]) -> Events {
        let mut request = TestRequest::default()
            .uri(target)
            .peer_addr("203.0.113.7:4000".parse().unwrap());
        for header in headers {
            request = request.append_header(*header);
        }
        let (status, body) = (self.0.follow)(request).await;
        Events { status, body }
    }

    /// Sends one request.
    pub(crate) async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Page {
        let mut request = TestRequest::default()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(target)
            .peer_addr("203.0.113.7:4000".parse().unwrap());
        for header in headers {
            request = request.append_header(*header);
        }
        if let Some(body) = body {
            if !headers.iter().any(|(name, _)| *name == "content-type") {
                request = request.insert_header(("content-type", "application/x-www-form-urlencoded"));
            }
            request = request.set_payload(body);
        }
        (self.0.serve)(request).await
    }
}

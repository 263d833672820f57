//! `wicketgate serve`: makes what is missing, listens, and drains when it is told to stop.

use std::{
    fmt,
    future::poll_fn,
    net::{SocketAddr, TcpListener},
    pin::pin,
    task::Poll,
    thread::available_parallelism,
    time::Duration,
};

use actix_web::rt::{
    self,
    signal::unix::{Signal, SignalKind, signal},
};
use anyhow::Context as _;
use serde::Serialize;
use wicketgate_console::{Console, Site};
use wicketgate_domain::{Gateway, Instance};
use wicketgate_http::{MetricsServer, PublicUrl, Server, Surface};

use crate::{
    config::{Settings, host_of, is_loopback, split},
    installation,
    output::Format,
};

/// What a program that started the server wants to know.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Serving {
    listen: SocketAddr,
    public_url: String,
    /// Where metrics are shown, if they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics_listen: Option<SocketAddr>,
    /// The one-time link by which the first operator comes in, while there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_run_url: Option<String>,
}

/// What to do with an installation that has no operator yet, or no organization.
struct FirstSteps {
    url: PublicUrl,
    /// The one-time link by which the first operator comes in, while there is none.
    first_run: Option<String>,
    has_organizations: bool,
    /// How this program was called: the commands that are shown can be copied, also after `cargo run`.
    program: String,
}

impl fmt::Display for FirstSteps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(link) = &self.first_run {
            write!(
                f,
                "\
Wicketgate serves at {url} and has no operator yet. Open this link to make your account. It works once and
for 72 hours; starting again prints a new one, and this one stops:

  {link}
",
                url = self.url
            )?;
        }
        if self.has_organizations {
            return Ok(());
        }
        let begin = match self.first_run {
            Some(_) => "\nThe console leads on from there. To go on without it, in".to_owned(),
            None => format!(
                "Wicketgate serves at {} and has no organization yet. In",
                self.url
            ),
        };
        write!(
            f,
            "\
{begin} another terminal, in this folder and with the
same settings:

  {program} org create --name \"Acme\"
  {program} service-user create --org ORG_ID --name okta
  {program} token create --org ORG_ID --service-user SERVICE_USER_ID --name okta-1 --expires-in 365d

The first command prints the SCIM base URL and the last one the token: the identity provider needs both.
To see a gateway with data in it first: {program} demo --listen 127.0.0.1:8081
",
            program = self.program
        )
    }
}

impl Serialize for FirstSteps {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

pub(super) async fn run(mut settings: Settings, format: Format) -> anyhow::Result<()> {
    for name in installation::migrate(&settings)? {
        tracing::info!(name, "applied a migration");
    }
    let instance = installation::open_migrated(&mut settings).await?;
    let has_organizations = !instance.orgs().await?.is_empty();
    let first_run = instance.first_run().await?;
    let listening = Listening::start(&settings, instance.gateway())?;
    warn_about(&settings, &listening.public_url);
    let first_run = first_run.map(|token| {
        let url = &listening.public_url;
        format!("{url}/console/first-run/{}", token.reveal())
    });
    match format {
        Format::Json => format.print(&Serving {
            first_run_url: first_run,
            ..listening.answer()
        })?,
        Format::Text if first_run.is_some() || !has_organizations => format.print(&FirstSteps {
            url: listening.public_url.clone(),
            first_run,
            has_organizations,
            program: std::env::args_os()
                .next()
                .and_then(|program| program.into_string().ok())
                .unwrap_or_else(|| "wicketgate".to_owned()),
        })?,
        Format::Text => {}
    }
    let chores = Chores::start(&instance);
    let served = listening.serve().await;
    chores.finish().await;
    served
}

/// What a server does beside serving.
struct Chores {
    gateway: Gateway,
    tasks: [rt::task::JoinHandle<()>; 3],
}

impl Chores {
    const FLUSH: Duration = Duration::from_mins(1);
    const WARN: Duration = Duration::from_hours(1);
    const PURGE: Duration = Duration::from_hours(1);

    fn start(instance: &Instance) -> Self {
        let gateway = instance.gateway();
        let flush = {
            let gateway = gateway.clone();
            rt::spawn(async move {
                loop {
                    rt::time::sleep(Self::FLUSH).await;
                    flush(&gateway).await;
                }
            })
        };
        let warn = {
            let instance = instance.clone();
            rt::spawn(async move {
                loop {
                    warn_of_expiry(&instance).await;
                    rt::time::sleep(Self::WARN).await;
                }
            })
        };
        let purge = {
            let instance = instance.clone();
            rt::spawn(async move {
                loop {
                    purge_orgs(&instance).await;
                    purge_deleted(&instance).await;
                    forget_lapsed(&instance).await;
                    trim(&instance).await;
                    forget_keys(&instance).await;
                    rt::time::sleep(Self::PURGE).await;
                }
            })
        };
        Self {
            gateway,
            tasks: [flush, warn, purge],
        }
    }

    /// Stops, and writes down what is left to write.
    async fn finish(self) {
        for task in self.tasks {
            task.abort();
        }
        flush(&self.gateway).await;
        if let Err(error) = self.gateway.flush_provisioning_log().await {
            tracing::warn!(%error, "the last rows of the provisioning log were not written");
        }
        let dropped = self.gateway.provisioning_log_dropped();
        if dropped > 0 {
            tracing::warn!(dropped, "there was no room for rows of the provisioning log");
        }
    }
}

async fn trim(instance: &Instance) {
    match instance.trim_provisioning_logs().await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(
            removed,
            "rows of provisioning logs were kept for long enough, and removed"
        ),
        Err(error) => tracing::warn!(%error, "provisioning logs were not trimmed; it is tried again"),
    }
}

async fn flush(gateway: &Gateway) {
    if let Err(error) = gateway.flush_last_used().await {
        tracing::warn!(%error, "the last use of credentials was not written down; it is tried again");
    }
}

async fn purge_deleted(instance: &Instance) {
    match instance.purge_deleted().await {
        Ok(0) => {}
        Ok(users) => tracing::info!(users, "deleted users were removed for good"),
        Err(error) => {
            tracing::warn!(%error, "deleted users were not all removed for good; it is tried again");
        }
    }
}

async fn forget_lapsed(instance: &Instance) {
    match instance.forget_lapsed().await {
        Ok(lapsed) if lapsed.total() > 0 => tracing::info!(
            sessions = lapsed.sessions,
            links = lapsed.links,
            assertions = lapsed.assertions,
            attempts = lapsed.attempts,
            "what no longer counts was forgotten"
        ),
        Ok(_) => {}
        Err(error) => {
            tracing::warn!(%error, "what no longer counts was not forgotten; it is tried again");
        }
    }
}

async fn forget_keys(instance: &Instance) {
    if let Err(error) = instance.gateway().forget_idempotency_keys().await {
        tracing::warn!(%error, "keys of requests that are over were not forgotten; it is tried again");
    }
}

async fn warn_of_expiry(instance: &Instance) {
    match instance.warn_of_expiry().await {
        Ok(expiring) => {
            for credential in expiring {
                tracing::warn!(
                    org.id = %credential.org,
                    credential.id = %credential.id,
                    credential.kind = credential.kind,
                    credential.name = credential.name,
                    expires = %credential.expires,
                    "a credential expires soon: rotate it"
                );
            }
        }
        Err(error) => {
            tracing::warn!(%error, "nobody was warned of credentials that expire; it is tried again");
        }
    }
}

async fn purge_orgs(instance: &Instance) {
    match instance.purge_orgs().await {
        Ok(purged) => {
            for gone in purged {
                tracing::warn!(
                    org.id = %gone.org,
                    org.name = gone.name,
                    rows = gone.rows,
                    "purged an organization that was deleted more than 30 days ago"
                );
            }
        }
        Err(error) => {
            tracing::warn!(%error, "deleted organizations were not purged; it is tried again");
        }
    }
}

impl fmt::Display for Serving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Serving on {} as {}.", self.listen, self.public_url)
    }
}

/// A server that has its address and has not begun to answer.
pub(super) struct Listening {
    server: Server,
    metrics: Option<MetricsServer>,
    pub(super) public_url: PublicUrl,
    terminate: Signal,
    interrupt: Signal,
    drain: Duration,
}

impl Listening {
    /// Takes the address, and from now on waits for signals: whoever reads what is printed may send one.
    pub(super) fn start(settings: &Settings, gateway: Gateway) -> anyhow::Result<Self> {
        let refused = || {
            format!(
                "cannot listen on {}: stop what listens there, or choose another address with --listen",
                settings.listen
            )
        };
        let listen = with_port(settings.listen).with_context(refused)?;
        let public_url = settings.public_url_at(listen)?;
        let workers = available_parallelism().map_or(2, usize::from);
        let site = Site::new(public_url.as_str())?;
        let console = wicketgate_console::configure(Console::new(gateway.clone(), site));
        let metrics = settings
            .metrics_listen
            .map(|address| metrics_at(address, settings, gateway.clone()))
            .transpose()?;
        let surface = Surface::new(gateway, public_url.clone());
        let server = Server::bind_beside(surface, console, listen, workers).with_context(refused)?;
        Ok(Self {
            server,
            metrics,
            public_url,
            terminate: signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?,
            interrupt: signal(SignalKind::interrupt()).context("cannot wait for SIGINT")?,
            drain: settings.drain,
        })
    }

    /// Where it listens.
    pub(super) fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    fn answer(&self) -> Serving {
        Serving {
            listen: self.addr(),
            public_url: self.public_url.to_string(),
            metrics_listen: self.metrics.as_ref().map(MetricsServer::addr),
            first_run_url: None,
        }
    }

    /// Answers until SIGTERM or SIGINT, goes on for as long as clients are given to go elsewhere, and then until the
    /// requests that have begun are answered. A second signal does not wait for any of them.
    pub(super) async fn serve(self) -> anyhow::Result<()> {
        let Self {
            server,
            metrics,
            public_url,
            mut terminate,
            mut interrupt,
            drain,
        } = self;
        tracing::info!(listen = %server.addr(), %public_url, "listening");
        let draining = server.drain();
        let metrics = metrics.map(|metrics| {
            tracing::info!(listen = %metrics.addr(), "showing metrics");
            let running = metrics.run();
            let handle = running.handle();
            rt::spawn(running);
            handle
        });
        let mut server = pin!(server.run());
        let handle = server.handle();
        let mut stopping = false;
        poll_fn(|context| {
            while terminate.poll_recv(context).is_ready() || interrupt.poll_recv(context).is_ready() {
                if stopping {
                    return Poll::Ready(Ok(()));
                }
                stopping = true;
                tracing::info!(
                    "stopping: finishing the requests that have begun; a second signal does not wait"
                );
                draining.begin();
                let handle = handle.clone();
                rt::spawn(async move {
                    rt::time::sleep(drain).await;
                    handle.stop(true).await;
                });
            }
            server.as_mut().poll(context)
        })
        .await
        .context("the server failed")?;
        if let Some(metrics) = metrics {
            metrics.stop(false).await;
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// Takes the address of metrics, which tell apart the organizations that were listed.
fn metrics_at(address: SocketAddr, settings: &Settings, gateway: Gateway) -> anyhow::Result<MetricsServer> {
    let orgs = settings.metrics_orgs.iter().map(|org| *org.as_uuid());
    gateway.metrics().requests.tell_apart(orgs);
    MetricsServer::bind(gateway, address).with_context(|| {
        format!(
            "cannot show metrics on {address}: stop what listens there, or choose another address with \
             --metrics-listen"
        )
    })
}

/// With port 0 the system chooses, and links have to name what it chose before the server has it.
fn with_port(listen: SocketAddr) -> std::io::Result<SocketAddr> {
    if listen.port() == 0 {
        TcpListener::bind(listen)?.local_addr()
    } else {
        Ok(listen)
    }
}

/// Says what an identity provider will stumble over.
fn warn_about(settings: &Settings, public_url: &PublicUrl) {
    let Some(parts) = split(public_url.as_str()) else {
        return;
    };
    let host = host_of(parts.hosts);
    if settings.public_url.is_none() && !settings.listen.ip().is_loopback() {
        tracing::warn!(
            %public_url,
            "no public URL is set, so links lead to an address that clients elsewhere may not reach: set --public-url"
        );
    } else if parts.scheme == "http" && !is_loopback(host) {
        tracing::warn!(
            %public_url,
            "the public URL is not https: tokens and people's data would cross the network in the clear. Put a \
             reverse proxy that terminates TLS in front, and set --public-url to its address"
        );
    }
    if host.contains('_') {
        tracing::warn!(%public_url, "Okta refuses a host name with an underscore: choose another one");
    }
}

//! SQL. Nothing here leaves the crate, and `.await` stops here: above it async, below it plain functions on a
//! connection.

#[cfg(test)]
mod access_token_tests;
pub(crate) mod account_invitations;
pub(crate) mod account_roles;
pub(crate) mod account_sessions;
pub(crate) mod accounts;
pub(crate) mod activity;
pub(crate) mod audit;
pub(crate) mod audit_names;
pub(crate) mod clients;
mod commit;
pub(crate) mod credentials;
pub(crate) mod custody;
pub(crate) mod directory;
pub(crate) mod entitlements;
pub(crate) mod events;
pub(crate) mod expiry;
pub(crate) mod export;
pub(crate) mod file;
pub(crate) mod grants;
pub(crate) mod groups;
pub(crate) mod health;
pub(crate) mod holdings;
pub(crate) mod idempotency_keys;
pub(crate) mod identity_providers;
#[cfg(test)]
mod isolation_tests;
pub(crate) mod issued;
pub(crate) mod lapsed;
pub(crate) mod last_used;
pub(crate) mod log_names;
pub(crate) mod managers;
pub(crate) mod members;
pub(crate) mod migrate;
pub(crate) mod orgs;
#[cfg(test)]
mod plan_tests;
pub(crate) mod provisioning_log;
pub(crate) mod purge;
#[cfg(test)]
mod refusal_tests;
pub(crate) mod reindex;
#[cfg(test)]
mod reindex_tests;
pub(crate) mod revocations;
pub(crate) mod roles;
pub(crate) mod rotations;
pub(crate) mod row_security;
#[cfg(test)]
mod row_security_tests;
mod schema;
pub(crate) mod schemas;
mod scope;
pub(crate) mod search;
pub(crate) mod service_users;
pub(crate) mod setup_links;
pub(crate) mod setup_steps;
pub(crate) mod sign_in_attempts;
pub(crate) mod signing_keys;
mod statement;
mod tally;
pub(crate) mod tombstones;
pub(crate) mod types;
pub(crate) mod user_keys;
pub(crate) mod users;
pub(crate) mod verify;
mod worker;

use std::{path::Path, sync::Arc, time::Duration};

use diesel::{
    Connection as _, PgConnection, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    r2d2::{ConnectionManager, CustomizeConnection, Pool},
    sql_query,
};

use crate::Error;
use row_security::Reach;
pub use search::SearchLimits;
use wicketgate_auth::OrgId;
use wicketgate_metrics::Metrics;
use worker::{Access, Queue};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub(crate) enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Conn {
    /// The statement in the dialect of this connection.
    pub(crate) fn dialect(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Self::Sqlite(_) => sqlite,
            Self::Postgres(_) => postgres,
        }
    }
}

/// When SQLite tells the disk to keep what was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// At each commit. The default: an acknowledged write survives a power failure.
    #[default]
    Full,
    /// At checkpoints. The last commits before a power failure may be lost; the file stays sound.
    Normal,
}

/// Where the data is and how it is reached.
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    /// `sqlite://PATH` or `postgres://…`.
    pub url: String,
    /// The same PostgreSQL database for the role that migrates it and owns its tables, where that is not the role of
    /// `url`.
    pub migrate_url: Option<String>,
    /// Whether the role of `url` may be one for which PostgreSQL does not keep the rows of organizations apart.
    pub allow_unsafe_role: bool,
    /// Threads, each with its own connection; for SQLite these are the readers.
    pub threads: u32,
    /// For SQLite only.
    pub durability: Durability,
    /// What a search may cost.
    pub search: SearchLimits,
}

impl DatabaseOptions {
    /// The defaults for a URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            migrate_url: None,
            allow_unsafe_role: false,
            threads: 8,
            durability: Durability::Full,
            search: SearchLimits::default(),
        }
    }
}

/// Which database a URL names.
enum Target<'u> {
    Sqlite(&'u Path),
    Postgres(&'u str),
}

fn target(url: &str) -> Result<Target<'_>, Error> {
    const FIX: &str = "write sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE";
    if let Some(path) = url.strip_prefix("sqlite://") {
        if path.is_empty() {
            return Err(Error::refused("database-url", FIX));
        }
        return Ok(Target::Sqlite(Path::new(path)));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Target::Postgres(url));
    }
    Err(Error::refused("database-url", FIX))
}

/// The database threads and the queues that feed them.
#[derive(Debug, Clone)]
pub(crate) struct Db {
    reads: Queue,
    writes: Queue,
    limits: Arc<SearchLimits>,
}

impl Db {
    /// Connects and starts the threads. The schema is not touched.
    pub(crate) fn open(options: &DatabaseOptions, metrics: &Metrics) -> Result<Self, Error> {
        let threads = options.threads.max(1);
        match target(&options.url)? {
            Target::Sqlite(path) => {
                let path = path
                    .to_str()
                    .ok_or_else(|| Error::refused("database-url", "the path is not UTF-8"))?;
                let pool = |role, size| connect(path, Session::Sqlite(role, options.durability), size);
                // The writer comes first: it creates the file.
                let writes = Queue::grouped(&pool(SqliteRole::Writer, 1)?, metrics.database.queue("writes"))?;
                let reads = Queue::shared(
                    &pool(SqliteRole::Reader, threads)?,
                    threads,
                    metrics.database.queue("reads"),
                )?;
                Ok(Self {
                    reads,
                    writes,
                    limits: Arc::new(options.search.clone()),
                })
            }
            Target::Postgres(url) => {
                let pool = connect(&patient(url), Session::Postgres(Role::of(options)), threads)?;
                let reads = Queue::shared(&pool, threads, metrics.database.queue("all"))?;
                Ok(Self {
                    writes: reads.clone(),
                    reads,
                    limits: Arc::new(options.search.clone()),
                })
            }
        }
    }

    /// The way to the database for a thread of its own.
    pub(crate) fn background(&self) -> Background {
        Background {
            writes: self.writes.clone(),
        }
    }

    /// Measures how the queues are now.
    pub(crate) fn observe(&self) {
        self.reads.observe();
        // On PostgreSQL both are one.
        self.writes.observe();
    }

    /// What a search may cost.
    pub(crate) fn limits(&self) -> &SearchLimits {
        &self.limits
    }

    /// The way to the rows of one organization.
    pub(crate) fn of(&self, org: OrgId) -> OrgDb {
        OrgDb {
            db: self.clone(),
            org,
        }
    }

    /// Runs `work` on one connection. It sees one state of the database on SQLite, and one state for each statement
    /// on PostgreSQL. It reaches the rows of every organization: it is for what is asked before the organization is known,
    /// and for the installation's own work.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.reads.run(work, Access::Read, Reach::EveryOrg).await
    }

    /// Runs `work` in one transaction: when it fails, nothing has happened. It may run more than once, and only the
    /// last run counts. It reaches the rows of every organization.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.writes.run(work, Access::Write, Reach::EveryOrg).await
    }
}

/// The way to the rows of one organization: on PostgreSQL no statement sees, changes or adds a row of another one,
/// whatever its condition says.
#[derive(Debug, Clone)]
pub(crate) struct OrgDb {
    db: Db,
    org: OrgId,
}

impl OrgDb {
    /// What a search may cost.
    pub(crate) fn limits(&self) -> &SearchLimits {
        self.db.limits()
    }

    /// [`Db::read`], within the organization.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.db.reads.run(work, Access::Read, Reach::Org(self.org)).await
    }

    /// [`Db::write`], within the organization.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.db
            .writes
            .run(work, Access::Write, Reach::Org(self.org))
            .await
    }
}

/// The way to the database for a thread of its own, which waits for what it asks.
#[derive(Debug, Clone)]
pub(crate) struct Background {
    writes: Queue,
}

impl Background {
    /// [`Db::write`], waiting for its outcome.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.writes.run_blocking(work, Access::Write, Reach::EveryOrg)
    }
}

/// How long a database thread waits for a connection, and twice the longest pause between two tries to make one.
const CONNECTING: Duration = Duration::from_secs(2);

/// What libpq is told about connections where the URL says nothing else: a server that does not answer is given up, and
/// one that is gone without a word is noticed, while clients still wait.
const PATIENT: [(&str, &str); 4] = [
    ("connect_timeout", "3"),
    ("tcp_user_timeout", "10000"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
];

/// The URL with [`PATIENT`].
fn patient(url: &str) -> String {
    PATIENT
        .iter()
        .filter(|(name, _)| !url.contains(&format!("{name}=")))
        .fold(url.to_owned(), |url, (name, value)| {
            let separator = if url.contains('?') { '&' } else { '?' };
            format!("{url}{separator}{name}={value}")
        })
}

pub(crate) type ConnectionPool = Pool<ConnectionManager<Conn>>;

/// What a fresh connection is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Session {
    Sqlite(SqliteRole, Durability),
    Postgres(Role),
}

/// Which of PostgreSQL's roles may serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Ordinary,
    Any,
}

impl Role {
    fn of(options: &DatabaseOptions) -> Self {
        if options.allow_unsafe_role {
            Self::Any
        } else {
            Self::Ordinary
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SqliteRole {
    Reader,
    Writer,
}

impl CustomizeConnection<Conn, diesel::r2d2::Error> for Session {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        let settings = match self {
            Self::Sqlite(role, durability) => {
                let synchronous = match durability {
                    Durability::Full => "FULL",
                    Durability::Normal => "NORMAL",
                };
                // Pages that many commits change (the ends of indexes, the organization's counters) are carried from the
                // log into the database once for all of them: 32 MiB of log instead of 4 halve what a row costs.
                let more = match role {
                    SqliteRole::Reader => "PRAGMA query_only = ON;",
                    // What a savepoint would restore is kept in memory rather than in a temporary file.
                    SqliteRole::Writer => {
                        "PRAGMA wal_autocheckpoint = 8000; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;"
                    }
                };
                format!(
                    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; \
                     PRAGMA foreign_keys = ON; {more}"
                )
            }
            // Lists follow an index from where they start. While there are no statistics, or old ones, PostgreSQL takes
            // what is behind that place for little, fetches all of it through a bitmap and sorts it.
            Self::Postgres(_) => {
                "SET statement_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s'; \
                 SET application_name = 'wicketgate'; SET client_min_messages = 'warning'; \
                 SET enable_bitmapscan = off; SET jit = off;"
                    .to_owned()
            }
        };
        conn.batch_execute(&settings)
            .map_err(diesel::r2d2::Error::QueryError)?;
        if cfg!(debug_assertions) {
            conn.set_instrumentation(
                scope::instrumentation as fn(diesel::connection::InstrumentationEvent<'_>),
            );
        }
        Ok(())
    }
}

/// A connection of its own for whoever migrates.
pub(crate) fn connect_to_migrate(options: &DatabaseOptions) -> Result<Conn, Error> {
    connect_once(options.migrate_url.as_ref().unwrap_or(&options.url))
}

/// A connection of its own, outside the pool.
pub(crate) fn connect_once(url: &str) -> Result<Conn, Error> {
    let conn = match target(url)? {
        Target::Sqlite(path) => {
            let path = path
                .to_str()
                .ok_or_else(|| Error::refused("database-url", "the path is not UTF-8"))?;
            SqliteConnection::establish(path).map(Conn::Sqlite)
        }
        Target::Postgres(url) => PgConnection::establish(url).map(Conn::Postgres),
    };
    let mut conn = conn.map_err(|error| Error::Unavailable(Box::new(error)))?;
    if let Conn::Sqlite(conn) = &mut conn {
        conn.batch_execute(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;",
        )?;
    }
    Ok(conn)
}

/// A pool whose first connection was made: a wrong URL or a database that is down is found here.
fn connect(url: &str, session: Session, size: u32) -> Result<ConnectionPool, Error> {
    let mut first = match session {
        Session::Sqlite(..) => SqliteConnection::establish(url).map(Conn::Sqlite),
        Session::Postgres(_) => PgConnection::establish(url).map(Conn::Postgres),
    }
    .map_err(|error| Error::Unavailable(Box::new(error)))?;
    sql_query("SELECT 1").execute(&mut first)?;
    if session == Session::Postgres(Role::Ordinary) {
        roles::check(&mut first)?;
    }
    Ok(Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(true)
        .connection_timeout(CONNECTING)
        .connection_customizer(Box::new(session))
        .build_unchecked(ConnectionManager::<Conn>::new(url)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_url_says_about_a_connection_stands() {
        let url = patient("postgres://u@h1:1,h2:2/d?connect_timeout=9");
        assert!(
            url.starts_with("postgres://u@h1:1,h2:2/d?connect_timeout=9&tcp_user_timeout="),
            "{url}"
        );
        assert_eq!(url.matches("connect_timeout").count(), 1);
        assert!(patient("postgres://u@h/d").starts_with("postgres://u@h/d?connect_timeout=3&"));
    }
}

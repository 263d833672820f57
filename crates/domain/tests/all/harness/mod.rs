//! An installation on a fresh database, with organizations that are entered as a request would enter them. Nothing here
//! writes a row that the public API did not write.

mod body;
mod busy;
mod tenant;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
};

use diesel::{
    Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _, sql_query, sql_types::Text,
};
use jiff::Timestamp;
use wicketgate_auth::{Entropy, OrgId, Pepper, Peppers, Presented, Role};
use wicketgate_domain::{
    Caller, Clock, DEFAULT_DOMAIN, DatabaseOptions, Error, Instance, Offline, Org, Refusal, SearchLimits,
    Sources,
};
use wicketgate_testbed::{Database, Engine, Outside};

pub(crate) use body::*;
pub(crate) use busy::Busy;
pub(crate) use tenant::{Tenant, served};

/// Where the clock stands when an installation is made: 2026-06-01T09:00:00Z.
const START: i64 = 1_780_304_400_000;

/// The clock of one installation. It stands still until it is moved.
#[derive(Debug, Clone)]
pub(crate) struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// Moves the clock on by so many milliseconds.
    pub(crate) fn advance(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// Puts the clock anywhere.
    pub(crate) fn set(&self, time: Timestamp) {
        self.0.store(time.as_millisecond(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Repeatable randomness (`SplitMix64`).
struct Seeded(u64);

impl Entropy for Seeded {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (mixed ^ (mixed >> 31)).to_le_bytes()[0];
        }
    }
}

/// One installation on a database of its own, migrated and empty.
pub(crate) struct Installation {
    pub(crate) instance: Instance,
    pub(crate) clock: TestClock,
    pub(crate) outside: Arc<Outside>,
    requests: AtomicU64,
    is_tampered_with: Arc<AtomicBool>,
    // Last: what is connected goes before the database does.
    database: Arc<Database>,
}

/// An installation's peppers; `number` is also what they are drawn from.
fn peppers(number: u8) -> Peppers {
    Peppers::new(
        Pepper::generate(number.into(), &mut Seeded(number.into())),
        Vec::new(),
    )
    .unwrap()
}

/// An instance on a database as it is.
pub(crate) fn unmigrated(database: &Database) -> Instance {
    let clock = TestClock(Arc::new(AtomicI64::new(START)));
    Instance::open(
        &DatabaseOptions {
            migrate_url: database.owner_url(),
            ..DatabaseOptions::new(database.application_url())
        },
        peppers(1),
        Sources::new(clock, Seeded(2)),
        Arc::new(Offline),
    )
    .unwrap()
}

#[derive(QueryableByName)]
struct TextRow {
    #[diesel(sql_type = Text)]
    text: String,
}

/// Runs a scenario on an installation of its own. Whatever it has done, what is stored then agrees with itself, unless
/// the scenario has tampered with it.
pub(crate) fn run<F: Future<Output = ()>>(database: Database, scenario: impl FnOnce(Arc<Installation>) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap();
    let installation = Arc::new(Installation::new(database));
    runtime.block_on(async {
        scenario(Arc::clone(&installation)).await;
        if !installation.is_tampered_with.load(Ordering::Relaxed) {
            for check in served(|| installation.instance.verify(None)).await.unwrap() {
                assert!(check.is_ok(), "{check:#?}");
            }
        }
    });
}

impl Installation {
    fn new(database: Database) -> Self {
        Instance::migrate(&DatabaseOptions {
            migrate_url: database.owner_url(),
            ..DatabaseOptions::new(database.application_url())
        })
        .unwrap();
        Self::open(Arc::new(database), 1, 2)
    }

    fn open(database: Arc<Database>, pepper: u8, seed: u64) -> Self {
        Self::open_within(database, pepper, seed, SearchLimits::default())
    }

    fn open_within(database: Arc<Database>, pepper: u8, seed: u64, search: SearchLimits) -> Self {
        let options = DatabaseOptions {
            search,
            migrate_url: database.owner_url(),
            ..DatabaseOptions::new(database.application_url())
        };
        let clock = TestClock(Arc::new(AtomicI64::new(START)));
        let outside = Arc::new(Outside::default());
        let instance = Instance::open(
            &options,
            peppers(pepper),
            Sources::new(clock.clone(), Seeded(seed)),
            Arc::<Outside>::clone(&outside),
        )
        .unwrap();
        Self {
            instance,
            clock,
            outside,
            requests: AtomicU64::new(0),
            is_tampered_with: Arc::default(),
            database,
        }
    }

    /// How the database is reached.
    pub(crate) fn options(&self) -> DatabaseOptions {
        DatabaseOptions::new(self.database.url())
    }

    /// The same database, which remembers whether it was tampered with.
    fn sharing(&self, other: Self) -> Self {
        Self {
            is_tampered_with: Arc::clone(&self.is_tampered_with),
            ..other
        }
    }

    /// Another process on the same database.
    pub(crate) fn restarted(&self) -> Self {
        self.sharing(Self::open(Arc::clone(&self.database), 1, 3))
    }

    /// Another process on the same database, with other bounds for searches.
    pub(crate) fn restarted_within(&self, search: SearchLimits) -> Self {
        self.sharing(Self::open_within(Arc::clone(&self.database), 1, 5, search))
    }

    /// Another process on the same database that was given another pepper.
    pub(crate) fn restarted_without_pepper(&self) -> Self {
        self.sharing(Self::open(Arc::clone(&self.database), 2, 4))
    }

    /// The database for whoever has every power over it.
    fn unhindered(&self) -> String {
        self.database
            .superuser_url()
            .unwrap_or_else(|| self.database.url())
    }

    /// Does to the database what the gateway never does: statements for SQLite, and for PostgreSQL.
    pub(crate) fn tamper(&self, sqlite: &str, postgres: &str) -> Result<(), diesel::result::Error> {
        self.is_tampered_with.store(true, Ordering::Relaxed);
        let url = self.unhindered();
        match self.database.engine() {
            Engine::Sqlite => SqliteConnection::establish(url.strip_prefix("sqlite://").unwrap())
                .unwrap()
                .batch_execute(&format!(
                    "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; {sqlite}"
                )),
            Engine::Postgres => PgConnection::establish(&url).unwrap().batch_execute(postgres),
        }
    }

    /// What a query finds in its column `text`, for SQLite and for PostgreSQL.
    pub(crate) fn texts(&self, sqlite: &str, postgres: &str) -> Vec<String> {
        let url = self.unhindered();
        let rows: Vec<TextRow> = match self.database.engine() {
            Engine::Sqlite => sql_query(sqlite)
                .load(&mut SqliteConnection::establish(url.strip_prefix("sqlite://").unwrap()).unwrap()),
            Engine::Postgres => sql_query(postgres).load(&mut PgConnection::establish(&url).unwrap()),
        }
        .unwrap();
        rows.into_iter().map(|row| row.text).collect()
    }

    /// Creates an organization with one service user of each role, each with a token.
    pub(crate) async fn org(self: &Arc<Self>, name: &str) -> Tenant {
        let organization = self.instance.create_org(name).await.unwrap();
        let operator = self.instance.org(organization.id).await.unwrap();
        let owner = operator.owner().unwrap();
        let mut tokens = Vec::new();
        for role in [Role::OrgOwner, Role::OrgUserManager, Role::OrgUserReader] {
            let service_user = owner
                .service_users()
                .create(role.as_str(), role, DEFAULT_DOMAIN)
                .await
                .unwrap();
            let (_, secret) = owner
                .tokens()
                .create(service_user.id, "test", None)
                .await
                .unwrap();
            tokens.push(secret.reveal().to_owned());
        }
        let [owner, manager, reader] = tokens.try_into().unwrap();
        Tenant {
            id: organization.id,
            owner,
            manager,
            reader,
            installation: Arc::clone(self),
        }
    }

    /// Puts the clock where the database's is, which judges what has expired.
    pub(crate) async fn synchronize(&self) {
        self.clock.set(self.instance.database_time().await.unwrap());
    }

    /// Enters an organization with an `Authorization` header, as a request does.
    pub(crate) async fn enter(&self, org: OrgId, authorization: &str) -> Result<Org, Refusal> {
        self.enter_from(org, authorization, Caller::default()).await
    }

    /// The same from somewhere.
    pub(crate) async fn enter_from(
        &self,
        org: OrgId,
        authorization: &str,
        caller: Caller,
    ) -> Result<Org, Refusal> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let presented = Presented::from_authorization(Some(authorization));
        loop {
            match self
                .instance
                .gateway()
                .enter(org, &presented, caller.clone(), format!("request-{number}"))
                .await
            {
                Err(Refusal::Store(Error::Busy)) => tokio::task::yield_now().await,
                answer => return answer,
            }
        }
    }
}

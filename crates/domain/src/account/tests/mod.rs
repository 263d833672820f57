//! Accounts on both databases, through the doors that the console and the command line use. The clock is moved, never
//! waited for.

mod first_run;
mod invitations;
mod lapsed;
mod providers;
mod safety;
mod sessions;
mod sign_in;
mod state;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;
use wicketgate_auth::{Denied, OrgId, OsEntropy, Pepper, Peppers, Plaintext, Role, Token};
use wicketgate_testbed::Database;

use super::{Caller, Session, SessionRefused, SignInRefused, SignedIn};
use crate::{Clock, DatabaseOptions, Error, Gateway, Instance, Org, Refusal, Sources};

pub(super) const PASSWORD: &str = "seven blue herons";
const MINUTE: i64 = 60_000;

/// A clock that begins where the database's is, and stands still until it is moved.
#[derive(Clone)]
struct TestClock(Arc<AtomicI64>);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// One installation, with one organization that nobody owns yet.
struct World {
    instance: Instance,
    gateway: Gateway,
    org: OrgId,
    clock: TestClock,
    database: Database,
}

fn peppers() -> Peppers {
    let key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    Peppers::new(Pepper::parse(key).unwrap(), Vec::new()).unwrap()
}

fn instance(database: &Database, clock: &TestClock) -> Instance {
    let sources = Sources::new(clock.clone(), OsEntropy);
    Instance::open(
        &DatabaseOptions {
            migrate_url: database.owner_url(),
            ..DatabaseOptions::new(database.application_url())
        },
        peppers(),
        sources,
        Arc::new(crate::Offline),
    )
    .unwrap()
}

fn run<F: Future<Output = ()>>(database: Database, scenario: impl FnOnce(World) -> F) {
    Instance::migrate(&DatabaseOptions {
        migrate_url: database.owner_url(),
        ..DatabaseOptions::new(database.application_url())
    })
    .unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let clock = TestClock(Arc::new(AtomicI64::new(1_780_304_400_000)));
        let instance = instance(&database, &clock);
        let now = instance.database_time().await.unwrap();
        clock.0.store(now.as_millisecond(), Ordering::SeqCst);
        let org = instance.create_org("Acme").await.unwrap().id;
        scenario(World {
            gateway: instance.gateway(),
            instance,
            org,
            clock,
            database,
        })
        .await;
    });
}

fn plain(text: &str) -> Plaintext {
    Plaintext::new(text.to_owned())
}

fn from(network: &str) -> Caller {
    Caller {
        network: Some(network.to_owned()),
        user_agent: Some("Firefox".to_owned()),
    }
}

impl World {
    /// Moves the clock of this installation, and not the database's.
    fn advance(&self, milliseconds: i64) {
        self.clock.0.fetch_add(milliseconds, Ordering::SeqCst);
    }

    async fn invite(&self, org: OrgId, email: &str, role: Role) -> Token {
        let org = self.instance.org(org).await.unwrap();
        let owner = org.owner().unwrap();
        owner.invitations().create(email, role).await.unwrap().1
    }

    /// An account with a role in an organization, signed in.
    async fn account(&self, org: OrgId, email: &str, role: Role) -> SignedIn {
        let token = self.invite(org, email, role).await;
        self.gateway
            .accept_invitation(&token, "Anna", &plain(PASSWORD), &from("home"))
            .await
            .unwrap()
    }

    async fn owner(&self) -> SignedIn {
        self.account(self.org, "anna@example.com", Role::OrgOwner).await
    }

    async fn sign_in(
        &self,
        email: &str,
        password: &str,
        code: Option<&str>,
    ) -> Result<SignedIn, SignInRefused> {
        self.gateway
            .sign_in(email, &plain(password), code, &from("elsewhere"))
            .await
    }

    async fn session(&self, signed_in: &SignedIn) -> Session {
        self.gateway.session(&signed_in.session).await.unwrap()
    }

    /// The organization as the account enters it.
    async fn enter(&self, signed_in: &SignedIn, org: OrgId) -> Result<Org, Refusal> {
        self.session(signed_in).await.org(org, "request".to_owned()).await
    }

    /// How often a password was hashed.
    fn hashes(&self) -> usize {
        self.gateway.shared.hashers.counters.runs.load(Ordering::SeqCst)
    }

    async fn events(&self, org: OrgId) -> Vec<String> {
        let org = self.instance.org(org).await.unwrap();
        let events = org.owner().unwrap().events(0, 1_000).await.unwrap();
        events
            .into_iter()
            .map(|event| event.kind)
            .filter(|kind| !kind.starts_with("org."))
            .collect()
    }
}

#[track_caller]
fn assert_wrong(outcome: &Result<SignedIn, SignInRefused>) {
    assert!(matches!(outcome, Err(SignInRefused::Wrong)), "{outcome:?}");
}

#[track_caller]
fn assert_signed_out(outcome: &Result<Session, SessionRefused>) {
    assert!(matches!(outcome, Err(SessionRefused::NotSignedIn)), "{outcome:?}");
}

#[track_caller]
fn assert_invisible(outcome: &Result<Org, Refusal>) {
    assert!(
        matches!(outcome, Err(Refusal::Denied(Denied::OrgNotVisible))),
        "{outcome:?}"
    );
}

#[track_caller]
fn assert_not_found<T: std::fmt::Debug>(outcome: &Result<T, Error>) {
    assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
}

#[track_caller]
fn assert_stale<T: std::fmt::Debug>(outcome: &Result<T, Error>) {
    assert!(
        matches!(outcome, Err(Error::ReauthenticationNeeded)),
        "{outcome:?}"
    );
}

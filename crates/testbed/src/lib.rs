//! Real databases for tests: a fresh, empty SQLite file or PostgreSQL database for each; and what others have: what they
//! publish, and the app on a phone. It knows no schema and has no driver, so that every crate can use it and none gets at
//! a database through it.
//!
//! PostgreSQL is started from the machine's own server programs, one throw-away cluster for each test process. A
//! machine without them fails the tests and says what to install: no test is skipped.
#![forbid(unsafe_code)]

mod authenticator;
mod both;
mod cluster;
mod outside;
mod postgres;
mod programs;

use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

pub use authenticator::AuthenticatorApp;
use cluster::Cluster;
pub use outside::Outside;
pub use postgres::Postgres;
use tempfile::TempDir;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// A file of its own.
    Sqlite,
    /// A database of its own in the process's cluster.
    Postgres,
}

impl Engine {
    /// Every engine.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

/// A fresh, empty database. It is removed when dropped, whoever is still connected.
#[derive(Debug)]
pub struct Database {
    dir: TempDir,
    place: Place,
}

#[derive(Debug)]
enum Place {
    File,
    Cluster {
        cluster: &'static Cluster,
        name: String,
    },
    /// On a PostgreSQL server that the test has started itself.
    Elsewhere(String),
}

impl Database {
    /// Makes a database that nothing else uses.
    pub fn new(engine: Engine) -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);

        let place = match engine {
            Engine::Sqlite => Place::File,
            Engine::Postgres => {
                let cluster = Cluster::of_this_process();
                let name = format!("test_{}", MADE.fetch_add(1, Ordering::Relaxed));
                cluster.create(&name);
                Place::Cluster { cluster, name }
            }
        };
        let dir = TempDir::with_prefix("wicketgate-test-").expect("a temporary folder can be made");
        Self { dir, place }
    }

    /// The database at a URL of PostgreSQL, whose server the test has started itself and may break.
    pub fn at(url: String) -> Self {
        let dir = TempDir::with_prefix("wicketgate-test-").expect("a temporary folder can be made");
        Self {
            dir,
            place: Place::Elsewhere(url),
        }
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.place {
            Place::File => Engine::Sqlite,
            Place::Cluster { .. } | Place::Elsewhere(_) => Engine::Postgres,
        }
    }

    /// `sqlite://PATH` or `postgres://…`. The role in it owns the database and is no superuser, as in production.
    pub fn url(&self) -> String {
        match &self.place {
            Place::File => format!("sqlite://{}", self.dir.path().join("test.db").display()),
            Place::Cluster { cluster, name } => cluster.url(name),
            Place::Elsewhere(url) => url.clone(),
        }
    }

    /// The same database for a role that owns nothing and may nothing before the owner lets it. SQLite has no roles.
    pub fn application_url(&self) -> String {
        match &self.place {
            Place::File | Place::Elsewhere(_) => self.url(),
            Place::Cluster { cluster, name } => cluster.application_url(name),
        }
    }

    /// [`url`](Self::url) where it is another than [`application_url`](Self::application_url).
    pub fn owner_url(&self) -> Option<String> {
        match &self.place {
            Place::File | Place::Elsewhere(_) => None,
            Place::Cluster { .. } => Some(self.url()),
        }
    }

    /// The same database for a superuser, which nothing is kept from; PostgreSQL only.
    pub fn superuser_url(&self) -> Option<String> {
        match &self.place {
            Place::File | Place::Elsewhere(_) => None,
            Place::Cluster { cluster, name } => Some(cluster.superuser_url(name)),
        }
    }

    /// A folder for the test's other files. SQLite's file is in it.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Runs one statement on PostgreSQL as a superuser, from whom no row is kept. `None` is NULL.
    ///
    /// # Panics
    ///
    /// On SQLite, which has no program that every machine has: a crate with a driver looks for itself. And on a server
    /// of the test's own, which has a [`Postgres::query`].
    pub fn sql(&self, query: &str) -> Vec<Vec<Option<String>>> {
        match &self.place {
            Place::File => {
                panic!("Database::sql is for PostgreSQL: read SQLite's catalogue through a driver")
            }
            Place::Cluster { cluster, name } => cluster.query(name, query),
            Place::Elsewhere(_) => panic!("ask the server that the test has started"),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Place::Cluster { cluster, name } = &self.place {
            cluster.discard(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    both_engines! {
        a_database_says_which_engine_it_is,
        two_databases_are_two_places,
    }

    fn a_database_says_which_engine_it_is(database: &Database) {
        let scheme = match database.engine() {
            Engine::Sqlite => "sqlite:///",
            Engine::Postgres => "postgres://",
        };
        assert!(database.url().starts_with(scheme), "{}", database.url());
    }

    fn two_databases_are_two_places(database: &Database) {
        let other = Database::new(database.engine());
        assert_ne!(database.url(), other.url());
        assert_ne!(database.dir(), other.dir());
    }

    #[test]
    fn the_folder_goes_with_the_database() {
        let database = Database::new(Engine::Sqlite);
        let dir = database.dir().to_owned();
        assert!(dir.is_dir());
        drop(database);
        assert!(!dir.exists());
    }

    #[test]
    fn what_one_postgres_database_holds_is_not_in_another() {
        let (one, other) = (Database::new(Engine::Postgres), Database::new(Engine::Postgres));
        one.sql("CREATE TABLE thing (id integer)");
        let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
        assert_eq!(one.sql(tables), [[Some("thing".to_owned())]]);
        assert!(other.sql(tables).is_empty());
    }

    #[test]
    fn the_owner_of_a_postgres_database_is_an_ordinary_role() {
        let database = Database::new(Engine::Postgres);
        let roles = database.sql(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, \
             rolname = 'wicketgate' \
             FROM pg_roles JOIN pg_database ON pg_roles.oid = datdba WHERE datname = current_database()",
        );
        assert_eq!(
            roles,
            [["f", "f", "f", "f", "t"].map(|value| Some(value.to_owned()))]
        );
    }

    #[test]
    fn null_is_told_apart_from_empty_text_and_line_breaks_stay() {
        let database = Database::new(Engine::Postgres);
        assert_eq!(
            database.sql("SELECT NULL, '', E'a\\nb|c'"),
            [[None, Some(String::new()), Some("a\nb|c".to_owned())]]
        );
    }

    #[test]
    fn a_dropped_postgres_database_is_gone_from_the_cluster() {
        let (gone, witness) = (Database::new(Engine::Postgres), Database::new(Engine::Postgres));
        let name = gone.url().rsplit('/').next().unwrap().to_owned();
        let query = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
        assert_eq!(witness.sql(&query), [[Some("1".to_owned())]]);
        drop(gone);
        assert_eq!(witness.sql(&query), [[Some("0".to_owned())]]);
    }
}

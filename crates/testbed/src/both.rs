//! One scenario, two tests: each named function runs once on SQLite and once on PostgreSQL.

/// Makes two tests, `NAME::sqlite` and `NAME::postgres`, of each scenario in the list.
///
/// A scenario is a function that takes a reference to a [`Database`](crate::Database). One that was left out of the list is dead
/// code, which the compiler reports.
///
/// ```
/// use wicketgate_testbed::{Database, both_engines};
///
/// both_engines! {
///     a_database_has_a_url,
/// }
///
/// fn a_database_has_a_url(database: &Database) {
///     assert!(database.url().contains("://"));
/// }
/// # fn main() {}
/// ```
///
/// Scenarios that are async, or need more than a database, are handed to a function that runs them. It is called with
/// the database and the scenario:
///
/// ```
/// # use wicketgate_testbed::{Database, both_engines};
/// fn run<F: Future<Output = ()>>(database: Database, scenario: impl FnOnce(Database) -> F) {
///     // Here: block on `scenario(database)` in the runtime that the crate uses.
///     # drop(scenario(database));
/// }
///
/// both_engines! {
///     run with crate::run:
///     a_database_has_a_url,
/// }
///
/// async fn a_database_has_a_url(database: Database) {
///     assert!(database.url().contains("://"));
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! both_engines {
    (run with $run:path: $($scenario:ident),+ $(,)?) => {$(
        mod $scenario {
            #[test]
            fn sqlite() {
                $run($crate::Database::new($crate::Engine::Sqlite), super::$scenario);
            }

            #[test]
            fn postgres() {
                $run($crate::Database::new($crate::Engine::Postgres), super::$scenario);
            }
        }
    )+};
    ($($scenario:ident),+ $(,)?) => {$(
        mod $scenario {
            #[test]
            fn sqlite() {
                super::$scenario(&$crate::Database::new($crate::Engine::Sqlite));
            }

            #[test]
            fn postgres() {
                super::$scenario(&$crate::Database::new($crate::Engine::Postgres));
            }
        }
    )+};
}

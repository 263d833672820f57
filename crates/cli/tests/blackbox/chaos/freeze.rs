//! The database says nothing for some seconds, while ten times as many clients write as it has connections.

use std::{
    thread,
    time::{Duration, Instant},
};

use wicketgate_testbed::{Database, Postgres};

use super::{
    history::{Found, complaints},
    load::under_load,
    rounds,
};
use crate::harness::Installation;

/// How soon the gateway says that it is not ready.
const NOTICED: Duration = Duration::from_secs(2);
/// How soon everybody writes again once the database goes on.
const NORMAL: Duration = Duration::from_secs(3);
/// Ten for each connection of the gateway.
const WRITERS: usize = 80;
const PAUSE: Duration = Duration::from_millis(20);

#[test]
fn a_database_that_says_nothing_leaves_the_gateway_alive_and_not_ready() {
    let database_server = Postgres::start();
    let database = Database::at(database_server.url());
    let installation = Installation::new(&database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let clients = [server.client(&organization)];
    let silence = Duration::from_secs(rounds(4, 10) as u64);

    let (mut noticed, mut normal, mut threads) = (None, Duration::ZERO, 0);
    let (histories, statuses) = under_load(&clients, WRITERS, |progress| {
        progress.until_all_write();
        // The control: these probes say yes while the database answers.
        assert_eq!(server.probe("/readyz"), Some(200));
        threads = server.threads();
        database_server.freeze();
        let frozen = Instant::now();
        while frozen.elapsed() < silence {
            let asked = Instant::now();
            assert_eq!(server.probe("/livez"), Some(200), "after {:?}", frozen.elapsed());
            assert!(asked.elapsed() < NOTICED, "/livez took {:?}", asked.elapsed());
            if server.probe("/readyz") == Some(503) {
                noticed.get_or_insert(frozen.elapsed());
            }
            thread::sleep(PAUSE);
        }
        database_server.thaw();
        normal = progress.until_all_write();
        assert_eq!(server.probe("/readyz"), Some(200));
    });
    let found = Found::in_postgres(&database_server);
    let complaints = complaints(&histories, &found);
    assert!(complaints.is_empty(), "{statuses:?} {complaints:#?}");
    eprintln!(
        "{WRITERS} writers, silence of {silence:?}: not ready after {noticed:?}, normal after {normal:?}, {statuses:?}"
    );
    assert!(noticed.is_some_and(|noticed| noticed <= NOTICED), "{noticed:?}");
    assert!(normal <= NORMAL, "normal after {normal:?}, not {NORMAL:?}");
    assert!(
        server.threads() <= threads,
        "{} threads, of {threads}",
        server.threads()
    );
    server.stop();
}

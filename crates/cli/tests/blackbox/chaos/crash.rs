//! PostgreSQL crashes again and again while clients write: one of its processes is killed, or all are stopped at once.

use std::time::Duration;

use wicketgate_testbed::{Database, Postgres};

use super::{
    history::{Found, complaints},
    load::under_load,
    rounds,
};
use crate::harness::{Installation, Server};

/// How soon everybody writes again once the database is back.
const MARK: Duration = Duration::from_secs(5);
const WRITERS: usize = 8;

#[test]
fn nothing_acknowledged_is_lost_when_the_database_crashes() {
    let server = Postgres::start();
    let database = Database::at(server.url());
    let installation = Installation::new(&database);
    let organization = installation.organization("Acme");
    let servers = ["one", "two"].map(|name| installation.serve_as(name));
    let clients = servers.each_ref().map(|server| server.client(&organization));

    let crashes = rounds(4, 200);
    let mut slowest = Duration::ZERO;
    let (histories, statuses) = under_load(&clients, WRITERS, |progress| {
        for crash in 0..crashes {
            progress.after(40);
            if crash % 2 == 0 {
                assert!(server.kill_backend(), "a gateway that writes is connected");
            } else {
                server.stop_immediately();
                server.start_again();
            }
            slowest = slowest.max(progress.until_all_write());
        }
    });
    let found = Found::in_postgres(&server);
    let complaints = complaints(&histories, &found);
    assert!(complaints.is_empty(), "{statuses:?} {complaints:#?}");
    servers.into_iter().for_each(Server::stop);
    eprintln!(
        "{crashes} crashes, {} users left, answers {statuses:?}, writes back after {slowest:?}",
        found.users()
    );
    assert!(
        slowest <= MARK,
        "writes were back after {slowest:?}, not {MARK:?}"
    );
}

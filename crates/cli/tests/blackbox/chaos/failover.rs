//! The primary is killed while clients write, and its standby takes over.

use std::time::Duration;

use wicketgate_testbed::{Database, Postgres};

use super::{
    history::{Found, complaints},
    load::under_load,
    rounds,
};
use crate::harness::{Installation, Server};

/// How soon everybody writes again after the primary was killed.
const MARK: Duration = Duration::from_secs(15);
const WRITERS: usize = 8;

#[test]
fn nothing_acknowledged_is_lost_when_the_primary_is_killed_and_its_standby_takes_over() {
    let (mut slowest, mut acknowledged) = (Duration::ZERO, 0);
    let failovers = rounds(1, 20);
    for _ in 0..failovers {
        let primary = Postgres::start();
        let standby = primary.standby();
        let database = Database::at(primary.url_with(&standby));
        let installation = Installation::new(&database);
        let organization = installation.organization("Acme");
        let servers = ["one", "two"].map(|name| installation.serve_as(name));
        let clients = servers.each_ref().map(|server| server.client(&organization));

        let (histories, statuses) = under_load(&clients, WRITERS, |progress| {
            progress.after(100);
            primary.kill();
            standby.promote();
            slowest = slowest.max(progress.until_all_write());
            progress.after(100);
            acknowledged += progress.acknowledged();
        });
        let found = Found::in_postgres(&standby);
        let complaints = complaints(&histories, &found);
        assert!(complaints.is_empty(), "{statuses:?} {complaints:#?}");
        servers.into_iter().for_each(Server::stop);
    }
    eprintln!("{failovers} failovers, {acknowledged} writes acknowledged, writes back after {slowest:?}");
    assert!(
        slowest <= MARK,
        "writes were back after {slowest:?}, not {MARK:?}"
    );
}

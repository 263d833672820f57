//! One organization asks for as much as it can, and the others notice nothing.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use wicketgate_testbed::{Database, Engine};

use super::{Over, rounds};
use crate::{
    client::Client,
    harness::{Installation, Organization, Server},
};

/// What each of the others asks for, of its 50 a second.
const INTERVAL: Duration = Duration::from_millis(40);
const NOISY_CLIENTS: usize = 16;
/// When everybody else has an answer at the latest.
const ANSWERED: Duration = Duration::from_secs(2);

/// An organization with the limits that every organization has at first.
fn limited(installation: &Installation<'_>, name: &str) -> Organization {
    let organization = installation.organization(name);
    let usual = ["--requests-per-second", "50", "--concurrent-requests", "16"];
    installation.run(&[&["org", "set", "--org", &organization.id], usual.as_slice()].concat());
    organization
}

/// Each client asks steadily, so many times. The times, sorted.
fn steadily(clients: &[Client], times: usize) -> Vec<Duration> {
    let ask = |client: &Client| -> Vec<Duration> {
        let started = Instant::now();
        (0..times)
            .map(|turn| {
                let due = started + INTERVAL * u32::try_from(turn).expect("few");
                thread::sleep(due.saturating_duration_since(Instant::now()));
                let asked = Instant::now();
                client.get("/Users?count=1").expect(200);
                asked.elapsed()
            })
            .collect()
    };
    let mut all: Vec<Duration> = thread::scope(|scope| {
        let threads: Vec<_> = clients
            .iter()
            .map(|client| scope.spawn(move || ask(client)))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("everybody is answered"))
            .collect()
    });
    all.sort_unstable();
    all
}

#[test]
fn an_organization_that_asks_for_too_much_takes_nothing_from_the_others() {
    let database = Database::new(Engine::Postgres);
    let installation = Installation::new(&database);
    let noisy = limited(&installation, "Noisy");
    let others: Vec<Organization> = (0..rounds(4, 20))
        .map(|number| limited(&installation, &format!("Quiet {number}")))
        .collect();
    let server: Server = installation.serve();
    let clients: Vec<Client> = others.iter().map(|other| server.client(other)).collect();
    let flood = server.client(&noisy);
    let requests = rounds(75, 750);
    let alone = steadily(&clients, requests);

    let (is_over, taken, refused) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let beside = thread::scope(|scope| {
        for _ in 0..NOISY_CLIENTS {
            scope.spawn(|| {
                while !is_over.load(Ordering::SeqCst) {
                    let answer = flood.get("/Users?count=1");
                    if answer.status == 429 {
                        let after = answer
                            .header("Retry-After")
                            .and_then(|value| value.parse::<u32>().ok());
                        assert!(after.is_some(), "{answer}");
                        refused.fetch_add(1, Ordering::SeqCst);
                    } else {
                        answer.expect(200);
                        taken.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
        let _over = Over(&is_over);
        steadily(&clients, requests)
    });
    let (taken, refused) = (taken.into_inner(), refused.into_inner());
    let late = |times: &[Duration]| times[times.len() * 99 / 100];
    eprintln!(
        "{} others: p99 {:?} alone, {:?} beside one that was refused {refused} times and answered {taken} times",
        others.len(),
        late(&alone),
        late(&beside)
    );
    // The control: it did ask for too much.
    assert!(refused > 0, "nothing was refused, {taken} answered");
    assert!(late(&beside) <= ANSWERED, "{:?}", late(&beside));
    server.stop();
}

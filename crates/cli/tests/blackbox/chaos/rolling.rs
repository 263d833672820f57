//! Replicas are restarted one after the other under load, behind a load balancer that asks each whether it is ready.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use wicketgate_testbed::{Database, Engine};

use super::{Over, rounds};
use crate::{
    client::{Client, user},
    harness::{Installation, Organization, Server, probe},
};

const REPLICAS: usize = 3;
const CLIENTS: usize = 8;
/// How often the load balancer asks.
const PAUSE: Duration = Duration::from_millis(50);

/// What a load balancer knows of the replicas: where each is reached, and whether it said that it is ready.
struct Balancer(Mutex<Vec<Backend>>);

#[derive(Clone)]
struct Backend {
    address: String,
    client: Client,
    is_ready: bool,
}

impl Balancer {
    fn backends(&self) -> Vec<Backend> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a server in its place. It gets requests once it has said that it is ready.
    fn put(&self, place: usize, server: &Server, organization: &Organization) {
        let backend = Backend {
            address: server.address().to_owned(),
            client: server.client(organization),
            is_ready: false,
        };
        let mut backends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match backends.get_mut(place) {
            Some(former) => *former = backend,
            None => backends.push(backend),
        }
    }

    /// Asks each whether it is ready.
    fn ask(&self) {
        for (place, backend) in self.backends().into_iter().enumerate() {
            let is_ready = probe(&backend.address, "/readyz") == Some(200);
            let mut backends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Meanwhile another server may have taken the place.
            if backends[place].address == backend.address {
                backends[place].is_ready = is_ready;
            }
        }
    }

    /// One that is ready; requests go to all in turn.
    fn choose(&self, turn: u64, is_over: &AtomicBool) -> Option<Client> {
        while !is_over.load(Ordering::SeqCst) {
            let ready: Vec<_> = self
                .backends()
                .into_iter()
                .filter(|backend| backend.is_ready)
                .collect();
            if !ready.is_empty() {
                let place = usize::try_from(turn).expect("few requests") % ready.len();
                return Some(ready[place].client.clone());
            }
            thread::sleep(PAUSE);
        }
        None
    }
}

/// Restarts one replica after the other, and is the number of requests that were sent and what went wrong.
fn restart(restarts: usize, drain: &'static str) -> (u64, Vec<String>) {
    let database = Database::new(Engine::Postgres);
    let installation = Installation::new(&database).draining(drain);
    let organization = installation.organization("Acme");
    let names = ["one", "two", "three"];
    let balancer = Balancer(Mutex::default());
    let mut servers: Vec<Server> = names[..REPLICAS]
        .iter()
        .map(|name| installation.serve_as(name))
        .collect();
    for (place, server) in servers.iter().enumerate() {
        balancer.put(place, server, &organization);
    }
    balancer.ask();

    let (sent, is_over, failed) = (AtomicU64::new(0), AtomicBool::new(false), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        let asking = || {
            while !is_over.load(Ordering::SeqCst) {
                balancer.ask();
                thread::sleep(PAUSE);
            }
        };
        let requesting = || {
            while !is_over.load(Ordering::SeqCst) {
                let turn = sent.fetch_add(1, Ordering::SeqCst);
                let Some(client) = balancer.choose(turn, &is_over) else {
                    return;
                };
                let (method, path, body, expected) = match turn % 3 {
                    0 => {
                        let body = user(&format!("user{turn}@x.test")).to_string().into_bytes();
                        ("POST", "/Users", Some(body), 201)
                    }
                    _ => ("GET", "/Users?count=3", None, 200),
                };
                let problem = match client.send(method, path, &[], body) {
                    Ok(answer) if answer.status == expected => continue,
                    Ok(answer) => answer.to_string(),
                    Err(error) => error.to_string(),
                };
                failed
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(problem);
            }
        };
        scope.spawn(asking);
        for _ in 0..CLIENTS {
            scope.spawn(requesting);
        }
        let _over = Over(&is_over);
        for restart in 0..restarts {
            let place = restart % REPLICAS;
            let before = sent.load(Ordering::SeqCst);
            servers.remove(place).stop();
            let server = installation.serve_as(names[place]);
            balancer.put(place, &server, &organization);
            servers.insert(place, server);
            // Everybody has asked something of everybody else.
            while sent.load(Ordering::SeqCst) < before + 50 {
                thread::sleep(PAUSE);
            }
        }
    });
    servers.into_iter().for_each(Server::stop);
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    (sent.into_inner(), failed)
}

#[test]
fn no_request_fails_while_one_replica_after_the_other_is_restarted() {
    let restarts = rounds(3, 50);
    let (sent, failed) = restart(restarts, "1");
    eprintln!(
        "{restarts} restarts under {sent} requests, {} of which failed",
        failed.len()
    );
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn requests_fail_where_a_server_stops_without_sending_its_clients_elsewhere() {
    let (_, failed) = restart(2, "0");
    assert!(!failed.is_empty(), "the load balancer cannot know in time");
}

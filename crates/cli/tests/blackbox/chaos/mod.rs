//! What may break around a gateway, broken on purpose while clients write: nothing that was acknowledged is lost, nothing
//! is done twice, and nobody is told that a good credential is a bad one.
//!
//! An ordinary run breaks everything a few times; `WICKETGATE_CHAOS=full` as often as the marks in the book say.

mod commit;
mod crash;
mod failover;
#[cfg(target_os = "linux")]
mod freeze;
#[cfg(target_os = "linux")]
mod fsync;
mod history;
mod load;
mod neighbour;
mod proxy;
mod rolling;
mod slow;

use std::sync::atomic::{AtomicBool, Ordering};

use crate::client::Client;

/// How often something is broken: `few` times in an ordinary run, `mark` times in a full one.
#[expect(
    clippy::disallowed_methods,
    reason = "how thorough a run is has to come from whoever starts it"
)]
fn rounds(few: usize, mark: usize) -> usize {
    match std::env::var("WICKETGATE_CHAOS").as_deref() {
        Ok("full") => mark,
        Ok(other) => panic!("WICKETGATE_CHAOS is {other:?}: set it to full, or not at all"),
        Err(_) => few,
    }
}

/// Tells threads to end when it is dropped, also where the test fails.
struct Over<'o>(&'o AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Several ways to the same organization, for writers that share them.
fn in_turn(clients: &[Client], number: usize) -> Client {
    clients[number % clients.len()].clone()
}

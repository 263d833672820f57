//! The threads that hash passwords. One hash takes 19 MiB and tens of milliseconds: neither a database thread nor a
//! thread that serves requests waits for it, and there are never more at a time than there are threads here.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crossbeam_channel::{Sender, TrySendError, bounded};
use tokio::sync::oneshot;
use wicketgate_auth::{
    Plaintext,
    password::{self, Memory, Verdict},
};

use crate::{Error, source::Sources};

/// How many passwords are hashed at the same time: 76 MiB, which each thread keeps once it has needed its share.
pub(crate) const AT_ONCE: usize = 4;
/// How many may wait. More are refused at once.
const WAITING: usize = 256;

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// What has been done, for whoever wants to know the bound.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// How often a password was hashed.
    pub(crate) runs: AtomicUsize,
    running: AtomicUsize,
    /// How many were hashed at the same time, at most.
    pub(crate) peak: AtomicUsize,
}

/// Hashes passwords, a few at a time. The threads end when this is dropped.
pub(crate) struct Hashers {
    jobs: Sender<Job>,
    pub(crate) counters: Arc<Counters>,
}

impl std::fmt::Debug for Hashers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hashers")
            .field("waiting", &self.jobs.len())
            .finish_non_exhaustive()
    }
}

impl Hashers {
    /// Starts the threads.
    pub(crate) fn start() -> Result<Self, Error> {
        let (jobs, receiver) = bounded::<Job>(WAITING);
        for number in 0..AT_ONCE {
            let receiver = receiver.clone();
            thread::Builder::new()
                .name(format!("hash-{number}"))
                .spawn(move || {
                    let mut memory = Memory::default();
                    while let Ok(job) = receiver.recv() {
                        job(&mut memory);
                    }
                })
                .map_err(Error::internal)?;
        }
        Ok(Self {
            jobs,
            counters: Arc::default(),
        })
    }

    /// Compares a password with what is stored; the same work where nothing is.
    pub(crate) async fn verify(
        &self,
        password: &Plaintext,
        stored: Option<String>,
    ) -> Result<Verdict, Error> {
        let password = Plaintext::new(password.reveal().to_owned());
        self.run(move |memory| password::verify(&password, stored.as_deref(), memory))
            .await
    }

    /// What is stored of a password.
    pub(crate) async fn hash(&self, password: &Plaintext, sources: &Sources) -> Result<String, Error> {
        let password = Plaintext::new(password.reveal().to_owned());
        let salt = sources.with_entropy(|entropy| {
            let mut salt = [0; 16];
            entropy.fill(&mut salt);
            salt
        });
        self.run(move |memory| password::hash_salted(&password, &salt, memory))
            .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, outcome) = oneshot::channel();
        let counters = Arc::clone(&self.counters);
        let job = Box::new(move |memory: &mut Memory| {
            // Whoever asked has gone away: there is nothing to find out.
            if reply.is_closed() {
                return;
            }
            counters.runs.fetch_add(1, Ordering::SeqCst);
            let running = counters.running.fetch_add(1, Ordering::SeqCst) + 1;
            counters.peak.fetch_max(running, Ordering::SeqCst);
            let done = work(memory);
            counters.running.fetch_sub(1, Ordering::SeqCst);
            drop(reply.send(done));
        });
        match self.jobs.try_send(job) {
            Ok(()) => outcome.await.map_err(Error::internal),
            Err(TrySendError::Full(_)) => Err(Error::Busy),
            Err(TrySendError::Disconnected(_)) => Err(Error::internal("the threads that hash have ended")),
        }
    }
}

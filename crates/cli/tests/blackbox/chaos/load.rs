//! Writers that go on whatever happens, and remember what they were told.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    Over,
    history::{Counter, History},
    in_turn,
};
use crate::client::{Answer, Client, user};

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(5);

/// How the writers come on.
pub(super) struct Progress {
    acknowledged: Vec<AtomicU64>,
    statuses: Mutex<BTreeMap<u16, u64>>,
    is_over: AtomicBool,
}

impl Progress {
    /// How many writes were acknowledged.
    pub(super) fn acknowledged(&self) -> u64 {
        self.acknowledged
            .iter()
            .map(|count| count.load(Ordering::SeqCst))
            .sum()
    }

    /// Waits until so many more were.
    pub(super) fn after(&self, more: u64) {
        let (started, goal) = (Instant::now(), self.acknowledged() + more);
        while self.acknowledged() < goal {
            assert!(started.elapsed() < PATIENCE, "no writes: {:?}", self.statuses());
            thread::sleep(PAUSE);
        }
    }

    /// Waits until each writer was acknowledged something anew, and is the time that it took.
    pub(super) fn until_all_write(&self) -> Duration {
        let started = Instant::now();
        let load = |count: &AtomicU64| count.load(Ordering::SeqCst);
        let before: Vec<u64> = self.acknowledged.iter().map(load).collect();
        while self
            .acknowledged
            .iter()
            .zip(&before)
            .any(|(count, before)| load(count) < before + 2)
        {
            assert!(started.elapsed() < PATIENCE, "no writes: {:?}", self.statuses());
            thread::sleep(PAUSE);
        }
        started.elapsed()
    }

    /// How often each status was answered.
    pub(super) fn statuses(&self) -> BTreeMap<u16, u64> {
        self.statuses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn count(&self, status: u16) {
        *self
            .statuses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(status)
            .or_default() += 1;
    }
}

/// Lets `writers` write through `clients` in turn while `event` happens, and is what they were told.
pub(super) fn under_load(
    clients: &[Client],
    writers: usize,
    event: impl FnOnce(&Progress),
) -> (Vec<History>, BTreeMap<u16, u64>) {
    let progress = Progress {
        acknowledged: (0..writers).map(|_| AtomicU64::new(0)).collect(),
        statuses: Mutex::default(),
        is_over: AtomicBool::new(false),
    };
    let histories = thread::scope(|scope| {
        let progress = &progress;
        let threads: Vec<_> = (0..writers)
            .map(|number| scope.spawn(move || Writer::new(number, clients, progress).write()))
            .collect();
        let over = Over(&progress.is_over);
        event(progress);
        drop(over);
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a writer ends"))
            .collect()
    });
    (histories, progress.statuses())
}

struct Writer<'l> {
    number: usize,
    clients: &'l [Client],
    progress: &'l Progress,
    history: History,
    writes: usize,
}

impl<'l> Writer<'l> {
    fn new(number: usize, clients: &'l [Client], progress: &'l Progress) -> Self {
        Self {
            number,
            clients,
            progress,
            history: History::default(),
            writes: 0,
        }
    }

    fn write(mut self) -> History {
        while !self.progress.is_over.load(Ordering::SeqCst) {
            self.writes += 1;
            match (self.writes % 5, self.history.counter.is_some()) {
                (2 | 4, true) => self.count(),
                (0, true) => self.delete(),
                _ => self.create(),
            }
        }
        self.history
    }

    fn create(&mut self) {
        let user_name = format!("user{}.{}@x.test", self.number, self.writes);
        match self.send("POST", "/Users", Some(&user(&user_name)), 201) {
            Some(answer) => {
                let id = answer.id();
                self.history.counter.get_or_insert(Counter {
                    user: id.clone(),
                    acknowledged: 0,
                    sent: 0,
                });
                self.history.created.insert(id, user_name);
            }
            None => {
                self.history.perhaps.insert(user_name);
            }
        }
    }

    fn count(&mut self) {
        let Some(counter) = &mut self.history.counter else {
            return;
        };
        counter.sent += 1;
        let (path, count) = (format!("/Users/{}", counter.user), counter.sent);
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "title", "value": count.to_string()}],
        });
        if self.send("PATCH", &path, Some(&body), 200).is_some()
            && let Some(counter) = &mut self.history.counter
        {
            counter.acknowledged = count;
        }
    }

    fn delete(&mut self) {
        let counted = self.history.counter.as_ref().map(|counter| counter.user.clone());
        let gone = |id: &String| self.history.deleted.contains(id) || self.history.deleting.contains(id);
        let found = self
            .history
            .created
            .keys()
            .rfind(|id| Some(*id) != counted.as_ref() && !gone(id));
        let Some(id) = found.cloned() else { return };
        if self.send("DELETE", &format!("/Users/{id}"), None, 204).is_some() {
            self.history.deleted.insert(id);
        } else {
            self.history.deleting.insert(id);
        }
    }

    /// The answer where it has this status. 429 and 503 are the only others that a gateway may give meanwhile.
    fn send(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&serde_json::Value>,
        expected: u16,
    ) -> Option<Answer> {
        let client = in_turn(self.clients, self.number + self.writes);
        let body = body.map(|body| body.to_string().into_bytes());
        let answer = match client.send(method, path, &[], body) {
            Ok(answer) => answer,
            Err(error) => {
                self.history
                    .wrong
                    .push(format!("{method} {path} was not answered: {error}"));
                return None;
            }
        };
        self.progress.count(answer.status);
        match answer.status {
            status if status == expected => {
                self.progress.acknowledged[self.number].fetch_add(1, Ordering::SeqCst);
                Some(answer)
            }
            429 | 503 => {
                if answer
                    .header("Retry-After")
                    .is_none_or(|value| value.parse::<u32>().is_err())
                {
                    self.history.wrong.push(format!("no Retry-After: {answer}"));
                }
                thread::sleep(PAUSE);
                None
            }
            _ => {
                self.history.wrong.push(format!("{method} {path}: {answer}"));
                None
            }
        }
    }
}

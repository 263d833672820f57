//! What the database threads measure. Each queue has its series from the start, so that a task finds them without looking.

use std::time::Duration;

use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram};

use crate::names::Names;

/// From what one index lookup takes to the time limit of a statement.
const SECONDS: [f64; 14] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];
/// Up to the most writes that one commit carries.
const SIZES: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

type One = [(&'static str, &'static str); 1];
type Two = [(&'static str, &'static str); 2];
type Durations<L> = Family<L, Histogram, fn() -> Histogram>;

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKind {
    /// It changes nothing.
    Read,
    /// It may change something.
    Write,
}

/// The series of all queues.
#[derive(Debug)]
pub struct Database {
    depth: Family<One, Gauge>,
    wait: Durations<One>,
    duration: Durations<Two>,
    refused: Family<Two, Counter>,
    repeated: Family<One, Counter>,
    threads: Family<One, Gauge>,
    connections: Family<One, Gauge>,
    group: Histogram,
    events: Counter,
}

/// The series of one queue. Clones measure together.
#[derive(Debug, Clone)]
pub struct Queue {
    depth: Gauge,
    wait: Histogram,
    read: Histogram,
    write: Histogram,
    full: Counter,
    late: Counter,
    repeated: Counter,
    threads: Gauge,
    connections: Gauge,
    group: Histogram,
    events: Counter,
}

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

impl Database {
    pub(crate) fn new(names: &mut Names<'_>) -> Self {
        let new = Self {
            depth: Family::default(),
            wait: Family::new_with_constructor(seconds),
            duration: Family::new_with_constructor(seconds),
            refused: Family::default(),
            repeated: Family::default(),
            threads: Family::default(),
            connections: Family::default(),
            group: Histogram::new(SIZES),
            events: Counter::default(),
        };
        names.add("wicketgate_database_queue_depth", new.depth.clone());
        names.add("wicketgate_database_queue_wait_seconds", new.wait.clone());
        names.add("wicketgate_database_task_duration_seconds", new.duration.clone());
        names.add("wicketgate_database_tasks_refused_total", new.refused.clone());
        names.add("wicketgate_database_tasks_repeated_total", new.repeated.clone());
        names.add("wicketgate_database_threads", new.threads.clone());
        names.add("wicketgate_database_connections", new.connections.clone());
        names.add("wicketgate_database_group_commit_size", new.group.clone());
        names.add("wicketgate_events_appended_total", new.events.clone());
        new
    }

    /// The series of a queue by its name.
    pub fn queue(&self, name: &'static str) -> Queue {
        let queue = ("queue", name);
        let task = |kind| self.duration.get_or_create_owned(&[queue, ("task", kind)]);
        let refused = |reason| self.refused.get_or_create_owned(&[queue, ("reason", reason)]);
        Queue {
            depth: self.depth.get_or_create_owned(&[queue]),
            wait: self.wait.get_or_create_owned(&[queue]),
            read: task("read"),
            write: task("write"),
            full: refused("full"),
            late: refused("late"),
            repeated: self.repeated.get_or_create_owned(&[queue]),
            threads: self.threads.get_or_create_owned(&[queue]),
            connections: self.connections.get_or_create_owned(&[queue]),
            group: self.group.clone(),
            events: self.events.clone(),
        }
    }
}

impl Queue {
    /// A task was taken by a thread, after it had waited.
    pub fn taken(&self, waited: Duration) {
        self.wait.observe(waited.as_secs_f64());
    }

    /// A task ran, and how often it ran again.
    pub fn ran(&self, kind: TaskKind, took: Duration, again: u64) {
        let histogram = match kind {
            TaskKind::Read => &self.read,
            TaskKind::Write => &self.write,
        };
        histogram.observe(took.as_secs_f64());
        if again > 0 {
            self.repeated.inc_by(again);
        }
    }

    /// There was no room for a task.
    pub fn full(&self) {
        self.full.inc();
    }

    /// A task had waited for too long.
    pub fn late(&self) {
        self.late.inc();
    }

    /// So many writes were committed at once.
    pub fn committed(&self, writes: usize) {
        self.group
            .observe(u32::try_from(writes).map_or(f64::INFINITY, f64::from));
    }

    /// So many events were appended, and are committed.
    pub fn appended(&self, events: u64) {
        self.events.inc_by(events);
    }

    /// How the queue is now: tasks that wait, threads, connections.
    pub fn stands(&self, waiting: usize, threads: u32, connections: u32) {
        self.depth.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        self.threads.set(threads.into());
        self.connections.set(connections.into());
    }
}

//! One thread of clients through the phases of a run.

use crate::options::Limit;
use crate::runtime::{on_workers, runtime};
use crate::stats::Stats;
use crate::worker::{Shared, Worker};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Barrier};
use std::time::Instant;

/// What every thread is to do, and when.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) warmup: Limit,
    pub(crate) measure: Limit,
    pub(crate) rate: Option<f64>,
    pub(crate) cleanup: bool,
    /// Warmed up; measurement starts; measurement ended.
    pub(crate) barrier: Arc<Barrier>,
    /// Turns taken by all threads, warming up and measured.
    pub(crate) turns: Arc<[AtomicU64; 2]>,
}

/// What the clients of a run counted.
#[derive(Default)]
pub(crate) struct ClientRun {
    pub(crate) stats: Stats,
    pub(crate) warmup_failed: u64,
    pub(crate) opened: u64,
    pub(crate) bytes: u64,
    pub(crate) unclean: u64,
    /// The members that the group has, and should have.
    pub(crate) members: Option<(usize, usize)>,
}

impl ClientRun {
    pub(crate) fn merge(&mut self, other: ClientRun) {
        self.stats.merge(other.stats);
        self.warmup_failed += other.warmup_failed;
        self.opened += other.opened;
        self.bytes += other.bytes;
        self.unclean += other.unclean;
        self.members = self.members.or(other.members);
    }
}

/// Runs the thread of that index with so many connections, from warming up to deleting what was created.
pub(crate) fn run(shared: &Arc<Shared>, plan: &Plan, index: usize, connections: usize) -> ClientRun {
    let rt = runtime();
    let mut workers: Vec<Worker> = (0..connections)
        .map(|w| Worker::new(shared.clone(), shared.nonce + (index * 1000 + w + 1) as u64))
        .collect();
    let phase = |workers, limit: Limit, counter: usize, rate| {
        let begin = Instant::now();
        on_workers(&rt, workers, |mut w| {
            let turns = plan.turns.clone();
            async move {
                w.phase(limit, &turns[counter], begin, rate).await;
                w
            }
        })
    };
    if !plan.warmup.is_none() {
        workers = phase(workers, plan.warmup, 0, None);
    }
    let mut warmup = Stats::default();
    for w in &mut workers {
        warmup.merge(std::mem::take(&mut w.stats));
    }
    plan.barrier.wait();
    plan.barrier.wait();
    let mut workers = phase(workers, plan.measure, 1, plan.rate);
    plan.barrier.wait();

    let mut done = ClientRun {
        warmup_failed: warmup.failed,
        ..ClientRun::default()
    };
    for w in &mut workers {
        done.stats.merge(std::mem::take(&mut w.stats));
        done.opened += w.conns.iter().map(|c| c.opened).sum::<u64>();
        done.bytes += w.conns.iter().map(|c| c.bytes_in).sum::<u64>();
    }
    done.members = match workers.first_mut() {
        Some(first) if index == 0 && done.stats.ops > 0 => rt.block_on(first.count_members()),
        _ => None,
    };
    if plan.cleanup {
        let failures = Arc::new(AtomicU64::new(0));
        on_workers(&rt, workers, |mut w| {
            let failures = failures.clone();
            async move {
                failures.fetch_add(w.clean().await, Relaxed);
                w
            }
        });
        done.unclean = failures.load(Relaxed);
    }
    done
}

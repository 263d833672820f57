//! What one worker counted.

use std::collections::BTreeMap;
use std::time::Instant;

#[derive(Default)]
pub(crate) struct Stats {
    pub(crate) ops: u64,
    pub(crate) requests: u64,
    pub(crate) failed: u64,
    pub(crate) latencies: Vec<u32>,
    pub(crate) steps: BTreeMap<&'static str, Vec<u32>>,
    pub(crate) errors: BTreeMap<String, (u64, String)>,
    pub(crate) last_end: Option<Instant>,
}

impl Stats {
    pub(crate) fn merge(&mut self, other: Stats) {
        self.ops += other.ops;
        self.requests += other.requests;
        self.failed += other.failed;
        self.latencies.extend(other.latencies);
        for (k, v) in other.steps {
            self.steps.entry(k).or_default().extend(v);
        }
        for (k, (n, sample)) in other.errors {
            self.errors.entry(k).or_insert((0, sample)).0 += n;
        }
        self.last_end = self.last_end.max(other.last_end);
    }
}

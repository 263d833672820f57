//! What is measured of one installation, and its text for Prometheus. It listens nowhere and asks nobody.
//!
//! **Invariant:** no label holds text of a request. Values of labels are `&'static str`, which only the program's own
//! source can give, and the ids of organizations that the operator has listed. So the number of series has a bound that no
//! client can move, and measuring allocates nothing once a series exists.
//!
//! | Question | File |
//! |---|---|
//! | What is measured, under which names? | `names.rs` |
//! | How are requests counted by route? | `requests.rs` |
//! | What do the database threads measure? | `database.rs` |
//! | What is counted of refusals? | `refusals.rs` |
#![forbid(unsafe_code)]

mod database;
mod names;
mod refusals;
mod requests;

use prometheus_client::{
    encoding::prometheus_text,
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

pub use database::{Database, Queue, TaskKind};
pub use names::{METRICS, Metric};
pub use prometheus_client::{encoding::prometheus_text::CONTENT_TYPE, metrics::counter::Counter};
pub use refusals::{Limit, Limited, Refused};
pub use requests::{InFlight, Requests, Routes};

use names::Names;

/// What is measured of the provisioning log.
#[derive(Debug, Default, Clone)]
pub struct ProvisioningLog {
    /// Rows that were written.
    pub written: Counter,
    /// Rows that there was no room for.
    pub dropped: Counter,
    /// Rows that wait to be written, as of the last time somebody asked.
    pub waiting: Gauge,
}

/// Everything that is measured of one installation. All of it is shared by whoever holds a part.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Requests, by route and by organization.
    pub requests: Requests,
    /// Credentials that were refused.
    pub refused: Refused,
    /// Requests that a limit has turned away.
    pub limited: Limited,
    /// The database threads.
    pub database: Database,
    /// The provisioning log.
    pub provisioning_log: ProvisioningLog,
}

impl Metrics {
    /// Nothing was measured yet. `started` is when the process did, in seconds since 1970.
    pub fn new(started: i64) -> Self {
        let mut registry = Registry::default();
        let mut names = Names::new(&mut registry);
        let requests = Requests::new(&mut names);
        let refused = Refused::new(&mut names);
        let limited = Limited::new(&mut names);
        let database = Database::new(&mut names);

        let provisioning_log = ProvisioningLog::default();
        names.add(
            "wicketgate_provisioning_log_rows_written_total",
            provisioning_log.written.clone(),
        );
        names.add(
            "wicketgate_provisioning_log_rows_dropped_total",
            provisioning_log.dropped.clone(),
        );
        names.add(
            "wicketgate_provisioning_log_rows_waiting",
            provisioning_log.waiting.clone(),
        );

        let build = Family::<[(&'static str, &'static str); 1], Gauge>::default();
        build
            .get_or_create(&[("version", env!("CARGO_PKG_VERSION"))])
            .set(1);
        names.add("wicketgate_build_info", build);
        let start = Gauge::<i64>::default();
        start.set(started);
        names.add("process_start_time_seconds", start);
        Self {
            registry,
            requests,
            refused,
            limited,
            database,
            provisioning_log,
        }
    }

    /// All of it, in Prometheus' text format, whose media type is [`CONTENT_TYPE`].
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a `String` does not fail.
        let _ = prometheus_text::encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests;

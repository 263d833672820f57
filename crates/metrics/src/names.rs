//! The one table of what is measured. A metric that is not in it cannot be registered, and the reference page, the
//! dashboard and the alerts are held to it.

use prometheus_client::registry::{Metric as Registered, Registry};

/// One metric, as Prometheus sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Its name. A histogram also has series with `_bucket`, `_sum` and `_count` behind it.
    pub name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// The labels of its series, `le` of a histogram left out.
    pub labels: &'static [&'static str],
    /// What it says, without the full stop.
    pub help: &'static str,
}

macro_rules! metrics {
    ($($kind:ident $name:literal [$($label:literal)*] $help:literal,)*) => {
        /// Every metric.
        pub static METRICS: &[Metric] = &[$(Metric {
            name: $name,
            kind: stringify!($kind),
            labels: &[$($label),*],
            help: $help,
        }),*];
    };
}

metrics! {
    counter "wicketgate_http_requests_total" ["route" "method" "status"]
        "Requests that were answered, by the class of their status",
    histogram "wicketgate_http_request_duration_seconds" ["route" "method" "status"]
        "How long it took until the head of the answer was ready",
    gauge "wicketgate_http_requests_in_flight" []
        "Requests that have begun and are not answered",
    counter "wicketgate_organization_requests_total" ["org_id" "status"]
        "Requests to SCIM by organization, for the organizations that the operator has listed",
    counter "wicketgate_authentication_refused_total" ["credential" "reason"]
        "Credentials that were refused",
    counter "wicketgate_requests_limited_total" ["limit"]
        "Requests that a limit has turned away",
    gauge "wicketgate_database_queue_depth" ["queue"]
        "Tasks that wait for a database thread",
    histogram "wicketgate_database_queue_wait_seconds" ["queue"]
        "How long tasks waited for a database thread",
    histogram "wicketgate_database_task_duration_seconds" ["queue" "task"]
        "How long tasks took on a database thread, repetitions included, without waiting and without a shared commit",
    counter "wicketgate_database_tasks_refused_total" ["queue" "reason"]
        "Tasks that were not carried out: the queue was full, or they had waited for too long",
    counter "wicketgate_database_tasks_repeated_total" ["queue"]
        "Times that a task ran again after it had lost against a concurrent one",
    gauge "wicketgate_database_threads" ["queue"]
        "Database threads, each of which has at most one connection",
    gauge "wicketgate_database_connections" ["queue"]
        "Connections to the database that are open",
    histogram "wicketgate_database_group_commit_size" []
        "How many writes SQLite committed at once",
    counter "wicketgate_provisioning_log_rows_written_total" []
        "Rows of the provisioning log that were written",
    counter "wicketgate_provisioning_log_rows_dropped_total" []
        "Rows of the provisioning log that there was no room for, or that the database did not take",
    gauge "wicketgate_provisioning_log_rows_waiting" []
        "Rows of the provisioning log that wait to be written",
    counter "wicketgate_events_appended_total" []
        "Events that were appended and committed",
    gauge "wicketgate_build_info" ["version"]
        "1, with the version as a label",
    gauge "process_start_time_seconds" []
        "When the process started, in seconds since 1970",
}

/// Registers metrics under the names of the table.
pub(crate) struct Names<'r> {
    registry: &'r mut Registry,
}

impl<'r> Names<'r> {
    pub(crate) fn new(registry: &'r mut Registry) -> Self {
        Self { registry }
    }

    /// Registers what is behind a name. What has no entry in the table is not exposed, and the tests here say so.
    pub(crate) fn add(&mut self, name: &str, metric: impl Registered) {
        if let Some(known) = METRICS.iter().find(|known| known.name == name) {
            // The exporter adds what it takes away here.
            let stem = name.strip_suffix("_total").unwrap_or(name);
            self.registry.register(stem, known.help, metric);
        }
    }
}

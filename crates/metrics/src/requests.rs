//! Requests by route, method and class of status. The routes are those of a table that exists before the first request,
//! and whatever is none of them is counted together.

use std::{collections::HashMap, sync::OnceLock, time::Duration};

use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram};
use uuid::Uuid;

use crate::names::Names;

/// From what the fastest answer takes to what a client waits for.
const SECONDS: [f64; 13] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// The route of a request that is for none.
const NONE: &str = "(none)";
/// The methods that are told apart where there is no route.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const OTHER: &str = "other";

type Labels = [(&'static str, &'static str); 3];
type Counts = Family<Labels, Counter>;
type Durations = Family<Labels, Histogram, fn() -> Histogram>;

/// Requests, by route and by organization.
#[derive(Debug)]
pub struct Requests {
    counts: Counts,
    durations: Durations,
    in_flight: Gauge,
    by_org: Family<[(&'static str, String); 2], Counter>,
    /// The organizations that are told apart, each with a counter for every class.
    orgs: OnceLock<HashMap<Uuid, [Counter; CLASSES.len()]>>,
}

/// A request that has begun. It counts as one until this is dropped.
#[derive(Debug)]
pub struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Requests {
    pub(crate) fn new(names: &mut Names<'_>) -> Self {
        let new = Self {
            counts: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            in_flight: Gauge::default(),
            by_org: Family::default(),
            orgs: OnceLock::new(),
        };
        names.add("wicketgate_http_requests_total", new.counts.clone());
        names.add("wicketgate_http_request_duration_seconds", new.durations.clone());
        names.add("wicketgate_http_requests_in_flight", new.in_flight.clone());
        names.add("wicketgate_organization_requests_total", new.by_org.clone());
        new
    }

    /// A request begins.
    pub fn begin(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// The routes of a surface, each a method and the template of its path. A series is shown from the first request on
    /// that belongs to it.
    pub fn routes(&self, routes: impl IntoIterator<Item = (&'static str, &'static str)>) -> Routes {
        let mut series = HashMap::new();
        let misses = METHODS.into_iter().chain([OTHER]).map(|method| (method, NONE));
        for (method, path) in routes.into_iter().chain(misses) {
            series.insert(
                (path, method),
                Series {
                    route: path,
                    method,
                    classes: [const { OnceLock::new() }; CLASSES.len()],
                },
            );
        }
        Routes {
            counts: self.counts.clone(),
            durations: self.durations.clone(),
            series,
        }
    }

    /// Tells these organizations apart from now on. The first call decides.
    pub fn tell_apart(&self, orgs: impl IntoIterator<Item = Uuid>) {
        self.orgs.get_or_init(|| {
            let counters = |org: Uuid| {
                CLASSES.map(|class| {
                    let labels = [("org_id", org.to_string()), ("status", class.to_owned())];
                    self.by_org.get_or_create_owned(&labels)
                })
            };
            orgs.into_iter().map(|org| (org, counters(org))).collect()
        });
    }

    /// Counts the answer to a request of an organization, if it is one that is told apart.
    pub fn of_org(&self, org: Uuid, status: u16) {
        let counters = self.orgs.get().and_then(|orgs| orgs.get(&org));
        if let Some(counter) = counters.and_then(|counters| counters.get(class(status))) {
            counter.inc();
        }
    }
}

/// The routes of one surface.
#[derive(Debug)]
pub struct Routes {
    counts: Counts,
    durations: Durations,
    series: HashMap<(&'static str, &'static str), Series>,
}

/// What is counted of one route and method.
#[derive(Debug)]
struct Series {
    route: &'static str,
    method: &'static str,
    classes: [OnceLock<(Counter, Histogram)>; CLASSES.len()],
}

impl Routes {
    /// Counts an answer. A route or a method that is not in the table is counted as none, whatever its text.
    pub fn answered(&self, route: &str, method: &str, status: u16, took: Duration) {
        let found = [(route, method), (NONE, method), (NONE, OTHER)]
            .iter()
            .find_map(|key| self.series.get(key));
        let Some(series) = found else { return };
        let index = class(status);
        let (Some(place), Some(class)) = (series.classes.get(index), CLASSES.get(index)) else {
            return;
        };
        let (count, duration) = place.get_or_init(|| {
            let labels = [
                ("route", series.route),
                ("method", series.method),
                ("status", *class),
            ];
            (
                self.counts.get_or_create_owned(&labels),
                self.durations.get_or_create_owned(&labels),
            )
        });
        count.inc();
        duration.observe(took.as_secs_f64());
    }
}

/// Where the class of a status stands among [`CLASSES`].
fn class(status: u16) -> usize {
    usize::from(status / 100).saturating_sub(1)
}

//! Credentials that were refused, and requests that a limit has turned away.

use prometheus_client::metrics::{counter::Counter, family::Family};

use crate::names::Names;

/// Credentials that were refused, by kind and by reason.
#[derive(Debug)]
pub struct Refused(Family<[(&'static str, &'static str); 2], Counter>);

impl Refused {
    pub(crate) fn new(names: &mut Names<'_>) -> Self {
        let family = Family::default();
        names.add("wicketgate_authentication_refused_total", family.clone());
        Self(family)
    }

    /// Shows a reason before anything was refused for it, so that the first refusal is seen as a change.
    pub fn expect(&self, credential: &'static str, reason: &'static str) {
        drop(self.series(credential, reason));
    }

    /// Counts a refusal.
    pub fn count(&self, credential: &'static str, reason: &'static str) {
        self.series(credential, reason).inc();
    }

    fn series(&self, credential: &'static str, reason: &'static str) -> Counter {
        self.0
            .get_or_create_owned(&[("credential", credential), ("reason", reason)])
    }
}

/// A limit that turns requests away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// An organization's requests in a second.
    OrganizationRate,
    /// An organization's requests at the same time.
    OrganizationConcurrency,
    /// Clients and addresses that fail to prove who they are, and clients that take too many tokens.
    OAuth,
    /// Reports of leaked credentials from one network.
    LeakReports,
}

impl Limit {
    const ALL: [Self; 4] = [
        Self::OrganizationRate,
        Self::OrganizationConcurrency,
        Self::OAuth,
        Self::LeakReports,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::OrganizationRate => "organization_rate",
            Self::OrganizationConcurrency => "organization_concurrency",
            Self::OAuth => "oauth",
            Self::LeakReports => "leak_reports",
        }
    }
}

/// Requests that a limit has turned away.
#[derive(Debug)]
pub struct Limited(Family<[(&'static str, &'static str); 1], Counter>);

impl Limited {
    pub(crate) fn new(names: &mut Names<'_>) -> Self {
        let family = Family::default();
        for limit in Limit::ALL {
            drop(family.get_or_create(&[("limit", limit.as_str())]));
        }
        names.add("wicketgate_requests_limited_total", family.clone());
        Self(family)
    }

    /// Counts a request.
    pub fn count(&self, limit: Limit) {
        self.0.get_or_create(&[("limit", limit.as_str())]).inc();
    }
}

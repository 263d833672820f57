//! What is measured of the whole installation. No organization's data is in it, and no text of a request.

use std::sync::Arc;

use wicketgate_auth::{Denied, Reason};
use wicketgate_metrics::Metrics;

use crate::{Gateway, SignInRefused, org::Shared};

/// What refused credentials are counted under. Clients are counted where OAuth is spoken.
const TOKEN: &str = "token";
const ACCOUNT: &str = "account";
const WRONG: &str = "wrong";
const THROTTLED: &str = "throttled";
/// The word for a token of another organization.
const ORG_NOT_VISIBLE: &str = "org_not_visible";

/// Metrics that already show every reason why a token or an account is refused.
pub(crate) fn metrics(started: jiff::Timestamp) -> Arc<Metrics> {
    let metrics = Metrics::new(started.as_second());
    for reason in Reason::ALL {
        metrics.refused.expect(TOKEN, reason.as_str());
    }
    metrics.refused.expect(TOKEN, ORG_NOT_VISIBLE);
    for reason in [WRONG, THROTTLED] {
        metrics.refused.expect(ACCOUNT, reason);
    }
    Arc::new(metrics)
}

impl Shared {
    /// Counts a token that opened nothing.
    pub(crate) fn count_denied(&self, denied: Denied) {
        let reason = match denied {
            Denied::Unauthenticated(reason) => reason.as_str(),
            Denied::OrgNotVisible => ORG_NOT_VISIBLE,
        };
        self.metrics.refused.count(TOKEN, reason);
    }

    /// Counts an account that did not get in, and hands on what it was told.
    pub(crate) fn counted<T>(&self, signed_in: Result<T, SignInRefused>) -> Result<T, SignInRefused> {
        match &signed_in {
            Err(SignInRefused::Wrong) => self.metrics.refused.count(ACCOUNT, WRONG),
            Err(SignInRefused::Throttled { .. }) => self.metrics.refused.count(ACCOUNT, THROTTLED),
            // The next step of signing in, and a failure that is no verdict.
            Ok(_) | Err(SignInRefused::TotpNeeded | SignInRefused::Store(_)) => {}
        }
        signed_in
    }
}

impl Gateway {
    /// What is measured of the installation, for what faces the network to add to.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.shared.metrics
    }

    /// Everything that is measured, as of now, in Prometheus' text format.
    pub fn metrics_text(&self) -> String {
        let shared = &self.shared;
        shared.db.observe();
        let waiting = i64::try_from(shared.log.waiting()).unwrap_or(i64::MAX);
        shared.metrics.provisioning_log.waiting.set(waiting);
        shared.metrics.text()
    }
}

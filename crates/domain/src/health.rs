//! How organizations fare, as operators see it: without looking into one.

use std::time::Duration;

use jiff::Timestamp;
use wicketgate_auth::OrgId;

use crate::{Account, Error, Operator, Organization, db, provisioning_log};

/// For how long failures are counted.
const COUNTED: Duration = Duration::from_hours(24);
/// How many organizations are asked about at once.
const MOST_ORGS: usize = 100;

/// How one organization fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// The organization.
    pub org: OrgId,
    /// When its provisioning log was last written to: what changed something, failed or looked somebody up.
    pub last_request: Option<Timestamp>,
    /// How many requests have failed within the last 24 hours.
    pub failures: i64,
    /// Whether there were more of them than are counted.
    pub has_more_failures: bool,
}

impl Health {
    /// How many failures of one organization are counted.
    pub const MOST_FAILURES: i64 = 1_000;
}

impl Operator {
    /// One organization, without entering it.
    pub async fn show(&self, id: OrgId) -> Result<Organization, Error> {
        self.instance
            .shared
            .db
            .read(move |tx| {
                db::orgs::check_whole(tx, id)?;
                db::orgs::get(tx, id)
            })
            .await
    }

    /// How each of these organizations fares: of the first hundred of them.
    pub async fn health(&self, mut orgs: Vec<OrgId>) -> Result<Vec<Health>, Error> {
        orgs.truncate(MOST_ORGS);
        self.instance
            .shared
            .db
            .read(move |tx| {
                let since = db::orgs::clock(tx)?
                    .checked_sub(COUNTED)
                    .map_err(Error::internal)?;
                let since = provisioning_log::first_of(since);
                orgs.iter()
                    .map(|org| {
                        let counted = db::health::failures(tx, *org, since, Health::MOST_FAILURES + 1)?;
                        Ok(Health {
                            org: *org,
                            last_request: db::health::last_request(tx, *org)?,
                            failures: counted.min(Health::MOST_FAILURES),
                            has_more_failures: counted > Health::MOST_FAILURES,
                        })
                    })
                    .collect()
            })
            .await
    }

    /// The accounts that look after the installation, the oldest first.
    pub async fn operators(&self) -> Result<Vec<Account>, Error> {
        let stored = self.instance.shared.db.read(db::accounts::list_operators).await?;
        Ok(stored.into_iter().map(|stored| stored.account).collect())
    }
}

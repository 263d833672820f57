//! How far an identity provider has come: what it has reached, and what its latest attempt at a step came to. Nothing is
//! counted: a few rows are read, each through an index, however long the log is.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{Setup, step::SetupStep};
use crate::{
    Error, Org, ServiceUser, Viewer,
    db::{self, Conn, provisioning_log::Wanted},
    provisioning_log::{LogRow, first_of, named},
};

/// How many of the newest failures of a kind are looked at for those of one identity provider.
const LOOKED_AT: i64 = 20;

/// How far an identity provider has come with one step.
#[derive(Debug, Clone, PartialEq)]
pub struct StepProgress {
    /// The step.
    pub step: SetupStep,
    /// When it was reached first.
    pub reached: Option<Timestamp>,
    /// The latest attempt, where it failed and nothing has succeeded since: with its cause and what to do.
    pub failure: Option<LogRow>,
}

impl StepProgress {
    /// Whether the step was reached, and its latest attempt has not failed.
    pub fn is_done(&self) -> bool {
        self.reached.is_some() && self.failure.is_none()
    }
}

impl Viewer<'_> {
    /// How far the identity provider of this name has come, step by step.
    pub async fn setup_progress(&self, name: &str) -> Result<Vec<StepProgress>, Error> {
        progress(self.org, name).await
    }
}

impl Setup<'_> {
    /// How far the identity provider of this name has come, step by step.
    pub async fn progress(&self, name: &str) -> Result<Vec<StepProgress>, Error> {
        progress(self.org, name).await
    }
}

async fn progress(org: &Org, name: &str) -> Result<Vec<StepProgress>, Error> {
    let (id, name) = (org.id, name.to_owned());
    org.shared
        .db
        .read(move |tx| {
            let Some(service_user) = db::service_users::named(tx, id, &name)? else {
                return Ok(SetupStep::ALL.map(untouched).to_vec());
            };
            let reached = db::setup_steps::of(tx, id, service_user.id)?;
            SetupStep::ALL
                .into_iter()
                .map(|step| {
                    let known = reached.iter().find(|known| known.step == step);
                    Ok(StepProgress {
                        step,
                        reached: known.map(|known| known.first),
                        failure: failure(tx, id, &service_user, step, known.map(|known| known.last))?,
                    })
                })
                .collect()
        })
        .await
}

fn untouched(step: SetupStep) -> StepProgress {
    StepProgress {
        step,
        reached: None,
        failure: None,
    }
}

/// The newest failure of a step since it succeeded last.
fn failure(
    tx: &mut Conn,
    org: OrgId,
    service_user: &ServiceUser,
    step: SetupStep,
    succeeded: Option<Timestamp>,
) -> Result<Option<LogRow>, Error> {
    let own = service_user.id.as_uuid().simple().to_string();
    let since = match succeeded {
        None => service_user.created,
        // What failed in the same millisecond is over.
        Some(at) => at
            .checked_add(SignedDuration::from_millis(1))
            .map_err(Error::internal)?,
    };
    let mut newest: Option<db::provisioning_log::LogRow> = None;
    for action in step.failures() {
        let wanted = Wanted {
            before: Uuid::max(),
            from: first_of(since),
            target: None,
            action: Some(action.code()),
            credential: None,
            is_failed: false,
            status: None,
        };
        let (rows, _) = db::provisioning_log::page(tx, org, &wanted, LOOKED_AT)?;
        // The service user is in the text of the facts, as a name that nothing else has.
        let of_this = rows.into_iter().find(|row| row.facts.contains(&own));
        if let Some(row) = of_this
            && newest.as_ref().is_none_or(|known| known.id.0 < row.id.0)
        {
            newest = Some(row);
        }
    }
    let Some(row) = newest else { return Ok(None) };
    Ok(named(tx, org, vec![row])?.pop())
}

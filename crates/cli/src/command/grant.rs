//! `wicketgate grant`: what Org Owners have allowed OAuth clients on the consent page.

use std::fmt;

use serde::Serialize;
use wicketgate_auth::ServiceUserId;
use wicketgate_domain::{ClientGrant, Error, GrantId, Instance};

use super::Which;
use crate::output::{Format, or_never, table, time};

#[derive(clap::Subcommand)]
pub(super) enum GrantCommand {
    /// List what clients of an organization were allowed.
    List(Which),
    /// Take back what a client was allowed: every code and token that came of it is refused with its next request.
    Revoke {
        #[command(flatten)]
        org: Which,
        #[arg(long, value_name = "ID", help = "Its id, as `wicketgate grant list` shows it")]
        grant: String,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: String,
    client_id: String,
    service_user_id: ServiceUserId,
    scope: String,
    approved_by: String,
    created_at: String,
    revoked_at: Option<String>,
    revoke_reason: Option<String>,
}

impl Shown {
    fn new(grant: ClientGrant) -> Self {
        Self {
            id: grant.id.as_uuid().to_string(),
            client_id: grant.client.to_string(),
            service_user_id: grant.service_user,
            scope: grant.scope.to_string(),
            approved_by: grant.approved_by.to_string(),
            created_at: time(grant.created),
            revoked_at: grant.revoked.map(time),
            revoke_reason: grant.revoke_reason,
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Shown>);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "No client was allowed anything by an authorization code.");
        }
        let rows = self.0.iter().map(|grant| {
            [
                grant.id.clone(),
                grant.client_id.clone(),
                grant.scope.clone(),
                grant.created_at.clone(),
                or_never(grant.revoked_at.as_ref()).to_owned(),
            ]
        });
        table(f, ["ID", "CLIENT", "SCOPE", "APPROVED", "REVOKED"], rows)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Revoked {
    id: String,
    revoked: bool,
}

impl fmt::Display for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Took back the grant {}.", self.id)
    }
}

pub(super) async fn run(command: &GrantCommand, instance: &Instance, format: Format) -> anyhow::Result<()> {
    match command {
        GrantCommand::List(which) => {
            let org = which.enter(instance).await?;
            let found = org.owner()?.grants().list().await?;
            format.print(&List(found.into_iter().map(Shown::new).collect()))
        }
        GrantCommand::Revoke { org: which, grant } => {
            let org = which.enter(instance).await?;
            let owner = org.owner()?;
            let revoked = match GrantId::parse(grant) {
                Ok(id) => owner.grants().revoke(id).await,
                Err(unknown) => Err(unknown),
            };
            revoked.map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!(
                    "the organization has no grant {grant}: `wicketgate grant list` shows those there are"
                ),
                error => error.into(),
            })?;
            format.print(&Revoked {
                id: grant.clone(),
                revoked: true,
            })
        }
    }
}

//! `wicketgate invitation`: people who were invited to look after an organization and have not answered yet.
//! `wicketgate account invite` invites.

use std::fmt;

use serde::Serialize;
use wicketgate_auth::{Role, TokenId};
use wicketgate_domain::{Error, Instance, Invitation};

use super::Which;
use crate::output::{Format, table, time};

#[derive(clap::Subcommand)]
pub(super) enum InvitationCommand {
    /// List the invitations of an organization that can still be accepted.
    List(Which),
    /// Withdraw an invitation: its link is worth nothing any more.
    Revoke {
        #[command(flatten)]
        org: Which,
        #[arg(
            long,
            value_name = "ID",
            help = "Its id, as `wicketgate invitation list` shows it"
        )]
        invitation: TokenId,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: String,
    email: String,
    role: Role,
    created_at: String,
    expires_at: String,
}

impl Shown {
    fn new(invitation: Invitation) -> Self {
        Self {
            id: invitation.id.to_string(),
            email: invitation.email,
            role: invitation.role,
            created_at: time(invitation.created),
            expires_at: time(invitation.expires),
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Shown>);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "There is no invitation that can still be accepted.");
        }
        let rows = self.0.iter().map(|invitation| {
            [
                invitation.id.clone(),
                invitation.role.as_str().to_owned(),
                invitation.created_at.clone(),
                invitation.expires_at.clone(),
                invitation.email.clone(),
            ]
        });
        table(f, ["ID", "ROLE", "CREATED", "EXPIRES", "EMAIL"], rows)
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
        writeln!(f, "Withdrew the invitation {}.", self.id)
    }
}

pub(super) async fn run(
    command: &InvitationCommand,
    instance: &Instance,
    format: Format,
) -> anyhow::Result<()> {
    match command {
        InvitationCommand::List(which) => {
            let org = which.enter(instance).await?;
            let found = org.owner()?.invitations().list().await?;
            format.print(&List(found.into_iter().map(Shown::new).collect()))
        }
        InvitationCommand::Revoke {
            org: which,
            invitation,
        } => {
            let org = which.enter(instance).await?;
            let revoked = org.owner()?.invitations().revoke(*invitation).await;
            revoked.map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!(
                    "the organization has no open invitation {invitation}: `wicketgate invitation list` shows those \
                     there are"
                ),
                error => error.into(),
            })?;
            format.print(&Revoked {
                id: invitation.to_string(),
                revoked: true,
            })
        }
    }
}

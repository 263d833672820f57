//! `wicketgate revoke-all`: nothing that was issued until now is accepted any more.

use std::{fmt, process::ExitCode};

use serde::Serialize;
use wicketgate_domain::{Instance, RevokeReason};

use crate::output::Format;

#[derive(clap::Args)]
pub(super) struct RevokeAll {
    #[arg(long, value_enum, help = "Why, for the audit log of each organization")]
    reason: Reason,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Reason {
    /// The database was brought back to an earlier moment.
    Restored,
    /// Somebody has a copy of the database and the pepper.
    Leaked,
}

impl From<Reason> for RevokeReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Restored => Self::Restored,
            Reason::Leaked => Self::Leaked,
        }
    }
}

/// What was revoked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Revoked {
    organizations: usize,
    credentials: usize,
    setup_links: usize,
    invitations: usize,
    sessions: usize,
}

impl From<wicketgate_domain::Revoked> for Revoked {
    fn from(revoked: wicketgate_domain::Revoked) -> Self {
        Self {
            organizations: revoked.organizations,
            credentials: revoked.credentials,
            setup_links: revoked.setup_links,
            invitations: revoked.invitations,
            sessions: revoked.sessions,
        }
    }
}

impl fmt::Display for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Revoked {} credentials, {} setup links and {} invitations of {} organizations, and {} sessions.",
            self.credentials, self.setup_links, self.invitations, self.organizations, self.sessions
        )?;
        writeln!(
            f,
            "Issue new tokens with `wicketgate token create`, and paste them into the identity providers."
        )
    }
}

pub(super) async fn run(
    command: &RevokeAll,
    instance: &Instance,
    format: Format,
) -> anyhow::Result<ExitCode> {
    let revoked = instance.revoke_everything(command.reason.into()).await?;
    format.print(&Revoked::from(revoked))?;
    Ok(ExitCode::SUCCESS)
}

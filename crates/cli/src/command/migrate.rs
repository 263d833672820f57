//! `wicketgate migrate`: applies the migrations that are missing, or only names them.

use std::{fmt, process::ExitCode};

use serde::Serialize;

use crate::{config::Settings, installation, output::Format};

#[derive(clap::Args)]
pub(super) struct Migrate {
    #[arg(long, help = "Change nothing, and fail when a migration is missing")]
    check: bool,
}

#[derive(Serialize)]
struct Applied {
    applied: Vec<String>,
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.applied.as_slice() {
            [] => writeln!(f, "The database is up to date."),
            applied => applied.iter().try_for_each(|name| writeln!(f, "Applied {name}.")),
        }
    }
}

#[derive(Serialize)]
struct Pending {
    pending: Vec<String>,
}

impl fmt::Display for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pending.as_slice() {
            [] => writeln!(f, "The database is up to date."),
            pending => {
                pending
                    .iter()
                    .try_for_each(|name| writeln!(f, "Missing: {name}"))?;
                writeln!(f, "Apply what is missing with `wicketgate migrate`.")
            }
        }
    }
}

pub(super) fn run(migrate: &Migrate, settings: &Settings, format: Format) -> anyhow::Result<ExitCode> {
    if migrate.check {
        let pending = installation::pending_migrations(settings)?;
        let complete = pending.is_empty();
        format.print(&Pending { pending })?;
        return Ok(if complete {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        });
    }
    let applied = installation::migrate(settings)?;
    format.print(&Applied { applied })?;
    Ok(ExitCode::SUCCESS)
}

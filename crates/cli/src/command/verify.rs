//! `wicketgate verify`: whether the audit logs are whole. The status is a failure where one is not.

use std::{fmt, process::ExitCode};

use serde::Serialize;
use wicketgate_auth::OrgId;
use wicketgate_domain::{AuditCheck, Error, Instance};

use crate::output::Format;

#[derive(clap::Args)]
pub(super) struct Verify {
    #[arg(
        long,
        value_name = "ID",
        help = "Only this organization, as `wicketgate org list` shows its id"
    )]
    org: Option<OrgId>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    id: OrgId,
    name: String,
    ok: bool,
    entries: i64,
    head: String,
    breaks: Vec<Break>,
}

#[derive(Serialize)]
struct Break {
    number: i64,
    fault: &'static str,
    #[serde(skip)]
    explained: &'static str,
}

impl From<AuditCheck> for Checked {
    fn from(check: AuditCheck) -> Self {
        Self {
            id: check.org,
            name: check.name,
            ok: check.breaks.is_empty(),
            entries: check.entries,
            head: check.head,
            breaks: check
                .breaks
                .iter()
                .map(|found| Break {
                    number: found.number,
                    fault: found.fault.as_str(),
                    explained: found.fault.explained(),
                })
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct Report {
    ok: bool,
    organizations: Vec<Checked>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.organizations.is_empty() {
            return writeln!(f, "There is no organization, and nothing to check.");
        }
        for checked in &self.organizations {
            let status = if checked.ok { "ok  " } else { "FAIL" };
            writeln!(
                f,
                "{status}  {} {}: {} entries, the last one {}",
                checked.id, checked.name, checked.entries, checked.head
            )?;
            for found in &checked.breaks {
                writeln!(f, "      entry {} {}", found.number, found.explained)?;
            }
        }
        Ok(())
    }
}

pub(super) async fn run(command: &Verify, instance: &Instance, format: Format) -> anyhow::Result<ExitCode> {
    let checks = instance
        .verify_audit(command.org)
        .await
        .map_err(|error| match (error, command.org) {
            (Error::NotFound, Some(org)) => {
                anyhow::anyhow!("there is no organization {org}: `wicketgate org list` shows those there are")
            }
            (error, _) => error.into(),
        })?;
    let organizations: Vec<Checked> = checks.into_iter().map(Checked::from).collect();
    let ok = organizations.iter().all(|checked| checked.ok);
    format.print(&Report { ok, organizations })?;
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

//! `wicketgate verify`: whether what is stored agrees with itself, and the audit logs are whole. Where something is wrong,
//! the status is one that no other failure has.

use std::{fmt, process::ExitCode};

use serde::Serialize;
use wicketgate_auth::OrgId;
use wicketgate_domain::{Error, Instance, OrgCheck};

use crate::output::Format;

/// The status where something is wrong.
const VIOLATED: u8 = 3;

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
    users: i64,
    groups: i64,
    members: i64,
    events: i64,
    entries: i64,
    head: String,
    breaks: Vec<Break>,
    violations: Vec<Violated>,
    violation_count: usize,
}

#[derive(Serialize)]
struct Break {
    number: i64,
    fault: &'static str,
    #[serde(skip)]
    explained: &'static str,
}

#[derive(Serialize)]
struct Violated {
    kind: &'static str,
    row: String,
    means: &'static str,
}

impl From<OrgCheck> for Checked {
    fn from(check: OrgCheck) -> Self {
        Self {
            id: check.audit.org,
            ok: check.is_ok(),
            name: check.audit.name,
            users: check.users,
            groups: check.groups,
            members: check.members,
            events: check.events,
            entries: check.audit.entries,
            head: check.audit.head,
            violation_count: check.violation_count,
            violations: check
                .violations
                .into_iter()
                .map(|found| Violated {
                    kind: found.kind.as_str(),
                    row: found.row,
                    means: found.kind.explained(),
                })
                .collect(),
            breaks: check
                .audit
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
                "{status}  {} {}: {} users, {} groups, {} members, {} events; {} audit entries, the last one {}",
                checked.id,
                checked.name,
                checked.users,
                checked.groups,
                checked.members,
                checked.events,
                checked.entries,
                checked.head
            )?;
            for found in &checked.breaks {
                writeln!(f, "      audit entry {} {}", found.number, found.explained)?;
            }
            for found in &checked.violations {
                writeln!(f, "      {} {}", found.row, found.means)?;
            }
            let more = checked.violation_count - checked.violations.len();
            if more > 0 {
                writeln!(f, "      and {more} more")?;
            }
        }
        Ok(())
    }
}

pub(super) async fn run(command: &Verify, instance: &Instance, format: Format) -> anyhow::Result<ExitCode> {
    let checks = instance
        .verify(command.org)
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
    Ok(if ok { ExitCode::SUCCESS } else { VIOLATED.into() })
}

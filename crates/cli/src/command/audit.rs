//! `wicketgate audit`: who changed what about an organization. `wicketgate verify` checks that nothing is missing.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;
use wicketgate_domain::{AuditEntry, AuditPage, AuditQuery, Instance, MAX_AUDIT_PAGE};

use super::Which;
use crate::output::{Format, time};

#[derive(clap::Subcommand)]
pub(super) enum AuditCommand {
    /// List who changed what, the newest first.
    List(List),
}

#[derive(clap::Args)]
pub(super) struct List {
    #[command(flatten)]
    org: Which,
    #[arg(
        long,
        value_name = "ID",
        help = "By this account, service user or client; or operator, gateway or finder"
    )]
    actor: Option<String>,
    #[arg(
        long,
        help = "Of this kind, such as credential.revoked, or credential. for all that begin so"
    )]
    kind: Option<String>,
    #[arg(long, value_name = "ID", help = "What happened to this")]
    resource: Option<Uuid>,
    #[arg(
        long,
        value_name = "TIME",
        help = "From this time on, such as 2026-11-21T09:30:00Z"
    )]
    from: Option<Timestamp>,
    #[arg(long, value_name = "TIME", help = "Before this time")]
    until: Option<Timestamp>,
    #[arg(long, value_name = "NUMBER", help = "Only what is older than this entry")]
    before: Option<i64>,
    #[arg(
        long,
        value_name = "N",
        default_value_t = 50,
        value_parser = clap::value_parser!(u16).range(1..=i64::from(MAX_AUDIT_PAGE)),
        help = "How many at most, up to 500"
    )]
    limit: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    number: i64,
    kind: String,
    occurred_at: String,
    actor: Value,
    actor_name: Option<String>,
    resource_id: Option<String>,
    target_name: Option<String>,
    request_id: String,
    payload: Value,
    hash: String,
}

impl Shown {
    fn new(entry: AuditEntry) -> Self {
        Self {
            number: entry.number,
            kind: entry.kind,
            occurred_at: time(entry.occurred),
            actor: entry.actor,
            actor_name: entry.actor_name,
            resource_id: entry.resource.map(|id| id.to_string()),
            target_name: entry.target_name,
            request_id: entry.request_id,
            payload: entry.payload,
            hash: entry.hash,
        }
    }
}

#[derive(Serialize)]
struct Listed {
    entries: Vec<Shown>,
    next: Option<i64>,
}

impl Listed {
    fn new(page: AuditPage) -> Self {
        Self {
            entries: page.entries.into_iter().map(Shown::new).collect(),
            next: page.next,
        }
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.entries.is_empty() {
            writeln!(f, "There is no such entry.")?;
        }
        for entry in &self.entries {
            let actor = entry
                .actor_name
                .as_deref()
                .or_else(|| entry.actor.get("type")?.as_str())
                .unwrap_or_default();
            let target = entry.target_name.as_deref().unwrap_or_default();
            writeln!(
                f,
                "{:>6}  {}  {}  {target}  by {actor}",
                entry.number, entry.occurred_at, entry.kind
            )?;
        }
        match self.next {
            Some(next) => writeln!(f, "For what is older: --before {next}"),
            None => Ok(()),
        }
    }
}

pub(super) async fn run(command: &AuditCommand, instance: &Instance, format: Format) -> anyhow::Result<()> {
    let AuditCommand::List(list) = command;
    let org = list.org.enter(instance).await?;
    let query = AuditQuery {
        before: list.before,
        actor: list.actor.clone(),
        kind: list.kind.clone(),
        resource: list.resource,
        from: list.from,
        to: list.until,
        limit: list.limit,
    };
    let page = org.owner()?.audit().page(query).await?;
    format.print(&Listed::new(page))
}

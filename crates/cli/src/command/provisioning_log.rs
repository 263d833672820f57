//! `wicketgate provisioning-log`: what identity providers asked for, and why it failed.

use std::{
    fmt,
    io::{self, Write as _},
};

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;
use wicketgate_auth::TokenId;
use wicketgate_domain::{
    Action, CSV_HEADER, Error, Instance, LogId, LogPage, LogQuery, LogRow, MOST_LOG_ROWS, csv_line,
    json_line, log_row_json,
};

use super::Which;
use crate::output::{Format, time};

#[derive(clap::Subcommand)]
pub(super) enum ProvisioningLogCommand {
    /// List what identity providers asked for, the newest first.
    List {
        #[command(flatten)]
        wanted: Wanted,
        #[arg(long, value_name = "ID", help = "Only what is older than this entry")]
        before: Option<String>,
        #[arg(
            long,
            value_name = "N",
            default_value_t = 50,
            value_parser = clap::value_parser!(u16).range(1..=i64::from(MOST_LOG_ROWS)),
            help = "How many at most, up to 500"
        )]
        limit: u16,
    },
    /// Show one entry with the body of its request, as long as that is kept.
    Show {
        #[command(flatten)]
        org: Which,
        #[arg(
            long,
            value_name = "ID",
            help = "Its id, as `wicketgate provisioning-log list` shows it"
        )]
        entry: String,
    },
    /// Write all entries to standard output, the newest first.
    Export {
        #[command(flatten)]
        wanted: Wanted,
        #[arg(
            long = "as",
            value_name = "KIND",
            help = "csv for spreadsheets, or ndjson for programs"
        )]
        kind: Kind,
    },
}

/// Which entries.
#[derive(clap::Args)]
pub(super) struct Wanted {
    #[command(flatten)]
    org: Which,
    #[arg(
        long,
        value_name = "ID",
        help = "What happened to this user or group; lookups are not among it"
    )]
    target: Option<Uuid>,
    #[arg(long, help = "Of this action, such as user.created")]
    action: Option<Action>,
    #[arg(long, help = "Only what failed")]
    failed: bool,
    #[arg(long, help = "With this status, such as 409")]
    status: Option<u16>,
    #[arg(long, value_name = "ID", help = "With this token")]
    credential: Option<TokenId>,
    #[arg(long, value_name = "ID", help = "Of this request")]
    request: Option<Uuid>,
    #[arg(
        long,
        value_name = "TIME",
        help = "From this time on, such as 2026-11-21T09:30:00Z"
    )]
    from: Option<Timestamp>,
    #[arg(long, value_name = "TIME", help = "Before this time")]
    until: Option<Timestamp>,
}

impl Wanted {
    fn query(&self, limit: u16, before: Option<LogId>) -> LogQuery {
        LogQuery {
            target: self.target,
            action: self.action,
            failed: self.failed,
            status: self.status,
            credential: self.credential,
            request: self.request,
            from: self.from,
            until: self.until,
            before,
            limit,
        }
    }
}

/// What kind of file is written.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum Kind {
    /// RFC 4180.
    Csv,
    /// An entry on each line.
    Ndjson,
}

#[derive(Serialize)]
struct Listed {
    entries: Vec<Value>,
    next: Option<String>,
    #[serde(skip)]
    rows: Vec<LogRow>,
}

impl Listed {
    fn new(page: LogPage) -> Self {
        Self {
            entries: page.rows.iter().map(log_row_json).collect(),
            next: page.next.map(|id| id.to_string()),
            rows: page.rows,
        }
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rows.is_empty() {
            writeln!(f, "There is no such entry.")?;
        }
        for row in &self.rows {
            describe(f, row)?;
        }
        match &self.next {
            Some(next) => writeln!(f, "For what is older: --before {next}"),
            None => Ok(()),
        }
    }
}

/// An entry in a few lines.
fn describe(f: &mut fmt::Formatter<'_>, row: &LogRow) -> fmt::Result {
    let status = match row.status {
        0 => String::new(),
        status => format!("{status}  "),
    };
    let times = match row.count {
        0 | 1 => String::new(),
        count => format!(" ({count} times)"),
    };
    writeln!(
        f,
        "{}  {status}{}{times}  {}",
        time(row.time),
        row.sentence,
        row.id
    )?;
    if let Some(explanation) = &row.explanation {
        writeln!(f, "    why: {}", explanation.cause)?;
        writeln!(f, "    fix: {}", explanation.fix)?;
    }
    Ok(())
}

/// One entry with everything that is kept of it.
#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    entry: Value,
    body: Option<Value>,
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:#}", self.entry)?;
        match &self.body {
            Some(body) => writeln!(f, "The request, without its secrets:\n{body:#}"),
            None => writeln!(f, "The body of the request is not kept."),
        }
    }
}

fn unknown(entry: &str, error: Error) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow::anyhow!(
            "the provisioning log has no entry {entry}: `wicketgate provisioning-log list` shows those there are"
        ),
        error => error.into(),
    }
}

pub(super) async fn run(
    command: &ProvisioningLogCommand,
    instance: &Instance,
    format: Format,
) -> anyhow::Result<()> {
    match command {
        ProvisioningLogCommand::List {
            wanted,
            before,
            limit,
        } => {
            let org = wanted.org.enter(instance).await?;
            let before = before
                .as_deref()
                .map(|text| text.parse().map_err(|error| unknown(text, error)))
                .transpose()?;
            let query = wanted.query(*limit, before);
            let page = org.viewer()?.provisioning_log().page(query).await?;
            format.print(&Listed::new(page))
        }
        ProvisioningLogCommand::Show { org: which, entry } => {
            let org = which.enter(instance).await?;
            let id = entry.parse().map_err(|error| unknown(entry, error))?;
            let found = org.viewer()?.provisioning_log().get(id).await;
            let (row, body) = found.map_err(|error| unknown(entry, error))?;
            format.print(&Whole {
                entry: log_row_json(&row),
                body,
            })
        }
        ProvisioningLogCommand::Export { wanted, kind } => export(wanted, *kind, instance).await,
    }
}

/// Writes page by page, however long the log is.
async fn export(wanted: &Wanted, kind: Kind, instance: &Instance) -> anyhow::Result<()> {
    const CUT: &str = "the export was cut off";

    let org = wanted.org.enter(instance).await?;
    let viewer = org.viewer()?;
    let mut out = io::stdout().lock();
    if let Kind::Csv = kind {
        out.write_all(CSV_HEADER.as_bytes()).context(CUT)?;
    }
    let mut before = None;
    loop {
        let query = wanted.query(MOST_LOG_ROWS, before);
        let page = viewer.provisioning_log().page(query).await?;
        for row in &page.rows {
            let line = match kind {
                Kind::Csv => csv_line(row),
                Kind::Ndjson => json_line(row),
            };
            out.write_all(line.as_bytes()).context(CUT)?;
        }
        before = page.next;
        if before.is_none() {
            return out.flush().context(CUT);
        }
    }
}

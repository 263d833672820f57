//! `wicketgate export`: everything that an organization owns, as lines of JSON.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde::Serialize;
use wicketgate_domain::{ExportCounts, Instance};

use super::Which;
use crate::output::Format;

#[derive(clap::Args)]
pub(super) struct Export {
    #[command(flatten)]
    org: Which,
    #[arg(
        long,
        value_name = "FILE",
        help = "A file that is not there yet; without it the lines go to standard output"
    )]
    output: Option<PathBuf>,
}

#[derive(Serialize)]
struct Exported {
    file: String,
    lines: u64,
    unchanged: bool,
    counts: serde_json::Map<String, serde_json::Value>,
}

impl Exported {
    fn new(file: &Path, counts: ExportCounts) -> Self {
        Self {
            file: file.display().to_string(),
            lines: counts.lines,
            unchanged: counts.unchanged,
            counts: counts
                .by_type
                .into_iter()
                .map(|(name, count)| (name.to_owned(), count.into()))
                .collect(),
        }
    }
}

impl fmt::Display for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Exported {} lines to {}.", self.lines, self.file)?;
        if self.unchanged {
            Ok(())
        } else {
            writeln!(
                f,
                "The organization changed meanwhile: to have it as it was at one moment, pause it and export again."
            )
        }
    }
}

/// A file that nobody else may read, and that was not there before.
fn create(path: &Path) -> anyhow::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| {
            format!(
                "cannot create {}: name a file that is not there yet",
                path.display()
            )
        })
}

pub(super) async fn run(command: &Export, instance: &Instance, format: Format) -> anyhow::Result<()> {
    let org = command.org.enter(instance).await?;
    let file = command.output.as_deref().map(create).transpose()?;
    let owner = org.owner()?;
    let mut export = owner.export().await?;
    let mut out: Box<dyn Write> = match &file {
        Some(file) => Box::new(file),
        None => Box::new(io::stdout().lock()),
    };
    while let Some(lines) = export.next().await? {
        out.write_all(lines.as_bytes())
            .context("the export was cut off")?;
    }
    out.flush().context("the export was cut off")?;
    if let Some(file) = &file {
        file.sync_all().context("the export was cut off")?;
    }
    drop(out);
    let counts = export.finish().await?;
    match &command.output {
        Some(path) => format.print(&Exported::new(path, counts)),
        None => Ok(()),
    }
}

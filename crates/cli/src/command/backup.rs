//! `wicketgate backup`: a copy of the SQLite database, made while servers go on.

use std::{
    fmt,
    fs::File,
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use serde::Serialize;
use wicketgate_auth::Peppers;
use wicketgate_domain::{DatabaseOptions, Instance};

use crate::{
    backup_file,
    config::{
        Settings,
        database::{self, Kind},
    },
    installation,
    output::Format,
};

#[derive(clap::Args)]
pub(super) struct Backup {
    #[arg(value_name = "FILE", help = "A file that is not there yet")]
    file: PathBuf,
}

#[derive(Serialize)]
struct BackedUp {
    file: String,
    bytes: u64,
}

impl fmt::Display for BackedUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Wrote {} ({} bytes).", self.file, self.bytes)?;
        writeln!(
            f,
            "Keep the pepper of the data folder with it, in another place: without it the backup cannot be restored."
        )
    }
}

/// What PostgreSQL has of its own.
pub(super) const POSTGRES: &str = "PostgreSQL is backed up and restored with its own tools, pg_basebackup or \
                                   pgBackRest: see \"Back up and restore\" in the documentation. After a restore, run \
                                   `wicketgate revoke-all --reason restored` before the gateway is started";

/// The folder that a file is in.
pub(super) fn folder(file: &Path) -> &Path {
    file.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// The peppers, by which backups are sealed.
pub(super) fn peppers(settings: &mut Settings) -> anyhow::Result<Peppers> {
    installation::peppers(settings)?.with_context(|| {
        format!(
            "there is no pepper in {}: backups are sealed with it. Put it there, or name its folder with --data-dir",
            settings.data_dir.display()
        )
    })
}

pub(super) fn run(command: &Backup, settings: &mut Settings, format: Format) -> anyhow::Result<()> {
    if let Kind::Postgres = database::kind(&settings.database_url)? {
        bail!(POSTGRES);
    }
    installation::must_exist(settings)?;
    let peppers = peppers(settings)?;
    let name = command.file.display().to_string();
    if command.file.try_exists()? {
        bail!("{name} is there already: name a file that is not there yet");
    }
    let bytes = write(&command.file, &settings.database_url, &peppers)
        .map_err(|error| installation::explained(error, settings))?;
    format.print(&BackedUp { file: name, bytes })
}

/// The file has its name only when all of it is on disk, and nobody else may read it.
fn write(path: &Path, database_url: &str, peppers: &Peppers) -> anyhow::Result<u64> {
    let name = path.display();
    let folder = folder(path);
    let mut file = tempfile::Builder::new()
        .prefix(".wicketgate-backup-")
        .tempfile_in(folder)
        .with_context(|| format!("cannot write into {}", folder.display()))?;
    Instance::copy_database(&DatabaseOptions::new(database_url), file.path())?;
    backup_file::seal(file.as_file_mut(), peppers)
        .and_then(|()| file.as_file().sync_all())
        .with_context(|| format!("cannot write {name}"))?;
    let bytes = file.as_file().metadata()?.len();
    match file.persist_noclobber(path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            bail!("{name} is there already: name a file that is not there yet")
        }
        Err(error) => return Err(error.error).with_context(|| format!("cannot write {name}")),
    }
    // The name is on disk only when the folder is.
    File::open(folder)?.sync_all()?;
    Ok(bytes)
}

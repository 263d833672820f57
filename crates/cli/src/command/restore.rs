//! `wicketgate restore`: puts a backup of a SQLite database in place. Until everything is found to be in order, nothing is
//! changed; then it happens at once.

use std::{
    fmt,
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use serde::Serialize;
use wicketgate_auth::OsEntropy;
use wicketgate_domain::{
    Clock as _, DatabaseOptions, Error, HeldDatabase, Instance, Restored, Sources, SystemClock,
};

use super::{
    backup::{POSTGRES, folder, peppers},
    revoke_all::Revoked,
};
use crate::{
    backup_file,
    config::{
        Settings, data_dir,
        database::{self, Kind},
    },
    output::Format,
};

#[derive(clap::Args)]
pub(super) struct Restore {
    #[arg(value_name = "FILE", help = "What `wicketgate backup` has written")]
    file: PathBuf,
    #[arg(
        long,
        help = "Put it in the place of the database that is there, which is kept under another name"
    )]
    replace: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Done {
    database: String,
    /// Where the database is that was there before.
    former: Option<String>,
    applied: Vec<String>,
    revoked: Revoked,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Restored {}.", self.database)?;
        if let Some(former) = &self.former {
            writeln!(f, "What was there before is in {former}.")?;
        }
        for name in &self.applied {
            writeln!(f, "Applied {name}.")?;
        }
        write!(f, "{}", self.revoked)
    }
}

pub(super) fn run(command: &Restore, settings: &mut Settings, format: Format) -> anyhow::Result<()> {
    let Kind::Sqlite(target) = database::kind(&settings.database_url)? else {
        bail!(POSTGRES);
    };
    let peppers = peppers(settings)?;
    data_dir::create(&settings.data_dir)?;
    let held = hold(&target, command.replace)?;
    let file = tempfile::Builder::new()
        .prefix(".wicketgate-restore-")
        .tempfile_in(folder(&target))
        .with_context(|| format!("cannot write into {}", folder(&target).display()))?;
    // SQLite closes its files in its own time, and a file has to have its name until then.
    let mut copy = file.reopen()?;
    backup_file::unseal(&command.file, &mut copy, &peppers)?;
    copy.sync_all()?;
    drop(copy);
    let restored = prepared(file.path())?;
    file.as_file().sync_all()?;
    let former = match &held {
        Some(_) => Some(put_aside(&target)?),
        None => None,
    };
    let placed = match &former {
        Some(_) => file.persist(&target).map_err(|error| error.error),
        None => file.persist_noclobber(&target).map_err(|error| error.error),
    };
    if let Err(error) = placed {
        if let Some(former) = &former {
            // It still has its first name.
            fs::remove_file(former)?;
        }
        return Err(error).with_context(|| format!("cannot put {} in place", target.display()));
    }
    // The name is on disk only when the folder is.
    File::open(folder(&target))?.sync_all()?;
    drop(held);
    format.print(&Done {
        database: target.display().to_string(),
        former: former.map(|path| path.display().to_string()),
        applied: restored.applied,
        revoked: restored.revoked.into(),
    })
}

/// The file beside a database that SQLite keeps what was written last in.
fn beside(target: &Path, ending: &str) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Makes sure that nobody has the database open that is there, if one is and may be replaced.
fn hold(target: &Path, replace: bool) -> anyhow::Result<Option<HeldDatabase>> {
    let name = target.display();
    if !target.try_exists()? {
        let log = beside(target, "-wal");
        if log.try_exists()? {
            // SQLite would add it to the backup.
            bail!(
                "{} is the rest of another database: move it away first",
                log.display()
            );
        }
        return Ok(None);
    }
    if !replace {
        bail!(
            "{name} is there already: with --replace it is kept under another name, and the backup takes its place"
        );
    }
    match Instance::hold_database(&options(target)) {
        Ok(held) => Ok(Some(held)),
        Err(Error::Busy) => {
            bail!("{name} is open in another process: stop the gateway, and every other wicketgate, first")
        }
        Err(error) => Err(error).with_context(|| {
            format!(
                "{name} cannot be opened: stop the gateway, move {name} away, with {name}-wal and {name}-shm if they \
                 are there, and restore again"
            )
        }),
    }
}

fn options(path: &Path) -> DatabaseOptions {
    DatabaseOptions::new(format!("sqlite://{}", path.display()))
}

fn prepared(path: &Path) -> anyhow::Result<Restored> {
    let sources = Sources::new(SystemClock, OsEntropy);
    Ok(Instance::prepare_restored(&options(path), &sources)?)
}

/// Gives the database that is there a second name, under which it stays.
fn put_aside(target: &Path) -> anyhow::Result<PathBuf> {
    let at = SystemClock.now().strftime("%Y%m%dT%H%M%S%3fZ").to_string();
    let former = beside(target, &format!(".before-restore-{at}"));
    fs::hard_link(target, &former)
        .with_context(|| format!("cannot keep {} as {}", target.display(), former.display()))?;
    Ok(former)
}

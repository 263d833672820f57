//! Opens the installation that the settings describe: database, schema and pepper. What is done with it is in
//! `command/`.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use wicketgate_auth::{OsEntropy, Peppers};
use wicketgate_domain::{DatabaseOptions, Error, Instance, Sources, SystemClock};
use wicketgate_fetch::{Fetcher, Rules};

use crate::config::{
    Settings, data_dir,
    database::{self, Kind},
    pepper::{self, Fresh},
};

/// Applies the migrations that are missing, and names them. The database is created where it is missing.
pub(crate) fn migrate(settings: &Settings) -> anyhow::Result<Vec<String>> {
    let options = options(settings)?;
    if let Kind::Sqlite(_) = database::kind(&settings.database_url)? {
        data_dir::create(&settings.data_dir)?;
    }
    Instance::migrate(&options).map_err(|error| explained(error, settings))
}

/// The migrations that are missing. A SQLite database that is not there is not created.
pub(crate) fn pending_migrations(settings: &Settings) -> anyhow::Result<Vec<String>> {
    let options = options(settings)?;
    must_exist(settings)?;
    Instance::pending_migrations(&options).map_err(|error| explained(error, settings))
}

/// Opens an installation whose database is there and has this version's schema.
pub(crate) async fn open(settings: &mut Settings) -> anyhow::Result<Instance> {
    let pending = pending_migrations(settings)?;
    if !pending.is_empty() {
        bail!(
            "the database lacks {}: run `wicketgate migrate`, or start `wicketgate serve`",
            pending.join(", ")
        );
    }
    open_migrated(settings).await
}

/// The same without looking at the schema, for whoever has just migrated.
pub(crate) async fn open_migrated(settings: &mut Settings) -> anyhow::Result<Instance> {
    if let Some(peppers) = peppers(settings)? {
        return connect(settings, peppers);
    }
    let path = pepper::path(&settings.data_dir);
    let fresh = Fresh::draw(&mut OsEntropy);
    let instance = connect(settings, fresh.peppers()?)?;
    // Where there is an organization, credentials hang on a pepper that is somewhere: here, or on the machine of
    // another process. With a new one they would all stop working, one by one and without a word.
    if !instance
        .orgs()
        .await
        .map_err(|error| explained(error, settings))?
        .is_empty()
    {
        bail!(
            "the pepper {path} is missing, and without it no token of the organizations in {database} verifies: put it \
             back from the backup or copy it from the other gateway, or name its folder with --data-dir. If it is lost \
             for good, make a new one with the number 2, and then new tokens: (umask 077; echo \"2:$(openssl rand -hex \
             32)\" > {path})",
            path = path.display(),
            database = database::redacted(&settings.database_url),
        );
    }
    data_dir::create(&settings.data_dir)?;
    if fresh.keep(&path)? {
        tracing::info!(path = %path.display(), "created the pepper: back it up with the database");
        return Ok(instance);
    }
    // Another process was faster. Its pepper is the installation's.
    drop(instance);
    let peppers =
        pepper::read(&path)?.with_context(|| format!("the pepper {} comes and goes", path.display()))?;
    connect(settings, peppers)
}

/// The peppers of the environment, or else of the data folder. `None` where there are none.
pub(crate) fn peppers(settings: &mut Settings) -> anyhow::Result<Option<Peppers>> {
    match settings.peppers.take() {
        Some(peppers) => Ok(Some(peppers)),
        None => pepper::read(&pepper::path(&settings.data_dir)),
    }
}

/// Opens the database with these peppers.
pub(crate) fn connect(settings: &Settings, peppers: Peppers) -> anyhow::Result<Instance> {
    let options = options(settings)?;
    let sources = Sources::new(SystemClock, OsEntropy);
    let fetcher = Fetcher::new(Rules::default())?;
    Instance::open(&options, peppers, sources, Arc::new(fetcher)).map_err(|error| explained(error, settings))
}

/// What the database is opened with. Nothing is sent to a database that cannot be reached safely.
fn options(settings: &Settings) -> anyhow::Result<DatabaseOptions> {
    for url in [
        Some(&settings.database_url),
        settings.migrate_database_url.as_ref(),
    ]
    .into_iter()
    .flatten()
    {
        database::kind(url)?;
        database::check_transport(url, &settings.libpq, database::has_tls())?;
    }
    Ok(DatabaseOptions {
        migrate_url: settings.migrate_database_url.clone(),
        allow_unsafe_role: settings.allow_unsafe_database_role,
        ..DatabaseOptions::new(&settings.database_url)
    })
}

/// A command in the wrong folder would otherwise work on an empty database and find nothing.
pub(crate) fn must_exist(settings: &Settings) -> anyhow::Result<()> {
    match database::kind(&settings.database_url)? {
        Kind::Sqlite(path) if !path.exists() => bail!(
            "there is no database {}: name it with --data-dir or --database-url, or create it with `wicketgate serve` \
             or `wicketgate migrate`",
            path.display()
        ),
        Kind::Sqlite(_) | Kind::Postgres => Ok(()),
    }
}

/// An error of the database with what to do about it, where that is known. Other errors stay as they are.
pub(crate) fn explained(error: impl Into<anyhow::Error>, settings: &Settings) -> anyhow::Error {
    let error = error.into();
    let of_database = matches!(
        error.downcast_ref(),
        Some(Error::Unavailable(_) | Error::Internal(_) | Error::Busy)
    );
    if !of_database {
        return error;
    }
    let database = database::redacted(&settings.database_url);
    match database::fix(&format!("{error:#}")) {
        Some(fix) => error.context(format!("{database}: {fix}")),
        None => error.context(database),
    }
}

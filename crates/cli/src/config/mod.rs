//! The settings of one run: a flag wins over the environment, that over the configuration file, that over the
//! default. Nothing here connects to anything.

pub(crate) mod address;
pub(crate) mod data_dir;
pub(crate) mod database;
mod environment;
mod file;
pub(crate) mod log;
pub(crate) mod pepper;
mod url;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::{Context as _, anyhow, bail};
use clap::ValueEnum as _;
use wicketgate_auth::{OrgId, Peppers};
use wicketgate_http::PublicUrl;

pub(crate) use environment::Environment;
pub(crate) use url::{host_of, is_loopback, split};

use crate::output::Format;
use file::File;

/// The flags that every command takes, before or after its name.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct Flags {
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help = "sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE [env: WICKETGATE_DATABASE_URL]"
    )]
    pub(crate) database_url: Option<String>,
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help = "The same PostgreSQL database for the role that migrates it and owns its tables, if that is another one \
                [env: WICKETGATE_MIGRATE_DATABASE_URL]"
    )]
    pub(crate) migrate_database_url: Option<String>,
    #[arg(
        long,
        global = true,
        help = "Serve as a superuser or a role with BYPASSRLS, for which PostgreSQL does not keep organizations apart \
                [env: WICKETGATE_ALLOW_UNSAFE_DATABASE_ROLE]"
    )]
    pub(crate) allow_unsafe_database_role: bool,
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        help = "Folder for the pepper and the SQLite database [env: WICKETGATE_DATA_DIR]"
    )]
    pub(crate) data_dir: Option<PathBuf>,
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help = "The address that clients see; links in answers are built from it [env: WICKETGATE_PUBLIC_URL]"
    )]
    pub(crate) public_url: Option<String>,
    #[arg(
        long,
        global = true,
        value_name = "ADDRESS",
        help = "IP address and port on which serve shows metrics, and nothing else [env: WICKETGATE_METRICS_LISTEN]"
    )]
    pub(crate) metrics_listen: Option<String>,
    #[arg(
        long,
        global = true,
        value_name = "ID,ID",
        help = "Organizations that metrics tell apart [env: WICKETGATE_METRICS_ORGS]"
    )]
    pub(crate) metrics_orgs: Option<String>,
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help = "The configuration file, in TOML [env: WICKETGATE_CONFIG]"
    )]
    pub(crate) config: Option<PathBuf>,
    #[arg(
        long,
        global = true,
        value_name = "FILTER",
        help = "What is logged, such as info,wicketgate_domain=debug [env: WICKETGATE_LOG]"
    )]
    pub(crate) log: Option<String>,
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        help = "How long a server that is told to stop goes on while it sends clients elsewhere \
                [env: WICKETGATE_DRAIN_SECONDS]"
    )]
    pub(crate) drain_seconds: Option<u16>,
    #[arg(
        long,
        global = true,
        value_enum,
        help = "What commands print [env: WICKETGATE_FORMAT]"
    )]
    pub(crate) format: Option<Format>,
}

impl Flags {
    /// How to print. Known before all other settings, so that their errors are printed that way too.
    pub(crate) fn format(&self, environment: &Environment) -> anyhow::Result<Format> {
        match (self.format, environment.get("WICKETGATE_FORMAT")?) {
            (Some(format), _) => Ok(format),
            (None, Some(text)) => Format::from_str(text, false)
                .map_err(|_| anyhow!("WICKETGATE_FORMAT is {text:?}: set it to text or json")),
            (None, None) => Ok(Format::Text),
        }
    }
}

/// The settings of one run.
pub(crate) struct Settings {
    /// Where to serve.
    pub(crate) listen: SocketAddr,
    /// Where to show metrics, if anywhere.
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// The organizations that metrics tell apart.
    pub(crate) metrics_orgs: Vec<OrgId>,
    /// The address that clients see, if one was chosen.
    pub(crate) public_url: Option<PublicUrl>,
    /// `sqlite://PATH` or `postgres://…`. May hold a password.
    pub(crate) database_url: String,
    /// The same database for the role that migrates it, if that is another one. May hold a password.
    pub(crate) migrate_database_url: Option<String>,
    /// Whether the role that serves may be one for which PostgreSQL does not keep organizations apart.
    pub(crate) allow_unsafe_database_role: bool,
    /// The folder for the pepper.
    pub(crate) data_dir: PathBuf,
    /// What is logged, if that was chosen.
    pub(crate) log: Option<String>,
    /// How long a server goes on after it was told to stop.
    pub(crate) drain: Duration,
    /// The peppers, if the environment has them. The data folder's file is not looked at then.
    pub(crate) peppers: Option<Peppers>,
    /// The configuration file that was read.
    pub(crate) file: Option<PathBuf>,
    /// Whether that file has a secret in it.
    pub(crate) secret_in_file: bool,
    /// What libpq takes from the environment by itself.
    pub(crate) libpq: database::Libpq,
}

impl Settings {
    /// Puts them together. An error names the setting, where it was taken from, and what to write instead.
    pub(crate) fn resolve(
        flags: &Flags,
        listen: Option<&str>,
        environment: &Environment,
    ) -> anyhow::Result<Self> {
        let path = match &flags.config {
            Some(path) => Some(path.clone()),
            None => environment.get("WICKETGATE_CONFIG")?.map(PathBuf::from),
        };
        let file = path.as_deref().map(File::read).transpose()?.unwrap_or_default();

        let listen = first(
            ("--listen", listen),
            ("WICKETGATE_LISTEN", environment.get("WICKETGATE_LISTEN")?),
            ("listen in the configuration file", file.listen.as_deref()),
        );
        let listen = match listen {
            Some((source, text)) => address::parse(text).with_context(|| format!("{source} is {text:?}"))?,
            None => address::DEFAULT,
        };
        let (metrics_listen, metrics_orgs) = metrics(flags, environment, &file, listen)?;
        let public_url = first(
            ("--public-url", flags.public_url.as_deref()),
            ("WICKETGATE_PUBLIC_URL", environment.get("WICKETGATE_PUBLIC_URL")?),
            ("public_url in the configuration file", file.public_url.as_deref()),
        )
        .map(|(source, text)| text.parse::<PublicUrl>().context(source))
        .transpose()?;
        let data_dir = match (&flags.data_dir, environment.get("WICKETGATE_DATA_DIR")?) {
            (Some(folder), _) => folder.clone(),
            (None, Some(folder)) => PathBuf::from(folder),
            (None, None) => file.data_dir.unwrap_or_else(|| PathBuf::from(data_dir::DEFAULT)),
        };
        let database_url = match (
            &flags.database_url,
            environment.secret("WICKETGATE_DATABASE_URL")?,
        ) {
            (Some(url), _) => url.clone(),
            (None, Some(url)) => url.reveal().trim().to_owned(),
            (None, None) => match &file.database_url {
                Some(url) => url.clone(),
                None => database::in_folder(&data_dir)?,
            },
        };
        let migrate_database_url = match (
            &flags.migrate_database_url,
            environment.secret("WICKETGATE_MIGRATE_DATABASE_URL")?,
        ) {
            (Some(url), _) => Some(url.clone()),
            (None, Some(url)) => Some(url.reveal().trim().to_owned()),
            (None, None) => file.migrate_database_url.clone(),
        };
        let allow_unsafe_database_role = flags.allow_unsafe_database_role
            || match environment.get("WICKETGATE_ALLOW_UNSAFE_DATABASE_ROLE")? {
                Some("true") => true,
                Some("false") => false,
                Some(text) => {
                    bail!("WICKETGATE_ALLOW_UNSAFE_DATABASE_ROLE is {text:?}: set it to true or false")
                }
                None => file.allow_unsafe_database_role.unwrap_or_default(),
            };
        let peppers = environment
            .secret("WICKETGATE_PEPPER")?
            .map(|text| Peppers::parse(text.reveal()))
            .transpose()
            .context("WICKETGATE_PEPPER cannot be used")?;
        let log = match (&flags.log, environment.get("WICKETGATE_LOG")?) {
            (Some(filter), _) => Some(filter.clone()),
            (None, Some(filter)) => Some(filter.to_owned()),
            (None, None) => file.log,
        };
        let drain = match (flags.drain_seconds, environment.get("WICKETGATE_DRAIN_SECONDS")?) {
            (Some(seconds), _) => Some(seconds),
            (None, Some(text)) => Some(text.parse().map_err(|_| {
                anyhow!(
                    "WICKETGATE_DRAIN_SECONDS is {text:?}: set it to a whole number of seconds, such as 10"
                )
            })?),
            (None, None) => file.drain_seconds,
        };
        Ok(Self {
            listen,
            metrics_listen,
            metrics_orgs,
            public_url,
            database_url,
            migrate_database_url,
            allow_unsafe_database_role,
            data_dir,
            log,
            drain: Duration::from_secs(drain.unwrap_or_default().into()),
            peppers,
            file: path,
            secret_in_file: [&file.database_url, &file.migrate_database_url]
                .into_iter()
                .flatten()
                .any(|url| database::has_password(url)),
            libpq: environment.libpq(),
        })
    }

    /// The address that clients see: the chosen one, or the one that is listened on.
    pub(crate) fn public_url(&self) -> anyhow::Result<PublicUrl> {
        self.public_url_at(self.listen)
    }

    /// The same, once it is known where exactly is listened.
    pub(crate) fn public_url_at(&self, listen: SocketAddr) -> anyhow::Result<PublicUrl> {
        match &self.public_url {
            Some(url) => Ok(url.clone()),
            None => Ok(address::url_of(listen).parse()?),
        }
    }
}

/// Where metrics are shown, and the organizations that they tell apart.
fn metrics(
    flags: &Flags,
    environment: &Environment,
    file: &File,
    listen: SocketAddr,
) -> anyhow::Result<(Option<SocketAddr>, Vec<OrgId>)> {
    let address = first(
        ("--metrics-listen", flags.metrics_listen.as_deref()),
        (
            "WICKETGATE_METRICS_LISTEN",
            environment.get("WICKETGATE_METRICS_LISTEN")?,
        ),
        (
            "metrics_listen in the configuration file",
            file.metrics_listen.as_deref(),
        ),
    )
    .map(|(source, text)| address::of_metrics(text, listen).with_context(|| format!("{source} is {text:?}")))
    .transpose()?;
    let orgs = first(
        ("--metrics-orgs", flags.metrics_orgs.as_deref()),
        (
            "WICKETGATE_METRICS_ORGS",
            environment.get("WICKETGATE_METRICS_ORGS")?,
        ),
        (
            "metrics_orgs in the configuration file",
            file.metrics_orgs.as_deref(),
        ),
    )
    .map(|(source, text)| parse_orgs(text).with_context(|| format!("{source} is {text:?}")))
    .transpose()?
    .unwrap_or_default();
    Ok((address, orgs))
}

/// The most organizations that metrics tell apart: each of them is five series.
const MOST_METRICS_ORGS: usize = 1_000;

/// Reads the ids of organizations, separated by commas.
fn parse_orgs(text: &str) -> anyhow::Result<Vec<OrgId>> {
    let ids = text
        .split(',')
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .map(|id| {
            id.parse::<OrgId>().map_err(|_| {
                anyhow!("{id:?} is no organization's id: write ids as `wicketgate org list` shows them")
            })
        })
        .collect::<anyhow::Result<Vec<OrgId>>>()?;
    if ids.len() > MOST_METRICS_ORGS {
        return Err(anyhow!("name at most {MOST_METRICS_ORGS} organizations"));
    }
    Ok(ids)
}

type Named<'t> = (&'static str, Option<&'t str>);

fn first<'t>(flag: Named<'t>, environment: Named<'t>, file: Named<'t>) -> Option<(&'static str, &'t str)> {
    [flag, environment, file]
        .into_iter()
        .find_map(|(name, text)| Some((name, text?)))
}

#[cfg(test)]
mod tests;

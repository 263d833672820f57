//! The command line, and which command does what. Each command is in the file of its name.

mod account;
mod audit;
mod backup;
mod client;
mod data;
mod demo;
mod doctor;
mod entitlement;
mod export;
mod grant;
mod group;
mod identity_provider;
mod invitation;
mod migrate;
mod org;
mod provisioning_log;
mod restore;
mod revoke_all;
mod schema;
mod serve;
mod service_user;
mod setup_link;
mod token;
mod user;
mod verify;

use std::process::ExitCode;

use wicketgate_auth::OrgId;
use wicketgate_domain::{Error, Instance, Org};

use crate::{
    config::{Environment, Flags, Settings, log},
    installation,
    output::Format,
};

/// A SCIM 2.0 gateway for products that sell to many companies.
#[derive(clap::Parser)]
#[command(name = "wicketgate", version, after_help = "Without a command it serves.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) settings: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Serve until told to stop.
    Serve(Listen),
    /// Serve a throw-away organization, and print Okta's form filled in.
    Demo(Listen),
    /// Apply the migrations that are missing.
    Migrate(migrate::Migrate),
    /// Copy the SQLite database into a file, while servers go on.
    Backup(backup::Backup),
    /// Put a backup in the place of the SQLite database, and revoke everything that was issued.
    Restore(restore::Restore),
    #[command(flatten)]
    Data(data::DataCommand),
    /// Check settings, data folder and database, and say how to repair what is wrong.
    Doctor(Listen),
}

#[derive(clap::Args, Default)]
struct Listen {
    #[arg(
        long,
        value_name = "ADDRESS",
        help = "Address and port to serve on, such as 127.0.0.1:8080 [env: WICKETGATE_LISTEN]"
    )]
    listen: Option<String>,
}

/// The organization that a command is about.
#[derive(clap::Args)]
struct Which {
    #[arg(
        long,
        value_name = "ID",
        help = "The organization's id, as `wicketgate org list` shows it"
    )]
    org: OrgId,
}

/// An answer to a question of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum YesOrNo {
    Yes,
    No,
}

impl From<YesOrNo> for bool {
    fn from(answer: YesOrNo) -> Self {
        answer == YesOrNo::Yes
    }
}

impl Which {
    async fn enter(&self, instance: &Instance) -> anyhow::Result<Org> {
        instance.org(self.org).await.map_err(|error| match error {
            Error::NotFound => anyhow::anyhow!(
                "there is no organization {}: `wicketgate org list` shows those there are",
                self.org
            ),
            error => error.into(),
        })
    }
}

impl Command {
    /// The address that was given, for what listens or looks at how that would be.
    fn listen(&self) -> Option<&str> {
        match self {
            Self::Serve(Listen { listen })
            | Self::Demo(Listen { listen })
            | Self::Doctor(Listen { listen }) => listen.as_deref(),
            Self::Migrate(_) | Self::Backup(_) | Self::Restore(_) | Self::Data(_) => None,
        }
    }
}

/// Runs the command. The status is a failure where the answer that was printed is one.
pub(crate) async fn run(cli: &Cli, environment: &Environment, format: Format) -> anyhow::Result<ExitCode> {
    let serve = Command::Serve(Listen::default());
    let command = cli.command.as_ref().unwrap_or(&serve);
    let settings = Settings::resolve(&cli.settings, command.listen(), environment);
    match command {
        Command::Serve(_) => serve::run(logging(settings, SERVER_LOG)?, format).await?,
        Command::Demo(_) => {
            let in_given_database = cli.settings.database_url.is_some();
            let settings = Settings {
                // As with the database itself: only the flag chooses who migrates it.
                migrate_database_url: cli.settings.migrate_database_url.clone(),
                ..logging(settings, SERVER_LOG)?
            };
            demo::run(settings, in_given_database, format).await?;
        }
        Command::Migrate(migrate) => return migrate::run(migrate, &logging(settings, COMMAND_LOG)?, format),
        Command::Backup(backup) => backup::run(backup, &mut logging(settings, COMMAND_LOG)?, format)?,
        Command::Restore(restore) => restore::run(restore, &mut logging(settings, COMMAND_LOG)?, format)?,
        Command::Data(command) => {
            let (settings, instance) = open(settings).await?;
            let done = command.run(&instance, &settings, format).await;
            return done.map_err(|error| installation::explained(error, &settings));
        }
        // It also has something to say about settings that cannot be used.
        Command::Doctor(_) => return doctor::run(settings, environment, format).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// What is logged unless the settings say something else. A server has nothing but its log …
const SERVER_LOG: &str = "info,actix_server=warn";
/// … and a command's own answer says what it did.
const COMMAND_LOG: &str = "warn";

/// The settings, with logging started as they say.
fn logging(settings: anyhow::Result<Settings>, otherwise: &str) -> anyhow::Result<Settings> {
    let settings = settings?;
    log::start(settings.log.as_deref(), otherwise)?;
    Ok(settings)
}

/// The installation, for a command that works on its data.
async fn open(settings: anyhow::Result<Settings>) -> anyhow::Result<(Settings, Instance)> {
    let mut settings = logging(settings, COMMAND_LOG)?;
    let instance = installation::open(&mut settings).await?;
    Ok((settings, instance))
}

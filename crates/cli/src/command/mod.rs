//! The command line, and which command does what. Each command is in the file of its name.

mod account;
mod client;
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
mod schema;
mod serve;
mod service_user;
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
    /// Organizations: one for each customer.
    #[command(subcommand)]
    Org(org::OrgCommand),
    /// Service users: what identity providers act as.
    #[command(subcommand)]
    ServiceUser(service_user::ServiceUserCommand),
    /// Tokens of service users.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Accounts: the people who look after organizations and the installation.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Invitations that people have not accepted yet.
    #[command(subcommand)]
    Invitation(invitation::InvitationCommand),
    /// OAuth 2.0 clients of service users.
    #[command(subcommand)]
    Client(client::ClientCommand),
    /// What clients were allowed by authorization codes.
    #[command(subcommand)]
    Grant(grant::GrantCommand),
    /// Identity providers through which the people of an organization's console sign in.
    #[command(subcommand)]
    IdentityProvider(identity_provider::IdentityProviderCommand),
    /// Extension schemas of an organization: attributes of its own.
    #[command(subcommand)]
    Schema(schema::SchemaCommand),
    /// Roles and entitlements that an organization offers to identity providers.
    #[command(subcommand)]
    Entitlement(entitlement::EntitlementCommand),
    /// Write everything that an organization owns into a file.
    Export(export::Export),
    /// Check that no entry of an audit log was changed or taken away.
    Verify(verify::Verify),
    /// Users of an organization, as far as its owners look after them themselves.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Groups of an organization, as far as its owners look after them themselves.
    #[command(subcommand)]
    Group(group::GroupCommand),
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
            Self::Migrate(_)
            | Self::Org(_)
            | Self::ServiceUser(_)
            | Self::Token(_)
            | Self::Account(_)
            | Self::Invitation(_)
            | Self::IdentityProvider(_)
            | Self::Client(_)
            | Self::Grant(_)
            | Self::Entitlement(_)
            | Self::Export(_)
            | Self::Verify(_)
            | Self::Schema(_)
            | Self::User(_)
            | Self::Group(_) => None,
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
            demo::run(logging(settings, SERVER_LOG)?, in_given_database, format).await?;
        }
        Command::Migrate(migrate) => return migrate::run(migrate, &logging(settings, COMMAND_LOG)?, format),
        Command::Org(command) => {
            let (settings, instance) = open(settings).await?;
            let done = org::run(command, &instance, &settings.public_url()?, format).await;
            done.map_err(|error| installation::explained(error, &settings))?;
        }
        Command::ServiceUser(command) => {
            let (settings, instance) = open(settings).await?;
            let done = service_user::run(command, &instance, format).await;
            done.map_err(|error| installation::explained(error, &settings))?;
        }
        Command::Token(command) => {
            let (settings, instance) = open(settings).await?;
            let done = token::run(command, &instance, format).await;
            done.map_err(|error| installation::explained(error, &settings))?;
        }
        Command::Account(command) => {
            let (settings, instance) = open(settings).await?;
            let done = account::run(command, &instance, &settings.public_url()?, format).await;
            done.map_err(|error| installation::explained(error, &settings))?;
        }
        Command::Client(command) => {
            let (settings, instance) = open(settings).await?;
            let done = client::run(command, &instance, &settings.public_url()?, format).await;
            done.map_err(|error| installation::explained(error, &settings))?;
        }
        Command::Invitation(command) => {
            let (settings, instance) = open(settings).await?;
            let done = invitation::run(command, &instance, format).await;
            done.map_err(|error| installation::explained(error, &settings))?;
        }
        Command::Grant(command) => {
            let (settings, instance) = open(settings).await?;
            let done = grant::run(command, &instance, format).await;
            done.map_err(|error| installation::explained(error, &settings))?;
        }
        Command::IdentityProvider(command) => {
            let (settings, instance) = open(settings).await?;
            let done = identity_provider::run(command, &instance, &settings.public_url()?, format).await;
            done.map_err(|error| installation::explained(error, &settings))?;
        }
        Command::Schema(command) => {
            let (settings, instance) = open(settings).await?;
            let done = schema::run(command, &instance, format).await;
            done.map_err(|error| installation::explained(error, &settings))?;
        }
        Command::Entitlement(command) => {
            let (settings, instance) = open(settings).await?;
            let done = entitlement::run(command, &instance, format).await;
            done.map_err(|error| installation::explained(error, &settings))?;
        }
        Command::Export(command) => {
            let (settings, instance) = open(settings).await?;
            let done = export::run(command, &instance, format).await;
            done.map_err(|error| installation::explained(error, &settings))?;
        }
        Command::Verify(command) => {
            let (settings, instance) = open(settings).await?;
            let done = verify::run(command, &instance, format).await;
            return done.map_err(|error| installation::explained(error, &settings));
        }
        Command::User(command) => {
            let (settings, instance) = open(settings).await?;
            let done = user::run(command, &instance, &settings.public_url()?, format).await;
            done.map_err(|error| installation::explained(error, &settings))?;
        }
        Command::Group(command) => {
            let (settings, instance) = open(settings).await?;
            let done = group::run(command, &instance, &settings.public_url()?, format).await;
            done.map_err(|error| installation::explained(error, &settings))?;
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

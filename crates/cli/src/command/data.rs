//! The commands that work on an installation's data, beside a running server.

use std::process::ExitCode;

use wicketgate_domain::Instance;

use super::{
    account, audit, client, entitlement, export, grant, group, identity_provider, invitation, org,
    provisioning_log, revoke_all, schema, service_user, setup_link, token, user, verify,
};
use crate::{config::Settings, output::Format};

#[derive(clap::Subcommand)]
pub(super) enum DataCommand {
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
    /// Links by which a customer's admin connects an identity provider without an account.
    #[command(subcommand)]
    SetupLink(setup_link::SetupLinkCommand),
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
    /// Check that what is stored agrees with itself, and that the audit logs are whole.
    Verify(verify::Verify),
    /// Revoke everything that the installation has ever issued.
    RevokeAll(revoke_all::RevokeAll),
    /// What identity providers asked for, and why it failed.
    #[command(subcommand)]
    ProvisioningLog(provisioning_log::ProvisioningLogCommand),
    /// Who changed what about an organization.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Users of an organization, as far as its owners look after them themselves.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Groups of an organization, as far as its owners look after them themselves.
    #[command(subcommand)]
    Group(group::GroupCommand),
}

impl DataCommand {
    /// Runs the command. The status is a failure where the answer that was printed is one.
    pub(super) async fn run(
        &self,
        instance: &Instance,
        settings: &Settings,
        format: Format,
    ) -> anyhow::Result<ExitCode> {
        match self {
            Self::Org(command) => org::run(command, instance, &settings.public_url()?, format).await?,
            Self::ServiceUser(command) => service_user::run(command, instance, format).await?,
            Self::Token(command) => token::run(command, instance, format).await?,
            Self::Account(command) => {
                account::run(command, instance, &settings.public_url()?, format).await?;
            }
            Self::Invitation(command) => invitation::run(command, instance, format).await?,
            Self::SetupLink(command) => {
                setup_link::run(command, instance, &settings.public_url()?, format).await?;
            }
            Self::Client(command) => client::run(command, instance, &settings.public_url()?, format).await?,
            Self::Grant(command) => grant::run(command, instance, format).await?,
            Self::IdentityProvider(command) => {
                identity_provider::run(command, instance, &settings.public_url()?, format).await?;
            }
            Self::Schema(command) => schema::run(command, instance, format).await?,
            Self::Entitlement(command) => entitlement::run(command, instance, format).await?,
            Self::ProvisioningLog(command) => provisioning_log::run(command, instance, format).await?,
            Self::Audit(command) => audit::run(command, instance, format).await?,
            Self::Export(command) => export::run(command, instance, format).await?,
            Self::Verify(command) => return verify::run(command, instance, format).await,
            Self::RevokeAll(command) => return revoke_all::run(command, instance, format).await,
            Self::User(command) => user::run(command, instance, &settings.public_url()?, format).await?,
            Self::Group(command) => group::run(command, instance, &settings.public_url()?, format).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

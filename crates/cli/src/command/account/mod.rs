//! `wicketgate account`: the console's people. Links are printed once.

mod roles;

use std::fmt;

use anyhow::bail;
use serde::Serialize;
use wicketgate_auth::{AccountId, OrgId, Role, Token};
use wicketgate_domain::{Account, Error, Instance};
use wicketgate_http::PublicUrl;

use super::Which;
use crate::output::{Format, fields, or_never, table, time};

#[derive(clap::Subcommand)]
pub(super) enum AccountCommand {
    /// Invite a person to look after an organization, or the installation, and print the one-time link.
    Invite {
        #[arg(
            long,
            value_name = "ID",
            required_unless_present = "operator",
            help = "The organization's id, as `wicketgate org list` shows it"
        )]
        org: Option<OrgId>,
        #[arg(long, help = "Whose account it is, or will be")]
        email: String,
        #[arg(
            long,
            default_value = Role::OrgOwner.as_str(),
            conflicts_with = "operator",
            help = "org_owner or org_viewer"
        )]
        role: Role,
        #[arg(
            long,
            conflicts_with = "org",
            help = "Invite an operator, who looks after the installation itself"
        )]
        operator: bool,
    },
    /// List the accounts.
    List,
    /// List the accounts that have a role in an organization.
    Roles(Which),
    /// Change what an account is in an organization.
    SetRole(roles::SetRole),
    /// Take an account its role in an organization.
    Remove(roles::Remove),
    /// Shut an account: it is signed out everywhere and cannot sign in, and keeps its roles.
    Disable {
        #[arg(long, help = "Whose account it is")]
        email: String,
    },
    /// Open an account again that was shut.
    Enable {
        #[arg(long, help = "Whose account it is")]
        email: String,
    },
    /// Print a one-time link by which an account gets a new password and loses its authenticator app.
    Recover {
        #[arg(long, help = "Whose account it is")]
        email: String,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OneTimeLink {
    email: String,
    link: String,
    expires_in_hours: u32,
    #[serde(skip)]
    purpose: &'static str,
}

impl OneTimeLink {
    fn new(url: &PublicUrl, page: &str, token: &Token, email: String, purpose: &'static str) -> Self {
        Self {
            email,
            link: format!("{url}/console/{page}/{}", token.reveal()),
            expires_in_hours: 72,
            purpose,
        }
    }
}

impl fmt::Display for OneTimeLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} It is shown only now, works once, and for 72 hours.",
            self.purpose
        )?;
        fields(f, &[("email", self.email.clone()), ("link", self.link.clone())])
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: AccountId,
    email: String,
    display_name: String,
    active: bool,
    has_password: bool,
    has_totp: bool,
    created_at: String,
    last_sign_in_at: Option<String>,
}

impl Shown {
    fn new(account: Account) -> Self {
        Self {
            id: account.id,
            email: account.email,
            display_name: account.display_name,
            active: account.active,
            has_password: account.has_password,
            has_totp: account.has_totp,
            created_at: time(account.created),
            last_sign_in_at: account.last_sign_in.map(time),
        }
    }
}

/// An account that was shut or opened.
#[derive(Serialize)]
#[serde(transparent)]
struct Changed(Shown);

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(account) = self;
        let what = if account.active {
            "can sign in again"
        } else {
            "is signed out everywhere and cannot sign in"
        };
        writeln!(f, "{} {what}.", account.email)
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Shown>);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yes = |yes| if yes { "yes" } else { "no" }.to_owned();
        let rows = self.0.iter().map(|account| {
            [
                account.id.to_string(),
                account.email.clone(),
                yes(account.active),
                yes(account.has_totp),
                or_never(account.last_sign_in_at.as_ref()).to_owned(),
                account.display_name.clone(),
            ]
        });
        table(f, ["ID", "EMAIL", "ACTIVE", "TOTP", "LAST SIGN-IN", "NAME"], rows)
    }
}

/// What was done, if there is an account of this address.
fn found<T>(email: &str, done: Result<T, Error>) -> anyhow::Result<T> {
    match done {
        Ok(done) => Ok(done),
        Err(Error::NotFound) => {
            bail!("there is no account {email:?}: `wicketgate account list` shows those there are")
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn run(
    command: &AccountCommand,
    instance: &Instance,
    url: &PublicUrl,
    format: Format,
) -> anyhow::Result<()> {
    match command {
        AccountCommand::Invite {
            org,
            email,
            role,
            operator: _,
        } => {
            const MADE: &str = "Made the invitation.";
            let Some(org) = org else {
                let token = instance.invite_operator(email).await?;
                return format.print(&OneTimeLink::new(url, "invitations", &token, email.clone(), MADE));
            };
            let org = Which { org: *org }.enter(instance).await?;
            let (invitation, token) = org.owner()?.invitations().create(email, *role).await?;
            format.print(&OneTimeLink::new(
                url,
                "invitations",
                &token,
                invitation.email,
                MADE,
            ))
        }
        AccountCommand::List => {
            let accounts = instance.accounts().await?;
            format.print(&List(accounts.into_iter().map(Shown::new).collect()))
        }
        AccountCommand::Roles(which) => roles::list(which, instance, format).await,
        AccountCommand::SetRole(set) => roles::set(set, instance, format).await,
        AccountCommand::Remove(remove) => roles::remove(remove, instance, format).await,
        AccountCommand::Disable { email } => {
            let account = found(email, instance.disable_account(email).await)?;
            format.print(&Changed(Shown::new(account)))
        }
        AccountCommand::Enable { email } => {
            let account = found(email, instance.enable_account(email).await)?;
            format.print(&Changed(Shown::new(account)))
        }
        AccountCommand::Recover { email } => {
            let (account, token) = found(email, instance.recover_account(email).await)?;
            let purpose = "Made the link to a new password.";
            format.print(&OneTimeLink::new(url, "recover", &token, account.email, purpose))
        }
    }
}

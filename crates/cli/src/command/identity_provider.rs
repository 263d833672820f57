//! `wicketgate identity-provider`: the OpenID providers through which an organization's people sign in to the console.
//! What identity providers push is the service users' business.

use std::{fmt, io::Read as _};

use anyhow::{Context as _, bail};
use serde::Serialize;
use wicketgate_auth::Plaintext;
use wicketgate_domain::{Error, IdentityProvider, Instance};
use wicketgate_http::PublicUrl;

use super::Which;
use crate::output::{Format, fields, table, time};

/// The longest client secret that is read.
const LONGEST_SECRET: u64 = 4096;

#[derive(clap::Subcommand)]
pub(super) enum IdentityProviderCommand {
    /// Set a provider up, or change the one of this issuer. The client secret is read from standard input, so that it is
    /// in no list of processes and in no shell's history.
    Set {
        #[command(flatten)]
        which: Which,
        #[arg(long, help = "What the button on the sign-in page says")]
        name: String,
        #[arg(
            long,
            help = "The provider's issuer, character by character as its metadata has it"
        )]
        issuer: String,
        #[arg(long, help = "The client id that the provider gave to this gateway")]
        client_id: String,
    },
    /// List the providers of an organization.
    List {
        #[command(flatten)]
        which: Which,
    },
    /// Remove a provider, and sign out whoever signed in through it.
    Remove {
        #[command(flatten)]
        which: Which,
        #[arg(long, help = "The provider's issuer, as `list` shows it")]
        issuer: String,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    issuer: String,
    name: String,
    client_id: String,
    created_at: String,
}

impl From<IdentityProvider> for Shown {
    fn from(provider: IdentityProvider) -> Self {
        Self {
            issuer: provider.issuer,
            name: provider.name,
            client_id: provider.client_id,
            created_at: time(provider.created),
        }
    }
}

/// What has to be typed into the provider's form, and where people sign in.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Set {
    #[serde(flatten)]
    provider: Shown,
    redirect_uri: String,
    sign_in_url: String,
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Set the provider up. Register the redirect URI there.")?;
        fields(
            f,
            &[
                ("name", self.provider.name.clone()),
                ("issuer", self.provider.issuer.clone()),
                ("redirect URI", self.redirect_uri.clone()),
                ("people sign in at", self.sign_in_url.clone()),
            ],
        )
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Shown>);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.0.iter().map(|provider| {
            [
                provider.issuer.clone(),
                provider.name.clone(),
                provider.client_id.clone(),
            ]
        });
        table(f, ["ISSUER", "NAME", "CLIENT ID"], rows)
    }
}

#[derive(Serialize)]
struct Removed {
    issuer: String,
}

impl fmt::Display for Removed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Removed the provider {}.", self.issuer)
    }
}

pub(super) async fn run(
    command: &IdentityProviderCommand,
    instance: &Instance,
    url: &PublicUrl,
    format: Format,
) -> anyhow::Result<()> {
    match command {
        IdentityProviderCommand::Set {
            which,
            name,
            issuer,
            client_id,
        } => {
            let org = which.enter(instance).await?;
            let secret = read_secret()?;
            let providers = org.owner()?;
            let provider = providers
                .identity_providers()
                .set(name, issuer, client_id, &secret)
                .await?;
            format.print(&Set {
                provider: provider.into(),
                redirect_uri: format!("{url}/console/provider"),
                sign_in_url: format!("{url}/console/sign-in/{}", org.id()),
            })
        }
        IdentityProviderCommand::List { which } => {
            let org = which.enter(instance).await?;
            let providers = org.owner()?.identity_providers().list().await?;
            format.print(&List(providers.into_iter().map(Shown::from).collect()))
        }
        IdentityProviderCommand::Remove { which, issuer } => {
            let org = which.enter(instance).await?;
            match org.owner()?.identity_providers().remove(issuer).await {
                Ok(()) => {}
                Err(Error::NotFound) => bail!(
                    "there is no provider {issuer:?}: `wicketgate identity-provider list` shows those there are"
                ),
                Err(error) => return Err(error.into()),
            }
            format.print(&Removed {
                issuer: issuer.clone(),
            })
        }
    }
}

fn read_secret() -> anyhow::Result<Plaintext> {
    let mut secret = String::new();
    std::io::stdin()
        .take(LONGEST_SECRET)
        .read_to_string(&mut secret)
        .context("cannot read the client secret from standard input")?;
    let secret = Plaintext::new(secret);
    let text = secret.reveal().trim_ascii();
    if text.is_empty() {
        bail!("give the client secret on standard input, such as `… identity-provider set … < secret.txt`");
    }
    Ok(Plaintext::new(text.to_owned()))
}

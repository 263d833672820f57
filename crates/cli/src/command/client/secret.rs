//! `wicketgate client secret`: several are accepted at a time, so that one can be exchanged without a gap.

use std::fmt;

use serde::Serialize;
use wicketgate_auth::TokenId;
use wicketgate_domain::{ClientSecret, Error, Instance};

use super::{Named, explained};
use crate::{
    command::token::Life,
    output::{Format, fields, or_never, table, time},
};

#[derive(clap::Subcommand)]
pub(in crate::command) enum SecretCommand {
    /// Issue another secret, and print it once.
    Add {
        #[command(flatten)]
        named: Named,
        #[arg(
            long,
            value_name = "DURATION",
            default_value = "365d",
            help = "12h, 90d and the like, up to 1095d, or never"
        )]
        expires_in: Life,
    },
    /// List a client's secrets, without what is secret of them.
    List(Named),
    /// Refuse a secret from the next request on, for good.
    Revoke {
        #[command(flatten)]
        named: Named,
        #[arg(
            long,
            value_name = "ID",
            help = "The secret's id, as `wicketgate client secret list` shows it"
        )]
        secret: TokenId,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Added<'t> {
    id: TokenId,
    client_secret: &'t str,
    expires_at: Option<String>,
}

impl fmt::Display for Added<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Issued the secret. It is shown only now: keep it.")?;
        fields(
            f,
            &[
                ("id", self.id.to_string()),
                ("client secret", self.client_secret.to_owned()),
                ("expires", or_never(self.expires_at.as_ref()).to_owned()),
            ],
        )
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    id: TokenId,
    hint: String,
    created_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
}

impl Listed {
    fn new(secret: ClientSecret) -> Self {
        Self {
            id: secret.id,
            hint: secret.hint,
            created_at: time(secret.created),
            expires_at: secret.expires.map(time),
            revoked_at: secret.revoked.map(time),
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Listed>);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.0.iter().map(|secret| {
            [
                secret.id.to_string(),
                format!("…{}", secret.hint),
                or_never(secret.expires_at.as_ref()).to_owned(),
                secret.revoked_at.clone().unwrap_or_else(|| "no".to_owned()),
            ]
        });
        table(f, ["ID", "ENDS WITH", "EXPIRES", "REVOKED"], rows)
    }
}

#[derive(Serialize)]
struct Revoked {
    id: TokenId,
    revoked: bool,
}

impl fmt::Display for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Revoked the secret {}.", self.id)
    }
}

pub(super) async fn run(command: &SecretCommand, instance: &Instance, format: Format) -> anyhow::Result<()> {
    match command {
        SecretCommand::Add { named, expires_in } => {
            let org = named.org.enter(instance).await?;
            let (secret, token) = org
                .owner()?
                .clients()
                .add_secret(named.client, expires_in.duration())
                .await
                .map_err(explained(named.client))?;
            format.print(&Added {
                id: secret.id,
                client_secret: token.reveal(),
                expires_at: secret.expires.map(time),
            })
        }
        SecretCommand::List(named) => {
            let org = named.org.enter(instance).await?;
            let secrets = org
                .owner()?
                .clients()
                .secrets(named.client)
                .await
                .map_err(explained(named.client))?;
            format.print(&List(secrets.into_iter().map(Listed::new).collect()))
        }
        SecretCommand::Revoke { named, secret } => {
            let org = named.org.enter(instance).await?;
            org.owner()?
                .clients()
                .revoke_secret(named.client, *secret)
                .await
                .map_err(|error| match error {
                    Error::NotFound => anyhow::anyhow!(
                        "the client has no secret {secret}: `wicketgate client secret list` shows those there are"
                    ),
                    error => error.into(),
                })?;
            format.print(&Revoked {
                id: *secret,
                revoked: true,
            })
        }
    }
}

//! `wicketgate client`: OAuth 2.0 clients. A secret is printed once, when it is issued. How a client is registered is in
//! `create.rs`.

mod create;
mod secret;

use std::fmt;

use anyhow::bail;
use serde::Serialize;
use wicketgate_auth::{
    ServiceUserId,
    oauth::{ClientId, RedirectUri},
};
use wicketgate_domain::{Client, ClientAuthentication, ClientKeys, Error, Instance};
use wicketgate_http::PublicUrl;

use super::Which;
use crate::output::{Format, fields, table, time};

#[derive(clap::Subcommand)]
pub(super) enum ClientCommand {
    /// Register a client, and print its secret once.
    Create(Box<create::Create>),
    /// List an organization's clients.
    List(Which),
    /// Show a client.
    Show(Named),
    /// Change a client.
    Set {
        #[command(flatten)]
        named: Named,
        #[arg(
            long,
            value_name = "true|false",
            help = "Whether it, and what was issued to it, is accepted"
        )]
        active: Option<bool>,
        #[arg(
            long = "redirect-uri",
            value_name = "URL",
            help = "Where a browser may be sent back to, instead of the former ones; once for each"
        )]
        redirect_uris: Vec<RedirectUri>,
    },
    /// Secrets of a client.
    #[command(subcommand)]
    Secret(secret::SecretCommand),
    /// Delete a client with everything that was issued to it.
    Delete(Named),
}

/// The client that a command is about.
#[derive(clap::Args)]
pub(super) struct Named {
    #[command(flatten)]
    org: Which,
    #[arg(
        long,
        value_name = "ID",
        help = "The client's id, as `wicketgate client list` shows it"
    )]
    client: ClientId,
}

/// The error of a command about a client, which says where there is none.
fn explained(client: ClientId) -> impl Fn(Error) -> anyhow::Error {
    move |error| match error {
        Error::NotFound => anyhow::anyhow!(
            "the organization has no client {client}: `wicketgate client list` shows those there are"
        ),
        error => error.into(),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    client_id: ClientId,
    name: String,
    service_user_id: ServiceUserId,
    authentication: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    audiences: Vec<String>,
    access_token_format: &'static str,
    refresh_rotation: &'static str,
    redirect_uris: Vec<String>,
    active: bool,
    created_at: String,
}

impl Shown {
    fn new(client: Client) -> Self {
        let authentication = client.authentication.as_str();
        let (jwks_uri, issuer, subject, audiences) = match client.authentication {
            ClientAuthentication::ClientSecret
            | ClientAuthentication::PrivateKeyJwt(ClientKeys::Given(_)) => (None, None, None, Vec::new()),
            ClientAuthentication::PrivateKeyJwt(ClientKeys::At(uri)) => (Some(uri), None, None, Vec::new()),
            ClientAuthentication::WorkloadIdentity {
                issuer,
                subject,
                audiences,
            } => (None, Some(issuer.to_string()), Some(subject), audiences),
        };
        Self {
            client_id: client.id,
            name: client.name,
            service_user_id: client.service_user,
            authentication,
            jwks_uri,
            issuer,
            subject,
            audiences,
            access_token_format: client.access_token_format.as_str(),
            refresh_rotation: client.refresh_rotation.as_str(),
            redirect_uris: client.redirect_uris.iter().map(ToString::to_string).collect(),
            active: client.active,
            created_at: time(client.created),
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut shown = vec![
            ("client id", self.client_id.to_string()),
            ("name", self.name.clone()),
            ("service user", self.service_user_id.to_string()),
            ("authentication", self.authentication.to_owned()),
        ];
        let optional = [
            ("keys", &self.jwks_uri),
            ("issuer", &self.issuer),
            ("subject", &self.subject),
        ];
        shown.extend(
            optional
                .into_iter()
                .filter_map(|(name, value)| Some((name, value.clone()?))),
        );
        shown.extend(
            self.audiences
                .iter()
                .map(|audience| ("audience", audience.clone())),
        );
        shown.push(("access tokens", self.access_token_format.to_owned()));
        shown.push(("rotation", self.refresh_rotation.to_owned()));
        shown.extend(self.redirect_uris.iter().map(|uri| ("redirect URI", uri.clone())));
        shown.push(("active", self.active.to_string()));
        shown.push(("created", self.created_at.clone()));
        shown
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fields(f, &self.fields())
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Shown>);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.0.iter().map(|client| {
            [
                client.client_id.to_string(),
                client.service_user_id.to_string(),
                client.authentication.to_owned(),
                if client.active { "yes" } else { "no" }.to_owned(),
                client.name.clone(),
            ]
        });
        table(
            f,
            ["CLIENT ID", "SERVICE USER", "AUTHENTICATION", "ACTIVE", "NAME"],
            rows,
        )
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Deleted {
    client_id: ClientId,
    deleted: bool,
}

impl fmt::Display for Deleted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Deleted the client {}.", self.client_id)
    }
}

pub(super) async fn run(
    command: &ClientCommand,
    instance: &Instance,
    public_url: &PublicUrl,
    format: Format,
) -> anyhow::Result<()> {
    match command {
        ClientCommand::Create(create) => create.run(instance, public_url, format).await,
        ClientCommand::List(which) => {
            let org = which.enter(instance).await?;
            let clients = org.owner()?.clients().list().await?;
            format.print(&List(clients.into_iter().map(Shown::new).collect()))
        }
        ClientCommand::Show(named) => show(named, instance, format).await,
        ClientCommand::Set {
            named,
            active,
            redirect_uris,
        } => {
            if active.is_none() && redirect_uris.is_empty() {
                bail!("nothing to change: give --active or --redirect-uri");
            }
            let org = named.org.enter(instance).await?;
            let owner = org.owner()?;
            let clients = owner.clients();
            if !redirect_uris.is_empty() {
                clients
                    .set_redirect_uris(named.client, redirect_uris.clone())
                    .await
                    .map_err(explained(named.client))?;
            }
            if let Some(active) = active {
                clients
                    .set_active(named.client, *active)
                    .await
                    .map_err(explained(named.client))?;
            }
            show(named, instance, format).await
        }
        ClientCommand::Secret(command) => secret::run(command, instance, format).await,
        ClientCommand::Delete(named) => {
            let org = named.org.enter(instance).await?;
            org.owner()?
                .clients()
                .delete(named.client)
                .await
                .map_err(explained(named.client))?;
            format.print(&Deleted {
                client_id: named.client,
                deleted: true,
            })
        }
    }
}

async fn show(named: &Named, instance: &Instance, format: Format) -> anyhow::Result<()> {
    let org = named.org.enter(instance).await?;
    let client = org
        .owner()?
        .clients()
        .get(named.client)
        .await
        .map_err(explained(named.client))?;
    format.print(&Shown::new(client))
}

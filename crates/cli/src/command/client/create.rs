//! `wicketgate client create`.

use std::{fmt, fs, path::PathBuf};

use anyhow::{Context as _, bail};
use serde::Serialize;
use wicketgate_auth::{
    ServiceUserId,
    jwt::EntraIssuer,
    oauth::{RedirectUri, okta_redirect_uris},
};
use wicketgate_domain::{
    AccessTokenFormat, ClientAuthentication, ClientKeys, Error, Instance, NewClient, RefreshRotation,
};
use wicketgate_http::PublicUrl;

use super::Shown;
use crate::{
    command::{Which, token::Life},
    output::{Format, fields},
};

#[derive(clap::Args)]
pub(in crate::command) struct Create {
    #[command(flatten)]
    org: Which,
    #[arg(long, value_name = "ID", help = "Whom it will act for")]
    service_user: ServiceUserId,
    #[arg(long, help = "What people call it, such as okta")]
    name: String,
    #[arg(
        long = "redirect-uri",
        value_name = "URL",
        help = "Where a browser may be sent back to with a code; once for each"
    )]
    redirect_uris: Vec<RedirectUri>,
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with = "redirect_uris",
        help = "The redirect URIs of this app of Okta's catalogue, and refresh tokens that stay what they are"
    )]
    okta_app: Option<String>,
    #[arg(
        long,
        value_enum,
        default_value = "client_secret",
        help = "How it proves who it is"
    )]
    auth: Auth,
    #[arg(
        long,
        value_name = "PATH",
        conflicts_with = "jwks_uri",
        help = "private_key_jwt: a file with the client's public keys, a JWK set"
    )]
    jwks_file: Option<PathBuf>,
    #[arg(
        long,
        value_name = "URL",
        help = "private_key_jwt: where the client publishes its keys"
    )]
    jwks_uri: Option<String>,
    #[arg(
        long,
        value_name = "URL",
        help = "workload_identity: the Entra tenant, https://login.microsoftonline.com/TENANT/v2.0"
    )]
    issuer: Option<EntraIssuer>,
    #[arg(
        long,
        value_name = "ID",
        help = "workload_identity: the object id of the provisioning service's principal"
    )]
    subject: Option<String>,
    #[arg(
        long = "audience",
        value_name = "TEXT",
        help = "workload_identity: what stands for this server in its tokens; once for each"
    )]
    audiences: Vec<String>,
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = AccessTokenFormat::Opaque.as_str(),
        help = "opaque or jwt"
    )]
    access_token_format: AccessTokenFormat,
    #[arg(
        long,
        value_name = "RULE",
        help = "What happens to a refresh token that was used: grace (another one takes its place) or never. \
                Without it grace, or never with --okta-app"
    )]
    refresh_rotation: Option<RefreshRotation>,
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "365d",
        help = "For how long its secret is accepted: 90d and the like, or never"
    )]
    expires_in: Life,
}

/// How a client proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
enum Auth {
    ClientSecret,
    PrivateKeyJwt,
    WorkloadIdentity,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created<'t> {
    #[serde(flatten)]
    client: Shown,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'t str>,
    authorization_endpoint: String,
    token_endpoint: String,
}

impl fmt::Display for Created<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.client.fields();
        match self.client_secret {
            Some(secret) => {
                writeln!(f, "Registered the client. Its secret is shown only now: keep it.")?;
                shown.insert(1, ("client secret", secret.to_owned()));
            }
            None => writeln!(f, "Registered the client.")?,
        }
        shown.push(("authorization", self.authorization_endpoint.clone()));
        shown.push(("token endpoint", self.token_endpoint.clone()));
        fields(f, &shown)
    }
}

impl Create {
    fn authentication(&self) -> anyhow::Result<ClientAuthentication> {
        let has_keys = self.jwks_file.is_some() || self.jwks_uri.is_some();
        let has_workload = self.issuer.is_some() || self.subject.is_some() || !self.audiences.is_empty();
        if has_keys && self.auth != Auth::PrivateKeyJwt {
            bail!("--jwks-file and --jwks-uri are for --auth private_key_jwt");
        }
        if has_workload && self.auth != Auth::WorkloadIdentity {
            bail!("--issuer, --subject and --audience are for --auth workload_identity");
        }
        match self.auth {
            Auth::ClientSecret => Ok(ClientAuthentication::ClientSecret),
            Auth::PrivateKeyJwt => match (&self.jwks_file, &self.jwks_uri) {
                (Some(path), _) => {
                    let text = fs::read_to_string(path)
                        .with_context(|| format!("cannot read {}", path.display()))?;
                    let keys = serde_json::from_str(&text)
                        .with_context(|| format!("{} is not JSON", path.display()))?;
                    Ok(ClientAuthentication::PrivateKeyJwt(ClientKeys::Given(keys)))
                }
                (None, Some(uri)) => Ok(ClientAuthentication::PrivateKeyJwt(ClientKeys::At(uri.clone()))),
                (None, None) => {
                    bail!("private_key_jwt needs the client's keys: give --jwks-file or --jwks-uri")
                }
            },
            Auth::WorkloadIdentity => match (&self.issuer, &self.subject) {
                (Some(issuer), Some(subject)) => Ok(ClientAuthentication::WorkloadIdentity {
                    issuer: issuer.clone(),
                    subject: subject.clone(),
                    audiences: self.audiences.clone(),
                }),
                (None, _) | (_, None) => bail!("workload_identity needs --issuer, --subject and --audience"),
            },
        }
    }

    pub(super) async fn run(
        &self,
        instance: &Instance,
        public_url: &PublicUrl,
        format: Format,
    ) -> anyhow::Result<()> {
        let (redirect_uris, rotation) = match &self.okta_app {
            Some(app) => (okta_redirect_uris(app)?.to_vec(), RefreshRotation::Never),
            None => (self.redirect_uris.clone(), RefreshRotation::Grace),
        };
        let new = NewClient {
            service_user: self.service_user,
            name: self.name.clone(),
            authentication: self.authentication()?,
            access_token_format: self.access_token_format,
            refresh_rotation: self.refresh_rotation.unwrap_or(rotation),
            redirect_uris,
            secret_life: self.expires_in.duration(),
        };
        let org = self.org.enter(instance).await?;
        let (client, secret) = org
            .owner()?
            .clients()
            .create(new)
            .await
            .map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!(
                    "the organization has no service user {}: `wicketgate service-user list` shows those there are",
                    self.service_user
                ),
                error => error.into(),
            })?;
        format.print(&Created {
            client: Shown::new(client),
            client_secret: secret.as_ref().map(wicketgate_auth::Token::reveal),
            authorization_endpoint: format!("{public_url}/oauth/v2/authorize"),
            token_endpoint: format!("{public_url}/oauth/v2/token"),
        })
    }
}

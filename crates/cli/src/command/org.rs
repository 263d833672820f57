//! `wicketgate org`: organizations, their settings and whether they are served.

use std::fmt;

use anyhow::Context as _;
use serde::Serialize;
use wicketgate_auth::{OrgId, OrgState};
use wicketgate_domain::{Instance, Organization, UniqueIdentifier};
use wicketgate_http::PublicUrl;
use wicketgate_scim::Mode;

use super::{Which, YesOrNo, token::Life};
use crate::output::{Format, fields, table, time};

#[derive(clap::Subcommand)]
pub(super) enum OrgCommand {
    /// Create an organization, and print its SCIM base URL.
    Create {
        #[arg(long, help = "What people call the customer")]
        name: String,
    },
    /// List all organizations.
    List,
    /// Show an organization's settings and totals.
    Show(Which),
    /// Change an organization's settings.
    Set(Set),
    /// Put an organization's identity providers off until it is resumed. Nothing is lost.
    Pause(Which),
    /// Serve a paused or deleted organization again.
    Resume(Which),
    /// Refuse every credential of an organization. What it holds stays in the database.
    Delete(Which),
    /// Refuse every credential that an organization has now, from the next request on, for good.
    RevokeCredentials(Which),
}

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("settings").required(true).multiple(true))]
pub(super) struct Set {
    #[command(flatten)]
    org: Which,
    #[arg(
        long,
        group = "settings",
        value_name = "MODE",
        help = "How literally the RFC is taken: tolerant, strict or interop"
    )]
    scim_mode: Option<Mode>,
    #[arg(
        long,
        group = "settings",
        value_name = "ATTRIBUTE",
        help = "What identity providers look users up by: userName or email"
    )]
    unique_identifier: Option<UniqueIdentifier>,
    #[arg(
        long,
        group = "settings",
        value_name = "DURATION",
        help = "The longest life of a personal access token: 30d to 730d"
    )]
    longest_token_life: Option<Life>,
    #[arg(
        long,
        group = "settings",
        value_name = "yes|no",
        help = "Whether there may be personal access tokens that never expire"
    )]
    endless_tokens: Option<YesOrNo>,
}

/// A duration in whole days.
fn days(life: Life) -> anyhow::Result<u16> {
    const DAY: u64 = 24 * 60 * 60;
    let seconds = life.duration().map(|life| life.as_secs());
    seconds
        .filter(|seconds| seconds.is_multiple_of(DAY))
        .and_then(|seconds| u16::try_from(seconds / DAY).ok())
        .context("--longest-token-life: choose 30d to 730d")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Revoked {
    id: OrgId,
    revoked_credentials: usize,
}

impl fmt::Display for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Revoked the credentials of the organization {}: {}.",
            self.id, self.revoked_credentials
        )
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    id: OrgId,
    name: String,
    scim_base_url: String,
}

impl fmt::Display for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Created the organization {}.", self.name)?;
        fields(
            f,
            &[
                ("id", self.id.to_string()),
                ("SCIM base URL", self.scim_base_url.clone()),
            ],
        )?;
        writeln!(
            f,
            "Next: wicketgate service-user create --org {} --name okta",
            self.id
        )
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: OrgId,
    name: String,
    scim_base_url: String,
    state: &'static str,
    scim_mode: &'static str,
    unique_identifier: &'static str,
    longest_token_days: u16,
    endless_tokens: bool,
    users: i64,
    active_users: i64,
    groups: i64,
    created_at: String,
}

impl Shown {
    fn new(organization: Organization, public_url: &PublicUrl) -> Self {
        Self {
            id: organization.id,
            name: organization.name,
            scim_base_url: scim_base_url(public_url, organization.id),
            state: match organization.state {
                OrgState::Active => "active",
                OrgState::Paused => "paused",
                OrgState::Deleted => "deleted",
            },
            scim_mode: organization.settings.mode.as_str(),
            unique_identifier: organization.settings.unique_identifier.as_str(),
            longest_token_days: organization.settings.longest_token_days,
            endless_tokens: organization.settings.endless_tokens,
            users: organization.users,
            active_users: organization.active_users,
            groups: organization.groups,
            created_at: time(organization.created),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.name)?;
        fields(
            f,
            &[
                ("id", self.id.to_string()),
                ("SCIM base URL", self.scim_base_url.clone()),
                ("state", self.state.to_owned()),
                ("SCIM mode", self.scim_mode.to_owned()),
                ("unique identifier", self.unique_identifier.to_owned()),
                ("longest token life", format!("{} days", self.longest_token_days)),
                (
                    "endless tokens",
                    if self.endless_tokens { "yes" } else { "no" }.to_owned(),
                ),
                (
                    "users",
                    format!("{}, {} of them active", self.users, self.active_users),
                ),
                ("groups", self.groups.to_string()),
                ("created", self.created_at.clone()),
            ],
        )
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Shown>);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(
                f,
                "There is no organization. Next: wicketgate org create --name NAME"
            );
        }
        let rows = self.0.iter().map(|org| {
            [
                org.id.to_string(),
                org.state.to_owned(),
                org.users.to_string(),
                org.groups.to_string(),
                org.name.clone(),
            ]
        });
        table(f, ["ID", "STATE", "USERS", "GROUPS", "NAME"], rows)
    }
}

/// What is pasted into the identity provider.
pub(super) fn scim_base_url(public_url: &PublicUrl, org: OrgId) -> String {
    format!("{public_url}/scim/v2/{org}")
}

pub(super) async fn run(
    command: &OrgCommand,
    instance: &Instance,
    public_url: &PublicUrl,
    format: Format,
) -> anyhow::Result<()> {
    let org = match command {
        OrgCommand::Create { name } => {
            let Organization { id, name, .. } = instance.create_org(name).await?;
            let scim_base_url = scim_base_url(public_url, id);
            return format.print(&Created {
                id,
                name,
                scim_base_url,
            });
        }
        OrgCommand::List => {
            let organizations = instance.orgs().await?;
            let shown = |organization| Shown::new(organization, public_url);
            return format.print(&List(organizations.into_iter().map(shown).collect()));
        }
        OrgCommand::Show(which) => which.enter(instance).await?,
        OrgCommand::Set(set) => {
            let org = set.org.enter(instance).await?;
            let mut settings = org.settings().clone();
            settings.mode = set.scim_mode.unwrap_or(settings.mode);
            settings.unique_identifier = set.unique_identifier.unwrap_or(settings.unique_identifier);
            if let Some(life) = set.longest_token_life {
                settings.longest_token_days = days(life)?;
            }
            settings.endless_tokens = set.endless_tokens.map_or(settings.endless_tokens, Into::into);
            org.owner()?.set(settings).await?;
            org
        }
        OrgCommand::Pause(which) => {
            let org = which.enter(instance).await?;
            org.owner()?.pause().await?;
            org
        }
        OrgCommand::Resume(which) => {
            let org = which.enter(instance).await?;
            org.owner()?.resume().await?;
            org
        }
        OrgCommand::Delete(which) => {
            let org = which.enter(instance).await?;
            org.owner()?.delete().await?;
            org
        }
        OrgCommand::RevokeCredentials(which) => {
            let org = which.enter(instance).await?;
            return format.print(&Revoked {
                id: org.id(),
                revoked_credentials: org.owner()?.revoke_all_credentials().await?,
            });
        }
    };
    format.print(&Shown::new(org.owner()?.show().await?, public_url))
}

//! `wicketgate org`: organizations, their settings and whether they are served.

use std::fmt;

use anyhow::Context as _;
use serde::Serialize;
use wicketgate_auth::{OrgId, OrgState};
use wicketgate_domain::{ExportFirst, Instance, Organization, Settings, UniqueIdentifier};
use wicketgate_http::PublicUrl;
use wicketgate_scim::Mode;

use super::{Which, YesOrNo, token::Life};
use crate::output::{Format, fields, or_never, table, time};

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
    /// Refuse every credential of an organization, and do away with everything that it owns after 30 days.
    Delete(Delete),
    /// Refuse every credential that an organization has now, from the next request on, for good.
    RevokeCredentials(Which),
}

#[derive(clap::Args)]
pub(super) struct Delete {
    #[command(flatten)]
    org: Which,
    #[arg(
        long,
        help = "Delete it without an export of the last 24 hours (`wicketgate export` makes one)"
    )]
    without_export: bool,
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
    #[arg(
        long,
        group = "settings",
        value_name = "DURATION",
        help = "How long rows of the provisioning log are kept: 7d to 365d"
    )]
    keep_log: Option<Life>,
    #[arg(
        long,
        group = "settings",
        value_name = "DURATION",
        help = "How long the redacted bodies of requests are kept: 0d, 7d, 30d or 90d"
    )]
    keep_bodies: Option<Life>,
    #[arg(
        long,
        group = "settings",
        value_name = "DURATION",
        help = "How long a deleted user can be restored: 1d to 90d"
    )]
    keep_deleted: Option<Life>,
    #[arg(
        long,
        group = "settings",
        value_name = "NUMBER",
        help = "How many requests its identity providers may send in a second, on the long run: 0 is as many as they like"
    )]
    requests_per_second: Option<u16>,
    #[arg(
        long,
        group = "settings",
        value_name = "NUMBER",
        help = "How many they may send at once, after a quiet time: 0 is as many as in a second"
    )]
    request_burst: Option<u16>,
    #[arg(
        long,
        group = "settings",
        value_name = "NUMBER",
        help = "How many requests are carried out at the same time: 0 is as many as there are"
    )]
    concurrent_requests: Option<u16>,
}

impl Set {
    /// The settings with what was asked for.
    fn applied(&self, mut settings: Settings) -> anyhow::Result<Settings> {
        fn choose<T: Copy>(setting: &mut T, choice: Option<T>) {
            *setting = choice.unwrap_or(*setting);
        }
        choose(&mut settings.mode, self.scim_mode);
        choose(&mut settings.unique_identifier, self.unique_identifier);
        choose(&mut settings.endless_tokens, self.endless_tokens.map(Into::into));
        for (name, setting, life) in [
            (
                "longest-token-life",
                &mut settings.longest_token_days,
                self.longest_token_life,
            ),
            ("keep-log", &mut settings.log_days, self.keep_log),
            ("keep-bodies", &mut settings.body_days, self.keep_bodies),
            ("keep-deleted", &mut settings.grace_days, self.keep_deleted),
        ] {
            if let Some(life) = life {
                *setting =
                    days(life).with_context(|| format!("--{name}: choose a number of days, such as 30d"))?;
            }
        }
        choose(&mut settings.requests.per_second, self.requests_per_second);
        choose(&mut settings.requests.burst, self.request_burst);
        choose(&mut settings.requests.at_a_time, self.concurrent_requests);
        Ok(settings)
    }
}

/// A duration in whole days.
fn days(life: Life) -> Option<u16> {
    const DAY: u64 = 24 * 60 * 60;
    let seconds = life.duration().map(|life| life.as_secs());
    seconds
        .filter(|seconds| seconds.is_multiple_of(DAY))
        .and_then(|seconds| u16::try_from(seconds / DAY).ok())
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
    log_days: u16,
    body_days: u16,
    grace_days: u16,
    requests_per_second: u16,
    request_burst: u16,
    concurrent_requests: u16,
    users: i64,
    active_users: i64,
    groups: i64,
    created_at: String,
    exported_at: Option<String>,
    deleted_at: Option<String>,
    purged_from: Option<String>,
}

impl Shown {
    fn new(organization: Organization, public_url: &PublicUrl) -> Self {
        let purged_from = organization.purged_from();
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
            log_days: organization.settings.log_days,
            body_days: organization.settings.body_days,
            grace_days: organization.settings.grace_days,
            requests_per_second: organization.settings.requests.per_second,
            request_burst: organization.settings.requests.burst,
            concurrent_requests: organization.settings.requests.at_a_time,
            users: organization.users,
            active_users: organization.active_users,
            groups: organization.groups,
            created_at: time(organization.created),
            exported_at: organization.exported.map(time),
            deleted_at: organization.deleted.map(time),
            purged_from: purged_from.map(time),
        }
    }
}

impl Shown {
    /// The state, and of a deleted organization until when it can be resumed.
    fn state_and_end(&self) -> String {
        match &self.purged_from {
            Some(at) => format!("{}, purged from {at} on unless it is resumed", self.state),
            None => self.state.to_owned(),
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
                ("state", self.state_and_end()),
                ("SCIM mode", self.scim_mode.to_owned()),
                ("unique identifier", self.unique_identifier.to_owned()),
                ("longest token life", format!("{} days", self.longest_token_days)),
                (
                    "endless tokens",
                    if self.endless_tokens { "yes" } else { "no" }.to_owned(),
                ),
                ("log kept", format!("{} days", self.log_days)),
                ("bodies kept", format!("{} days", self.body_days)),
                ("deleted users kept", format!("{} days", self.grace_days)),
                (
                    "request limits",
                    format!(
                        "{} a second, {} at once, {} at the same time (0 is no limit)",
                        self.requests_per_second, self.request_burst, self.concurrent_requests
                    ),
                ),
                (
                    "users",
                    format!("{}, {} of them active", self.users, self.active_users),
                ),
                ("groups", self.groups.to_string()),
                ("created", self.created_at.clone()),
                ("last export", or_never(self.exported_at.as_ref()).to_owned()),
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
                org.purged_from.clone().unwrap_or_default(),
                org.name.clone(),
            ]
        });
        table(f, ["ID", "STATE", "USERS", "GROUPS", "PURGED FROM", "NAME"], rows)
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
            let settings = set.applied(org.settings().clone())?;
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
        OrgCommand::Delete(Delete { org, without_export }) => {
            let entered = org.enter(instance).await?;
            let export = if *without_export {
                ExportFirst::NotWanted
            } else {
                ExportFirst::Required
            };
            instance.delete_org(org.org, export).await.with_context(|| {
                format!(
                    "not deleted: run `wicketgate export --org {} --output FILE` first, or add --without-export",
                    org.org
                )
            })?;
            entered
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

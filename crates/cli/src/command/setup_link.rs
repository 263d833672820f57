//! `wicketgate setup-link`: links by which a customer's admin connects an identity provider without an account.

use std::{fmt, time::Duration};

use serde::Serialize;
use wicketgate_auth::TokenId;
use wicketgate_domain::{Error, Instance, SetupLinkInfo};
use wicketgate_http::PublicUrl;

use super::{Which, token::Life};
use crate::output::{Format, fields, or_never, table, time};

#[derive(clap::Subcommand)]
pub(super) enum SetupLinkCommand {
    /// Make a link for somebody who connects an identity provider, and print it.
    Create {
        #[command(flatten)]
        org: Which,
        #[arg(long, help = "For whom it is, such as the name of the customer's admin")]
        label: String,
        #[arg(
            long,
            value_name = "DURATION",
            default_value = "7d",
            help = "For how long it holds: 1d to 30d"
        )]
        expires_in: Life,
    },
    /// List the links of an organization, the newest first.
    List(Which),
    /// Revoke a link: it opens nothing any more. What was made through it stays.
    Revoke {
        #[command(flatten)]
        org: Which,
        #[arg(
            long,
            value_name = "ID",
            help = "Its id, as `wicketgate setup-link list` shows it"
        )]
        link: TokenId,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    id: String,
    label: String,
    link: String,
    expires_at: String,
}

impl fmt::Display for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Made the setup link. It is shown only now, and holds for whoever has it."
        )?;
        fields(
            f,
            &[
                ("id", self.id.clone()),
                ("label", self.label.clone()),
                ("link", self.link.clone()),
                ("expires", self.expires_at.clone()),
            ],
        )
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: String,
    label: String,
    created_by: String,
    created_at: String,
    expires_at: String,
    first_used_at: Option<String>,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
    /// Whether it holds.
    open: bool,
}

impl Shown {
    fn new(link: SetupLinkInfo) -> Self {
        Self {
            id: link.id.to_string(),
            label: link.label,
            created_by: link.created_by,
            created_at: time(link.created),
            expires_at: time(link.expires),
            first_used_at: link.first_used.map(time),
            last_used_at: link.last_used.map(time),
            revoked_at: link.revoked.map(time),
            open: link.is_open,
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Shown>);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "There is no setup link.");
        }
        let rows = self.0.iter().map(|link| {
            let state = match (link.open, link.revoked_at.is_some()) {
                (true, _) => "open",
                (false, true) => "revoked",
                (false, false) => "expired",
            };
            [
                link.id.clone(),
                state.to_owned(),
                link.created_at.clone(),
                link.expires_at.clone(),
                or_never(link.last_used_at.as_ref()).to_owned(),
                link.label.clone(),
            ]
        });
        table(f, ["ID", "STATE", "CREATED", "EXPIRES", "LAST USED", "FOR"], rows)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Revoked {
    id: String,
    revoked: bool,
}

impl fmt::Display for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Revoked the setup link {}.", self.id)
    }
}

pub(super) async fn run(
    command: &SetupLinkCommand,
    instance: &Instance,
    url: &PublicUrl,
    format: Format,
) -> anyhow::Result<()> {
    match command {
        SetupLinkCommand::Create {
            org: which,
            label,
            expires_in,
        } => {
            let org = which.enter(instance).await?;
            let life = expires_in.duration().unwrap_or(Duration::MAX);
            let (link, token) = org.owner()?.setup_links().create(label, life).await?;
            format.print(&Created {
                id: link.id.to_string(),
                label: link.label,
                link: format!("{url}/console/setup/{}", token.reveal()),
                expires_at: time(link.expires),
            })
        }
        SetupLinkCommand::List(which) => {
            let org = which.enter(instance).await?;
            let found = org.owner()?.setup_links().list().await?;
            format.print(&List(found.into_iter().map(Shown::new).collect()))
        }
        SetupLinkCommand::Revoke { org: which, link } => {
            let org = which.enter(instance).await?;
            let revoked = org.owner()?.setup_links().revoke(*link).await;
            revoked.map_err(|error| match error {
                Error::NotFound => anyhow::anyhow!(
                    "the organization has no setup link {link}: `wicketgate setup-link list` shows those there are"
                ),
                error => error.into(),
            })?;
            format.print(&Revoked {
                id: link.to_string(),
                revoked: true,
            })
        }
    }
}

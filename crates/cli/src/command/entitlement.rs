//! `wicketgate entitlement`: the roles and entitlements that an organization offers, for identity providers that
//! discover them.

use std::fmt;

use serde::Serialize;
use wicketgate_domain::{Entitlement, EntitlementKind, Error, Instance};

use super::Which;
use crate::output::{Format, fields, table, time};

#[derive(clap::Subcommand)]
pub(super) enum EntitlementCommand {
    /// Offer a role or an entitlement, or change what it is called.
    Define {
        #[command(flatten)]
        value: Value,
        #[arg(long, value_name = "NAME", help = "What people call it")]
        display_name: String,
        #[arg(long, help = "What it is for; without this, an earlier description goes")]
        description: Option<String>,
    },
    /// List the roles and entitlements that an organization offers.
    List(Which),
    /// Offer a role or an entitlement no longer. Users who hold it keep it.
    Remove(Value),
}

/// The role or entitlement that a command is about.
#[derive(clap::Args)]
pub(super) struct Value {
    #[command(flatten)]
    org: Which,
    #[arg(long, help = "role or entitlement")]
    kind: EntitlementKind,
    #[arg(long, help = "What users are given as its value, such as pilot")]
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    kind: &'static str,
    id: String,
    display_name: String,
    description: Option<String>,
    created_at: String,
    last_modified: String,
}

impl Shown {
    fn new(value: Entitlement) -> Self {
        Self {
            kind: value.kind.as_str(),
            id: value.id,
            display_name: value.display_name,
            description: value.description,
            created_at: time(value.created),
            last_modified: time(value.last_modified),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The organization offers the {} {}.", self.kind, self.id)?;
        let mut shown = vec![("display name", self.display_name.clone())];
        shown.extend(self.description.clone().map(|text| ("description", text)));
        fields(f, &shown)
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Shown>);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.0.iter().map(|value| {
            [
                value.kind.to_owned(),
                value.id.clone(),
                value.display_name.clone(),
                value.description.clone().unwrap_or_default(),
            ]
        });
        table(f, ["KIND", "ID", "NAME", "DESCRIPTION"], rows)
    }
}

#[derive(Serialize)]
struct Withdrawn<'v> {
    kind: &'static str,
    id: &'v str,
    removed: bool,
}

impl fmt::Display for Withdrawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "The organization no longer offers the {} {}. Users who hold it keep it.",
            self.kind, self.id
        )
    }
}

pub(super) async fn run(
    command: &EntitlementCommand,
    instance: &Instance,
    format: Format,
) -> anyhow::Result<()> {
    match command {
        EntitlementCommand::Define {
            value,
            display_name,
            description,
        } => {
            let org = value.org.enter(instance).await?;
            let defined = org
                .owner()?
                .entitlements()
                .define(value.kind, &value.id, display_name, description.as_deref())
                .await
                .map_err(|error| match error {
                    Error::AlreadyExists { .. } => anyhow::anyhow!(
                        "the organization offers {:?} as another kind already, and an id is used once: choose another id",
                        value.id
                    ),
                    error => error.into(),
                })?;
            format.print(&Shown::new(defined))
        }
        EntitlementCommand::List(which) => {
            let org = which.enter(instance).await?;
            let values = org.owner()?.entitlements().list().await?;
            format.print(&List(values.into_iter().map(Shown::new).collect()))
        }
        EntitlementCommand::Remove(Value { org: which, kind, id }) => {
            let org = which.enter(instance).await?;
            org.owner()?
                .entitlements()
                .remove(*kind, id)
                .await
                .map_err(|error| match error {
                    Error::NotFound => anyhow::anyhow!(
                        "the organization offers no {kind} {id:?}: `wicketgate entitlement list` shows those there are"
                    ),
                    error => error.into(),
                })?;
            format.print(&Withdrawn {
                kind: kind.as_str(),
                id,
                removed: true,
            })
        }
    }
}

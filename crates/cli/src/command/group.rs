//! `wicketgate group`: what owners may do with groups themselves.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use serde_json::Value;
use wicketgate_domain::{DirectoryGroup, Error, Group, GroupId, Instance};
use wicketgate_http::PublicUrl;

use super::{
    Which,
    user::{Page, managed},
};
use crate::output::{Format, fields, table, time};

#[derive(clap::Subcommand)]
pub(super) enum GroupCommand {
    /// List an organization's groups.
    List {
        #[command(flatten)]
        org: Which,
        #[command(flatten)]
        page: Page,
    },
    /// Show a group.
    Show(One),
    /// Take a group out of its identity provider's hands.
    Release(One),
}

#[derive(clap::Args)]
pub(super) struct One {
    #[command(flatten)]
    org: Which,
    #[arg(long, value_name = "ID", help = "Its id, as `wicketgate group list` shows it")]
    group: String,
}

/// A group in a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    display_name: String,
    member_count: i64,
    managed_by: Option<String>,
    created_at: String,
    last_modified: String,
}

impl Row {
    fn new(group: &Group, managed_by: Option<String>) -> Self {
        let name = group.attributes.get("displayName").and_then(Value::as_str);
        Self {
            id: group.id.to_string(),
            display_name: name.unwrap_or_default().to_owned(),
            member_count: group.member_count,
            managed_by,
            created_at: time(group.created),
            last_modified: time(group.last_modified),
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Rows(Vec<Row>);

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.0.iter().map(|group| {
            [
                group.id.clone(),
                group.member_count.to_string(),
                managed(group.managed_by.as_ref()).to_owned(),
                group.display_name.clone(),
            ]
        });
        table(f, ["ID", "MEMBERS", "MANAGED BY", "NAME"], rows)
    }
}

/// One group with everything but its members.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    #[serde(flatten)]
    row: Row,
    external_ids: BTreeMap<String, String>,
}

impl From<DirectoryGroup> for Shown {
    fn from(known: DirectoryGroup) -> Self {
        Self {
            row: Row::new(&known.group, known.managed_by),
            external_ids: known.external_ids,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = &self.row;
        writeln!(f, "The group {}.", row.display_name)?;
        let mut shown = vec![
            ("id", row.id.clone()),
            ("members", row.member_count.to_string()),
            ("managed by", managed(row.managed_by.as_ref()).to_owned()),
        ];
        shown.extend(
            self.external_ids
                .iter()
                .map(|(domain, id)| ("externalId", format!("{id} in {domain}"))),
        );
        shown.push(("created", row.created_at.clone()));
        shown.push(("last modified", row.last_modified.clone()));
        fields(f, &shown)
    }
}

impl One {
    async fn print(&self, release: bool, instance: &Instance, format: Format) -> anyhow::Result<()> {
        let unknown = |error| match error {
            Error::NotFound => anyhow::anyhow!(
                "the organization has no group {}: `wicketgate group list` shows those there are",
                self.group
            ),
            error => error.into(),
        };
        let org = self.org.enter(instance).await?;
        let owner = org.owner()?;
        let id = GroupId::parse(&self.group).map_err(unknown)?;
        let known = if release {
            owner.directory().release_group(id).await
        } else {
            owner.directory().group(id).await
        };
        format.print(&Shown::from(known.map_err(unknown)?))
    }
}

pub(super) async fn run(
    command: &GroupCommand,
    instance: &Instance,
    public_url: &PublicUrl,
    format: Format,
) -> anyhow::Result<()> {
    match command {
        GroupCommand::List { org: which, page } => {
            let org = which.enter(instance).await?;
            let owner = org.owner()?;
            let query = page.query(&org, org.group_type(), public_url)?;
            let found = owner.directory().groups(query).await?.resources;
            let ids: Vec<GroupId> = found.iter().map(|group| group.id).collect();
            let mut custody = owner.directory().custody_of_groups(&ids).await?;
            let rows = found
                .iter()
                // Which was deleted between the two questions is not in the list any more.
                .filter_map(|group| Some(Row::new(group, custody.remove(&group.id)?)));
            format.print(&Rows(rows.collect()))
        }
        GroupCommand::Show(one) => one.print(false, instance, format).await,
        GroupCommand::Release(one) => one.print(true, instance, format).await,
    }
}

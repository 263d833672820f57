//! `wicketgate user`: what owners may do with users themselves.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use serde_json::Value;
use wicketgate_domain::{
    Custody, DirectoryUser, Error, Instance, MAX_COUNT, Org, Query, User, UserId, Window,
};
use wicketgate_http::PublicUrl;
use wicketgate_scim::{Object, filter, schema::ResourceType};

use super::{Which, org::scim_base_url};
use crate::output::{Format, fields, table, time};

#[derive(clap::Subcommand)]
pub(super) enum UserCommand {
    /// List an organization's users.
    List(List),
    /// Show a user, also one that was deleted and can be restored.
    Show(One),
    /// Deactivate a released user: no identity provider activates it until it is reactivated here.
    Deactivate(One),
    /// Reactivate a released user, or lift the block of one that an identity provider manages.
    Reactivate(One),
    /// Take a user out of its identity provider's hands.
    Release(One),
    /// Delete a released user. It can be restored for as long as the organization keeps deleted users.
    Delete(One),
    /// Bring a deleted user back, with its id and its groups.
    Restore(One),
}

#[derive(clap::Args)]
pub(super) struct List {
    #[command(flatten)]
    org: Which,
    #[command(flatten)]
    page: Page,
    #[arg(
        long,
        conflicts_with_all = ["filter", "start_index"],
        help = "Those that were deleted and can be restored, the last one first"
    )]
    deleted: bool,
}

/// Which part of a list is printed.
#[derive(clap::Args)]
pub(super) struct Page {
    #[arg(long, help = "Which, as a SCIM filter, such as 'active eq false'")]
    filter: Option<String>,
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        help = "The position of the first one, from 1"
    )]
    start_index: u64,
    #[arg(
        long,
        value_name = "N",
        default_value_t = MAX_COUNT,
        value_parser = clap::value_parser!(u16).range(1..=1_000),
        help = "How many at most, up to 1000"
    )]
    count: u16,
}

impl Page {
    /// The query for it. A filter that cannot be read is refused with what is wrong with it.
    pub(super) fn query(
        &self,
        org: &Org,
        resource_type: &ResourceType,
        public_url: &PublicUrl,
    ) -> anyhow::Result<Query> {
        let mode = org.settings().mode;
        let filter = self
            .filter
            .as_deref()
            .map(|text| filter::check(resource_type, filter::parse(text, mode)?, mode))
            .transpose()
            .map_err(|error| anyhow::anyhow!("filter: {}", error.detail))?;
        Ok(Query {
            filter,
            sort: None,
            window: Window::Index {
                start_index: self.start_index,
                count: self.count.into(),
            },
            base: scim_base_url(public_url, org.id()),
            memberships: false,
        })
    }
}

#[derive(clap::Args)]
pub(super) struct One {
    #[command(flatten)]
    org: Which,
    #[arg(long, value_name = "ID", help = "Its id, as `wicketgate user list` shows it")]
    user: String,
}

/// A user in a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    user_name: String,
    display_name: Option<String>,
    active: bool,
    managed_by: Option<String>,
    blocked_at: Option<String>,
    created_at: String,
    last_modified: String,
    deleted_at: Option<String>,
    restorable_until: Option<String>,
}

impl Row {
    fn new(user: &User, custody: Custody) -> Self {
        Self {
            id: user.id.to_string(),
            user_name: text(&user.attributes, "userName").unwrap_or_default(),
            display_name: text(&user.attributes, "displayName"),
            active: user.attributes.get("active") != Some(&Value::Bool(false)),
            managed_by: custody.managed_by,
            blocked_at: custody.blocked.map(time),
            created_at: time(user.created),
            last_modified: time(user.last_modified),
            deleted_at: None,
            restorable_until: None,
        }
    }

    fn of(known: &DirectoryUser) -> Self {
        let deletion = known.deletion.as_ref();
        Self {
            deleted_at: deletion.map(|deletion| time(deletion.at)),
            restorable_until: deletion.map(|deletion| time(deletion.ends)),
            ..Self::new(&known.user, known.custody.clone())
        }
    }

    fn state(&self) -> &'static str {
        match (&self.deleted_at, &self.blocked_at, self.active) {
            (Some(_), _, _) => "deleted",
            (None, Some(_), _) => "blocked",
            (None, None, true) => "active",
            (None, None, false) => "inactive",
        }
    }
}

fn text(attributes: &Object, name: &str) -> Option<String> {
    attributes.get(name).and_then(Value::as_str).map(str::to_owned)
}

#[derive(Serialize)]
#[serde(transparent)]
struct Rows(Vec<Row>);

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.0.iter().map(|user| {
            [
                user.id.clone(),
                user.state().to_owned(),
                managed(user.managed_by.as_ref()).to_owned(),
                user.restorable_until.clone().unwrap_or_default(),
                user.user_name.clone(),
            ]
        });
        table(
            f,
            ["ID", "STATE", "MANAGED BY", "RESTORABLE UNTIL", "USER NAME"],
            rows,
        )
    }
}

/// Who manages it, for people.
pub(super) fn managed(by: Option<&String>) -> &str {
    by.map_or("nobody", String::as_str)
}

/// One user with everything.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    #[serde(flatten)]
    row: Row,
    external_ids: BTreeMap<String, String>,
    groups: Vec<InGroup>,
    attributes: Object,
}

#[derive(Serialize)]
struct InGroup {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<String>,
    direct: bool,
}

impl From<DirectoryUser> for Shown {
    fn from(known: DirectoryUser) -> Self {
        let row = Row::of(&known);
        let groups = match known.deletion {
            None => known
                .user
                .groups
                .into_iter()
                .map(|membership| InGroup {
                    id: membership.group.to_string(),
                    display: Some(membership.display),
                    direct: membership.direct,
                })
                .collect(),
            Some(deletion) => deletion
                .groups
                .into_iter()
                .map(|group| InGroup {
                    id: group.to_string(),
                    display: None,
                    direct: true,
                })
                .collect(),
        };
        Self {
            row,
            external_ids: known.external_ids,
            groups,
            attributes: known.user.attributes,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = &self.row;
        writeln!(f, "The user {} is {}.", row.user_name, row.state())?;
        let mut shown = vec![
            ("id", row.id.clone()),
            ("managed by", managed(row.managed_by.as_ref()).to_owned()),
        ];
        shown.extend(row.display_name.clone().map(|name| ("display name", name)));
        shown.extend(row.blocked_at.clone().map(|at| ("blocked since", at)));
        shown.extend(row.deleted_at.clone().map(|at| ("deleted", at)));
        shown.extend(row.restorable_until.clone().map(|at| ("restorable until", at)));
        shown.extend(
            self.external_ids
                .iter()
                .map(|(domain, id)| ("externalId", format!("{id} in {domain}"))),
        );
        shown.extend(
            self.groups
                .iter()
                .map(|group| ("group", group.display.clone().unwrap_or_else(|| group.id.clone()))),
        );
        shown.push(("created", row.created_at.clone()));
        shown.push(("last modified", row.last_modified.clone()));
        fields(f, &shown)
    }
}

#[derive(Serialize)]
struct Deleted<'u> {
    id: &'u str,
    deleted: bool,
}

impl fmt::Display for Deleted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Deleted the user {}. `wicketgate user restore` brings it back, for as long as the organization keeps \
             deleted users.",
            self.id
        )
    }
}

/// What is wrong, with what to do about it.
fn explained(error: Error, user: &str) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow::anyhow!(
            "the organization has no user {user}: `wicketgate user list` shows those there are, and with --deleted \
             those that can be restored"
        ),
        Error::AlreadyExists { .. } => anyhow::anyhow!(
            "another user has taken the userName of {user} meanwhile: delete or rename that one, and restore again"
        ),
        error => error.into(),
    }
}

/// What is done with one user before it is printed.
enum Act {
    Nothing,
    Deactivate,
    Reactivate,
    Release,
    Restore,
}

impl One {
    fn id(&self) -> anyhow::Result<UserId> {
        UserId::parse(&self.user).map_err(|error| explained(error, &self.user))
    }

    async fn print(&self, act: Act, instance: &Instance, format: Format) -> anyhow::Result<()> {
        let org = self.org.enter(instance).await?;
        let (owner, id) = (org.owner()?, self.id()?);
        let directory = owner.directory();
        let known = match act {
            Act::Nothing => directory.user(id).await,
            Act::Deactivate => directory.deactivate_user(id).await,
            Act::Reactivate => directory.reactivate_user(id).await,
            Act::Release => directory.release_user(id).await,
            Act::Restore => directory.restore_user(id).await,
        };
        let known = known.map_err(|error| explained(error, &self.user))?;
        format.print(&Shown::from(known))
    }

    async fn delete(&self, instance: &Instance, format: Format) -> anyhow::Result<()> {
        let org = self.org.enter(instance).await?;
        org.owner()?
            .directory()
            .delete_user(self.id()?)
            .await
            .map_err(|error| explained(error, &self.user))?;
        format.print(&Deleted {
            id: &self.user,
            deleted: true,
        })
    }
}

impl List {
    async fn print(&self, instance: &Instance, public_url: &PublicUrl, format: Format) -> anyhow::Result<()> {
        let org = self.org.enter(instance).await?;
        let owner = org.owner()?;
        let directory = owner.directory();
        if self.deleted {
            let deleted = directory.deleted_users(None, self.page.count).await?;
            return format.print(&Rows(deleted.iter().map(Row::of).collect()));
        }
        let query = self.page.query(&org, org.user_type(), public_url)?;
        let found = directory.users(query).await?.resources;
        let ids: Vec<UserId> = found.iter().map(|user| user.id).collect();
        let mut custody = directory.custody_of_users(&ids).await?;
        let rows = found
            .iter()
            // Who was deleted between the two questions is not in the list any more.
            .filter_map(|user| Some(Row::new(user, custody.remove(&user.id)?)));
        format.print(&Rows(rows.collect()))
    }
}

pub(super) async fn run(
    command: &UserCommand,
    instance: &Instance,
    public_url: &PublicUrl,
    format: Format,
) -> anyhow::Result<()> {
    match command {
        UserCommand::List(list) => list.print(instance, public_url, format).await,
        UserCommand::Show(one) => one.print(Act::Nothing, instance, format).await,
        UserCommand::Deactivate(one) => one.print(Act::Deactivate, instance, format).await,
        UserCommand::Reactivate(one) => one.print(Act::Reactivate, instance, format).await,
        UserCommand::Release(one) => one.print(Act::Release, instance, format).await,
        UserCommand::Restore(one) => one.print(Act::Restore, instance, format).await,
        UserCommand::Delete(one) => one.delete(instance, format).await,
    }
}

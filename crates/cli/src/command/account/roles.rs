//! What accounts are in an organization.

use std::fmt;

use anyhow::Context as _;
use serde::Serialize;
use wicketgate_auth::{AccountId, Role};
use wicketgate_domain::{Instance, OrgAccount, Owner};

use crate::{
    command::Which,
    output::{Format, table, time},
};

#[derive(clap::Args)]
pub(in crate::command) struct SetRole {
    #[command(flatten)]
    org: Which,
    #[arg(long, help = "Whose account it is")]
    email: String,
    #[arg(long, help = "org_owner or org_viewer")]
    role: Role,
}

#[derive(clap::Args)]
pub(in crate::command) struct Remove {
    #[command(flatten)]
    org: Which,
    #[arg(long, help = "Whose account it is")]
    email: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: AccountId,
    email: String,
    display_name: String,
    role: Role,
    since: String,
}

impl Shown {
    fn new(account: OrgAccount) -> Self {
        Self {
            id: account.id,
            email: account.email,
            display_name: account.display_name,
            role: account.role,
            since: time(account.since),
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Listed(Vec<Shown>);

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(
                f,
                "No account has a role here. Next: wicketgate account invite --org ID --email EMAIL"
            );
        }
        let rows = self.0.iter().map(|account| {
            [
                account.id.to_string(),
                account.role.as_str().to_owned(),
                account.since.clone(),
                account.email.clone(),
                account.display_name.clone(),
            ]
        });
        table(f, ["ID", "ROLE", "SINCE", "EMAIL", "NAME"], rows)
    }
}

/// Lists who has a role.
pub(super) async fn list(which: &Which, instance: &Instance, format: Format) -> anyhow::Result<()> {
    let org = which.enter(instance).await?;
    print(&org.owner()?, format).await
}

/// Changes a role, and lists who has one now.
pub(super) async fn set(set: &SetRole, instance: &Instance, format: Format) -> anyhow::Result<()> {
    let org = set.org.enter(instance).await?;
    let owner = org.owner()?;
    let account = find(&owner, &set.email).await?;
    owner.accounts().set_role(account, set.role).await?;
    print(&owner, format).await
}

/// Takes a role away, and lists who has one now.
pub(super) async fn remove(remove: &Remove, instance: &Instance, format: Format) -> anyhow::Result<()> {
    let org = remove.org.enter(instance).await?;
    let owner = org.owner()?;
    let account = find(&owner, &remove.email).await?;
    owner.accounts().remove(account).await?;
    print(&owner, format).await
}

async fn print(owner: &Owner<'_>, format: Format) -> anyhow::Result<()> {
    let accounts = owner.accounts().list().await?;
    format.print(&Listed(accounts.into_iter().map(Shown::new).collect()))
}

async fn find(owner: &Owner<'_>, email: &str) -> anyhow::Result<AccountId> {
    let accounts = owner.accounts().list().await?;
    let found = accounts
        .into_iter()
        .find(|account| account.email.to_lowercase() == email.trim().to_lowercase());
    Ok(found
        .with_context(|| {
            format!(
                "no account {email:?} has a role in this organization: `wicketgate account roles` shows those that do"
            )
        })?
        .id)
}

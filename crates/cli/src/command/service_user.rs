//! `wicketgate service-user`: what identity providers act as.

use std::fmt;

use serde::Serialize;
use wicketgate_auth::{OrgId, Role, ServiceUserId};
use wicketgate_domain::{DEFAULT_DOMAIN, Error, Instance, ServiceUser};

use super::Which;
use crate::output::{Format, fields, table, time};

#[derive(clap::Subcommand)]
pub(super) enum ServiceUserCommand {
    /// Create a service user.
    Create {
        #[command(flatten)]
        org: Which,
        #[arg(
            long,
            help = "What people call it; one for each identity provider is a good rule"
        )]
        name: String,
        #[arg(
            long,
            default_value = Role::OrgUserManager.as_str(),
            help = "org_user_manager, org_user_reader or org_owner"
        )]
        role: Role,
        #[arg(
            long,
            default_value = DEFAULT_DOMAIN,
            help = "Whose externalId it reads and writes; a second identity provider gets a name of its own"
        )]
        provisioning_domain: String,
    },
    /// List an organization's service users.
    List(Which),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: ServiceUserId,
    name: String,
    role: Role,
    provisioning_domain: String,
    active: bool,
    created_at: String,
    #[serde(skip)]
    org: OrgId,
}

impl Shown {
    fn new(service_user: ServiceUser, org: OrgId) -> Self {
        Self {
            id: service_user.id,
            name: service_user.name,
            role: service_user.role,
            provisioning_domain: service_user.provisioning_domain,
            active: service_user.active,
            created_at: time(service_user.created),
            org,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Created the service user {}.", self.name)?;
        fields(
            f,
            &[
                ("id", self.id.to_string()),
                ("role", self.role.to_string()),
                ("provisioning domain", self.provisioning_domain.clone()),
            ],
        )?;
        writeln!(
            f,
            "Next: wicketgate token create --org {} --service-user {} --name NAME",
            self.org, self.id
        )
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Shown>);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.0.iter().map(|service_user| {
            [
                service_user.id.to_string(),
                service_user.role.as_str().to_owned(),
                service_user.provisioning_domain.clone(),
                if service_user.active { "yes" } else { "no" }.to_owned(),
                service_user.created_at.clone(),
                service_user.name.clone(),
            ]
        });
        table(f, ["ID", "ROLE", "DOMAIN", "ACTIVE", "CREATED", "NAME"], rows)
    }
}

pub(super) async fn run(
    command: &ServiceUserCommand,
    instance: &Instance,
    format: Format,
) -> anyhow::Result<()> {
    match command {
        ServiceUserCommand::Create {
            org: which,
            name,
            role,
            provisioning_domain,
        } => {
            let org = which.enter(instance).await?;
            let created = org
                .owner()?
                .service_users()
                .create(name, *role, provisioning_domain)
                .await
                .map_err(|error| match error {
                    Error::AlreadyExists { .. } => {
                        anyhow::anyhow!(
                            "the organization has a service user {name:?} already: choose another name"
                        )
                    }
                    error => error.into(),
                })?;
            format.print(&Shown::new(created, org.id()))
        }
        ServiceUserCommand::List(which) => {
            let org = which.enter(instance).await?;
            let found = org.owner()?.service_users().list().await?;
            let shown = |service_user| Shown::new(service_user, org.id());
            format.print(&List(found.into_iter().map(shown).collect()))
        }
    }
}

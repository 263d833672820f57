//! `wicketgate service-user`: what identity providers act as.

use std::fmt;

use serde::Serialize;
use wicketgate_auth::{OrgId, Role, ServiceUserId};
use wicketgate_domain::{DEFAULT_DOMAIN, Error, Instance, ServiceUser};

use super::{Which, YesOrNo};
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
    /// Change what a service user may do, or whether its credentials are accepted.
    Set(Set),
    /// Refuse every credential of a service user from the next request on, for good.
    RevokeCredentials {
        #[command(flatten)]
        org: Which,
        #[arg(long, value_name = "ID", help = "Whose credentials")]
        service_user: ServiceUserId,
    },
}

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("changes").required(true).multiple(true))]
pub(super) struct Set {
    #[command(flatten)]
    org: Which,
    #[arg(
        long,
        value_name = "ID",
        help = "Its id, as `wicketgate service-user list` shows it"
    )]
    service_user: ServiceUserId,
    #[arg(
        long,
        group = "changes",
        value_name = "yes|no",
        help = "Whether its credentials are accepted"
    )]
    active: Option<YesOrNo>,
    #[arg(
        long,
        group = "changes",
        help = "org_user_manager, org_user_reader or org_owner"
    )]
    role: Option<Role>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Revoked {
    id: ServiceUserId,
    revoked_credentials: usize,
}

impl fmt::Display for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Revoked the credentials of the service user {}: {}.",
            self.id, self.revoked_credentials
        )
    }
}

/// The organization has no such service user.
fn unknown(error: Error, service_user: ServiceUserId) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow::anyhow!(
            "the organization has no service user {service_user}: `wicketgate service-user list` shows those there are"
        ),
        error => error.into(),
    }
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
        ServiceUserCommand::Set(set) => {
            let org = set.org.enter(instance).await?;
            let owner = org.owner()?;
            let mut changed = None;
            if let Some(role) = set.role {
                changed = Some(owner.service_users().set_role(set.service_user, role).await);
            }
            if let Some(active) = set.active {
                // What could not be found once is not looked for again.
                if !matches!(changed, Some(Err(_))) {
                    changed = Some(
                        owner
                            .service_users()
                            .set_active(set.service_user, active.into())
                            .await,
                    );
                }
            }
            let Some(changed) = changed else {
                anyhow::bail!("say what changes: --active or --role");
            };
            let changed = changed.map_err(|error| unknown(error, set.service_user))?;
            format.print(&List(vec![Shown::new(changed, org.id())]))
        }
        ServiceUserCommand::RevokeCredentials {
            org: which,
            service_user,
        } => {
            let org = which.enter(instance).await?;
            let revoked = org.owner()?.service_users().revoke_all(*service_user).await;
            format.print(&Revoked {
                id: *service_user,
                revoked_credentials: revoked.map_err(|error| unknown(error, *service_user))?,
            })
        }
    }
}

//! Service users: what identity providers act as.

use jiff::Timestamp;
use serde_json::Value;
use wicketgate_auth::{Role, ServiceUserId};
use wicketgate_scim::Object;

use crate::{
    Error, Owner, db,
    event::{Counts, EventKind, change, object},
};

/// Names are for people; this is how long they may be, in characters.
pub(crate) const LONGEST_NAME: usize = 200;
/// How long the name of a provisioning domain may be, in characters.
const LONGEST_DOMAIN: usize = 64;
/// The provisioning domain of a service user for which none was chosen.
pub const DEFAULT_DOMAIN: &str = "default";

/// One service user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUser {
    /// Its id.
    pub id: ServiceUserId,
    /// Its name, unique in the organization without regard to case.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whose `externalId` it reads and writes.
    pub provisioning_domain: String,
    /// Whether its credentials are accepted.
    pub active: bool,
    /// When it was created.
    pub created: Timestamp,
}

impl ServiceUser {
    /// It, as events say it.
    pub(crate) fn shown(&self) -> Object {
        object([
            ("name", Value::from(self.name.as_str())),
            ("role", Value::from(self.role.as_str())),
            (
                "provisioningDomain",
                Value::from(self.provisioning_domain.as_str()),
            ),
            ("active", Value::from(self.active)),
        ])
    }
}

/// The service users of one organization.
#[derive(Debug)]
pub struct ServiceUsers<'o> {
    pub(crate) owner: &'o Owner<'o>,
}

impl ServiceUsers<'_> {
    /// Creates a service user.
    ///
    /// `provisioning_domain` says whose `externalId` it reads and writes: service users of one domain share them, and
    /// each domain has its own. [`DEFAULT_DOMAIN`] fits wherever one identity provider writes.
    pub async fn create(
        &self,
        name: &str,
        role: Role,
        provisioning_domain: &str,
    ) -> Result<ServiceUser, Error> {
        let org = self.owner.org;
        check_role(role)?;
        let service_user = ServiceUser {
            id: ServiceUserId::from_uuid(org.shared.sources.uuid()),
            name: checked_name(name)?,
            role,
            provisioning_domain: checked_domain(provisioning_domain)?,
            active: true,
            created: org.shared.sources.now(),
        };
        let event = org.event(
            EventKind::ServiceUserCreated,
            Some(*service_user.id.as_uuid()),
            change(&Object::new(), &service_user.shown()),
        );
        let (id, origin, created) = (org.id, org.origin(), service_user.clone());
        org.shared
            .db
            .write(move |tx| {
                db::service_users::insert(tx, id, &service_user)?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await?;
        Ok(created)
    }

    /// Changes whether the credentials of a service user are accepted, from the next request on, on every replica.
    pub async fn set_active(&self, service_user: ServiceUserId, active: bool) -> Result<ServiceUser, Error> {
        self.change(service_user, move |known| {
            known.active = active;
            Ok(())
        })
        .await
    }

    /// Changes what a service user may do, from the next request on.
    pub async fn set_role(&self, service_user: ServiceUserId, role: Role) -> Result<ServiceUser, Error> {
        self.change(service_user, move |known| {
            known.role = role;
            Ok(())
        })
        .await
    }

    /// Changes the name, the role and the state of a service user to what `edit` makes of them, in the transaction that
    /// read them. What changes nothing is no event. The answer is what holds from the next request on.
    pub async fn change(
        &self,
        service_user: ServiceUserId,
        edit: impl Fn(&mut ServiceUser) -> Result<(), Error> + Send + 'static,
    ) -> Result<ServiceUser, Error> {
        let org = self.owner.org;
        let resource = Some(*service_user.as_uuid());
        let event = org.event(EventKind::ServiceUserUpdated, resource, object([]));
        let (id, origin) = (org.id, org.origin());
        org.shared
            .db
            .write(move |tx| {
                // Two changes at once are made one after the other, and say what was before them.
                db::orgs::lock(tx, id)?;
                let before = db::service_users::get(tx, id, service_user)?;
                let mut edited = before.clone();
                edit(&mut edited)?;
                if edited.role != before.role {
                    check_role(edited.role)?;
                }
                let after = ServiceUser {
                    name: checked_name(&edited.name)?,
                    role: edited.role,
                    active: edited.active,
                    ..before.clone()
                };
                if after != before {
                    db::service_users::update(tx, id, &after)?;
                    let mut event = event.clone();
                    event.payload = change(&before.shown(), &after.shown());
                    db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                }
                Ok(after)
            })
            .await
    }

    /// All service users, the oldest first.
    pub async fn list(&self) -> Result<Vec<ServiceUser>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::service_users::list(tx, id))
            .await
    }

    /// Up to `limit` service users, the oldest first, from the one behind `after` on.
    pub async fn page(&self, after: Option<ServiceUserId>, limit: u16) -> Result<Vec<ServiceUser>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::service_users::page(tx, id, after, limit))
            .await
    }

    /// One service user.
    pub async fn get(&self, service_user: ServiceUserId) -> Result<ServiceUser, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::service_users::get(tx, id, service_user))
            .await
    }
}

/// Refuses a role that is for accounts alone.
fn check_role(role: Role) -> Result<(), Error> {
    if Role::OF_SERVICE_USERS.contains(&role) {
        return Ok(());
    }
    Err(Error::refused(
        "role",
        format!(
            "{role} is for accounts: choose {}",
            Role::OF_SERVICE_USERS.map(Role::as_str).join(", ")
        ),
    ))
}

/// The name of a provisioning domain: of characters that look alike to everyone, because it is compared exactly.
fn checked_domain(domain: &str) -> Result<String, Error> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if domain.is_empty() || domain.len() > LONGEST_DOMAIN || !domain.chars().all(is_plain) {
        return Err(Error::refused(
            "provisioning-domain",
            format!("write 1 to {LONGEST_DOMAIN} letters, digits and -_.: without spaces"),
        ));
    }
    Ok(domain.to_owned())
}

/// A name without space around it, of 1 to [`LONGEST_NAME`] characters.
pub(crate) fn checked_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Error::refused(
            "name",
            format!("write 1 to {LONGEST_NAME} printable characters; this has {length}"),
        ));
    }
    Ok(name.to_owned())
}

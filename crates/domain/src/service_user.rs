//! Service users: what identity providers act as.

use jiff::Timestamp;
use serde_json::Value;
use wicketgate_auth::{Role, ServiceUserId};

use crate::{
    Error, Owner, db,
    event::{Counts, EventKind, object},
};

/// Names are for people; this is how long they may be, in characters.
pub(crate) const LONGEST_NAME: usize = 200;
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

/// The service users of one organization.
#[derive(Debug)]
pub struct ServiceUsers<'o> {
    pub(crate) owner: &'o Owner<'o>,
}

impl ServiceUsers<'_> {
    /// Creates a service user.
    pub async fn create(&self, name: &str, role: Role) -> Result<ServiceUser, Error> {
        let org = self.owner.org;
        let service_user = ServiceUser {
            id: ServiceUserId::from_uuid(org.shared.sources.uuid()),
            name: checked_name(name)?,
            role,
            provisioning_domain: DEFAULT_DOMAIN.to_owned(),
            active: true,
            created: org.shared.sources.now(),
        };
        let event = org.event(
            EventKind::ServiceUserCreated,
            Some(*service_user.id.as_uuid()),
            object([
                ("name", Value::from(service_user.name.as_str())),
                ("role", Value::from(service_user.role.as_str())),
            ]),
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

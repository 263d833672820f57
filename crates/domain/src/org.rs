//! One organization, entered. Everything an organization owns hangs off [`Org`], and no function here takes an
//! organization's id.

use std::{ops::Deref, sync::Arc};

use uuid::Uuid;
use wicketgate_auth::{OrgId, OrgState, Permission, Role};
use wicketgate_metrics::Metrics;
use wicketgate_scim::{Object, schema::ResourceType};

use crate::{
    Error,
    account::Hashers,
    caller::{Caller, Uses},
    client::{Clients, KeySets},
    db::{self, Db, OrgDb},
    entitlement::{Entitlements, ManagedEntitlements},
    event::{Actor, Counts, Event, EventKind, Origin},
    extension::Schemas,
    grant::Grants,
    group::{Groups, ManagedGroups},
    idempotency::Keyed,
    organization::{Organization, Settings},
    provisioning_log::Queue,
    service_user::ServiceUsers,
    source::Sources,
    token::Tokens,
    types::{Derived, OrgTypes, Types, TypesCache},
    user::{ManagedUsers, Users},
};

/// What all handles of one installation share, and the way to the rows of every organization.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) db: Db,
    pub(crate) common: Arc<Common>,
}

impl Deref for Shared {
    type Target = Common;

    fn deref(&self) -> &Common {
        &self.common
    }
}

/// The same for one organization: its way to the database reaches no row of another one.
#[derive(Debug, Clone)]
pub(crate) struct OrgShared {
    pub(crate) db: OrgDb,
    common: Arc<Common>,
}

impl OrgShared {
    pub(crate) fn new(shared: &Shared, org: OrgId) -> Self {
        Self {
            db: shared.db.of(org),
            common: Arc::clone(&shared.common),
        }
    }
}

impl Deref for OrgShared {
    type Target = Common;

    fn deref(&self) -> &Common {
        &self.common
    }
}

/// What all handles of one installation share, beside the database.
#[derive(Debug)]
pub(crate) struct Common {
    pub(crate) peppers: wicketgate_auth::Peppers,
    pub(crate) sources: Sources,
    pub(crate) types: TypesCache,
    pub(crate) standard: Arc<OrgTypes>,
    pub(crate) uses: Uses,
    pub(crate) hashers: Hashers,
    pub(crate) key_sets: KeySets,
    pub(crate) log: Queue,
    pub(crate) metrics: Arc<Metrics>,
}

/// One organization's data, for one request.
///
/// A credential of that organization opened it ([`Gateway::enter`](crate::Gateway::enter)), or an operator did, which
/// the organization's events say ([`Instance::org`](crate::Instance::org)).
#[derive(Debug)]
pub struct Org {
    pub(crate) shared: OrgShared,
    pub(crate) id: OrgId,
    pub(crate) state: OrgState,
    pub(crate) settings: Settings,
    pub(crate) types: Arc<OrgTypes>,
    pub(crate) domain: Arc<str>,
    pub(crate) role: Role,
    pub(crate) reads_only: bool,
    pub(crate) actor: Actor,
    pub(crate) is_fresh: bool,
    pub(crate) request_id: String,
    pub(crate) caller: Caller,
    pub(crate) once: Option<Arc<Keyed>>,
}

impl Org {
    /// The organization's id, for building links.
    pub fn id(&self) -> OrgId {
        self.id
    }

    /// What the organization has chosen.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What a user is in this organization: the core schema with the organization's own extensions.
    pub fn user_type(&self) -> &Arc<ResourceType> {
        &self.types.effective.user
    }

    /// What a group is in this organization: the core schema with the organization's own extensions.
    pub fn group_type(&self) -> &Arc<ResourceType> {
        &self.types.effective.group
    }

    /// For how long a cursor leads on to the next page.
    pub fn cursor_life(&self) -> std::time::Duration {
        self.shared.db.limits().cursor
    }

    /// Whether the organization has been paused: its identity provider is then told to try again later.
    pub fn is_paused(&self) -> bool {
        self.state == OrgState::Paused
    }

    /// Reads users.
    pub fn users(&self) -> Users<'_> {
        Users { org: self }
    }

    /// Reads groups.
    pub fn groups(&self) -> Groups<'_> {
        Groups { org: self }
    }

    /// Reads the roles and entitlements that the organization offers.
    pub fn entitlements(&self) -> Entitlements<'_> {
        Entitlements { org: self }
    }

    /// Changes users and groups: needs the role Org User Manager.
    pub fn user_manager(&self) -> Result<UserManager<'_>, Error> {
        self.allow(Permission::WriteDirectory, Role::OrgUserManager)?;
        Ok(UserManager { org: self })
    }

    /// Administers the organization itself: needs the role Org Owner.
    pub fn owner(&self) -> Result<Owner<'_>, Error> {
        self.allow(Permission::AdministerOrg, Role::OrgOwner)?;
        Ok(Owner { org: self })
    }

    /// Reads about the organization itself: needs the role Org Viewer.
    pub fn viewer(&self) -> Result<Viewer<'_>, Error> {
        self.allow(Permission::ReadOrg, Role::OrgViewer)?;
        Ok(Viewer { org: self })
    }

    /// What the caller is in this organization.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether the caller has shown recently enough who it is to issue, rotate or reveal credentials. Only an account
    /// can be asked to show it again; whoever else acts presents a credential with each request.
    pub fn require_fresh(&self) -> Result<(), Error> {
        if self.is_fresh {
            Ok(())
        } else {
            Err(Error::ReauthenticationNeeded)
        }
    }

    fn allow(&self, permission: Permission, needed: Role) -> Result<(), Error> {
        if !self.role.may(permission) {
            Err(Error::Forbidden {
                held: self.role,
                needed,
            })
        } else if self.reads_only && permission.changes() {
            Err(Error::ReadOnly)
        } else {
            Ok(())
        }
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin {
            actor: self.actor.clone(),
            request_id: self.request_id.clone(),
            at: self.shared.sources.now(),
            once: self.once.clone(),
        }
    }

    pub(crate) fn event(&self, kind: EventKind, resource: Option<Uuid>, payload: Object) -> Event {
        Event {
            id: self.shared.sources.uuid(),
            kind,
            resource,
            payload,
        }
    }

    /// What a transaction of this request needs to know.
    pub(crate) fn act(&self) -> Act {
        Act {
            org: self.id,
            domain: Arc::clone(&self.domain),
            settings: self.settings.clone(),
            types: self.types.effective.clone(),
            derived: Derived::new(self.types.derived.clone()),
            origin: self.origin(),
            sources: self.shared.sources.clone(),
        }
    }
}

/// One act in one organization: whose it is, when it happens, and how the organization takes the protocol.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    pub(crate) org: OrgId,
    pub(crate) domain: Arc<str>,
    pub(crate) settings: Settings,
    /// What requests go by.
    pub(crate) types: Types,
    /// What is derived from resources goes by.
    pub(crate) derived: Derived,
    pub(crate) origin: Origin,
    pub(crate) sources: Sources,
}

impl Act {
    /// The types by which to derive in this attempt. Whoever does ends the transaction with a function that is given
    /// them, so that they are known to be those of now.
    pub(crate) fn derived(&self, tx: &mut db::Conn) -> Result<Types, Error> {
        self.derived.now(tx, self.org)
    }

    /// The id of a resource that is created in this act. It begins with the time of the act, which is also the time of
    /// creation: the order of ids is the order in which resources were created.
    pub(crate) fn new_id(&self) -> Uuid {
        self.sources.uuid_at(self.origin.at)
    }

    pub(crate) fn event(&self, kind: EventKind, resource: Uuid, payload: Object) -> Event {
        Event {
            id: self.sources.uuid(),
            kind,
            resource: Some(resource),
            payload,
        }
    }
}

/// Proof that the caller may change users and groups.
#[derive(Debug)]
pub struct UserManager<'o> {
    pub(crate) org: &'o Org,
}

impl<'o> UserManager<'o> {
    /// Changes users.
    pub fn users(&self) -> ManagedUsers<'o> {
        ManagedUsers { org: self.org }
    }

    /// Changes groups.
    pub fn groups(&self) -> ManagedGroups<'o> {
        ManagedGroups { org: self.org }
    }
}

/// Proof that the caller may read about the organization itself.
#[derive(Debug)]
pub struct Viewer<'o> {
    pub(crate) org: &'o Org,
}

impl Viewer<'_> {
    /// The organization with its settings and totals.
    pub async fn show(&self) -> Result<Organization, Error> {
        Owner { org: self.org }.show().await
    }

    /// Up to `limit` of the organization's events after number `after`, in order.
    pub async fn events(&self, after: i64, limit: u16) -> Result<Vec<RecordedEvent>, Error> {
        Owner { org: self.org }.events(after, limit).await
    }
}

/// Proof that the caller may administer the organization.
#[derive(Debug)]
pub struct Owner<'o> {
    pub(crate) org: &'o Org,
}

impl Owner<'_> {
    /// The organization's service users.
    pub fn service_users(&self) -> ServiceUsers<'_> {
        ServiceUsers { owner: self }
    }

    /// The personal access tokens of the organization's service users.
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens { owner: self }
    }

    /// The OAuth clients of the organization.
    pub fn clients(&self) -> Clients<'_> {
        Clients { owner: self }
    }

    /// What OAuth clients were allowed by authorization code.
    pub fn grants(&self) -> Grants<'_> {
        Grants { owner: self }
    }

    /// The extension schemas that the organization has defined.
    pub fn schemas(&self) -> Schemas<'_> {
        Schemas { owner: self }
    }

    /// The roles and entitlements that the organization offers.
    pub fn entitlements(&self) -> ManagedEntitlements<'_> {
        ManagedEntitlements { owner: self }
    }

    /// The organization with its settings and totals.
    pub async fn show(&self) -> Result<Organization, Error> {
        let id = self.org.id;
        self.org.shared.db.read(move |tx| db::orgs::get(tx, id)).await
    }

    /// Changes the organization's settings, from the next request on. What changes nothing is no event.
    pub async fn set(&self, settings: Settings) -> Result<(), Error> {
        self.change_settings(move |_| Ok(settings.clone())).await?;
        Ok(())
    }

    /// Changes the organization's settings to what `edit` makes of them, in the transaction that read them. What changes
    /// nothing is no event. The answer is what holds from the next request on.
    pub async fn change_settings(
        &self,
        edit: impl Fn(&Organization) -> Result<Settings, Error> + Send + 'static,
    ) -> Result<Organization, Error> {
        let event = self
            .org
            .event(EventKind::OrgUpdated, None, crate::event::object([]));
        let (id, origin) = (self.org.id, self.org.origin());
        self.org
            .shared
            .db
            .write(move |tx| {
                // Two changes at once are made one after the other, and say what was before them.
                db::orgs::lock(tx, id)?;
                let mut organization = db::orgs::get(tx, id)?;
                let settings = edit(&organization)?;
                settings.check()?;
                let before = std::mem::replace(&mut organization.settings, settings);
                let settings = &organization.settings;
                if *settings == before {
                    return Ok(organization);
                }
                db::orgs::set(tx, id, settings)?;
                let mut event = event.clone();
                event.payload = crate::event::change(&before.shown(), &settings.shown());
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                Ok(organization)
            })
            .await
    }

    /// Up to `limit` of the organization's events after number `after`, in order.
    pub async fn events(&self, after: i64, limit: u16) -> Result<Vec<RecordedEvent>, Error> {
        let id = self.org.id;
        let rows = self
            .org
            .shared
            .db
            .read(move |tx| db::events::after(tx, id, after, i64::from(limit)))
            .await?;
        rows.into_iter().map(RecordedEvent::try_from).collect()
    }
}

/// An event that has its number.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedEvent {
    /// Its number: consecutive within the organization.
    pub seq: i64,
    /// Its id.
    pub id: Uuid,
    /// Its kind, such as `user.created`.
    pub kind: String,
    /// The resource it is about.
    pub resource: Option<Uuid>,
    /// Who acted.
    pub actor: serde_json::Value,
    /// The request in which it happened.
    pub request_id: String,
    /// What changed.
    pub payload: serde_json::Value,
    /// When it happened.
    pub occurred: jiff::Timestamp,
}

impl TryFrom<db::events::EventRow> for RecordedEvent {
    type Error = Error;

    fn try_from(row: db::events::EventRow) -> Result<Self, Error> {
        Ok(Self {
            seq: row.seq,
            id: row.id.0,
            resource: row.resource(),
            kind: row.kind,
            actor: row.actor.0,
            request_id: row.request_id,
            payload: row.payload.0,
            occurred: jiff::Timestamp::from_millisecond(row.occurred_at).map_err(Error::internal)?,
        })
    }
}

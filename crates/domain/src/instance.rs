//! The whole installation, for the operator's commands. What faces the network never holds it.

use std::sync::Arc;

use wicketgate_auth::{Fetch, OrgId, OrgState, Peppers, Role};
use wicketgate_scim::Object;

use crate::{
    DatabaseOptions, Error, Gateway, Org,
    account::Hashers,
    caller::{Caller, Uses},
    client::KeySets,
    db::{self, Db},
    event::{Actor, Counts, Event, EventKind, Origin, change, object, unchanged},
    idempotency::Keyed,
    measured,
    org::{Common, OrgShared, Shared},
    organization::{Organization, Settings},
    provisioning_log::Queue,
    service_user::{DEFAULT_DOMAIN, checked_name},
    source::Sources,
    types::{OrgTypes, TypesCache},
};

/// The whole installation.
#[derive(Debug, Clone)]
pub struct Instance {
    pub(crate) shared: Arc<Shared>,
    pub(crate) actor: Actor,
    /// What the request is called, if it is one from the network.
    pub(crate) request_id: Option<String>,
    pub(crate) once: Option<Arc<Keyed>>,
}

impl Instance {
    /// Connects to the database. The schema is not touched. Whatever has to be asked of others is asked through `fetch`.
    pub fn open(
        options: &DatabaseOptions,
        peppers: Peppers,
        sources: Sources,
        fetch: Arc<dyn Fetch>,
    ) -> Result<Self, Error> {
        let metrics = measured::metrics(sources.now());
        let db = Db::open(options, &metrics)?;
        let log = Queue::start(db.background(), sources.clone(), &metrics.provisioning_log)?;
        Ok(Self {
            actor: Actor::Operator,
            request_id: None,
            once: None,
            shared: Arc::new(Shared {
                db,
                common: Arc::new(Common {
                    peppers,
                    sources,
                    types: TypesCache::default(),
                    standard: Arc::new(OrgTypes::standard()),
                    uses: Uses::default(),
                    hashers: Hashers::start()?,
                    key_sets: KeySets::new(fetch),
                    log,
                    metrics,
                }),
            }),
        })
    }

    /// The doors, for what faces the network.
    pub fn gateway(&self) -> Gateway {
        Gateway {
            shared: Arc::clone(&self.shared),
        }
    }

    /// Applies the migrations that are missing, on a connection of its own, and names them. What is derived from
    /// resources is then derived where it is missing; a migration that was cut short is taken up again. Where a role of its
    /// own migrates, the one that serves is granted what it needs.
    pub fn migrate(options: &DatabaseOptions) -> Result<Vec<String>, Error> {
        let mut conn = db::connect_to_migrate(options)?;
        let application = match &options.migrate_url {
            Some(_) => {
                let mut application = db::connect_once(&options.url)?;
                db::roles::check_same_database(&mut conn, &mut application)?;
                Some(application)
            }
            None => None,
        };
        let applied = db::migrate::run(&mut conn)?;
        if let Some(mut application) = application {
            db::roles::grant(&mut conn, &mut application)?;
        }
        db::reindex::all_missing(&mut conn)?;
        Ok(applied)
    }

    /// The migrations that are missing.
    pub fn pending_migrations(options: &DatabaseOptions) -> Result<Vec<String>, Error> {
        db::migrate::pending(&mut db::connect_to_migrate(options)?)
    }

    /// What the database's clock says, for comparing it with the machine's.
    pub async fn database_time(&self) -> Result<jiff::Timestamp, Error> {
        self.shared.db.read(db::orgs::clock).await
    }

    /// Creates an organization.
    pub async fn create_org(&self, name: &str) -> Result<Organization, Error> {
        let organization = Organization {
            id: OrgId::from_uuid(self.shared.sources.uuid()),
            name: checked_name(name)?,
            state: OrgState::Active,
            settings: Settings::default(),
            users: 0,
            active_users: 0,
            groups: 0,
            created: self.shared.sources.now(),
            deleted: None,
            exported: None,
        };
        let mut shown = object([("name", organization.name.as_str().into())]);
        shown.append(&mut organization.settings.shown());
        let event = Event {
            id: self.shared.sources.uuid(),
            kind: EventKind::OrgCreated,
            resource: None,
            payload: change(&Object::new(), &shown),
        };
        let origin = self.origin();
        let created = organization.clone();
        self.shared
            .db
            .of(organization.id)
            .write(move |tx| {
                db::orgs::insert(tx, &organization)?;
                db::events::append(
                    tx,
                    organization.id,
                    &origin,
                    std::slice::from_ref(&event),
                    Counts::default(),
                )
            })
            .await?;
        Ok(created)
    }

    /// All organizations, the oldest first.
    pub async fn orgs(&self) -> Result<Vec<Organization>, Error> {
        self.shared.db.read(db::orgs::list).await
    }

    /// Up to `limit` organizations, the oldest first, from the one behind `after` on.
    pub async fn orgs_page(&self, after: Option<OrgId>, limit: u16) -> Result<Vec<Organization>, Error> {
        self.shared
            .db
            .read(move |tx| db::orgs::page(tx, after, limit))
            .await
    }

    /// Enters an organization as its operator. The organization's events say so.
    pub async fn org(&self, id: OrgId) -> Result<Org, Error> {
        let event = Event {
            id: self.shared.sources.uuid(),
            kind: EventKind::OrgEntered,
            resource: None,
            payload: unchanged([]),
        };
        let origin = self.origin();
        let request_id = origin.request_id.clone();
        let (organization, types) = self
            .shared
            .db
            .of(id)
            .write(move |tx| {
                db::orgs::check_whole(tx, id)?;
                let organization = db::orgs::get(tx, id)?;
                let types = db::schemas::current(tx, id)?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                Ok((organization, types))
            })
            .await?;
        Ok(Org {
            shared: OrgShared::new(&self.shared, organization.id),
            id: organization.id,
            state: organization.state,
            settings: organization.settings,
            types: Arc::new(types),
            domain: DEFAULT_DOMAIN.into(),
            role: Role::OrgOwner,
            reads_only: false,
            actor: self.actor.clone(),
            is_fresh: true,
            request_id,
            caller: Caller::default(),
            once: None,
        })
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin {
            actor: self.actor.clone(),
            request_id: self
                .request_id
                .clone()
                .unwrap_or_else(|| self.shared.sources.uuid().to_string()),
            at: self.shared.sources.now(),
            once: self.once.clone(),
        }
    }
}

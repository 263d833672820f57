//! One database with one organization that is filled anew for each case, and its resources as they are shown.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use jiff::Timestamp;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use uuid::Uuid;
use wicketgate_auth::{Entropy, Pepper, Peppers};
use wicketgate_scim::{
    Object,
    resource::{Meta, render},
    schema::{ENTERPRISE_USER, ResourceType},
};
use wicketgate_testbed::{Database, Engine};

use super::{
    cases::{Case, group_body, user_body},
    values::extended,
};
use crate::{
    Clock, DatabaseOptions, Group, Instance, Org, Page, Query, Resource, SearchLimits, Sources, User, Window,
    db::search::Kind,
};

pub(super) const BASE: &str = "https://scim.example.com/scim/v2/acme";

/// When each case begins: 2026-06-01T09:00:00Z.
const START: i64 = 1_780_304_400_000;

/// Resources with their ids, in the order of the ids.
pub(super) type Shown = Vec<(Uuid, Object)>;

/// The ids that a question may name.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Ids {
    pub(super) users: Vec<Uuid>,
    pub(super) groups: Vec<Uuid>,
}

#[derive(Clone)]
struct Ticking(Arc<AtomicI64>);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

struct Seeded(u64);

impl Entropy for Seeded {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

pub(super) struct World {
    pub(super) engine: Engine,
    instance: Instance,
    time: Arc<AtomicI64>,
    org: Mutex<Option<Arc<Org>>>,
    asked: AtomicU64,
    telling: AtomicU64,
    // Last: what is connected goes before the database does.
    _database: Database,
}

impl World {
    /// The same world on each database: what happens in both in the same order has the same ids and times.
    pub(super) fn pair(limits: &SearchLimits) -> [Self; 2] {
        Engine::ALL.map(|engine| {
            let database = Database::new(engine);
            let options = DatabaseOptions {
                search: limits.clone(),
                migrate_url: database.owner_url(),
                ..DatabaseOptions::new(database.application_url())
            };
            Instance::migrate(&options).unwrap();
            let time = Arc::new(AtomicI64::new(START));
            let peppers = Peppers::new(Pepper::generate(1, &mut Seeded(1)), Vec::new()).unwrap();
            let sources = Sources::new(Ticking(Arc::clone(&time)), Seeded(2));
            Self {
                engine,
                instance: Instance::open(&options, peppers, sources, Arc::new(crate::Offline)).unwrap(),
                time,
                org: Mutex::new(None),
                asked: AtomicU64::new(0),
                telling: AtomicU64::new(0),
                _database: database,
            }
        })
    }

    /// Counts a question, and whether its answer tells resources apart.
    pub(super) fn note(&self, tells_apart: bool) {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.telling.fetch_add(u64::from(tells_apart), Ordering::SeqCst);
    }

    /// How many questions there were, and how many of them told resources apart.
    pub(super) fn asked(&self) -> (u64, u64) {
        (
            self.asked.load(Ordering::SeqCst),
            self.telling.load(Ordering::SeqCst),
        )
    }

    fn org(&self) -> Arc<Org> {
        Arc::clone(self.org.lock().unwrap().as_ref().unwrap())
    }

    /// Makes a new organization and fills it.
    pub(super) async fn settle(&self, case: &Case) -> Ids {
        self.time.store(START, Ordering::SeqCst);
        let organization = self.instance.create_org("acme").await.unwrap();
        let mut org = self.instance.org(organization.id).await.unwrap();
        let types = Arc::make_mut(&mut org.types);
        types.effective.user = extended();
        types.derived.user = extended();
        let mut ids = Ids::default();
        let manager = org.user_manager().unwrap();
        for (step, body) in case.users.iter().enumerate() {
            self.time
                .fetch_add(i64::try_from(step % 2).unwrap(), Ordering::SeqCst);
            let body = user_body(step, body, &ids);
            let written = manager.users().create(body).await.unwrap();
            ids.users.push(*written.resource.id.as_uuid());
        }
        for (step, members) in case.groups.iter().enumerate() {
            self.time.fetch_add(1, Ordering::SeqCst);
            let body = group_body(step, members, &ids);
            let written = manager.groups().create(body).await.unwrap();
            ids.groups.push(*written.resource.id.as_uuid());
        }
        *self.org.lock().unwrap() = Some(Arc::new(org));
        ids
    }

    pub(super) async fn ids(&self) -> Ids {
        Ids {
            users: self.all(Kind::User).await.iter().map(Resource::id).collect(),
            groups: self.all(Kind::Group).await.iter().map(Resource::id).collect(),
        }
    }

    async fn all(&self, kind: Kind) -> Vec<Resource> {
        let query = Query {
            filter: None,
            sort: None,
            window: Window::first(1_000),
            base: BASE.to_owned(),
            memberships: true,
        };
        self.page(kind, query).await.unwrap().resources
    }

    pub(super) async fn page(&self, kind: Kind, query: Query) -> Result<Page<Resource>, TestCaseError> {
        let asked = format!("{query:?}");
        self.org()
            .list(kind, query)
            .await
            .map_err(|error| TestCaseError::fail(format!("{:?} {asked}: {error:?}", self.engine)))
    }

    /// The total and the ids of a page.
    pub(super) async fn found(&self, kind: Kind, query: Query) -> Result<(u64, Vec<Uuid>), TestCaseError> {
        let page = self.page(kind, query).await?;
        Ok((page.total, page.resources.iter().map(Resource::id).collect()))
    }

    /// All resources as they are shown, and their type.
    pub(super) async fn shown(&self, kind: Kind) -> (Arc<ResourceType>, Shown) {
        let org = self.org();
        let rt = match kind {
            Kind::User => Arc::clone(org.user_type()),
            Kind::Group => Arc::clone(org.group_type()),
        };
        let mut shown = Shown::new();
        for resource in self.all(kind).await {
            let id = resource.id();
            let object = match resource {
                Resource::User(user) => show_user(&rt, user),
                Resource::Group(group) => show_group(&rt, group),
            };
            shown.push((id, object));
        }
        (rt, shown)
    }
}

fn meta<'a>(
    id: &'a str,
    endpoint: &str,
    version: i64,
    created: Timestamp,
    last_modified: Timestamp,
) -> Meta<'a> {
    Meta {
        id,
        location: format!("{BASE}/{endpoint}/{id}"),
        version: format!("W/\"{version}\""),
        created,
        last_modified,
    }
}

fn show_user(rt: &ResourceType, user: User) -> Object {
    let id = user.id.to_string();
    let meta = meta(&id, "Users", user.version, user.created, user.last_modified);
    let mut attributes = user.attributes;
    if let Some(manager) = &user.manager {
        let shown = attributes
            .get_mut(ENTERPRISE_USER)
            .and_then(|extension| extension.get_mut("manager"))
            .and_then(Value::as_object_mut)
            .unwrap();
        shown.insert("$ref".to_owned(), format!("{BASE}/Users/{}", manager.id).into());
        shown.insert("displayName".to_owned(), manager.display.as_str().into());
    }
    let mut computed = Object::new();
    if !user.groups.is_empty() {
        let groups = user.groups.iter().map(|membership| {
            json!({
                "value": membership.group.to_string(),
                "$ref": format!("{BASE}/Groups/{}", membership.group),
                "display": membership.display,
                "type": if membership.direct { "direct" } else { "indirect" },
            })
        });
        computed.insert("groups".to_owned(), groups.collect());
    }
    render(rt, attributes, computed, &meta)
}

fn show_group(rt: &ResourceType, group: Group) -> Object {
    let id = group.id.to_string();
    let meta = meta(&id, "Groups", group.version, group.created, group.last_modified);
    let members: Vec<Value> = group
        .members
        .iter()
        .flatten()
        .map(|member| {
            let kind = member.kind.as_str();
            json!({"value": member.id.to_string(), "$ref": format!("{BASE}/{kind}s/{}", member.id), "type": kind})
        })
        .collect();
    let mut computed = Object::new();
    if !members.is_empty() {
        computed.insert("members".to_owned(), members.into());
    }
    render(rt, group.attributes, computed, &meta)
}

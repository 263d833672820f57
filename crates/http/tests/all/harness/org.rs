//! One organization of a test: its tokens, shorthands for requests to it, and a look at everything it holds.

use std::time::Duration;

use serde_json::{Value, json};
use wicketgate_auth::{OrgId, Role, TokenId};
use wicketgate_domain::{
    DEFAULT_DOMAIN, Entitlement, EntitlementKind, ExportFirst, Extended, Group, Instance, Org, Query,
    RecordedEvent, RequestLimits, Settings, UniqueIdentifier, User, UserId, Window,
};
use wicketgate_scim::{
    Mode,
    message::PATCH_OP,
    schema::{GROUP, USER},
};

use super::{Answer, ROLES, TestGateway};

/// An organization and everything a test needs to act in it.
pub(crate) struct TestOrg {
    pub(crate) gateway: TestGateway,
    pub(crate) id: OrgId,
    /// Tokens in the order of [`ROLES`].
    tokens: Vec<String>,
    /// Kept open: entering again would add to the events that are compared.
    pub(super) door: Org,
}

/// Everything an organization holds.
#[derive(Debug, PartialEq)]
pub(crate) struct Snapshot {
    pub(crate) users: Vec<User>,
    pub(crate) groups: Vec<Group>,
    pub(crate) entitlements: Vec<Entitlement>,
    pub(crate) events: Vec<RecordedEvent>,
}

impl TestOrg {
    pub(super) async fn create(gateway: TestGateway, instance: &Instance) -> Self {
        let id = instance.create_org("Example").await.unwrap().id;
        let door = instance.org(id).await.unwrap();
        // Tests ask as fast as they can.
        door.owner().unwrap().set(Self::settings()).await.unwrap();
        let door = instance.org(id).await.unwrap();
        let mut tokens = Vec::new();
        for role in ROLES {
            tokens.push(issue(&door, role, "first", None).await.1);
        }
        Self {
            gateway,
            id,
            tokens,
            door,
        }
    }

    /// What an organization of a test has chosen, unless it chooses otherwise.
    fn settings() -> Settings {
        Settings {
            requests: RequestLimits::OFF,
            ..Settings::default()
        }
    }

    /// Chooses how much its identity providers may ask for.
    pub(crate) async fn limit(&self, requests: RequestLimits) {
        let settings = Settings {
            requests,
            ..Settings::default()
        };
        self.door.owner().unwrap().set(settings).await.unwrap();
    }

    /// The organization as its operator entered it.
    pub(crate) fn door(&self) -> &Org {
        &self.door
    }

    /// A live token of a service user with this role.
    pub(crate) fn token(&self, role: Role) -> &str {
        let place = ROLES.iter().position(|known| *known == role).unwrap();
        &self.tokens[place]
    }

    /// The token of the organization's identity provider.
    pub(crate) fn manager(&self) -> &str {
        self.token(Role::OrgUserManager)
    }

    /// A token of an identity provider with an `externalId` of its own for everything.
    pub(crate) async fn manager_of(&self, provisioning_domain: &str) -> String {
        issue_in(
            &self.door,
            Role::OrgUserManager,
            provisioning_domain,
            None,
            provisioning_domain,
        )
        .await
        .1
    }

    /// Creates a user without SCIM, and answers its id.
    pub(crate) async fn user_made_elsewhere(&self, body: Value) -> String {
        let Value::Object(body) = body else {
            panic!("a user is an object")
        };
        let manager = self.door.user_manager().unwrap();
        manager
            .users()
            .create(body)
            .await
            .unwrap()
            .resource
            .id
            .to_string()
    }

    /// An owner takes a user out of its identity provider's hands.
    pub(crate) async fn release(&self, user: &str) {
        let (owner, id) = (self.door.owner().unwrap(), UserId::parse(user).unwrap());
        owner.directory().release_user(id).await.unwrap();
    }

    /// An owner releases a user and deactivates it.
    pub(crate) async fn block(&self, user: &str) {
        self.release(user).await;
        let (owner, id) = (self.door.owner().unwrap(), UserId::parse(user).unwrap());
        owner.directory().deactivate_user(id).await.unwrap();
    }

    /// An owner brings a deleted user back.
    pub(crate) async fn restore(&self, user: &str) {
        let (owner, id) = (self.door.owner().unwrap(), UserId::parse(user).unwrap());
        owner.directory().restore_user(id).await.unwrap();
    }

    /// A manager's token that was revoked.
    pub(crate) async fn revoked_token(&self) -> String {
        let (id, token) = issue(&self.door, Role::OrgUserManager, "revoked", None).await;
        self.door.owner().unwrap().tokens().revoke(id).await.unwrap();
        token
    }

    /// A manager's token whose place another one has taken.
    pub(crate) async fn rotated_token(&self) -> String {
        // Long enough ago for the database's clock, wherever the gateway's is.
        self.gateway.turn_clock(-60);
        let (id, token) = issue(&self.door, Role::OrgUserManager, "rotated", None).await;
        let owner = self.door.owner().unwrap();
        owner.tokens().start_rotation(id, Duration::ZERO).await.unwrap();
        self.gateway.turn_clock(60);
        token
    }

    /// A token of a manager that was disabled.
    pub(crate) async fn disabled_token(&self) -> String {
        let (id, token) = issue(&self.door, Role::OrgUserManager, "disabled", None).await;
        let owner = self.door.owner().unwrap();
        let all = owner.tokens().list().await.unwrap();
        let service_user = all.iter().find(|known| known.id == id).unwrap().service_user;
        owner
            .service_users()
            .set_active(service_user, false)
            .await
            .unwrap();
        token
    }

    /// Deletes the organization.
    pub(crate) async fn delete_org(&self) {
        let instance = &self.gateway.0.instance;
        instance
            .delete_org(self.id, ExportFirst::NotWanted)
            .await
            .unwrap();
    }

    /// A manager's token that has expired.
    pub(crate) async fn expired_token(&self) -> String {
        let life = Some(Duration::from_secs(1));
        self.gateway.turn_clock(-60);
        let token = issue(&self.door, Role::OrgUserManager, "expired", life).await.1;
        self.gateway.turn_clock(60);
        token
    }

    /// Chooses how literally the organization takes the protocol.
    pub(crate) async fn set_mode(&self, mode: Mode) {
        let settings = Settings {
            mode,
            ..Self::settings()
        };
        self.door.owner().unwrap().set(settings).await.unwrap();
    }

    /// Chooses e-mail addresses as what users are looked up by.
    pub(crate) async fn identify_by_email(&self) {
        let settings = Settings {
            unique_identifier: UniqueIdentifier::Email,
            ..Self::settings()
        };
        self.door.owner().unwrap().set(settings).await.unwrap();
    }

    /// Defines an extension schema.
    pub(crate) async fn define(&self, resource_type: Extended, required: bool, definition: Value) {
        let Value::Object(definition) = definition else {
            panic!("not an object: {definition}")
        };
        let owner = self.door.owner().unwrap();
        let schemas = owner.schemas();
        schemas
            .define(resource_type, required, &definition)
            .await
            .unwrap();
    }

    /// Removes an extension schema.
    pub(crate) async fn undefine(&self, urn: &str) {
        self.door.owner().unwrap().schemas().remove(urn).await.unwrap();
    }

    /// The ids of its service users, the oldest first.
    pub(crate) async fn service_users(&self) -> Vec<String> {
        let owner = self.door.owner().unwrap();
        let all = owner.service_users().list().await.unwrap();
        all.iter()
            .map(|service_user| service_user.id.to_string())
            .collect()
    }

    /// Offers a role or an entitlement.
    pub(crate) async fn offer(&self, kind: EntitlementKind, id: &str, display_name: &str) {
        self.describe(kind, id, display_name, None).await;
    }

    /// Offers a role or an entitlement with a description.
    pub(crate) async fn describe(
        &self,
        kind: EntitlementKind,
        id: &str,
        display_name: &str,
        description: Option<&str>,
    ) {
        let owner = self.door.owner().unwrap();
        let entitlements = owner.entitlements();
        entitlements
            .define(kind, id, display_name, description)
            .await
            .unwrap();
    }

    /// Offers a role or an entitlement no longer.
    pub(crate) async fn withdraw(&self, kind: EntitlementKind, id: &str) {
        let owner = self.door.owner().unwrap();
        owner.entitlements().remove(kind, id).await.unwrap();
    }

    /// Pauses the organization.
    pub(crate) async fn pause(&self) {
        self.door.owner().unwrap().pause().await.unwrap();
    }

    /// The path of an endpoint of the organization.
    pub(crate) fn path(&self, endpoint: &str) -> String {
        format!("/scim/v2/{}{endpoint}", self.id)
    }

    /// Sends a request to an endpoint as the identity provider.
    pub(crate) async fn send(
        &self,
        method: &str,
        endpoint: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Answer {
        self.gateway
            .call(method, &self.path(endpoint), Some(self.manager()), headers, body)
            .await
    }

    pub(crate) async fn get(&self, endpoint: &str) -> Answer {
        self.send("GET", endpoint, &[], None).await
    }

    pub(crate) async fn post(&self, endpoint: &str, body: &Value) -> Answer {
        self.send("POST", endpoint, &[], Some(body.to_string().as_bytes()))
            .await
    }

    pub(crate) async fn put(&self, endpoint: &str, body: &Value) -> Answer {
        self.send("PUT", endpoint, &[], Some(body.to_string().as_bytes()))
            .await
    }

    /// Sends PATCH operations in their envelope.
    pub(crate) async fn patch(&self, endpoint: &str, operations: &Value) -> Answer {
        let body = json!({"schemas": [PATCH_OP], "Operations": operations});
        self.send("PATCH", endpoint, &[], Some(body.to_string().as_bytes()))
            .await
    }

    pub(crate) async fn delete(&self, endpoint: &str) -> Answer {
        self.send("DELETE", endpoint, &[], None).await
    }

    /// Lists the resources of an endpoint that a filter selects.
    pub(crate) async fn find(&self, endpoint: &str, filter: &str) -> Answer {
        self.get(&format!("{endpoint}?filter={}", percent_encoded(filter)))
            .await
    }

    /// Creates a user and answers its id.
    pub(crate) async fn user(&self, user_name: &str) -> String {
        let body = json!({"schemas": [USER], "userName": user_name});
        self.post("/Users", &body).await.expect(201).id()
    }

    /// Creates a group with members and answers its id.
    pub(crate) async fn group(&self, display_name: &str, members: &[&str]) -> String {
        let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
        let body = json!({"schemas": [GROUP], "displayName": display_name, "members": members});
        self.post("/Groups", &body).await.expect(201).id()
    }

    /// The ids of a group's members, sorted.
    pub(crate) async fn members(&self, group: &str) -> Vec<String> {
        let group = self.get(&format!("/Groups/{group}")).await.expect(200).json();
        let members = group["members"].as_array().cloned().unwrap_or_default();
        let mut ids: Vec<String> = members
            .iter()
            .map(|member| member["value"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    }

    /// The number of the latest event: it moves with every committed change.
    pub(crate) async fn latest_event(&self) -> i64 {
        self.events().await.last().map_or(0, |event| event.seq)
    }

    /// All events.
    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
        let owner = self.door.owner().unwrap();
        let mut events: Vec<RecordedEvent> = Vec::new();
        loop {
            let page = owner
                .events(events.last().map_or(0, |event| event.seq), 500)
                .await
                .unwrap();
            if page.is_empty() {
                return events;
            }
            events.extend(page);
        }
    }

    /// Everything that the organization holds.
    pub(crate) async fn snapshot(&self) -> Snapshot {
        let all = || Query {
            filter: None,
            sort: None,
            window: Window::first(1_000),
            base: String::new(),
            memberships: true,
        };
        Snapshot {
            users: self.door.users().search(all()).await.unwrap().resources,
            groups: self.door.groups().search(all()).await.unwrap().resources,
            entitlements: self.door.owner().unwrap().entitlements().list().await.unwrap(),
            events: self.events().await,
        }
    }
}

async fn issue(door: &Org, role: Role, name: &str, life: Option<Duration>) -> (TokenId, String) {
    issue_in(door, role, name, life, DEFAULT_DOMAIN).await
}

async fn issue_in(
    door: &Org,
    role: Role,
    name: &str,
    life: Option<Duration>,
    provisioning_domain: &str,
) -> (TokenId, String) {
    let owner = door.owner().unwrap();
    let service_user = owner
        .service_users()
        .create(&format!("{} {name}", role.as_str()), role, provisioning_domain)
        .await
        .unwrap();
    let (token, secret) = owner.tokens().create(service_user.id, name, life).await.unwrap();
    (token.id, secret.reveal().to_owned())
}

/// A text as it stands in a query, with everything encoded that could be.
pub(crate) fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

//! An identity provider that is connected to an organization: what it sends is done and logged as the gateway does it.

use std::{cell::Cell, time::Duration};

use serde_json::{Value, json};
use wicketgate_auth::{OrgId, Presented, Role};
use wicketgate_domain::{
    Caller, DEFAULT_DOMAIN, Entry, Error, Failure, Group, GroupId, Org, Precondition, UserId,
};

use super::TestConsole;

/// A connected identity provider.
pub(crate) struct Idp {
    console: TestConsole,
    org: OrgId,
    token: String,
    requests: Cell<u32>,
}

impl TestConsole {
    /// Connects an identity provider, whose service user is called Okta and its token Production.
    pub(crate) async fn idp(&self, org: OrgId) -> Idp {
        let operator = self.instance().org(org).await.unwrap();
        let owner = operator.owner().unwrap();
        let okta = owner
            .service_users()
            .create("Okta", Role::OrgUserManager, DEFAULT_DOMAIN)
            .await
            .unwrap();
        let (_, secret) = owner.tokens().create(okta.id, "Production", None).await.unwrap();
        Idp {
            console: self.clone(),
            org,
            token: format!("Bearer {}", secret.reveal()),
            requests: Cell::new(0),
        }
    }
}

impl Idp {
    async fn request(&self) -> Org {
        self.requests.set(self.requests.get() + 1);
        let presented = Presented::from_authorization(Some(&self.token));
        let caller = Caller {
            network: Some("203.0.113.0/24".to_owned()),
            user_agent: Some("Okta SCIM Client 1.0.0".to_owned()),
        };
        let request = format!("request-{}", self.requests.get());
        self.console
            .instance()
            .gateway()
            .enter(self.org, &presented, caller, request)
            .await
            .unwrap()
    }

    /// Waits until everything is in the log.
    pub(crate) async fn flush(&self) {
        let gateway = self.console.instance().gateway();
        gateway.flush_provisioning_log().await.unwrap();
    }

    /// Sends a user. One whose name is taken is refused, as the gateway refuses it.
    pub(crate) async fn send(&self, body: Value) -> Option<UserId> {
        let org = self.request().await;
        let body = body.as_object().unwrap().clone();
        let mut entry = Entry::new("POST", "/Users");
        entry.sent(&org, &body);
        let created = org.user_manager().unwrap().users().create(body).await;
        let status = match &created {
            Ok(written) => {
                entry.wrote(written);
                201
            }
            Err(Error::AlreadyExists { attribute }) => {
                let failure = Failure::Duplicate {
                    attribute: (*attribute).to_owned(),
                };
                entry.failed_as(&failure, Some("uniqueness"), "userName is already in use");
                409
            }
            Err(other) => panic!("{other:?}"),
        };
        org.log(entry.answered(status, Duration::from_millis(3)));
        self.flush().await;
        created.ok().map(|written| written.resource.id)
    }

    /// Sends a user of this name.
    pub(crate) async fn user(&self, name: &str) -> UserId {
        self.send(json!({"userName": name})).await.unwrap()
    }

    /// Pushes a group.
    pub(crate) async fn group(&self, name: &str, members: &[UserId]) -> GroupId {
        let org = self.request().await;
        let members: Vec<Value> = members
            .iter()
            .map(|id| json!({"value": id.to_string()}))
            .collect();
        let body = json!({"displayName": name, "members": members});
        let groups = org.user_manager().unwrap().groups();
        let written = groups.create(body.as_object().unwrap().clone()).await.unwrap();
        let group: &Group = &written.resource;
        let id = group.id;
        let mut entry = Entry::new("POST", "/Groups");
        entry.wrote(&written);
        org.log(entry.answered(201, Duration::from_millis(2)));
        self.flush().await;
        id
    }

    /// Deletes a user.
    pub(crate) async fn delete(&self, id: UserId) {
        let org = self.request().await;
        let users = org.user_manager().unwrap().users();
        let deleted = users.delete(id, Precondition::None).await.unwrap();
        let mut entry = Entry::new("DELETE", "/Users/{id}");
        entry.about(&id.to_string());
        entry.deleted(&deleted.name);
        org.log(entry.answered(204, Duration::from_millis(1)));
        self.flush().await;
    }
}

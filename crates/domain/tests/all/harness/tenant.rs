//! One organization, and the requests that its service users make.

use std::sync::Arc;

use serde_json::Value;
use wicketgate_auth::OrgId;
use wicketgate_domain::{
    Error, Extended, ExtensionSchema, Group, GroupId, Org, Page, Precondition, RecordedEvent, Settings, User,
    UserId,
};
use wicketgate_scim::{Mode, Object};

use super::{Installation, group, object, patch, query, user};

/// Asks again while the database is busy, as a client does that is told to: nothing has happened then.
pub(crate) async fn served<T, F: Future<Output = Result<T, Error>>>(ask: impl Fn() -> F) -> Result<T, Error> {
    loop {
        match ask().await {
            Err(Error::Busy) => tokio::task::yield_now().await,
            answer => return answer,
        }
    }
}

/// An organization and the credentials of its service users.
#[derive(Clone)]
pub(crate) struct Tenant {
    pub(crate) id: OrgId,
    pub(super) owner: String,
    pub(super) manager: String,
    pub(super) reader: String,
    pub(super) installation: Arc<Installation>,
}

impl Tenant {
    /// A request of the identity provider.
    pub(crate) async fn request(&self) -> Org {
        self.installation
            .enter(self.id, &format!("Bearer {}", self.manager))
            .await
            .unwrap()
    }

    /// Where it is.
    pub(crate) fn installation(&self) -> &Arc<Installation> {
        &self.installation
    }

    /// The same organization in another process.
    pub(crate) fn at(&self, installation: &Arc<Installation>) -> Self {
        Self {
            installation: Arc::clone(installation),
            ..self.clone()
        }
    }

    /// A request of a service user that may only read.
    pub(crate) async fn reader(&self) -> Org {
        self.installation
            .enter(self.id, &format!("Bearer {}", self.reader))
            .await
            .unwrap()
    }

    /// A request of an owner's automation.
    pub(crate) async fn owner(&self) -> Org {
        self.installation
            .enter(self.id, &format!("Bearer {}", self.owner))
            .await
            .unwrap()
    }

    /// The identity provider's `Authorization` header.
    pub(crate) fn authorization(&self) -> String {
        format!("Bearer {}", self.manager)
    }

    /// Changes how the organization takes the protocol.
    pub(crate) async fn set_mode(&self, mode: Mode) {
        self.set(Settings {
            mode,
            ..Settings::default()
        })
        .await;
    }

    pub(crate) async fn set(&self, settings: Settings) {
        self.owner().await.owner().unwrap().set(settings).await.unwrap();
    }

    /// Defines an extension schema.
    pub(crate) async fn define(
        &self,
        resource_type: Extended,
        required: bool,
        definition: Value,
    ) -> Result<ExtensionSchema, Error> {
        let org = self.owner().await;
        let owner = org.owner()?;
        let definition = object(definition);
        owner.schemas().define(resource_type, required, &definition).await
    }

    /// The URNs of the extension schemas that the organization has defined.
    pub(crate) async fn schemas(&self) -> Vec<String> {
        let org = self.owner().await;
        let all = org.owner().unwrap().schemas().list().await.unwrap();
        all.into_iter().map(|known| known.schema.id).collect()
    }

    /// Creates a user that must be accepted.
    pub(crate) async fn user(&self, user_name: &str) -> User {
        self.create_user(user(user_name)).await.unwrap()
    }

    pub(crate) async fn create_user(&self, body: Object) -> Result<User, Error> {
        let org = self.request().await;
        let users = org.user_manager()?.users();
        Ok(served(|| users.create(body.clone())).await?.resource)
    }

    pub(crate) async fn get_user(&self, id: UserId) -> Result<User, Error> {
        let org = self.request().await;
        let users = org.users();
        served(|| users.get(id, true)).await
    }

    pub(crate) async fn replace_user(&self, id: UserId, body: Object) -> Result<User, Error> {
        let org = self.request().await;
        let users = org.user_manager()?.users();
        Ok(served(|| users.replace(id, Precondition::None, body.clone()))
            .await?
            .resource)
    }

    pub(crate) async fn patch_user(&self, id: UserId, operations: Value) -> Result<User, Error> {
        let org = self.request().await;
        let users = org.user_manager()?.users();
        let body = patch(operations);
        Ok(served(|| users.patch(id, Precondition::None, body.clone()))
            .await?
            .resource)
    }

    pub(crate) async fn delete_user(&self, id: UserId) -> Result<(), Error> {
        let org = self.request().await;
        let users = org.user_manager()?.users();
        served(|| users.delete(id, Precondition::None)).await?;
        Ok(())
    }

    /// Creates a group that must be accepted.
    pub(crate) async fn group(&self, display_name: &str, members: &[String]) -> Group {
        self.create_group(group(display_name, members)).await.unwrap()
    }

    pub(crate) async fn create_group(&self, body: Object) -> Result<Group, Error> {
        let org = self.request().await;
        let groups = org.user_manager()?.groups();
        Ok(served(|| groups.create(body.clone())).await?.resource)
    }

    pub(crate) async fn get_group(&self, id: GroupId) -> Result<Group, Error> {
        let org = self.request().await;
        let groups = org.groups();
        served(|| groups.get(id, true)).await
    }

    pub(crate) async fn replace_group(&self, id: GroupId, body: Object) -> Result<Group, Error> {
        let org = self.request().await;
        let groups = org.user_manager()?.groups();
        Ok(
            served(|| groups.replace(id, Precondition::None, body.clone(), true))
                .await?
                .resource,
        )
    }

    pub(crate) async fn patch_group(&self, id: GroupId, operations: Value) -> Result<Group, Error> {
        let org = self.request().await;
        let groups = org.user_manager()?.groups();
        let body = patch(operations);
        Ok(
            served(|| groups.patch(id, Precondition::None, body.clone(), true))
                .await?
                .resource,
        )
    }

    pub(crate) async fn delete_group(&self, id: GroupId) -> Result<(), Error> {
        let org = self.request().await;
        let groups = org.user_manager()?.groups();
        served(|| groups.delete(id, Precondition::None)).await?;
        Ok(())
    }

    pub(crate) async fn search_users(&self, filter: &str) -> Result<Page<User>, Error> {
        let org = self.request().await;
        org.users().search(query(org.user_type(), filter)).await
    }

    pub(crate) async fn search_groups(&self, filter: &str) -> Result<Page<Group>, Error> {
        let org = self.request().await;
        org.groups().search(query(org.group_type(), filter)).await
    }

    /// All events of the organization.
    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
        self.events_after(0).await
    }

    /// The events after number `seq`, all of them.
    pub(crate) async fn events_after(&self, seq: i64) -> Vec<RecordedEvent> {
        self.owner()
            .await
            .owner()
            .unwrap()
            .events(seq, u16::MAX)
            .await
            .unwrap()
    }

    /// The number of the newest event.
    pub(crate) async fn last_seq(&self) -> i64 {
        self.events().await.last().unwrap().seq
    }

    /// The kinds of the events after number `seq`, in order.
    pub(crate) async fn kinds_after(&self, seq: i64) -> Vec<String> {
        self.events_after(seq)
            .await
            .into_iter()
            .map(|event| event.kind)
            .collect()
    }

    /// How many users, active users and groups the organization counts.
    pub(crate) async fn totals(&self) -> (i64, i64, i64) {
        let organization = self.owner().await.owner().unwrap().show().await.unwrap();
        (organization.users, organization.active_users, organization.groups)
    }
}

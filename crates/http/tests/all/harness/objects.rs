//! Everything an organization can have that a path of the admin API names, made without it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use wicketgate_auth::{Plaintext, Role};
use wicketgate_domain::{EntitlementKind, Extended, GroupId, LogQuery, UserId};

use super::TestOrg;
use crate::route_rows::Object;

/// The URN of the schema that [`TestOrg::object`] defines.
pub(crate) const SCHEMA: &str = "urn:example:params:scim:schemas:extension:plane:2.0:User";

impl TestOrg {
    /// Makes something of this kind, and answers what a path calls it.
    pub(crate) async fn object(&self, object: Object, name: &str) -> String {
        let owner = self.door.owner().unwrap();
        match object {
            Object::Nothing => String::new(),
            Object::User => self.user(&format!("{name}@example.com")).await,
            Object::Group => {
                let user = self.user(&format!("{name}-member@example.com")).await;
                self.group(&format!("Group {name}"), &[&user]).await
            }
            Object::ReleasedUser => {
                let user = self.user(&format!("{name}-released@example.com")).await;
                let id = UserId::parse(&user).unwrap();
                owner.directory().release_user(id).await.unwrap();
                user
            }
            Object::DeletedUser => {
                let user = self.user(&format!("{name}-deleted@example.com")).await;
                self.delete(&format!("/Users/{user}")).await.expect(204);
                user
            }
            Object::ReleasedGroup => {
                let group = self.group(&format!("Released {name}"), &[]).await;
                let id = GroupId::parse(&group).unwrap();
                owner.directory().release_group(id).await.unwrap();
                group
            }
            Object::Role => {
                self.offer(EntitlementKind::Role, &format!("role-{name}"), "Role")
                    .await;
                format!("role-{name}")
            }
            Object::Entitlement => {
                let id = format!("entitlement-{name}");
                self.offer(EntitlementKind::Entitlement, &id, "Entitlement").await;
                id
            }
            Object::ServiceUser => {
                let users = owner.service_users();
                let name = format!("Service {name}");
                let created = users.create(&name, Role::OrgUserManager, "default");
                created.await.unwrap().id.to_string()
            }
            Object::Token | Object::RotatedToken => {
                let service_user = owner.service_users().list().await.unwrap()[1].id;
                let created = owner.tokens().create(service_user, name, None).await.unwrap();
                if object == Object::RotatedToken {
                    let overlap = std::time::Duration::from_hours(1);
                    owner
                        .tokens()
                        .start_rotation(created.0.id, overlap)
                        .await
                        .unwrap();
                }
                created.0.id.to_string()
            }
            Object::Client => self.client().await.id,
            Object::Secret => {
                let client = self.client().await.id;
                let secrets = owner.clients().secrets(client.parse().unwrap()).await.unwrap();
                format!("{client}/{}", secrets[0].id)
            }
            Object::Grant => self.grant().await,
            Object::Account => {
                self.account(&format!("{name}-{}@example.com", self.id), Role::OrgViewer)
                    .await;
                let accounts = owner.accounts().list().await.unwrap();
                accounts.last().unwrap().id.to_string()
            }
            Object::Invitation => {
                let invitations = owner.invitations();
                let email = format!("{name}@example.com");
                let created = invitations.create(&email, Role::OrgViewer);
                created.await.unwrap().0.id.to_string()
            }
            Object::IdentityProvider => {
                let issuer = format!("https://{name}.id.example.com");
                let secret = Plaintext::new("s3cr3t".to_owned());
                let providers = owner.identity_providers();
                providers
                    .set("Example", &issuer, "client", &secret)
                    .await
                    .unwrap();
                URL_SAFE_NO_PAD.encode(issuer)
            }
            Object::LogRow => self.log_row(name).await,
            Object::Schema => {
                let urn = SCHEMA.replace("plane", name);
                let attribute = json!({"name": "tail", "type": "string", "multiValued": false});
                let definition = json!({"id": urn, "name": "Plane", "attributes": [attribute]});
                self.define(Extended::User, false, definition).await;
                urn
            }
        }
    }

    async fn log_row(&self, name: &str) -> String {
        self.user(&format!("{name}-logged@example.com")).await;
        let gateway = self.gateway.surface().gateway;
        gateway.flush_provisioning_log().await.unwrap();
        let log = self.door.viewer().unwrap().provisioning_log();
        let page = log.page(LogQuery::default()).await.unwrap();
        page.rows[0].id.to_string()
    }

    async fn grant(&self) -> String {
        let client = self.client().await;
        self.code(&client, "scope=scim").await;
        let owner = self.door.owner().unwrap();
        owner.grants().list().await.unwrap()[0].id.to_string()
    }
}

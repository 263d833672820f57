//! An organization in which everything has happened that can happen to its configuration and credentials, and which still
//! has something of everything.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use wicketgate_auth::{Plaintext, Role, oauth::AuthorizationRequest};
use wicketgate_domain::{
    AccessTokenFormat, Caller, ClientAuthentication, DEFAULT_DOMAIN, Endpoint, EntitlementKind, ExportFirst,
    Extended, NewClient, Owner, RefreshRotation, Settings,
};

use super::{Installation, Tenant, ids, object, user};

const ISSUER: &str = "https://id.example.com";
const DAY: Duration = Duration::from_hours(24);

/// Such an organization, and every secret that was given in it.
pub(crate) struct Busy {
    pub(crate) org: Tenant,
    pub(crate) secrets: Vec<String>,
}

impl Busy {
    pub(crate) async fn new(installation: &Arc<Installation>) -> Self {
        installation.synchronize().await;
        let org = installation.org("acme").await;
        let mut busy = Self {
            secrets: vec![org.owner.clone(), org.manager.clone(), org.reader.clone()],
            org,
        };
        let anna = busy.org.user("anna").await;
        busy.org.group("Staff", &ids(&[&anna])).await;
        let door = installation.instance.org(busy.org.id).await.unwrap();
        door.user_manager()
            .unwrap()
            .users()
            .create(user("bert"))
            .await
            .unwrap();
        let owner = door.owner().unwrap();
        busy.change_configuration(installation, &owner).await;
        busy.use_tokens(installation, &owner).await;
        busy.use_clients(installation, &owner).await;
        busy.invite(installation, &owner).await;
        let mut export = owner.export().await.unwrap();
        while export.next().await.unwrap().is_some() {}
        export.finish().await.unwrap();
        let instance = &installation.instance;
        instance
            .delete_org(busy.org.id, ExportFirst::Required)
            .await
            .unwrap();
        owner.resume().await.unwrap();
        busy
    }

    async fn change_configuration(&mut self, installation: &Installation, owner: &Owner<'_>) {
        let settings = Settings {
            longest_token_days: 365,
            ..Settings::default()
        };
        owner.set(settings).await.unwrap();
        owner.pause().await.unwrap();
        owner.resume().await.unwrap();
        for name in ["Staff", "Gone"] {
            let definition = object(json!({
                "id": format!("urn:example:params:scim:schemas:extension:{name}:2.0:User"),
                "name": name,
                "attributes": [{"name": "badge", "type": "string"}],
            }));
            owner
                .schemas()
                .define(Extended::User, false, &definition)
                .await
                .unwrap();
        }
        owner
            .schemas()
            .remove("urn:example:params:scim:schemas:extension:Gone:2.0:User")
            .await
            .unwrap();
        let entitlements = owner.entitlements();
        for id in ["pilot", "gone"] {
            entitlements
                .define(EntitlementKind::Role, id, "A role", None)
                .await
                .unwrap();
        }
        entitlements.remove(EntitlementKind::Role, "gone").await.unwrap();
        let providers = owner.identity_providers();
        let secret = "a-providers-client-secret";
        self.secrets.push(secret.to_owned());
        for issuer in [ISSUER, "https://gone.example.com"] {
            let secret = Plaintext::new(secret.to_owned());
            providers.set("Acme", issuer, "client", &secret).await.unwrap();
        }
        providers.remove("https://gone.example.com").await.unwrap();
        installation.synchronize().await;
    }

    async fn use_tokens(&mut self, installation: &Installation, owner: &Owner<'_>) {
        let service_users = owner.service_users();
        let okta = service_users
            .create("okta", Role::OrgUserReader, DEFAULT_DOMAIN)
            .await
            .unwrap();
        service_users
            .set_role(okta.id, Role::OrgUserManager)
            .await
            .unwrap();
        let tokens = owner.tokens();
        // Issued 80 days ago for 90 days: 10 are left.
        installation.clock.advance(-80 * 24 * 60 * 60 * 1_000);
        let (short, secret) = tokens.create(okta.id, "okta-1", Some(DAY * 90)).await.unwrap();
        self.secrets.push(secret.reveal().to_owned());
        installation.synchronize().await;
        installation.instance.warn_of_expiry().await.unwrap();
        let rotation = tokens.start_rotation(short.id, DAY).await.unwrap();
        self.secrets.push(rotation.secret.reveal().to_owned());
        let (leaver, secret) = tokens.create(okta.id, "okta-2", None).await.unwrap();
        self.secrets.push(secret.reveal().to_owned());
        tokens.revoke(leaver.id).await.unwrap();
    }

    async fn use_clients(&mut self, installation: &Installation, owner: &Owner<'_>) {
        let service_user = owner.service_users().list().await.unwrap().pop().unwrap().id;
        let mut clients = Vec::new();
        for name in ["okta", "gone"] {
            let new = NewClient {
                service_user,
                name: name.to_owned(),
                authentication: ClientAuthentication::ClientSecret,
                access_token_format: AccessTokenFormat::Opaque,
                refresh_rotation: RefreshRotation::Grace,
                redirect_uris: vec!["https://idp.example.com/callback".parse().unwrap()],
                secret_life: None,
            };
            let (client, secret) = owner.clients().create(new).await.unwrap();
            self.secrets.push(secret.unwrap().reveal().to_owned());
            clients.push(client.id);
        }
        owner.clients().delete(clients[1]).await.unwrap();
        owner.clients().set_active(clients[0], false).await.unwrap();
        owner.clients().set_active(clients[0], true).await.unwrap();
        let endpoint = Endpoint {
            public_url: "https://gateway.example.com".to_owned(),
            request_id: "request-oauth".to_owned(),
        };
        let query = format!("response_type=code&client_id={}", clients[0]);
        let request = AuthorizationRequest::parse(&query).unwrap();
        let approver = installation
            .enter(self.org.id, &format!("Bearer {}", self.org.owner))
            .await
            .unwrap();
        let approver = approver.owner().unwrap();
        for revokes in [true, false] {
            let given = approver.grants().approve(&request, &endpoint).await.unwrap();
            self.secrets.push(given.code.reveal().to_owned());
            if revokes {
                owner.grants().revoke(given.grant.id).await.unwrap();
            }
        }
    }

    async fn invite(&mut self, installation: &Installation, owner: &Owner<'_>) {
        let gateway = installation.instance.gateway();
        let invitations = owner.invitations();
        let mut accounts = Vec::new();
        for email in ["olga@example.com", "otto@example.com"] {
            let (_, link) = invitations.create(email, Role::OrgOwner).await.unwrap();
            self.secrets.push(link.reveal().to_owned());
            let password = Plaintext::new("seven blue herons".to_owned());
            let signed_in = gateway
                .accept_invitation(&link, "Olga", &password, &Caller::default())
                .await
                .unwrap();
            self.secrets.push(signed_in.session.reveal().to_owned());
            accounts.push(signed_in);
        }
        let session = gateway.session(&accounts[0].session).await.unwrap();
        for subject in ["s-1", "s-2"] {
            session.link_identity(self.org.id, ISSUER, subject).await.unwrap();
            if subject == "s-1" {
                session.unlink_identity(self.org.id, ISSUER).await.unwrap();
            }
        }
        let vouched = gateway
            .sign_in_external(self.org.id, ISSUER, "s-2", &Caller::default())
            .await
            .unwrap();
        self.secrets.push(vouched.session.reveal().to_owned());
        for email in ["waiting@example.com", "unwanted@example.com"] {
            let (invitation, link) = invitations.create(email, Role::OrgViewer).await.unwrap();
            self.secrets.push(link.reveal().to_owned());
            if email.starts_with("unwanted") {
                invitations.revoke(invitation.id).await.unwrap();
            }
        }
        let week = Duration::from_hours(7 * 24);
        let (_, link) = owner.setup_links().create("Anna", week).await.unwrap();
        self.secrets.push(link.reveal().to_owned());
        let visit = gateway.setup_visit(&link, String::new()).await.unwrap();
        visit.used().await.unwrap();
        let (unwanted, link) = owner.setup_links().create("Ben", week).await.unwrap();
        self.secrets.push(link.reveal().to_owned());
        owner.setup_links().revoke(unwanted.id).await.unwrap();
        let (_, link) = installation
            .instance
            .recover_account("olga@example.com")
            .await
            .unwrap();
        self.secrets.push(link.reveal().to_owned());
        let otto = accounts[1].account;
        let instance = &installation.instance;
        instance.disable_account("otto@example.com").await.unwrap();
        instance.enable_account("otto@example.com").await.unwrap();
        owner.accounts().set_role(otto, Role::OrgViewer).await.unwrap();
        owner.accounts().remove(otto).await.unwrap();
    }
}

//! Connecting an identity provider: what is made for it, and how far it has come.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use wicketgate_auth::{OrgId, Role};
use wicketgate_domain::{
    Entry, Error, Failure, GroupId, Org, Precondition, RefreshRotation, Refusal, Settings, SetupStep,
    StepProgress, UserId, Written,
};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant, group, object, patch, query, user};

both_engines! {
    run with crate::harness::run:
    a_token_is_made_with_its_service_user_in_one_act,
    a_client_is_made_with_its_service_user_in_one_act,
    nothing_is_made_where_a_part_of_it_cannot_be,
    an_identity_provider_ends_its_own_credentials_alone,
    steps_are_reached_one_after_the_other,
    a_failed_step_has_a_cause_until_it_succeeds,
    a_refused_credential_fails_the_step_of_the_one_that_it_belongs_to,
    what_one_identity_provider_reached_says_nothing_of_another,
    a_step_is_kept_once_however_often_it_is_reached,
}

const YEAR: Option<Duration> = Some(Duration::from_hours(365 * 24));

/// An identity provider that was connected through the set-up of a tenant.
struct Provider {
    tenant: Tenant,
    name: &'static str,
    token: String,
}

impl Provider {
    async fn connect(tenant: &Tenant, name: &'static str) -> Self {
        let org = tenant.owner().await;
        let (_, token) = org.owner().unwrap().setup().make_token(name, YEAR).await.unwrap();
        Self {
            tenant: tenant.clone(),
            name,
            token: token.reveal().to_owned(),
        }
    }

    async fn enter_at(&self, org: OrgId) -> Result<Org, Refusal> {
        let authorization = format!("Bearer {}", self.token);
        self.tenant.installation().enter(org, &authorization).await
    }

    async fn enter(&self) -> Org {
        self.enter_at(self.tenant.id).await.unwrap()
    }

    /// What Okta's test of the connection does.
    async fn test(&self) {
        let org = self.enter().await;
        let nobody = query(org.user_type(), "userName eq \"nobody\"");
        org.users().search(nobody).await.unwrap();
        org.log(Entry::new("GET", "/Users").answered(200, Duration::ZERO));
    }

    fn wrote<T: wicketgate_domain::Named>(org: &Org, method: &str, route: &str, written: &Written<T>) {
        let mut entry = Entry::new(method, route);
        entry.wrote(written);
        org.log(entry.answered(200, Duration::ZERO));
    }

    async fn create(&self, name: &str) -> UserId {
        let org = self.enter().await;
        let written = org
            .user_manager()
            .unwrap()
            .users()
            .create(user(name))
            .await
            .unwrap();
        Self::wrote(&org, "POST", "/Users", &written);
        written.resource.id
    }

    async fn change(&self, id: UserId, path: &str, value: serde_json::Value) {
        let org = self.enter().await;
        let operations = patch(json!([{"op": "replace", "path": path, "value": value}]));
        let users = org.user_manager().unwrap().users();
        let written = users
            .patch(id, Precondition::default(), operations)
            .await
            .unwrap();
        Self::wrote(&org, "PATCH", "/Users/{id}", &written);
    }

    async fn push_group(&self, name: &str) -> GroupId {
        let org = self.enter().await;
        let groups = org.user_manager().unwrap().groups();
        let written = groups.create(group(name, &[])).await.unwrap();
        Self::wrote(&org, "POST", "/Groups", &written);
        written.resource.id
    }

    async fn fail(&self, method: &str, route: &str, name: &str, failure: &Failure, status: u16) {
        let org = self.enter().await;
        let mut entry = Entry::new(method, route);
        entry.sent(&org, &object(json!({"userName": name})));
        entry.failed(failure, None, "No.");
        org.log(entry.answered(status, Duration::ZERO));
    }

    async fn progress(&self) -> Vec<StepProgress> {
        progress(&self.tenant, self.name).await
    }

    async fn done(&self) -> Vec<SetupStep> {
        let progress = self.progress().await;
        progress
            .iter()
            .filter(|step| step.is_done())
            .map(|step| step.step)
            .collect()
    }
}

async fn progress(tenant: &Tenant, name: &str) -> Vec<StepProgress> {
    let gateway = tenant.installation().instance.gateway();
    gateway.flush_provisioning_log().await.unwrap();
    let org = tenant.owner().await;
    let of_viewer = org.viewer().unwrap().setup_progress(name).await.unwrap();
    let of_owner = org.owner().unwrap().setup().progress(name).await.unwrap();
    assert_eq!(of_viewer, of_owner);
    of_viewer
}

async fn a_token_is_made_with_its_service_user_in_one_act(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let before = tenant.events().await.len();
    let provider = Provider::connect(&tenant, "Okta").await;
    assert_eq!(provider.enter().await.role(), Role::OrgUserManager);
    let events = tenant.events().await.split_off(before);
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["service_user.created", "credential.created"]);
    assert_eq!(events[0].resource, events[1].resource);
    // Another one serves the same service user, whatever the case of the name.
    Provider::connect(&tenant, "OKTA").await;
    let org = tenant.owner().await;
    let connection = org
        .owner()
        .unwrap()
        .setup()
        .connection("okta")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(connection.service_user.name, "Okta");
    assert_eq!(connection.tokens.len(), 2);
    assert!(
        connection
            .tokens
            .iter()
            .all(|token| token.service_user == connection.service_user.id)
    );
    let none = org.owner().unwrap().setup().connection("Entra").await.unwrap();
    assert_eq!(none, None);
}

async fn a_client_is_made_with_its_service_user_in_one_act(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let before = tenant.events().await.len();
    let org = tenant.owner().await;
    let owner = org.owner().unwrap();
    let (client, secret) = owner
        .setup()
        .make_client("Entra", Vec::new(), RefreshRotation::Grace)
        .await
        .unwrap();
    assert!(secret.reveal().starts_with("wicket_cs_"));
    let events = tenant.events().await.split_off(before);
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["service_user.created", "client.created", "credential.created"]
    );
    let connection = owner.setup().connection("Entra").await.unwrap().unwrap();
    assert_eq!(connection.clients, std::slice::from_ref(&client));
    assert_eq!(connection.service_user.id, client.service_user);
    owner.setup().delete_client("Entra", client.id).await.unwrap();
    let again = owner.setup().delete_client("Entra", client.id).await;
    assert!(matches!(again, Err(Error::NotFound)));
}

async fn nothing_is_made_where_a_part_of_it_cannot_be(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let org = tenant.owner().await;
    let owner = org.owner().unwrap();
    let before = (
        owner.service_users().list().await.unwrap(),
        tenant.events().await.len(),
    );
    tenant
        .set(Settings {
            longest_token_days: 30,
            endless_tokens: false,
            ..org.settings().clone()
        })
        .await;
    for life in [YEAR, None, Some(Duration::ZERO)] {
        let refused = owner.setup().make_token("Okta", life).await;
        assert!(
            matches!(
                refused,
                Err(Error::Refused {
                    field: "expires-in",
                    ..
                })
            ),
            "{refused:?}"
        );
    }
    assert!(
        owner
            .setup()
            .make_token(" ", Some(Duration::from_hours(24)))
            .await
            .is_err()
    );
    let after = (
        owner.service_users().list().await.unwrap(),
        tenant.events().await.len(),
    );
    assert_eq!(
        (before.0, before.1 + 1),
        after,
        "the settings were changed, and nothing was made"
    );
    owner
        .service_users()
        .create("Ping", Role::OrgOwner, "default")
        .await
        .unwrap();
    let refused = owner
        .setup()
        .make_client("ping", Vec::new(), RefreshRotation::Grace)
        .await;
    assert!(
        matches!(
            refused,
            Err(Error::Refused {
                field: "service-user",
                ..
            })
        ),
        "{refused:?}"
    );
}

async fn an_identity_provider_ends_its_own_credentials_alone(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let okta = Provider::connect(&tenant, "Okta").await;
    Provider::connect(&tenant, "Entra").await;
    let org = tenant.owner().await;
    let setup = org.owner().unwrap().setup();
    let token = setup.connection("Okta").await.unwrap().unwrap().tokens[0].id;
    for name in ["Entra", "Nobody"] {
        let refused = setup.revoke_token(name, token).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{name}");
    }
    okta.enter().await;
    setup.revoke_token("Okta", token).await.unwrap();
    assert!(okta.enter_at(tenant.id).await.is_err());
}

async fn steps_are_reached_one_after_the_other(installation: Arc<Installation>) {
    use SetupStep::{Connection, Credential, Deactivation, Group, Update, User};
    let tenant = installation.org("A").await;
    assert!(
        progress(&tenant, "Okta")
            .await
            .iter()
            .all(|step| step.reached.is_none())
    );
    let okta = Provider::connect(&tenant, "Okta").await;
    assert_eq!(okta.done().await, []);
    okta.test().await;
    assert_eq!(okta.done().await, [Credential, Connection]);
    let anna = okta.create("anna").await;
    assert_eq!(okta.done().await, [Credential, Connection, User]);
    okta.change(anna, "displayName", json!("Anna Berg")).await;
    assert_eq!(okta.done().await, [Credential, Connection, User, Update]);
    okta.change(anna, "active", json!(false)).await;
    assert_eq!(
        okta.done().await,
        [Credential, Connection, User, Update, Deactivation]
    );
    okta.push_group("Crew").await;
    assert_eq!(
        okta.done().await,
        [Credential, Connection, User, Update, Deactivation, Group]
    );
    let first = okta.progress().await[0].reached;
    installation.clock.advance(3_600_000);
    okta.test().await;
    assert_eq!(okta.progress().await[0].reached, first);
}

async fn a_failed_step_has_a_cause_until_it_succeeds(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let okta = Provider::connect(&tenant, "Okta").await;
    installation.clock.advance(10);
    let duplicate = Failure::Duplicate {
        attribute: "userName".to_owned(),
    };
    okta.fail("POST", "/Users", "anna", &duplicate, 409).await;
    let user = &okta.progress().await[2];
    assert_eq!((user.step, user.reached), (SetupStep::User, None));
    let row = user.failure.as_ref().unwrap();
    assert_eq!(row.sentence, "Tried to create anna");
    assert!(
        row.explanation.as_ref().unwrap().cause.contains("userName"),
        "{row:?}"
    );
    // The credential was good all the same.
    assert_eq!(okta.done().await, [SetupStep::Credential]);
    installation.clock.advance(10);
    okta.create("anna").await;
    assert!(okta.progress().await[2].is_done());
    installation.clock.advance(10);
    okta.fail("POST", "/Users", "anna", &duplicate, 409).await;
    let user = &okta.progress().await[2];
    assert!(
        user.reached.is_some() && user.failure.is_some() && !user.is_done(),
        "{user:?}"
    );
    installation.clock.advance(10);
    okta.create("ben").await;
    assert!(
        okta.progress().await[2].is_done(),
        "what comes after a failure is news"
    );
}

async fn a_refused_credential_fails_the_step_of_the_one_that_it_belongs_to(installation: Arc<Installation>) {
    let (tenant, other) = (installation.org("A").await, installation.org("B").await);
    let okta = Provider::connect(&tenant, "Okta").await;
    let entra = Provider::connect(&tenant, "Entra").await;
    installation.clock.advance(10);
    assert!(okta.enter_at(other.id).await.is_err());
    let step = &okta.progress().await[0];
    let cause = step.failure.as_ref().unwrap().explanation.clone().unwrap().cause;
    assert!(
        cause.contains("another organization") || cause.contains("other organization"),
        "{cause}"
    );
    assert_eq!(entra.progress().await[0].failure, None);
    assert!(
        progress(&other, "Okta")
            .await
            .iter()
            .all(|step| step.failure.is_none())
    );
    installation.clock.advance(10);
    okta.test().await;
    assert!(okta.progress().await[0].is_done());
}

async fn what_one_identity_provider_reached_says_nothing_of_another(installation: Arc<Installation>) {
    let (tenant, other) = (installation.org("A").await, installation.org("B").await);
    let okta = Provider::connect(&tenant, "Okta").await;
    let entra = Provider::connect(&tenant, "Entra").await;
    let elsewhere = Provider::connect(&other, "Okta").await;
    okta.create("anna").await;
    assert_eq!(okta.done().await.len(), 3);
    assert_eq!(entra.done().await, []);
    assert_eq!(elsewhere.done().await, []);
}

async fn a_step_is_kept_once_however_often_it_is_reached(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let okta = Provider::connect(&tenant, "Okta").await;
    for _ in 0..3 {
        okta.test().await;
        okta.progress().await;
        installation.clock.advance(600_000);
    }
    let count = "SELECT CAST(count(*) AS TEXT) AS text FROM setup_steps";
    assert_eq!(installation.texts(count, count), ["2"]);
}

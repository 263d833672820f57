//! How organizations fare, as operators see it without looking into one.

use std::{sync::Arc, time::Duration};

use uuid::Uuid;
use wicketgate_auth::{OrgId, Plaintext};
use wicketgate_domain::{Caller, Entry, Error, Failure, Health, Operator};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant, user};

both_engines! {
    run with crate::harness::run:
    what_an_organization_was_asked_lately_is_counted,
    organizations_are_shown_without_entering_them,
    operators_are_listed,
}

async fn operator(installation: &Installation) -> Operator {
    installation.synchronize().await;
    let gateway = installation.instance.gateway();
    let link = installation
        .instance
        .invite_operator("olga@example.com")
        .await
        .unwrap();
    let password = Plaintext::new("seven blue herons".to_owned());
    let signed_in = gateway
        .accept_invitation(&link, "Olga", &password, &Caller::default())
        .await
        .unwrap();
    let session = gateway.session(&signed_in.session).await.unwrap();
    session.operator().await.unwrap()
}

async fn failed(tenant: &Tenant, status: u16) {
    let org = tenant.request().await;
    let mut entry = Entry::new("POST", "/Users");
    entry.sent(&org, &user("anna"));
    entry.failed(&Failure::NotFound, None, "No.");
    org.log(entry.answered(status, Duration::from_millis(1)));
}

async fn created(tenant: &Tenant) {
    let org = tenant.request().await;
    let body = user("anna");
    let mut entry = Entry::new("POST", "/Users");
    entry.sent(&org, &body);
    let written = org.user_manager().unwrap().users().create(body).await.unwrap();
    entry.wrote(&written);
    org.log(entry.answered(201, Duration::from_millis(3)));
}

async fn what_an_organization_was_asked_lately_is_counted(installation: Arc<Installation>) {
    let operator = operator(&installation).await;
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    let quiet = installation.instance.create_org("quiet").await.unwrap().id;
    // Two days ago, which does not count any more.
    installation.clock.advance(-48 * 60 * 60 * 1_000);
    failed(&acme, 404).await;
    installation.clock.advance(48 * 60 * 60 * 1_000);
    failed(&acme, 404).await;
    failed(&acme, 500).await;
    created(&globex).await;
    let gateway = installation.instance.gateway();
    gateway.flush_provisioning_log().await.unwrap();
    let found = operator.health(vec![acme.id, globex.id, quiet]).await.unwrap();
    let shown: Vec<(OrgId, bool, i64)> = found
        .iter()
        .map(|health: &Health| (health.org, health.last_request.is_some(), health.failures))
        .collect();
    assert_eq!(
        shown,
        [(acme.id, true, 2), (globex.id, true, 0), (quiet, false, 0)]
    );
    assert!(found.iter().all(|health| !health.has_more_failures));
    assert!(operator.health(Vec::new()).await.unwrap().is_empty());
}

async fn organizations_are_shown_without_entering_them(installation: Arc<Installation>) {
    let operator = operator(&installation).await;
    let mut made = Vec::new();
    for name in ["Äpfel GmbH", "Birnen", "apfelbaum"] {
        installation.clock.advance(1_000);
        made.push(installation.instance.create_org(name).await.unwrap().id);
    }
    assert_eq!(operator.show(made[1]).await.unwrap().name, "Birnen");
    let unknown = operator.show(OrgId::from_uuid(Uuid::nil())).await;
    assert!(matches!(unknown, Err(Error::NotFound)), "{unknown:?}");
    // Nobody entered it for that.
    let entered = installation.instance.org(made[1]).await.unwrap();
    let events = entered.owner().unwrap().events(0, 100).await.unwrap();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["org.created", "org.entered"]);
}

async fn operators_are_listed(installation: Arc<Installation>) {
    let operator = operator(&installation).await;
    let found = operator.operators().await.unwrap();
    let emails: Vec<&str> = found.iter().map(|account| account.email.as_str()).collect();
    assert_eq!(emails, ["olga@example.com"]);
}

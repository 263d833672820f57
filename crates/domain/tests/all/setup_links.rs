//! Links by which somebody without an account connects an identity provider.

use std::{sync::Arc, time::Duration};

use wicketgate_auth::{OsEntropy, Token, TokenId, TokenKind};
use wicketgate_domain::{Error, ExportFirst, SetupVisit};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant};

both_engines! {
    run with crate::harness::run:
    a_link_opens_its_own_organization_and_is_used_once_for_the_events,
    a_link_that_does_not_hold_opens_nothing,
    a_link_holds_for_one_to_thirty_days,
    a_link_of_another_organization_is_unknown,
    a_link_opens_nothing_of_a_deleted_organization,
    what_is_made_through_a_link_is_made_by_it,
}

const WEEK: Duration = Duration::from_hours(7 * 24);

async fn make(tenant: &Tenant) -> (TokenId, Token) {
    let org = tenant.owner().await;
    let made = org.owner().unwrap().setup_links().create("Anna", WEEK).await;
    let (link, token) = made.unwrap();
    (link.id, token)
}

async fn open(tenant: &Tenant, token: &Token) -> Result<SetupVisit, Error> {
    let gateway = tenant.installation().instance.gateway();
    gateway.setup_visit(token, "request".to_owned()).await
}

async fn is_gone(tenant: &Tenant, token: &Token) -> bool {
    matches!(open(tenant, token).await, Err(Error::NotFound))
}

async fn a_link_opens_its_own_organization_and_is_used_once_for_the_events(installation: Arc<Installation>) {
    installation.synchronize().await;
    let (tenant, other) = (installation.org("A").await, installation.org("B").await);
    let (id, token) = make(&tenant).await;
    make(&other).await;
    let before = tenant.events().await.len();
    for _ in 0..2 {
        let visit = open(&tenant, &token).await.unwrap();
        assert_eq!((visit.id(), visit.organization()), (id, "A"));
        assert_eq!(visit.setup().org_id(), tenant.id);
        visit.used().await.unwrap();
    }
    let events = tenant.events().await.split_off(before);
    let used: Vec<_> = events
        .iter()
        .filter(|event| event.kind == "setup_link.used")
        .collect();
    assert_eq!(used.len(), 1);
    assert_eq!(used[0].actor["id"], id.to_string());
    let org = tenant.owner().await;
    let listed = org.owner().unwrap().setup_links().list().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert!(listed[0].first_used.is_some() && listed[0].is_open);
}

async fn a_link_that_does_not_hold_opens_nothing(installation: Arc<Installation>) {
    installation.synchronize().await;
    let tenant = installation.org("A").await;
    let (id, token) = make(&tenant).await;
    let visit = open(&tenant, &token).await.unwrap();
    assert!(visit.goes_on().await.unwrap());
    let org = tenant.owner().await;
    let owner = org.owner().unwrap();
    owner.setup_links().revoke(id).await.unwrap();
    owner.setup_links().revoke(id).await.unwrap();
    assert!(is_gone(&tenant, &token).await);
    assert!(!visit.goes_on().await.unwrap());
    let revocations = tenant.events().await;
    let revocations = revocations
        .iter()
        .filter(|event| event.kind == "setup_link.revoked");
    assert_eq!(revocations.count(), 1);
    // Made eight days ago.
    installation.clock.advance(-8 * 86_400_000);
    let (_, late) = make(&tenant).await;
    installation.clock.advance(8 * 86_400_000);
    assert!(is_gone(&tenant, &late).await);
    // A secret of another kind, and one of this kind that nobody issued.
    let (_, pat) = owner.setup().make_token("Okta", Some(WEEK)).await.unwrap();
    assert!(is_gone(&tenant, &pat).await);
    let nobodys = Token::generate(TokenKind::SetupLink, &mut OsEntropy);
    assert!(is_gone(&tenant, &nobodys).await);
}

async fn a_link_holds_for_one_to_thirty_days(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let org = tenant.owner().await;
    let links = org.owner().unwrap();
    for life in [Duration::ZERO, WEEK * 5, Duration::from_hours(23), Duration::MAX] {
        let refused = links.setup_links().create("Anna", life).await;
        assert!(
            matches!(
                refused,
                Err(Error::Refused {
                    field: "expires-in",
                    ..
                })
            ),
            "{life:?}"
        );
    }
    let refused = links.setup_links().create(" ", WEEK).await;
    assert!(matches!(refused, Err(Error::Refused { field: "label", .. })));
    assert_eq!(links.setup_links().list().await.unwrap(), []);
}

async fn a_link_of_another_organization_is_unknown(installation: Arc<Installation>) {
    installation.synchronize().await;
    let (tenant, other) = (installation.org("A").await, installation.org("B").await);
    let (id, token) = make(&tenant).await;
    let org = other.owner().await;
    let links = org.owner().unwrap();
    assert!(matches!(links.setup_links().get(id).await, Err(Error::NotFound)));
    assert!(matches!(
        links.setup_links().revoke(id).await,
        Err(Error::NotFound)
    ));
    assert_eq!(links.setup_links().list().await.unwrap(), []);
    assert!(open(&tenant, &token).await.is_ok());
}

async fn a_link_opens_nothing_of_a_deleted_organization(installation: Arc<Installation>) {
    installation.synchronize().await;
    let tenant = installation.org("A").await;
    let (_, token) = make(&tenant).await;
    let visit = open(&tenant, &token).await.unwrap();
    let org = tenant.owner().await;
    org.owner().unwrap().pause().await.unwrap();
    assert!(
        open(&tenant, &token).await.is_ok(),
        "a paused organization can be connected"
    );
    let deleted = installation
        .instance
        .delete_org(tenant.id, ExportFirst::NotWanted)
        .await;
    deleted.unwrap();
    assert!(is_gone(&tenant, &token).await);
    assert!(!visit.goes_on().await.unwrap());
}

async fn what_is_made_through_a_link_is_made_by_it(installation: Arc<Installation>) {
    installation.synchronize().await;
    let tenant = installation.org("A").await;
    let (id, token) = make(&tenant).await;
    let visit = open(&tenant, &token).await.unwrap();
    let before = tenant.events().await.len();
    let (made, _) = visit.setup().make_token("Okta", Some(WEEK)).await.unwrap();
    visit.setup().revoke_token("Okta", made.id).await.unwrap();
    let events = tenant.events().await.split_off(before);
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["service_user.created", "credential.created", "credential.revoked"]
    );
    for event in events {
        assert_eq!(event.actor["type"], "setup_link");
        assert_eq!(event.actor["id"], id.to_string());
    }
}

//! The roles and entitlements that an organization offers: defining, reading and removing them.

use std::sync::Arc;

use serde_json::json;
use tokio::task::JoinSet;
use wicketgate_domain::{Entitlement, EntitlementKind, Error, MAX_ENTITLEMENTS};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant, assert_refused};

use EntitlementKind::{Entitlement as License, Role};

both_engines! {
    run with crate::harness::run:
    what_is_defined_is_read_by_kind_and_id,
    values_are_in_the_order_of_their_ids,
    defining_again_changes_the_names_and_moves_the_time,
    defining_again_without_a_change_is_no_event,
    an_id_is_unique_among_roles_and_entitlements,
    what_is_removed_is_gone_and_can_be_defined_again,
    ids_names_and_descriptions_are_checked,
    an_organization_offers_so_many_values_of_a_kind_and_no_more,
    only_an_owner_changes_what_is_offered,
    values_are_each_organizations_own,
}

async fn define(
    org: &Tenant,
    kind: EntitlementKind,
    id: &str,
    name: &str,
    description: Option<&str>,
) -> Result<Entitlement, Error> {
    let owner = org.owner().await;
    owner
        .owner()?
        .entitlements()
        .define(kind, id, name, description)
        .await
}

async fn offered(org: &Tenant) -> Vec<Entitlement> {
    let owner = org.owner().await;
    owner.owner().unwrap().entitlements().list().await.unwrap()
}

async fn what_is_defined_is_read_by_kind_and_id(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let request = org.request().await;
    let read = request.entitlements();
    assert_eq!(read.kinds().await.unwrap(), []);
    assert_eq!(read.list(Role).await.unwrap(), []);
    let license = define(&org, License, "license", "License", Some(""))
        .await
        .unwrap();
    assert_eq!(read.kinds().await.unwrap(), [License]);
    let pilot = define(&org, Role, "pilot", " Pilot ", Some(" Flies. "))
        .await
        .unwrap();
    assert_eq!(read.kinds().await.unwrap(), [Role, License]);
    assert_eq!(
        (pilot.display_name.as_str(), pilot.description.as_deref()),
        ("Pilot", Some("Flies."))
    );
    assert_eq!(license.description, None);
    assert_eq!(read.list(Role).await.unwrap(), std::slice::from_ref(&pilot));
    assert_eq!(read.list(License).await.unwrap(), std::slice::from_ref(&license));
    assert_eq!(read.get(Role, "pilot").await.unwrap(), pilot);
    for (kind, id) in [
        (Role, "PILOT"),
        (License, "pilot"),
        (Role, ""),
        (Role, "\0"),
        (Role, "é"),
    ] {
        assert_refused!(read.get(kind, id).await, Error::NotFound);
    }
    assert_eq!(offered(&org).await, [pilot, license]);
}

async fn values_are_in_the_order_of_their_ids(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for id in ["b", "a_", "B", "a-", "a", "1"] {
        define(&org, Role, id, "Any", None).await.unwrap();
    }
    let request = org.request().await;
    let values = request.entitlements().list(Role).await.unwrap();
    let ids: Vec<&str> = values.iter().map(|value| value.id.as_str()).collect();
    assert_eq!(ids, ["1", "B", "a", "a-", "a_", "b"]);
}

async fn defining_again_changes_the_names_and_moves_the_time(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let first = define(&org, Role, "pilot", "Pilot", Some("Flies."))
        .await
        .unwrap();
    let seq = org.last_seq().await;
    // The clock stands still, and yet the two versions are told apart.
    let second = define(&org, Role, "pilot", "Captain", None).await.unwrap();
    assert_eq!(second.created, first.created);
    assert_eq!(
        second.last_modified.as_millisecond(),
        first.last_modified.as_millisecond() + 1
    );
    installation.clock.advance(60_000);
    let third = define(&org, Role, "pilot", "Pilot", None).await.unwrap();
    assert_eq!(
        third.last_modified.as_millisecond(),
        first.last_modified.as_millisecond() + 60_000
    );
    assert_eq!(offered(&org).await, [third]);
    let events = org.events_after(seq).await;
    assert!(events.iter().all(|event| event.kind == "entitlement.defined"));
    assert_eq!(
        events[0].payload,
        json!({
            "data": {"kind": "role", "id": "pilot", "displayName": "Captain"},
            "previous": {"displayName": "Pilot", "description": "Flies."},
            "changed": ["displayName", "description"],
        })
    );
    assert_eq!(events.len(), 2);
}

async fn defining_again_without_a_change_is_no_event(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let first = define(&org, Role, "pilot", "Pilot", Some("Flies."))
        .await
        .unwrap();
    let seq = org.last_seq().await;
    installation.clock.advance(60_000);
    let again = define(&org, Role, "pilot", " Pilot", Some("Flies. "))
        .await
        .unwrap();
    assert_eq!(again, first);
    assert_eq!(org.last_seq().await, seq);
}

async fn an_id_is_unique_among_roles_and_entitlements(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    define(&org, Role, "pilot", "Pilot", None).await.unwrap();
    let seq = org.last_seq().await;
    assert_refused!(
        define(&org, License, "pilot", "Pilot", None).await,
        Error::AlreadyExists { attribute: "id" }
    );
    assert_eq!(org.last_seq().await, seq);
    // Ids are compared exactly.
    define(&org, License, "Pilot", "Pilot", None).await.unwrap();

    // Of two that come at once one is refused.
    let mut writers = JoinSet::new();
    for kind in EntitlementKind::ALL {
        let org = org.clone();
        writers.spawn(async move { define(&org, kind, "contested", "Any", None).await.is_ok() });
    }
    let outcomes = writers.join_all().await;
    assert_eq!(outcomes.iter().filter(|is_defined| **is_defined).count(), 1);
}

async fn what_is_removed_is_gone_and_can_be_defined_again(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    define(&org, Role, "pilot", "Pilot", Some("Flies."))
        .await
        .unwrap();
    let seq = org.last_seq().await;
    let owner = org.owner().await;
    let entitlements = owner.owner().unwrap();
    let entitlements = entitlements.entitlements();
    for (kind, id) in [(License, "pilot"), (Role, "Pilot"), (Role, "a b")] {
        assert_refused!(entitlements.remove(kind, id).await, Error::NotFound);
    }
    entitlements.remove(Role, "pilot").await.unwrap();
    assert_refused!(entitlements.remove(Role, "pilot").await, Error::NotFound);
    assert_eq!(org.request().await.entitlements().kinds().await.unwrap(), []);
    let events = org.events_after(seq).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].kind, "entitlement.removed");
    assert_eq!(
        events[0].payload["previous"],
        json!({"kind": "role", "id": "pilot", "displayName": "Pilot", "description": "Flies."})
    );
    define(&org, License, "pilot", "Pilot", None).await.unwrap();
}

async fn ids_names_and_descriptions_are_checked(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let seq = org.last_seq().await;
    let long = "x".repeat(129);
    for id in [
        "", " ", "a b", "a/b", ".", ".search", "-a", "é", "a%20b", "bulkId", "BULKID", &long,
    ] {
        assert_refused!(
            define(&org, Role, id, "Any", None).await,
            Error::Refused { field: "id", .. }
        );
    }
    for name in ["", "  ", "a\nb", &"x".repeat(201)] {
        assert_refused!(
            define(&org, Role, "a", name, None).await,
            Error::Refused {
                field: "display-name",
                ..
            }
        );
    }
    for description in ["a\0", &"x".repeat(1_001)] {
        assert_refused!(
            define(&org, Role, "a", "Any", Some(description)).await,
            Error::Refused {
                field: "description",
                ..
            }
        );
    }
    assert_eq!(org.last_seq().await, seq);
    define(&org, Role, "A1-_.:~@", &"é".repeat(200), Some(&"é".repeat(1_000)))
        .await
        .unwrap();
    define(&org, Role, &"x".repeat(128), "Any", None).await.unwrap();
}

async fn an_organization_offers_so_many_values_of_a_kind_and_no_more(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let owner = org.owner().await;
    let entitlements = owner.owner().unwrap();
    let entitlements = entitlements.entitlements();
    for number in 0..MAX_ENTITLEMENTS {
        entitlements
            .define(Role, &number.to_string(), "Any", None)
            .await
            .unwrap();
    }
    assert_refused!(
        entitlements.define(Role, "one-more", "Any", None).await,
        Error::Refused { field: "id", .. }
    );
    entitlements.define(Role, "0", "Renamed", None).await.unwrap();
    entitlements
        .define(License, "one-more", "Any", None)
        .await
        .unwrap();
    let listed = org.request().await.entitlements().list(Role).await.unwrap();
    assert_eq!(listed.len(), MAX_ENTITLEMENTS);
}

async fn only_an_owner_changes_what_is_offered(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    define(&org, Role, "pilot", "Pilot", None).await.unwrap();
    assert_refused!(org.request().await.owner(), Error::Forbidden { .. });
    let reader = org.reader().await;
    assert_eq!(reader.entitlements().list(Role).await.unwrap().len(), 1);
}

async fn values_are_each_organizations_own(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    let theirs = define(&globex, Role, "pilot", "Theirs", None).await.unwrap();
    let seq = globex.last_seq().await;
    let owner = acme.owner().await;
    let entitlements = owner.owner().unwrap();
    let entitlements = entitlements.entitlements();
    assert_eq!(entitlements.list().await.unwrap(), []);
    assert_eq!(owner.entitlements().kinds().await.unwrap(), []);
    assert_refused!(owner.entitlements().get(Role, "pilot").await, Error::NotFound);
    assert_refused!(entitlements.remove(Role, "pilot").await, Error::NotFound);
    // The same id is another value here, and of another kind if need be.
    define(&acme, License, "pilot", "Ours", None).await.unwrap();
    entitlements.remove(License, "pilot").await.unwrap();
    assert_eq!(offered(&globex).await, [theirs]);
    assert_eq!(globex.last_seq().await, seq);
}

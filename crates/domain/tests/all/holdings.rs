//! What a service user holds, as its owners see it in a list.

use std::{sync::Arc, time::Duration};

use wicketgate_auth::Role;
use wicketgate_domain::{DEFAULT_DOMAIN, Holdings};
use wicketgate_testbed::both_engines;

use crate::harness::Installation;

both_engines! {
    run with crate::harness::run:
    what_a_service_user_holds_is_counted_as_it_is_now,
}

const DAY: Duration = Duration::from_hours(24);

async fn what_a_service_user_holds_is_counted_as_it_is_now(installation: Arc<Installation>) {
    installation.synchronize().await;
    let org = installation.org("acme").await;
    let other = installation.org("globex").await;
    let entered = org.owner().await;
    let owner = entered.owner().unwrap();
    let (service_users, tokens) = (owner.service_users(), owner.tokens());
    let known = service_users.list().await.unwrap().len();
    let mut ids = Vec::new();
    for name in ["none", "some"] {
        let made = service_users
            .create(name, Role::OrgUserManager, DEFAULT_DOMAIN)
            .await
            .unwrap();
        ids.push(made.id);
    }
    tokens.create(ids[1], "endless", None).await.unwrap();
    let (soon, _) = tokens.create(ids[1], "soon", Some(DAY * 40)).await.unwrap();
    let (revoked, _) = tokens.create(ids[1], "revoked", Some(DAY)).await.unwrap();
    tokens.revoke(revoked.id).await.unwrap();

    let page = service_users.page_with_holdings(None, 50).await.unwrap();
    assert_eq!(page.len(), known + 2);
    let of = |name: &str| {
        page.iter()
            .find(|(found, _)| found.name == name)
            .unwrap()
            .1
            .clone()
    };
    assert_eq!(of("none"), Holdings::default());
    let some = of("some");
    assert_eq!((some.live_tokens, some.next_expiry), (2, soon.expires));

    // The end of an overlap counts as one, and the successor as a token of its own.
    let rotation = tokens.start_rotation(soon.id, DAY * 3).await.unwrap();
    let page = service_users.page_with_holdings(None, 50).await.unwrap();
    let some = &page.iter().find(|(found, _)| found.name == "some").unwrap().1;
    assert_eq!(
        (some.live_tokens, some.next_expiry),
        (3, Some(rotation.overlap_ends))
    );

    // Pages go on behind the one that is named, and hold nothing of another organization.
    let behind = service_users.page_with_holdings(Some(ids[0]), 50).await.unwrap();
    assert_eq!(behind.len(), 1);
    let foreign = other.owner().await;
    let foreign = foreign.owner().unwrap();
    let page = foreign
        .service_users()
        .page_with_holdings(None, 50)
        .await
        .unwrap();
    assert!(page.iter().all(|(found, _)| !ids.contains(&found.id)));
}

//! What a service user holds, as its owners see it in a list.

use std::{sync::Arc, time::Duration};

use wicketgate_auth::Role;
use wicketgate_domain::{
    AccessTokenFormat, ClientAuthentication, DEFAULT_DOMAIN, Holdings, NewClient, RefreshRotation,
};
use wicketgate_testbed::both_engines;

use crate::harness::Installation;

both_engines! {
    run with crate::harness::run:
    what_a_service_user_holds_is_counted_as_it_is_now,
    tokens_of_a_service_user_begin_with_those_that_were_not_revoked,
    clients_and_grants_are_those_of_their_holder,
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
    assert!(
        foreign
            .tokens()
            .of_service_user(ids[1], 50)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn tokens_of_a_service_user_begin_with_those_that_were_not_revoked(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let entered = org.owner().await;
    let owner = entered.owner().unwrap();
    let mut ids = Vec::new();
    for name in ["idp", "other"] {
        let made = owner
            .service_users()
            .create(name, Role::OrgUserManager, DEFAULT_DOMAIN)
            .await
            .unwrap();
        ids.push(made.id);
    }
    let tokens = owner.tokens();
    tokens.create(ids[1], "elsewhere", None).await.unwrap();
    let mut made = Vec::new();
    for name in ["first", "second", "third"] {
        installation.clock.advance(1_000);
        made.push(tokens.create(ids[0], name, None).await.unwrap().0.id);
    }
    tokens.revoke(made[2]).await.unwrap();
    let names = |found: Vec<wicketgate_domain::PersonalAccessToken>| {
        found.into_iter().map(|token| token.name).collect::<Vec<_>>()
    };
    assert_eq!(
        names(tokens.of_service_user(ids[0], 50).await.unwrap()),
        ["second", "first", "third"]
    );
    assert_eq!(
        names(tokens.of_service_user(ids[0], 1).await.unwrap()),
        ["second"]
    );
}

async fn clients_and_grants_are_those_of_their_holder(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let entered = org.owner().await;
    let owner = entered.owner().unwrap();
    let mut made = Vec::new();
    for name in ["idp", "other"] {
        let service_user = owner
            .service_users()
            .create(name, Role::OrgUserManager, DEFAULT_DOMAIN)
            .await
            .unwrap()
            .id;
        let new = NewClient {
            service_user,
            name: name.to_owned(),
            authentication: ClientAuthentication::ClientSecret,
            access_token_format: AccessTokenFormat::Opaque,
            refresh_rotation: RefreshRotation::Grace,
            redirect_uris: vec!["https://idp.example.test/callback".parse().unwrap()],
            secret_life: None,
        };
        made.push((service_user, owner.clients().create(new).await.unwrap().0));
    }
    let (service_user, client) = &made[0];
    let found = owner.clients().of_service_user(*service_user).await.unwrap();
    assert_eq!(found, std::slice::from_ref(client));
    assert!(owner.grants().of_client(client.id, 50).await.unwrap().is_empty());
}

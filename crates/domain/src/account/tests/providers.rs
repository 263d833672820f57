//! Signing in through an organization's own provider: bound by issuer and subject, and good for that organization only.

use wicketgate_auth::{Plaintext, Role};
use wicketgate_testbed::both_engines;

use super::{
    PASSWORD, World, assert_invisible, assert_not_found, assert_signed_out, assert_stale, assert_wrong, from,
    plain,
};
use crate::{Error, SignedIn};

both_engines! {
    run with crate::account::tests::run:
    an_identity_signs_in_once_it_is_linked_and_by_nothing_else,
    a_session_that_a_provider_vouched_for_opens_that_organization_only,
    an_invitation_can_be_accepted_through_the_provider,
    an_identity_has_one_account_and_an_account_one_identity_of_a_provider,
    a_provider_that_is_removed_vouches_for_nobody,
    a_provider_vouches_in_vain_for_an_account_that_was_disabled,
    the_client_secret_is_read_back_and_stored_sealed,
}

const ISSUER: &str = "https://id.example.com";

async fn provider(world: &World, signed_in: &SignedIn) {
    let org = world.enter(signed_in, world.org).await.unwrap();
    org.owner()
        .unwrap()
        .identity_providers()
        .set("Acme", ISSUER, "client", &plain("a client secret"))
        .await
        .unwrap();
}

async fn an_identity_signs_in_once_it_is_linked_and_by_nothing_else(world: World) {
    let anna = world.owner().await;
    provider(&world, &anna).await;
    let caller = from("home");
    let gateway = &world.gateway;
    // Even where the provider calls the account by its address.
    for subject in ["s-1", "anna@example.com"] {
        assert_wrong(
            &gateway
                .sign_in_external(world.org, ISSUER, subject, &caller)
                .await,
        );
    }
    let session = world.session(&anna).await;
    session.link_identity(world.org, ISSUER, "s-1").await.unwrap();
    let external = gateway
        .sign_in_external(world.org, ISSUER, "s-1", &caller)
        .await
        .unwrap();
    assert_eq!(external.account, anna.account);
    for (issuer, subject) in [
        (ISSUER, "S-1"),
        (ISSUER, "s-2"),
        ("https://id.example.com/", "s-1"),
        ("https://other.example.com", "s-1"),
    ] {
        assert_wrong(
            &gateway
                .sign_in_external(world.org, issuer, subject, &caller)
                .await,
        );
    }
    let identities = session.identities().await.unwrap();
    assert_eq!((identities.len(), identities[0].subject.as_str()), (1, "s-1"));
    session.unlink_identity(world.org, ISSUER).await.unwrap();
    assert_signed_out(&gateway.session(&external.session).await);
    assert_wrong(&gateway.sign_in_external(world.org, ISSUER, "s-1", &caller).await);
}

async fn a_session_that_a_provider_vouched_for_opens_that_organization_only(world: World) {
    let other = world.instance.create_org("Other").await.unwrap().id;
    let anna = world.owner().await;
    provider(&world, &anna).await;
    let session = world.session(&anna).await;
    session
        .accept_invitation(&world.invite(other, "anna@example.com", Role::OrgOwner).await)
        .await
        .unwrap();
    session.link_identity(world.org, ISSUER, "s-1").await.unwrap();
    assert_not_found(&session.link_identity(other, ISSUER, "s-1").await);
    let caller = from("home");
    assert_wrong(
        &world
            .gateway
            .sign_in_external(other, ISSUER, "s-1", &caller)
            .await,
    );
    let external = world
        .gateway
        .sign_in_external(world.org, ISSUER, "s-1", &caller)
        .await
        .unwrap();
    assert!(
        world
            .enter(&external, world.org)
            .await
            .unwrap()
            .require_fresh()
            .is_ok()
    );
    assert_invisible(&world.enter(&external, other).await);
    let session = world.session(&external).await;
    assert_eq!(session.orgs().await.unwrap().len(), 1);
    // It changes nothing about the account itself.
    assert_stale(&session.start_totp().await.map(|_| ()));
    assert_stale(&session.link_identity(world.org, ISSUER, "s-2").await);
    assert!(
        session
            .change_password(&plain(PASSWORD), &plain("another long one"))
            .await
            .is_err()
    );
    assert!(session.reauthenticate(&plain(PASSWORD), None).await.is_err());
}

async fn an_invitation_can_be_accepted_through_the_provider(world: World) {
    provider(&world, &world.owner().await).await;
    let token = world.invite(world.org, "bert@example.com", Role::OrgViewer).await;
    let caller = from("home");
    let gateway = &world.gateway;
    // Not through one that the organization does not have.
    let foreign = gateway
        .accept_invitation_external(&token, "Bert", "https://evil.example.com", "s-9", &caller)
        .await;
    assert_not_found(&foreign);
    let bert = gateway
        .accept_invitation_external(&token, "Bert", ISSUER, "s-9", &caller)
        .await
        .unwrap();
    let session = world.session(&bert).await;
    assert_eq!(session.account().email, "bert@example.com");
    assert!(!session.account().has_password);
    assert_eq!(session.vouched_by(), Some(world.org));
    assert!(
        gateway
            .sign_in_external(world.org, ISSUER, "s-9", &caller)
            .await
            .is_ok()
    );
    assert_wrong(&world.sign_in("bert@example.com", "", None).await);
    assert_wrong(&world.sign_in("bert@example.com", PASSWORD, None).await);
}

async fn an_identity_has_one_account_and_an_account_one_identity_of_a_provider(world: World) {
    let anna = world.owner().await;
    provider(&world, &anna).await;
    let bert = world.account(world.org, "bert@example.com", Role::OrgOwner).await;
    world
        .session(&anna)
        .await
        .link_identity(world.org, ISSUER, "s-1")
        .await
        .unwrap();
    for (signed_in, subject) in [(&bert, "s-1"), (&anna, "s-2")] {
        let taken = world
            .session(signed_in)
            .await
            .link_identity(world.org, ISSUER, subject)
            .await;
        assert!(matches!(taken, Err(Error::AlreadyExists { .. })), "{taken:?}");
    }
}

async fn a_provider_that_is_removed_vouches_for_nobody(world: World) {
    let anna = world.owner().await;
    provider(&world, &anna).await;
    world
        .session(&anna)
        .await
        .link_identity(world.org, ISSUER, "s-1")
        .await
        .unwrap();
    let caller = from("home");
    let external = world
        .gateway
        .sign_in_external(world.org, ISSUER, "s-1", &caller)
        .await
        .unwrap();
    let org = world.enter(&anna, world.org).await.unwrap();
    let providers = org.owner().unwrap();
    providers.identity_providers().remove(ISSUER).await.unwrap();
    assert_signed_out(&world.gateway.session(&external.session).await);
    assert_wrong(
        &world
            .gateway
            .sign_in_external(world.org, ISSUER, "s-1", &caller)
            .await,
    );
    assert_not_found(&providers.identity_providers().remove(ISSUER).await);
    assert!(world.gateway.session(&anna.session).await.is_ok());
}

async fn a_provider_vouches_in_vain_for_an_account_that_was_disabled(world: World) {
    let anna = world.owner().await;
    provider(&world, &anna).await;
    let session = world.session(&anna).await;
    session.link_identity(world.org, ISSUER, "s-1").await.unwrap();
    let caller = from("home");
    let sign_in = async || {
        let gateway = &world.gateway;
        gateway.sign_in_external(world.org, ISSUER, "s-1", &caller).await
    };
    let external = sign_in().await.unwrap();
    world.account(world.org, "carl@example.com", Role::OrgOwner).await;
    world.instance.disable_account("anna@example.com").await.unwrap();
    assert_signed_out(&world.gateway.session(&external.session).await);
    assert_wrong(&sign_in().await);
    world.instance.enable_account("anna@example.com").await.unwrap();
    assert_signed_out(&world.gateway.session(&external.session).await);
    assert!(sign_in().await.is_ok());
}

async fn the_client_secret_is_read_back_and_stored_sealed(world: World) {
    let anna = world.owner().await;
    provider(&world, &anna).await;
    let known = world.gateway.identity_providers(world.org).await.unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(known[0].client_secret.reveal(), "a client secret");
    assert_eq!(known[0].provider.client_id, "client");
    let org = world.org;
    let stored = world
        .gateway
        .shared
        .db
        .read(move |tx| crate::db::identity_providers::list(tx, org))
        .await
        .unwrap();
    let sealed = &stored[0].sealed;
    assert!(!sealed.windows(8).any(|bytes| bytes == b"a client"));
    let other = world.instance.create_org("Other").await.unwrap().id;
    assert!(world.gateway.identity_providers(other).await.unwrap().is_empty());
    let entered = world.enter(&anna, world.org).await.unwrap();
    for issuer in [
        "",
        "http://id.example.com",
        "https://",
        "https://a/?b",
        "https://u@a",
    ] {
        let refused = entered
            .owner()
            .unwrap()
            .identity_providers()
            .set("Acme", issuer, "client", &Plaintext::new("s".to_owned()))
            .await;
        assert!(
            matches!(refused, Err(Error::Refused { field: "issuer", .. })),
            "{issuer:?}: {refused:?}"
        );
    }
}

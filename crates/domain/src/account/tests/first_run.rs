//! The first operator, from the link that the gateway prints.

use wicketgate_auth::Role;
use wicketgate_testbed::both_engines;

use super::{PASSWORD, World, assert_not_found, from, plain};
use crate::Error;

both_engines! {
    run with crate::account::tests::run:
    one_link_makes_one_operator,
    of_two_links_that_were_made_at_once_one_makes_an_operator,
    a_link_without_an_address_is_no_invitation,
    an_address_that_has_an_account_is_refused_and_the_link_still_holds,
}

async fn complete(world: &World, token: &wicketgate_auth::Token, email: &str) -> Result<(), Error> {
    world
        .gateway
        .complete_first_run(token, "Olga", email, &plain(PASSWORD), &from("home"))
        .await
        .map(|_| ())
}

async fn one_link_makes_one_operator(world: World) {
    let old = world.instance.first_run().await.unwrap().unwrap();
    let link = world.instance.first_run().await.unwrap().unwrap();
    assert_not_found(&world.gateway.first_run(&old).await);
    world.gateway.first_run(&link).await.unwrap();
    assert!(!world.instance.has_operator().await.unwrap());
    complete(&world, &link, "olga@example.com").await.unwrap();
    assert!(world.instance.has_operator().await.unwrap());
    assert_not_found(&complete(&world, &link, "otto@example.com").await);
    assert!(world.instance.first_run().await.unwrap().is_none());
    let olga = world.sign_in("olga@example.com", PASSWORD, None).await.unwrap();
    let session = world.gateway.session(&olga.session).await.unwrap();
    let operators = session.operator().await.unwrap().operators().await.unwrap();
    assert_eq!(operators.len(), 1);
}

async fn of_two_links_that_were_made_at_once_one_makes_an_operator(world: World) {
    for round in 0..4 {
        let replica = super::instance(&world.database, &world.clock);
        let (a, b) = tokio::join!(world.instance.first_run(), replica.first_run());
        let links: Vec<_> = [a, b].into_iter().map(|made| made.unwrap()).collect();
        if round > 0 {
            assert!(links.iter().all(Option::is_none));
            continue;
        }
        let [a, b] = [0, 1].map(|at| links[at].as_ref().unwrap());
        let (a, b) = tokio::join!(
            complete(&world, a, "olga@example.com"),
            complete(&world, b, "otto@example.com"),
        );
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    }
}

async fn a_link_without_an_address_is_no_invitation(world: World) {
    let link = world.instance.first_run().await.unwrap().unwrap();
    assert_not_found(&world.gateway.invitation(&link).await);
    let accepted = world
        .gateway
        .accept_invitation(&link, "Olga", &plain(PASSWORD), &from("home"))
        .await;
    assert_not_found(&accepted);
    let anna = world.owner().await;
    let session = world.gateway.session(&anna.session).await.unwrap();
    assert_not_found(&session.accept_invitation(&link).await);
    let invitation = world.invite(world.org, "ben@example.com", Role::OrgOwner).await;
    assert_not_found(&world.gateway.first_run(&invitation).await);
    assert_not_found(&complete(&world, &invitation, "ben@example.com").await);
    let operator = world.instance.invite_operator("otto@example.com").await.unwrap();
    assert_not_found(&world.gateway.first_run(&operator).await);
}

async fn an_address_that_has_an_account_is_refused_and_the_link_still_holds(world: World) {
    world.owner().await;
    let link = world.instance.first_run().await.unwrap().unwrap();
    let refused = complete(&world, &link, "ANNA@example.com").await;
    assert!(
        matches!(refused, Err(Error::AlreadyExists { attribute: "email" })),
        "{refused:?}"
    );
    for email in ["", "anna"] {
        let refused = complete(&world, &link, email).await;
        assert!(
            matches!(refused, Err(Error::Refused { field: "email", .. })),
            "{refused:?}"
        );
    }
    complete(&world, &link, "olga@example.com").await.unwrap();
}

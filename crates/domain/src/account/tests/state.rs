//! Accounts that are shut, and opened again.

use wicketgate_auth::Role;
use wicketgate_testbed::both_engines;

use super::{
    MINUTE, PASSWORD, World, assert_not_found, assert_signed_out, assert_stale, assert_wrong, from, plain,
};
use crate::{Error, SignInRefused, SignedIn};

both_engines! {
    run with crate::account::tests::run:
    a_disabled_account_is_signed_out_on_every_replica_and_stays_out,
    a_sign_in_to_a_disabled_account_is_answered_like_a_wrong_password,
    an_enabled_account_signs_in_with_what_it_had,
    the_last_operator_who_can_sign_in_stays,
    of_two_operators_who_disable_each_other_one_stays,
    an_operator_disables_after_a_recent_sign_in,
    an_owner_who_was_disabled_owns_nothing_meanwhile,
    the_last_owner_who_can_sign_in_stays,
    of_two_owners_who_are_disabled_at_once_one_stays,
}

const EMAIL: &str = "anna@example.com";

async fn operator(world: &World, email: &str) -> SignedIn {
    let token = world.instance.invite_operator(email).await.unwrap();
    world
        .gateway
        .accept_invitation(&token, "Olga", &plain(PASSWORD), &from("home"))
        .await
        .unwrap()
}

#[track_caller]
fn assert_last<T: std::fmt::Debug>(outcome: &Result<T, Error>) {
    assert!(
        matches!(outcome, Err(Error::Refused { field: "email", .. })),
        "{outcome:?}"
    );
}

/// Another owner of the organization, so that anna may be shut.
async fn another_owner(world: &World) {
    world.account(world.org, "carl@example.com", Role::OrgOwner).await;
}

async fn a_disabled_account_is_signed_out_on_every_replica_and_stays_out(world: World) {
    let here = world.owner().await;
    let there = world.sign_in(EMAIL, PASSWORD, None).await.unwrap();
    let (_, link) = world.instance.recover_account(EMAIL).await.unwrap();
    let bert = world.account(world.org, "bert@example.com", Role::OrgOwner).await;
    let replica = super::instance(&world.database, &world.clock).gateway();
    assert!(replica.session(&there.session).await.is_ok());

    let disabled = world.instance.disable_account("ANNA@example.com ").await.unwrap();
    assert_eq!((disabled.id, disabled.active), (here.account, false));
    for gateway in [&world.gateway, &replica] {
        for session in [&here.session, &there.session] {
            assert_signed_out(&gateway.session(session).await);
        }
        assert_wrong(
            &gateway
                .sign_in(EMAIL, &plain(PASSWORD), None, &from("home"))
                .await,
        );
        assert_not_found(&gateway.recovery(&link).await);
    }
    assert!(
        world.gateway.session(&bert.session).await.is_ok(),
        "others stay signed in"
    );
    let listed = world.instance.accounts().await.unwrap();
    let active: Vec<&str> = listed
        .iter()
        .filter(|account| account.active)
        .map(|account| account.email.as_str())
        .collect();
    assert_eq!(active, ["bert@example.com"]);
    // Once is enough.
    world.instance.disable_account(EMAIL).await.unwrap();
    let recorded = world.events(world.org).await;
    assert_eq!(
        recorded.iter().filter(|kind| *kind == "account.disabled").count(),
        1,
        "{recorded:?}"
    );
    assert_not_found(&world.instance.disable_account("nobody@example.com").await);
    assert_not_found(&world.instance.enable_account("nobody@example.com").await);
}

async fn a_sign_in_to_a_disabled_account_is_answered_like_a_wrong_password(world: World) {
    world.owner().await;
    another_owner(&world).await;
    world.instance.disable_account(EMAIL).await.unwrap();
    // The same word and the same work: one password is hashed, whatever is wrong.
    let mut hashes = Vec::new();
    for (email, password) in [
        (EMAIL, PASSWORD),
        (EMAIL, "another password"),
        ("nobody@example.com", PASSWORD),
    ] {
        let before = world.hashes();
        assert_wrong(&world.sign_in(email, password, None).await);
        hashes.push(world.hashes() - before);
    }
    assert_eq!(hashes, [1, 1, 1]);
    // It counts as a failure too, so that guessing on does not get cheaper.
    for _ in 0..4 {
        assert_wrong(&world.sign_in(EMAIL, PASSWORD, None).await);
    }
    let throttled = world.sign_in(EMAIL, PASSWORD, None).await;
    assert!(
        matches!(throttled, Err(SignInRefused::Throttled { .. })),
        "{throttled:?}"
    );
}

async fn an_enabled_account_signs_in_with_what_it_had(world: World) {
    another_owner(&world).await;
    let before = world.owner().await;
    let (_, link) = world.instance.recover_account(EMAIL).await.unwrap();
    world.instance.disable_account(EMAIL).await.unwrap();
    let enabled = world.instance.enable_account(EMAIL).await.unwrap();
    assert!(enabled.active);
    assert_signed_out(&world.gateway.session(&before.session).await);
    assert_not_found(&world.gateway.recovery(&link).await);
    let anna = world.sign_in(EMAIL, PASSWORD, None).await.unwrap();
    let entered = world.enter(&anna, world.org).await.unwrap();
    assert!(entered.owner().is_ok(), "its roles are what they were");
    world.instance.enable_account(EMAIL).await.unwrap();
    assert_eq!(
        world.events(world.org).await,
        [
            "account.invited",
            "account.joined",
            "account.invited",
            "account.joined",
            "account.recovered",
            "account.disabled",
            "account.enabled"
        ]
    );
}

async fn the_last_operator_who_can_sign_in_stays(world: World) {
    let olga = operator(&world, "olga@example.com").await;
    assert_last(&world.instance.disable_account("olga@example.com").await);
    assert!(world.gateway.session(&olga.session).await.is_ok());
    operator(&world, "otto@example.com").await;
    world.instance.disable_account("otto@example.com").await.unwrap();
    // One who is shut does not count.
    assert_last(&world.instance.disable_account("olga@example.com").await);
    assert!(world.instance.has_operator().await.unwrap());
    world.instance.enable_account("otto@example.com").await.unwrap();
    world.instance.disable_account("olga@example.com").await.unwrap();
    assert_last(&world.instance.disable_account("otto@example.com").await);
    // Whoever is no operator and no owner may always be shut.
    world.account(world.org, EMAIL, Role::OrgViewer).await;
    world.instance.disable_account(EMAIL).await.unwrap();
}

async fn of_two_operators_who_disable_each_other_one_stays(world: World) {
    for round in 0..8 {
        let emails = ["a", "b"].map(|name| format!("{name}{round}@example.com"));
        for email in &emails {
            operator(&world, email).await;
        }
        // Those of the round before are no operators who can sign in any more.
        for account in world.instance.accounts().await.unwrap() {
            if account.active && !emails.contains(&account.email) {
                world.instance.disable_account(&account.email).await.unwrap();
            }
        }
        let tries = emails.clone().map(|email| {
            let instance = super::instance(&world.database, &world.clock);
            tokio::spawn(async move {
                loop {
                    match instance.disable_account(&email).await {
                        Err(Error::Busy) => tokio::task::yield_now().await,
                        done => return done.map(|_| ()),
                    }
                }
            })
        });
        let mut refused = 0;
        for attempt in tries {
            if let outcome @ Err(_) = attempt.await.unwrap() {
                assert_last(&outcome);
                refused += 1;
            }
        }
        assert_eq!(refused, 1, "round {round}");
    }
}

async fn an_operator_disables_after_a_recent_sign_in(world: World) {
    world.owner().await;
    another_owner(&world).await;
    operator(&world, "olga@example.com").await;
    world.advance(-6 * MINUTE);
    let olga = world.sign_in("olga@example.com", PASSWORD, None).await.unwrap();
    world.advance(6 * MINUTE);
    let session = world.session(&olga).await;
    let stale = session.operator().await.unwrap();
    assert_stale(&stale.disable_account(EMAIL).await);
    assert_stale(&stale.enable_account(EMAIL).await);
    assert!(world.sign_in(EMAIL, PASSWORD, None).await.is_ok());
    let olga = session.reauthenticate(&plain(PASSWORD), None).await.unwrap();
    let fresh = world.session(&olga).await.operator().await.unwrap();
    fresh.disable_account(EMAIL).await.unwrap();
    assert_wrong(&world.sign_in(EMAIL, PASSWORD, None).await);
    fresh.enable_account(EMAIL).await.unwrap();
    assert!(world.sign_in(EMAIL, PASSWORD, None).await.is_ok());
}

async fn an_owner_who_was_disabled_owns_nothing_meanwhile(world: World) {
    let anna = world.owner().await;
    let bert = world.account(world.org, "bert@example.com", Role::OrgOwner).await;
    world.instance.disable_account(EMAIL).await.unwrap();
    let org = world.enter(&bert, world.org).await.unwrap();
    let owner = org.owner().unwrap();
    let last = owner.accounts().remove(bert.account).await;
    assert!(matches!(last, Err(Error::LastOwner)), "{last:?}");
    owner.accounts().remove(anna.account).await.unwrap();
}

async fn the_last_owner_who_can_sign_in_stays(world: World) {
    let anna = world.owner().await;
    world
        .account(world.org, "vera@example.com", Role::OrgViewer)
        .await;
    let refused = world.instance.disable_account(EMAIL).await;
    assert_last(&refused);
    let said = refused.unwrap_err().to_string();
    assert!(said.contains("Acme"), "{said}");
    assert!(world.gateway.session(&anna.session).await.is_ok());
    another_owner(&world).await;
    world.instance.disable_account("carl@example.com").await.unwrap();
    // One who is shut does not count.
    assert_last(&world.instance.disable_account(EMAIL).await);
    world.instance.enable_account("carl@example.com").await.unwrap();
    world.instance.disable_account(EMAIL).await.unwrap();
    assert_last(&world.instance.disable_account("carl@example.com").await);
    // In each of the organizations there has to be another one.
    world.instance.enable_account(EMAIL).await.unwrap();
    let other = world.instance.create_org("Globex").await.unwrap().id;
    let link = world.invite(other, EMAIL, Role::OrgOwner).await;
    let anna = world.sign_in(EMAIL, PASSWORD, None).await.unwrap();
    let session = world.session(&anna).await;
    session.accept_invitation(&link).await.unwrap();
    let said = world
        .instance
        .disable_account(EMAIL)
        .await
        .unwrap_err()
        .to_string();
    assert!(said.contains("Globex"), "{said}");
}

async fn of_two_owners_who_are_disabled_at_once_one_stays(world: World) {
    for round in 0..6 {
        let org = world
            .instance
            .create_org(&format!("Org {round}"))
            .await
            .unwrap()
            .id;
        let emails = ["a", "b"].map(|name| format!("{name}{round}@example.com"));
        for email in &emails {
            world.account(org, email, Role::OrgOwner).await;
        }
        let tries = emails.map(|email| {
            let instance = super::instance(&world.database, &world.clock);
            tokio::spawn(async move {
                loop {
                    match instance.disable_account(&email).await {
                        Err(Error::Busy) => tokio::task::yield_now().await,
                        done => return done.map(|_| ()),
                    }
                }
            })
        });
        let mut refused = 0;
        for attempt in tries {
            if let outcome @ Err(_) = attempt.await.unwrap() {
                assert_last(&outcome);
                refused += 1;
            }
        }
        assert_eq!(refused, 1, "round {round}");
    }
}

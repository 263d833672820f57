//! Signing in: one answer and the same work for whatever is wrong, delays that grow, and bounded memory.

use std::{sync::atomic::Ordering, time::Duration};

use wicketgate_auth::Role;
use wicketgate_testbed::both_engines;

use super::{PASSWORD, World, assert_wrong, from, plain};
use crate::{SignInRefused, account::hashing};

both_engines! {
    run with crate::account::tests::run:
    the_right_password_signs_in_whatever_the_case_of_the_address,
    an_unknown_address_and_a_wrong_password_have_one_answer_and_cost_one_hash,
    the_delay_grows_with_each_failure_and_ends,
    replicas_count_together,
    attempts_at_once_are_all_counted,
    whoever_guesses_elsewhere_does_not_lock_the_owner_out,
    one_network_is_slowed_down_across_accounts,
    two_hundred_sign_ins_at_once_hash_four_at_a_time,
}

async fn the_right_password_signs_in_whatever_the_case_of_the_address(world: World) {
    let made = world.owner().await;
    for email in ["anna@example.com", " Anna@Example.COM "] {
        let signed_in = world.sign_in(email, PASSWORD, None).await.unwrap();
        assert_eq!(signed_in.account, made.account);
        let session = world.session(&signed_in).await;
        assert_eq!(session.account().email, "anna@example.com");
        assert!(session.account().last_sign_in.is_some() && session.is_fresh());
    }
}

async fn an_unknown_address_and_a_wrong_password_have_one_answer_and_cost_one_hash(world: World) {
    world.owner().await;
    let mut answers = Vec::new();
    for (email, password) in [
        ("nobody@example.com", PASSWORD),
        ("anna@example.com", "seven blue heron"),
        ("anna@example.com", ""),
        ("", ""),
        ("no address at all", PASSWORD),
    ] {
        let before = world.hashes();
        let refused = world.sign_in(email, password, Some("123456")).await.unwrap_err();
        answers.push(format!("{refused} {refused:?}"));
        assert_eq!(world.hashes() - before, 1, "{email:?}");
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

async fn the_delay_grows_with_each_failure_and_ends(world: World) {
    world.owner().await;
    for email in ["anna@example.com", "nobody@example.com"] {
        let mut waited = Vec::new();
        for _ in 0..9 {
            let mut answer = world.sign_in(email, "wrong password", None).await;
            if let Err(SignInRefused::Throttled { retry_after }) = answer {
                let hashed = world.hashes();
                // Asking again before the time does not make it longer.
                let again = world.sign_in(email, "wrong password", None).await.unwrap_err();
                let SignInRefused::Throttled { retry_after: same } = again else {
                    panic!("{again:?}");
                };
                assert_eq!(same, retry_after);
                assert_eq!(world.hashes(), hashed);
                waited.push(retry_after.as_secs());
                world.advance(i64::try_from(retry_after.as_millis()).unwrap());
                answer = world.sign_in(email, "wrong password", None).await;
            }
            assert_wrong(&answer);
        }
        assert_eq!(waited, [1, 2, 4], "{email}");
    }
    world.advance(8_000);
    world.sign_in("anna@example.com", PASSWORD, None).await.unwrap();
    // It starts anew.
    for _ in 0..5 {
        assert_wrong(&world.sign_in("anna@example.com", "wrong password", None).await);
    }
}

async fn replicas_count_together(world: World) {
    world.owner().await;
    let other = super::instance(&world.database, &world.clock).gateway();
    for _ in 0..3 {
        assert_wrong(&world.sign_in("anna@example.com", "wrong password", None).await);
        let wrong = plain("wrong password");
        assert_wrong(
            &other
                .sign_in("anna@example.com", &wrong, None, &from("other"))
                .await,
        );
    }
    let refused = world.sign_in("anna@example.com", PASSWORD, None).await;
    assert!(
        matches!(refused, Err(SignInRefused::Throttled { .. })),
        "{refused:?}"
    );
}

async fn attempts_at_once_are_all_counted(world: World) {
    world.owner().await;
    let before = world.hashes();
    let tries = (0..40).map(|number| {
        let gateway = world.gateway.clone();
        tokio::spawn(async move {
            let caller = from(&format!("network-{number}"));
            gateway
                .sign_in("anna@example.com", &plain("wrong password"), None, &caller)
                .await
        })
    });
    for attempt in tries.collect::<Vec<_>>() {
        assert!(attempt.await.unwrap().is_err());
    }
    let hashed = world.hashes() - before;
    assert!(hashed <= 6, "{hashed} guesses were looked at");
}

async fn whoever_guesses_elsewhere_does_not_lock_the_owner_out(world: World) {
    world.owner().await;
    for _ in 0..20 {
        drop(world.sign_in("anna@example.com", "wrong password", None).await);
        world.advance(500);
    }
    let elsewhere = world.sign_in("anna@example.com", PASSWORD, None).await;
    assert!(
        matches!(elsewhere, Err(SignInRefused::Throttled { retry_after }) if retry_after <= Duration::from_mins(15)),
        "{elsewhere:?}"
    );
    // The account has signed in from here before.
    world
        .gateway
        .sign_in("anna@example.com", &plain(PASSWORD), None, &from("home"))
        .await
        .unwrap();
}

async fn one_network_is_slowed_down_across_accounts(world: World) {
    for number in 0..31 {
        assert_wrong(
            &world
                .sign_in(&format!("guess-{number}@example.com"), "a password", None)
                .await,
        );
    }
    let refused = world.sign_in("guess-31@example.com", "a password", None).await;
    assert!(
        matches!(refused, Err(SignInRefused::Throttled { .. })),
        "{refused:?}"
    );
    let elsewhere = from("another network");
    let password = plain("a password");
    assert_wrong(
        &world
            .gateway
            .sign_in("guess-31@example.com", &password, None, &elsewhere)
            .await,
    );
}

async fn two_hundred_sign_ins_at_once_hash_four_at_a_time(world: World) {
    world
        .account(world.org, "anna@example.com", Role::OrgViewer)
        .await;
    let before = world.hashes();
    let tries: Vec<_> = (0..200)
        .map(|number| {
            let gateway = world.gateway.clone();
            tokio::spawn(async move {
                let (email, caller) = (
                    format!("user-{number}@example.com"),
                    from(&format!("net-{number}")),
                );
                gateway.sign_in(&email, &plain(PASSWORD), None, &caller).await
            })
        })
        .collect();
    for attempt in tries {
        assert_wrong(&attempt.await.unwrap());
    }
    assert_eq!(world.hashes() - before, 200);
    let peak = world.gateway.shared.hashers.counters.peak.load(Ordering::SeqCst);
    assert!((2..=hashing::AT_ONCE).contains(&peak), "{peak} at a time");
    let memory = hashing::AT_ONCE * usize::try_from(wicketgate_auth::password::MEMORY_KIB).unwrap();
    assert!(memory < 128 * 1024, "{memory} KiB");
}

//! Passwords, authenticator apps, recovery codes and recovery.

use wicketgate_auth::{TokenKind, totp::TotpSecret};
use wicketgate_testbed::both_engines;

use super::{
    MINUTE, PASSWORD, World, assert_not_found, assert_signed_out, assert_stale, assert_wrong, from, plain,
};
use crate::{Error, SignInRefused, SignedIn, account::totp};

both_engines! {
    run with crate::account::tests::run:
    a_new_password_ends_the_other_sessions,
    a_code_is_asked_for_and_accepted_once,
    a_code_that_two_present_at_once_lets_one_in,
    a_recovery_code_opens_once,
    an_authenticator_app_counts_only_once_it_was_shown,
    removing_the_app_needs_a_recent_sign_in,
    recovery_gives_a_new_password_and_ends_everything_else,
    an_outdated_hash_is_made_again,
}

const NEW: &str = "nine green lizards";

/// Sets up an authenticator app, and gives its secret and the recovery codes.
async fn with_app(world: &World, signed_in: &SignedIn) -> (TotpSecret, Vec<String>) {
    let session = world.session(signed_in).await;
    let setup = session.start_totp().await.unwrap();
    assert!(setup.uri.reveal().contains(setup.secret.reveal()));
    let id = signed_in.account;
    let stored = world
        .gateway
        .shared
        .db
        .read(move |tx| crate::db::accounts::get(tx, id))
        .await
        .unwrap();
    let (pepper_id, sealed) = stored.totp.unwrap();
    let secret = totp::unsealed(&world.gateway.shared, id, pepper_id, &sealed).unwrap();
    assert_eq!(secret.to_base32().reveal(), setup.secret.reveal());
    assert!(!sealed.windows(20).any(|bytes| bytes == secret.as_bytes()));
    let codes = session.confirm_totp(&code(world, &secret)).await.unwrap();
    (
        secret,
        codes.iter().map(|code| code.reveal().to_owned()).collect(),
    )
}

fn code(world: &World, secret: &TotpSecret) -> String {
    secret
        .code_at(totp::seconds(&world.gateway.shared))
        .reveal()
        .to_owned()
}

async fn a_new_password_ends_the_other_sessions(world: World) {
    let here = world.owner().await;
    let there = world.sign_in("anna@example.com", PASSWORD, None).await.unwrap();
    let session = world.session(&here).await;
    assert_wrong(
        &session
            .change_password(&plain("wrong password"), &plain(NEW))
            .await,
    );
    let weak = session.change_password(&plain(PASSWORD), &plain("short")).await;
    assert!(
        matches!(
            weak,
            Err(SignInRefused::Store(Error::Refused {
                field: "password",
                ..
            }))
        ),
        "{weak:?}"
    );
    let rotated = session
        .change_password(&plain(PASSWORD), &plain(NEW))
        .await
        .unwrap();
    for ended in [here, there] {
        assert_signed_out(&world.gateway.session(&ended.session).await);
    }
    assert!(world.session(&rotated).await.is_fresh());
    assert_wrong(&world.sign_in("anna@example.com", PASSWORD, None).await);
    assert!(world.sign_in("anna@example.com", NEW, None).await.is_ok());
}

async fn a_code_is_asked_for_and_accepted_once(world: World) {
    let (secret, _) = with_app(&world, &world.owner().await).await;
    let sign_in = async |code: Option<&str>| world.sign_in("anna@example.com", PASSWORD, code).await;
    for missing in [None, Some(" ")] {
        let refused = sign_in(missing).await;
        assert!(matches!(refused, Err(SignInRefused::TotpNeeded)), "{refused:?}");
    }
    // Without the password nobody learns that there is an app.
    assert_wrong(&world.sign_in("anna@example.com", "wrong password", None).await);
    // The code that confirmed the app was used up by that.
    assert_wrong(&sign_in(Some(&code(&world, &secret))).await);
    world.advance(MINUTE);
    let now = code(&world, &secret);
    sign_in(Some(&now)).await.unwrap();
    assert_wrong(&sign_in(Some(&now)).await);
    world.advance(5 * MINUTE);
    assert_wrong(&sign_in(Some(&now)).await);
    assert_wrong(&sign_in(Some("nonsense")).await);
}

async fn a_code_that_two_present_at_once_lets_one_in(world: World) {
    let (secret, _) = with_app(&world, &world.owner().await).await;
    world.advance(MINUTE);
    let now = code(&world, &secret);
    let tries: Vec<_> = (0..4)
        .map(|_| {
            let (gateway, now) = (world.gateway.clone(), now.clone());
            tokio::spawn(async move {
                gateway
                    .sign_in("anna@example.com", &plain(PASSWORD), Some(&now), &from("home"))
                    .await
            })
        })
        .collect();
    let mut let_in = 0;
    for attempt in tries {
        match attempt.await.unwrap() {
            Ok(_) => let_in += 1,
            refused => assert_wrong(&refused),
        }
    }
    assert_eq!(let_in, 1);
}

async fn a_recovery_code_opens_once(world: World) {
    let anna = world.owner().await;
    let (_, codes) = with_app(&world, &anna).await;
    assert_eq!(codes.len(), 10);
    let session = world.session(&anna).await;
    assert_eq!(session.recovery_codes_left().await.unwrap(), 10);
    let typed = codes[3].to_uppercase().replace('-', " ");
    world
        .sign_in("anna@example.com", PASSWORD, Some(&typed))
        .await
        .unwrap();
    assert_eq!(session.recovery_codes_left().await.unwrap(), 9);
    assert_wrong(&world.sign_in("anna@example.com", PASSWORD, Some(&codes[3])).await);
    let fresh = session.new_recovery_codes().await.unwrap();
    assert_wrong(&world.sign_in("anna@example.com", PASSWORD, Some(&codes[4])).await);
    world
        .sign_in("anna@example.com", PASSWORD, Some(fresh[0].reveal()))
        .await
        .unwrap();
}

async fn an_authenticator_app_counts_only_once_it_was_shown(world: World) {
    let anna = world.owner().await;
    let session = world.session(&anna).await;
    session.start_totp().await.unwrap();
    assert!(session.confirm_totp("000000").await.is_err());
    assert!(world.sign_in("anna@example.com", PASSWORD, None).await.is_ok());
    with_app(&world, &anna).await;
    let again = world.session(&anna).await.start_totp().await;
    assert!(
        matches!(again, Err(Error::Refused { field: "totp", .. })),
        "{again:?}"
    );
}

async fn removing_the_app_needs_a_recent_sign_in(world: World) {
    let anna = world.owner().await;
    let (_, codes) = with_app(&world, &anna).await;
    world.advance(-6 * MINUTE);
    let stale = world
        .sign_in("anna@example.com", PASSWORD, Some(&codes[0]))
        .await
        .unwrap();
    world.advance(6 * MINUTE);
    let session = world.session(&stale).await;
    assert_stale(&session.remove_totp().await);
    assert_stale(&session.new_recovery_codes().await.map(|_| ()));
    let refused = session.change_password(&plain(PASSWORD), &plain(NEW)).await;
    assert!(
        matches!(refused, Err(SignInRefused::Store(Error::ReauthenticationNeeded))),
        "{refused:?}"
    );
    let fresh = session
        .reauthenticate(&plain(PASSWORD), Some(&codes[1]))
        .await
        .unwrap();
    world.session(&fresh).await.remove_totp().await.unwrap();
    assert!(world.sign_in("anna@example.com", PASSWORD, None).await.is_ok());
}

async fn recovery_gives_a_new_password_and_ends_everything_else(world: World) {
    let anna = world.owner().await;
    with_app(&world, &anna).await;
    assert_not_found(&world.instance.recover_account("bert@example.com").await);
    let (_, replaced) = world.instance.recover_account("anna@example.com").await.unwrap();
    let (account, token) = world.instance.recover_account("ANNA@example.com").await.unwrap();
    assert_eq!(account.id, anna.account);
    // Until the link is used everything holds; of two links the later one does.
    assert!(world.gateway.session(&anna.session).await.is_ok());
    assert_not_found(&world.gateway.recovery(&replaced).await);
    assert_eq!(world.gateway.recovery(&token).await.unwrap(), "anna@example.com");
    let made_up = world.gateway.shared.sources.token(TokenKind::Recovery);
    assert_not_found(&world.gateway.recovery(&made_up).await);

    let caller = from("home");
    let weak = world.gateway.recover(&token, &plain("short"), &caller).await;
    assert!(
        matches!(
            weak,
            Err(Error::Refused {
                field: "password",
                ..
            })
        ),
        "{weak:?}"
    );
    let signed_in = world.gateway.recover(&token, &plain(NEW), &caller).await.unwrap();
    assert_not_found(&world.gateway.recover(&token, &plain(NEW), &caller).await);
    assert_signed_out(&world.gateway.session(&anna.session).await);
    let session = world.session(&signed_in).await;
    assert!(!session.account().has_totp);
    assert_eq!(session.recovery_codes_left().await.unwrap(), 0);
    assert_wrong(&world.sign_in("anna@example.com", PASSWORD, None).await);
    assert!(world.sign_in("anna@example.com", NEW, None).await.is_ok());
    assert_eq!(
        world.events(world.org).await,
        [
            "account.invited",
            "account.joined",
            "account.recovered",
            "account.recovered"
        ]
    );
}

async fn an_outdated_hash_is_made_again(world: World) {
    let anna = world.owner().await;
    let id = anna.account;
    let read = || {
        let shared = std::sync::Arc::clone(&world.gateway.shared);
        async move {
            let stored = shared.db.read(move |tx| crate::db::accounts::get(tx, id)).await;
            stored.unwrap().password.unwrap()
        }
    };
    let today = read().await;
    let outdated = OUTDATED.to_owned();
    world
        .gateway
        .shared
        .db
        .write(move |tx| crate::db::accounts::set_password(tx, id, Some(&today), &outdated))
        .await
        .unwrap();
    world.sign_in("anna@example.com", "password", None).await.unwrap();
    let rehashed = read().await;
    assert!(
        rehashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{rehashed}"
    );
    world.sign_in("anna@example.com", "password", None).await.unwrap();
    assert_eq!(read().await, rehashed);
}

/// A test vector of the reference implementation: "password" with m=256, t=2, p=1.
const OUTDATED: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

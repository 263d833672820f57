//! Sessions: how long they last, what they open, and who ends them.

use wicketgate_auth::{Role, Token, TokenKind};
use wicketgate_testbed::both_engines;

use super::{
    MINUTE, PASSWORD, World, assert_invisible, assert_not_found, assert_signed_out, assert_stale, from, plain,
};
use crate::{Caller, Error};

both_engines! {
    run with crate::account::tests::run:
    a_session_ends_half_an_hour_after_the_last_request,
    a_session_ends_after_twelve_hours_however_busy_it_is,
    only_a_genuine_session_token_is_a_session,
    a_session_that_was_revoked_ends_on_every_replica,
    an_account_of_one_organization_does_not_open_another,
    a_viewer_reads_about_the_organization_and_nothing_else,
    credentials_are_issued_only_after_a_recent_sign_in,
    a_deleted_or_foreign_role_closes_the_organization_at_once,
}

async fn a_session_ends_half_an_hour_after_the_last_request(world: World) {
    let account = world.owner().await;
    world.advance(-29 * MINUTE);
    let lately = world.sign_in("anna@example.com", PASSWORD, None).await.unwrap();
    world.advance(-2 * MINUTE);
    let idle = world.sign_in("anna@example.com", PASSWORD, None).await.unwrap();
    assert_signed_out(&world.gateway.session(&idle.session).await);
    // Seen now, and written down by the database's clock.
    assert!(!world.session(&lately).await.is_fresh());
    let sessions = world.session(&account).await.sessions().await.unwrap();
    assert_eq!(sessions.len(), 2);
    let seen = sessions
        .iter()
        .find(|session| session.id == lately.session.id())
        .unwrap();
    assert!(seen.last_seen.as_millisecond() - seen.created.as_millisecond() > 28 * MINUTE);
    assert!(!seen.current);
}

async fn a_session_ends_after_twelve_hours_however_busy_it_is(world: World) {
    let signed_in = world.owner().await;
    let session = world.session(&signed_in).await;
    let expires = session.sessions().await.unwrap()[0].expires;
    let begun = session.stored.created;
    assert_eq!(
        expires.as_millisecond() - begun.as_millisecond(),
        12 * 60 * MINUTE
    );
    let old = session.stored.clone();
    // Another one that began thirteen hours ago, and was used until now.
    let token = world.gateway.shared.sources.token(TokenKind::Session);
    let pepper = world.gateway.shared.peppers.current();
    let row = crate::db::account_sessions::NewSession {
        id: token.id(),
        account: signed_in.account,
        pepper_id: pepper.id(),
        digest: pepper.digest(&token),
        vouched_by: None,
        created: begun - jiff::SignedDuration::from_hours(13),
        authenticated: begun,
        expires: expires - jiff::SignedDuration::from_hours(13),
        caller: old.caller,
    };
    world
        .gateway
        .shared
        .db
        .write(move |tx| crate::db::account_sessions::insert(tx, &row))
        .await
        .unwrap();
    assert_signed_out(&world.gateway.session(&token).await);
    assert_eq!(session.sessions().await.unwrap().len(), 1);
}

async fn only_a_genuine_session_token_is_a_session(world: World) {
    let signed_in = world.owner().await;
    let sources = &world.gateway.shared.sources;
    assert_signed_out(&world.gateway.session(&sources.token(TokenKind::Session)).await);
    assert_signed_out(
        &world
            .gateway
            .session(&sources.token(TokenKind::PersonalAccessToken))
            .await,
    );
    let invitation = world.invite(world.org, "b@example.com", Role::OrgOwner).await;
    assert_signed_out(&world.gateway.session(&invitation).await);
    // It is no credential of SCIM either.
    let presented = wicketgate_auth::Presented::from_authorization(Some(&format!(
        "Bearer {}",
        signed_in.session.reveal()
    )));
    assert!(
        world
            .gateway
            .enter(world.org, &presented, Caller::default(), "request".to_owned())
            .await
            .is_err()
    );
    assert!(Token::parse(signed_in.session.reveal()).is_ok());
}

async fn a_session_that_was_revoked_ends_on_every_replica(world: World) {
    let here = world.owner().await;
    let there = world.sign_in("anna@example.com", PASSWORD, None).await.unwrap();
    let replica = super::instance(&world.database, &world.clock).gateway();
    assert!(replica.session(&there.session).await.is_ok());
    let session = world.session(&here).await;
    session.revoke(there.session.id()).await.unwrap();
    assert_signed_out(&replica.session(&there.session).await);
    assert_not_found(&session.revoke(there.session.id()).await);

    // Nobody ends a session of someone else.
    let other = world
        .account(world.org, "bert@example.com", Role::OrgViewer)
        .await;
    assert_not_found(&session.revoke(other.session.id()).await);
    world.session(&other).await.sign_out().await.unwrap();
    assert_signed_out(&replica.session(&other.session).await);
    assert!(replica.session(&here.session).await.is_ok());
}

async fn an_account_of_one_organization_does_not_open_another(world: World) {
    let other = world.instance.create_org("Other").await.unwrap().id;
    let anna = world.owner().await;
    let bert = world.account(other, "bert@example.com", Role::OrgOwner).await;
    assert_invisible(&world.enter(&anna, other).await);
    assert_invisible(&world.enter(&bert, world.org).await);
    let unknown = wicketgate_auth::OrgId::from_uuid(world.gateway.shared.sources.uuid());
    assert_invisible(&world.enter(&anna, unknown).await);
    let orgs = world.session(&anna).await.orgs().await.unwrap();
    assert_eq!(orgs.len(), 1);
    assert_eq!(
        (orgs[0].id, orgs[0].name.as_str(), orgs[0].role),
        (world.org, "Acme", Role::OrgOwner)
    );
    let entered = world.enter(&anna, world.org).await.unwrap();
    assert_eq!(entered.id(), world.org);
    let accounts = entered.owner().unwrap().accounts().list().await.unwrap();
    assert_eq!(accounts.len(), 1);
    assert_not_found(&entered.owner().unwrap().accounts().remove(bert.account).await);
    assert_not_found(&world.session(&anna).await.operator().await);
}

async fn a_viewer_reads_about_the_organization_and_nothing_else(world: World) {
    world.owner().await;
    let viewer = world
        .account(world.org, "bert@example.com", Role::OrgViewer)
        .await;
    let org = world.enter(&viewer, world.org).await.unwrap();
    assert_eq!(org.viewer().unwrap().show().await.unwrap().name, "Acme");
    assert_eq!(org.viewer().unwrap().accounts().await.unwrap().len(), 2);
    for refused in [org.owner().err(), org.user_manager().err()] {
        assert!(matches!(refused, Some(Error::Forbidden { .. })), "{refused:?}");
    }
}

async fn credentials_are_issued_only_after_a_recent_sign_in(world: World) {
    world.owner().await;
    world.advance(-6 * MINUTE);
    let stale = world.sign_in("anna@example.com", PASSWORD, None).await.unwrap();
    world.advance(6 * MINUTE);
    let org = world.enter(&stale, world.org).await.unwrap();
    assert_stale(&org.require_fresh());
    let owner = org.owner().unwrap();
    let user = owner
        .service_users()
        .create("okta", Role::OrgUserManager, "default")
        .await
        .unwrap();
    assert_stale(&owner.tokens().create(user.id, "t", None).await.map(|_| ()));
    assert_stale(
        &owner
            .invitations()
            .create("c@example.com", Role::OrgOwner)
            .await
            .map(|_| ()),
    );

    let session = world.session(&stale).await;
    let fresh = session.reauthenticate(&plain(PASSWORD), None).await.unwrap();
    // Under another token, and the one before has ended.
    assert_signed_out(&world.gateway.session(&stale.session).await);
    let org = world.enter(&fresh, world.org).await.unwrap();
    org.owner()
        .unwrap()
        .tokens()
        .create(user.id, "t", None)
        .await
        .unwrap();
    let wrong = world.session(&fresh).await;
    super::assert_wrong(&wrong.reauthenticate(&plain("wrong password"), None).await);
    assert_eq!(wrong.stored.caller, from("elsewhere"));
}

async fn a_deleted_or_foreign_role_closes_the_organization_at_once(world: World) {
    let anna = world.owner().await;
    let bert = world.account(world.org, "bert@example.com", Role::OrgOwner).await;
    assert!(world.enter(&bert, world.org).await.is_ok());
    let org = world.enter(&anna, world.org).await.unwrap();
    org.owner()
        .unwrap()
        .accounts()
        .remove(bert.account)
        .await
        .unwrap();
    assert_invisible(&world.enter(&bert, world.org).await);
    assert!(world.session(&bert).await.orgs().await.unwrap().is_empty());
}

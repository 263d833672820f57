//! Invitations, roles and operators.

use std::sync::Arc;

use wicketgate_auth::{Role, TokenKind};
use wicketgate_testbed::both_engines;

use super::{MINUTE, PASSWORD, World, assert_not_found, from, plain};
use crate::Error;

both_engines! {
    run with crate::account::tests::run:
    an_invitation_makes_an_account_with_a_role_once,
    of_many_who_accept_one_invitation_at_once_one_wins,
    an_invitation_that_expired_or_was_withdrawn_does_not_hold,
    a_signed_in_account_accepts_an_invitation_whatever_its_address,
    an_address_that_has_an_account_gets_no_second_one,
    a_weak_password_changes_nothing,
    the_last_owner_cannot_be_removed,
    two_owners_who_remove_each_other_at_once_leave_one,
    the_first_operator_comes_from_a_link,
    a_role_of_service_users_is_none_of_accounts,
}

async fn an_invitation_makes_an_account_with_a_role_once(world: World) {
    let token = world.invite(world.org, "Anna@Example.com", Role::OrgViewer).await;
    let offer = world.gateway.invitation(&token).await.unwrap();
    assert_eq!(offer.email, "Anna@Example.com");
    let target = offer.organization.unwrap();
    assert_eq!(
        (target.0, target.1.as_str(), target.2),
        (world.org, "Acme", Role::OrgViewer)
    );
    let password = plain(PASSWORD);
    let caller = from("home");
    let signed_in = world
        .gateway
        .accept_invitation(&token, " Anna ", &password, &caller)
        .await
        .unwrap();
    let session = world.session(&signed_in).await;
    assert_eq!(session.account().display_name, "Anna");
    assert_eq!(
        world.enter(&signed_in, world.org).await.unwrap().role(),
        Role::OrgViewer
    );
    assert_not_found(&world.gateway.invitation(&token).await);
    assert_not_found(
        &world
            .gateway
            .accept_invitation(&token, "Anna", &password, &caller)
            .await,
    );
    assert_eq!(
        world.events(world.org).await,
        ["account.invited", "account.joined"]
    );
}

async fn of_many_who_accept_one_invitation_at_once_one_wins(world: World) {
    let token = Arc::new(world.invite(world.org, "anna@example.com", Role::OrgOwner).await);
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let (gateway, token) = (world.gateway.clone(), Arc::clone(&token));
            tokio::spawn(async move {
                gateway
                    .accept_invitation(&token, "Anna", &plain(PASSWORD), &from("home"))
                    .await
            })
        })
        .collect();
    let mut won = 0;
    for attempt in tries {
        match attempt.await.unwrap() {
            Ok(_) => won += 1,
            refused => assert_not_found(&refused),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(world.instance.accounts().await.unwrap().len(), 1);
}

async fn an_invitation_that_expired_or_was_withdrawn_does_not_hold(world: World) {
    world.advance(-(72 * 60 + 1) * MINUTE);
    let expired = world.invite(world.org, "anna@example.com", Role::OrgOwner).await;
    world.advance(72 * 60 * MINUTE);
    assert_not_found(&world.gateway.invitation(&expired).await);
    let org = world.instance.org(world.org).await.unwrap();
    let owner = org.owner().unwrap();
    let (invitation, token) = owner
        .invitations()
        .create("b@example.com", Role::OrgOwner)
        .await
        .unwrap();
    assert_eq!(owner.invitations().list().await.unwrap()[0], invitation);
    assert!(world.gateway.invitation(&token).await.is_ok());
    owner.invitations().revoke(invitation.id).await.unwrap();
    assert_not_found(&world.gateway.invitation(&token).await);
    assert_not_found(&owner.invitations().revoke(invitation.id).await);
    let made_up = world.gateway.shared.sources.token(TokenKind::Invitation);
    assert_not_found(&world.gateway.invitation(&made_up).await);
    for token in [expired, token, made_up] {
        let outcome = world
            .gateway
            .accept_invitation(&token, "Anna", &plain(PASSWORD), &from("home"))
            .await;
        assert_not_found(&outcome);
    }
    assert_eq!(world.hashes(), 0);
}

async fn a_signed_in_account_accepts_an_invitation_whatever_its_address(world: World) {
    let other = world.instance.create_org("Other").await.unwrap().id;
    let anna = world.owner().await;
    let token = world
        .invite(other, "anna.schmidt@other.example", Role::OrgViewer)
        .await;
    world
        .session(&anna)
        .await
        .accept_invitation(&token)
        .await
        .unwrap();
    assert_eq!(world.enter(&anna, other).await.unwrap().role(), Role::OrgViewer);
    assert_not_found(&world.session(&anna).await.accept_invitation(&token).await);
    // A link raises a role, and never takes one away.
    let more = world.invite(other, "anna@example.com", Role::OrgOwner).await;
    world.session(&anna).await.accept_invitation(&more).await.unwrap();
    let less = world.invite(other, "anna@example.com", Role::OrgViewer).await;
    world.session(&anna).await.accept_invitation(&less).await.unwrap();
    assert_eq!(world.enter(&anna, other).await.unwrap().role(), Role::OrgOwner);
    assert_eq!(world.session(&anna).await.orgs().await.unwrap().len(), 2);
}

async fn an_address_that_has_an_account_gets_no_second_one(world: World) {
    let anna = world.owner().await;
    let token = world.invite(world.org, "ANNA@example.com", Role::OrgViewer).await;
    let refused = world
        .gateway
        .accept_invitation(&token, "Anna", &plain("another long password"), &from("home"))
        .await;
    assert!(
        matches!(refused, Err(Error::AlreadyExists { attribute: "email" })),
        "{refused:?}"
    );
    // Nothing happened: the link still holds, and the password is the first one.
    world
        .session(&anna)
        .await
        .accept_invitation(&token)
        .await
        .unwrap();
    assert!(world.sign_in("anna@example.com", PASSWORD, None).await.is_ok());
}

async fn a_weak_password_changes_nothing(world: World) {
    let token = world.invite(world.org, "anna@example.com", Role::OrgOwner).await;
    for password in ["short", "anna@example.com", "password1234"] {
        let refused = world
            .gateway
            .accept_invitation(&token, "Anna", &plain(password), &from("home"))
            .await;
        assert!(
            matches!(
                refused,
                Err(Error::Refused {
                    field: "password",
                    ..
                })
            ),
            "{password}: {refused:?}"
        );
    }
    assert!(world.gateway.invitation(&token).await.is_ok());
    assert!(world.instance.accounts().await.unwrap().is_empty());
    let org = world.instance.org(world.org).await.unwrap();
    for email in [
        "",
        "anna",
        "@example.com",
        "anna@",
        "a b@example.com",
        "a@b@example.com",
    ] {
        let refused = org
            .owner()
            .unwrap()
            .invitations()
            .create(email, Role::OrgOwner)
            .await;
        assert!(
            matches!(refused, Err(Error::Refused { field: "email", .. })),
            "{email:?}: {refused:?}"
        );
    }
}

async fn the_last_owner_cannot_be_removed(world: World) {
    let anna = world.owner().await;
    let bert = world
        .account(world.org, "bert@example.com", Role::OrgViewer)
        .await;
    let org = world.enter(&anna, world.org).await.unwrap();
    let accounts = || org.owner().unwrap();
    for outcome in [
        accounts().accounts().remove(anna.account).await,
        accounts()
            .accounts()
            .set_role(anna.account, Role::OrgViewer)
            .await,
    ] {
        assert!(matches!(outcome, Err(Error::LastOwner)), "{outcome:?}");
    }
    // The operator cannot either.
    let operator = world.instance.org(world.org).await.unwrap();
    let outcome = operator.owner().unwrap().accounts().remove(anna.account).await;
    assert!(matches!(outcome, Err(Error::LastOwner)), "{outcome:?}");

    accounts()
        .accounts()
        .set_role(bert.account, Role::OrgOwner)
        .await
        .unwrap();
    accounts()
        .accounts()
        .set_role(anna.account, Role::OrgViewer)
        .await
        .unwrap();
    // Both were made in the same millisecond: their order is by chance.
    let left = accounts().accounts().list().await.unwrap();
    let role = |id| left.iter().find(|account| account.id == id).unwrap().role;
    let roles = [role(anna.account), role(bert.account)];
    assert_eq!(roles, [Role::OrgViewer, Role::OrgOwner]);
}

async fn two_owners_who_remove_each_other_at_once_leave_one(world: World) {
    let anna = world.owner().await;
    let bert = world.account(world.org, "bert@example.com", Role::OrgOwner).await;
    let (first, second) = (
        world.enter(&anna, world.org).await.unwrap(),
        world.enter(&bert, world.org).await.unwrap(),
    );
    let tries = [
        tokio::spawn(async move { first.owner()?.accounts().remove(bert.account).await }),
        tokio::spawn(async move { second.owner()?.accounts().remove(anna.account).await }),
    ];
    let mut done = 0;
    for attempt in tries {
        match attempt.await.unwrap() {
            Ok(()) => done += 1,
            refused => assert!(matches!(refused, Err(Error::LastOwner)), "{refused:?}"),
        }
    }
    assert_eq!(done, 1);
}

async fn the_first_operator_comes_from_a_link(world: World) {
    assert!(!world.instance.has_operator().await.unwrap());
    let token = world.instance.invite_operator("op@example.com").await.unwrap();
    assert_eq!(world.gateway.invitation(&token).await.unwrap().organization, None);
    let signed_in = world
        .gateway
        .accept_invitation(&token, "Op", &plain(PASSWORD), &from("home"))
        .await
        .unwrap();
    assert!(world.instance.has_operator().await.unwrap());
    let operator = world.session(&signed_in).await.operator().await.unwrap();
    let made = operator.create_org("Made in the console").await.unwrap();
    assert_eq!(operator.orgs().await.unwrap().len(), 2);
    let entered = operator.org(made.id).await.unwrap();
    let events = entered.owner().unwrap().events(0, 10).await.unwrap();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["org.created", "org.entered"]);
    assert_eq!(events[1].actor["id"], signed_in.account.to_string());
    // An operator enters by a recorded act only.
    super::assert_invisible(&world.enter(&signed_in, world.org).await);
}

async fn a_role_of_service_users_is_none_of_accounts(world: World) {
    let org = world.instance.org(world.org).await.unwrap();
    let owner = org.owner().unwrap();
    for role in [Role::OrgUserManager, Role::OrgUserReader] {
        let refused = owner.invitations().create("a@example.com", role).await;
        assert!(
            matches!(refused, Err(Error::Refused { field: "role", .. })),
            "{refused:?}"
        );
    }
    let refused = owner
        .service_users()
        .create("okta", Role::OrgViewer, "default")
        .await;
    assert!(
        matches!(refused, Err(Error::Refused { field: "role", .. })),
        "{refused:?}"
    );
}

//! Rotation: a successor is issued, both tokens are accepted for a while, and neither of them is lost by accident.

use std::{sync::Arc, time::Duration};

use wicketgate_auth::Reason;
use wicketgate_domain::{DEFAULT_OVERLAP, Error, Settings};
use wicketgate_testbed::both_engines;

use super::{DAY, get, issue, reason, setting};
use crate::harness::{Installation, assert_refused};

both_engines! {
    run with crate::harness::run:
    during_the_overlap_both_tokens_are_accepted_and_completing_ends_it,
    a_second_start_is_refused_and_harms_neither_token,
    two_starts_at_once_make_one_successor,
    a_cancelled_rotation_leaves_the_old_token_alone,
    revoking_the_successor_calls_the_rotation_off,
    after_the_overlap_the_old_token_has_expired,
    what_cannot_be_rotated_is_refused,
    a_successor_lives_as_long_as_the_organization_allows,
    an_organization_bounds_the_life_of_its_tokens,
}

async fn during_the_overlap_both_tokens_are_accepted_and_completing_ends_it(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (old, old_secret) = issue(&door, service_user, Some(DAY * 90)).await;
    let seq = org.last_seq().await;
    let owner = door.owner().unwrap();
    let rotation = owner
        .tokens()
        .start_rotation(old.id, DEFAULT_OVERLAP)
        .await
        .unwrap();
    assert_eq!(rotation.successor.name, "okta");
    assert_eq!(
        rotation.overlap_ends.as_millisecond() - old.created.as_millisecond(),
        7 * 24 * 60 * 60 * 1_000
    );
    for secret in [&old_secret, &rotation.secret] {
        assert_eq!(reason(&installation, &org, secret).await, None);
    }
    let listed = get(&door, &old).await;
    assert_eq!(listed.successor, Some(rotation.successor.id));
    assert_eq!(listed.overlap_ends, Some(rotation.overlap_ends));

    owner.tokens().complete_rotation(old.id).await.unwrap();
    assert_eq!(
        reason(&installation, &org, &old_secret).await,
        Some(Reason::Revoked)
    );
    assert_eq!(reason(&installation, &org, &rotation.secret).await, None);
    assert_eq!(get(&door, &old).await.revoke_reason.as_deref(), Some("rotated"));
    // Once more changes nothing.
    owner.tokens().complete_rotation(old.id).await.unwrap();
    assert_eq!(
        org.kinds_after(seq).await,
        ["credential.rotated", "credential.revoked"]
    );
}

async fn a_second_start_is_refused_and_harms_neither_token(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (old, old_secret) = issue(&door, service_user, None).await;
    let owner = door.owner().unwrap();
    let rotation = owner.tokens().start_rotation(old.id, DAY).await.unwrap();
    let seq = org.last_seq().await;
    match owner.tokens().start_rotation(old.id, DAY).await {
        Err(Error::Refused { field: "token", fix }) => {
            assert!(fix.contains(&rotation.successor.id.to_string()), "{fix}");
            assert!(fix.contains("complete or cancel"), "{fix}");
        }
        other => panic!("{other:?}"),
    }
    for secret in [&old_secret, &rotation.secret] {
        assert_eq!(reason(&installation, &org, secret).await, None);
    }
    assert!(org.kinds_after(seq).await.is_empty());
}

async fn two_starts_at_once_make_one_successor(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (old, _) = issue(&door, service_user, None).await;
    let owner = door.owner().unwrap();
    let tokens = owner.tokens();
    let (first, second) = tokio::join!(
        tokens.start_rotation(old.id, DAY),
        tokens.start_rotation(old.id, DAY)
    );
    assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1);
    // Three of the roles, the old one and its successor.
    assert_eq!(tokens.list().await.unwrap().len(), 5);
    let rotated = org.events().await.into_iter();
    assert_eq!(
        rotated.filter(|event| event.kind == "credential.rotated").count(),
        1
    );
}

async fn a_cancelled_rotation_leaves_the_old_token_alone(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (old, old_secret) = issue(&door, service_user, Some(DAY * 90)).await;
    let owner = door.owner().unwrap();
    let rotation = owner.tokens().start_rotation(old.id, DAY).await.unwrap();
    owner.tokens().cancel_rotation(old.id).await.unwrap();
    assert_eq!(reason(&installation, &org, &old_secret).await, None);
    assert_eq!(
        reason(&installation, &org, &rotation.secret).await,
        Some(Reason::Revoked)
    );
    assert_eq!(get(&door, &old).await, old.clone());
    assert_refused!(
        owner.tokens().cancel_rotation(old.id).await,
        Error::Refused { field: "token", .. }
    );
    // It may be started again.
    owner.tokens().start_rotation(old.id, DAY).await.unwrap();
}

async fn revoking_the_successor_calls_the_rotation_off(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (old, old_secret) = issue(&door, service_user, None).await;
    let owner = door.owner().unwrap();
    let rotation = owner.tokens().start_rotation(old.id, DAY).await.unwrap();
    owner.tokens().revoke(rotation.successor.id).await.unwrap();
    assert_eq!(
        reason(&installation, &org, &rotation.secret).await,
        Some(Reason::Revoked)
    );
    assert_eq!(reason(&installation, &org, &old_secret).await, None);
    assert_eq!(get(&door, &old).await.overlap_ends, None);
}

async fn after_the_overlap_the_old_token_has_expired(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (old, old_secret) = issue(&door, service_user, None).await;
    let owner = door.owner().unwrap();
    let rotation = owner
        .tokens()
        .start_rotation(old.id, Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(
        reason(&installation, &org, &old_secret).await,
        Some(Reason::Expired)
    );
    assert_eq!(reason(&installation, &org, &rotation.secret).await, None);
    // Calling it off now would bring a dead token back to life.
    assert_refused!(
        owner.tokens().cancel_rotation(old.id).await,
        Error::Refused { field: "token", .. }
    );
    owner.tokens().revoke(rotation.successor.id).await.unwrap();
    assert_eq!(
        reason(&installation, &org, &old_secret).await,
        Some(Reason::Expired)
    );
}

async fn what_cannot_be_rotated_is_refused(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (old, _) = issue(&door, service_user, None).await;
    let owner = door.owner().unwrap();
    let tokens = owner.tokens();
    assert_refused!(
        tokens.start_rotation(old.id, DAY * 31).await,
        Error::Refused { field: "overlap", .. }
    );
    for ended in [
        tokens.complete_rotation(old.id).await,
        tokens.cancel_rotation(old.id).await,
    ] {
        assert_refused!(ended, Error::Refused { field: "token", .. });
    }
    tokens.revoke(old.id).await.unwrap();
    assert_refused!(
        tokens.start_rotation(old.id, DAY).await,
        Error::Refused { field: "token", .. }
    );
    let other = installation.org("other").await;
    let elsewhere = installation.instance.org(other.id).await.unwrap();
    assert_refused!(
        elsewhere
            .owner()
            .unwrap()
            .tokens()
            .start_rotation(old.id, DAY)
            .await,
        Error::NotFound
    );
    drop(org);
}

async fn a_successor_lives_as_long_as_the_organization_allows(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (year, _) = issue(&door, service_user, Some(DAY * 365)).await;
    let (endless, _) = issue(&door, service_user, None).await;
    let (month, _) = issue(&door, service_user, Some(DAY * 30)).await;
    org.set(Settings {
        longest_token_days: 90,
        endless_tokens: false,
        ..Settings::default()
    })
    .await;
    let door = installation.instance.org(org.id).await.unwrap();
    let owner = door.owner().unwrap();
    for (old, days) in [(year, 90), (endless, 90), (month, 30)] {
        let rotation = owner.tokens().start_rotation(old.id, DAY).await.unwrap();
        let life = rotation.successor.expires.unwrap().as_millisecond()
            - rotation.successor.created.as_millisecond();
        assert_eq!(life, days * 24 * 60 * 60 * 1_000);
    }
}

async fn an_organization_bounds_the_life_of_its_tokens(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let owner = door.owner().unwrap();
    for longest_token_days in [0, 29, 731] {
        let settings = Settings {
            longest_token_days,
            ..Settings::default()
        };
        assert_refused!(
            owner.set(settings).await,
            Error::Refused {
                field: "longest-token-life",
                ..
            }
        );
    }
    org.set(Settings {
        longest_token_days: 30,
        endless_tokens: false,
        ..Settings::default()
    })
    .await;
    // The handle is older than the settings.
    for life in [None, Some(DAY * 31), Some(DAY * 730)] {
        assert_refused!(
            owner.tokens().create(service_user, "x", life).await,
            Error::Refused {
                field: "expires-in",
                ..
            }
        );
    }
    owner
        .tokens()
        .create(service_user, "x", Some(DAY * 30))
        .await
        .unwrap();
}

//! Refresh tokens: one pair is live, a lost answer costs nothing, and a copy is found out.

use std::sync::Arc;

use wicketgate_auth::oauth::ErrorCode;
use wicketgate_domain::{Clock as _, Introspection, RefreshRotation};
use wicketgate_testbed::both_engines;

use super::{Pair, Party};
use crate::harness::Installation;

both_engines! {
    run with crate::harness::run:
    a_refresh_token_is_exchanged_for_the_next_pair,
    a_lost_answer_costs_nothing,
    answers_that_overtake_each_other_cost_nothing,
    a_copy_that_is_used_later_revokes_the_grant,
    a_hundred_refreshes_at_once_leave_one_live_pair,
    a_client_that_keeps_its_first_refresh_token_may,
    a_refresh_token_that_nobody_uses_expires_after_ninety_days,
    a_refreshed_scope_can_be_narrowed_and_not_widened,
    a_refresh_token_is_nothing_else,
}

async fn a_refresh_token_is_exchanged_for_the_next_pair(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let mut pair = party.granted().await;
    for _ in 0..3 {
        let next = Pair::from(party.refresh(&pair.refresh).await.unwrap());
        assert_ne!(next.refresh, pair.refresh);
        assert!(party.opens(&next.access).await);
        pair = next;
    }
}

async fn a_lost_answer_costs_nothing(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let first = party.granted().await;
    let mut lost = Vec::new();
    for _ in 0..3 {
        lost.push(Pair::from(party.refresh(&first.refresh).await.unwrap()));
    }
    let arrived = Pair::from(party.refresh(&first.refresh).await.unwrap());
    for lost in &lost {
        assert!(!party.opens(&lost.access).await);
    }
    assert!(party.opens(&arrived.access).await);
    // It goes on from there.
    assert!(party.refresh(&arrived.refresh).await.is_ok());
}

async fn answers_that_overtake_each_other_cost_nothing(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let first = party.granted().await;
    // The answer that was made first arrives last, and is the one that the client keeps.
    let kept = Pair::from(party.refresh(&first.refresh).await.unwrap());
    let dropped = Pair::from(party.refresh(&first.refresh).await.unwrap());
    assert!(!party.opens(&kept.access).await);
    let next = Pair::from(party.refresh(&kept.refresh).await.unwrap());
    assert!(party.opens(&next.access).await);
    assert!(!party.opens(&dropped.access).await);
    let after = Pair::from(party.refresh(&next.refresh).await.unwrap());
    // One that was overtaken and comes too late is refused, and the client that goes on is not hurt by it.
    assert_eq!(
        party.refresh(&dropped.refresh).await.map(|_| ()),
        Err(ErrorCode::InvalidGrant)
    );
    assert!(party.opens(&after.access).await);
    assert!(party.refresh(&after.refresh).await.is_ok());
}

async fn a_copy_that_is_used_later_revokes_the_grant(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let first = party.granted().await;
    let second = Pair::from(party.refresh(&first.refresh).await.unwrap());
    let third = Pair::from(party.refresh(&second.refresh).await.unwrap());
    let seq = party.org.last_seq().await;
    assert_eq!(
        party.refresh(&first.refresh).await.map(|_| ()),
        Err(ErrorCode::InvalidGrant)
    );
    for pair in [first, second, third] {
        assert!(!party.opens(&pair.access).await);
        assert_eq!(
            party.refresh(&pair.refresh).await.map(|_| ()),
            Err(ErrorCode::InvalidGrant)
        );
    }
    let events = party.org.events_after(seq).await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(
        (events[0].kind.as_str(), &events[0].payload["reason"]),
        ("grant.revoked", &"replayed".into())
    );
    let org = party.org.owner().await;
    let grants = org.owner().unwrap().grants().list().await.unwrap();
    assert_eq!(grants[0].revoke_reason.as_deref(), Some("replayed"));
}

async fn a_hundred_refreshes_at_once_leave_one_live_pair(installation: Arc<Installation>) {
    let party = Arc::new(Party::new(&installation).await);
    let first = party.granted().await;
    let asked: Vec<_> = (0..100)
        .map(|_| {
            let (party, refresh) = (Arc::clone(&party), first.refresh.clone());
            tokio::spawn(async move { party.refresh(&refresh).await.map(Pair::from) })
        })
        .collect();
    let mut pairs = Vec::new();
    for answer in asked {
        pairs.push(answer.await.unwrap().unwrap());
    }
    let mut open = Vec::new();
    for pair in &pairs {
        if party.opens(&pair.access).await {
            open.push(pair.clone());
        }
    }
    let [live] = open.as_slice() else {
        panic!("{} pairs are live", open.len());
    };
    let next = Pair::from(party.refresh(&live.refresh).await.unwrap());
    assert!(party.opens(&next.access).await);
    for pair in pairs.iter().filter(|pair| pair.refresh != live.refresh) {
        assert_eq!(
            party.refresh(&pair.refresh).await.map(|_| ()),
            Err(ErrorCode::InvalidGrant)
        );
    }
    assert!(party.refresh(&next.refresh).await.is_ok());
}

async fn a_client_that_keeps_its_first_refresh_token_may(installation: Arc<Installation>) {
    let party = Party::with(&installation, |new| new.refresh_rotation = RefreshRotation::Never).await;
    let pair = party.granted().await;
    for _ in 0..3 {
        let response = party.refresh(&pair.refresh).await.unwrap();
        assert!(response.refresh_token.is_none());
        assert!(party.opens(response.access_token.reveal()).await);
    }
    // All of them are accepted until they expire, the first one too.
    assert!(party.opens(&pair.access).await);
}

async fn a_refresh_token_that_nobody_uses_expires_after_ninety_days(installation: Arc<Installation>) {
    const NINETY_DAYS: i64 = 90 * 86_400_000;
    for rotation in RefreshRotation::ALL {
        let party = Party::with(&installation, |new| new.refresh_rotation = rotation).await;
        // Exchanged with the clock put back: what the database takes for old is old.
        let exchanged = async |milliseconds: i64| {
            let code = party.code().await;
            installation.clock.advance(-milliseconds);
            let pair = Pair::from(party.exchange_code(&code, "").await.unwrap());
            installation.clock.advance(milliseconds);
            pair
        };
        let old = exchanged(NINETY_DAYS + 1_000).await;
        assert_eq!(
            party.refresh(&old.refresh).await.map(|_| ()),
            Err(ErrorCode::InvalidGrant)
        );
        let young = exchanged(NINETY_DAYS - 60_000).await;
        let next = Pair::from(party.refresh(&young.refresh).await.unwrap());
        // Whichever of them goes on has ninety days again.
        let goes_on = match rotation {
            RefreshRotation::Grace => next.refresh,
            RefreshRotation::Never => young.refresh,
        };
        match party.introspect(&goes_on).await {
            Introspection::Active { expires, .. } => {
                let expected = installation.clock.now().as_millisecond() + NINETY_DAYS;
                assert_eq!(
                    expires.map(jiff::Timestamp::as_millisecond),
                    Some(expected),
                    "{rotation}"
                );
            }
            Introspection::Inactive => panic!("it is active"),
        }
    }
}

async fn a_refreshed_scope_can_be_narrowed_and_not_widened(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let pair = party.granted().await;
    let refresh = |token: &str, scope: &str| {
        let parameters = format!("grant_type=refresh_token&refresh_token={token}&scope={scope}");
        let party = &party;
        async move { party.exchange(&parameters).await }
    };
    let narrowed = refresh(&pair.refresh, "scim.read").await.unwrap();
    assert_eq!(narrowed.scope.to_string(), "scim.read");
    // The refresh token keeps what was granted.
    let whole = party.refresh(&Pair::from(narrowed).refresh).await.unwrap();
    assert_eq!(whole.scope.to_string(), "scim");
    let reading = party.approve("&scope=scim.read").await.unwrap().code;
    let pair = Pair::from(party.exchange_code(&reading, "").await.unwrap());
    assert_eq!(
        refresh(&pair.refresh, "scim").await.map(|_| ()),
        Err(ErrorCode::InvalidScope)
    );
    assert!(party.refresh(&pair.refresh).await.is_ok());
}

async fn a_refresh_token_is_nothing_else(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let pair = party.granted().await;
    let code = party.code().await;
    for other in [
        pair.access.as_str(),
        code.reveal(),
        party.secret.as_str(),
        "guess",
    ] {
        assert_eq!(
            party.refresh(other).await.map(|_| ()),
            Err(ErrorCode::InvalidGrant)
        );
    }
    let as_code = format!("grant_type=authorization_code&code={}", pair.refresh);
    assert_eq!(
        party.exchange(&as_code).await.map(|_| ()),
        Err(ErrorCode::InvalidGrant)
    );
}

//! Clients that ask for themselves, with a secret.

use std::{sync::Arc, time::Duration};

use wicketgate_auth::{
    TokenKind,
    jwt::{AccessTokenRules, JwkSet, verify_access_token},
    oauth::{ErrorCode, TokenRequest},
};
use wicketgate_domain::{AccessTokenFormat, Error};
use wicketgate_testbed::both_engines;

use super::{PUBLIC_URL, Party};
use crate::harness::{Installation, assert_refused};

both_engines! {
    run with crate::harness::run:
    a_client_gets_an_access_token_that_opens_its_organization,
    a_scope_is_asked_for_or_left_out,
    a_resource_is_the_organization_or_refused,
    every_false_secret_is_the_same_refusal,
    several_secrets_are_accepted_until_each_is_revoked,
    a_secret_expires_by_the_clock_of_the_database,
    an_inactive_client_gets_nothing_and_its_tokens_open_nothing,
    a_signed_access_token_is_verified_by_the_published_keys_and_can_be_revoked,
    signing_keys_take_turns_and_the_next_is_published_first,
    what_has_expired_is_cleared_away,
}

async fn a_client_gets_an_access_token_that_opens_its_organization(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let response = party.client_credentials().await.unwrap();
    assert_eq!(
        (response.expires_in, response.scope.to_string().as_str()),
        (3600, "scim")
    );
    assert!(response.refresh_token.is_none());
    let header = format!("Bearer {}", response.access_token.reveal());
    let org = installation.enter(party.org.id, &header).await.unwrap();
    assert!(org.user_manager().is_ok() && org.owner().is_err());
    let other = installation.org("other").await;
    assert!(installation.enter(other.id, &header).await.is_err());
}

async fn a_scope_is_asked_for_or_left_out(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    for (asked, given) in [
        ("", Ok("scim")),
        ("&scope=", Ok("scim")),
        ("&scope=scim.read", Ok("scim.read")),
        ("&scope=openid+scim", Ok("scim")),
        ("&scope=openid", Err(ErrorCode::InvalidScope)),
    ] {
        let answer = party
            .exchange(&format!("grant_type=client_credentials{asked}"))
            .await;
        let scope = answer.map(|response| response.scope.to_string());
        assert_eq!(scope.as_deref().map_err(|code| *code), given, "{asked}");
    }
}

async fn a_resource_is_the_organization_or_refused(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let own = format!("{PUBLIC_URL}/scim/v2/{}", party.org.id);
    let ask = |resource: String| {
        let parameters = format!("grant_type=client_credentials&resource={resource}");
        let party = &party;
        async move { party.exchange(&parameters).await.map(|_| ()) }
    };
    assert_eq!(ask(own.clone()).await, Ok(()));
    for other in [
        format!("{own}/"),
        PUBLIC_URL.to_owned(),
        own.replace("https", "http"),
    ] {
        assert_eq!(ask(other).await, Err(ErrorCode::InvalidTarget));
    }
}

async fn every_false_secret_is_the_same_refusal(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let other = Party::of(&party.org, &installation, |_| {}).await;
    let (id, secret) = (party.id().to_string(), party.secret.clone());
    let seq = party.org.last_seq().await;
    for (id, secret) in [
        (id.clone(), other.secret.clone()),
        (id.clone(), "guess".to_owned()),
        (id.clone(), secret.replace("wicket_cs_", "wicket_at_")),
        (
            id.clone(),
            party
                .client_credentials()
                .await
                .unwrap()
                .access_token
                .reveal()
                .to_owned(),
        ),
        ("wicket_client_0123456789ABCDEF".to_owned(), secret.clone()),
        (other.id().to_string(), secret.clone()),
    ] {
        let body = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let refused = installation
            .instance
            .gateway()
            .exchange(
                TokenRequest::parse(None, "", body.as_bytes()).unwrap(),
                &super::endpoint(),
            )
            .await
            .unwrap_err();
        assert_eq!(
            refused.to_string(),
            wicketgate_auth::oauth::Error::invalid_client().to_string()
        );
    }
    assert_eq!(party.org.last_seq().await, seq);
}

async fn several_secrets_are_accepted_until_each_is_revoked(installation: Arc<Installation>) {
    let mut party = Party::new(&installation).await;
    let org = party.org.owner().await;
    let owner = org.owner().unwrap();
    let (added, second) = owner.clients().add_secret(party.id(), None).await.unwrap();
    let first = std::mem::replace(&mut party.secret, second.reveal().to_owned());
    assert!(party.client_credentials().await.is_ok());
    party.secret = first;
    let issued = party.client_credentials().await.unwrap();
    let first_id = owner
        .clients()
        .secrets(party.id())
        .await
        .unwrap()
        .into_iter()
        .find(|secret| secret.id != added.id)
        .unwrap()
        .id;
    let seq = party.org.last_seq().await;
    for _ in 0..2 {
        owner.clients().revoke_secret(party.id(), first_id).await.unwrap();
    }
    assert_eq!(party.org.kinds_after(seq).await, ["credential.revoked"]);
    assert_eq!(
        party.client_credentials().await.map(|_| ()),
        Err(ErrorCode::InvalidClient)
    );
    assert!(party.opens(issued.access_token.reveal()).await);
    party.secret = second.reveal().to_owned();
    assert!(party.client_credentials().await.is_ok());
    // Nine more: ten are accepted at a time.
    for _ in 0..9 {
        owner.clients().add_secret(party.id(), None).await.unwrap();
    }
    assert_refused!(
        owner.clients().add_secret(party.id(), None).await,
        Error::Refused { field: "client", .. }
    );
}

async fn a_secret_expires_by_the_clock_of_the_database(installation: Arc<Installation>) {
    const LIFE: Duration = Duration::from_hours(24);
    installation.synchronize().await;
    installation.clock.advance(-86_400_000 - 1_000);
    let org = installation.org("acme").await;
    let expired = Party::of(&org, &installation, |new| new.secret_life = Some(LIFE)).await;
    assert_eq!(
        expired.client_credentials().await.map(|_| ()),
        Err(ErrorCode::InvalidClient)
    );
    installation.synchronize().await;
    let live = Party::of(&org, &installation, |new| new.secret_life = Some(LIFE)).await;
    assert!(live.client_credentials().await.is_ok());
}

async fn an_inactive_client_gets_nothing_and_its_tokens_open_nothing(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let pair = party.granted().await;
    let code = party.code().await;
    let set = async |active| {
        let org = party.org.owner().await;
        org.owner()
            .unwrap()
            .clients()
            .set_active(party.id(), active)
            .await
            .unwrap();
    };
    set(false).await;
    for refused in [
        party.client_credentials().await,
        party.refresh(&pair.refresh).await,
        party.exchange_code(&code, "").await,
    ] {
        assert_eq!(refused.map(|_| ()), Err(ErrorCode::InvalidClient));
    }
    assert!(party.approve("").await.is_err());
    set(true).await;
    assert!(party.exchange_code(&code, "").await.is_ok());
    assert!(party.refresh(&pair.refresh).await.is_ok());
}

async fn a_signed_access_token_is_verified_by_the_published_keys_and_can_be_revoked(
    installation: Arc<Installation>,
) {
    let party = Party::with(&installation, |new| {
        new.access_token_format = AccessTokenFormat::Jwt;
    })
    .await;
    let gateway = installation.instance.gateway();
    assert_eq!(gateway.keys().await.unwrap(), serde_json::json!({"keys": []}));
    let response = party.client_credentials().await.unwrap();
    let jwt = response.access_token.reveal();
    let keys = gateway.keys().await.unwrap().to_string();
    let rules = AccessTokenRules {
        issuer: PUBLIC_URL.to_owned(),
        audience: format!("{PUBLIC_URL}/scim/v2/{}", party.org.id),
    };
    let now = installation.instance.database_time().await.unwrap().as_second();
    let claims = verify_access_token(jwt, &JwkSet::parse(keys.as_bytes()).unwrap(), &rules, now).unwrap();
    assert_eq!(claims.client_id, party.id().to_string());
    assert_eq!(claims.subject, party.service_user.to_string());
    assert_eq!(
        (claims.scope.as_str(), claims.expires_at - claims.issued_at),
        ("scim", 3600)
    );
    assert!(party.opens(jwt).await);
    // One that is signed alike and was never issued has no row with its digest.
    let (head, _) = jwt.rsplit_once('.').unwrap();
    let (_, other) = party
        .client_credentials()
        .await
        .unwrap()
        .access_token
        .reveal()
        .rsplit_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert!(!party.opens(&format!("{head}.{other}")).await);
    let token = wicketgate_auth::Plaintext::new(jwt.to_owned());
    gateway
        .revoke_token(&party.itself(), &token, &super::endpoint())
        .await
        .unwrap();
    assert!(!party.opens(jwt).await);
    // Another process has the same key.
    assert_eq!(
        installation
            .restarted()
            .instance
            .gateway()
            .keys()
            .await
            .unwrap()
            .to_string(),
        keys
    );
}

async fn signing_keys_take_turns_and_the_next_is_published_first(installation: Arc<Installation>) {
    const DAY: i64 = 86_400_000;
    let party = Party::with(&installation, |new| {
        new.access_token_format = AccessTokenFormat::Jwt;
    })
    .await;
    // Secrets are judged by the database's clock, so that this one can be moved.
    let kids = async || {
        let keys = installation.instance.gateway().keys().await.unwrap();
        let keys = keys["keys"].as_array().unwrap().iter();
        keys.map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let signed_with = async || {
        let token = party.client_credentials().await.unwrap();
        wicketgate_auth::jwt::Unverified::read(token.access_token.reveal())
            .unwrap()
            .key_id
            .unwrap()
    };
    let first = signed_with().await;
    installation.clock.advance(89 * DAY - 60_000);
    assert_eq!(
        (signed_with().await, kids().await),
        (first.clone(), vec![first.clone()])
    );
    installation.clock.advance(60_000);
    assert_eq!(signed_with().await, first);
    let [second, _] = kids().await.try_into().unwrap();
    assert_ne!(second, first);
    installation.clock.advance(DAY - 1);
    assert_eq!(signed_with().await, first);
    installation.clock.advance(1);
    assert_eq!(
        (signed_with().await, kids().await),
        (second.clone(), vec![second.clone(), first.clone()])
    );
    // An hour for the last token of the first key, and an hour more.
    installation.clock.advance(2 * 3_600_000 - 1);
    assert_eq!(kids().await, [second.clone(), first]);
    installation.clock.advance(1);
    assert_eq!(kids().await, [second]);
}

async fn what_has_expired_is_cleared_away(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    // Expired for more than a day, by the database's clock.
    installation.clock.advance(-26 * 3_600_000);
    let mut old = Vec::new();
    for _ in 0..25 {
        old.push(party.client_credentials().await.unwrap().access_token);
    }
    installation.clock.advance(4 * 3_600_000);
    let young = party.client_credentials().await.unwrap().access_token;
    installation.synchronize().await;
    for _ in 0..2 {
        party.client_credentials().await.unwrap();
    }
    let reason = async |token: &wicketgate_auth::Plaintext| {
        let header = format!("Bearer {}", token.reveal());
        match installation.enter(party.org.id, &header).await {
            Err(wicketgate_domain::Refusal::Denied(wicketgate_auth::Denied::Unauthenticated(reason))) => {
                reason
            }
            other => panic!("{other:?}"),
        }
    };
    for token in &old {
        assert_eq!(reason(token).await, wicketgate_auth::Reason::Unknown);
    }
    assert_eq!(reason(&young).await, wicketgate_auth::Reason::Expired);
    assert_eq!(
        wicketgate_auth::Token::parse(young.reveal()).unwrap().kind(),
        TokenKind::AccessToken
    );
}

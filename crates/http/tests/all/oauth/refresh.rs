//! Refresh tokens: they rotate, a lost answer costs nothing, and one that comes back after its successor was used ends
//! the grant.

use futures_util::future::join_all;
use wicketgate_domain::{AccessTokenFormat, RefreshRotation};
use wicketgate_testbed::both_engines;

use super::{granted, issued, opens, refused};
use crate::harness::TestGateway;

both_engines! {
    run with crate::oauth::run:
    a_refresh_token_is_exchanged_for_the_next_pair,
    a_lost_answer_costs_nothing,
    a_refresh_token_that_comes_back_after_its_successor_was_used_ends_the_grant,
    of_a_hundred_refreshes_at_once_exactly_one_family_lives,
    a_refresh_token_that_does_not_rotate_stays,
    a_scope_is_narrowed_and_never_widened,
    a_refresh_token_is_no_use_to_another_client,
}

async fn a_refresh_token_is_exchanged_for_the_next_pair(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    let mut tokens = granted(&org, &client).await;
    for _ in 0..5 {
        let next = issued(&client.refresh(tokens.refresh_token()).await, "scim");
        assert_ne!(next.refresh_token, tokens.refresh_token);
        assert_eq!(opens(&org, &next.access_token).await, 200);
        tokens = next;
    }
}

async fn a_lost_answer_costs_nothing(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    let first = granted(&org, &client).await;
    let lost = issued(&client.refresh(first.refresh_token()).await, "scim");
    let lost_again = issued(&client.refresh(first.refresh_token()).await, "scim");
    let second = issued(&client.refresh(first.refresh_token()).await, "scim");
    for lost in [lost, lost_again] {
        assert!(!client.is_active(&lost.access_token).await);
        assert!(!client.is_active(lost.refresh_token()).await);
    }
    assert_eq!(opens(&org, &second.access_token).await, 200);
    let third = issued(&client.refresh(second.refresh_token()).await, "scim");
    assert_eq!(opens(&org, &third.access_token).await, 200);
}

async fn a_refresh_token_that_comes_back_after_its_successor_was_used_ends_the_grant(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    let bystander = granted(&org, &client).await;
    let first = granted(&org, &client).await;
    let second = issued(&client.refresh(first.refresh_token()).await, "scim");
    assert_eq!(opens(&org, &second.access_token).await, 200);
    refused(
        &client.refresh(first.refresh_token()).await,
        400,
        "invalid_grant",
        &[],
    );
    for tokens in [&first, &second] {
        assert_eq!(opens(&org, &tokens.access_token).await, 401);
        refused(
            &client.refresh(tokens.refresh_token()).await,
            400,
            "invalid_grant",
            &[],
        );
    }
    assert_eq!(
        opens(&org, &bystander.access_token).await,
        200,
        "another grant stands"
    );
}

async fn of_a_hundred_refreshes_at_once_exactly_one_family_lives(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    let first = granted(&org, &client).await;
    let answers = join_all((0..100).map(|_| client.refresh(first.refresh_token()))).await;
    let mut pairs = Vec::new();
    for answer in &answers {
        // Too many at a time is no refusal of the token.
        if answer.status == 429 {
            refused(answer, 429, "temporarily_unavailable", &[]);
        } else {
            pairs.push(issued(answer, "scim"));
        }
    }
    assert!(!pairs.is_empty());
    let mut alive = Vec::new();
    for pair in &pairs {
        let access = client.is_active(&pair.access_token).await;
        let refresh = client.is_active(pair.refresh_token()).await;
        assert_eq!(access, refresh, "a pair lives and dies together");
        if access {
            alive.push(pair);
        }
    }
    let [alive] = alive.as_slice() else {
        panic!("{} of {} families live", alive.len(), pairs.len())
    };
    assert_eq!(opens(&org, &alive.access_token).await, 200);
    for pair in pairs
        .iter()
        .filter(|pair| pair.access_token != alive.access_token)
    {
        assert_eq!(opens(&org, &pair.access_token).await, 401);
    }
    issued(&client.refresh(alive.refresh_token()).await, "scim");
}

async fn a_refresh_token_that_does_not_rotate_stays(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org
        .client_with(RefreshRotation::Never, AccessTokenFormat::Opaque)
        .await;
    let first = granted(&org, &client).await;
    for _ in 0..3 {
        let next = issued(&client.refresh(first.refresh_token()).await, "scim");
        assert!(
            next.refresh_token
                .is_none_or(|token| token == first.refresh_token())
        );
        assert_eq!(opens(&org, &next.access_token).await, 200);
    }
}

async fn a_scope_is_narrowed_and_never_widened(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    let code = org.code(&client, "scope=scim.read").await;
    let pairs = [("grant_type", "authorization_code"), ("code", code.as_str())];
    let narrow = issued(&client.post("token", &pairs).await, "scim.read");
    let refresh = |token: &str, scope: &str| {
        let pairs = [
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", token.to_owned()),
            ("scope", scope.to_owned()),
        ];
        let client = &client;
        async move {
            let pairs = pairs.each_ref().map(|(name, value)| (*name, value.as_str()));
            client.post("token", &pairs).await
        }
    };
    let wider = refresh(narrow.refresh_token(), "scim").await;
    refused(&wider, 400, "invalid_scope", &["scope"]);
    let same = issued(&client.refresh(narrow.refresh_token()).await, "scim.read");
    assert_eq!(opens(&org, &same.access_token).await, 200);
    let full = granted(&org, &client).await;
    let narrowed = issued(&refresh(full.refresh_token(), "scim.read").await, "scim.read");
    assert_eq!(opens(&org, &narrowed.access_token).await, 200);
}

async fn a_refresh_token_is_no_use_to_another_client(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let (client, sibling) = (org.client().await, org.client().await);
    let foreign = gateway.with_org().await.client().await;
    let tokens = granted(&org, &client).await;
    for thief in [&sibling, &foreign] {
        refused(
            &thief.refresh(tokens.refresh_token()).await,
            400,
            "invalid_grant",
            &[],
        );
    }
    issued(&client.refresh(tokens.refresh_token()).await, "scim");
}

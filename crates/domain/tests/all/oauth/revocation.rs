//! Taking tokens and grants back, and asking what a token is.

use std::sync::Arc;

use wicketgate_auth::{Plaintext, TokenKind, oauth::ErrorCode};
use wicketgate_domain::{AccessTokenFormat, Introspection};
use wicketgate_testbed::both_engines;

use super::{Pair, Party, endpoint};
use crate::harness::Installation;

both_engines! {
    run with crate::harness::run:
    a_client_revokes_an_access_token_alone,
    a_client_revokes_a_refresh_token_with_all_that_came_of_its_grant,
    a_client_revokes_nothing_of_others,
    an_owner_revokes_a_grant,
    all_that_a_client_holds_is_revoked_at_once,
    a_token_is_described_to_clients_of_its_organization,
}

fn plain(text: &str) -> Plaintext {
    Plaintext::new(text.to_owned())
}

impl Party {
    async fn revoke(&self, token: &str) {
        let gateway = self.installation.instance.gateway();
        gateway
            .revoke_token(&self.itself(), &plain(token), &endpoint())
            .await
            .unwrap();
    }

    pub(super) async fn introspect(&self, token: &str) -> Introspection {
        let gateway = self.installation.instance.gateway();
        gateway
            .introspect(&self.itself(), &plain(token), &endpoint())
            .await
            .unwrap()
    }
}

async fn a_client_revokes_an_access_token_alone(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let pair = party.granted().await;
    let seq = party.org.last_seq().await;
    for _ in 0..2 {
        party.revoke(&pair.access).await;
    }
    assert!(!party.opens(&pair.access).await);
    assert_eq!(party.org.kinds_after(seq).await, ["credential.revoked"]);
    assert!(party.refresh(&pair.refresh).await.is_ok());
}

async fn a_client_revokes_a_refresh_token_with_all_that_came_of_its_grant(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let first = party.granted().await;
    let second = Pair::from(party.refresh(&first.refresh).await.unwrap());
    let seq = party.org.last_seq().await;
    party.revoke(&second.refresh).await;
    assert!(!party.opens(&first.access).await && !party.opens(&second.access).await);
    assert_eq!(
        party.refresh(&second.refresh).await.map(|_| ()),
        Err(ErrorCode::InvalidGrant)
    );
    assert_eq!(party.org.kinds_after(seq).await, ["grant.revoked"]);
}

async fn a_client_revokes_nothing_of_others(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let other = Party::of(&party.org, &installation, |_| {}).await;
    let pair = party.granted().await;
    let seq = party.org.last_seq().await;
    for token in [
        pair.access.as_str(),
        pair.refresh.as_str(),
        "guess",
        other.secret.as_str(),
    ] {
        other.revoke(token).await;
    }
    assert_eq!(party.org.kinds_after(seq).await, [""; 0]);
    assert!(party.opens(&pair.access).await && party.refresh(&pair.refresh).await.is_ok());
    assert!(other.client_credentials().await.is_ok());
}

async fn an_owner_revokes_a_grant(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let (granted, untouched) = (party.granted().await, party.granted().await);
    let code = party.approve("").await.unwrap();
    let org = party.org.owner().await;
    let owner = org.owner().unwrap();
    let oldest_first: Vec<_> = owner.grants().list().await.unwrap().into_iter().rev().collect();
    let seq = party.org.last_seq().await;
    for grant in [code.grant.id, code.grant.id] {
        owner.grants().revoke(grant).await.unwrap();
    }
    assert_eq!(party.org.kinds_after(seq).await, ["grant.revoked"]);
    assert_eq!(
        party.exchange_code(&code.code, "").await.map(|_| ()),
        Err(ErrorCode::InvalidGrant)
    );
    for grant in oldest_first {
        owner.grants().revoke(grant.id).await.unwrap();
    }
    for pair in [granted, untouched] {
        assert!(!party.opens(&pair.access).await);
        assert_eq!(
            party.refresh(&pair.refresh).await.map(|_| ()),
            Err(ErrorCode::InvalidGrant)
        );
    }
}

async fn all_that_a_client_holds_is_revoked_at_once(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let other = Party::of(&party.org, &installation, |_| {}).await;
    let pair = party.granted().await;
    let code = party.code().await;
    let org = party.org.owner().await;
    let owner = org.owner().unwrap();
    // A secret, an access and a refresh token, and two codes.
    assert_eq!(owner.clients().revoke_all(party.id()).await.unwrap(), 5);
    assert!(!party.opens(&pair.access).await);
    assert_eq!(
        party.client_credentials().await.map(|_| ()),
        Err(ErrorCode::InvalidClient)
    );
    let (_, secret) = owner.clients().add_secret(party.id(), None).await.unwrap();
    let party = Party {
        secret: secret.reveal().to_owned(),
        ..party
    };
    assert!(party.client_credentials().await.is_ok());
    assert_eq!(
        party.refresh(&pair.refresh).await.map(|_| ()),
        Err(ErrorCode::InvalidGrant)
    );
    assert_eq!(
        party.exchange_code(&code, "").await.map(|_| ()),
        Err(ErrorCode::InvalidGrant)
    );
    assert!(other.client_credentials().await.is_ok());
}

async fn a_token_is_described_to_clients_of_its_organization(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let same_org = Party::of(&party.org, &installation, |new| {
        new.access_token_format = AccessTokenFormat::Jwt;
    })
    .await;
    let other_org = Party::new(&installation).await;
    let pair = party.granted().await;
    let jwt = same_org.client_credentials().await.unwrap();
    for asking in [&party, &same_org] {
        match asking.introspect(&pair.access).await {
            Introspection::Active {
                kind,
                client,
                service_user,
                ..
            } => {
                assert_eq!((kind, client), (TokenKind::AccessToken, party.id()));
                assert_eq!(service_user, party.service_user);
            }
            Introspection::Inactive => panic!("it is active"),
        }
        assert!(matches!(
            asking.introspect(jwt.access_token.reveal()).await,
            Introspection::Active { .. }
        ));
    }
    assert!(matches!(
        party.introspect(&pair.refresh).await,
        Introspection::Active { .. }
    ));
    assert_eq!(same_org.introspect(&pair.refresh).await, Introspection::Inactive);
    for token in [pair.access.as_str(), jwt.access_token.reveal()] {
        assert_eq!(other_org.introspect(token).await, Introspection::Inactive);
    }
    for nothing in ["", "guess", party.secret.as_str()] {
        assert_eq!(party.introspect(nothing).await, Introspection::Inactive);
    }
    party.revoke(&pair.access).await;
    assert_eq!(party.introspect(&pair.access).await, Introspection::Inactive);
}

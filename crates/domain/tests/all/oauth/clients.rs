//! Clients as an owner registers and changes them.

use std::sync::Arc;

use serde_json::json;
use wicketgate_auth::oauth::{RedirectUri, okta_redirect_uris};
use wicketgate_domain::{ClientAuthentication, ClientKeys, Error};
use wicketgate_testbed::both_engines;

use super::{CALLBACK, Party, new_client};
use crate::harness::{Installation, assert_refused};

both_engines! {
    run with crate::harness::run:
    a_client_is_read_as_it_was_registered,
    a_client_that_cannot_be_is_refused,
    every_change_is_an_event_and_no_change_is_none,
    a_deleted_client_is_gone_with_all_it_held,
    another_organization_cannot_touch_a_client,
    no_list_and_no_event_holds_a_secret,
}

const ISSUER: &str = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0";

fn workload() -> ClientAuthentication {
    ClientAuthentication::WorkloadIdentity {
        issuer: ISSUER.parse().unwrap(),
        subject: "99999999-2222-3333-4444-555555555555".to_owned(),
        audiences: vec!["api://a".to_owned(), "api://a/.default".to_owned()],
    }
}

async fn a_client_is_read_as_it_was_registered(installation: Arc<Installation>) {
    let first = Party::new(&installation).await;
    let okta = okta_redirect_uris("acme_app_1").unwrap().to_vec();
    let second = Party::of(&first.org, &installation, |new| {
        new.redirect_uris.clone_from(&okta);
    })
    .await;
    let third = Party::of(&first.org, &installation, |new| {
        new.authentication = workload();
        new.redirect_uris = Vec::new();
    })
    .await;
    let fourth = Party::of(&first.org, &installation, |new| {
        new.authentication =
            ClientAuthentication::PrivateKeyJwt(ClientKeys::At("https://idp.example.test/keys".to_owned()));
    })
    .await;
    let org = first.org.owner().await;
    let owner = org.owner().unwrap();
    let clients = [&first, &second, &third, &fourth].map(|party| party.client.clone());
    let mut listed = owner.clients().list().await.unwrap();
    listed.sort_by_key(|client| clients.iter().position(|known| known.id == client.id));
    assert_eq!(listed, clients);
    for client in clients {
        assert_eq!(owner.clients().get(client.id).await.unwrap(), client);
    }
    assert_eq!(second.client.redirect_uris.len(), 4);
    assert!(third.secret.is_empty() && fourth.secret.is_empty() && !second.secret.is_empty());
    assert_refused!(
        owner.clients().add_secret(third.id(), None).await,
        Error::Refused { field: "client", .. }
    );
}

async fn a_client_that_cannot_be_is_refused(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let other = installation.org("other").await;
    let org = other.owner().await;
    let owner = org.owner().unwrap();
    let own = owner.service_users().list().await.unwrap()[0].id;
    let seq = other.last_seq().await;
    // A service user of another organization.
    match owner.clients().create(new_client(party.service_user)).await {
        Err(Error::NotFound) => {}
        answer => panic!("{answer:?}"),
    }
    let keys = |keys| ClientAuthentication::PrivateKeyJwt(ClientKeys::Given(keys));
    let at = |url: &str| ClientAuthentication::PrivateKeyJwt(ClientKeys::At(url.to_owned()));
    for (authentication, field) in [
        (keys(json!({})), "jwks"),
        (keys(json!({"keys": []})), "jwks"),
        (at("http://idp.example.test/keys"), "jwks-uri"),
        (at("file:///etc/passwd"), "jwks-uri"),
        (at(""), "jwks-uri"),
        (workload(), "redirect-uri"),
    ] {
        let mut new = new_client(own);
        new.authentication = authentication;
        match owner.clients().create(new).await {
            Err(Error::Refused { field: refused, .. }) => assert_eq!(refused, field),
            answer => panic!("{field}: {answer:?}"),
        }
    }
    let mut new = new_client(own);
    new.redirect_uris = (0..21)
        .map(|number| format!("https://idp.example.test/{number}").parse().unwrap())
        .collect();
    assert_refused!(
        owner.clients().create(new).await,
        Error::Refused {
            field: "redirect-uri",
            ..
        }
    );
    assert_eq!(owner.clients().list().await.unwrap(), []);
    assert_eq!(other.last_seq().await, seq);
}

async fn every_change_is_an_event_and_no_change_is_none(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let org = party.org.owner().await;
    let owner = org.owner().unwrap();
    let uris: Vec<RedirectUri> = vec!["https://idp.example.test/new".parse().unwrap()];
    let seq = party.org.last_seq().await;
    for _ in 0..2 {
        owner.clients().set_active(party.id(), false).await.unwrap();
        owner
            .clients()
            .set_redirect_uris(party.id(), uris.clone())
            .await
            .unwrap();
    }
    let events = party.org.events_after(seq).await;
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["client.updated", "client.updated"]);
    assert_eq!(events[0].payload["changed"], json!(["active"]));
    assert_eq!(events[1].payload["previous"], json!({"redirectUris": [CALLBACK]}));
    let client = owner.clients().get(party.id()).await.unwrap();
    assert_eq!((client.active, client.redirect_uris), (false, uris));
}

async fn a_deleted_client_is_gone_with_all_it_held(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let kept = Party::of(&party.org, &installation, |_| {}).await;
    let pair = party.granted().await;
    let kept_pair = kept.granted().await;
    let org = party.org.owner().await;
    let owner = org.owner().unwrap();
    let seq = party.org.last_seq().await;
    owner.clients().delete(party.id()).await.unwrap();
    assert_eq!(party.org.kinds_after(seq).await, ["client.deleted"]);
    for answer in [
        owner.clients().delete(party.id()).await,
        owner.clients().get(party.id()).await.map(|_| ()),
        owner.clients().secrets(party.id()).await.map(|_| ()),
        owner.clients().set_active(party.id(), true).await,
    ] {
        assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
    }
    assert!(!party.opens(&pair.access).await);
    assert!(party.client_credentials().await.is_err());
    assert_eq!(owner.grants().list().await.unwrap().len(), 1);
    assert!(kept.opens(&kept_pair.access).await && kept.refresh(&kept_pair.refresh).await.is_ok());
}

async fn another_organization_cannot_touch_a_client(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let pair = party.granted().await;
    let own = party.org.owner().await;
    let grant = own.owner().unwrap().grants().list().await.unwrap()[0].id;
    let secret = own.owner().unwrap().clients().secrets(party.id()).await.unwrap()[0].id;
    let other = installation.org("other").await.owner().await;
    let owner = other.owner().unwrap();
    assert_eq!(owner.clients().list().await.unwrap(), []);
    for answer in [
        owner.clients().get(party.id()).await.map(|_| ()),
        owner.clients().secrets(party.id()).await.map(|_| ()),
        owner.clients().set_active(party.id(), false).await,
        owner.clients().set_redirect_uris(party.id(), Vec::new()).await,
        owner.clients().add_secret(party.id(), None).await.map(|_| ()),
        owner.clients().revoke_secret(party.id(), secret).await,
        owner.clients().revoke_all(party.id()).await.map(|_| ()),
        owner.clients().delete(party.id()).await,
        owner.grants().revoke(grant).await,
    ] {
        assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
    }
    assert!(party.opens(&pair.access).await && party.refresh(&pair.refresh).await.is_ok());
}

async fn no_list_and_no_event_holds_a_secret(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let code = party.code().await;
    let pair = party.granted().await;
    let org = party.org.owner().await;
    let owner = org.owner().unwrap();
    let shown = format!(
        "{:?}{:?}{:?}{:?}",
        owner.clients().list().await.unwrap(),
        owner.clients().secrets(party.id()).await.unwrap(),
        owner.grants().list().await.unwrap(),
        party.org.events().await
    );
    for token in [party.secret.as_str(), code.reveal(), &pair.access, &pair.refresh] {
        let token = wicketgate_auth::Token::parse(token).unwrap();
        let (_, body) = token.reveal().split_once(&token.id().to_string()).unwrap();
        assert!(!shown.contains(&body[..20]));
    }
}

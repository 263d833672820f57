//! Lists of what an organization has, page by page: everything once, and nothing of another organization.

use std::{collections::BTreeSet, sync::Arc};

use wicketgate_auth::{Plaintext, Role};
use wicketgate_domain::{
    AccessTokenFormat, Caller, ClientAuthentication, DEFAULT_DOMAIN, Error, NewClient, RefreshRotation,
};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, assert_refused};

both_engines! {
    run with crate::harness::run:
    organizations_come_in_pages,
    service_users_come_in_pages,
    tokens_come_in_pages_of_one_service_user_or_of_all,
    clients_come_in_pages_with_their_redirect_uris,
    invitations_come_in_pages_until_they_are_withdrawn,
    accounts_come_in_pages,
}

/// Everything that `page` lists, in pages of two, which are full but for the last.
macro_rules! walk {
    (|$after:ident| $page:expr) => {{
        let (mut all, mut $after) = (Vec::new(), None);
        loop {
            let page = $page.await.unwrap();
            assert!(page.len() <= 2);
            let is_last = page.len() < 2;
            $after = page.last().map(|known| known.id).or($after);
            all.extend(page);
            if is_last {
                break all;
            }
        }
    }};
}

async fn organizations_come_in_pages(installation: Arc<Installation>) {
    let mut created = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        installation.clock.advance(1);
        created.push(installation.instance.create_org(name).await.unwrap());
    }
    let instance = &installation.instance;
    assert_eq!(walk!(|after| instance.orgs_page(after, 2)), created);
}

async fn service_users_come_in_pages(installation: Arc<Installation>) {
    let (org, foreign) = (installation.org("acme").await, installation.org("other").await);
    let (org, foreign) = (org.owner().await, foreign.owner().await);
    let owner = org.owner().unwrap();
    let all = owner.service_users().list().await.unwrap();
    let service_users = owner.service_users();
    assert_eq!(walk!(|after| service_users.page(after, 2)), all);
    assert_eq!(service_users.get(all[1].id).await.unwrap(), all[1]);
    let foreign = foreign.owner().unwrap();
    assert_refused!(foreign.service_users().get(all[1].id).await, Error::NotFound);
}

async fn tokens_come_in_pages_of_one_service_user_or_of_all(installation: Arc<Installation>) {
    let (org, foreign) = (installation.org("acme").await, installation.org("other").await);
    let (org, foreign) = (org.owner().await, foreign.owner().await);
    let owner = org.owner().unwrap();
    let service_user = owner
        .service_users()
        .create("okta", Role::OrgUserManager, DEFAULT_DOMAIN)
        .await
        .unwrap();
    let mut own = BTreeSet::new();
    for number in 0..4 {
        let name = format!("token {number}");
        let (token, _) = owner.tokens().create(service_user.id, &name, None).await.unwrap();
        own.insert(token.id.to_string());
    }
    let tokens = owner.tokens();
    let found = walk!(|after| tokens.page(Some(service_user.id), after, 2));
    assert_eq!(found.len(), 4);
    assert_eq!(
        found
            .iter()
            .map(|token| token.id.to_string())
            .collect::<BTreeSet<_>>(),
        own
    );
    let everything = walk!(|after| tokens.page(None, after, 2));
    let mut listed = tokens.list().await.unwrap();
    assert_eq!(everything.len(), listed.len());
    listed.retain(|token| !everything.contains(token));
    assert_eq!(listed, []);
    assert_eq!(tokens.get(found[0].id).await.unwrap(), found[0]);
    let foreign = foreign.owner().unwrap();
    assert_refused!(foreign.tokens().get(found[0].id).await, Error::NotFound);
    assert_eq!(
        foreign
            .tokens()
            .page(Some(service_user.id), None, 9)
            .await
            .unwrap(),
        []
    );
}

async fn clients_come_in_pages_with_their_redirect_uris(installation: Arc<Installation>) {
    let org = installation.org("acme").await.owner().await;
    let owner = org.owner().unwrap();
    let service_user = owner.service_users().list().await.unwrap()[1].id;
    for number in 0..3 {
        let client = NewClient {
            service_user,
            name: format!("okta {number}"),
            authentication: ClientAuthentication::ClientSecret,
            access_token_format: AccessTokenFormat::Opaque,
            refresh_rotation: RefreshRotation::Grace,
            redirect_uris: vec![format!("https://idp.example.test/{number}").parse().unwrap()],
            secret_life: None,
        };
        owner.clients().create(client).await.unwrap();
    }
    let clients = owner.clients();
    let mut found = walk!(|after| clients.page(after, 2));
    found.sort_by(|a, b| a.name.cmp(&b.name));
    let mut listed = clients.list().await.unwrap();
    listed.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(found, listed);
    assert_eq!(found[2].redirect_uris[0].as_str(), "https://idp.example.test/2");
}

async fn invitations_come_in_pages_until_they_are_withdrawn(installation: Arc<Installation>) {
    let org = installation.org("acme").await.owner().await;
    let owner = org.owner().unwrap();
    let invitations = owner.invitations();
    let mut made = BTreeSet::new();
    for name in ["a", "b", "c"] {
        let email = format!("{name}@example.com");
        let (invitation, _) = invitations.create(&email, Role::OrgViewer).await.unwrap();
        assert_eq!(invitations.get(invitation.id).await.unwrap(), invitation);
        made.insert(invitation.id.to_string());
    }
    let found = walk!(|after| invitations.page(after, 2));
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|known| made.contains(&known.id.to_string())));
    invitations.revoke(found[0].id).await.unwrap();
    assert_eq!(invitations.page(None, 2).await.unwrap(), found[1..]);
    assert_refused!(invitations.get(found[0].id).await, Error::NotFound);
}

async fn accounts_come_in_pages(installation: Arc<Installation>) {
    installation.synchronize().await;
    let tenant = installation.org("acme").await;
    let org = tenant.owner().await;
    let owner = org.owner().unwrap();
    for name in ["a", "b", "c"] {
        let email = format!("{name}@example.com");
        let (_, token) = owner.invitations().create(&email, Role::OrgViewer).await.unwrap();
        let password = Plaintext::new("seven blue herons".to_owned());
        installation
            .instance
            .gateway()
            .accept_invitation(&token, name, &password, &Caller::default())
            .await
            .unwrap();
    }
    let accounts = owner.accounts();
    let found = walk!(|after| accounts.page(after, 2));
    assert_eq!(found, accounts.list().await.unwrap());
    assert_eq!(accounts.get(found[2].id).await.unwrap(), found[2]);
    let foreign = installation.org("other").await.owner().await;
    assert_refused!(
        foreign.owner().unwrap().accounts().get(found[2].id).await,
        Error::NotFound
    );
}

//! Credentials at the door: what opens it, and why it stays shut.

use std::{sync::Arc, time::Duration};

use wicketgate_auth::{Denied, Reason, Role, Token};
use wicketgate_domain::{DEFAULT_DOMAIN, Error, PersonalAccessToken, Refusal};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant, assert_refused};

both_engines! {
    run with crate::harness::run:
    a_token_opens_its_organization_with_the_role_of_its_service_user,
    every_form_of_the_header_opens_the_door,
    a_missing_or_malformed_credential_is_refused,
    an_unknown_token_is_refused,
    a_token_with_another_secret_is_refused,
    a_revoked_token_is_refused_at_once,
    revoking_twice_keeps_the_first_time_and_says_it_once,
    a_token_expires_by_the_clock_of_the_database,
    a_token_that_has_not_expired_is_accepted,
    several_tokens_of_one_service_user_live_side_by_side,
    lives_out_of_bounds_are_refused,
    names_of_service_users_are_unique_and_checked,
    a_list_of_tokens_holds_no_secret,
    a_token_keeps_working_after_the_pepper_was_read_anew,
}

const DAY: Duration = Duration::from_hours(24);

async fn issue(org: &Tenant, name: &str, life: Option<Duration>) -> (PersonalAccessToken, Token) {
    let owner = org.owner().await;
    let owner = owner.owner().unwrap();
    let service_user = owner
        .service_users()
        .create(name, Role::OrgUserManager, DEFAULT_DOMAIN)
        .await
        .unwrap();
    owner.tokens().create(service_user.id, name, life).await.unwrap()
}

async fn refusal(installation: &Installation, org: &Tenant, authorization: &str) -> Reason {
    match installation.enter(org.id, authorization).await {
        Err(Refusal::Denied(Denied::Unauthenticated(reason))) => reason,
        other => panic!("{other:?}"),
    }
}

async fn a_token_opens_its_organization_with_the_role_of_its_service_user(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    assert_eq!(org.request().await.id(), org.id);
    assert!(org.owner().await.owner().is_ok());
    assert!(org.request().await.user_manager().is_ok());
    match org.request().await.owner() {
        Err(Error::Forbidden {
            held: Role::OrgUserManager,
            needed: Role::OrgOwner,
        }) => {}
        other => panic!("{other:?}"),
    }
    match org.reader().await.user_manager() {
        Err(Error::Forbidden {
            held: Role::OrgUserReader,
            needed: Role::OrgUserManager,
        }) => {}
        other => panic!("{other:?}"),
    }
}

async fn every_form_of_the_header_opens_the_door(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (_, token) = issue(&org, "okta", None).await;
    let token = token.reveal();
    for header in [
        format!("Bearer {token}"),
        format!("bearer {token}"),
        token.to_owned(),
        format!("Bearer Bearer {token}"),
    ] {
        assert!(installation.enter(org.id, &header).await.is_ok());
    }
}

async fn a_missing_or_malformed_credential_is_refused(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (_, token) = issue(&org, "okta", None).await;
    let cut = token.reveal().split_at(40).0.to_owned();
    assert_eq!(refusal(&installation, &org, "").await, Reason::Missing);
    assert_eq!(refusal(&installation, &org, "Bearer").await, Reason::Missing);
    for malformed in [
        "Bearer hello".to_owned(),
        format!("Bearer {cut}"),
        format!("Bearer {}x", token.reveal()),
    ] {
        assert_eq!(refusal(&installation, &org, &malformed).await, Reason::Malformed);
    }
}

async fn an_unknown_token_is_refused(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let never_issued = "wicket_pat_0123456789ABCDEF0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg4GKLZr";
    assert_eq!(refusal(&installation, &org, never_issued).await, Reason::Unknown);
}

async fn a_token_with_another_secret_is_refused(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (_, token) = issue(&org, "okta", None).await;
    // The same id with another secret and its right checksum: found by trying the checksum's digits.
    let forged = forge(token.reveal());
    assert_eq!(refusal(&installation, &org, &forged).await, Reason::WrongSecret);
    assert!(installation.enter(org.id, token.reveal()).await.is_ok());
}

/// The token with the first character of its secret changed and the checksum made right.
fn forge(token: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let start = "wicket_pat_".len() + 16;
    let mut bytes = token.as_bytes().to_vec();
    bytes[start] = if bytes[start] == b'a' { b'b' } else { b'a' };
    let body = bytes.len() - 6;
    let mut checksum = crc32(&bytes[..body]);
    for place in (body..bytes.len()).rev() {
        bytes[place] = DIGITS[usize::try_from(checksum % 62).unwrap()];
        checksum /= 62;
    }
    let forged = String::from_utf8(bytes).unwrap();
    assert!(Token::parse(&forged).is_ok(), "the checksum is right: {forged}");
    forged
}

/// CRC-32 as in ISO 3309, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

async fn a_revoked_token_is_refused_at_once(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (token, secret) = issue(&org, "okta", None).await;
    assert!(installation.enter(org.id, secret.reveal()).await.is_ok());
    org.owner()
        .await
        .owner()
        .unwrap()
        .tokens()
        .revoke(token.id)
        .await
        .unwrap();
    assert_eq!(
        refusal(&installation, &org, secret.reveal()).await,
        Reason::Revoked
    );
    assert!(installation.enter(org.id, &org.authorization()).await.is_ok());
}

async fn revoking_twice_keeps_the_first_time_and_says_it_once(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (token, _) = issue(&org, "okta", None).await;
    let seq = org.last_seq().await;
    let owner = org.owner().await;
    let owner = owner.owner().unwrap();
    owner.tokens().revoke(token.id).await.unwrap();
    let revoked = owner.tokens().list().await.unwrap();
    installation.clock.advance(60_000);
    owner.tokens().revoke(token.id).await.unwrap();
    assert_eq!(owner.tokens().list().await.unwrap(), revoked);
    assert_eq!(revoked.iter().filter(|token| token.revoked.is_some()).count(), 1);
    assert_eq!(org.kinds_after(seq).await, ["credential.revoked"]);
}

async fn a_token_expires_by_the_clock_of_the_database(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    // Issued by a machine whose clock is years behind: the token's life is over on the database's clock.
    installation.clock.set("2020-01-01T00:00:00Z".parse().unwrap());
    let (token, secret) = issue(&org, "okta", Some(DAY)).await;
    assert_eq!(token.expires, Some("2020-01-02T00:00:00Z".parse().unwrap()));
    assert_eq!(
        refusal(&installation, &org, secret.reveal()).await,
        Reason::Expired
    );
}

async fn a_token_that_has_not_expired_is_accepted(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    installation
        .clock
        .set(installation.instance.database_time().await.unwrap());
    let (_, secret) = issue(&org, "okta", Some(DAY)).await;
    // The machine's clock does not matter.
    installation.clock.set("2099-01-01T00:00:00Z".parse().unwrap());
    assert!(installation.enter(org.id, secret.reveal()).await.is_ok());
}

async fn several_tokens_of_one_service_user_live_side_by_side(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let owner = org.owner().await;
    let owner = owner.owner().unwrap();
    let service_user = owner
        .service_users()
        .create("Okta", Role::OrgUserManager, DEFAULT_DOMAIN)
        .await
        .unwrap();
    let (old, old_secret) = owner.tokens().create(service_user.id, "old", None).await.unwrap();
    installation.clock.advance(1_000);
    let (new, new_secret) = owner.tokens().create(service_user.id, "new", None).await.unwrap();
    for secret in [&old_secret, &new_secret] {
        assert!(installation.enter(org.id, secret.reveal()).await.is_ok());
    }
    let listed: Vec<_> = owner
        .tokens()
        .list()
        .await
        .unwrap()
        .into_iter()
        .filter(|token| token.service_user == service_user.id)
        .map(|token| token.id)
        .collect();
    assert_eq!(listed, [new.id, old.id]);
    owner.tokens().revoke(old.id).await.unwrap();
    assert_eq!(
        refusal(&installation, &org, old_secret.reveal()).await,
        Reason::Revoked
    );
    assert!(installation.enter(org.id, new_secret.reveal()).await.is_ok());
}

async fn lives_out_of_bounds_are_refused(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let owner = org.owner().await;
    let owner = owner.owner().unwrap();
    let service_user = owner
        .service_users()
        .create("Okta", Role::OrgUserManager, DEFAULT_DOMAIN)
        .await
        .unwrap();
    let seq = org.last_seq().await;
    for life in [Duration::ZERO, DAY * 731, Duration::MAX] {
        assert_refused!(
            owner.tokens().create(service_user.id, "x", Some(life)).await,
            Error::Refused {
                field: "expires-in",
                ..
            }
        );
    }
    assert!(
        owner
            .tokens()
            .create(service_user.id, "x", Some(DAY * 730))
            .await
            .is_ok()
    );
    assert_eq!(org.kinds_after(seq).await, ["credential.created"]);
}

async fn names_of_service_users_are_unique_and_checked(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let owner = org.owner().await;
    let owner = owner.owner().unwrap();
    owner
        .service_users()
        .create("Okta", Role::OrgUserManager, DEFAULT_DOMAIN)
        .await
        .unwrap();
    assert_refused!(
        owner
            .service_users()
            .create(" oKTA ", Role::OrgUserReader, DEFAULT_DOMAIN)
            .await,
        Error::AlreadyExists { attribute: "name" }
    );
    for name in ["", "  ", "a\nb", &"x".repeat(201)] {
        assert_refused!(
            owner
                .service_users()
                .create(name, Role::OrgUserManager, DEFAULT_DOMAIN)
                .await,
            Error::Refused { field: "name", .. }
        );
    }
    for domain in ["", " ", "a b", "ä", &"x".repeat(65)] {
        assert_refused!(
            owner
                .service_users()
                .create("Entra", Role::OrgUserManager, domain)
                .await,
            Error::Refused {
                field: "provisioning-domain",
                ..
            }
        );
    }
    assert_eq!(owner.service_users().list().await.unwrap().len(), 4);
}

async fn a_list_of_tokens_holds_no_secret(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (_, secret) = issue(&org, "okta", None).await;
    let owner = org.owner().await;
    let owner = owner.owner().unwrap();
    let shown = format!(
        "{:?}{:?}",
        owner.tokens().list().await.unwrap(),
        org.events().await
    );
    let hidden = secret.reveal().get("wicket_pat_".len() + 16..).unwrap();
    assert!(!shown.contains(hidden));
    assert!(!shown.contains(hidden.get(..20).unwrap()));
}

async fn a_token_keeps_working_after_the_pepper_was_read_anew(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (_, secret) = issue(&org, "okta", None).await;
    let again = installation.restarted();
    assert!(again.enter(org.id, secret.reveal()).await.is_ok());
    let other = installation.restarted_without_pepper();
    assert_eq!(
        refusal(&other, &org, secret.reveal()).await,
        Reason::PepperMissing
    );
}

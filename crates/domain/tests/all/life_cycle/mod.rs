//! What happens to credentials after they were issued: revocation, expiry, last use, leaks, and in `rotation.rs` what
//! takes their place; in `purge.rs`, the end of an organization. Whether one opens the door at all is in `tokens.rs`.

mod purge;
mod rotation;

use std::{sync::Arc, time::Duration};

use wicketgate_auth::{Denied, Reason, Role, ServiceUserId, Token, TokenKind};
use wicketgate_domain::{Caller, DEFAULT_DOMAIN, ExportFirst, Org, PersonalAccessToken, Refusal};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant};

both_engines! {
    run with crate::harness::run:
    a_disabled_service_user_opens_nothing_until_it_is_enabled,
    a_role_changes_with_the_next_request,
    all_credentials_of_a_service_user_are_revoked_together,
    all_credentials_of_an_organization_are_revoked_together,
    a_deleted_organization_opens_to_nobody,
    the_last_use_is_written_in_batches_and_only_forward,
    every_notice_is_given_once_whoever_gives_it,
    the_time_to_the_first_expiry_is_known_for_each_organization,
    a_leaked_token_is_revoked_and_nothing_else_is_told,
    other_kinds_of_tokens_open_nothing,
}

const DAY: Duration = Duration::from_hours(24);

/// An organization whose clock shows the database's time, with a service user.
async fn setting(installation: &Arc<Installation>) -> (Tenant, Org, ServiceUserId) {
    installation
        .clock
        .set(installation.instance.database_time().await.unwrap());
    let org = installation.org("acme").await;
    let door = installation.instance.org(org.id).await.unwrap();
    let service_user = door
        .owner()
        .unwrap()
        .service_users()
        .create("Okta", Role::OrgUserManager, DEFAULT_DOMAIN)
        .await
        .unwrap()
        .id;
    (org, door, service_user)
}

async fn issue(
    door: &Org,
    service_user: ServiceUserId,
    life: Option<Duration>,
) -> (PersonalAccessToken, Token) {
    let owner = door.owner().unwrap();
    owner.tokens().create(service_user, "okta", life).await.unwrap()
}

async fn reason(installation: &Installation, org: &Tenant, token: &Token) -> Option<Reason> {
    match installation.enter(org.id, token.reveal()).await {
        Ok(_) => None,
        Err(Refusal::Denied(Denied::Unauthenticated(reason))) => Some(reason),
        other => panic!("{other:?}"),
    }
}

async fn get(door: &Org, token: &PersonalAccessToken) -> PersonalAccessToken {
    let all = door.owner().unwrap().tokens().list().await.unwrap();
    all.into_iter().find(|known| known.id == token.id).unwrap()
}

async fn a_disabled_service_user_opens_nothing_until_it_is_enabled(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (_, secret) = issue(&door, service_user, None).await;
    let other_process = installation.restarted();
    let seq = org.last_seq().await;
    let owner = door.owner().unwrap();
    let users = owner.service_users();
    assert!(!users.set_active(service_user, false).await.unwrap().active);
    assert_eq!(
        reason(&other_process, &org, &secret).await,
        Some(Reason::ServiceUserDisabled)
    );
    users.set_active(service_user, false).await.unwrap();
    assert!(users.set_active(service_user, true).await.unwrap().active);
    assert_eq!(reason(&other_process, &org, &secret).await, None);
    let events = org.events_after(seq).await;
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["service_user.updated", "service_user.updated"]);
    assert_eq!(events[0].payload["changed"], serde_json::json!(["active"]));
}

async fn a_role_changes_with_the_next_request(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (_, secret) = issue(&door, service_user, None).await;
    let users = door.owner().unwrap();
    let users = users.service_users();
    for (role, writes, owns) in [
        (Role::OrgUserReader, false, false),
        (Role::OrgOwner, true, true),
        (Role::OrgUserManager, true, false),
    ] {
        assert_eq!(users.set_role(service_user, role).await.unwrap().role, role);
        let entered = installation.enter(org.id, secret.reveal()).await.unwrap();
        assert_eq!(entered.user_manager().is_ok(), writes, "{role}");
        assert_eq!(entered.owner().is_ok(), owns, "{role}");
    }
}

async fn all_credentials_of_a_service_user_are_revoked_together(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (_, first) = issue(&door, service_user, None).await;
    let (_, second) = issue(&door, service_user, None).await;
    let seq = org.last_seq().await;
    let owner = door.owner().unwrap();
    assert_eq!(owner.service_users().revoke_all(service_user).await.unwrap(), 2);
    for secret in [&first, &second] {
        assert_eq!(reason(&installation, &org, secret).await, Some(Reason::Revoked));
    }
    assert_eq!(owner.service_users().revoke_all(service_user).await.unwrap(), 0);
    let events = org.events_after(seq).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].payload["count"], 2);
    assert_eq!(events[0].payload["reason"], "all_of_service_user");
}

async fn all_credentials_of_an_organization_are_revoked_together(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (_, secret) = issue(&door, service_user, None).await;
    let other = installation.org("other").await;
    assert_eq!(door.owner().unwrap().revoke_all_credentials().await.unwrap(), 4);
    assert_eq!(reason(&installation, &org, &secret).await, Some(Reason::Revoked));
    assert!(installation.enter(org.id, &org.authorization()).await.is_err());
    assert!(installation.enter(other.id, &other.authorization()).await.is_ok());
}

async fn a_deleted_organization_opens_to_nobody(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (_, secret) = issue(&door, service_user, None).await;
    let instance = &installation.instance;
    instance.delete_org(org.id, ExportFirst::NotWanted).await.unwrap();
    drop(door);
    assert_eq!(
        reason(&installation, &org, &secret).await,
        Some(Reason::OrgDeleted)
    );
}

async fn the_last_use_is_written_in_batches_and_only_forward(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (token, secret) = issue(&door, service_user, None).await;
    let caller = Caller::new("198.51.100.77".parse().ok(), Some("Okta SCIM Client 1.0.0"));
    installation
        .enter_from(org.id, secret.reveal(), caller)
        .await
        .unwrap();
    assert_eq!(get(&door, &token).await.last_used, None);
    installation.instance.gateway().flush_last_used().await.unwrap();
    let used = get(&door, &token).await.last_used.unwrap();
    assert_eq!(used.network.as_deref(), Some("198.51.100.0/24"));
    assert_eq!(used.user_agent.as_deref(), Some("Okta SCIM Client 1.0.0"));
    assert_eq!(used.at, token.created);

    // Another process has seen an earlier use, and writes it later.
    let behind = installation.restarted();
    behind.clock.set("2020-01-01T00:00:00Z".parse().unwrap());
    behind.enter(org.id, secret.reveal()).await.unwrap();
    behind.instance.gateway().flush_last_used().await.unwrap();
    assert_eq!(get(&door, &token).await.last_used, Some(used));
    // A credential that is refused is not used.
    door.owner().unwrap().tokens().revoke(token.id).await.unwrap();
    installation.clock.advance(60_000);
    assert!(installation.enter(org.id, secret.reveal()).await.is_err());
    installation.instance.gateway().flush_last_used().await.unwrap();
    assert_eq!(get(&door, &token).await.last_used.unwrap().at, token.created);
}

async fn every_notice_is_given_once_whoever_gives_it(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    // Issued 80 days ago for 90 days: 10 are left.
    installation.clock.advance(-80 * 24 * 60 * 60 * 1_000);
    let (token, _) = issue(&door, service_user, Some(DAY * 90)).await;
    let (fresh, _) = issue(&door, service_user, Some(DAY * 365)).await;
    let other_process = installation.restarted();
    let seq = org.last_seq().await;
    let (one, other) = tokio::join!(
        installation.instance.warn_of_expiry(),
        other_process.instance.warn_of_expiry()
    );
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.len() + other.len(), 1);
    assert!(installation.instance.warn_of_expiry().await.unwrap().is_empty());
    let events = org.events_after(seq).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].kind, "credential.expiring");
    assert_eq!(events[0].payload["credentialId"], token.id.to_string());
    assert_eq!(events[0].payload["days"], 14);
    assert_eq!(events[0].actor["type"], "gateway");
    // An overlap that ends is an expiry too; the notice that it begins with is not given.
    installation
        .clock
        .set(installation.instance.database_time().await.unwrap());
    let owner = door.owner().unwrap();
    owner.tokens().start_rotation(fresh.id, DAY * 7).await.unwrap();
    assert!(installation.instance.warn_of_expiry().await.unwrap().is_empty());
}

async fn the_time_to_the_first_expiry_is_known_for_each_organization(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    assert!(
        installation
            .instance
            .seconds_to_expiry()
            .await
            .unwrap()
            .is_empty()
    );
    issue(&door, service_user, Some(DAY * 90)).await;
    issue(&door, service_user, Some(DAY * 10)).await;
    let known = installation.instance.seconds_to_expiry().await.unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(known[0].0, org.id);
    let ten_days = 10 * 24 * 60 * 60;
    assert!((ten_days - 600..=ten_days).contains(&known[0].1), "{known:?}");
}

async fn a_leaked_token_is_revoked_and_nothing_else_is_told(installation: Arc<Installation>) {
    let (org, door, service_user) = setting(&installation).await;
    let (token, secret) = issue(&door, service_user, None).await;
    let seq = org.last_seq().await;
    let gateway = installation.instance.gateway();
    let never_issued = "wicket_pat_0123456789ABCDEF0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg4GKLZr";
    let texts = [secret.reveal(), never_issued, "hello"];
    for _ in 0..2 {
        let verdicts = gateway.report_leak(&texts, "request-x").await.unwrap();
        let said: Vec<_> = verdicts
            .iter()
            .map(|verdict| (verdict.kind, verdict.genuine))
            .collect();
        assert_eq!(
            said,
            [
                (Some(TokenKind::PersonalAccessToken), true),
                (Some(TokenKind::PersonalAccessToken), false),
                (None, false)
            ]
        );
    }
    assert_eq!(reason(&installation, &org, &secret).await, Some(Reason::Revoked));
    assert_eq!(get(&door, &token).await.revoke_reason.as_deref(), Some("leaked"));
    let events = org.events_after(seq).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].payload["reason"], "leaked");
    assert!(installation.enter(org.id, &org.authorization()).await.is_ok());
}

async fn other_kinds_of_tokens_open_nothing(installation: Arc<Installation>) {
    let (org, _, _) = setting(&installation).await;
    for kind in TokenKind::ALL {
        let made = Token::generate(kind, &mut wicketgate_auth::OsEntropy);
        let expected = match kind {
            TokenKind::PersonalAccessToken | TokenKind::AccessToken => Reason::Unknown,
            _ => Reason::WrongKind,
        };
        assert_eq!(
            reason(&installation, &org, &made).await,
            Some(expected),
            "{kind:?}"
        );
    }
}

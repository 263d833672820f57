//! The audit log: what is written into it, who reads it and how. Whether it is whole is in `verify.rs`.

mod verify;

use std::{collections::BTreeSet, sync::Arc};

use serde_json::json;
use wicketgate_auth::Role;
use wicketgate_domain::{AuditEntry, AuditQuery, DEFAULT_DOMAIN, Error, Settings};
use wicketgate_testbed::both_engines;

use crate::harness::{Busy, Installation, Tenant, assert_refused, user};

both_engines! {
    run with crate::harness::run:
    every_kind_of_change_says_what_was_before_and_after_and_no_secret,
    numbers_have_no_gaps_under_concurrent_changes,
    provisioning_by_a_service_user_is_not_audited_and_by_a_person_is,
    pages_go_from_the_newest_to_the_oldest,
    entries_are_found_by_actor_kind_resource_and_time,
    actors_and_targets_have_the_names_of_now,
    owners_alone_read_the_log,
    what_cannot_be_asked_for_is_refused_by_name,
    what_is_refused_is_not_audited,
}

async fn page(org: &Tenant, query: AuditQuery) -> Vec<AuditEntry> {
    let org = org.owner().await;
    org.owner().unwrap().audit().page(query).await.unwrap().entries
}

async fn newest(org: &Tenant, limit: u16) -> Vec<AuditEntry> {
    let query = AuditQuery {
        limit,
        ..AuditQuery::default()
    };
    page(org, query).await
}

/// The kinds of all events, as the source names them.
fn all_kinds() -> BTreeSet<&'static str> {
    let source = include_str!("../../../src/event.rs");
    let kinds: BTreeSet<&str> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Self::")?.split_once(" => \""))
        .map(|(_, rest)| rest.trim_end_matches("\","))
        .filter(|kind| kind.contains('.') && !kind.contains('"'))
        .collect();
    assert!(kinds.len() > 35, "{kinds:?}");
    kinds
}

async fn every_kind_of_change_says_what_was_before_and_after_and_no_secret(installation: Arc<Installation>) {
    let busy = Busy::new(&installation).await;
    let entries = newest(&busy.org, 500).await;
    let seen: BTreeSet<&str> = entries.iter().map(|entry| entry.kind.as_str()).collect();
    for kind in all_kinds() {
        let is_provisioning = kind.starts_with("user.") || kind.starts_with("group.");
        assert!(is_provisioning || seen.contains(kind), "{kind} was not audited");
    }
    assert!(seen.contains("user.created"), "the operator created a user");
    assert!(
        !seen.contains("group.created"),
        "a service user created the group"
    );
    for entry in &entries {
        let payload = &entry.payload;
        if entry.kind.starts_with("user.") || entry.kind.starts_with("group.") {
            continue;
        }
        for (name, is_there) in [
            ("data", payload["data"].is_object()),
            ("previous", payload["previous"].is_object()),
            ("changed", payload["changed"].is_array()),
        ] {
            assert!(is_there, "{}: {name}: {payload}", entry.kind);
        }
        for secret in &busy.secrets {
            assert!(!payload.to_string().contains(secret.as_str()), "{}", entry.kind);
        }
    }
    let change = |kind: &str| {
        let found = entries.iter().find(|entry| entry.kind == kind).unwrap();
        (found.payload["previous"].clone(), found.payload["data"].clone())
    };
    assert_eq!(
        change("account.role_changed"),
        (json!({"role": "org_owner"}), json!({"role": "org_viewer"}))
    );
    assert_eq!(
        change("account.removed"),
        (json!({"role": "org_viewer"}), json!({}))
    );
    assert_eq!(
        change("org.paused"),
        (json!({"state": "active"}), json!({"state": "paused"}))
    );
    assert_eq!(
        change("org.deleted"),
        (json!({"state": "active"}), json!({"state": "deleted"}))
    );
    assert_eq!(
        change("credential.revoked"),
        (json!({"revoked": false}), json!({"revoked": true}))
    );
    assert_eq!(
        change("service_user.updated").0,
        json!({"role": "org_user_reader"})
    );
    assert_eq!(
        change("identity_provider.removed").0["issuer"],
        "https://gone.example.com"
    );
}

async fn numbers_have_no_gaps_under_concurrent_changes(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..12 {
        let org = org.clone();
        tasks.spawn(async move {
            let name = format!("idp-{number}");
            let open = org.owner().await;
            crate::harness::served(|| async {
                let owner = open.owner()?;
                owner
                    .service_users()
                    .create(&name, Role::OrgUserReader, DEFAULT_DOMAIN)
                    .await
            })
            .await
            .unwrap();
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let entries = newest(&org, 500).await;
    let numbers: Vec<i64> = entries.iter().map(|entry| entry.number).collect();
    let last = i64::try_from(entries.len()).unwrap();
    assert_eq!(numbers, (1..=last).rev().collect::<Vec<_>>());
    let checks = installation.instance.verify_audit(None).await.unwrap();
    assert_eq!((checks.len(), checks[0].entries), (1, last));
    assert_eq!(checks[0].breaks, []);
    assert_eq!(checks[0].head, entries[0].hash);
}

async fn provisioning_by_a_service_user_is_not_audited_and_by_a_person_is(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let before = newest(&org, 1).await[0].number;
    org.user("anna").await;
    assert_eq!(newest(&org, 1).await[0].number, before);
    let door = installation.instance.org(org.id).await.unwrap();
    let users = door.user_manager().unwrap().users();
    let bert = users.create(user("bert")).await.unwrap().resource;
    let entry = newest(&org, 1).await.remove(0);
    assert_eq!((entry.kind.as_str(), entry.number), ("user.created", before + 2));
    assert_eq!(entry.resource, Some(*bert.id.as_uuid()));
    assert_eq!(entry.target_name.as_deref(), Some("bert"));
    assert_eq!(entry.event_seq, org.last_seq().await);
    assert_eq!(org.totals().await, (2, 2, 0));
}

async fn pages_go_from_the_newest_to_the_oldest(installation: Arc<Installation>) {
    let busy = Busy::new(&installation).await;
    let all = newest(&busy.org, 500).await;
    let open = busy.org.owner().await;
    let owner = open.owner().unwrap();
    let mut read = Vec::new();
    let mut query = AuditQuery {
        limit: 7,
        ..AuditQuery::default()
    };
    loop {
        let page = owner.audit().page(query.clone()).await.unwrap();
        assert!(page.entries.len() <= 7);
        read.extend(page.entries);
        match page.next {
            Some(next) => query.before = Some(next),
            None => break,
        }
    }
    assert_eq!(read, all);
}

async fn entries_are_found_by_actor_kind_resource_and_time(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let start = installation.instance.org(org.id).await.unwrap();
    let owner = start.owner().unwrap();
    installation.clock.advance(60_000);
    let okta = owner
        .service_users()
        .create("okta", Role::OrgUserManager, DEFAULT_DOMAIN)
        .await
        .unwrap();
    let (token, _) = owner.tokens().create(okta.id, "okta-1", None).await.unwrap();
    installation.clock.advance(60_000);
    owner.tokens().revoke(token.id).await.unwrap();
    org.set(Settings {
        log_days: 30,
        ..Settings::default()
    })
    .await;

    let found = async |query: AuditQuery| -> Vec<String> {
        let entries = page(&org, query).await;
        entries.into_iter().map(|entry| entry.kind).collect()
    };
    let all = AuditQuery::default;
    let by_kind = |kind: &str| AuditQuery {
        kind: Some(kind.to_owned()),
        ..all()
    };
    assert_eq!(found(by_kind("credential.revoked")).await, ["credential.revoked"]);
    assert_eq!(found(by_kind("credential.")).await.len(), 5);
    assert_eq!(found(by_kind("credential")).await.len(), 0);
    let resource = Some(*okta.id.as_uuid());
    assert_eq!(
        found(AuditQuery { resource, ..all() }).await,
        ["credential.created", "service_user.created"]
    );
    let updated = page(&org, by_kind("org.updated")).await.remove(0);
    let id = updated.actor["id"].as_str().unwrap().to_owned();
    let actor = Some(id);
    assert_eq!(found(AuditQuery { actor, ..all() }).await, ["org.updated"]);
    let actor = Some("operator".to_owned());
    let by_operator = found(AuditQuery { actor, ..all() }).await;
    assert!(!by_operator.contains(&"org.updated".to_owned()) && by_operator.len() > 5);
    let from = Some(updated.occurred);
    assert_eq!(
        found(AuditQuery { from, ..all() }).await,
        ["org.updated", "credential.revoked"]
    );
    let query = AuditQuery {
        to: from,
        kind: Some("credential.".to_owned()),
        resource,
        ..all()
    };
    assert_eq!(found(query).await, ["credential.created"]);
}

async fn actors_and_targets_have_the_names_of_now(installation: Arc<Installation>) {
    let busy = Busy::new(&installation).await;
    let entries = newest(&busy.org, 500).await;
    let named = |kind: &str| {
        let found = entries.iter().find(|entry| entry.kind == kind).unwrap();
        (found.actor_name.as_deref(), found.target_name.as_deref())
    };
    assert_eq!(named("credential.rotated"), (None, Some("okta-1")));
    assert_eq!(named("service_user.updated"), (None, Some("okta")));
    assert_eq!(named("client.updated"), (None, Some("okta")));
    assert_eq!(named("grant.approved"), (Some("org_owner"), Some("okta")));
    assert_eq!(named("account.removed"), (None, Some("otto@example.com")));
    assert_eq!(
        named("account.identity_linked"),
        (Some("olga@example.com"), Some("olga@example.com"))
    );
}

async fn owners_alone_read_the_log(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for open in [org.request().await, org.reader().await] {
        assert_refused!(open.owner(), Error::Forbidden { .. });
    }
    let other = installation.org("globex").await;
    let ours = newest(&org, 500).await;
    assert!(
        newest(&other, 500)
            .await
            .iter()
            .all(|entry| !ours.contains(entry))
    );
}

async fn what_cannot_be_asked_for_is_refused_by_name(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let open = org.owner().await;
    let owner = open.owner().unwrap();
    let at = "2026-06-01T00:00:00Z".parse().ok();
    for (field, query) in [
        (
            "limit",
            AuditQuery {
                limit: 0,
                ..AuditQuery::default()
            },
        ),
        (
            "limit",
            AuditQuery {
                limit: 501,
                ..AuditQuery::default()
            },
        ),
        (
            "kind",
            AuditQuery {
                kind: Some("a b".to_owned()),
                ..AuditQuery::default()
            },
        ),
        (
            "actor",
            AuditQuery {
                actor: Some("a\u{0}".to_owned()),
                ..AuditQuery::default()
            },
        ),
        (
            "to",
            AuditQuery {
                from: at,
                to: at,
                ..AuditQuery::default()
            },
        ),
    ] {
        let refused = owner.audit().page(query).await.unwrap_err();
        assert!(
            matches!(refused, Error::Refused { field: named, .. } if named == field),
            "{field}: {refused}"
        );
    }
}

async fn what_is_refused_is_not_audited(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let before = newest(&org, 1).await;
    let open = org.owner().await;
    let service_users = open.owner().unwrap();
    assert_refused!(
        service_users
            .service_users()
            .create("org_owner", Role::OrgOwner, DEFAULT_DOMAIN)
            .await,
        Error::AlreadyExists { .. }
    );
    assert_eq!(newest(&org, 1).await, before);
}

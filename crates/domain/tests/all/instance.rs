//! The installation: opening it, its organizations, and whether it is ready.

use std::sync::Arc;

use wicketgate_auth::{OrgId, OrgState};
use wicketgate_domain::{DatabaseOptions, Error, Instance, RequestLimits, Settings, UniqueIdentifier};
use wicketgate_scim::Mode;
use wicketgate_testbed::{Database, both_engines};

use crate::harness::{Installation, assert_refused, unmigrated};

both_engines! {
    run with crate::harness::run:
    organizations_are_listed_the_oldest_first,
    a_name_of_an_organization_is_checked,
    an_unknown_organization_cannot_be_entered,
    settings_take_effect_with_the_next_request,
    every_setting_is_kept_and_its_change_says_what_was_before,
    a_setting_out_of_its_range_is_refused_by_name,
    pausing_and_resuming_are_seen_by_the_next_request,
    a_migrated_database_is_ready,
    the_clock_of_the_database_is_the_machines,
}

both_engines! {
    a_database_without_migrations_is_not_ready,
}

async fn organizations_are_listed_the_oldest_first(installation: Arc<Installation>) {
    let mut created = Vec::new();
    for name in ["Acme", " Globex ", "Acme"] {
        installation.clock.advance(1);
        created.push(installation.instance.create_org(name).await.unwrap());
    }
    assert_eq!(installation.instance.orgs().await.unwrap(), created);
    assert_eq!(created[1].name, "Globex");
    assert_eq!(
        (created[0].state, &created[0].settings),
        (OrgState::Active, &Settings::default())
    );
    assert_eq!(
        created[2].created.as_millisecond() - created[0].created.as_millisecond(),
        2
    );
}

async fn a_name_of_an_organization_is_checked(installation: Arc<Installation>) {
    for name in ["", " \t", "two\nlines", &"x".repeat(201)] {
        assert_refused!(
            installation.instance.create_org(name).await,
            Error::Refused { field: "name", .. }
        );
    }
    installation.instance.create_org(&"ü".repeat(200)).await.unwrap();
    assert_eq!(installation.instance.orgs().await.unwrap().len(), 1);
}

async fn an_unknown_organization_cannot_be_entered(installation: Arc<Installation>) {
    let unknown: OrgId = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88".parse().unwrap();
    assert_refused!(installation.instance.org(unknown).await, Error::NotFound);
}

async fn settings_take_effect_with_the_next_request(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let open = org.request().await;
    for mode in [Mode::Strict, Mode::Interop, Mode::Tolerant] {
        for unique_identifier in [UniqueIdentifier::Email, UniqueIdentifier::UserName] {
            let settings = Settings {
                mode,
                unique_identifier,
                ..Settings::default()
            };
            org.set(settings.clone()).await;
            assert_eq!(org.request().await.settings(), &settings);
            assert_eq!(
                org.owner().await.owner().unwrap().show().await.unwrap().settings,
                settings
            );
        }
    }
    assert_eq!(open.settings(), &Settings::default());
}

async fn every_setting_is_kept_and_its_change_says_what_was_before(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let seq = org.last_seq().await;
    let settings = Settings {
        mode: Mode::Strict,
        unique_identifier: UniqueIdentifier::Email,
        longest_token_days: 90,
        endless_tokens: false,
        log_days: 30,
        body_days: 30,
        grace_days: 90,
        requests: RequestLimits {
            per_second: 1,
            burst: 2,
            at_a_time: 3,
        },
    };
    org.set(settings.clone()).await;
    assert_eq!(org.request().await.settings(), &settings);
    org.set(settings.clone()).await;

    let events = org.owner().await.owner().unwrap().events(seq, 10).await.unwrap();
    let updates: Vec<_> = events
        .iter()
        .filter(|event| event.kind == "org.updated")
        .collect();
    assert_eq!(updates.len(), 1, "what changes nothing is no event");
    let payload = &updates[0].payload;
    assert_eq!(payload["previous"]["requestsPerSecond"], 50);
    assert_eq!(payload["data"]["requestsPerSecond"], 1);
    assert_eq!(payload["changed"].as_array().unwrap().len(), 10);
}

async fn a_setting_out_of_its_range_is_refused_by_name(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let with = |change: fn(&mut Settings)| {
        let mut settings = Settings::default();
        change(&mut settings);
        settings
    };
    for (field, settings) in [
        ("keep-log", with(|settings| settings.log_days = 6)),
        ("keep-log", with(|settings| settings.log_days = 366)),
        ("keep-bodies", with(|settings| settings.body_days = 8)),
        (
            "keep-bodies",
            with(|settings| (settings.log_days, settings.body_days) = (7, 30)),
        ),
        ("keep-deleted", with(|settings| settings.grace_days = 0)),
        ("keep-deleted", with(|settings| settings.grace_days = 91)),
        (
            "requests-per-second",
            with(|settings| settings.requests.per_second = 10_001),
        ),
        ("request-burst", with(|settings| settings.requests.burst = 10_001)),
        (
            "concurrent-requests",
            with(|settings| settings.requests.at_a_time = 1_001),
        ),
    ] {
        let owner = org.owner().await;
        let refused = owner.owner().unwrap().set(settings).await.unwrap_err();
        assert!(
            matches!(refused, Error::Refused { field: named, .. } if named == field),
            "{field}: {refused}"
        );
    }
    assert_eq!(org.request().await.settings(), &Settings::default());
}

async fn pausing_and_resuming_are_seen_by_the_next_request(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let seq = org.last_seq().await;
    assert!(!org.request().await.is_paused());
    org.owner().await.owner().unwrap().pause().await.unwrap();
    assert!(org.request().await.is_paused());
    assert_eq!(
        installation.instance.orgs().await.unwrap()[0].state,
        OrgState::Paused
    );
    org.owner().await.owner().unwrap().resume().await.unwrap();
    assert!(!org.request().await.is_paused());
    assert_eq!(org.kinds_after(seq).await, ["org.paused", "org.resumed"]);
}

async fn a_migrated_database_is_ready(installation: Arc<Installation>) {
    installation.instance.gateway().ready().await.unwrap();
}

async fn the_clock_of_the_database_is_the_machines(installation: Arc<Installation>) {
    let earlier = installation.instance.database_time().await.unwrap();
    let later = installation.instance.database_time().await.unwrap();
    assert!(earlier <= later);
    assert!(earlier > "2025-01-01T00:00:00Z".parse().unwrap());
}

fn a_database_without_migrations_is_not_ready(database: &Database) {
    let instance = unmigrated(database);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    assert_refused!(
        runtime.block_on(instance.gateway().ready()),
        Error::Unavailable(_)
    );
    Instance::migrate(&DatabaseOptions {
        migrate_url: database.owner_url(),
        ..DatabaseOptions::new(database.application_url())
    })
    .unwrap();
    runtime.block_on(instance.gateway().ready()).unwrap();
}

#[test]
fn a_url_of_another_kind_is_refused() {
    for url in [
        "",
        "sqlite://",
        "mysql://x",
        "/var/lib/wicketgate.db",
        "SQLITE://x",
    ] {
        assert_refused!(
            Instance::migrate(&DatabaseOptions::new(url)),
            Error::Refused {
                field: "database-url",
                ..
            }
        );
    }
}

#[test]
fn a_database_that_cannot_be_reached_is_unavailable() {
    for url in [
        "sqlite:///nonexistent/folder/x.db",
        "postgres://nobody@127.0.0.1:1/x",
    ] {
        assert_refused!(
            Instance::migrate(&DatabaseOptions::new(url)),
            Error::Unavailable(_)
        );
    }
}

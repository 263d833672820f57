//! The provisioning log as an organization's own people read it.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;
use wicketgate_auth::OrgId;
use wicketgate_domain::{
    Action, Caller, Entry, Failure, LogId, LogPage, LogQuery, LogRow, Org, Precondition, Refusal, Settings,
    Tail, UserId,
};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant, object, user};

both_engines! {
    run with crate::harness::run:
    pages_go_from_the_newest_to_the_oldest,
    rows_are_found_by_what_they_are_about,
    a_search_that_finds_little_goes_on_in_steps,
    whoever_follows_meets_each_row_once_even_where_it_comes_late,
    an_organization_reads_its_own_log_alone,
    a_duplicate_names_who_holds_the_value,
    bodies_are_kept_as_long_as_the_organization_wants,
    rows_are_removed_when_their_time_is_over,
    a_genuine_token_that_is_refused_is_told_to_its_own_organization,
    a_wrong_secret_is_told_to_nobody,
    the_same_refusal_within_a_minute_is_counted,
    a_row_is_written_once_however_often_it_is_handed_in,
    a_request_that_nobody_waited_for_is_told_if_it_may_have_changed_something,
    what_is_put_off_again_and_again_is_counted,
}

fn created(org: &Org, id: UserId, name: &str) -> Entry {
    let mut entry = Entry::new("POST", "/Users");
    entry.sent(org, &object(json!({"userName": name, "password": "hunter2"})));
    entry.about(&id.to_string());
    entry
}

async fn create(tenant: &Tenant, name: &str) -> UserId {
    let org = tenant.request().await;
    let body = user(name);
    let mut entry = Entry::new("POST", "/Users");
    entry.sent(&org, &body);
    let written = org.user_manager().unwrap().users().create(body).await.unwrap();
    entry.wrote(&written);
    org.log(entry.answered(201, Duration::from_millis(3)));
    written.resource.id
}

async fn fail(tenant: &Tenant, name: &str, failure: &Failure, status: u16) {
    let org = tenant.request().await;
    let mut entry = created(&org, UserId::parse(&Uuid::nil().to_string()).unwrap(), name);
    entry.failed(failure, None, "No.");
    org.log(entry.answered(status, Duration::from_millis(1)));
}

async fn flush(tenant: &Tenant) {
    tenant
        .installation()
        .instance
        .gateway()
        .flush_provisioning_log()
        .await
        .unwrap();
}

async fn page(tenant: &Tenant, query: LogQuery) -> LogPage {
    flush(tenant).await;
    let org = tenant.owner().await;
    org.viewer()
        .unwrap()
        .provisioning_log()
        .page(query)
        .await
        .unwrap()
}

async fn rows(tenant: &Tenant, query: LogQuery) -> Vec<LogRow> {
    page(tenant, query).await.rows
}

fn sentences(rows: &[LogRow]) -> Vec<&str> {
    rows.iter().map(|row| row.sentence.as_str()).collect()
}

async fn pages_go_from_the_newest_to_the_oldest(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    for number in 0..5 {
        installation.clock.advance(10);
        create(&tenant, &format!("user{number}")).await;
    }
    let first = page(
        &tenant,
        LogQuery {
            limit: 2,
            ..LogQuery::default()
        },
    )
    .await;
    assert_eq!(sentences(&first.rows), ["Created user4", "Created user3"]);
    let query = LogQuery {
        limit: 3,
        before: first.next,
        ..LogQuery::default()
    };
    let second = page(&tenant, query).await;
    assert_eq!(
        sentences(&second.rows),
        ["Created user2", "Created user1", "Created user0"]
    );
    assert_eq!(second.next, None);
    let row = &second.rows[2];
    assert_eq!(row.action, Action::UserCreated);
    assert_eq!(
        (row.status, row.method.as_deref(), row.route.as_deref()),
        (201, Some("POST"), Some("/Users"))
    );
    let credential = row.credential.as_ref().unwrap();
    assert_eq!(credential.name.as_deref(), Some("test"));
    assert_eq!(credential.service_user_name.as_deref(), Some("org_user_manager"));
}

async fn rows_are_found_by_what_they_are_about(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let anna = create(&tenant, "anna").await;
    installation.clock.advance(1_000);
    let middle = Timestamp::from_millisecond(1_780_304_401_000).unwrap();
    create(&tenant, "bert").await;
    fail(&tenant, "carl", &Failure::VersionConflict, 412).await;
    fail(&tenant, "dora", &Failure::Busy, 429).await;
    let all = rows(&tenant, LogQuery::default()).await;
    assert_eq!(all.len(), 4);
    let any = LogQuery::default;
    let found = async |query| {
        let mut names: Vec<String> = rows(&tenant, query)
            .await
            .into_iter()
            .map(|row| row.target.unwrap().name.unwrap())
            .collect();
        names.sort();
        names.join(" ")
    };
    let credential = all[0].credential.as_ref().unwrap().id;
    let request = *all[3].id.as_uuid();
    let other = "0000000000000000".parse().unwrap();
    let with = |change: fn(&mut LogQuery)| {
        let mut query = LogQuery::default();
        change(&mut query);
        query
    };
    for (query, names) in [
        (
            LogQuery {
                target: Some(*anna.as_uuid()),
                ..any()
            },
            "anna",
        ),
        (
            LogQuery {
                from: Some(middle),
                ..any()
            },
            "bert carl dora",
        ),
        (
            LogQuery {
                until: Some(middle),
                ..any()
            },
            "anna",
        ),
        (
            LogQuery {
                credential: Some(credential),
                ..any()
            },
            "anna bert carl dora",
        ),
        (
            LogQuery {
                credential: Some(other),
                ..any()
            },
            "",
        ),
        (
            LogQuery {
                request: Some(request),
                ..any()
            },
            "anna",
        ),
        (
            with(|query| query.action = Some(Action::UserCreated)),
            "anna bert",
        ),
        (with(|query| query.failed = true), "carl dora"),
        (with(|query| query.status = Some(412)), "carl"),
        (with(|query| query.status = Some(201)), "anna bert"),
        (with(|query| (query.failed, query.status) = (true, Some(201))), ""),
    ] {
        assert_eq!(found(query.clone()).await, names, "{query:?}");
    }
    let query = LogQuery {
        credential: Some(credential),
        action: Some(Action::UserCreateFailed),
        status: Some(429),
        ..any()
    };
    assert_eq!(found(query).await, "dora");
}

async fn a_search_that_finds_little_goes_on_in_steps(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let org = tenant.request().await;
    fail(&tenant, "rare", &Failure::VersionConflict, 412).await;
    installation.clock.advance(1);
    for _ in 0..1_100 {
        let mut entry = Entry::new("POST", "/Users");
        entry.failed(&Failure::Busy, None, "Later.");
        org.log(entry.answered(429, Duration::ZERO));
    }
    let query = LogQuery {
        failed: true,
        status: Some(412),
        ..LogQuery::default()
    };
    let first = page(&tenant, query.clone()).await;
    assert_eq!(first.rows.len(), 0);
    let second = page(
        &tenant,
        LogQuery {
            before: first.next,
            ..query
        },
    )
    .await;
    assert_eq!(sentences(&second.rows), ["Tried to create rare"]);
    assert_eq!(second.next, None);
}

async fn whoever_follows_meets_each_row_once_even_where_it_comes_late(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let owner = tenant.owner().await;
    let viewer = owner.viewer().unwrap();
    let log = viewer.provisioning_log();
    let mut tail: Tail = log.now();
    create(&tenant, "anna").await;
    // A request that took long: it came before, and is handed in after.
    let slow = tenant.request().await;
    installation.clock.advance(2_000);
    create(&tenant, "bert").await;
    flush(&tenant).await;
    assert_eq!(
        sentences(&log.follow(&mut tail).await.unwrap()),
        ["Created anna", "Created bert"]
    );
    installation.clock.advance(-1_000);
    let mut entry = Entry::new("POST", "/Users");
    entry.sent(&slow, &user("carl"));
    entry.failed(&Failure::TooSlow, None, "Late.");
    slow.log(entry.answered(408, Duration::from_secs(10)));
    flush(&tenant).await;
    installation.clock.advance(1_000);
    assert_eq!(
        sentences(&log.follow(&mut tail).await.unwrap()),
        ["Tried to create carl"]
    );
    assert!(log.follow(&mut tail).await.unwrap().is_empty());
    installation.clock.advance(60_000);
    assert!(log.follow(&mut tail).await.unwrap().is_empty());
    create(&tenant, "dora").await;
    flush(&tenant).await;
    assert_eq!(sentences(&log.follow(&mut tail).await.unwrap()), ["Created dora"]);
}

async fn an_organization_reads_its_own_log_alone(installation: Arc<Installation>) {
    let (a, b) = (installation.org("A").await, installation.org("B").await);
    create(&a, "anna").await;
    let row = rows(&a, LogQuery::default()).await.remove(0);
    assert!(rows(&b, LogQuery::default()).await.is_empty());
    let org = b.owner().await;
    let foreign = org.viewer().unwrap().provisioning_log().get(row.id).await;
    let unknown: LogId = Uuid::nil().to_string().parse().unwrap();
    let unknown = org.viewer().unwrap().provisioning_log().get(unknown).await;
    assert_eq!(format!("{foreign:?}"), format!("{unknown:?}"));
    assert!(
        a.request().await.viewer().is_err(),
        "a service user that provisions reads no log"
    );
}

async fn a_duplicate_names_who_holds_the_value(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let anna = create(&tenant, "Anna@example.com").await;
    let failure = Failure::Duplicate {
        attribute: "userName".to_owned(),
    };
    installation.clock.advance(1);
    fail(&tenant, "anna@EXAMPLE.com", &failure, 409).await;
    let row = rows(
        &tenant,
        LogQuery {
            limit: 1,
            ..LogQuery::default()
        },
    )
    .await
    .remove(0);
    let explanation = row.explanation.unwrap();
    assert_eq!(
        explanation.cause,
        format!("Another user of this organization has this userName already: Anna@example.com, id {anna}.")
    );
}

async fn bodies_are_kept_as_long_as_the_organization_wants(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    fail(&tenant, "anna", &Failure::Busy, 429).await;
    let row = rows(&tenant, LogQuery::default()).await.remove(0);
    let get = async |id| {
        let org = tenant.owner().await;
        org.viewer().unwrap().provisioning_log().get(id).await.unwrap().1
    };
    assert_eq!(
        get(row.id).await,
        Some(json!({"userName": "anna", "password": "(hidden)"}))
    );
    installation.clock.advance(8 * 86_400_000);
    assert_eq!(installation.instance.trim_provisioning_logs().await.unwrap(), 1);
    assert_eq!(get(row.id).await, None);
    let settings = Settings {
        body_days: 0,
        ..Settings::default()
    };
    tenant.set(settings).await;
    fail(&tenant, "bert", &Failure::Busy, 429).await;
    let row = rows(&tenant, LogQuery::default()).await.remove(0);
    assert_eq!(row.sentence, "Tried to create bert");
    assert_eq!(get(row.id).await, None);
}

async fn rows_are_removed_when_their_time_is_over(installation: Arc<Installation>) {
    let (short, long) = (installation.org("Short").await, installation.org("Long").await);
    let settings = Settings {
        log_days: 7,
        ..Settings::default()
    };
    short.set(settings).await;
    for tenant in [&short, &long] {
        create(tenant, "anna").await;
    }
    flush(&short).await;
    installation.clock.advance(7 * 86_400_000 + 1);
    create(&short, "bert").await;
    flush(&short).await;
    // Two processes may do so at the same time.
    let other = installation.restarted();
    other.clock.advance(7 * 86_400_000 + 1);
    let (one, two) = tokio::join!(
        installation.instance.trim_provisioning_logs(),
        other.instance.trim_provisioning_logs()
    );
    // Both bodies, and one row.
    assert_eq!(one.unwrap() + two.unwrap(), 3);
    assert_eq!(
        sentences(&rows(&short, LogQuery::default()).await),
        ["Created bert"]
    );
    assert_eq!(
        sentences(&rows(&long, LogQuery::default()).await),
        ["Created anna"]
    );
}

async fn try_to_enter(installation: &Installation, org: OrgId, authorization: &str) -> Refusal {
    let caller = Caller::new(
        Some("198.51.100.7".parse().unwrap()),
        Some("Okta SCIM Client 1.0.0"),
    );
    installation
        .enter_from(org, authorization, caller)
        .await
        .unwrap_err()
}

async fn a_genuine_token_that_is_refused_is_told_to_its_own_organization(installation: Arc<Installation>) {
    installation.synchronize().await;
    let (tenant, other) = (installation.org("A").await, installation.org("B").await);
    let unknown = try_to_enter(&installation, other.id, &tenant.authorization()).await;
    assert!(matches!(unknown, Refusal::Denied(_)));
    let operator = installation.instance.org(tenant.id).await.unwrap();
    let owner = operator.owner().unwrap();
    let tokens = owner.tokens().list().await.unwrap();
    let service_users = owner.service_users().list().await.unwrap();
    let manager = service_users
        .iter()
        .find(|known| known.name == "org_user_manager")
        .unwrap();
    let token = tokens
        .iter()
        .find(|token| token.service_user == manager.id)
        .unwrap();
    let (revoked, secret) = owner.tokens().create(manager.id, "okta-old", None).await.unwrap();
    owner.tokens().revoke(revoked.id).await.unwrap();
    try_to_enter(&installation, tenant.id, &format!("Bearer {}", secret.reveal())).await;
    let (replaced, secret) = owner
        .tokens()
        .create(manager.id, "okta-prod", None)
        .await
        .unwrap();
    owner
        .tokens()
        .start_rotation(replaced.id, Duration::ZERO)
        .await
        .unwrap();
    try_to_enter(&installation, tenant.id, &format!("Bearer {}", secret.reveal())).await;
    owner.service_users().set_active(manager.id, false).await.unwrap();
    try_to_enter(&installation, tenant.id, &tenant.authorization()).await;

    let mut all = rows(&tenant, LogQuery::default()).await;
    all.sort_by(|one, other| one.failure.cmp(&other.failure));
    let told: Vec<(&str, u16, String)> = all
        .iter()
        .map(|row| {
            let cause = row.explanation.as_ref().unwrap().cause.clone();
            (row.failure.as_deref().unwrap(), row.status, cause)
        })
        .collect();
    let failures: Vec<(&str, u16)> = told
        .iter()
        .map(|(failure, status, _)| (*failure, *status))
        .collect();
    assert_eq!(
        failures,
        [
            ("service_user_disabled", 401),
            ("token_replaced", 401),
            ("token_revoked", 401),
            ("wrong_organization", 404),
        ]
    );
    assert!(told[0].2.contains("org_user_manager"), "{}", told[0].2);
    assert!(
        told[1]
            .2
            .contains("okta-prod was replaced by the token okta-prod"),
        "{}",
        told[1].2
    );
    assert!(told[2].2.contains("okta-old was revoked"), "{}", told[2].2);
    assert_eq!(
        told[3].2,
        "The token test belongs to this organization, but was sent to another organization's address."
    );
    assert_eq!(all[3].credential.as_ref().unwrap().id, token.id);
    assert_eq!(all[3].network.as_deref(), Some("198.51.100.0/24"));
    assert_eq!(all[3].user_agent.as_deref(), Some("Okta SCIM Client 1.0.0"));
    assert!(
        rows(&other, LogQuery::default()).await.is_empty(),
        "the organization in the path learns nothing"
    );
}

async fn a_wrong_secret_is_told_to_nobody(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let restarted = installation.restarted_without_pepper();
    let refused = restarted.enter(tenant.id, &tenant.authorization()).await;
    assert!(refused.is_err());
    let genuine = tenant.authorization();
    let (kept, _) = genuine.split_at(genuine.len() - 10);
    installation
        .enter(tenant.id, &format!("{kept}0000000000"))
        .await
        .unwrap_err();
    restarted
        .instance
        .gateway()
        .flush_provisioning_log()
        .await
        .unwrap();
    assert!(rows(&tenant, LogQuery::default()).await.is_empty());
}

async fn the_same_refusal_within_a_minute_is_counted(installation: Arc<Installation>) {
    let (tenant, other) = (installation.org("A").await, installation.org("B").await);
    for _ in 0..5 {
        try_to_enter(&installation, other.id, &tenant.authorization()).await;
        installation.clock.advance(1_000);
    }
    let all = rows(&tenant, LogQuery::default()).await;
    let counts: Vec<u64> = all.iter().map(|row| row.count).collect();
    assert_eq!(counts, [4, 1]);
    assert_eq!(all[0].sentence, "The token test was not accepted, 4 times");
    assert_eq!(
        all[0].first.unwrap().as_millisecond() - all[1].time.as_millisecond(),
        1_000
    );
}

async fn a_row_is_written_once_however_often_it_is_handed_in(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let token = tenant.authorization();
    let presented = wicketgate_auth::Presented::from_authorization(Some(&token));
    let request = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b0000";
    for _ in 0..2 {
        let gateway = installation.instance.gateway();
        let org = gateway
            .enter(tenant.id, &presented, Caller::default(), request.to_owned())
            .await
            .unwrap();
        let mut entry = Entry::new("PATCH", "/Users/{id}");
        entry.failed(&Failure::Busy, None, "Later.");
        org.log(entry.answered(429, Duration::ZERO));
    }
    let all = rows(&tenant, LogQuery::default()).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].request_id, request);
    let deleted = tenant.request().await;
    let users = deleted.user_manager().unwrap().users();
    let id = tenant.user("anna").await.id;
    assert_eq!(users.delete(id, Precondition::None).await.unwrap().name, "anna");
}

async fn a_request_that_nobody_waited_for_is_told_if_it_may_have_changed_something(
    installation: Arc<Installation>,
) {
    let tenant = installation.org("A").await;
    for (method, route) in [
        ("GET", "/Users"),
        ("PATCH", "/Users/{id}"),
        ("GET", "/Users/{id}"),
        ("POST", "/Bulk"),
    ] {
        let org = tenant.request().await;
        let mut entry = Entry::new(method, route);
        entry.ended(&Failure::Abandoned);
        org.log(entry.answered(499, Duration::ZERO));
    }
    let all = rows(&tenant, LogQuery::default()).await;
    assert_eq!(sentences(&all), ["Tried to change a user"]);
    assert_eq!(
        (all[0].failure.as_deref(), all[0].detail.as_deref()),
        (Some("abandoned"), None)
    );
}

async fn what_is_put_off_again_and_again_is_counted(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    for _ in 0..10 {
        let org = tenant.request().await;
        let mut entry = Entry::new("GET", "");
        entry.failed(&Failure::TooFast, None, "Come back in a second.");
        org.log(entry.answered(429, Duration::ZERO));
    }
    let all = rows(&tenant, LogQuery::default()).await;
    let mut counts: Vec<u64> = all.iter().map(|row| row.count).collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 9]);
    assert_eq!(all[0].detail.as_deref(), Some("Come back in a second."));
}

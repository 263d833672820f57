//! What an organization's identity providers did, hour by hour.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use wicketgate_domain::{Activity, Entry, Failure, Settings};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant, object};

both_engines! {
    run with crate::harness::run:
    every_hour_is_counted_on_its_own,
    an_organization_sees_its_own_activity_alone,
    hours_are_removed_with_the_rows_of_the_log,
    an_impossible_span_is_refused,
}

const HOUR: i64 = 3_600;

async fn hand_in(tenant: &Tenant, method: &str, route: &str, status: u16, took: Duration) {
    let org = tenant.request().await;
    let mut entry = Entry::new(method, route);
    if status >= 400 {
        entry.sent(&org, &object(json!({"userName": "anna"})));
        entry.failed(&Failure::Busy, None, "No.");
    } else if method == "DELETE" {
        entry.deleted("anna");
    } else {
        entry.asked_in_words(&org, "userName eq \"anna\"");
        entry.found_many(0);
    }
    org.log(entry.answered(status, took));
}

async fn activity(tenant: &Tenant, hours: u16) -> Vec<Activity> {
    let gateway = tenant.installation().instance.gateway();
    gateway.flush_provisioning_log().await.unwrap();
    let org = tenant.owner().await;
    org.viewer().unwrap().activity(hours).await.unwrap()
}

async fn every_hour_is_counted_on_its_own(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    hand_in(&tenant, "DELETE", "/Users/{id}", 204, Duration::from_millis(3)).await;
    hand_in(&tenant, "DELETE", "/Users/{id}", 204, Duration::from_millis(30)).await;
    hand_in(&tenant, "POST", "/Users", 409, Duration::from_secs(2)).await;
    installation.clock.advance(1_000 * 2 * HOUR);
    hand_in(&tenant, "GET", "/Users", 200, Duration::from_millis(1)).await;
    let found = activity(&tenant, 3).await;
    let counts: Vec<_> = found
        .iter()
        .map(|hour| (hour.changes, hour.lookups, hour.failures, hour.latencies))
        .collect();
    assert_eq!(
        counts,
        [
            (2, 0, 1, [1, 1, 0, 0, 1]),
            (0, 0, 0, [0; 5]),
            (0, 1, 0, [1, 0, 0, 0, 0]),
        ]
    );
    let starts: Vec<i64> = found.iter().map(|hour| hour.start.as_second()).collect();
    assert!(
        starts.iter().all(|start| start % HOUR == 0) && starts[2] - starts[0] == 2 * HOUR,
        "{starts:?}"
    );
    assert_eq!(activity(&tenant, 1).await.len(), 1);
}

async fn an_organization_sees_its_own_activity_alone(installation: Arc<Installation>) {
    let (one, other) = (installation.org("A").await, installation.org("B").await);
    hand_in(&one, "DELETE", "/Users/{id}", 204, Duration::from_millis(3)).await;
    assert_eq!(activity(&one, 1).await[0].requests(), 1);
    assert_eq!(activity(&other, 1).await[0].requests(), 0);
}

async fn hours_are_removed_with_the_rows_of_the_log(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let owner = tenant.owner().await;
    let settings = Settings {
        log_days: 7,
        ..owner.settings().clone()
    };
    owner.owner().unwrap().set(settings).await.unwrap();
    hand_in(&tenant, "DELETE", "/Users/{id}", 204, Duration::from_millis(3)).await;
    let total = |found: Vec<Activity>| found.iter().map(Activity::requests).sum::<u64>();
    installation.clock.advance(1_000 * 6 * 24 * HOUR);
    tenant
        .installation()
        .instance
        .trim_provisioning_logs()
        .await
        .unwrap();
    assert_eq!(total(activity(&tenant, 300).await), 1);
    installation.clock.advance(1_000 * 2 * 24 * HOUR);
    tenant
        .installation()
        .instance
        .trim_provisioning_logs()
        .await
        .unwrap();
    assert_eq!(total(activity(&tenant, 300).await), 0);
}

async fn an_impossible_span_is_refused(installation: Arc<Installation>) {
    let tenant = installation.org("A").await;
    let owner = tenant.owner().await;
    for hours in [0, 10_000] {
        let refused = owner.viewer().unwrap().activity(hours).await.unwrap_err();
        assert!(refused.to_string().contains("hours"), "{refused}");
    }
}

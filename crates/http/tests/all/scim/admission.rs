//! How much an organization may ask for: what goes beyond it is put off with a time, changes nothing, and is no other
//! organization's business.

use futures_util::future::join_all;
use serde_json::json;
use wicketgate_domain::RequestLimits;
use wicketgate_scim::schema::USER;
use wicketgate_testbed::both_engines;

use crate::harness::TestGateway;

both_engines! {
    run with crate::harness::run:
    what_goes_beyond_the_rate_is_put_off_and_changes_nothing,
    another_organization_is_served_meanwhile,
    requests_beyond_the_places_wait_for_their_turn,
    strangers_are_refused_before_anything_is_counted,
}

const SLOW: RequestLimits = RequestLimits {
    per_second: 1,
    burst: 3,
    at_a_time: 0,
};

async fn what_goes_beyond_the_rate_is_put_off_and_changes_nothing(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.limit(SLOW).await;
    let user = |number: usize| json!({"schemas": [USER], "userName": format!("user-{number}")});
    let mut answers = Vec::new();
    // Seconds pass while tests run, so some of these are taken beside the burst. Not all.
    for number in 0..60 {
        answers.push(org.post("/Users", &user(number)).await);
    }
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(created >= 3 && !refused.is_empty());
    assert_eq!(created + refused.len(), 60);
    for answer in refused {
        let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=3).contains(&seconds), "{seconds}");
        assert_eq!(answer.json()["status"], "429");
    }
    assert_eq!(org.snapshot().await.users.len(), created);
}

async fn another_organization_is_served_meanwhile(gateway: TestGateway) {
    let (greedy, other) = (gateway.with_org().await, gateway.with_org().await);
    greedy.limit(SLOW).await;
    other.limit(SLOW).await;
    let mut refused = 0;
    for _ in 0..30 {
        refused += usize::from(greedy.get("/Users").await.status == 429);
    }
    assert!(refused > 0);
    other.get("/Users").await.expect(200);
}

async fn requests_beyond_the_places_wait_for_their_turn(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.limit(RequestLimits {
        at_a_time: 1,
        ..RequestLimits::OFF
    })
    .await;
    for answer in join_all((0..20).map(|_| org.get("/Users"))).await {
        answer.expect(200);
    }
    let users: Vec<_> = (0..20)
        .map(|number| json!({"schemas": [USER], "userName": format!("user-{number}")}))
        .collect();
    for answer in join_all(users.iter().map(|user| org.post("/Users", user))).await {
        answer.expect(201);
    }
}

async fn strangers_are_refused_before_anything_is_counted(gateway: TestGateway) {
    let (org, stranger) = (gateway.with_org().await, gateway.with_org().await);
    org.limit(SLOW).await;
    for _ in 0..30 {
        let answer = gateway
            .call("GET", &org.path("/Users"), Some(stranger.manager()), &[], None)
            .await;
        answer.expect(404);
    }
    org.get("/Users").await.expect(200);
}

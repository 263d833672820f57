//! Who fails too often waits, and nobody else does.

use wicketgate_http::Limits;
use wicketgate_testbed::{Database, both_engines};

use super::{issued, refused};
use crate::harness::{Answer, TestGateway, basic, run_today, with_other_secret};

const TOKEN: &str = "/oauth/v2/token";
const GRANT: &str = "grant_type=client_credentials";

both_engines! {
    run with crate::oauth::attempts::run:
    an_address_that_keeps_failing_waits,
    a_success_makes_an_address_good_again,
    a_client_with_whose_id_others_fail_is_not_kept_out,
    a_client_gets_sixty_tokens_a_minute,
}

pub(crate) fn run<F: Future>(database: Database, scenario: impl FnOnce(TestGateway) -> F) -> F::Output {
    run_today(Limits::default(), database, scenario)
}

#[track_caller]
fn told_to_wait(answer: &Answer) {
    refused(answer, 429, "temporarily_unavailable", &["Retry-After"]);
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
}

async fn from(gateway: &TestGateway, address: &str, authorization: &str) -> Answer {
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Authorization", authorization),
    ];
    gateway
        .call_from(
            Some(address.parse().unwrap()),
            "POST",
            TOKEN,
            None,
            &headers,
            Some(GRANT.as_bytes()),
        )
        .await
}

async fn an_address_that_keeps_failing_waits(gateway: TestGateway) {
    let client = gateway.with_org().await.client().await;
    for attempt in 0..10 {
        // Another id each time: it is the address that fails.
        let id = format!("wicket_client_{attempt:016}");
        let answer = from(&gateway, "192.0.2.1:4000", &basic(&id, &client.secret)).await;
        refused(&answer, 401, "invalid_client", &[]);
    }
    told_to_wait(&from(&gateway, "192.0.2.1:4001", &basic(&client.id, "wrong")).await);
    told_to_wait(&from(&gateway, "192.0.2.1:4002", &client.basic()).await);
    issued(&from(&gateway, "192.0.2.2:4000", &client.basic()).await, "scim");
}

async fn a_success_makes_an_address_good_again(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let (client, careless) = (org.client().await, org.client().await);
    let wrong = basic(&careless.id, &with_other_secret(&careless.secret));
    for _ in 0..9 {
        refused(
            &from(&gateway, "192.0.2.1:1", &wrong).await,
            401,
            "invalid_client",
            &[],
        );
    }
    issued(&from(&gateway, "192.0.2.1:1", &client.basic()).await, "scim");
    refused(
        &from(&gateway, "192.0.2.1:1", &wrong).await,
        401,
        "invalid_client",
        &[],
    );
    issued(&from(&gateway, "192.0.2.1:1", &client.basic()).await, "scim");
}

async fn a_client_with_whose_id_others_fail_is_not_kept_out(gateway: TestGateway) {
    let client = gateway.with_org().await.client().await;
    let wrong = basic(&client.id, &with_other_secret(&client.secret));
    for attempt in 0..10 {
        let address = format!("192.0.2.{attempt}:4000");
        refused(
            &from(&gateway, &address, &wrong).await,
            401,
            "invalid_client",
            &[],
        );
    }
    told_to_wait(&from(&gateway, "198.51.100.1:4000", &wrong).await);
    issued(
        &from(&gateway, "198.51.100.2:4000", &client.basic()).await,
        "scim",
    );
}

async fn a_client_gets_sixty_tokens_a_minute(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let (client, sibling) = (org.client().await, org.client().await);
    let mut answers = Vec::new();
    for _ in 0..70 {
        answers.push(client.client_credentials().await);
    }
    // One more is allowed with each second that passes.
    let (given, kept): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert!(given.len() >= 60, "{}", given.len());
    assert!(!kept.is_empty());
    kept.into_iter().for_each(told_to_wait);
    issued(&sibling.client_credentials().await, "scim");
}

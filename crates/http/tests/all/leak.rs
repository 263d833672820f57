//! `POST /.well-known/secret-scanning`: how often a network may report. What becomes of what is reported is tested with
//! the binary.

use std::net::SocketAddr;

use serde_json::json;
use wicketgate_testbed::both_engines;

use crate::harness::{Answer, TestGateway, unknown_token};

const PATH: &str = "/.well-known/secret-scanning";
const A_MINUTE: usize = 60;

both_engines! {
    run with crate::harness::run:
    a_network_that_reports_too_often_is_told_when_to_go_on,
}

async fn report(gateway: &TestGateway, address: SocketAddr, token: &str) -> Answer {
    let body = json!([{"token": token, "type": "wicketgate", "url": "https://example.com"}]).to_string();
    gateway
        .call_from(
            Some(address),
            "POST",
            PATH,
            None,
            &[("Content-Type", "application/json")],
            Some(body.as_bytes()),
        )
        .await
}

async fn a_network_that_reports_too_often_is_told_when_to_go_on(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let address = |text: &str| text.parse::<SocketAddr>().unwrap();
    for number in 0..A_MINUTE {
        // Whichever address of the network it is, and whatever is reported.
        let from = address(&format!("192.0.2.{number}:4000"));
        report(&gateway, from, &unknown_token()).await.expect(200);
    }
    let answer = report(&gateway, address("192.0.2.77:4000"), org.manager()).await;
    assert_eq!(answer.status, 429, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.json()["status"], 429);
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    // Nothing of such a report is done.
    org.get("/Users").await.expect(200);
    // Others are not made to wait, and a leaked token is revoked for them.
    let answer = report(&gateway, address("198.51.100.1:4000"), org.manager()).await;
    assert_eq!(
        answer.expect(200).json()[0]["label"],
        "true_positive",
        "another network"
    );
    org.get("/Users").await.expect(401);
}

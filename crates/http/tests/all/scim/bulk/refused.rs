//! Bulk requests that are refused whole: nothing in them happens.

use serde_json::{Value, json};
use wicketgate_scim::{message::BULK_REQUEST, schema::USER};
use wicketgate_testbed::both_engines;

use super::bulk;
use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    a_thousand_operations_are_carried_out_and_one_more_are_not,
    a_body_past_the_limit_is_refused_and_the_limit_named,
    an_envelope_that_is_none_is_refused,
    a_bulk_id_that_is_used_twice_is_refused,
}

fn deletions(count: usize) -> Value {
    (0..count)
        .map(|number| json!({"method": "DELETE", "path": format!("/Users/{number}")}))
        .collect()
}

async fn a_thousand_operations_are_carried_out_and_one_more_are_not(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let answer = bulk(&org, deletions(1_000)).await.expect(200);
    assert_eq!(answer.json()["Operations"].as_array().unwrap().len(), 1_000);
    refused(
        &bulk(&org, deletions(1_001)).await,
        413,
        None,
        &["maxOperations", "1000"],
    );
}

async fn a_body_past_the_limit_is_refused_and_the_limit_named(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let body = vec![b' '; (16 << 20) + 1];
    let answer = org.send("POST", "/Bulk", &[], Some(&body)).await;
    refused(&answer, 413, None, &["maxPayloadSize", "16777216"]);
}

async fn an_envelope_that_is_none_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for body in [
        json!({"schemas": [BULK_REQUEST]}),
        json!({"schemas": [BULK_REQUEST], "Operations": []}),
        json!({"schemas": [BULK_REQUEST], "Operations": {}}),
        json!({"schemas": [USER], "Operations": [{"method": "DELETE", "path": "/Users/1"}]}),
        json!({"schemas": [BULK_REQUEST], "failOnErrors": 0, "Operations": [{"method": "DELETE", "path": "/Users/1"}]}),
        json!({"schemas": [BULK_REQUEST], "failOnErrors": "x", "Operations": [{"method": "DELETE", "path": "/Users/1"}]}),
    ] {
        refused(&org.post("/Bulk", &body).await, 400, Some("invalidSyntax"), &[]);
    }
}

async fn a_bulk_id_that_is_used_twice_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let create = |name: &str| json!({"method": "POST", "path": "/Users", "bulkId": "same", "data": {"schemas": [USER], "userName": name}});
    let answer = bulk(&org, json!([create("a"), create("b")])).await;
    refused(&answer, 400, Some("invalidValue"), &["same"]);
    assert_eq!(org.get("/Users").await.json()["totalResults"], 0);
}

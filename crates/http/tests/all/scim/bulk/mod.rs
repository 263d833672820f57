//! `POST /Bulk` (RFC 7644 §3.7).

mod operations;
mod references;
mod refused;

use serde_json::{Value, json};
use wicketgate_scim::message::BULK_REQUEST;

use crate::harness::{Answer, TestOrg};

/// Sends these operations.
async fn bulk(org: &TestOrg, operations: Value) -> Answer {
    let body = json!({"schemas": [BULK_REQUEST], "Operations": operations});
    org.post("/Bulk", &body).await
}

/// The status of each operation, in the order of the request.
fn statuses(answer: &Answer) -> Vec<String> {
    results(answer)
        .iter()
        .map(|result| result["status"].as_str().unwrap().to_owned())
        .collect()
}

fn results(answer: &Answer) -> Vec<Value> {
    answer.json()["Operations"].as_array().unwrap().clone()
}

/// The id at the end of a result's location.
fn id(result: &Value) -> String {
    let location = result["location"].as_str().unwrap();
    location.rsplit('/').next().unwrap().to_owned()
}

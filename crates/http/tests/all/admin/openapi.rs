//! The description at `/admin/v1/openapi.json`, which is kept in `docs/src/reference/admin-openapi.json`.
//!
//! To write it anew: `WICKETGATE_UPDATE_GOLDEN=1 cargo test -p wicketgate-http admin::openapi`.

use std::collections::BTreeSet;

use serde_json::Value;
use wicketgate_http::routes;
use wicketgate_testbed::both_engines;

use crate::harness::TestGateway;

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../docs/src/reference/admin-openapi.json"
);

both_engines! {
    run with crate::admin::run:
    the_description_is_open_to_everybody_and_the_one_in_the_reference,
}

async fn the_description_is_open_to_everybody_and_the_one_in_the_reference(gateway: TestGateway) {
    let served = gateway
        .call("GET", "/admin/v1/openapi.json", None, &[], None)
        .await
        .expect(200);
    let text = format!("{}\n", serde_json::to_string_pretty(&served.json()).unwrap());
    if option_env!("WICKETGATE_UPDATE_GOLDEN").is_some() {
        std::fs::write(FILE, text).unwrap();
    } else {
        let kept = std::fs::read_to_string(FILE).unwrap();
        assert!(
            text == kept,
            "docs/src/reference/admin-openapi.json is not what is served: write it anew"
        );
    }
}

fn document() -> Value {
    serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap()
}

/// Every operation with its method and path.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            found.push((format!("{} {path}", method.to_uppercase()), operation));
        }
    }
    found
}

#[test]
fn the_description_has_every_route_of_the_admin_api_and_no_other() {
    let document = document();
    let described: BTreeSet<String> = operations(&document).into_iter().map(|(name, _)| name).collect();
    let served: BTreeSet<String> = routes()
        .iter()
        .filter(|route| route.path.starts_with("/admin/"))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(described, served);
}

#[test]
fn every_operation_has_an_id_of_its_own_and_says_what_it_may_be_refused_with() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{name}");
        let responses = operation["responses"].as_object().unwrap();
        let mut expected = Vec::new();
        if !name.ends_with("/openapi.json") {
            expected.extend(["429", "500", "503", "401"]);
        }
        if name.contains("{orgId}") {
            expected.extend(["403", "404"]);
        }
        if operation.get("requestBody").is_some() {
            expected.extend(["400", "408", "413", "415"]);
        }
        if operation.to_string().contains("Idempotency-Key\"") {
            expected.extend(["409", "422"]);
        }
        for status in expected {
            let answer = &responses[status];
            assert!(
                answer["content"]["application/problem+json"].is_object(),
                "{name} {status}"
            );
        }
        let good: Vec<_> = responses
            .keys()
            .filter(|status| status.starts_with('2'))
            .collect();
        assert_eq!(good.len(), 1, "{name}");
    }
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    fn check(document: &Value, value: &Value) {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            assert!(
                document.pointer(reference.trim_start_matches('#')).is_some(),
                "{reference}"
            );
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| check(document, item)),
            Value::Object(members) => members.values().for_each(|member| check(document, member)),
            _ => {}
        }
    }
    let document = document();
    check(&document, &document);
}

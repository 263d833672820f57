//! What is refused: unknown routes, other methods, and every bad request of `bad_requests.rs`. A refusal says what is
//! wrong, is never a 5xx, and nothing has happened.

use serde_json::json;
use wicketgate_domain::EntitlementKind;
use wicketgate_testbed::both_engines;

use super::bad_requests::bad_requests;
use crate::{
    harness::{TestGateway, refused},
    route_rows::ROWS,
};

both_engines! {
    run with crate::harness::run:
    every_bad_request_is_refused_by_name_and_changes_nothing,
    an_unknown_endpoint_is_not_found,
    another_method_is_told_which_ones_there_are,
    every_path_below_scim_answers_scim_errors,
    paths_outside_scim_answer_problems,
    every_answer_forbids_guessing_its_type,
}

async fn every_bad_request_is_refused_by_name_and_changes_nothing(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = org.user("anna").await;
    let group = org.group("Pilots", &[&user]).await;
    let before = org.snapshot().await;
    for bad in bad_requests() {
        let endpoint = bad.endpoint.replace("{user}", &user).replace("{group}", &group);
        let answer = org.send(bad.method, &endpoint, &[], bad.body.as_deref()).await;
        assert_eq!(answer.status, bad.status, "{}: {answer:?}", bad.name());
        refused(&answer, bad.status, bad.scim_type, &bad.words);
    }
    assert_eq!(org.snapshot().await, before);
}

async fn an_unknown_endpoint_is_not_found(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    let endpoints = [
        "//".to_owned(),
        "/Devices".to_owned(),
        "/User".to_owned(),
        format!("/Users/{id}/groups"),
        format!("/Users/{id}/../{id}"),
        "/%2E%2E/Users".to_owned(),
        "/Users%2F".to_owned(),
        "/%FF".to_owned(),
    ];
    let unknown = org.get("/Nothing").await;
    refused(&unknown, 404, None, &[]);
    for endpoint in endpoints {
        for method in ["GET", "POST", "DELETE"] {
            assert_eq!(
                org.send(method, &endpoint, &[], None).await,
                unknown,
                "{method} {endpoint}"
            );
        }
    }
}

async fn another_method_is_told_which_ones_there_are(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    // What an organization does not offer has no endpoint.
    org.offer(EntitlementKind::Role, "pilot", "Pilot").await;
    org.offer(EntitlementKind::Entitlement, "license", "License")
        .await;
    let before = org.latest_event().await;
    for row in ROWS.iter().filter(|row| row.path.starts_with("/scim/")) {
        let mut allowed: Vec<&str> = ROWS
            .iter()
            .filter(|other| other.path == row.path)
            .map(|other| other.method)
            .collect();
        allowed.sort_unstable();
        let endpoint = row.path.trim_start_matches("/scim/v2/{orgId}");
        let endpoint = endpoint
            .replace("{id}", &id)
            .replace("{name}", "User")
            .replace("{urn}", "urn:x");
        for method in [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "LINK",
        ] {
            if allowed.contains(&method) {
                continue;
            }
            let answer = org.send(method, &endpoint, &[], None).await;
            refused(&answer, 405, None, &[allowed[0]]);
            let mut told: Vec<&str> = answer.header("allow").unwrap().split(", ").collect();
            told.sort_unstable();
            assert_eq!(told, allowed, "{method} {endpoint}");
        }
    }
    assert_eq!(org.latest_event().await, before);
}

async fn every_path_below_scim_answers_scim_errors(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for path in [
        "/scim",
        "/scim/",
        "/scim/v2",
        "/scim/v2/",
        "/scim/v1/Users",
        "/scim/v2/Users",
        "/scim//v2",
    ] {
        refused(&gateway.call("GET", path, None, &[], None).await, 401, None, &[]);
        refused(
            &gateway.call("GET", path, Some(org.manager()), &[], None).await,
            404,
            None,
            &[],
        );
    }
}

async fn paths_outside_scim_answer_problems(gateway: TestGateway) {
    for (method, path, status) in [
        ("GET", "/", 404),
        ("GET", "/Users", 404),
        ("GET", "/SCIM/v2", 404),
        ("GET", "/livez/", 404),
        ("POST", "/livez", 405),
        ("DELETE", "/readyz", 405),
    ] {
        let answer = gateway.call(method, path, None, &[], None).await.expect(status);
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{path}"
        );
        assert_eq!(answer.json()["status"], json!(status), "{path}");
        assert_eq!(answer.header("allow"), (status == 405).then_some("GET"), "{path}");
    }
}

async fn every_answer_forbids_guessing_its_type(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    for answer in [
        org.get("/Users").await,
        org.get("/Nothing").await,
        org.delete(&format!("/Users/{id}")).await,
        gateway.call("GET", "/livez", None, &[], None).await,
        gateway.call("GET", "/scim/v2", None, &[], None).await,
        gateway.call("GET", "/", None, &[], None).await,
    ] {
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{answer:?}"
        );
    }
}

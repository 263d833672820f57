//! Operations that need nothing from each other.

use serde_json::json;
use wicketgate_auth::Role;
use wicketgate_scim::{
    message::{BULK_RESPONSE, ERROR, PATCH_OP},
    schema::{GROUP, USER},
};
use wicketgate_testbed::both_engines;

use super::{bulk, id, results, statuses};
use crate::harness::TestGateway;

both_engines! {
    run with crate::harness::run:
    every_method_is_answered_in_its_place,
    a_result_says_what_a_request_of_its_own_would_have,
    each_operation_is_committed_on_its_own,
    failures_beyond_fail_on_errors_stop_the_rest,
    a_version_is_a_precondition,
    each_operation_needs_the_role,
    an_operation_that_makes_no_sense_fails_alone,
    another_organizations_resources_are_not_found,
    an_endpoint_that_is_not_writable_answers_as_it_would_alone,
}

async fn every_method_is_answered_in_its_place(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let (put, patched, deleted) = (org.user("a").await, org.user("b").await, org.user("c").await);
    let answer = bulk(
        &org,
        json!([
            {"method": "POST", "path": "/Users", "bulkId": "qwerty", "data": {"schemas": [USER], "userName": "Alice"}},
            {"method": "PUT", "path": format!("/Users/{put}"), "data": {"schemas": [USER], "userName": "Bob"}},
            {"method": "PATCH", "path": format!("/Users/{patched}"), "data": {
                "schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "title", "value": "Pilot"}]}},
            {"method": "DELETE", "path": format!("/Users/{deleted}")},
            {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {
                "schemas": [GROUP], "displayName": "Staff", "members": [{"value": put}]}},
        ]),
    )
    .await
    .expect(200);
    assert_eq!(answer.json()["schemas"], json!([BULK_RESPONSE]));
    assert_eq!(answer.json().get("failOnErrors"), None);
    assert_eq!(statuses(&answer), ["201", "200", "200", "204", "201"]);
    let results = results(&answer);
    assert_eq!(results[0]["bulkId"], "qwerty");
    let alice = org.get(&format!("/Users/{}", id(&results[0]))).await.expect(200);
    assert_eq!(alice.json()["userName"], "Alice");
    assert_eq!(results[0]["location"], alice.json()["meta"]["location"]);
    assert_eq!(results[0]["version"], alice.json()["meta"]["version"]);
    let bob = org.get(&format!("/Users/{put}")).await.expect(200).json();
    assert_eq!(bob["userName"], "Bob");
    let pilot = org.get(&format!("/Users/{patched}")).await.expect(200).json();
    assert_eq!(pilot["title"], "Pilot");
    org.get(&format!("/Users/{deleted}")).await.expect(404);
    assert_eq!(org.members(&id(&results[4])).await, [put]);
    for (result, method) in results.iter().zip(["POST", "PUT", "PATCH", "DELETE", "POST"]) {
        assert_eq!(result["method"], method);
        assert!(result["status"].is_string());
        assert_eq!(result.get("response"), None);
    }
}

async fn a_result_says_what_a_request_of_its_own_would_have(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("anna").await;
    let twin = json!({"schemas": [USER], "userName": "ANNA"});
    let alone = org.post("/Users", &twin).await.expect(409);
    let answer = bulk(
        &org,
        json!([{"method": "POST", "path": "/Users", "bulkId": "1", "data": twin}]),
    )
    .await
    .expect(200);
    let results = results(&answer);
    assert_eq!(results[0]["status"], "409");
    assert_eq!(results[0]["response"], alone.json());
    assert_eq!(results[0].get("location"), None);
}

async fn each_operation_is_committed_on_its_own(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let answer = bulk(
        &org,
        json!([
            {"method": "POST", "path": "/Users", "bulkId": "1", "data": {"schemas": [USER], "userName": "anna"}},
            {"method": "POST", "path": "/Users", "bulkId": "2", "data": {"schemas": [USER]}},
            {"method": "POST", "path": "/Users", "bulkId": "3", "data": {"schemas": [USER], "userName": "carla"}},
        ]),
    )
    .await
    .expect(200);
    assert_eq!(statuses(&answer), ["201", "400", "201"]);
    let response = &results(&answer)[1]["response"];
    assert_eq!(response["schemas"], json!([ERROR]));
    assert_eq!(response["scimType"], "invalidValue");
    assert_eq!(org.get("/Users").await.json()["totalResults"], 2);
}

async fn failures_beyond_fail_on_errors_stop_the_rest(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let broken = |number: usize| json!({"method": "DELETE", "path": format!("/Users/{number}")});
    let good = json!({"method": "POST", "path": "/Users", "bulkId": "1", "data": {"schemas": [USER], "userName": "anna"}});
    for (limit, done, users) in [(1, 1, 0), (2, 2, 0), (3, 4, 1)] {
        let body = json!({
            "schemas": [wicketgate_scim::message::BULK_REQUEST], "failOnErrors": limit,
            "Operations": [broken(1), broken(2), good, broken(3)],
        });
        let answer = org.post("/Bulk", &body).await.expect(200);
        assert_eq!(results(&answer).len(), done, "{limit}: {answer:?}");
        assert_eq!(org.get("/Users").await.json()["totalResults"], users, "{limit}");
    }
}

async fn a_version_is_a_precondition(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = org.user("anna").await;
    let change = |version: &str, title: &str| {
        json!({"method": "PATCH", "path": format!("/Users/{user}"), "version": version, "data": {
            "schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "title", "value": title}]}})
    };
    let answer = bulk(
        &org,
        json!([
            change("W/\"7\"", "Thief"),
            change("W/\"1\"", "Pilot"),
            change("W/\"1\"", "Thief")
        ]),
    )
    .await
    .expect(200);
    assert_eq!(statuses(&answer), ["412", "200", "412"]);
    let read = org.get(&format!("/Users/{user}")).await.expect(200);
    assert_eq!(read.json()["title"], "Pilot");
    assert_eq!(results(&answer)[1]["version"], read.json()["meta"]["version"]);
}

async fn each_operation_needs_the_role(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = org.user("anna").await;
    let body = json!({"schemas": [wicketgate_scim::message::BULK_REQUEST], "Operations": [
        {"method": "DELETE", "path": format!("/Users/{user}")},
        {"method": "POST", "path": "/Groups", "bulkId": "1", "data": {"schemas": [GROUP], "displayName": "Staff"}},
    ]});
    let reader = org.token(Role::OrgUserReader).to_owned();
    let answer = gateway
        .call(
            "POST",
            &org.path("/Bulk"),
            Some(&reader),
            &[],
            Some(body.to_string().as_bytes()),
        )
        .await
        .expect(200);
    assert_eq!(statuses(&answer), ["403", "403"]);
    org.get(&format!("/Users/{user}")).await.expect(200);
}

async fn an_operation_that_makes_no_sense_fails_alone(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let answer = bulk(
        &org,
        json!([
            {"method": "GET", "path": "/Users"},
            {"method": "POST", "path": "/Users", "data": {"schemas": [USER], "userName": "no-bulk-id"}},
            {"method": "POST", "bulkId": "3", "data": {"schemas": [USER], "userName": "no-path"}},
            {"method": "POST", "path": "/Users", "bulkId": "4"},
            {"method": "PUT", "path": "/Users", "data": {"schemas": [USER], "userName": "no-id"}},
            {"method": "POST", "path": "/Bulk", "bulkId": "6", "data": {}},
            {"method": "POST", "path": "https://other.example/Users", "bulkId": "7", "data": {}},
            {"method": "DELETE", "path": "/Users/../Groups/1"},
            {"method": "POST", "path": "/Users", "bulkId": "9", "data": {"schemas": [USER], "userName": "anna"}},
        ]),
    )
    .await
    .expect(200);
    let statuses = statuses(&answer);
    assert_eq!(statuses[..8], vec!["400"; 8], "{answer:?}");
    assert_eq!(statuses[8], "201");
    for result in &results(&answer)[..8] {
        assert!(result["response"]["detail"].is_string(), "{result}");
    }
    assert_eq!(org.get("/Users").await.json()["totalResults"], 1);
}

async fn another_organizations_resources_are_not_found(gateway: TestGateway) {
    let (ours, theirs) = (gateway.with_org().await, gateway.with_org().await);
    let foreign = theirs.user("anna").await;
    let before = theirs.latest_event().await;
    let unknown = uuid::Uuid::nil().to_string();
    let operations = |id: &str| {
        json!([
            {"method": "PUT", "path": format!("/Users/{id}"), "data": {"schemas": [USER], "userName": "stolen"}},
            {"method": "DELETE", "path": format!("/Users/{id}")},
            {"method": "DELETE", "path": format!("/scim/v2/{}/Users/{id}", theirs.id)},
        ])
    };
    let answer = bulk(&ours, operations(&foreign)).await.expect(200);
    assert_eq!(statuses(&answer), ["404", "404", "400"]);
    let about_nobody = bulk(&ours, operations(&unknown)).await;
    assert_eq!(answer.with_names(&[(&foreign, &unknown)]), about_nobody);
    assert_eq!(theirs.latest_event().await, before);
}

async fn an_endpoint_that_is_not_writable_answers_as_it_would_alone(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let answer = bulk(
        &org,
        json!([
            {"method": "DELETE", "path": "/Schemas/x"},
            {"method": "DELETE", "path": "/Devices/1"},
            {"method": "POST", "path": "/Me", "bulkId": "1", "data": {}},
        ]),
    )
    .await
    .expect(200);
    assert_eq!(statuses(&answer), ["405", "404", "501"]);
}

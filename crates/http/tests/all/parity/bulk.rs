//! Rows B1 to B7: `POST /Bulk`.

use serde_json::{Value, json};
use wicketgate_auth::Role;
use wicketgate_scim::{
    Mode,
    message::{BULK_REQUEST, BULK_RESPONSE, ERROR, PATCH_OP},
    schema::USER,
};
use wicketgate_testbed::both_engines;

use super::send_as;
use crate::harness::{Answer, PUBLIC_URL, TestGateway, TestOrg, refused};

both_engines! {
    run with crate::harness::run:
    b01_bulk_without_a_token_is_unauthorized,
    b02_without_the_role_each_operation_is_forbidden,
    b03_operations_of_every_kind_have_their_own_answers,
    b04_each_malformed_operation_has_its_own_error,
    b05_fail_on_errors_stops_after_so_many,
    b06_too_many_operations_are_refused_before_any_is_done,
    b07_another_organizations_users_are_not_found,
}

/// An id that was never given out.
const UNKNOWN: &str = "0193d8a4-9b7e-7c3d-8f21-5a6b7c8d9e0f";

fn bulk(operations: &Value) -> Value {
    json!({"schemas": [BULK_REQUEST], "Operations": operations})
}

fn new_user(bulk_id: &str, user_name: &str) -> Value {
    json!({"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": {"schemas": [USER], "userName": user_name}})
}

/// What was answered to each operation, and fails unless every refusal is whole.
#[track_caller]
fn answers(answer: &Answer) -> Vec<Value> {
    let body = answer.json();
    assert_eq!(body["schemas"], json!([BULK_RESPONSE]), "{answer:?}");
    let answers = body["Operations"].as_array().unwrap().clone();
    for one in &answers {
        let status = one["status"]
            .as_str()
            .unwrap_or_else(|| panic!("a status is text: {one}"));
        if status.starts_with('4') {
            assert_eq!(one["response"]["schemas"], json!([ERROR]), "{one}");
            assert_eq!(one["response"]["status"], status, "{one}");
            assert!(
                one["response"]["detail"]
                    .as_str()
                    .is_some_and(|detail| !detail.is_empty()),
                "{one}"
            );
        }
    }
    answers
}

fn statuses(answers: &[Value]) -> Vec<&str> {
    answers
        .iter()
        .map(|one| one["status"].as_str().unwrap())
        .collect()
}

async fn total(org: &TestOrg) -> Value {
    org.get("/Users?count=0").await.expect(200).json()["totalResults"].clone()
}

async fn b01_bulk_without_a_token_is_unauthorized(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let body = bulk(&json!([new_user("1", "anna")])).to_string();
    let answer = gateway
        .call("POST", &org.path("/Bulk"), None, &[], Some(body.as_bytes()))
        .await;
    refused(&answer, 401, None, &[]);
    assert_eq!(total(&org).await, 0);
}

/// ZITADEL answers each operation 404; here it is 403 with the name of the missing role, as outside of bulk.
async fn b02_without_the_role_each_operation_is_forbidden(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    let before = org.snapshot().await;
    let operations = json!([
        new_user("1", "berta"),
        {"method": "DELETE", "path": format!("/Users/{id}")},
    ]);
    let reader = org.token(Role::OrgUserReader);
    let answer = send_as(&org, reader, "POST", "/Bulk", Some(&bulk(&operations)))
        .await
        .expect(200);
    let answers = answers(&answer);
    assert_eq!(statuses(&answers), ["403", "403"]);
    for one in &answers {
        assert!(
            one["response"]["detail"]
                .as_str()
                .unwrap()
                .contains("Org User Manager"),
            "{one}"
        );
    }
    assert_eq!(org.snapshot().await, before);
}

async fn b03_operations_of_every_kind_have_their_own_answers(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let old = org.user("old").await;
    let title =
        json!({"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "title", "value": "Pilot"}]});
    let operations = json!([
        new_user("1", "anna"),
        new_user("Upper-Case", "berta"),
        {"method": "PATCH", "path": "/Users/bulkId:1", "data": title},
        {"method": "PUT", "path": "/Users/bulkId:Upper-Case", "data": {
            "schemas": [USER], "userName": "berta", "nickName": "Bert"}},
        {"method": "DELETE", "path": format!("/Users/{old}")},
        {"method": "PATCH", "path": "/Users/bulkId:99", "data": title},
        {"method": "DELETE", "path": format!("/Users/{UNKNOWN}")},
        {"method": "PUT", "path": format!("/Users/{UNKNOWN}"), "data": {"schemas": [USER], "userName": "x"}},
        new_user("2", "ANNA"),
    ]);
    let answer = org.post("/Bulk", &bulk(&operations)).await.expect(200);
    let answers = answers(&answer);
    assert_eq!(
        statuses(&answers),
        ["201", "201", "200", "200", "204", "400", "404", "404", "409"],
        "{answer:?}"
    );
    assert_eq!(answers[8]["response"]["scimType"], "uniqueness");
    for (one, sent) in answers.iter().zip(operations.as_array().unwrap()) {
        assert_eq!(
            (&one["method"], one.get("bulkId")),
            (&sent["method"], sent.get("bulkId")),
            "{one}"
        );
    }
    for (created, changed, user_name) in [(0, 2, "anna"), (1, 3, "berta")] {
        let location = answers[created]["location"].as_str().unwrap();
        assert_eq!(answers[changed]["location"], location);
        let endpoint = location
            .strip_prefix(&format!("{PUBLIC_URL}{}", org.path("")))
            .unwrap();
        let read = org.get(endpoint).await.expect(200).json();
        assert_eq!(read["userName"], user_name);
        assert_eq!(answers[changed]["version"], read["meta"]["version"]);
    }
    let list = org.get("/Users").await.expect(200).json();
    assert_eq!(list["totalResults"], 2);
    assert_eq!(
        (&list["Resources"][0]["title"], &list["Resources"][1]["nickName"]),
        (&json!("Pilot"), &json!("Bert"))
    );
    org.get(&format!("/Users/{old}")).await.expect(404);
}

/// A PATCH with an empty list of operations is not among them: it changes nothing, here in tolerant mode and at ZITADEL.
async fn b04_each_malformed_operation_has_its_own_error(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    let mut before = org.snapshot().await;
    let cases = [
        (json!({"method": "GET", "path": format!("/Users/{id}")}), "GET"),
        (
            json!({"method": "fooBar", "path": "/Users", "bulkId": "1", "data": {}}),
            "fooBar",
        ),
        (json!({"path": "/Users", "bulkId": "2", "data": {}}), "method"),
        (
            json!({"method": "POST", "bulkId": "3", "data": {"userName": "x"}}),
            "path",
        ),
        (json!({"method": "POST", "path": "/Users", "bulkId": "4"}), "data"),
        (
            json!({"method": "POST", "path": "/Users", "data": {"userName": "x"}}),
            "bulkId",
        ),
        (
            json!({"method": "POST", "path": "/Users", "bulkId": "5", "data": {"displayName": "x"}}),
            "userName",
        ),
        (json!({"method": "PATCH", "path": "/Users", "data": {}}), "/Users"),
        (
            json!({"method": "PUT", "path": format!("/Users/{id}"), "data": "x"}),
            "data",
        ),
        (
            json!({"method": "PATCH", "path": format!("/Users/{id}"), "data": {"Operations": {}}}),
            "Operations",
        ),
        (
            json!({"method": "POST", "path": format!("/Users/{id}"), "bulkId": "6", "data": {}}),
            "POST",
        ),
        (json!({"method": "DELETE", "path": "/Users/"}), "/Users"),
    ];
    let operations: Vec<&Value> = cases.iter().map(|(operation, _)| operation).collect();
    let answer = org.post("/Bulk", &bulk(&json!(operations))).await.expect(200);
    let answers = answers(&answer);
    assert_eq!(answers.len(), cases.len(), "{answer:?}");
    for (one, (sent, word)) in answers.iter().zip(&cases) {
        assert!(one["status"].as_str().unwrap().starts_with('4'), "{sent}: {one}");
        assert!(
            one["response"]["detail"].as_str().unwrap().contains(word),
            "{sent}: {one}"
        );
        assert_eq!(one.get("bulkId"), sent.get("bulkId"), "{one}");
    }
    let path = format!("/Users/{id}");
    let nothing =
        json!([{"method": "PATCH", "path": path, "data": {"schemas": [PATCH_OP], "Operations": []}}]);
    for (mode, status) in [
        (Mode::Tolerant, "200"),
        (Mode::Strict, "400"),
        (Mode::Interop, "400"),
    ] {
        org.set_mode(mode).await;
        let answer = org.post("/Bulk", &bulk(&nothing)).await.expect(200);
        assert_eq!(statuses(&self::answers(&answer)), [status], "{mode}");
    }
    org.set_mode(Mode::Tolerant).await;
    let mut after = org.snapshot().await;
    for snapshot in [&mut before, &mut after] {
        snapshot.events.retain(|event| event.kind != "org.updated");
    }
    assert_eq!(after, before);
}

async fn b05_fail_on_errors_stops_after_so_many(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let unknown = json!({"method": "DELETE", "path": format!("/Users/{UNKNOWN}")});
    let operations = json!([
        unknown,
        new_user("1", "a"),
        unknown,
        new_user("2", "b"),
        unknown,
        new_user("3", "c"),
        unknown,
    ]);
    let mut request = bulk(&operations);
    request["failOnErrors"] = json!(3);
    let answer = org.post("/Bulk", &request).await.expect(200);
    assert_eq!(statuses(&answers(&answer)), ["404", "201", "404", "201", "404"]);
    assert_eq!(total(&org).await, 2);
    // Without it, everything is tried.
    let answer = org
        .post(
            "/Bulk",
            &bulk(&json!([unknown, unknown, unknown, unknown, new_user("3", "c")])),
        )
        .await;
    assert_eq!(
        statuses(&answers(&answer.expect(200))),
        ["404", "404", "404", "404", "201"]
    );
    assert_eq!(total(&org).await, 3);
}

/// ZITADEL allows 100; here it is 1,000, as the configuration says.
async fn b06_too_many_operations_are_refused_before_any_is_done(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let mut operations = vec![new_user("1", "anna")];
    operations.resize(
        1_001,
        json!({"method": "DELETE", "path": format!("/Users/{UNKNOWN}")}),
    );
    let answer = org.post("/Bulk", &bulk(&json!(operations))).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    assert_eq!(answer.json()["schemas"], json!([ERROR]));
    assert!(
        answer.detail().contains("1,000") || answer.detail().contains("1000"),
        "{answer:?}"
    );
    assert_eq!(total(&org).await, 0);
    operations.truncate(101);
    let answer = org.post("/Bulk", &bulk(&json!(operations))).await.expect(200);
    assert_eq!(answers(&answer).len(), 101);
    assert_eq!(total(&org).await, 1);
}

/// ZITADEL answers each operation 404; here the path names an organization that is not the token's, which is 404 before
/// any operation is read, and each operation on another organization's user is 404 under the own path.
async fn b07_another_organizations_users_are_not_found(gateway: TestGateway) {
    let [org, stranger] = [gateway.with_org().await, gateway.with_org().await];
    let id = org.user("anna").await;
    let before = org.snapshot().await;
    let operations = json!([
        {"method": "PUT", "path": format!("/Users/{id}"), "data": {"schemas": [USER], "userName": "x"}},
        {"method": "DELETE", "path": format!("/Users/{id}")},
        new_user("1", "berta"),
    ]);
    let body = bulk(&operations);
    let answer = send_as(&org, stranger.manager(), "POST", "/Bulk", Some(&body)).await;
    refused(&answer, 404, None, &[]);
    assert_eq!(org.snapshot().await, before);
    let answer = stranger.post("/Bulk", &body).await.expect(200);
    assert_eq!(statuses(&answers(&answer)), ["404", "404", "201"]);
    assert_eq!(org.snapshot().await, before);
}

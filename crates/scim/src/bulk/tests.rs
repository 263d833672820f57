//! Whole jobs, from the request to the answer. What becomes of failures is in `failure_tests.rs`.

use serde_json::{Value, json};

use super::*;
use crate::{
    Mode, ScimType,
    message::{BULK_REQUEST, error_body},
    schema::ResourceType,
};

const BASE: &str = "https://x/scim/v2/o";
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn read(members: &Value, mode: Mode) -> Result<BulkRequest, BulkError> {
    let mut body = Object::from_iter([("schemas".to_owned(), json!([BULK_REQUEST]))]);
    body.extend(members.as_object().unwrap().clone());
    parse(body, mode, 1_000)
}

pub(super) fn job(operations: &Value, fail_on_errors: Option<u64>) -> Job {
    let members = json!({"Operations": operations, "failOnErrors": fail_on_errors});
    let request = read(&members, Mode::Tolerant).unwrap();
    Job::new(request, &[&ResourceType::user(), &ResourceType::group()], BASE)
}

/// A service provider that gives the n-th created resource the id `n`, and refuses what `fails` says.
pub(super) fn run(mut job: Job, fails: impl Fn(&Step) -> bool) -> (Vec<String>, Vec<Step>, Value) {
    let (mut log, mut steps, mut created) = (Vec::new(), Vec::new(), 0);
    while let Some(step) = job.next() {
        log.push(format!("{} {}", step.method.as_str(), step.path));
        steps.push(step.clone());
        job.finish(if fails(&step) {
            Outcome::Failed {
                status: 400,
                response: error_body(400, Some(ScimType::InvalidValue), "no"),
            }
        } else if step.method == Method::Post {
            created += 1;
            Outcome::Created {
                id: created.to_string(),
                version: Some("W/\"1\"".to_owned()),
            }
        } else {
            let status = if step.method == Method::Delete { 204 } else { 200 };
            Outcome::Done {
                status,
                version: (status == 200).then(|| "W/\"2\"".to_owned()),
            }
        });
    }
    (log, steps, job.response())
}

pub(super) fn statuses(response: &Value) -> Vec<&str> {
    response["Operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["status"].as_str().unwrap())
        .collect()
}

pub(super) fn post(bulk_id: &str, data: &Value) -> Value {
    let endpoint = if data.get("userName").is_some() {
        "/Users"
    } else {
        "/Groups"
    };
    json!({"method": "POST", "path": endpoint, "bulkId": bulk_id, "data": data})
}

#[test]
fn operations_run_in_the_order_of_the_request_and_results_say_what_became_of_them() {
    let (log, _, response) = run(
        job(
            &json!([
                post("q", &json!({"userName": "a"})),
                {"method": "PUT", "path": "/Users/7", "version": "W/\"1\"", "data": {"userName": "b"}},
                {"method": "patch", "path": "/Users/bulkId:q", "data": [{"op": "replace", "path": "title", "value": "x"}]},
                {"method": "DELETE", "path": "/Groups/8"},
            ]),
            None,
        ),
        |step| step.method == Method::Put,
    );
    assert_eq!(
        log,
        [
            "POST /Users",
            "PUT /Users/7",
            "PATCH /Users/1",
            "DELETE /Groups/8"
        ]
    );
    assert_eq!(
        response,
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
            "Operations": [
                {"location": "https://x/scim/v2/o/Users/1", "method": "POST", "bulkId": "q", "version": "W/\"1\"", "status": "201"},
                {"location": "https://x/scim/v2/o/Users/7", "method": "PUT", "status": "400",
                 "response": error_body(400, Some(ScimType::InvalidValue), "no")},
                {"location": "https://x/scim/v2/o/Users/1", "method": "PATCH", "version": "W/\"2\"", "status": "200"},
                {"location": "https://x/scim/v2/o/Groups/8", "method": "DELETE", "status": "204"},
            ],
        })
    );
}

#[test]
fn a_version_and_the_body_of_a_patch_reach_the_step() {
    let (_, steps, _) = run(
        job(
            &json!([
                {"method": "PATCH", "path": "/Users/7", "version": "W/\"3\"", "data": [{"op": "remove", "path": "title"}]},
            ]),
            None,
        ),
        |_| false,
    );
    assert_eq!(steps[0].version.as_deref(), Some("W/\"3\""));
    assert_eq!(
        Value::Object(steps[0].data.clone().unwrap()),
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "remove", "path": "title"}],
        })
    );
}

#[test]
fn an_operation_waits_for_what_it_refers_to_and_the_rest_keeps_its_order() {
    let (log, steps, response) = run(
        job(
            &json!([
                post("g", &json!({"displayName": "g", "members": [{"value": "bulkId:u"}]})),
                {"method": "DELETE", "path": "/Users/7"},
                {"method": "PUT", "path": "/Groups/9", "data": {"displayName": "x", "members": [{"$ref": "/Groups/bulkId:g"}]}},
                post("u", &json!({"userName": "u"})),
                {"method": "DELETE", "path": "/Groups/9"},
            ]),
            None,
        ),
        |_| false,
    );
    assert_eq!(
        log,
        [
            "DELETE /Users/7",
            "POST /Users",
            "POST /Groups",
            "PUT /Groups/9",
            "DELETE /Groups/9"
        ]
    );
    assert_eq!(
        steps[2].data.as_ref().unwrap()["members"],
        json!([{"value": "1"}])
    );
    assert_eq!(
        steps[3].data.as_ref().unwrap()["members"],
        json!([{"$ref": "/Groups/2"}])
    );
    assert_eq!(statuses(&response), ["201", "204", "200", "201", "204"]);
}

#[test]
fn a_resource_that_an_earlier_operation_mentions_is_not_deleted_before_it() {
    let (log, ..) = run(
        job(
            &json!([
                post("g", &json!({"displayName": "g", "members": [{"value": "7"}, {"value": "bulkId:u"}]})),
                {"method": "DELETE", "path": "/Users/7"},
                post("u", &json!({"userName": "u"})),
            ]),
            None,
        ),
        |_| false,
    );
    assert_eq!(log, ["POST /Users", "POST /Groups", "DELETE /Users/7"]);
}

#[test]
fn a_circle_is_broken_by_adding_one_reference_afterwards() {
    let (log, steps, response) = run(
        job(
            &json!([
                post("a", &json!({"displayName": "a", "members": [{"value": "5"}, {"value": "bulkId:b"}]})),
                post("b", &json!({"displayName": "b", "members": [{"value": "bulkId:a"}]})),
                {"method": "PATCH", "path": "/Groups/bulkId:a", "data": [{"op": "remove", "path": "members[value eq \"bulkId:b\"]"}]},
            ]),
            None,
        ),
        |_| false,
    );
    assert_eq!(
        log,
        [
            "POST /Groups",
            "POST /Groups",
            "PATCH /Groups/1",
            "PATCH /Groups/1"
        ]
    );
    assert_eq!(
        steps[0].data.as_ref().unwrap()["members"],
        json!([{"value": "5"}])
    );
    assert_eq!(
        steps[1].data.as_ref().unwrap()["members"],
        json!([{"value": "1"}])
    );
    assert_eq!(
        steps[2].data.as_ref().unwrap()["Operations"],
        json!([{"op": "add", "path": "members", "value": [{"value": "2"}]}])
    );
    assert_eq!(
        steps[3].data.as_ref().unwrap()["Operations"][0]["path"],
        "members[value eq \"2\"]"
    );
    assert_eq!(statuses(&response), ["201", "201", "200"]);
    assert_eq!(response["Operations"][0]["version"], "W/\"2\"");
}

#[test]
fn a_reference_to_oneself_and_one_in_an_extension_are_added_afterwards() {
    let (log, steps, _) = run(
        job(
            &json!([
                post(
                    "a",
                    &json!({"userName": "a", ENTERPRISE: {"department": "x", "manager": {"value": "bulkId:a"}}})
                ),
                post(
                    "b",
                    &json!({"userName": "b", ENTERPRISE: {"manager": {"value": "bulkId:b"}}})
                ),
            ]),
            None,
        ),
        |_| false,
    );
    assert_eq!(
        log,
        ["POST /Users", "PATCH /Users/1", "POST /Users", "PATCH /Users/2"]
    );
    assert_eq!(
        steps[0].data.as_ref().unwrap()[ENTERPRISE],
        json!({"department": "x"})
    );
    assert_eq!(steps[2].data.as_ref().unwrap().get(ENTERPRISE), None);
    assert_eq!(
        steps[3].data.as_ref().unwrap()["Operations"],
        json!([{"op": "add", "path": ENTERPRISE, "value": {"manager": {"value": "2"}}}])
    );
}

#[test]
fn a_reference_that_the_service_provider_ignores_is_not_added() {
    let (log, ..) = run(
        job(
            &json!([
                post("u", &json!({"userName": "u", "groups": [{"value": "bulkId:g"}]})),
                post(
                    "g",
                    &json!({"displayName": "g", "members": [{"value": "bulkId:u"}]})
                ),
            ]),
            None,
        ),
        |_| false,
    );
    assert_eq!(log, ["POST /Users", "POST /Groups"]);
}

#[test]
fn a_required_reference_is_waited_for_and_a_circle_of_them_fails() {
    let (log, ..) = run(
        job(
            &json!([
                post("a", &json!({"displayName": "bulkId:b"})),
                post(
                    "b",
                    &json!({"displayName": "b", "members": [{"value": "bulkId:a"}]})
                ),
            ]),
            None,
        ),
        |_| false,
    );
    assert_eq!(log, ["POST /Groups", "POST /Groups", "PATCH /Groups/1"]);

    let (log, _, response) = run(
        job(
            &json!([
                post("a", &json!({"displayName": "bulkId:b"})),
                post("b", &json!({"displayName": "bulkId:a"})),
                post(
                    "c",
                    &json!({"displayName": "c", "members": [{"value": "bulkId:b"}]})
                ),
                post("d", &json!({"displayName": "d"})),
            ]),
            None,
        ),
        |_| false,
    );
    assert_eq!(log, ["POST /Groups"]);
    assert_eq!(statuses(&response), ["409", "409", "409", "201"]);
    assert!(
        response["Operations"][2]["response"]["detail"]
            .as_str()
            .unwrap()
            .contains("bulkId:b")
    );
}

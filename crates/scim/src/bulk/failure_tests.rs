//! Jobs in which operations fail: what depends on them, and when a job stops.

use serde_json::json;

use super::{
    Method,
    tests::{job, post, run, statuses},
};

#[test]
fn an_unknown_reference_fails_its_operation_and_names_it() {
    let (log, _, response) = run(
        job(
            &json!([
                post("g", &json!({"displayName": "g", "members": [{"value": "bulkId:Q"}]})),
                {"method": "PUT", "path": "/Groups/5", "bulkId": "Q", "data": {"displayName": "x"}},
                {"method": "DELETE", "path": "/Users/bulkId:none"},
            ]),
            None,
        ),
        |_| false,
    );
    assert_eq!(log, ["PUT /Groups/5"]);
    assert_eq!(statuses(&response), ["400", "200", "400"]);
    let error = &response["Operations"][0]["response"];
    assert_eq!(error["scimType"], "invalidValue");
    assert!(error["detail"].as_str().unwrap().contains("bulkId:Q"));
    assert_eq!(response["Operations"][0].get("location"), None);
}

#[test]
fn what_depends_on_a_failed_post_fails_and_names_it() {
    let (log, _, response) = run(
        job(
            &json!([
                post("u", &json!({"userName": "u"})),
                post("g", &json!({"displayName": "g", "members": [{"value": "bulkId:u"}]})),
                {"method": "DELETE", "path": "/Groups/bulkId:g"},
                post("v", &json!({"userName": "v"})),
            ]),
            None,
        ),
        |step| step.index == 0,
    );
    assert_eq!(log, ["POST /Users", "POST /Users"]);
    assert_eq!(statuses(&response), ["400", "409", "409", "201"]);
    assert!(
        response["Operations"][1]["response"]["detail"]
            .as_str()
            .unwrap()
            .contains("bulkId:u")
    );
    assert!(
        response["Operations"][2]["response"]["detail"]
            .as_str()
            .unwrap()
            .contains("bulkId:g")
    );
}

#[test]
fn a_resource_without_the_other_half_of_its_circle_is_reported_as_incomplete() {
    let circle = json!([
        post(
            "a",
            &json!({"displayName": "a", "members": [{"value": "bulkId:b"}]})
        ),
        post(
            "b",
            &json!({"displayName": "b", "members": [{"value": "bulkId:a"}]})
        ),
    ]);
    let (log, _, response) = run(job(&circle, None), |step| step.index == 1);
    assert_eq!(log, ["POST /Groups", "POST /Groups"]);
    assert_eq!(statuses(&response), ["409", "400"]);
    assert_eq!(
        response["Operations"][0]["location"],
        "https://x/scim/v2/o/Groups/1"
    );

    let (_, _, response) = run(job(&circle, None), |step| step.method == Method::Patch);
    assert_eq!(statuses(&response), ["400", "201"]);
    let detail = response["Operations"][0]["response"]["detail"].as_str().unwrap();
    assert!(
        detail.contains("created without") && detail.ends_with("no"),
        "{detail}"
    );
}

#[test]
fn fail_on_errors_stops_after_so_many_failures_and_returns_what_was_done() {
    let operations = json!([
        post("a", &json!({"userName": "a"})),
        {"method": "GET", "path": "/Users/1"},
        post("b", &json!({"userName": "b"})),
        {"method": "DELETE", "path": "/Users/5"},
        post("c", &json!({"userName": "c"})),
    ]);
    for (limit, expected) in [
        (Some(1), vec!["201", "400"]),
        (Some(2), vec!["201", "400", "201", "400"]),
        (Some(3), vec!["201", "400", "201", "400", "201"]),
        (None, vec!["201", "400", "201", "400", "201"]),
    ] {
        let (_, _, response) = run(job(&operations, limit), |step| step.method == Method::Delete);
        assert_eq!(statuses(&response), expected, "{limit:?}");
        assert_eq!(response.get("failOnErrors"), None);
    }
}

#[test]
fn what_is_missing_of_a_created_resource_is_added_after_the_stop_too() {
    let (log, _, response) = run(
        job(
            &json!([
                post("a", &json!({"displayName": "a", "members": [{"value": "bulkId:b"}, {"value": "bulkId:c"}]})),
                post("b", &json!({"displayName": "b", "members": [{"value": "bulkId:a"}]})),
                {"method": "DELETE", "path": "/Users/5"},
                post("c", &json!({"displayName": "c", "members": [{"value": "bulkId:a"}]})),
            ]),
            Some(1),
        ),
        |step| step.method == Method::Delete,
    );
    assert_eq!(log, ["POST /Groups", "POST /Groups", "DELETE /Users/5"]);
    assert_eq!(statuses(&response), ["409", "201", "400"]);
}

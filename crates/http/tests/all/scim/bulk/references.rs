//! Operations that name what other operations create (RFC 7644 §3.7.2), and circles of them (§3.7.1).

use serde_json::json;
use wicketgate_scim::{
    Mode,
    message::PATCH_OP,
    schema::{ENTERPRISE_USER, GROUP, USER},
};
use wicketgate_testbed::both_engines;

use super::{bulk, id, results, statuses};
use crate::harness::TestGateway;

both_engines! {
    run with crate::harness::run:
    a_group_is_created_with_a_member_of_the_same_request,
    a_reference_may_stand_before_what_it_names,
    a_reference_may_stand_in_a_path_and_in_an_extension,
    two_users_may_be_each_others_manager,
    an_unknown_reference_fails_and_is_not_stored,
    what_refers_to_a_failed_operation_fails,
    groups_that_contain_each_other_are_refused,
}

async fn a_group_is_created_with_a_member_of_the_same_request(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let answer = bulk(
        &org,
        json!([
            {"method": "POST", "path": "/Users", "bulkId": "Qwerty", "data": {"schemas": [USER], "userName": "anna"}},
            {"method": "POST", "path": "/Groups", "bulkId": "ytrewq", "data": {
                "schemas": [GROUP], "displayName": "Staff", "members": [{"type": "User", "value": "bulkId:Qwerty"}]}},
        ]),
    )
    .await
    .expect(200);
    assert_eq!(statuses(&answer), ["201", "201"]);
    let results = results(&answer);
    assert_eq!(org.members(&id(&results[1])).await, [id(&results[0])]);
}

async fn a_reference_may_stand_before_what_it_names(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let answer = bulk(
        &org,
        json!([
            {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {
                "schemas": [GROUP], "displayName": "Staff", "members": [{"value": "bulkId:u"}]}},
            {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"schemas": [USER], "userName": "anna"}},
        ]),
    )
    .await
    .expect(200);
    assert_eq!(statuses(&answer), ["201", "201"]);
    let results = results(&answer);
    assert_eq!(results[0]["bulkId"], "g");
    assert_eq!(org.members(&id(&results[0])).await, [id(&results[1])]);
}

async fn a_reference_may_stand_in_a_path_and_in_an_extension(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let group = org.group("Staff", &[]).await;
    let answer = bulk(
        &org,
        json!([
            {"method": "POST", "path": "/Users", "bulkId": "boss", "data": {"schemas": [USER], "userName": "boss"}},
            {"method": "POST", "path": "/Users", "bulkId": "anna", "data": {
                "schemas": [USER, ENTERPRISE_USER], "userName": "anna",
                ENTERPRISE_USER: {"manager": {"value": "bulkId:boss"}}}},
            {"method": "PATCH", "path": "/Users/bulkId:anna", "data": {
                "schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "title", "value": "Pilot"}]}},
            {"method": "PATCH", "path": format!("/Groups/{group}"), "data": {
                "schemas": [PATCH_OP],
                "Operations": [{"op": "add", "path": "members", "value": [{"value": "bulkId:anna"}]}]}},
        ]),
    )
    .await
    .expect(200);
    assert_eq!(statuses(&answer), ["201", "201", "200", "200"], "{answer:?}");
    let results = results(&answer);
    let anna = org
        .get(&format!("/Users/{}", id(&results[1])))
        .await
        .expect(200)
        .json();
    assert_eq!(anna["title"], "Pilot");
    assert_eq!(anna[ENTERPRISE_USER]["manager"]["value"], id(&results[0]));
    assert_eq!(results[2]["location"], anna["meta"]["location"]);
    assert_eq!(org.members(&group).await, [id(&results[1])]);
}

async fn two_users_may_be_each_others_manager(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let reporting = |name: &str, manager: &str| {
        json!({"method": "POST", "path": "/Users", "bulkId": name, "data": {
            "schemas": [USER, ENTERPRISE_USER], "userName": name,
            ENTERPRISE_USER: {"manager": {"value": format!("bulkId:{manager}")}}}})
    };
    for (mode, names) in [(Mode::Tolerant, ["a", "b"]), (Mode::Strict, ["c", "d"])] {
        org.set_mode(mode).await;
        let answer = bulk(
            &org,
            json!([reporting(names[0], names[1]), reporting(names[1], names[0])]),
        )
        .await
        .expect(200);
        assert_eq!(statuses(&answer), ["201", "201"], "{mode}: {answer:?}");
        let ids: Vec<String> = results(&answer).iter().map(id).collect();
        for (user, manager) in [(0, 1), (1, 0)] {
            let user = org.get(&format!("/Users/{}", ids[user])).await.expect(200).json();
            assert_eq!(user[ENTERPRISE_USER]["manager"]["value"], ids[manager], "{mode}");
            assert!(user[ENTERPRISE_USER]["manager"]["displayName"].is_string());
        }
    }
}

async fn an_unknown_reference_fails_and_is_not_stored(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let answer = bulk(
        &org,
        json!([
            {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"schemas": [USER], "userName": "anna"}},
            {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {
                "schemas": [GROUP], "displayName": "Staff", "members": [{"value": "bulkId:U"}]}},
            {"method": "DELETE", "path": "/Users/bulkId:99"},
        ]),
    )
    .await
    .expect(200);
    assert_eq!(statuses(&answer), ["201", "400", "400"]);
    for (result, name) in results(&answer)[1..].iter().zip(["U", "99"]) {
        let detail = result["response"]["detail"].as_str().unwrap();
        assert!(detail.contains(name), "{detail}");
    }
    assert_eq!(org.get("/Groups").await.json()["totalResults"], 0);
}

async fn what_refers_to_a_failed_operation_fails(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("anna").await;
    let answer = bulk(
        &org,
        json!([
            {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {
                "schemas": [GROUP], "displayName": "Staff", "members": [{"value": "bulkId:u"}]}},
            {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"schemas": [USER], "userName": "Anna"}},
        ]),
    )
    .await
    .expect(200);
    assert_eq!(statuses(&answer), ["409", "409"]);
    assert_eq!(org.get("/Groups").await.json()["totalResults"], 0);
}

async fn groups_that_contain_each_other_are_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let containing = |name: &str, member: &str| {
        json!({"method": "POST", "path": "/Groups", "bulkId": name, "data": {
            "schemas": [GROUP], "displayName": name, "members": [{"value": format!("bulkId:{member}")}]}})
    };
    let answer = bulk(&org, json!([containing("a", "b"), containing("b", "a")]))
        .await
        .expect(200);
    let failed: Vec<_> = results(&answer)
        .into_iter()
        .filter(|result| result.get("response").is_some())
        .collect();
    assert_eq!(failed.len(), 1, "{answer:?}");
    let groups = org.get("/Groups").await.expect(200).json();
    let members: usize = groups["Resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["members"].as_array().map_or(0, Vec::len))
        .sum();
    assert_eq!(members, 1);
}

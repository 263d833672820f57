//! Groups that lost their members.

use futures_util::future::join_all;
use serde_json::json;
use wicketgate_scim::{Mode, schema::GROUP};
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    trap_01_remove_members_with_a_value_list_wipes_nobody_else,
    trap_02_both_shapes_of_removal_remove_only_what_they_name,
    trap_03_a_filtered_removal_and_an_addition_keep_the_rest_of_the_list,
    trap_04_a_filtered_removal_really_removes,
    trap_05_replacing_members_removes_the_stale_ones,
    trap_06_a_replace_that_does_not_mention_members_keeps_them,
    trap_07_fifty_additions_at_once_are_all_there,
    trap_08_one_unknown_member_does_not_reject_the_whole_push,
    trap_09_adding_a_present_member_changes_nothing,
    trap_10_a_member_without_a_type_or_with_a_null_reference_is_accepted,
}

async fn three(gateway: &TestGateway) -> (crate::harness::TestOrg, String, [String; 3]) {
    let org = gateway.with_org().await;
    let users = [org.user("a").await, org.user("b").await, org.user("c").await];
    let group = org.group("Pilots", &[&users[0], &users[1], &users[2]]).await;
    (org, group, users)
}

async fn trap_01_remove_members_with_a_value_list_wipes_nobody_else(gateway: TestGateway) {
    let (org, group, [a, b, c]) = three(&gateway).await;
    let endpoint = format!("/Groups/{group}");
    for (value, left) in [
        (json!([{"value": a}]), vec![&b, &c]),
        (json!([]), vec![&b, &c]),
        (json!([{"value": "nobody"}]), vec![&b, &c]),
        (json!([{"value": b}]), vec![&c]),
    ] {
        let operations = json!([{"op": "Remove", "path": "members", "value": value}]);
        org.patch(&endpoint, &operations).await.expect(204);
        assert_eq!(
            org.members(&group).await.iter().collect::<Vec<_>>(),
            left,
            "{value}"
        );
    }
}

async fn trap_02_both_shapes_of_removal_remove_only_what_they_name(gateway: TestGateway) {
    let (org, group, [a, b, c]) = three(&gateway).await;
    let endpoint = format!("/Groups/{group}");
    let by_value = json!({"op": "remove", "path": "members", "value": [{"value": a}]});
    let by_filter = json!({"op": "remove", "path": format!("members[value eq \"{b}\"]")});
    // In one request, and in two in either order.
    for requests in [
        vec![json!([by_value, by_filter])],
        vec![json!([by_value]), json!([by_filter])],
        vec![json!([by_filter]), json!([by_value])],
    ] {
        for operations in &requests {
            org.patch(&endpoint, operations).await.expect(204);
            assert!(org.members(&group).await.contains(&c), "{operations}");
        }
        assert_eq!(org.members(&group).await, [c.as_str()], "{requests:?}");
        let restore = json!([{"op": "add", "path": "members", "value": [{"value": a}, {"value": b}]}]);
        org.patch(&endpoint, &restore).await.expect(204);
        assert_eq!(org.members(&group).await, [a.as_str(), &b, &c]);
    }
}

async fn trap_03_a_filtered_removal_and_an_addition_keep_the_rest_of_the_list(gateway: TestGateway) {
    let (org, group, [a, b, c]) = three(&gateway).await;
    let endpoint = format!("/Groups/{group}");
    let d = org.user("d").await;
    org.patch(
        &endpoint,
        &json!([{"op": "remove", "path": format!("members[value eq \"{a}\"]")}]),
    )
    .await
    .expect(204);
    assert_eq!(org.members(&group).await, [b.as_str(), &c]);
    org.patch(
        &endpoint,
        &json!([{"op": "add", "path": "members", "value": [{"value": d}]}]),
    )
    .await
    .expect(204);
    assert_eq!(org.members(&group).await, [b, c, d]);
}

async fn trap_04_a_filtered_removal_really_removes(gateway: TestGateway) {
    let (org, group, [a, b, c]) = three(&gateway).await;
    for path in [
        format!("members[value eq \"{a}\"]"),
        format!("Members[Value EQ \"{b}\"]"),
        format!("urn:ietf:params:scim:schemas:core:2.0:Group:members[value eq \"{c}\"]"),
    ] {
        let before = org.members(&group).await.len();
        org.patch(
            &format!("/Groups/{group}"),
            &json!([{"op": "remove", "path": path}]),
        )
        .await
        .expect(204);
        assert_eq!(org.members(&group).await.len(), before - 1, "{path}");
    }
}

async fn trap_05_replacing_members_removes_the_stale_ones(gateway: TestGateway) {
    let (org, group, [a, b, c]) = three(&gateway).await;
    let endpoint = format!("/Groups/{group}");
    org.patch(
        &endpoint,
        &json!([{"op": "replace", "path": "members", "value": [{"value": a}]}]),
    )
    .await
    .expect(204);
    assert_eq!(org.members(&group).await, [a]);
    let put = json!({"schemas": [GROUP], "displayName": "Pilots", "members": [{"value": b}]});
    org.put(&endpoint, &put).await.expect(200);
    assert_eq!(org.members(&group).await, [b]);
    let pathless = json!([{"op": "replace", "value": {"members": [{"value": c}]}}]);
    org.patch(&endpoint, &pathless).await.expect(204);
    assert_eq!(org.members(&group).await, [c]);
}

async fn trap_06_a_replace_that_does_not_mention_members_keeps_them(gateway: TestGateway) {
    let (org, group, users) = three(&gateway).await;
    let rename = json!([{"op": "Replace", "value": {"id": group, "displayName": "Captains"}}]);
    org.patch(&format!("/Groups/{group}"), &rename).await.expect(204);
    assert_eq!(org.members(&group).await, users);
}

async fn trap_07_fifty_additions_at_once_are_all_there(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let group = org.group("Pilots", &[]).await;
    let mut users = Vec::new();
    for number in 0..50 {
        users.push(org.user(&format!("user{number}")).await);
    }
    let endpoint = format!("/Groups/{group}");
    let additions = users.iter().map(|id| {
        let (org, endpoint) = (&org, &endpoint);
        let operations = json!([{"op": "add", "path": "members", "value": [{"value": id}]}]);
        async move { org.patch(endpoint, &operations).await.status }
    });
    assert_eq!(join_all(additions).await, vec![204; 50]);
    assert_eq!(org.members(&group).await, users);
    let read = org.get(&endpoint).await.expect(200);
    assert_eq!(read.header("etag"), Some("W/\"51\""));
    let seqs: Vec<i64> = org.events().await.iter().map(|event| event.seq).collect();
    let gapless: Vec<i64> = (1..).take(seqs.len()).collect();
    assert_eq!(seqs, gapless);
}

async fn trap_08_one_unknown_member_does_not_reject_the_whole_push(gateway: TestGateway) {
    const UNKNOWN: &str = "0193d8a4-9b7e-7c3d-8f21-5a6b7c8d9e0f";

    let org = gateway.with_org().await;
    let [anna, berta] = [org.user("anna").await, org.user("berta").await];
    let members = json!([{"value": UNKNOWN}, {"value": anna}, {"value": "00u1"}]);
    let group = json!({"schemas": [GROUP], "displayName": "Pilots", "members": members});
    let id = org.post("/Groups", &group).await.expect(201).id();
    assert_eq!(org.members(&id).await, [anna.as_str()]);
    let add = json!([{"op": "add", "path": "members", "value": [{"value": UNKNOWN}, {"value": berta}]}]);
    org.patch(&format!("/Groups/{id}"), &add).await.expect(204);
    assert_eq!(org.members(&id).await, [anna.as_str(), &berta]);
    // Who asked for the letter of the RFC is told which member it was, and nothing has changed.
    org.set_mode(Mode::Strict).await;
    let cara = org.user("cara").await;
    let add = json!([{"op": "add", "path": "members", "value": [{"value": UNKNOWN}, {"value": cara}]}]);
    let answer = org.patch(&format!("/Groups/{id}"), &add).await;
    refused(&answer, 400, Some("invalidValue"), &["members", UNKNOWN]);
    assert_eq!(org.members(&id).await, [anna, berta]);
}

async fn trap_09_adding_a_present_member_changes_nothing(gateway: TestGateway) {
    let (org, group, [a, b, c]) = three(&gateway).await;
    let endpoint = format!("/Groups/{group}");
    let read = org.get(&endpoint).await;
    let operations =
        json!([{"op": "add", "path": "members", "value": [{"value": a}, {"value": a, "display": "A"}]}]);
    org.patch(&endpoint, &operations).await.expect(204);
    assert_eq!(org.members(&group).await, [a, b, c]);
    assert_eq!(org.get(&endpoint).await, read);
}

async fn trap_10_a_member_without_a_type_or_with_a_null_reference_is_accepted(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let group = org.group("Pilots", &[]).await;
    for member in [
        json!({"value": anna}),
        json!({"value": anna, "type": null, "$ref": null, "display": null}),
        json!({"value": anna, "type": "user", "$ref": "../Users/x"}),
    ] {
        let endpoint = format!("/Groups/{group}");
        let replace =
            |value: serde_json::Value| json!([{"op": "replace", "path": "members", "value": value}]);
        org.patch(&endpoint, &replace(json!([member]))).await.expect(204);
        assert_eq!(org.members(&group).await, [anna.as_str()], "{member}");
        org.patch(&endpoint, &replace(json!([]))).await.expect(204);
    }
}

//! Groups that lost their members.

use futures_util::future::join_all;
use serde_json::json;
use wicketgate_scim::schema::GROUP;
use wicketgate_testbed::both_engines;

use crate::harness::TestGateway;

both_engines! {
    run with crate::harness::run:
    removing_one_member_by_value_wiped_the_group,
    both_shapes_of_removal_in_one_request_wiped_the_group,
    a_filtered_removal_cleared_all_and_an_addition_replaced_the_list,
    a_filtered_removal_answered_success_and_removed_nothing,
    replacing_members_left_stale_ones_behind,
    renaming_a_group_emptied_it,
    concurrent_additions_lost_members,
    one_unknown_member_rejected_the_whole_push,
    adding_a_present_member_doubled_it_and_was_a_change,
    a_member_without_a_type_or_with_a_null_reference_was_refused,
}

async fn three(gateway: &TestGateway) -> (crate::harness::TestOrg, String, [String; 3]) {
    let org = gateway.with_org().await;
    let users = [org.user("a").await, org.user("b").await, org.user("c").await];
    let group = org.group("Pilots", &[&users[0], &users[1], &users[2]]).await;
    (org, group, users)
}

async fn removing_one_member_by_value_wiped_the_group(gateway: TestGateway) {
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

async fn both_shapes_of_removal_in_one_request_wiped_the_group(gateway: TestGateway) {
    let (org, group, [a, b, c]) = three(&gateway).await;
    let operations = json!([
        {"op": "remove", "path": "members", "value": [{"value": a}]},
        {"op": "remove", "path": format!("members[value eq \"{b}\"]")},
    ]);
    org.patch(&format!("/Groups/{group}"), &operations)
        .await
        .expect(204);
    assert_eq!(org.members(&group).await, [c]);
}

async fn a_filtered_removal_cleared_all_and_an_addition_replaced_the_list(gateway: TestGateway) {
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

async fn a_filtered_removal_answered_success_and_removed_nothing(gateway: TestGateway) {
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

async fn replacing_members_left_stale_ones_behind(gateway: TestGateway) {
    let (org, group, [a, b, _]) = three(&gateway).await;
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
}

async fn renaming_a_group_emptied_it(gateway: TestGateway) {
    let (org, group, users) = three(&gateway).await;
    let rename = json!([{"op": "Replace", "value": {"id": group, "displayName": "Captains"}}]);
    org.patch(&format!("/Groups/{group}"), &rename).await.expect(204);
    assert_eq!(org.members(&group).await, users);
}

async fn concurrent_additions_lost_members(gateway: TestGateway) {
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

async fn one_unknown_member_rejected_the_whole_push(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let members =
        json!([{"value": "0193d8a4-9b7e-7c3d-8f21-5a6b7c8d9e0f"}, {"value": anna}, {"value": "00u1"}]);
    let group = json!({"schemas": [GROUP], "displayName": "Pilots", "members": members});
    let id = org.post("/Groups", &group).await.expect(201).id();
    assert_eq!(org.members(&id).await, [anna]);
}

async fn adding_a_present_member_doubled_it_and_was_a_change(gateway: TestGateway) {
    let (org, group, [a, b, c]) = three(&gateway).await;
    let endpoint = format!("/Groups/{group}");
    let read = org.get(&endpoint).await;
    let operations =
        json!([{"op": "add", "path": "members", "value": [{"value": a}, {"value": a, "display": "A"}]}]);
    org.patch(&endpoint, &operations).await.expect(204);
    assert_eq!(org.members(&group).await, [a, b, c]);
    assert_eq!(org.get(&endpoint).await, read);
}

async fn a_member_without_a_type_or_with_a_null_reference_was_refused(gateway: TestGateway) {
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

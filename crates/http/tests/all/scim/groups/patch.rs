//! `PATCH /Groups/{id}`: the shapes in which identity providers change membership, and what is stored of them.

use serde_json::{Value, json};
use wicketgate_scim::{Mode, schema::GROUP};
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    every_shape_of_a_membership_change_is_understood,
    the_answer_has_a_body_only_where_one_is_asked_for,
    a_rename_leaves_the_members_alone,
    a_patch_that_changes_nothing_is_not_a_change,
    hundreds_of_members_are_changed_at_once,
    one_bad_operation_undoes_all,
    refusals_say_what_is_wrong,
}

async fn every_shape_of_a_membership_change_is_understood(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [a, b, c] = [org.user("a").await, org.user("b").await, org.user("c").await];
    for (operations, expected) in [
        (
            json!([{"op": "add", "path": "members", "value": [{"value": c}]}]),
            vec![&a, &b, &c],
        ),
        (
            json!([{"op": "Add", "path": "Members", "value": {"value": c}}]),
            vec![&a, &b, &c],
        ),
        (
            json!([{"op": "add", "path": "members", "value": [c]}]),
            vec![&a, &b, &c],
        ),
        (
            json!([{"op": "add", "value": {"members": [{"value": c, "display": "c"}]}}]),
            vec![&a, &b, &c],
        ),
        (
            json!([{"op": "add", "path": format!("{GROUP}:members"), "value": [{"value": c}]}]),
            vec![&a, &b, &c],
        ),
        (
            json!([{"op": "remove", "path": format!("members[value eq \"{a}\"]")}]),
            vec![&b],
        ),
        (
            json!([{"op": "Remove", "path": "members", "value": [{"value": a}]}]),
            vec![&b],
        ),
        (
            json!([{"op": "remove", "path": "members", "value": {"value": a}}]),
            vec![&b],
        ),
        (
            json!([{"op": "remove", "path": "members", "value": []}]),
            vec![&a, &b],
        ),
        (json!([{"op": "remove", "path": "members"}]), vec![]),
        (
            json!([{"op": "replace", "path": "members", "value": [{"value": c}]}]),
            vec![&c],
        ),
        (json!([{"op": "replace", "path": "members", "value": []}]), vec![]),
        (
            json!([{"op": "replace", "value": {"id": "x", "displayName": "New", "members": [{"value": b}]}}]),
            vec![&b],
        ),
        (
            json!([{"op": "remove", "path": format!("members[value eq \"{a}\"]")},
                {"op": "add", "path": "members", "value": [{"value": c}]}]),
            vec![&b, &c],
        ),
        (
            json!([{"op": "remove", "path": format!("members[value eq \"{a}\" or value eq \"{b}\"]")}]),
            vec![],
        ),
        (
            json!([{"op": "add", "path": "members", "value": [{"value": c}]},
                {"op": "remove", "path": format!("members[value eq \"{c}\"]")}]),
            vec![&a, &b],
        ),
    ] {
        let group = org.group("Pilots", &[&a, &b]).await;
        let patched = org.patch(&format!("/Groups/{group}"), &operations).await;
        assert_eq!(patched.status, 204, "{operations}: {patched:?}");
        let members = org.members(&group).await;
        assert_eq!(members.iter().collect::<Vec<_>>(), expected, "{operations}");
        org.delete(&format!("/Groups/{group}")).await.expect(204);
    }
}

async fn the_answer_has_a_body_only_where_one_is_asked_for(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let group = org.group("Pilots", &[]).await;
    let operations = |name: &str| json!([{"op": "replace", "path": "displayName", "value": name}]);
    let endpoint = format!("/Groups/{group}");
    let silent = org.patch(&endpoint, &operations("A")).await.expect(204);
    assert!(silent.body.is_empty());
    assert_eq!(silent.header("etag"), Some("W/\"2\""));
    let asked = org
        .patch(&format!("{endpoint}?attributes=displayName"), &operations("B"))
        .await
        .expect(200);
    assert_eq!(
        asked.json(),
        json!({"schemas": [GROUP], "id": group, "displayName": "B"})
    );
    org.set_mode(Mode::Strict).await;
    let strict = org.patch(&endpoint, &operations("C")).await.expect(200);
    assert_eq!(strict.json(), org.get(&endpoint).await.expect(200).json());
}

async fn a_rename_leaves_the_members_alone(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("a").await;
    let group = org.group("Pilots", &[&anna]).await;
    for (number, operations) in [
        json!([{"op": "replace", "value": {"id": group, "displayName": "One"}}]),
        json!([{"op": "Replace", "value": {"displayName": "Two"}}]),
        json!([{"op": "replace", "path": "displayName", "value": "Three"}]),
    ]
    .into_iter()
    .enumerate()
    {
        org.patch(&format!("/Groups/{group}"), &operations)
            .await
            .expect(204);
        assert_eq!(org.members(&group).await, [anna.as_str()], "{operations}");
        let read = org.get(&format!("/Groups/{group}")).await.expect(200).json();
        assert_eq!(read["displayName"], ["One", "Two", "Three"][number]);
    }
}

async fn a_patch_that_changes_nothing_is_not_a_change(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [a, b] = [org.user("a").await, org.user("b").await];
    let group = org.group("Pilots", &[&a]).await;
    let endpoint = format!("/Groups/{group}");
    let read = org.get(&endpoint).await.expect(200);
    let before = org.latest_event().await;
    for operations in [
        json!([{"op": "add", "path": "members", "value": [{"value": a, "display": "Anna", "type": "User"}]}]),
        json!([{"op": "remove", "path": format!("members[value eq \"{b}\"]")}]),
        json!([{"op": "remove", "path": "members", "value": [{"value": b}]}]),
        json!([{"op": "replace", "path": "members", "value": [{"value": a}]}]),
        json!([{"op": "replace", "path": "displayName", "value": "Pilots"}]),
        json!([{"op": "remove", "path": "members", "value": [{"value": a}]},
            {"op": "add", "path": "members", "value": [{"value": a}]}]),
    ] {
        let patched = org.patch(&endpoint, &operations).await.expect(204);
        assert_eq!(patched.header("etag"), Some("W/\"1\""), "{operations}");
        assert_eq!(org.get(&endpoint).await, read, "{operations}");
    }
    assert_eq!(org.latest_event().await, before);
}

async fn hundreds_of_members_are_changed_at_once(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let mut users = Vec::new();
    for number in 0..300 {
        users.push(org.user(&format!("user{number}")).await);
    }
    let group = org.group("Pilots", &[]).await;
    let values: Vec<Value> = users.iter().map(|id| json!({"value": id})).collect();
    let endpoint = format!("/Groups/{group}");
    org.patch(
        &endpoint,
        &json!([{"op": "add", "path": "members", "value": values}]),
    )
    .await
    .expect(204);
    assert_eq!(org.members(&group).await, users);
    let removals: Vec<Value> = users[..250]
        .iter()
        .map(|id| json!({"op": "remove", "path": format!("members[value eq \"{id}\"]")}))
        .collect();
    org.patch(&endpoint, &Value::from(removals)).await.expect(204);
    assert_eq!(org.members(&group).await, users[250..]);
}

async fn one_bad_operation_undoes_all(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [a, b] = [org.user("a").await, org.user("b").await];
    let group = org.group("Pilots", &[&a]).await;
    let before = org.snapshot().await;
    for last in [
        json!({"op": "remove", "path": "displayName"}),
        json!({"op": "add", "path": "members", "value": [{"value": group}]}),
    ] {
        let operations = json!([
            {"op": "add", "path": "members", "value": [{"value": b}]},
            {"op": "replace", "path": "displayName", "value": "Other"},
            last,
        ]);
        org.patch(&format!("/Groups/{group}"), &operations)
            .await
            .expect(400);
        assert_eq!(org.snapshot().await, before);
    }
}

async fn refusals_say_what_is_wrong(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let group = org.group("Pilots", &[]).await;
    org.group("Crew", &[]).await;
    let before = org.snapshot().await;
    for (operations, status, scim_type, word) in [
        (
            json!([{"op": "add", "path": "members"}]),
            400,
            "invalidValue",
            "value",
        ),
        (
            json!([{"op": "add", "path": "members", "value": [{"display": "x"}]}]),
            400,
            "invalidValue",
            "members",
        ),
        (
            json!([{"op": "add", "path": "members", "value": [[]]}]),
            400,
            "invalidValue",
            "members",
        ),
        (json!([{"op": "remove"}]), 400, "noTarget", "path"),
        (
            json!([{"op": "remove", "path": "members[value eq"}]),
            400,
            "invalidFilter",
            "character 17",
        ),
        (
            json!([{"op": "remove", "path": "displayName"}]),
            400,
            "mutability",
            "displayName",
        ),
        (
            json!([{"op": "replace", "path": "displayName", "value": "crew"}]),
            409,
            "uniqueness",
            "displayName",
        ),
    ] {
        let answer = org.patch(&format!("/Groups/{group}"), &operations).await;
        assert_eq!(answer.status, status, "{operations}: {answer:?}");
        refused(&answer, status, Some(scim_type), &[word]);
    }
    assert_eq!(org.snapshot().await, before);
}

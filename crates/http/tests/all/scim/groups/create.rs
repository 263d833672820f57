//! `POST /Groups`.

use serde_json::json;
use wicketgate_scim::{Mode, schema::GROUP};
use wicketgate_testbed::both_engines;

use crate::harness::{PUBLIC_URL, TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    a_created_group_is_answered_whole_with_its_members,
    a_group_without_members_has_none,
    groups_may_be_members_but_not_in_a_circle,
    a_display_name_in_use_is_refused_however_it_is_spelled,
    a_missing_display_name_is_refused,
    a_member_is_one_however_often_and_however_it_is_named,
    an_unknown_member_is_skipped_or_refused_by_mode,
}

async fn a_created_group_is_answered_whole_with_its_members(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [anna, berta] = [org.user("anna").await, org.user("berta").await];
    let group = json!({
        "schemas": [GROUP], "displayName": "Pilots", "externalId": "g1",
        "members": [{"value": anna, "display": "anna"}, {"value": berta}],
    });
    let created = org.post("/Groups", &group).await.expect(201);
    let id = created.id();
    let location = format!("{PUBLIC_URL}{}", org.path(&format!("/Groups/{id}")));
    let body = created.json();
    assert_eq!(created.header("location"), Some(location.as_str()));
    assert_eq!(created.header("etag"), Some("W/\"1\""));
    let member = |id: &str| json!({"value": id, "$ref": format!("{PUBLIC_URL}{}", org.path(&format!("/Users/{id}"))), "type": "User"});
    assert_eq!(
        body,
        json!({
            "schemas": [GROUP],
            "id": id,
            "externalId": "g1",
            "displayName": "Pilots",
            "members": [member(&anna), member(&berta)],
            "meta": {
                "resourceType": "Group", "created": body["meta"]["created"],
                "lastModified": body["meta"]["created"], "location": location, "version": "W/\"1\"",
            },
        })
    );
    assert_eq!(org.get(&format!("/Groups/{id}")).await.expect(200).json(), body);
}

async fn a_group_without_members_has_none(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (name, members) in [("a", None), ("b", Some(json!([]))), ("c", Some(json!(null)))] {
        let mut group = json!({"schemas": [GROUP], "displayName": name});
        if let Some(members) = members {
            group["members"] = members;
        }
        let id = org.post("/Groups", &group).await.expect(201).id();
        assert!(org.members(&id).await.is_empty(), "{name}");
    }
}

async fn groups_may_be_members_but_not_in_a_circle(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let inner = org.group("Inner", &[]).await;
    let outer = org.group("Outer", &[&inner]).await;
    let read = org.get(&format!("/Groups/{outer}")).await.expect(200).json();
    assert_eq!(read["members"][0]["type"], "Group");
    assert!(
        read["members"][0]["$ref"]
            .as_str()
            .unwrap()
            .ends_with(&format!("/Groups/{inner}"))
    );
    let before = org.snapshot().await;
    for group in [&inner, &outer] {
        let operations = json!([{"op": "add", "path": "members", "value": [{"value": outer}]}]);
        let answer = org.patch(&format!("/Groups/{group}"), &operations).await;
        refused(&answer, 400, Some("invalidValue"), &["members"]);
    }
    assert_eq!(org.snapshot().await, before);
}

async fn a_display_name_in_use_is_refused_however_it_is_spelled(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.group("Straße", &[]).await;
    let before = org.snapshot().await;
    let group = json!({"schemas": [GROUP], "displayName": "STRASSE"});
    refused(
        &org.post("/Groups", &group).await,
        409,
        Some("uniqueness"),
        &["displayName"],
    );
    assert_eq!(org.snapshot().await, before);
}

async fn a_missing_display_name_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let before = org.latest_event().await;
    for group in [
        json!({"schemas": [GROUP]}),
        json!({"schemas": [GROUP], "displayName": "", "members": []}),
    ] {
        refused(
            &org.post("/Groups", &group).await,
            400,
            Some("invalidValue"),
            &["displayName", "required"],
        );
    }
    assert_eq!(org.latest_event().await, before);
}

async fn a_member_is_one_however_often_and_however_it_is_named(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let reference = format!("{PUBLIC_URL}{}", org.path(&format!("/Users/{anna}")));
    for (number, members) in [
        json!([{"value": anna}, {"value": anna, "display": "x"}, {"value": anna, "type": "User"}]),
        json!([{"value": anna, "$ref": null, "type": null}]),
        json!([{"value": anna, "$ref": reference}]),
        json!({"value": anna}),
        json!([anna]),
    ]
    .into_iter()
    .enumerate()
    {
        let group = json!({"schemas": [GROUP], "displayName": format!("g{number}"), "members": members});
        let id = org.post("/Groups", &group).await.expect(201).id();
        assert_eq!(org.members(&id).await, [anna.as_str()], "{members}");
    }
}

async fn an_unknown_member_is_skipped_or_refused_by_mode(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    for unknown in ["0193d8a4-9b7e-7c3d-8f21-5a6b7c8d9e0f", "nobody", "7"] {
        for mode in [Mode::Tolerant, Mode::Strict, Mode::Interop] {
            org.set_mode(mode).await;
            let before = org.latest_event().await;
            let group = json!({
                "schemas": [GROUP], "displayName": format!("{unknown} {mode}"),
                "members": [{"value": anna}, {"value": unknown}],
            });
            let answer = org.post("/Groups", &group).await;
            if mode.is_tolerant() {
                assert_eq!(org.members(&answer.expect(201).id()).await, [anna.as_str()]);
            } else {
                refused(&answer, 400, Some("invalidValue"), &["members", unknown]);
                assert_eq!(org.latest_event().await, before);
            }
        }
    }
}

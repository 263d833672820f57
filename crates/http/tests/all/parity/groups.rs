//! Rows P1 to P7: `/Groups`, which ZITADEL has on a branch.

use serde_json::{Value, json};
use wicketgate_scim::{message::BULK_REQUEST, schema::GROUP};
use wicketgate_testbed::both_engines;

use crate::harness::{PUBLIC_URL, TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    p01_a_display_name_in_use_is_a_conflict_in_any_case,
    p02_a_group_is_patched,
    p03_pages_show_each_group_once,
    p04_groups_are_filtered,
    p05_groups_are_created_and_deleted_in_bulk,
    p06_a_group_may_be_a_member,
    p07_a_user_shows_its_groups,
}

async fn p01_a_display_name_in_use_is_a_conflict_in_any_case(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.group("Pilots", &[]).await;
    let crew = org.group("Crew", &[]).await;
    let before = org.snapshot().await;
    for name in ["Pilots", "PILOTS", "pilots"] {
        let group = json!({"schemas": [GROUP], "displayName": name});
        refused(
            &org.post("/Groups", &group).await,
            409,
            Some("uniqueness"),
            &["displayName"],
        );
        let put = org.put(&format!("/Groups/{crew}"), &group).await;
        refused(&put, 409, Some("uniqueness"), &["displayName"]);
    }
    assert_eq!(org.snapshot().await, before);
}

/// ZITADEL answers 501; Okta and Entra both push memberships by PATCH.
async fn p02_a_group_is_patched(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [a, b] = [org.user("a").await, org.user("b").await];
    let group = org.group("Pilots", &[&a]).await;
    let operations = json!([
        {"op": "replace", "path": "displayName", "value": "Captains"},
        {"op": "add", "path": "members", "value": [{"value": b}]},
        {"op": "remove", "path": format!("members[value eq \"{a}\"]")},
    ]);
    org.patch(&format!("/Groups/{group}"), &operations)
        .await
        .expect(204);
    assert_eq!(org.members(&group).await, [b]);
    assert_eq!(
        org.get(&format!("/Groups/{group}")).await.json()["displayName"],
        "Captains"
    );
}

async fn p03_pages_show_each_group_once(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let members = [org.user("a").await, org.user("b").await, org.user("c").await];
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    let mut created = Vec::new();
    for number in 0..7 {
        created.push(org.group(&format!("Group {number}"), &members).await);
    }
    let mut seen = Vec::new();
    for start in [1, 3, 5, 7] {
        let page = org
            .get(&format!("/Groups?startIndex={start}&count=2"))
            .await
            .expect(200)
            .json();
        assert_eq!(page["totalResults"], 7);
        for group in page["Resources"].as_array().unwrap() {
            seen.push(group["id"].as_str().unwrap().to_owned());
            // ZITADEL leaves members out of lists; here a list shows what a read does.
            assert_eq!(group["members"].as_array().map(Vec::len), Some(3));
        }
    }
    assert_eq!(seen, created);
}

/// ZITADEL answers 501; Okta looks a group up by its name before it pushes it.
async fn p04_groups_are_filtered(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    org.group("Pilots", &[&anna]).await;
    org.group("Crew", &[]).await;
    for (filter, names) in [
        ("displayName eq \"pilots\"".to_owned(), json!(["Pilots"])),
        (format!("members.value eq \"{anna}\""), json!(["Pilots"])),
        ("displayName sw \"c\"".to_owned(), json!(["Crew"])),
        ("displayName co \"x\"".to_owned(), json!([])),
        ("members pr".to_owned(), json!(["Pilots"])),
    ] {
        let list = org.find("/Groups", &filter).await.expect(200).json();
        let found: Vec<&Value> = list["Resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|group| &group["displayName"])
            .collect();
        assert_eq!(json!(found), names, "{filter}");
    }
}

async fn p05_groups_are_created_and_deleted_in_bulk(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let old = org.group("Old", &[]).await;
    let bulk = json!({"schemas": [BULK_REQUEST], "Operations": [
        {"method": "POST", "path": "/Groups", "bulkId": "1", "data": {
            "schemas": [GROUP], "displayName": "Pilots", "members": [{"value": anna}]}},
        {"method": "DELETE", "path": format!("/Groups/{old}")},
    ]});
    let answer = org.post("/Bulk", &bulk).await.expect(200).json();
    assert_eq!(answer["Operations"][0]["status"], "201", "{answer}");
    assert_eq!(answer["Operations"][0]["bulkId"], "1");
    assert_eq!(answer["Operations"][1]["status"], "204", "{answer}");
    org.get(&format!("/Groups/{old}")).await.expect(404);
    let location = answer["Operations"][0]["location"].as_str().unwrap();
    let id = location
        .strip_prefix(&format!("{PUBLIC_URL}{}", org.path("/Groups/")))
        .unwrap();
    assert_eq!(org.members(id).await, [anna]);
}

/// ZITADEL answers 400 to a member that is a group; here groups may hold groups, which is how directories have them.
async fn p06_a_group_may_be_a_member(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let inner = org.group("Inner", &[&anna]).await;
    let outer =
        json!({"schemas": [GROUP], "displayName": "Outer", "members": [{"value": inner, "type": "Group"}]});
    let outer = org.post("/Groups", &outer).await.expect(201).id();
    let read = org.get(&format!("/Groups/{outer}")).await.expect(200).json();
    assert_eq!(read["members"][0]["type"], "Group");
    assert_eq!(org.members(&outer).await, [inner.as_str()]);
    // A circle would have no end.
    let circle = json!([{"op": "add", "path": "members", "value": [{"value": outer}]}]);
    let answer = org.patch(&format!("/Groups/{inner}"), &circle).await;
    refused(&answer, 400, Some("invalidValue"), &["members"]);
    assert_eq!(org.members(&inner).await, [anna]);
}

async fn p07_a_user_shows_its_groups(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let inner = org.group("Inner", &[&anna]).await;
    let outer = org.group("Outer", &[&inner]).await;
    let shown = |id: &str, display: &str, kind: &str| {
        let reference = format!("{PUBLIC_URL}{}", org.path(&format!("/Groups/{id}")));
        json!({"value": id, "$ref": reference, "display": display, "type": kind})
    };
    let endpoint = format!("/Users/{anna}");
    let groups = |answer: Value| {
        let mut groups = answer["groups"].as_array().cloned().unwrap_or_default();
        groups.sort_by_key(|group| group["display"].to_string());
        groups
    };
    let read = groups(org.get(&endpoint).await.expect(200).json());
    assert_eq!(
        read,
        [
            shown(&inner, "Inner", "direct"),
            shown(&outer, "Outer", "indirect")
        ]
    );
    let empty = json!([{"op": "remove", "path": "members"}]);
    org.patch(&format!("/Groups/{inner}"), &empty).await.expect(204);
    assert_eq!(org.get(&endpoint).await.expect(200).json().get("groups"), None);
}

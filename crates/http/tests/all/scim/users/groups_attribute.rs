//! `groups` of a user: computed from the groups that exist, directly and through other groups, and never written here.

use serde_json::{Value, json};
use wicketgate_scim::{
    Mode,
    schema::{GROUP, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::{PUBLIC_URL, TestGateway, TestOrg, refused};

both_engines! {
    run with crate::harness::run:
    groups_are_shown_wherever_the_user_is,
    each_group_is_shown_once_and_direct_membership_counts,
    what_a_client_says_about_groups_is_ignored,
    groups_cannot_be_patched,
    a_deleted_user_is_in_no_group,
    a_deleted_group_takes_its_indirect_members_along,
    a_renamed_group_is_shown_by_its_new_name_everywhere,
    a_group_that_moves_changes_what_its_members_belong_to,
    parts_of_groups_can_be_chosen,
    a_chain_of_groups_is_followed_to_its_end,
    members_are_users_and_groups_with_type_and_link,
    a_members_parts_are_immutable,
}

/// The groups of a user as pairs of display and type.
async fn groups(org: &TestOrg, user: &str) -> Value {
    let user = org.get(&format!("/Users/{user}")).await.expect(200).json();
    let groups = user["groups"].as_array().cloned().unwrap_or_default();
    groups
        .iter()
        .map(|group| json!([group["display"], group["type"]]))
        .collect()
}

async fn add(org: &TestOrg, group: &str, member: &str) {
    let operation = json!([{"op": "add", "path": "members", "value": [{"value": member}]}]);
    org.patch(&format!("/Groups/{group}"), &operation)
        .await
        .expect(204);
}

async fn remove(org: &TestOrg, group: &str, member: &str) {
    let path = format!("members[value eq \"{member}\"]");
    let operation = json!([{"op": "remove", "path": path}]);
    org.patch(&format!("/Groups/{group}"), &operation)
        .await
        .expect(204);
}

async fn groups_are_shown_wherever_the_user_is(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let pilots = org.group("Pilots", &[&anna]).await;
    let crew = org.group("Crew", &[&pilots]).await;
    let link = |id: &str| format!("{PUBLIC_URL}{}", org.path(&format!("/Groups/{id}")));
    let expected = json!([
        {"value": pilots, "$ref": link(&pilots), "display": "Pilots", "type": "direct"},
        {"value": crew, "$ref": link(&crew), "display": "Crew", "type": "indirect"},
    ]);
    let path = format!("/Users/{anna}");
    let read = org.get(&path).await.expect(200).json();
    assert_eq!(read["groups"], expected);
    let listed = org.get("/Users").await.expect(200).json();
    assert_eq!(listed["Resources"], json!([read]));
    let title = json!([{"op": "add", "path": "title", "value": "Captain"}]);
    let patched = org.patch(&path, &title).await.expect(200).json();
    assert_eq!(patched["groups"], expected);
    let replaced = org.put(&path, &read).await.expect(200).json();
    assert_eq!(replaced["groups"], expected);
}

async fn each_group_is_shown_once_and_direct_membership_counts(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let team = org.group("Team", &[&anna]).await;
    let left = org.group("Left", &[&team]).await;
    let right = org.group("Right", &[&team, &anna]).await;
    org.group("Top", &[&left, &right]).await;
    let found = groups(&org, &anna).await;
    let found = found.as_array().unwrap();
    assert_eq!(found.len(), 4);
    for expected in [
        json!(["Team", "direct"]),
        json!(["Right", "direct"]),
        json!(["Left", "indirect"]),
        json!(["Top", "indirect"]),
    ] {
        assert!(found.contains(&expected), "{expected} in {found:?}");
    }
    // What was both is indirect once the direct membership ends.
    add(&org, &left, &right).await;
    remove(&org, &right, &anna).await;
    assert_eq!(
        groups(&org, &anna).await.as_array().unwrap()[0],
        json!(["Team", "direct"])
    );
    add(&org, &right, &team).await;
    let found = groups(&org, &anna).await;
    assert!(
        found.as_array().unwrap().contains(&json!(["Right", "indirect"])),
        "{found}"
    );
}

async fn what_a_client_says_about_groups_is_ignored(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for mode in [Mode::Tolerant, Mode::Strict, Mode::Interop] {
        org.set_mode(mode).await;
        let other = org.group("Other", &[]).await;
        let claim = json!([{"value": other, "display": "Other", "type": "direct"}]);
        let user = json!({"schemas": [USER], "userName": "anna", "groups": claim});
        let created = org.post("/Users", &user).await.expect(201);
        assert_eq!(created.json().get("groups"), None, "{mode}");
        let path = format!("/Users/{}", created.id());
        let group = org.group("Pilots", &[&created.id()]).await;
        let read = org.get(&path).await.expect(200);
        for claim in [claim, json!([]), Value::Null] {
            let mut user = read.json();
            user["groups"] = claim;
            let replaced = org.put(&path, &user).await.expect(200);
            assert_eq!(replaced.json(), read.json(), "{mode}");
        }
        assert_eq!(org.members(&group).await, [created.id()], "{mode}");
        assert_eq!(org.members(&other).await, Vec::<String>::new(), "{mode}");
        for path in [path, format!("/Groups/{group}"), format!("/Groups/{other}")] {
            org.delete(&path).await.expect(204);
        }
    }
}

async fn groups_cannot_be_patched(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let pilots = org.group("Pilots", &[&anna]).await;
    let other = org.group("Other", &[]).await;
    let path = format!("/Users/{anna}");
    let before = org.get(&path).await.expect(200);
    for mode in [Mode::Tolerant, Mode::Strict, Mode::Interop] {
        org.set_mode(mode).await;
        for operation in [
            json!({"op": "add", "path": "groups", "value": [{"value": other}]}),
            json!({"op": "replace", "path": "groups", "value": []}),
            json!({"op": "remove", "path": "groups"}),
            json!({"op": "remove", "path": format!("groups[value eq \"{pilots}\"]")}),
            json!({"op": "replace", "path": "groups.display", "value": "x"}),
        ] {
            let answer = org.patch(&path, &json!([operation])).await;
            refused(&answer, 400, Some("mutability"), &["groups"]);
        }
        assert_eq!(org.get(&path).await, before, "{mode}");
    }
    assert_eq!(org.members(&pilots).await, [anna]);
}

async fn a_deleted_user_is_in_no_group(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let (anna, berta) = (org.user("anna").await, org.user("berta").await);
    let pilots = org.group("Pilots", &[&anna, &berta]).await;
    let crew = org.group("Crew", &[&pilots, &anna]).await;
    let before = org.get(&format!("/Groups/{pilots}")).await.expect(200).json();
    org.delete(&format!("/Users/{anna}")).await.expect(204);
    assert_eq!(org.members(&pilots).await, std::slice::from_ref(&berta));
    assert_eq!(org.members(&crew).await, std::slice::from_ref(&pilots));
    let after = org.get(&format!("/Groups/{pilots}")).await.expect(200).json();
    assert_ne!(after["meta"]["version"], before["meta"]["version"]);
    // Who comes back under the same name is somebody else.
    let again = org.user("anna").await;
    assert_eq!(groups(&org, &again).await, json!([]));
    assert_eq!(
        groups(&org, &berta).await,
        json!([["Pilots", "direct"], ["Crew", "indirect"]])
    );
}

async fn a_deleted_group_takes_its_indirect_members_along(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let pilots = org.group("Pilots", &[&anna]).await;
    let crew = org.group("Crew", &[&pilots]).await;
    let staff = org.group("Staff", &[&crew]).await;
    let tag = || async {
        org.get(&format!("/Users/{anna}"))
            .await
            .header("etag")
            .map(str::to_owned)
    };
    let before = tag().await;
    org.delete(&format!("/Groups/{crew}")).await.expect(204);
    assert_eq!(groups(&org, &anna).await, json!([["Pilots", "direct"]]));
    assert_ne!(tag().await, before);
    assert_eq!(org.members(&staff).await, Vec::<String>::new());
    org.delete(&format!("/Groups/{pilots}")).await.expect(204);
    assert_eq!(groups(&org, &anna).await, json!([]));
}

async fn a_renamed_group_is_shown_by_its_new_name_everywhere(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let pilots = org.group("Pilots", &[&anna]).await;
    let crew = org.group("Crew", &[&pilots]).await;
    let path = format!("/Users/{anna}");
    let before = org.get(&path).await.expect(200);
    let rename = json!([{"op": "replace", "path": "displayName", "value": "Flight crew"}]);
    org.patch(&format!("/Groups/{crew}"), &rename).await.expect(204);
    assert_eq!(
        groups(&org, &anna).await,
        json!([["Pilots", "direct"], ["Flight crew", "indirect"]])
    );
    // The user itself has not changed, and yet a client that holds the old name is sent the new one.
    let held = [("If-None-Match", before.header("etag").unwrap())];
    let after = org.send("GET", &path, &held, None).await.expect(200).json();
    assert_eq!(
        after["meta"]["lastModified"],
        before.json()["meta"]["lastModified"]
    );
}

async fn a_group_that_moves_changes_what_its_members_belong_to(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let (anna, berta) = (org.user("anna").await, org.user("berta").await);
    let pilots = org.group("Pilots", &[&anna, &berta]).await;
    let crew = org.group("Crew", &[&pilots]).await;
    let body = json!({"schemas": [GROUP], "displayName": "Crew", "members": [{"value": berta}]});
    org.put(&format!("/Groups/{crew}"), &body).await.expect(200);
    assert_eq!(groups(&org, &anna).await, json!([["Pilots", "direct"]]));
    let of_berta = groups(&org, &berta).await;
    assert_eq!(of_berta.as_array().unwrap().len(), 2);
    assert!(of_berta.as_array().unwrap().contains(&json!(["Crew", "direct"])));
}

async fn parts_of_groups_can_be_chosen(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let pilots = org.group("Pilots", &[&anna]).await;
    let read = |query: &'static str| {
        let path = format!("/Users/{anna}?{query}");
        let org = &org;
        async move { org.get(&path).await.expect(200).json()["groups"].clone() }
    };
    assert_eq!(
        read("attributes=groups.display").await,
        json!([{"display": "Pilots"}])
    );
    assert_eq!(
        read("attributes=groups.value,groups.type").await,
        json!([{"value": pilots, "type": "direct"}])
    );
    assert_eq!(
        read("excludedAttributes=groups.$ref,groups.value").await,
        json!([{"display": "Pilots", "type": "direct"}])
    );
    assert_eq!(read("excludedAttributes=groups").await, Value::Null);
    assert_eq!(read("attributes=userName").await, Value::Null);
}

async fn a_chain_of_groups_is_followed_to_its_end(gateway: TestGateway) {
    const LINKS: usize = 40;
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let mut inner = anna.clone();
    for number in 0..LINKS {
        inner = org.group(&format!("Group {number}"), &[&inner]).await;
    }
    let found = groups(&org, &anna).await;
    let expected: Value = (0..LINKS)
        .map(|number| {
            json!([
                format!("Group {number}"),
                if number == 0 { "direct" } else { "indirect" }
            ])
        })
        .collect();
    assert_eq!(found, expected);
    // And the last one cannot be put into the first.
    let first = org.find("/Groups", "displayName eq \"Group 0\"").await.json()["Resources"][0]["id"].clone();
    let operation = json!([{"op": "add", "path": "members", "value": [{"value": inner}]}]);
    let cycle = org
        .patch(&format!("/Groups/{}", first.as_str().unwrap()), &operation)
        .await;
    refused(&cycle, 400, Some("invalidValue"), &["members"]);
}

async fn members_are_users_and_groups_with_type_and_link(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let pilots = org.group("Pilots", &[]).await;
    let members = json!([{"value": anna, "display": "Anna"}, {"value": pilots, "type": "Group"}]);
    let body = json!({"schemas": [GROUP], "displayName": "Crew", "members": members});
    let crew = org.post("/Groups", &body).await.expect(201).json();
    let link = |endpoint: String| format!("{PUBLIC_URL}{}", org.path(&endpoint));
    let mut found = crew["members"].as_array().unwrap().clone();
    found.sort_by_key(|member| member["type"].to_string());
    assert_eq!(
        json!(found),
        json!([
            {"value": pilots, "$ref": link(format!("/Groups/{pilots}")), "type": "Group"},
            {"value": anna, "$ref": link(format!("/Users/{anna}")), "type": "User"},
        ])
    );
}

async fn a_members_parts_are_immutable(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let (anna, berta) = (org.user("anna").await, org.user("berta").await);
    let pilots = org.group("Pilots", &[&anna]).await;
    let path = format!("/Groups/{pilots}");
    let before = org.get(&path).await.expect(200);
    for mode in [Mode::Tolerant, Mode::Strict, Mode::Interop] {
        org.set_mode(mode).await;
        let part = |part: &str| format!("members[value eq \"{anna}\"].{part}");
        for operation in [
            json!({"op": "add", "path": part("value"), "value": berta}),
            json!({"op": "replace", "path": part("value"), "value": berta}),
            json!({"op": "replace", "path": "members.value", "value": berta}),
            json!({"op": "replace", "path": "members.type", "value": "Group"}),
            json!({"op": "replace", "path": part("type"), "value": "Group"}),
            json!({"op": "add", "path": part("type"), "value": "Group"}),
            json!({"op": "replace", "path": part("$ref"), "value": format!("../Users/{berta}")}),
            json!({"op": "replace", "path": part("$ref"), "value": format!("../Groups/{anna}")}),
            json!({"op": "remove", "path": part("value")}),
            json!({"op": "remove", "path": part("type")}),
            json!({"op": "remove", "path": part("$ref")}),
        ] {
            let answer = org.patch(&path, &json!([operation])).await;
            refused(&answer, 400, Some("mutability"), &["members"]);
        }
        // To say again what it is changes nothing.
        for (name, same) in [("type", "User".to_owned()), ("$ref", format!("../Users/{anna}"))] {
            let answer = org
                .patch(
                    &path,
                    &json!([{"op": "replace", "path": part(name), "value": same}]),
                )
                .await;
            assert!(matches!(answer.status, 200 | 204), "{mode} {name}: {answer:?}");
        }
        assert_eq!(org.get(&path).await, before, "{mode}");
    }
}

//! Bugs beside the collection: what was reported of one server only, or in passing.

use serde_json::{Value, json};
use wicketgate_scim::{
    Mode,
    schema::{ENTERPRISE_USER, GROUP, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::TestGateway;

both_engines! {
    run with crate::harness::run:
    media_types_are_compared_without_case_and_parameters,
    no_content_has_no_body_and_no_content_type,
    members_in_the_body_of_a_post_and_a_put_are_stored,
    groups_in_the_body_of_a_user_take_nobody_in,
    a_replace_of_members_is_never_an_addition,
    null_clears_an_attribute,
    a_put_of_the_only_user_may_deactivate_it_without_locking_the_provider_out,
}

async fn media_types_are_compared_without_case_and_parameters(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = |number: usize| json!({"schemas": [USER], "userName": format!("user{number}")}).to_string();
    for (number, sent) in [
        "application/scim+json",
        "Application/SCIM+JSON",
        "application/scim+json;charset=UTF-8",
        "application/scim+json; charset=\"utf-8\"",
        "application/json",
    ]
    .into_iter()
    .enumerate()
    {
        let headers = [("Content-Type", sent), ("Accept", "*/*")];
        let created = org
            .send("POST", "/Users", &headers, Some(user(number).as_bytes()))
            .await;
        assert_eq!(created.status, 201, "{sent}: {created:?}");
        assert_eq!(
            created.header("content-type"),
            Some("application/scim+json"),
            "{sent}"
        );
    }
}

async fn no_content_has_no_body_and_no_content_type(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = org.user("anna").await;
    let group = org.group("Pilots", &[&user]).await;
    let rename = json!([{"op": "replace", "path": "displayName", "value": "Captains"}]);
    for answer in [
        org.patch(&format!("/Groups/{group}"), &rename).await,
        org.delete(&format!("/Groups/{group}")).await,
        org.delete(&format!("/Users/{user}")).await,
    ] {
        assert_eq!(answer.status, 204, "{answer:?}");
        assert!(answer.body.is_empty(), "{answer:?}");
        assert_eq!(answer.header("content-type"), None, "{answer:?}");
    }
}

async fn members_in_the_body_of_a_post_and_a_put_are_stored(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [a, b] = [org.user("a").await, org.user("b").await];
    let group = |members: Value| json!({"schemas": [GROUP], "displayName": "Pilots", "members": members});
    let created = org
        .post("/Groups", &group(json!([{"value": a}])))
        .await
        .expect(201);
    let id = created.id();
    assert_eq!(org.members(&id).await, [a.as_str()]);
    let put = group(json!([{"value": b, "display": "B"}]));
    org.put(&format!("/Groups/{id}"), &put).await.expect(200);
    assert_eq!(org.members(&id).await, [b.as_str()]);
    // What the group says, the user says.
    for (user, groups) in [(&a, 0), (&b, 1)] {
        let read = org.get(&format!("/Users/{user}")).await.expect(200).json();
        assert_eq!(read["groups"].as_array().map_or(0, Vec::len), groups, "{read}");
    }
}

async fn groups_in_the_body_of_a_user_take_nobody_in(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let group = org.group("Admins", &[]).await;
    let user = json!({"schemas": [USER], "userName": "anna", "groups": [{"value": group}]});
    let id = org.post("/Users", &user).await.expect(201).id();
    org.put(&format!("/Users/{id}"), &user).await.expect(200);
    assert_eq!(org.members(&group).await, [""; 0]);
    assert_eq!(org.get(&format!("/Users/{id}")).await.json().get("groups"), None);
}

async fn a_replace_of_members_is_never_an_addition(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [a, b] = [org.user("a").await, org.user("b").await];
    for mode in [Mode::Tolerant, Mode::Strict] {
        org.set_mode(mode).await;
        let group = org.group(mode.as_str(), &[&a]).await;
        let replace = json!([{"op": "Replace", "path": "members", "value": [{"value": b}]}]);
        let answer = org.patch(&format!("/Groups/{group}"), &replace).await;
        assert!(matches!(answer.status, 200 | 204), "{answer:?}");
        assert_eq!(org.members(&group).await, [b.as_str()], "{mode}");
    }
}

async fn null_clears_an_attribute(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let department = format!("{ENTERPRISE_USER}:department");
    let user = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": "anna", "title": "Pilot", "nickName": "Annie",
        "emails": [{"value": "a@x.example"}], ENTERPRISE_USER: {"department": "Air", "division": "North"},
    });
    let endpoint = format!("/Users/{}", org.post("/Users", &user).await.expect(201).id());
    let operations = json!([
        {"op": "replace", "path": "title", "value": null},
        {"op": "replace", "value": {"nickName": null, "emails": null}},
        {"op": "replace", "path": department, "value": null},
    ]);
    org.patch(&endpoint, &operations).await.expect(200);
    let read = org.get(&endpoint).await.expect(200).json();
    for name in ["title", "nickName", "emails"] {
        assert_eq!(read.get(name), None, "{read}");
    }
    assert_eq!(read[ENTERPRISE_USER], json!({"division": "North"}));
    let mut put = user.clone();
    put[ENTERPRISE_USER] = Value::Null;
    put["title"] = Value::Null;
    org.put(&endpoint, &put).await.expect(200);
    let read = org.get(&endpoint).await.expect(200).json();
    assert_eq!(
        (read.get("title"), read.get(ENTERPRISE_USER)),
        (None, None),
        "{read}"
    );
    assert_eq!(read["nickName"], "Annie");
}

/// Who provisions is no user of the organization, so that no push can take the credential away.
async fn a_put_of_the_only_user_may_deactivate_it_without_locking_the_provider_out(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("admin").await;
    let endpoint = format!("/Users/{id}");
    let put = json!({"schemas": [USER], "userName": "admin", "active": false});
    org.put(&endpoint, &put).await.expect(200);
    assert_eq!(org.get(&endpoint).await.expect(200).json()["active"], false);
    org.delete(&endpoint).await.expect(204);
    org.user("admin").await;
}

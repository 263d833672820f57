//! Conflicts, ids and versions that were answered wrongly.

use futures_util::future::join_all;
use serde_json::json;
use wicketgate_scim::{
    message::BULK_REQUEST,
    schema::{GROUP, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    trap_32_a_race_of_creations_makes_one_user_and_whole_conflicts,
    trap_32_a_race_of_creations_makes_one_group_and_whole_conflicts,
    trap_33_a_shared_address_is_no_conflict,
    trap_34_a_conflict_is_about_somebody_whom_a_filter_finds,
    trap_35_an_id_in_a_post_overwrites_nobody,
    trap_34_a_refused_creation_leaves_no_damage,
    trap_36_bulk_resolves_its_ids_and_keeps_what_it_did,
    trap_36_a_version_is_checked_in_the_transaction_of_the_write,
    trap_36_a_valid_version_is_never_refused,
}

async fn trap_32_a_race_of_creations_makes_one_user_and_whole_conflicts(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let bodies: Vec<_> = (0..20)
        .map(|number| {
            // Differently spelled, so that a comparison by bytes would let them all in.
            let name: String = "anna@example.com"
                .char_indices()
                .map(|(at, c)| {
                    if number >> (at % 5) & 1 == 1 {
                        c.to_ascii_uppercase()
                    } else {
                        c
                    }
                })
                .collect();
            json!({"schemas": [USER], "userName": name})
        })
        .collect();
    let answers = join_all(bodies.iter().map(|body| org.post("/Users", body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        refused(answer, 409, Some("uniqueness"), &["userName"]);
    }
    assert_eq!(org.get("/Users").await.expect(200).json()["totalResults"], 1);
    let created = org
        .events()
        .await
        .into_iter()
        .filter(|event| event.kind == "user.created")
        .count();
    assert_eq!(created, 1);
}

async fn trap_32_a_race_of_creations_makes_one_group_and_whole_conflicts(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let group = json!({"schemas": [GROUP], "displayName": "Pilots"});
    let answers = join_all((0..20).map(|_| org.post("/Groups", &group))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        refused(answer, 409, Some("uniqueness"), &["displayName"]);
    }
    assert_eq!(org.get("/Groups").await.expect(200).json()["totalResults"], 1);
}

async fn trap_33_a_shared_address_is_no_conflict(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for name in ["a", "b"] {
        let user = json!({
            "schemas": [USER], "userName": name, "externalId": "same",
            "emails": [{"value": "shared@x.example", "primary": true}],
        });
        org.post("/Users", &user).await.expect(201);
    }
    for filter in ["emails.value eq \"shared@x.example\"", "externalId eq \"same\""] {
        assert_eq!(
            org.find("/Users", filter).await.expect(200).json()["totalResults"],
            2,
            "{filter}"
        );
    }
}

async fn trap_34_a_conflict_is_about_somebody_whom_a_filter_finds(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let inactive = json!({"schemas": [USER], "userName": "inactive", "active": false});
    org.post("/Users", &inactive).await.expect(201);
    let deleted = org.user("deleted").await;
    org.delete(&format!("/Users/{deleted}")).await.expect(204);
    org.user("  spaced ").await;
    for name in ["inactive", "INACTIVE", "deleted", "  spaced ", "spaced", "new"] {
        let filter = format!("userName eq \"{name}\"");
        let found = org.find("/Users", &filter).await.expect(200).json()["totalResults"] == 1;
        let answer = org
            .post("/Users", &json!({"schemas": [USER], "userName": name}))
            .await;
        assert_eq!(answer.status, if found { 409 } else { 201 }, "{name}: {answer:?}");
    }
}

async fn trap_35_an_id_in_a_post_overwrites_nobody(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let before = org.get(&format!("/Users/{anna}")).await;
    let user = json!({"schemas": [USER], "id": anna, "userName": "mallory"});
    assert_ne!(org.post("/Users", &user).await.expect(201).id(), anna);
    assert_eq!(org.get(&format!("/Users/{anna}")).await, before);
    let group = org.group("Pilots", &[&anna]).await;
    let other = json!({"schemas": [GROUP], "id": group, "displayName": "Other"});
    assert_ne!(org.post("/Groups", &other).await.expect(201).id(), group);
    assert_eq!(org.members(&group).await, [anna]);
}

async fn trap_36_a_version_is_checked_in_the_transaction_of_the_write(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = format!("/Users/{}", org.user("anna").await);
    let bodies: Vec<String> = (0..10)
        .map(|number| json!({"schemas": [USER], "userName": "anna", "title": number.to_string()}).to_string())
        .collect();
    let writes = bodies.iter().map(|body| {
        org.send(
            "PUT",
            &endpoint,
            &[("If-Match", "W/\"1\"")],
            Some(body.as_bytes()),
        )
    });
    let answers = join_all(writes).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 412).count(), 9);
    let won = answers.iter().find(|answer| answer.status == 200).unwrap().json();
    assert_eq!(org.get(&endpoint).await.json(), won);
}

async fn trap_36_a_valid_version_is_never_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = format!("/Users/{}", org.user("anna").await);
    for number in 0..5 {
        let version = org.get(&endpoint).await.json()["meta"]["version"]
            .as_str()
            .unwrap()
            .to_owned();
        let body = json!({"schemas": [USER], "userName": "anna", "title": number.to_string()}).to_string();
        let headers = [("If-Match", version.as_str())];
        let answer = org
            .send("PUT", &endpoint, &headers, Some(body.as_bytes()))
            .await
            .expect(200);
        assert_eq!(answer.header("etag"), answer.json()["meta"]["version"].as_str());
    }
}

async fn trap_34_a_refused_creation_leaves_no_damage(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    org.group("Pilots", &[&anna]).await;
    let before = org.snapshot().await;
    let user =
        json!({"schemas": [USER], "userName": "ANNA", "externalId": "x", "title": "Pilot", "active": false});
    refused(
        &org.post("/Users", &user).await,
        409,
        Some("uniqueness"),
        &["userName"],
    );
    let group = json!({"schemas": [GROUP], "displayName": "pilots", "members": []});
    refused(
        &org.post("/Groups", &group).await,
        409,
        Some("uniqueness"),
        &["displayName"],
    );
    assert_eq!(org.snapshot().await, before);
    // The provider goes on with the one it finds.
    let found = org
        .find("/Users", "userName eq \"ANNA\"")
        .await
        .expect(200)
        .json();
    assert_eq!(found["Resources"][0]["id"], anna);
    assert_eq!(found["Resources"][0].get("externalId"), None);
}

async fn trap_36_bulk_resolves_its_ids_and_keeps_what_it_did(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let bulk = json!({"schemas": [BULK_REQUEST], "Operations": [
        {"method": "POST", "path": "/Groups", "bulkId": "G", "data": {
            "schemas": [GROUP], "displayName": "Pilots", "members": [{"value": "bulkId:User-1"}]}},
        {"method": "POST", "path": "/Users", "bulkId": "User-1", "data": {"schemas": [USER], "userName": "anna"}},
        {"method": "PATCH", "path": "/Users/bulkId:User-1", "data": {
            "Operations": [{"op": "add", "path": "title", "value": "Pilot"}]}},
    ]});
    let answer = org.post("/Bulk", &bulk).await.expect(200).json();
    let statuses: Vec<_> = answer["Operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| operation["status"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(statuses, ["201", "201", "200"], "{answer}");
    let users = org.get("/Users").await.expect(200).json();
    assert_eq!(users["totalResults"], 1);
    assert_eq!(users["Resources"][0]["title"], "Pilot");
    let groups = org.get("/Groups").await.expect(200).json();
    assert_eq!(
        groups["Resources"][0]["members"][0]["value"],
        users["Resources"][0]["id"]
    );
}

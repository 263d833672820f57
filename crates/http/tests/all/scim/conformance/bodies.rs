//! What holds for every body and every answer.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wicketgate_scim::{
    message::PATCH_OP,
    schema::{ENTERPRISE_USER, GROUP, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::TestGateway;

both_engines! {
    run with crate::harness::run:
    the_order_of_members_in_a_body_says_nothing,
    every_answer_lists_its_schemas_once,
    an_id_stays_through_every_change_and_is_never_given_again,
    null_and_empty_values_in_a_put_clear,
}

async fn the_order_of_members_in_a_body_says_nothing(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let forwards = format!(
        r#"{{"schemas":["{USER}","{ENTERPRISE_USER}"],"userName":"a","name":{{"givenName":"A","familyName":"B"}},"emails":[{{"value":"a@x.example","type":"work"}}],"{ENTERPRISE_USER}":{{"department":"Air","costCenter":"7"}}}}"#
    );
    let backwards = format!(
        r#"{{"{ENTERPRISE_USER}":{{"costCenter":"7","department":"Air"}},"emails":[{{"type":"work","value":"a@x.example"}}],"name":{{"familyName":"B","givenName":"A"}},"userName":"a","schemas":["{ENTERPRISE_USER}","{USER}"]}}"#
    );
    let created = org.send("POST", "/Users", &[], Some(forwards.as_bytes())).await;
    let created = created.expect(201);
    let endpoint = format!("/Users/{}", created.id());
    let replaced = org.send("PUT", &endpoint, &[], Some(backwards.as_bytes())).await;
    let replaced = replaced.expect(200);
    assert_eq!(replaced.json(), created.json());
    assert_eq!(replaced.header("etag"), Some("W/\"1\""));

    let id = org.user("b").await;
    let patch = format!(
        r#"{{"Operations":[{{"value":"Pilot","path":"title","op":"replace"}}],"schemas":["{PATCH_OP}"]}}"#
    );
    let patched = org
        .send("PATCH", &format!("/Users/{id}"), &[], Some(patch.as_bytes()))
        .await;
    assert_eq!(patched.expect(200).json()["title"], "Pilot");
}

/// Fails unless `schemas` is there, not empty, and names nothing twice.
#[track_caller]
fn lists_its_schemas(document: &Value) {
    let urns: Vec<String> = document["schemas"]
        .as_array()
        .unwrap_or_else(|| panic!("no schemas: {document}"))
        .iter()
        .map(|urn| urn.as_str().unwrap().to_lowercase())
        .collect();
    let different: BTreeSet<&String> = urns.iter().collect();
    assert!(
        !urns.is_empty() && different.len() == urns.len(),
        "schemas are {urns:?}: {document}"
    );
}

async fn every_answer_lists_its_schemas_once(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let lower = ENTERPRISE_USER.to_lowercase();
    let user = json!({
        "schemas": [ENTERPRISE_USER, USER, USER, lower], "userName": "anna", ENTERPRISE_USER: {"department": "Air"},
    });
    let created = org.post("/Users", &user).await.expect(201);
    assert_eq!(created.json()["schemas"], json!([USER, ENTERPRISE_USER]));
    let id = created.id();
    let group = org.group("Pilots", &[&id]).await;
    for endpoint in [
        format!("/Users/{id}"),
        format!("/Groups/{group}"),
        "/Users".to_owned(),
        "/Groups".to_owned(),
        "/Users?filter=userName%20eq%20%22nobody%22".to_owned(),
        "/ServiceProviderConfig".to_owned(),
        "/ResourceTypes".to_owned(),
        "/Schemas".to_owned(),
        "/Users/1".to_owned(),
        "/Users?filter=nonsense".to_owned(),
        "/Me".to_owned(),
    ] {
        let answer = org.get(&endpoint).await.json();
        lists_its_schemas(&answer);
        for resource in answer["Resources"].as_array().into_iter().flatten() {
            lists_its_schemas(resource);
        }
    }
}

async fn an_id_stays_through_every_change_and_is_never_given_again(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let mut given = BTreeSet::new();
    for _ in 0..3 {
        let user = org.user("anna").await;
        let group = org.group("Pilots", &[&user]).await;
        let other = "0193d8a4-9b7e-7c3d-8f21-5a6b7c8d9e0f";
        for (endpoint, put, operations) in [
            (
                format!("/Users/{user}"),
                json!({"schemas": [USER], "id": other, "userName": "renamed"}),
                json!([{"op": "replace", "value": {"id": other, "externalId": other}}]),
            ),
            (
                format!("/Groups/{group}"),
                json!({"schemas": [GROUP], "id": other, "displayName": "Renamed"}),
                json!([{"op": "replace", "value": {"id": other, "externalId": other}}]),
            ),
        ] {
            let id = org.get(&endpoint).await.expect(200).id();
            assert_eq!(org.put(&endpoint, &put).await.expect(200).id(), id);
            assert!(org.patch(&endpoint, &operations).await.status < 300);
            let read = org.get(&endpoint).await.expect(200);
            assert_eq!(read.id(), id);
            assert_eq!(read.json()["externalId"], other);
            assert!(!id.is_empty() && !id.contains("bulkId"), "{id}");
            assert!(given.insert(id), "an id was given again");
            org.delete(&endpoint).await.expect(204);
        }
    }
}

async fn null_and_empty_values_in_a_put_clear(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let full = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": "anna", "externalId": "00u1", "title": "Pilot",
        "active": false, "name": {"givenName": "Anna"}, "emails": [{"value": "a@x.example"}],
        ENTERPRISE_USER: {"department": "Air"},
    });
    let endpoint = format!("/Users/{}", org.post("/Users", &full).await.expect(201).id());
    let cleared = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": "anna", "externalId": null, "title": null,
        "name": {"givenName": null}, "emails": [], ENTERPRISE_USER: {"department": null},
    });
    let replaced = org.put(&endpoint, &cleared).await.expect(200).json();
    let names: Vec<&String> = replaced.as_object().unwrap().keys().collect();
    assert_eq!(names, ["schemas", "id", "userName", "active", "meta"]);
    assert_eq!(replaced["schemas"], json!([USER]));
}

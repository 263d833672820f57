//! `/admin/v1/orgs/{orgId}/schemas` and `/entitlements`.

use serde_json::{Value, json};
use wicketgate_testbed::both_engines;

use super::{Admin, fields, refused};
use crate::harness::{SCHEMA, TestGateway};

both_engines! {
    run with crate::admin::run:
    a_schema_is_defined_changed_and_removed,
    a_schema_that_contradicts_its_path_or_the_rules_is_refused,
    a_value_is_offered_renamed_and_withdrawn,
}

fn definition(attributes: &[&str]) -> Value {
    let attributes: Vec<Value> = attributes
        .iter()
        .map(|name| json!({"name": name, "type": "string", "multiValued": false}))
        .collect();
    json!({"resourceType": "User", "definition": {"id": SCHEMA, "name": "Plane", "attributes": attributes}})
}

async fn a_schema_is_defined_changed_and_removed(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let path = format!("/schemas/{SCHEMA}");
    let defined = admin.send("PUT", &path, &definition(&["tail"])).await.expect(200);
    assert_eq!(defined.json()["urn"], SCHEMA);
    assert_eq!(admin.send("PUT", &path, &definition(&["tail"])).await, defined);
    let changed = admin
        .send("PUT", &path, &definition(&["tail", "wing"]))
        .await
        .expect(200)
        .json();
    assert_eq!(changed["definition"]["attributes"].as_array().unwrap().len(), 2);
    assert_eq!(admin.get(&path).await.json(), changed);
    assert_eq!(admin.items("/schemas").await, [changed]);
    let encoded = format!("/schemas/{}", SCHEMA.replace(':', "%3A"));
    admin.delete(&encoded).await.expect(204);
    refused(&admin.get(&path).await, 404, "not-found", &[]);
    refused(&admin.delete(&path).await, 404, "not-found", &[]);
}

async fn a_schema_that_contradicts_its_path_or_the_rules_is_refused(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let answer = admin
        .send("PUT", "/schemas/urn:example:other", &definition(&["tail"]))
        .await;
    assert_eq!(fields(&answer), ["definition.id"]);
    let path = format!("/schemas/{SCHEMA}");
    let answer = admin
        .send("PUT", &path, &json!({"resourceType": "Device", "required": 1}))
        .await;
    assert_eq!(fields(&answer), ["resourceType", "required", "definition"]);
    let answer = admin.send("PUT", &path, &definition(&["no spaces"])).await;
    refused(&answer, 400, "invalid-input", &["no spaces"]);
    assert!(admin.items("/schemas").await.is_empty());
}

async fn a_value_is_offered_renamed_and_withdrawn(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let offer = async |path: &str, name: &str| admin.send("PUT", path, &json!({"displayName": name})).await;
    offer("/entitlements/role/pilot", "Pilot").await.expect(200);
    let named = offer("/entitlements/role/pilot", "Captain")
        .await
        .expect(200)
        .json();
    assert_eq!(admin.get("/entitlements/role/pilot").await.json(), named);
    offer("/entitlements/entitlement/hangar", "Hangar")
        .await
        .expect(200);
    assert_eq!(admin.items("/entitlements").await.len(), 2);
    assert_eq!(admin.items("/entitlements?kind=role").await, [named]);
    refused(
        &offer("/entitlements/entitlement/pilot", "x").await,
        409,
        "already-exists",
        &[],
    );
    refused(
        &offer("/entitlements/seat/pilot", "x").await,
        404,
        "not-found",
        &[],
    );
    assert_eq!(
        fields(&offer("/entitlements/role/pilot", "").await),
        ["displayName"]
    );
    assert_eq!(fields(&offer("/entitlements/role/a%20b", "x").await), ["id"]);
    assert_eq!(fields(&admin.get("/entitlements?kind=seat").await), ["kind"]);
    admin.delete("/entitlements/role/pilot").await.expect(204);
    refused(
        &admin.get("/entitlements/role/pilot").await,
        404,
        "not-found",
        &[],
    );
}

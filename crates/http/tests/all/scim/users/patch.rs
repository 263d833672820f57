//! `PATCH /Users/{id}`. What each operation does to a resource is tested in the scim crate; here it is stored.

use serde_json::{Value, json};
use wicketgate_scim::schema::{ENTERPRISE_USER, USER};
use wicketgate_testbed::both_engines;

use super::anna;
use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    a_patched_user_is_answered_whole_with_its_new_version,
    what_identity_providers_send_is_understood,
    operations_are_applied_in_order,
    one_bad_operation_undoes_all,
    a_patch_that_changes_nothing_is_not_a_change,
    what_is_not_named_survives,
    a_patched_name_is_found_and_the_old_one_is_free,
    one_primary_address_replaces_another,
}

async fn a_patched_user_is_answered_whole_with_its_new_version(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = anna(&org).await;
    let operation = json!([{"op": "replace", "path": "title", "value": "Captain"}]);
    let patched = org.patch(&anna, &operation).await.expect(200);
    assert_eq!(patched.header("etag"), Some("W/\"2\""));
    assert_eq!(patched.json()["title"], "Captain");
    assert_eq!(org.get(&anna).await.expect(200).json(), patched.json());
}

async fn what_identity_providers_send_is_understood(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let department = format!("/{ENTERPRISE_USER}/department");
    for (operations, pointer, expected) in [
        (
            json!([{"op": "Replace", "path": "active", "value": "False"}]),
            "/active",
            json!(false),
        ),
        (
            json!([{"op": "replace", "value": {"active": false}}]),
            "/active",
            json!(false),
        ),
        (
            json!([{"op": "Add", "path": "name.givenName", "value": "Ann"}]),
            "/name/givenName",
            json!("Ann"),
        ),
        (
            json!([{"op": "replace", "value": {"name.familyName": "Tal"}}]),
            "/name/familyName",
            json!("Tal"),
        ),
        (
            json!([{"op": "Add", "path": "emails[type eq \"work\"].value", "value": "n@x.example"}]),
            "/emails/0/value",
            json!("n@x.example"),
        ),
        (
            json!([{"op": "Add", "path": format!("{ENTERPRISE_USER}:department"), "value": "Sea"}]),
            &department,
            json!("Sea"),
        ),
        (
            json!([{"op": "replace", "value": {ENTERPRISE_USER: {"department": "Sea"}}}]),
            &department,
            json!("Sea"),
        ),
        (
            json!([{"op": "replace", "value": {format!("{ENTERPRISE_USER}:department"): "Sea"}}]),
            &department,
            json!("Sea"),
        ),
        (json!([{"op": "remove", "path": "title"}]), "/title", Value::Null),
        (
            json!([{"op": "replace", "path": "TITLE", "value": "Captain"}]),
            "/title",
            json!("Captain"),
        ),
        (
            json!([{"op": "replace", "path": format!("{USER}:title"), "value": "Captain"}]),
            "/title",
            json!("Captain"),
        ),
        (
            json!([{"op": "replace", "value": {"id": "x", "schemas": [USER], "meta": {}, "title": "Captain"}}]),
            "/title",
            json!("Captain"),
        ),
        (
            json!([{"op": "replace", "path": "password", "value": "secret"}]),
            "/password",
            Value::Null,
        ),
    ] {
        let id = anna(&org).await;
        let patched = org.patch(&id, &operations).await.expect(200).json();
        assert_eq!(
            patched.pointer(pointer).unwrap_or(&Value::Null),
            &expected,
            "{operations}: {patched}"
        );
        assert_eq!(org.get(&id).await.expect(200).json(), patched, "{operations}");
        assert_eq!(
            patched.pointer(&format!("/{ENTERPRISE_USER}/costCenter")),
            Some(&json!("7")),
            "{operations}"
        );
        org.delete(&id).await.expect(204);
    }
}

async fn operations_are_applied_in_order(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = anna(&org).await;
    let operations = json!([
        {"op": "remove", "path": "emails"},
        {"op": "add", "path": "emails", "value": [{"value": "one@x.example", "type": "work"}]},
        {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "two@x.example"},
    ]);
    let patched = org.patch(&anna, &operations).await.expect(200).json();
    assert_eq!(
        patched["emails"],
        json!([{"value": "two@x.example", "type": "work"}])
    );
}

async fn one_bad_operation_undoes_all(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = anna(&org).await;
    let before = org.snapshot().await;
    let operations = json!([
        {"op": "replace", "path": "title", "value": "Captain"},
        {"op": "replace", "path": "userName", "value": "someone"},
        {"op": "remove", "path": "userName"},
    ]);
    refused(
        &org.patch(&anna, &operations).await,
        400,
        Some("mutability"),
        &["userName"],
    );
    assert_eq!(org.snapshot().await, before);
}

async fn a_patch_that_changes_nothing_is_not_a_change(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = anna(&org).await;
    let read = org.get(&anna).await.expect(200);
    let before = org.latest_event().await;
    for operations in [
        json!([{"op": "replace", "path": "title", "value": "Pilot"}]),
        json!([{"op": "add", "path": "emails", "value": [{"value": "h@x.example", "type": "home"}]}]),
        json!([{"op": "remove", "path": "nickName"}]),
        json!([{"op": "remove", "path": "emails[value eq \"nobody\"]"}]),
        json!([{"op": "replace", "path": "title", "value": "Captain"}, {"op": "replace", "path": "title", "value": "Pilot"}]),
        json!([{"op": "replace", "value": {}}]),
    ] {
        let patched = org.patch(&anna, &operations).await.expect(200);
        assert_eq!(patched.json(), read.json(), "{operations}");
        assert_eq!(patched.header("etag"), read.header("etag"), "{operations}");
    }
    assert_eq!(org.latest_event().await, before);
}

async fn what_is_not_named_survives(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({
        "schemas": [USER, "urn:example:params:1.0:Badge"], "userName": "anna", "externalId": "00u1",
        "urn:example:params:1.0:Badge": {"number": 7, "tags": ["a", "b"]},
    });
    let created = org.post("/Users", &user).await.expect(201);
    let operations = json!([{"op": "add", "path": "title", "value": "Pilot"}]);
    let mut patched = org
        .patch(&format!("/Users/{}", created.id()), &operations)
        .await
        .expect(200)
        .json();
    let mut expected = created.json();
    assert_eq!(
        expected["urn:example:params:1.0:Badge"],
        user["urn:example:params:1.0:Badge"]
    );
    patched.as_object_mut().unwrap().shift_remove("title");
    patched.as_object_mut().unwrap().shift_remove("meta");
    expected.as_object_mut().unwrap().shift_remove("meta");
    assert_eq!(patched, expected);
}

async fn a_patched_name_is_found_and_the_old_one_is_free(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = anna(&org).await;
    let operations = json!([
        {"op": "replace", "path": "userName", "value": "anna.tal"},
        {"op": "replace", "path": "externalId", "value": "00u2"},
        {"op": "replace", "path": "emails[type eq \"home\"].value", "value": "tal@x.example"},
    ]);
    org.patch(&anna, &operations).await.expect(200);
    for (filter, total) in [
        ("userName eq \"anna\"", 0),
        ("userName eq \"anna.tal\"", 1),
        ("externalId eq \"00u1\"", 0),
        ("externalId eq \"00u2\"", 1),
        ("emails.value eq \"h@x.example\"", 0),
        ("emails.value eq \"tal@x.example\"", 1),
        ("emails.value eq \"w@x.example\"", 1),
    ] {
        assert_eq!(
            org.find("/Users", filter).await.expect(200).json()["totalResults"],
            total,
            "{filter}"
        );
    }
    org.user("anna").await;
}

async fn one_primary_address_replaces_another(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = anna(&org).await;
    let operations = json!([{"op": "replace", "path": "emails[type eq \"home\"].primary", "value": true}]);
    let patched = org.patch(&anna, &operations).await.expect(200).json();
    let primaries: Vec<&Value> = patched["emails"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|email| email["primary"] == true)
        .map(|email| &email["type"])
        .collect();
    assert_eq!(primaries, ["home"]);
}

//! `PUT /Users/{id}`.

use serde_json::json;
use wicketgate_scim::schema::{ENTERPRISE_USER, USER};
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    a_replaced_user_is_answered_whole_with_its_new_version,
    attributes_that_are_left_out_are_cleared,
    an_echo_of_the_read_changes_nothing,
    active_stays_when_it_is_left_out,
    an_unknown_user_is_not_created,
    another_users_name_is_refused,
    the_own_name_may_be_spelled_anew,
    a_missing_user_name_is_refused,
    a_stale_formatted_name_is_computed_anew,
    what_okta_sends_to_deactivate_deactivates,
    an_address_without_a_value_is_none_in_tolerant_mode,
}

async fn a_replaced_user_is_answered_whole_with_its_new_version(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    let user = json!({"schemas": [USER], "userName": "anna", "title": "Pilot"});
    let replaced = org.put(&format!("/Users/{id}"), &user).await.expect(200);
    assert_eq!(replaced.header("etag"), Some("W/\"2\""));
    assert_eq!(replaced.json()["title"], "Pilot");
    assert_eq!(replaced.json()["meta"]["version"], "W/\"2\"");
    assert_ne!(
        replaced.json()["meta"]["lastModified"],
        replaced.json()["meta"]["created"]
    );
    let read = org.get(&format!("/Users/{id}")).await.expect(200);
    assert_eq!(read.json(), replaced.json());
}

async fn attributes_that_are_left_out_are_cleared(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": "anna", "externalId": "00u1", "title": "Pilot",
        "name": {"givenName": "Anna", "familyName": "Berg"}, "emails": [{"value": "a@x.example"}],
        ENTERPRISE_USER: {"department": "Air"},
    });
    let id = org.post("/Users", &user).await.expect(201).id();
    let less = json!({"schemas": [USER], "userName": "anna"});
    let body = org.put(&format!("/Users/{id}"), &less).await.expect(200).json();
    let names: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(names, ["schemas", "id", "userName", "active", "meta"]);
    let gone = org
        .find("/Users", "emails.value eq \"a@x.example\"")
        .await
        .expect(200);
    assert_eq!(gone.json()["totalResults"], 0);
}

async fn an_echo_of_the_read_changes_nothing(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": "anna", "externalId": "00u1", "title": "Pilot",
        "name": {"givenName": "Anna"}, "emails": [{"value": "a@x.example", "primary": true}], "active": false,
        ENTERPRISE_USER: {"department": "Air", "manager": {"value": "x"}},
    });
    let id = org.post("/Users", &user).await.expect(201).id();
    org.group("Pilots", &[&id]).await;
    let before = org.latest_event().await;
    let read = org.get(&format!("/Users/{id}")).await.expect(200);
    let replaced = org.put(&format!("/Users/{id}"), &read.json()).await.expect(200);
    assert_eq!(replaced.json(), read.json());
    assert_eq!(replaced.header("etag"), read.header("etag"));
    assert_eq!(org.latest_event().await, before);
}

async fn active_stays_when_it_is_left_out(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for active in [true, false] {
        let user = json!({"schemas": [USER], "userName": format!("user-{active}"), "active": active});
        let id = org.post("/Users", &user).await.expect(201).id();
        let silent = json!({"schemas": [USER], "userName": format!("user-{active}"), "title": "Pilot"});
        let replaced = org.put(&format!("/Users/{id}"), &silent).await.expect(200);
        assert_eq!(replaced.json()["active"], active);
    }
}

async fn an_unknown_user_is_not_created(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({"schemas": [USER], "userName": "anna"});
    let answer = org
        .put("/Users/0193d8a4-9b7e-7c3d-8f21-5a6b7c8d9e0f", &user)
        .await;
    refused(&answer, 404, None, &[]);
    assert_eq!(org.get("/Users").await.expect(200).json()["totalResults"], 0);
}

async fn another_users_name_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("Berta").await;
    let id = org.user("anna").await;
    let before = org.snapshot().await;
    let user = json!({"schemas": [USER], "userName": "BERTA", "title": "Pilot"});
    refused(
        &org.put(&format!("/Users/{id}"), &user).await,
        409,
        Some("uniqueness"),
        &["userName"],
    );
    assert_eq!(org.snapshot().await, before);
}

async fn the_own_name_may_be_spelled_anew(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna@example.com").await;
    let user = json!({"schemas": [USER], "userName": "Anna@Example.com"});
    let replaced = org.put(&format!("/Users/{id}"), &user).await.expect(200);
    assert_eq!(replaced.json()["userName"], "Anna@Example.com");
    assert_eq!(replaced.header("etag"), Some("W/\"2\""));
}

async fn a_missing_user_name_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    let before = org.latest_event().await;
    let user = json!({"schemas": [USER], "title": "Pilot"});
    refused(
        &org.put(&format!("/Users/{id}"), &user).await,
        400,
        Some("invalidValue"),
        &["userName"],
    );
    assert_eq!(org.latest_event().await, before);
}

async fn a_stale_formatted_name_is_computed_anew(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = |name: serde_json::Value| json!({"schemas": [USER], "userName": "anna", "name": name});
    let name = json!({"givenName": "Anna", "familyName": "Berg"});
    let created = org.post("/Users", &user(name)).await.expect(201);
    let endpoint = format!("/Users/{}", created.id());
    assert_eq!(created.json()["name"]["formatted"], "Anna Berg");
    for (name, formatted) in [
        (
            json!({"formatted": "Anna Berg", "givenName": "Anna", "familyName": "Tal"}),
            "Anna Tal",
        ),
        (
            json!({"formatted": "Anna Tal-Berg", "givenName": "Anna", "familyName": "Tal"}),
            "Anna Tal-Berg",
        ),
    ] {
        let replaced = org.put(&endpoint, &user(name)).await.expect(200);
        assert_eq!(replaced.json()["name"]["formatted"], formatted);
    }
}

async fn what_okta_sends_to_deactivate_deactivates(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({
        "schemas": [USER], "userName": "anna", "externalId": "00u1",
        "name": {"givenName": "Anna", "familyName": "Berg"}, "emails": [{"value": "a@x.example", "primary": true}],
    });
    let id = org.post("/Users", &user).await.expect(201).id();
    let mut echo = org.get(&format!("/Users/{id}")).await.expect(200).json();
    echo["active"] = json!(false);
    // Okta may leave out what is no longer mapped.
    for name in ["name", "emails"] {
        echo.as_object_mut().unwrap().shift_remove(name);
    }
    let replaced = org.put(&format!("/Users/{id}"), &echo).await.expect(200);
    assert_eq!(replaced.json()["active"], false);
    let kinds: Vec<String> = org.events().await.into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds.last().map(String::as_str), Some("user.deactivated"));
    // A deactivated user is still found, or it could not be reactivated.
    let found = org.find("/Users", "userName eq \"anna\"").await.expect(200);
    assert_eq!(found.json()["totalResults"], 1);
}

async fn an_address_without_a_value_is_none_in_tolerant_mode(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let work = json!({"value": "a@x.example", "type": "work"});
    for empty in [json!(""), json!(null)] {
        let hollow = json!({"value": empty, "type": "home", "primary": true});
        let user = json!({"schemas": [USER], "userName": "anna", "emails": [hollow, work]});
        let created = org.post("/Users", &user).await.expect(201);
        assert_eq!(created.json()["emails"], json!([work]), "{hollow}");
        let path = format!("/Users/{}", created.id());
        let replaced = org.put(&path, &user).await.expect(200);
        assert_eq!(replaced.json(), created.json(), "{hollow}");
        let alone = json!({"schemas": [USER], "userName": "anna", "emails": [hollow]});
        let replaced = org.put(&path, &alone).await.expect(200);
        assert_eq!(replaced.json().get("emails"), None, "{hollow}");
        org.delete(&path).await.expect(204);
    }
}

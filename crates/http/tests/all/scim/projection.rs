//! `attributes` and `excludedAttributes` on every operation that answers a resource (RFC 7644 §3.9). What a projection
//! leaves is tested in the scim crate.

use serde_json::{Value, json};
use wicketgate_scim::{
    message::PATCH_OP,
    schema::{ENTERPRISE_USER, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, percent_encoded, refused};

both_engines! {
    run with crate::harness::run:
    every_operation_answers_what_was_asked_for,
    names_are_understood_in_every_notation,
    id_and_schemas_always_stay,
    both_parameters_at_once_are_refused,
    what_is_left_out_of_an_answer_is_not_left_out_of_a_write,
}

fn user(user_name: &str) -> Value {
    json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": user_name, "title": "Pilot",
        "name": {"givenName": "Anna", "familyName": "Berg", "formatted": "Anna Berg"},
        "emails": [{"value": "a@x.example", "type": "work"}],
        ENTERPRISE_USER: {"department": "Air", "costCenter": "7"},
    })
}

async fn every_operation_answers_what_was_asked_for(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (query, shown) in [
        ("attributes=userName", vec!["schemas", "id", "userName"]),
        (
            "excludedAttributes=name,emails,title,meta,active",
            vec!["schemas", "id", "userName", ENTERPRISE_USER],
        ),
    ] {
        let body = user("anna");
        let created = org.post(&format!("/Users?{query}"), &body).await.expect(201);
        let endpoint = format!("/Users/{}", created.id());
        let patch =
            json!({"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "nickName", "value": ""}]});
        let answers = [
            org.get(&format!("{endpoint}?{query}")).await.expect(200).json(),
            org.get(&format!("/Users?{query}")).await.expect(200).json()["Resources"][0].clone(),
            org.put(&format!("{endpoint}?{query}"), &body)
                .await
                .expect(200)
                .json(),
            org.send(
                "PATCH",
                &format!("{endpoint}?{query}"),
                &[],
                Some(patch.to_string().as_bytes()),
            )
            .await
            .expect(200)
            .json(),
            created.json(),
        ];
        for answer in answers {
            let names: Vec<&String> = answer.as_object().unwrap().keys().collect();
            assert_eq!(names, shown, "{query}");
        }
        org.delete(&endpoint).await.expect(204);
    }
}

async fn names_are_understood_in_every_notation(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.post("/Users", &user("anna")).await.expect(201).id();
    for (attributes, pointer, expected) in [
        ("name.givenName", "/name", json!({"givenName": "Anna"})),
        ("NAME.GIVENNAME", "/name", json!({"givenName": "Anna"})),
        (
            "name",
            "/name",
            json!({"formatted": "Anna Berg", "familyName": "Berg", "givenName": "Anna"}),
        ),
        ("emails.value", "/emails", json!([{"value": "a@x.example"}])),
        ("userName, title", "/title", json!("Pilot")),
        (&format!("{USER}:title"), "/title", json!("Pilot")),
        (
            ENTERPRISE_USER,
            &format!("/{ENTERPRISE_USER}"),
            json!({"costCenter": "7", "department": "Air"}),
        ),
        (
            &format!("{ENTERPRISE_USER}:department"),
            &format!("/{ENTERPRISE_USER}"),
            json!({"department": "Air"}),
        ),
    ] {
        let endpoint = format!("/Users/{id}?attributes={}", percent_encoded(attributes));
        let read = org.get(&endpoint).await.expect(200).json();
        let found = read.pointer(pointer).unwrap_or(&Value::Null);
        assert_eq!(found, &expected, "{attributes}: {read}");
    }
}

async fn id_and_schemas_always_stay(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.post("/Users", &user("anna")).await.expect(201).id();
    for query in [
        "attributes=nothing",
        "attributes=id",
        "excludedAttributes=id,schemas",
    ] {
        let read = org.get(&format!("/Users/{id}?{query}")).await.expect(200).json();
        assert_eq!(read["id"], id, "{query}");
        assert!(read["schemas"].is_array(), "{query}");
    }
    // An empty parameter asks for nothing in particular.
    let whole = org.get(&format!("/Users/{id}")).await.expect(200);
    assert_eq!(org.get(&format!("/Users/{id}?attributes=")).await, whole);
}

async fn both_parameters_at_once_are_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    let before = org.latest_event().await;
    let query = "attributes=userName&excludedAttributes=title";
    for (method, endpoint) in [
        ("GET", format!("/Users/{id}?{query}")),
        ("GET", format!("/Users?{query}")),
        ("GET", format!("/Groups?{query}")),
        ("PUT", format!("/Users/{id}?{query}")),
        ("POST", format!("/Users?{query}")),
    ] {
        let body = user("berta").to_string();
        let body = (method != "GET").then_some(body.as_bytes());
        let answer = org.send(method, &endpoint, &[], body).await;
        refused(
            &answer,
            400,
            Some("invalidValue"),
            &["attributes", "excludedAttributes"],
        );
    }
    assert_eq!(org.latest_event().await, before);
}

async fn what_is_left_out_of_an_answer_is_not_left_out_of_a_write(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org
        .post("/Users?attributes=id", &user("anna"))
        .await
        .expect(201)
        .id();
    let whole = org.get(&format!("/Users/{id}")).await.expect(200).json();
    assert_eq!(whole["title"], "Pilot");
    assert_eq!(whole[ENTERPRISE_USER]["department"], "Air");
}

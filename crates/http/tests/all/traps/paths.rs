//! Paths of PATCH operations that select values.

use serde_json::json;
use wicketgate_scim::{
    Mode,
    schema::{ENTERPRISE_USER, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    trap_11_a_value_path_changes_every_match,
    trap_12_a_replace_without_a_match_has_no_target_in_strict_mode_and_creates_in_tolerant_mode,
    trap_13_adding_to_an_address_that_is_not_there_creates_it_with_its_type,
    trap_14_no_sign_inside_a_filters_literal_splits_the_path,
    trap_15_the_dot_in_a_urns_version_does_not_split_the_path,
}

async fn trap_11_a_value_path_changes_every_match(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({"schemas": [USER], "userName": "anna", "emails": [
        {"value": "one@x.example", "type": "work"}, {"value": "home@x.example", "type": "home"},
        {"value": "two@x.example", "type": "work"},
    ]});
    let endpoint = format!("/Users/{}", org.post("/Users", &user).await.expect(201).id());
    let display = json!([{"op": "replace", "path": "emails[type eq \"work\"].display", "value": "Office"}]);
    org.patch(&endpoint, &display).await.expect(200);
    assert_eq!(
        org.get(&endpoint).await.json()["emails"],
        json!([
            {"value": "one@x.example", "display": "Office", "type": "work"},
            {"value": "home@x.example", "type": "home"},
            {"value": "two@x.example", "display": "Office", "type": "work"},
        ])
    );
    let remove = json!([{"op": "remove", "path": "emails[type eq \"work\"]"}]);
    org.patch(&endpoint, &remove).await.expect(200);
    assert_eq!(
        org.get(&endpoint).await.json()["emails"],
        json!([{"value": "home@x.example", "type": "home"}])
    );
}

async fn trap_12_a_replace_without_a_match_has_no_target_in_strict_mode_and_creates_in_tolerant_mode(
    gateway: TestGateway,
) {
    let org = gateway.with_org().await;
    let user =
        json!({"schemas": [USER], "userName": "anna", "emails": [{"value": "h@x.example", "type": "home"}]});
    let endpoint = format!("/Users/{}", org.post("/Users", &user).await.expect(201).id());
    let operations =
        json!([{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "w@x.example"}]);
    let before = org.get(&endpoint).await;
    for mode in [Mode::Strict, Mode::Interop] {
        org.set_mode(mode).await;
        refused(
            &org.patch(&endpoint, &operations).await,
            400,
            Some("noTarget"),
            &["emails"],
        );
        assert_eq!(org.get(&endpoint).await, before, "{mode}");
    }
    org.set_mode(Mode::Tolerant).await;
    org.patch(&endpoint, &operations).await.expect(200);
    assert_eq!(
        org.get(&endpoint).await.json()["emails"],
        json!([{"value": "h@x.example", "type": "home"}, {"value": "w@x.example", "type": "work"}])
    );
}

async fn trap_13_adding_to_an_address_that_is_not_there_creates_it_with_its_type(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = format!("/Users/{}", org.user("anna").await);
    let operations = json!([
        {"op": "Add", "path": "emails[type eq \"work\"].value", "value": "w@x.example"},
        {"op": "Add", "path": "addresses[type eq \"work\"].locality", "value": "Zürich"},
        {"op": "Add", "path": "addresses[type eq \"work\"].country", "value": "CH"},
    ]);
    org.patch(&endpoint, &operations).await.expect(200);
    let read = org.get(&endpoint).await.expect(200).json();
    assert_eq!(read["emails"], json!([{"value": "w@x.example", "type": "work"}]));
    assert_eq!(
        read["addresses"],
        json!([{"locality": "Zürich", "country": "CH", "type": "work"}])
    );
}

async fn trap_14_no_sign_inside_a_filters_literal_splits_the_path(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (number, literal) in [
        "a.b",
        "a:b",
        "a b",
        "a]b",
        "a[b",
        "a\"b",
        "a\\b",
        "a.b:c d]e\" \\",
        "x and type eq y",
        "(",
    ]
    .into_iter()
    .enumerate()
    {
        let user = json!({
            "schemas": [USER], "userName": format!("user{number}"),
            "ims": [{"value": "other", "type": "x"}, {"value": "this", "display": literal}],
        });
        let endpoint = format!("/Users/{}", org.post("/Users", &user).await.expect(201).id());
        let path = format!("ims[display eq {}].value", json!(literal));
        let replace = json!([{"op": "replace", "path": path, "value": "that"}]);
        org.patch(&endpoint, &replace).await.expect(200);
        assert_eq!(
            org.get(&endpoint).await.json()["ims"],
            json!([{"value": "other", "type": "x"}, {"value": "that", "display": literal}]),
            "{literal}"
        );
        let remove = json!([{"op": "remove", "path": format!("ims[display eq {}]", json!(literal))}]);
        org.patch(&endpoint, &remove).await.expect(200);
        assert_eq!(
            org.get(&endpoint).await.json()["ims"],
            json!([{"value": "other", "type": "x"}]),
            "{literal}"
        );
    }
}

async fn trap_15_the_dot_in_a_urns_version_does_not_split_the_path(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = format!("/Users/{}", org.user("anna").await);
    let operations = json!([
        {"op": "add", "path": format!("{USER}:name.givenName"), "value": "Anna"},
        {"op": "add", "path": format!("{USER}:emails[type eq \"work\"].value"), "value": "w@x.example"},
        {"op": "add", "path": format!("{ENTERPRISE_USER}:manager.value"), "value": "boss 2.0"},
    ]);
    org.patch(&endpoint, &operations).await.expect(200);
    let read = org.get(&endpoint).await.expect(200).json();
    assert_eq!(read["name"]["givenName"], "Anna");
    assert_eq!(read["emails"], json!([{"value": "w@x.example", "type": "work"}]));
    assert_eq!(read[ENTERPRISE_USER], json!({"manager": {"value": "boss 2.0"}}));
    let operations = json!([
        {"op": "remove", "path": format!("{USER}:emails[value eq \"w@x.example\"]")},
        {"op": "remove", "path": format!("{USER}:name.givenName")},
        {"op": "remove", "path": format!("{ENTERPRISE_USER}:manager.value")},
    ]);
    org.patch(&endpoint, &operations).await.expect(200);
    let read = org.get(&endpoint).await.expect(200).json();
    for name in ["emails", ENTERPRISE_USER] {
        assert_eq!(read.get(name), None, "{read}");
    }
    assert_eq!(read["name"].get("givenName"), None, "{read}");
}

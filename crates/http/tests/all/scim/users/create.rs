//! `POST /Users`.

use serde_json::json;
use wicketgate_scim::{
    Mode,
    schema::{ENTERPRISE_USER, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::{PUBLIC_URL, TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    a_created_user_is_answered_whole,
    every_attribute_of_the_schemas_comes_back,
    a_user_is_active_unless_it_says_otherwise,
    read_only_attributes_are_ignored,
    a_password_is_accepted_and_never_seen_again,
    a_missing_user_name_is_refused,
    a_body_without_schemas_is_understood_only_in_tolerant_mode,
    a_user_name_in_use_is_refused_however_it_is_spelled,
    a_refused_user_leaves_nothing_behind,
    the_name_of_a_deleted_user_is_free,
    an_unknown_attribute_is_dropped_or_refused_by_mode,
    empty_values_are_unassigned,
    what_okta_posts_is_created,
    a_wrong_type_is_refused_by_name,
}

async fn a_created_user_is_answered_whole(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({"schemas": [USER], "userName": "Anna@Example.com", "name": {"givenName": "Anna"}});
    let created = org.post("/Users", &user).await.expect(201);
    let id = created.id();
    let location = format!("{PUBLIC_URL}{}", org.path(&format!("/Users/{id}")));
    let body = created.json();
    assert_eq!(created.header("location"), Some(location.as_str()));
    assert_eq!(created.header("etag"), Some("W/\"1\""));
    assert_eq!(created.header("content-type"), Some("application/scim+json"));
    assert_eq!(
        body,
        json!({
            "schemas": [USER],
            "id": id,
            "userName": "Anna@Example.com",
            "name": {"formatted": "Anna", "givenName": "Anna"},
            "active": true,
            "meta": {
                "resourceType": "User", "created": body["meta"]["created"],
                "lastModified": body["meta"]["created"], "location": location, "version": "W/\"1\"",
            },
        })
    );
    assert!(body["meta"]["created"].as_str().unwrap().ends_with('Z'));
    let read = org.get(&format!("/Users/{id}")).await.expect(200);
    assert_eq!(read.json(), body);
}

async fn every_attribute_of_the_schemas_comes_back(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let plural = |value: &str| json!([{"value": value, "display": "d", "type": "work", "primary": true}]);
    let sent = json!({
        "schemas": [USER, ENTERPRISE_USER],
        "externalId": "00u1",
        "userName": "anna@example.com",
        "name": {
            "formatted": "Dr. Anna M. Berg III", "familyName": "Berg", "givenName": "Anna", "middleName": "M.",
            "honorificPrefix": "Dr.", "honorificSuffix": "III",
        },
        "displayName": "Anna Berg",
        "nickName": "Annie",
        "profileUrl": "https://example.com/anna",
        "title": "Pilot",
        "userType": "Employee",
        "preferredLanguage": "de-CH",
        "locale": "de-CH",
        "timezone": "Europe/Zurich",
        "active": false,
        "emails": plural("anna@example.com"),
        "phoneNumbers": plural("tel:+41-44-668-18-00"),
        "ims": plural("anna"),
        "photos": plural("https://example.com/anna.jpg"),
        "addresses": [{
            "formatted": "Seilergraben 1", "streetAddress": "Seilergraben 1", "locality": "Zürich",
            "region": "ZH", "postalCode": "8001", "country": "CH", "type": "work", "primary": true,
        }],
        "entitlements": plural("e"),
        "roles": plural("r"),
        "x509Certificates": plural("MIIDQzCC"),
        ENTERPRISE_USER: {
            "employeeNumber": "701984", "costCenter": "4130", "organization": "Universal",
            "division": "Theme Park", "department": "Tour Operations",
            "manager": {"value": "26118915-6090-4610-87e4-49d8ca9f808d"},
        },
    });
    let created = org.post("/Users", &sent).await.expect(201);
    let mut read = org
        .get(&format!("/Users/{}", created.id()))
        .await
        .expect(200)
        .json();
    assert_eq!(read, created.json());
    let object = read.as_object_mut().unwrap();
    object.shift_remove("id");
    object.shift_remove("meta");
    assert_eq!(read, sent);
}

async fn a_user_is_active_unless_it_says_otherwise(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (number, (active, stored)) in [
        (None, true),
        (Some(json!(null)), true),
        (Some(json!(true)), true),
        (Some(json!(false)), false),
        (Some(json!("True")), true),
        (Some(json!("False")), false),
    ]
    .into_iter()
    .enumerate()
    {
        let mut user = json!({"schemas": [USER], "userName": format!("user{number}")});
        if let Some(active) = &active {
            user["active"] = active.clone();
        }
        let created = org.post("/Users", &user).await.expect(201);
        assert_eq!(created.json()["active"], stored, "{active:?}");
    }
}

async fn read_only_attributes_are_ignored(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let known = org.user("known@example.com").await;
    let user = json!({
        "schemas": [USER], "id": known, "userName": "anna@example.com",
        "meta": {"version": "W/\"77\"", "created": "2001-01-01T00:00:00Z", "resourceType": "Group"},
        "groups": [{"value": "x", "display": "Admins"}],
    });
    let created = org.post("/Users", &user).await.expect(201);
    let body = created.json();
    assert_ne!(created.id(), known);
    assert_eq!(body["meta"]["resourceType"], "User");
    assert_eq!(body["meta"]["version"], "W/\"1\"");
    assert_ne!(body["meta"]["created"], "2001-01-01T00:00:00Z");
    assert_eq!(body.get("groups"), None);
    let known = org.get(&format!("/Users/{known}")).await.expect(200);
    assert_eq!(known.json()["userName"], "known@example.com");
}

async fn a_password_is_accepted_and_never_seen_again(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (number, password) in [
        json!("1mz050nq"),
        json!(""),
        json!(null),
        json!({"value": "1mz050nq"}),
    ]
    .into_iter()
    .enumerate()
    {
        let user = json!({"schemas": [USER], "userName": format!("user{number}"), "password": password});
        let created = org.post("/Users", &user).await.expect(201);
        let id = created.id();
        let asked = org
            .get(&format!("/Users/{id}?attributes=password,userName"))
            .await
            .expect(200);
        let put = org.put(&format!("/Users/{id}"), &user).await.expect(200);
        for answer in [created, asked, put] {
            let text = String::from_utf8(answer.body).unwrap();
            assert!(!text.contains("1mz050nq") && !text.contains("password"), "{text}");
        }
    }
    let history = format!("{:?}", org.snapshot().await);
    assert!(
        !history.contains("1mz050nq") && !history.contains("password"),
        "{history}"
    );
    let filtered = org.find("/Users", "password eq \"1mz050nq\"").await;
    refused(&filtered, 400, Some("invalidFilter"), &["password"]);
}

async fn a_missing_user_name_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for user_name in [json!(null), json!("")] {
        let user = json!({"schemas": [USER], "userName": user_name, "displayName": "Anna"});
        refused(
            &org.post("/Users", &user).await,
            400,
            Some("invalidValue"),
            &["userName", "required"],
        );
    }
    let user = json!({"schemas": [USER], "displayName": "Anna"});
    refused(
        &org.post("/Users", &user).await,
        400,
        Some("invalidValue"),
        &["userName", "required"],
    );
}

async fn a_body_without_schemas_is_understood_only_in_tolerant_mode(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.post("/Users", &json!({"userName": "a"})).await.expect(201);
    for mode in [Mode::Strict, Mode::Interop] {
        org.set_mode(mode).await;
        for body in [json!({"userName": "b"}), json!({"schemas": [], "userName": "b"})] {
            refused(
                &org.post("/Users", &body).await,
                400,
                Some("invalidSyntax"),
                &["schemas", USER],
            );
        }
    }
}

async fn a_user_name_in_use_is_refused_however_it_is_spelled(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("Straße@Example.com").await;
    for spelling in [
        "straße@example.com",
        "STRASSE@EXAMPLE.COM",
        "ｓtraße＠example.com",
    ] {
        let user = json!({"schemas": [USER], "userName": spelling});
        refused(
            &org.post("/Users", &user).await,
            409,
            Some("uniqueness"),
            &["userName"],
        );
    }
    org.user("strase@example.com").await;
}

async fn a_refused_user_leaves_nothing_behind(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("anna@example.com").await;
    let before = org.snapshot().await;
    let user = json!({
        "schemas": [USER], "userName": "ANNA@example.com", "externalId": "00u9",
        "emails": [{"value": "other@example.com"}],
    });
    org.post("/Users", &user).await.expect(409);
    assert_eq!(org.snapshot().await, before);
    for filter in ["externalId eq \"00u9\"", "emails.value eq \"other@example.com\""] {
        assert_eq!(
            org.find("/Users", filter).await.expect(200).json()["totalResults"],
            0,
            "{filter}"
        );
    }
}

async fn the_name_of_a_deleted_user_is_free(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let first = org.user("anna@example.com").await;
    org.delete(&format!("/Users/{first}")).await.expect(204);
    let second = org.user("anna@example.com").await;
    assert_ne!(first, second);
    org.get(&format!("/Users/{first}")).await.expect(404);
}

async fn an_unknown_attribute_is_dropped_or_refused_by_mode(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = |name: &str| json!({"schemas": [USER], "userName": name, "favouriteColour": "blue"});
    for (mode, status) in [(Mode::Tolerant, 201), (Mode::Strict, 201), (Mode::Interop, 400)] {
        org.set_mode(mode).await;
        let answer = org.post("/Users", &user(mode.as_str())).await.expect(status);
        if status == 201 {
            assert_eq!(answer.json().get("favouriteColour"), None, "{mode}");
        } else {
            assert!(answer.detail().contains("favouriteColour"), "{answer:?}");
        }
    }
}

async fn empty_values_are_unassigned(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": "anna", "title": "", "nickName": null, "emails": [],
        "name": {"givenName": "", "familyName": null}, ENTERPRISE_USER: {"department": "", "manager": ""},
    });
    let body = org.post("/Users", &user).await.expect(201).json();
    let names: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(names, ["schemas", "id", "userName", "active", "meta"]);
    assert_eq!(body["schemas"], json!([USER]));
}

async fn what_okta_posts_is_created(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "test.user@okta.local",
        "name": {"givenName": "Test", "familyName": "User"},
        "emails": [{"primary": true, "value": "test.user@okta.local", "type": "work"}],
        "displayName": "Test User", "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7", "groups": [],
        "password": "1mz050nq", "active": true,
    });
    let headers = [
        ("Content-Type", "application/scim+json; charset=utf-8"),
        ("Accept", "application/scim+json"),
        ("Accept-Charset", "utf-8"),
        ("Accept-Encoding", "gzip,deflate"),
        ("User-Agent", "Okta SCIM Client 1.0.0"),
    ];
    let body = user.to_string();
    let created = org
        .send("POST", "/Users", &headers, Some(body.as_bytes()))
        .await
        .expect(201);
    let sent = user.as_object().unwrap();
    for name in [
        "userName",
        "displayName",
        "locale",
        "externalId",
        "active",
        "emails",
    ] {
        assert_eq!(created.json()[name], sent[name], "{name}");
    }
    assert_eq!(created.json()["name"]["formatted"], "Test User");
}

async fn a_wrong_type_is_refused_by_name(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let before = org.latest_event().await;
    for (attribute, value) in [
        ("active", json!("perhaps")),
        ("active", json!([true])),
        ("name", json!("Anna")),
        ("emails", json!([7])),
        ("userName", json!({"value": "anna"})),
        ("displayName", json!(["Anna"])),
        ("title", json!({})),
    ] {
        let mut user = json!({"schemas": [USER], "userName": "anna"});
        user[attribute] = value.clone();
        org.set_mode(Mode::Strict).await;
        let answer = org.post("/Users", &user).await;
        refused(&answer, 400, Some("invalidValue"), &[attribute]);
    }
    assert_eq!(org.snapshot().await.users, []);
    assert!(
        org.events()
            .await
            .iter()
            .all(|event| event.seq <= before || event.kind == "org.updated")
    );
}

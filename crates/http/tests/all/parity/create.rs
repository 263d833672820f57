//! Rows C1 to C11, C15, C16 and C18 to C20: `POST /Users`.

use serde_json::{Value, json};
use wicketgate_scim::schema::USER;
use wicketgate_testbed::both_engines;

use super::{created, full_user, said};
use crate::harness::{PUBLIC_URL, TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    c01_a_minimal_user_is_created,
    c02_a_minimal_user_that_is_inactive_is_created,
    c03_a_full_user_is_created_and_read_back_equal,
    c04_no_value_is_made_primary_that_was_not_sent_so,
    c05_a_user_without_user_name_is_refused,
    c06_a_user_without_name_is_created,
    c07_a_user_without_email_is_created,
    c08_a_weak_password_is_dropped_like_any_other,
    c09_a_profile_url_is_stored_as_it_was_sent,
    c10_a_time_zone_is_stored_as_it_was_sent,
    c11_a_locale_is_stored_as_it_was_sent,
    c15_a_user_name_in_use_is_a_conflict,
    c16_every_attribute_without_a_column_is_really_written,
    c18_a_random_password_needs_no_setting_to_be_ignored,
    c19_a_password_is_in_no_answer,
    c20_a_created_user_has_its_location,
}

fn minimal(user_name: &str) -> Value {
    json!({
        "schemas": [USER], "userName": user_name, "name": {"familyName": "Berg", "givenName": "Anna"},
        "emails": [{"value": "anna@x.example", "primary": true}],
    })
}

async fn c01_a_minimal_user_is_created(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = minimal("anna");
    let body = org.post("/Users", &user).await.expect(201).json();
    let mut expected = user;
    expected["active"] = json!(true);
    expected["name"]["formatted"] = json!("Anna Berg");
    assert_eq!(said(&body), expected);
    assert_eq!(body["meta"]["resourceType"], "User");
}

async fn c02_a_minimal_user_that_is_inactive_is_created(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let mut user = minimal("anna");
    user["active"] = json!(false);
    let endpoint = created(&org, &user).await;
    assert_eq!(org.get(&endpoint).await.expect(200).json()["active"], false);
}

async fn c03_a_full_user_is_created_and_read_back_equal(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = full_user("anna");
    let body = org.post("/Users", &user).await.expect(201);
    assert_eq!(said(&body.json()), user);
    let read = org.get(&format!("/Users/{}", body.id())).await.expect(200);
    assert_eq!(read.json(), body.json());
}

/// ZITADEL makes the first of several values primary; here values come back as they were sent, or the provider would
/// see a difference and send them again.
async fn c04_no_value_is_made_primary_that_was_not_sent_so(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let mut user = minimal("anna");
    user["emails"] = json!([{"value": "one@x.example"}, {"value": "two@x.example", "primary": false}]);
    user["phoneNumbers"] = json!([{"value": "1"}, {"value": "2"}]);
    let read = org.get(&created(&org, &user).await).await.expect(200).json();
    for name in ["emails", "phoneNumbers"] {
        assert_eq!(read[name], user[name], "{name}");
    }
}

async fn c05_a_user_without_user_name_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let mut user = minimal("anna");
    user.as_object_mut().unwrap().shift_remove("userName");
    let answer = org.post("/Users", &user).await;
    refused(&answer, 400, Some("invalidValue"), &["userName", "required"]);
    assert_eq!(org.get("/Users").await.expect(200).json()["totalResults"], 0);
}

/// ZITADEL answers 400 without a name; RFC 7643 does not require one and providers do not always map it.
async fn c06_a_user_without_name_is_created(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (number, name) in [
        None,
        Some(json!({"familyName": "Berg"})),
        Some(json!({"givenName": "Anna"})),
    ]
    .into_iter()
    .enumerate()
    {
        let mut user = minimal(&format!("user{number}"));
        user["name"] = name.clone().unwrap_or_default();
        let read = org.get(&created(&org, &user).await).await.expect(200).json();
        for part in ["familyName", "givenName"] {
            let sent = name.as_ref().and_then(|name| name.get(part));
            assert_eq!(read["name"].get(part), sent, "{part}");
        }
    }
}

/// ZITADEL answers 400 without an e-mail address; RFC 7643 does not require one, and there is no mail to send.
async fn c07_a_user_without_email_is_created(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let mut user = minimal("anna");
    user.as_object_mut().unwrap().shift_remove("emails");
    let read = org.get(&created(&org, &user).await).await.expect(200).json();
    assert_eq!(read.get("emails"), None);
}

/// ZITADEL answers 400 to a password that is too weak for its policy; here nobody signs in, so every password is
/// dropped before anything looks at it.
async fn c08_a_weak_password_is_dropped_like_any_other(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (number, password) in ["fooBar", "", "1", "Str0ng-enough-for-anybody!"]
        .into_iter()
        .enumerate()
    {
        let mut user = minimal(&format!("user{number}"));
        user["password"] = json!(password);
        let read = org.get(&created(&org, &user).await).await.expect(200).json();
        assert_eq!(read.get("password"), None, "{password}");
    }
}

/// ZITADEL takes http and https only; here nothing follows the link, so it is stored as it was sent.
async fn c09_a_profile_url_is_stored_as_it_was_sent(gateway: TestGateway) {
    stored_as_sent(
        &gateway,
        "profileUrl",
        &["ftp://example.com/anna", "no url", "https://example.com"],
    )
    .await;
}

/// ZITADEL takes names of its time zone database only; here a zone that is newer than the gateway must not stop a push.
async fn c10_a_time_zone_is_stored_as_it_was_sent(gateway: TestGateway) {
    stored_as_sent(&gateway, "timezone", &["fooBar", "Europe/Zurich", "UTC+25"]).await;
}

/// ZITADEL takes BCP 47 tags only; here `en_US` and whatever else a directory holds must not stop a push.
async fn c11_a_locale_is_stored_as_it_was_sent(gateway: TestGateway) {
    stored_as_sent(&gateway, "locale", &["fooBar", "en_US", "de-CH"]).await;
}

async fn stored_as_sent(gateway: &TestGateway, attribute: &str, values: &[&str]) {
    let org = gateway.with_org().await;
    for (number, value) in values.iter().enumerate() {
        let mut user = minimal(&format!("user{number}"));
        user[attribute] = json!(value);
        let read = org.get(&created(&org, &user).await).await.expect(200).json();
        assert_eq!(read[attribute], *value);
    }
}

async fn c15_a_user_name_in_use_is_a_conflict(gateway: TestGateway) {
    let org = gateway.with_org().await;
    created(&org, &minimal("anna@x.example")).await;
    let before = org.snapshot().await;
    for spelling in ["anna@x.example", "ANNA@X.EXAMPLE"] {
        let answer = org.post("/Users", &minimal(spelling)).await;
        refused(&answer, 409, Some("uniqueness"), &["userName"]);
    }
    assert_eq!(org.snapshot().await, before);
}

/// ZITADEL looks into its user metadata; here what is asked is that each is there alone, and found where it is asked for.
async fn c16_every_attribute_without_a_column_is_really_written(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let full = full_user("anna");
    for (number, attribute) in [
        "externalId",
        "name",
        "profileUrl",
        "title",
        "locale",
        "timezone",
        "ims",
        "photos",
        "addresses",
        "entitlements",
        "roles",
        "emails",
        "nickName",
        "userType",
        "x509Certificates",
    ]
    .into_iter()
    .enumerate()
    {
        let user = json!({
            "schemas": [USER], "userName": format!("user{number}"), "active": true, attribute: full[attribute],
        });
        let endpoint = created(&org, &user).await;
        assert_eq!(said(&org.get(&endpoint).await.expect(200).json()), user);
        let asked = org
            .get(&format!("{endpoint}?attributes={attribute}"))
            .await
            .expect(200);
        assert_eq!(asked.json()[attribute], full[attribute]);
    }
}

/// ZITADEL drops passwords on create only for a service account with a setting of the right spelling; Okta sends a
/// random one by default, so here none is ever looked at and there is no setting to get wrong.
async fn c18_a_random_password_needs_no_setting_to_be_ignored(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (number, password) in [
        json!("a"),
        json!("1mz050nq"),
        json!(null),
        json!(7),
        json!(["x"]),
        json!({}),
    ]
    .into_iter()
    .enumerate()
    {
        let mut user = minimal(&format!("user{number}"));
        user["password"] = password.clone();
        let read = org.get(&created(&org, &user).await).await.expect(200).json();
        assert_eq!(read.get("password"), None, "{password}");
    }
}

async fn c19_a_password_is_in_no_answer(gateway: TestGateway) {
    const SECRET: &str = "Password1!-never-again";

    let org = gateway.with_org().await;
    let mut user = full_user("anna");
    user["password"] = json!(SECRET);
    let answer = org
        .post("/Users?attributes=password,userName", &user)
        .await
        .expect(201);
    let endpoint = format!("/Users/{}", answer.id());
    let set = json!([{"op": "replace", "path": "password", "value": SECRET}]);
    for answer in [
        answer,
        org.get(&endpoint).await.expect(200),
        org.get("/Users").await.expect(200),
        org.put(&endpoint, &user).await.expect(200),
        org.patch(&endpoint, &set).await.expect(200),
    ] {
        let text = format!("{answer:?}");
        assert!(!text.contains(SECRET) && !text.contains("password"), "{text}");
    }
    let held = format!("{:?}", org.snapshot().await);
    assert!(!held.contains(SECRET), "{held}");
}

async fn c20_a_created_user_has_its_location(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let answer = org.post("/Users", &minimal("anna")).await.expect(201);
    let location = format!("{PUBLIC_URL}/scim/v2/{}/Users/{}", org.id, answer.id());
    assert_eq!(answer.header("location"), Some(location.as_str()));
    assert_eq!(answer.json()["meta"]["location"], location);
}

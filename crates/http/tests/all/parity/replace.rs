//! Rows R1 to R3, R7 and R8: `PUT /Users/{id}`. R4 to R6 are in `strangers.rs`, R9 in `provisioning_domains.rs`.

use serde_json::json;
use wicketgate_scim::schema::USER;
use wicketgate_testbed::both_engines;

use super::{created, full_user, said};
use crate::harness::TestGateway;

both_engines! {
    run with crate::harness::run:
    r01_a_minimal_replace_leaves_what_it_says,
    r02_a_full_replace_deactivates,
    r03_no_value_is_refused_for_what_it_says,
    r07_what_is_left_out_is_removed,
    r08_the_type_of_an_address_is_kept,
}

async fn r01_a_minimal_replace_leaves_what_it_says(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = created(&org, &full_user("anna")).await;
    let user = json!({
        "schemas": [USER], "userName": "berta",
        "name": {"formatted": "Berta Tal", "familyName": "Tal", "givenName": "Berta"},
        "active": true, "emails": [{"value": "berta@x.example", "primary": true}],
    });
    let answer = org.put(&endpoint, &user).await.expect(200);
    assert_eq!(said(&answer.json()), user);
    assert_eq!(org.get(&endpoint).await.expect(200).json(), answer.json());
}

async fn r02_a_full_replace_deactivates(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = created(&org, &json!({"schemas": [USER], "userName": "anna"})).await;
    let mut user = full_user("berta");
    user["active"] = json!(false);
    let answer = org.put(&endpoint, &user).await.expect(200);
    assert_eq!(said(&answer.json()), user);
    assert_eq!(org.get(&endpoint).await.expect(200).json(), answer.json());
}

/// ZITADEL answers 400 to a weak password and to a profile URL, time zone or locale that it does not know; here the
/// first is dropped and the others are stored as they were sent, as on create.
async fn r03_no_value_is_refused_for_what_it_says(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = created(&org, &full_user("anna")).await;
    for (attribute, value) in [
        ("profileUrl", "ftp://x"),
        ("timezone", "fooBar"),
        ("locale", "fooBar"),
    ] {
        let mut user = full_user("anna");
        user[attribute] = json!(value);
        org.put(&endpoint, &user).await.expect(200);
        assert_eq!(org.get(&endpoint).await.json()[attribute], value);
    }
    let before = full_user("anna");
    org.put(&endpoint, &before).await.expect(200);
    let read = org.get(&endpoint).await.expect(200);
    let mut user = before;
    user["password"] = json!("fooBar");
    org.put(&endpoint, &user).await.expect(200);
    assert_eq!(org.get(&endpoint).await, read, "a password is not even a change");
}

async fn r07_what_is_left_out_is_removed(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = created(&org, &full_user("anna")).await;
    let user = json!({"schemas": [USER], "userName": "anna"});
    org.put(&endpoint, &user).await.expect(200);
    let read = said(&org.get(&endpoint).await.expect(200).json());
    assert_eq!(
        read,
        json!({"schemas": [USER], "userName": "anna", "active": true})
    );
    for filter in [
        "externalId eq \"external anna\"",
        "emails.value eq \"anna@x.example\"",
    ] {
        assert_eq!(
            org.find("/Users", filter).await.expect(200).json()["totalResults"],
            0,
            "{filter}"
        );
    }
}

async fn r08_the_type_of_an_address_is_kept(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = created(&org, &full_user("anna")).await;
    let mut user = full_user("anna");
    user["emails"] = json!([{"value": "new@x.example", "type": "private", "primary": true}]);
    org.put(&endpoint, &user).await.expect(200);
    assert_eq!(
        org.get(&endpoint).await.expect(200).json()["emails"],
        user["emails"]
    );
}

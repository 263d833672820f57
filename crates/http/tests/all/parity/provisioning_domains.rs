//! Rows C17, G7, L22 and R9: each provisioning domain has an `externalId` of its own for every user, and sees no other.

use serde_json::{Value, json};
use wicketgate_scim::{message::PATCH_OP, schema::USER};
use wicketgate_testbed::both_engines;

use super::{created, external_id, send_as};
use crate::harness::{TestGateway, percent_encoded};

both_engines! {
    run with crate::harness::run:
    c17_a_created_external_id_belongs_to_the_creators_domain,
    g07_a_domain_sees_its_own_external_id_alone,
    l22_a_domain_finds_by_its_own_external_id_alone,
    r09_a_replace_leaves_the_other_domains_external_id,
}

fn anna(external_id: &str) -> Value {
    json!({"schemas": [USER], "userName": "anna", "externalId": external_id})
}

fn set(external_id: &str) -> Value {
    let operations = json!([{"op": "replace", "path": "externalId", "value": external_id}]);
    json!({"schemas": [PATCH_OP], "Operations": operations})
}

async fn c17_a_created_external_id_belongs_to_the_creators_domain(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let other = org.manager_of("other").await;
    let answer = send_as(&org, &other, "POST", "/Users", Some(&anna("of other")))
        .await
        .expect(201);
    assert_eq!(answer.json()["externalId"], "of other");
    let endpoint = format!("/Users/{}", answer.id());
    assert_eq!(external_id(&org, &other, &endpoint).await, "of other");
    assert_eq!(external_id(&org, org.manager(), &endpoint).await, Value::Null);
}

async fn g07_a_domain_sees_its_own_external_id_alone(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [other, third] = [org.manager_of("other").await, org.manager_of("third").await];
    let endpoint = created(&org, &anna("of first")).await;
    send_as(&org, &other, "PATCH", &endpoint, Some(&set("of other")))
        .await
        .expect(200);
    for (token, expected) in [
        (org.manager(), json!("of first")),
        (&other, json!("of other")),
        (&third, Value::Null),
    ] {
        assert_eq!(external_id(&org, token, &endpoint).await, expected);
        let list = send_as(&org, token, "GET", "/Users", None)
            .await
            .expect(200)
            .json();
        let shown = &list["Resources"][0];
        assert_eq!(shown.get("externalId").unwrap_or(&Value::Null), &expected);
    }
    let remove = json!({"schemas": [PATCH_OP], "Operations": [{"op": "remove", "path": "externalId"}]});
    send_as(&org, &other, "PATCH", &endpoint, Some(&remove))
        .await
        .expect(200);
    assert_eq!(external_id(&org, &other, &endpoint).await, Value::Null);
    assert_eq!(external_id(&org, org.manager(), &endpoint).await, "of first");
}

async fn l22_a_domain_finds_by_its_own_external_id_alone(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let other = org.manager_of("other").await;
    let endpoint = created(&org, &anna("of first")).await;
    send_as(&org, &other, "PATCH", &endpoint, Some(&set("of other")))
        .await
        .expect(200);
    org.user("berta").await;
    for (filter, of_first, of_other) in [
        ("externalId eq \"of first\"", 1, 0),
        ("externalId eq \"of other\"", 0, 1),
        ("externalId eq \"of first\" and userName eq \"anna\"", 1, 0),
        ("userName eq \"anna\"", 1, 1),
    ] {
        let endpoint = format!("/Users?filter={}", percent_encoded(filter));
        for (token, total) in [(org.manager(), of_first), (&other, of_other)] {
            let list = send_as(&org, token, "GET", &endpoint, None)
                .await
                .expect(200)
                .json();
            assert_eq!(list["totalResults"], total, "{filter}");
        }
    }
}

async fn r09_a_replace_leaves_the_other_domains_external_id(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let other = org.manager_of("other").await;
    let endpoint = created(&org, &anna("of first")).await;
    send_as(&org, &other, "PUT", &endpoint, Some(&anna("of other")))
        .await
        .expect(200);
    assert_eq!(external_id(&org, org.manager(), &endpoint).await, "of first");
    assert_eq!(external_id(&org, &other, &endpoint).await, "of other");
    // Left out, it is the own one that is cleared.
    let without = json!({"schemas": [USER], "userName": "anna", "title": "Pilot"});
    send_as(&org, &other, "PUT", &endpoint, Some(&without))
        .await
        .expect(200);
    assert_eq!(external_id(&org, org.manager(), &endpoint).await, "of first");
    assert_eq!(external_id(&org, &other, &endpoint).await, Value::Null);
}

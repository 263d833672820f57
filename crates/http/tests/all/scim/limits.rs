//! What is still accepted: bodies, values and PATCH requests of exactly their limit. One past each is refused in
//! `errors.rs`.

use serde_json::{Value, json};
use wicketgate_scim::schema::{GROUP, USER};
use wicketgate_testbed::both_engines;

use super::bad_requests::nested;
use crate::harness::TestGateway;

both_engines! {
    run with crate::harness::run:
    bodies_of_exactly_the_limit_are_read,
    values_of_exactly_the_limit_are_stored,
    json_of_exactly_the_limit_is_read,
    a_thousand_operations_are_applied,
    a_hundred_thousand_members_are_read,
}

fn padded(body: &Value, length: usize) -> Vec<u8> {
    let mut body = body.to_string().into_bytes();
    body.resize(length, b' ');
    body
}

async fn bodies_of_exactly_the_limit_are_read(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = padded(&json!({"schemas": [USER], "userName": "anna"}), 1 << 20);
    let id = org
        .send("POST", "/Users", &[], Some(&user))
        .await
        .expect(201)
        .id();
    org.send("PUT", &format!("/Users/{id}"), &[], Some(&user))
        .await
        .expect(200);
    let group = padded(&json!({"schemas": [GROUP], "displayName": "Pilots"}), 16 << 20);
    org.send("POST", "/Groups", &[], Some(&group)).await.expect(201);
}

async fn values_of_exactly_the_limit_are_stored(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let addresses: Vec<Value> = (0..100)
        .map(|number| json!({"value": format!("{number}@x.example")}))
        .collect();
    let user = json!({
        "schemas": [USER, "urn:example:1.0:Badge"],
        // Characters, and not bytes, are counted here.
        "externalId": "𝄞".repeat(512),
        "userName": "𝄞".repeat(256),
        "title": "x".repeat(2_048),
        "nickName": "ü".repeat(1_024),
        "emails": addresses,
        "urn:example:1.0:Badge": {"colours": vec!["x".repeat(2_048); 100]},
    });
    let created = org.post("/Users", &user).await.expect(201);
    let stored = org
        .get(&format!("/Users/{}", created.id()))
        .await
        .expect(200)
        .json();
    for (name, value) in user.as_object().unwrap() {
        assert_eq!(&stored[name], value, "{name}");
    }
    let filter = format!("userName eq \"{}\"", "𝄞".repeat(256));
    assert_eq!(
        org.find("/Users", &filter).await.expect(200).json()["totalResults"],
        1
    );
    let filter = format!("externalId eq \"{}\"", "𝄞".repeat(512));
    assert_eq!(
        org.find("/Users", &filter).await.expect(200).json()["totalResults"],
        1
    );
    let group = json!({"schemas": [GROUP], "displayName": "x".repeat(2_048)});
    org.post("/Groups", &group).await.expect(201);
    org.post("/Groups", &group).await.expect(409);
}

async fn json_of_exactly_the_limit_is_read(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.send("POST", "/Users", &[], Some(nested(32).as_bytes()))
        .await
        .expect(201);
    let body = format!(
        "{{\"userName\":\"anna\",\"urn:example:1.0:Badge\":{{\"low\":{},\"high\":{}}}}}",
        i64::MIN,
        i64::MAX
    );
    let created = org
        .send("POST", "/Users", &[], Some(body.as_bytes()))
        .await
        .expect(201)
        .json();
    assert_eq!(
        created["urn:example:1.0:Badge"],
        json!({"low": i64::MIN, "high": i64::MAX})
    );
}

async fn a_thousand_operations_are_applied(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    let operations: Vec<Value> = (0..1_000)
        .map(|number| json!({"op": "replace", "path": "title", "value": number.to_string()}))
        .collect();
    let patched = org
        .patch(&format!("/Users/{id}"), &Value::from(operations))
        .await
        .expect(200);
    assert_eq!(patched.json()["title"], "999");
}

async fn a_hundred_thousand_members_are_read(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let members = vec![json!({"value": anna}); 100_000];
    let group = json!({"schemas": [GROUP], "displayName": "Pilots", "members": members});
    let id = org.post("/Groups", &group).await.expect(201).id();
    assert_eq!(org.members(&id).await, [anna.as_str()]);
}

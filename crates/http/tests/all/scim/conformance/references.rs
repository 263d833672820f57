//! Links between resources: whoever follows one finds what it names.

use serde_json::{Value, json};
use wicketgate_scim::schema::{ENTERPRISE_USER, USER};
use wicketgate_testbed::both_engines;

use crate::harness::{PUBLIC_URL, TestGateway};

both_engines! {
    run with crate::harness::run:
    every_reference_leads_to_its_resource,
}

/// Every `$ref` and `location` of a document, each with the id that stands beside it.
fn links(document: &Value, found: &mut Vec<(String, String)>) {
    match document {
        Value::Array(items) => items.iter().for_each(|item| links(item, found)),
        Value::Object(members) => {
            if let (Some(reference), Some(value)) = (members.get("$ref"), members.get("value")) {
                found.push((text(reference), text(value)));
            }
            if let (Some(meta), Some(id)) = (members.get("meta"), members.get("id")) {
                found.push((text(&meta["location"]), text(id)));
            }
            members.values().for_each(|value| links(value, found));
        }
        _ => {}
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn every_reference_leads_to_its_resource(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let boss = org.user("boss").await;
    let anna = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": "anna", ENTERPRISE_USER: {"manager": {"value": boss}},
    });
    let anna = org.post("/Users", &anna).await.expect(201).id();
    let inner = org.group("Inner", &[&anna]).await;
    org.group("Outer", &[&inner, &anna]).await;
    let mut found = Vec::new();
    for endpoint in ["/Users", "/Groups"] {
        links(&org.get(endpoint).await.expect(200).json(), &mut found);
    }
    // Four resources, a manager, two groups of a user, and three members.
    assert_eq!(found.len(), 10, "{found:?}");
    for (link, id) in found {
        let path = link
            .strip_prefix(PUBLIC_URL)
            .unwrap_or_else(|| panic!("{link} is somewhere else"));
        let read = gateway.call("GET", path, Some(org.manager()), &[], None).await;
        assert_eq!(read.expect(200).id(), id, "{link}");
    }
    // What is gone is not found where it was.
    let user = org.get(&format!("/Users/{anna}")).await.expect(200).json();
    let gone = text(&user["groups"][0]["$ref"]);
    let id = text(&user["groups"][0]["value"]);
    org.delete(&format!("/Groups/{id}")).await.expect(204);
    let path = gone.strip_prefix(PUBLIC_URL).unwrap();
    gateway
        .call("GET", path, Some(org.manager()), &[], None)
        .await
        .expect(404);
}

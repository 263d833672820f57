//! Lists of what is offered: pages, filters, order and attributes.

use serde_json::{Value, json};
use wicketgate_domain::EntitlementKind;
use wicketgate_scim::{
    message::{LIST_RESPONSE, SEARCH_REQUEST},
    schema::ROLE,
};
use wicketgate_testbed::both_engines;

use super::with_roles;
use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    okta_reads_one_value_and_is_told_how_many_there_are,
    values_come_in_pages_in_the_order_of_their_ids,
    values_are_filtered_by_every_attribute,
    a_filter_that_is_not_understood_is_refused_by_name,
    values_are_sorted,
    attributes_are_chosen,
    a_search_request_asks_the_same,
}

/// The ids of the resources in a list.
#[track_caller]
fn ids(list: &Value) -> Vec<&str> {
    let resources = list["Resources"].as_array().unwrap();
    assert_eq!(list["itemsPerPage"], resources.len());
    resources
        .iter()
        .map(|resource| resource["id"].as_str().unwrap())
        .collect()
}

async fn okta_reads_one_value_and_is_told_how_many_there_are(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    let headers = [
        ("Accept", "application/scim+json"),
        ("Accept-Charset", "utf-8"),
        ("Content-Type", "application/scim+json; charset=utf-8"),
    ];
    let answer = org
        .send("GET", "/Roles?count=1&startIndex=1", &headers, None)
        .await;
    let list = answer.expect(200).json();
    assert_eq!(list["schemas"], json!([LIST_RESPONSE]));
    assert_eq!(
        (&list["totalResults"], &list["startIndex"], &list["itemsPerPage"]),
        (&json!(3), &json!(1), &json!(1))
    );
    assert_eq!(ids(&list), ["Mechanic"]);
}

async fn values_come_in_pages_in_the_order_of_their_ids(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    for (query, start_index, expected) in [
        ("", 1, &["Mechanic", "pilot", "steward"][..]),
        ("?count=2", 1, &["Mechanic", "pilot"]),
        ("?startIndex=2&count=2", 2, &["pilot", "steward"]),
        ("?startIndex=3&count=2", 3, &["steward"]),
        ("?startIndex=4", 4, &[]),
        ("?startIndex=99999999999999999999", 99, &[]),
        ("?startIndex=-1&count=1", 1, &["Mechanic"]),
        ("?count=0", 1, &[]),
        ("?count=-1", 1, &[]),
        (
            "?count=99999999999999999999",
            1,
            &["Mechanic", "pilot", "steward"],
        ),
    ] {
        let list = org.get(&format!("/Roles{query}")).await.expect(200).json();
        assert_eq!(list["totalResults"], 3, "{query}");
        if start_index < 99 {
            assert_eq!(list["startIndex"], start_index, "{query}");
        }
        assert_eq!(ids(&list), expected, "{query}");
    }
}

async fn values_are_filtered_by_every_attribute(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    for (filter, expected) in [
        ("displayName eq \"PILOT\"", &["pilot"][..]),
        ("id eq \"pilot\"", &["pilot"]),
        ("id eq \"PILOT\"", &[]),
        (
            "id sw \"p\" or displayName co \"attendant\"",
            &["pilot", "steward"],
        ),
        ("not (description pr)", &["steward"]),
        ("description eq null", &["steward"]),
        ("description co \"fl\" and not (id eq \"pilot\")", &["Mechanic"]),
        ("meta.resourceType eq \"Role\"", &["Mechanic", "pilot", "steward"]),
        (
            "meta.created gt \"2000-01-01T00:00:00Z\"",
            &["Mechanic", "pilot", "steward"],
        ),
        ("externalId pr", &[]),
        (
            "urn:okta:scim:schemas:core:1.0:Role:displayName eq \"Pilot\"",
            &["pilot"],
        ),
        (
            "schemas eq \"urn:okta:scim:schemas:core:1.0:Role\"",
            &["Mechanic", "pilot", "steward"],
        ),
    ] {
        let list = org.find("/Roles", filter).await.expect(200).json();
        assert_eq!(list["totalResults"], expected.len(), "{filter}");
        assert_eq!(ids(&list), expected, "{filter}");
    }
}

async fn a_filter_that_is_not_understood_is_refused_by_name(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    for (filter, word) in [
        ("userName eq \"a\"", "userName"),
        ("type eq \"Role\"", "type"),
        ("displayName like \"a\"", "like"),
        ("meta eq \"a\"", "meta.resourceType"),
    ] {
        refused(
            &org.find("/Roles", filter).await,
            400,
            Some("invalidFilter"),
            &[word],
        );
    }
    for query in [
        "filter=",
        "count=x",
        "startIndex=1&startIndex=1",
        "sortBy=userName",
    ] {
        assert_eq!(org.get(&format!("/Roles?{query}")).await.status, 400, "{query}");
    }
}

async fn values_are_sorted(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    for (query, expected) in [
        ("sortBy=displayName", ["Mechanic", "steward", "pilot"]),
        (
            "sortBy=displayName&sortOrder=descending",
            ["pilot", "steward", "Mechanic"],
        ),
        ("sortBy=description", ["pilot", "Mechanic", "steward"]),
        ("sortBy=id&sortOrder=descending", ["steward", "pilot", "Mechanic"]),
        ("sortBy=meta.created", ["steward", "pilot", "Mechanic"]),
    ] {
        let list = org.get(&format!("/Roles?{query}")).await.expect(200).json();
        assert_eq!(ids(&list), expected, "{query}");
    }
}

async fn attributes_are_chosen(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    for (query, expected) in [
        (
            "attributes=displayName",
            json!({"schemas": [ROLE], "id": "pilot", "displayName": "Pilot"}),
        ),
        (
            "excludedAttributes=meta,description,id",
            json!({"schemas": [ROLE], "id": "pilot", "displayName": "Pilot"}),
        ),
        ("attributes=nothing", json!({"schemas": [ROLE], "id": "pilot"})),
    ] {
        let read = org.get(&format!("/Roles/pilot?{query}")).await.expect(200).json();
        assert_eq!(read, expected, "{query}");
        let list = org
            .get(&format!("/Roles?startIndex=2&count=1&{query}"))
            .await
            .json();
        assert_eq!(list["Resources"], json!([expected]), "{query}");
    }
    let both = "/Roles?attributes=id&excludedAttributes=meta";
    refused(&org.get(both).await, 400, Some("invalidValue"), &["attributes"]);
}

async fn a_search_request_asks_the_same(gateway: TestGateway) {
    let org = with_roles(&gateway).await;
    let search = json!({
        "schemas": [SEARCH_REQUEST], "filter": "description pr", "sortBy": "displayName", "count": 1,
        "startIndex": 2, "attributes": ["displayName"],
    });
    let found = org.post("/Roles/.search", &search).await.expect(200);
    let query = "/Roles?filter=description+pr&sortBy=displayName&count=1&startIndex=2&attributes=displayName";
    assert_eq!(found, org.get(query).await);
    assert_eq!(ids(&found.json()), ["pilot"]);
    org.offer(EntitlementKind::Entitlement, "license", "License")
        .await;
    let all = json!({"schemas": [SEARCH_REQUEST]});
    let found = org.post("/Entitlements/.search", &all).await.expect(200).json();
    assert_eq!(ids(&found), ["license"]);
}

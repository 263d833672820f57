//! `GET /Groups`.

use serde_json::json;
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    groups_are_listed_with_their_members,
    groups_are_found_by_what_identity_providers_ask_for,
    a_filter_for_groups_that_is_not_understood_is_refused,
}

async fn groups_are_listed_with_their_members(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let ids = [
        org.group("A", &[&anna]).await,
        org.group("B", &[]).await,
        org.group("C", &[&anna]).await,
    ];
    let list = org.get("/Groups?startIndex=1&count=100").await.expect(200).json();
    assert_eq!(
        (&list["totalResults"], &list["itemsPerPage"]),
        (&json!(3), &json!(3))
    );
    for (resource, id) in list["Resources"].as_array().unwrap().iter().zip(&ids) {
        assert_eq!(
            resource,
            &org.get(&format!("/Groups/{id}")).await.expect(200).json()
        );
    }
    let page = org.get("/Groups?startIndex=2&count=1").await.expect(200).json();
    assert_eq!(
        (&page["totalResults"], &page["startIndex"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(page["Resources"][0]["id"], ids[1]);
    let none = org.get("/Groups?count=0").await.expect(200).json();
    assert_eq!(
        (&none["totalResults"], &none["Resources"]),
        (&json!(3), &json!([]))
    );
}

async fn groups_are_found_by_what_identity_providers_ask_for(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let pilots = org.group("Pilots", &[&anna]).await;
    org.group("Crew", &[]).await;
    org.patch(
        &format!("/Groups/{pilots}"),
        &json!([{"op": "add", "path": "externalId", "value": "g1"}]),
    )
    .await
    .expect(204);
    for (filter, total) in [
        ("displayName eq \"Pilots\"".to_owned(), 1),
        ("displayName eq \"PILOTS\"".to_owned(), 1),
        ("DisplayName EQ \"pilots\"".to_owned(), 1),
        ("externalId eq \"g1\"".to_owned(), 1),
        ("externalId eq \"G1\"".to_owned(), 0),
        (format!("id eq \"{pilots}\""), 1),
        (format!("members.value eq \"{anna}\""), 1),
        (format!("members eq \"{anna}\""), 1),
        (format!("id eq \"{pilots}\" and members.value eq \"{anna}\""), 1),
        (
            format!("displayName eq \"Crew\" and members.value eq \"{anna}\""),
            0,
        ),
        ("displayName eq \"Pilot\"".to_owned(), 0),
    ] {
        let list = org.find("/Groups", &filter).await.expect(200).json();
        assert_eq!(list["totalResults"], total, "{filter}");
        if total == 1 {
            assert_eq!(list["Resources"][0]["id"], pilots, "{filter}");
        }
    }
}

async fn a_filter_for_groups_that_is_not_understood_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.group("Pilots", &[]).await;
    for (filter, word) in [
        ("userName eq \"anna\"", "userName"),
        ("displayName", "the end"),
        ("displayName like \"P\"", "like"),
        ("members.colour eq \"x\"", "members.colour"),
    ] {
        refused(
            &org.find("/Groups", filter).await,
            400,
            Some("invalidFilter"),
            &[word],
        );
    }
}

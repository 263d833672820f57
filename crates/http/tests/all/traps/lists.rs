//! Lists that held too much, too little, or had the wrong form.

use std::collections::BTreeSet;

use serde_json::json;
use wicketgate_scim::message::LIST_RESPONSE;
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    a_compound_filter_was_cut_to_its_first_clause,
    an_unreadable_filter_returned_everybody,
    a_plus_in_a_filter_value_became_a_space,
    user_names_were_compared_with_regard_to_case,
    pages_overlapped_or_left_users_out,
    a_list_without_count_had_a_total_and_no_resources,
    the_filter_on_groups_was_ignored,
    discovery_lists_were_bare_arrays,
}

async fn a_compound_filter_was_cut_to_its_first_clause(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for name in ["a", "b", "c"] {
        org.user(name).await;
    }
    for (filter, total) in [
        ("active eq true and userName eq \"b\"", 1),
        ("active eq true and userName eq \"b\" and userName eq \"c\"", 0),
        ("(active eq true and userName eq \"b\")", 1),
        ("active eq true", 3),
    ] {
        assert_eq!(
            org.find("/Users", filter).await.expect(200).json()["totalResults"],
            total,
            "{filter}"
        );
    }
}

async fn an_unreadable_filter_returned_everybody(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("a").await;
    for filter in [
        "garbage",
        "userName eq",
        "userName eq \"a\" garbage",
        "userName ?? \"a\"",
        "eq",
        "()",
        "\"",
    ] {
        refused(&org.find("/Users", filter).await, 400, Some("invalidFilter"), &[]);
        refused(
            &org.find("/Groups", filter).await,
            400,
            Some("invalidFilter"),
            &[],
        );
    }
}

async fn a_plus_in_a_filter_value_became_a_space(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("user+tag@x.example").await;
    org.user("two words").await;
    for query in [
        "userName%20eq%20%22user%2Btag%40x.example%22",
        "userName%20eq%20%22user+tag@x.example%22",
        "userName+eq+%22two+words%22",
        "userName%20eq%20%22two%20words%22",
    ] {
        let list = org
            .get(&format!("/Users?filter={query}"))
            .await
            .expect(200)
            .json();
        assert_eq!(list["totalResults"], 1, "{query}");
    }
}

async fn user_names_were_compared_with_regard_to_case(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("A@x.example").await;
    let found = org
        .find("/Users", "userName eq \"a@X.EXAMPLE\"")
        .await
        .expect(200)
        .json();
    assert_eq!(found["Resources"][0]["userName"], "A@x.example");
    let again = org.post("/Users", &json!({"userName": "a@X.example"})).await;
    refused(&again, 409, Some("uniqueness"), &["userName"]);
}

async fn pages_overlapped_or_left_users_out(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let mut created = BTreeSet::new();
    for number in 0..100 {
        created.insert(org.user(&format!("user{number}")).await);
    }
    for filter in ["", "&filter=active%20eq%20true"] {
        let mut seen = Vec::new();
        while seen.len() < 100 {
            let page = org
                .get(&format!("/Users?startIndex={}&count=7{filter}", seen.len() + 1))
                .await
                .expect(200)
                .json();
            assert_eq!(page["totalResults"], 100);
            assert_eq!(page["startIndex"], seen.len() + 1);
            let ids = page["Resources"]
                .as_array()
                .unwrap()
                .iter()
                .map(|user| user["id"].as_str().unwrap().to_owned());
            seen.extend(ids);
            assert!(
                seen.len() == 100 || seen.len() % 7 == 0,
                "a page that is not full: {page}"
            );
            // What happens between two pages moves nobody who was there.
            let operation = json!([{"op": "add", "path": "title", "value": seen.len().to_string()}]);
            org.patch(&format!("/Users/{}", seen[0]), &operation)
                .await
                .expect(200);
        }
        assert_eq!(seen.len(), 100);
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), created);
    }
}

async fn a_list_without_count_had_a_total_and_no_resources(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("a").await;
    org.group("G", &[]).await;
    for endpoint in [
        "/Users",
        "/Groups",
        "/Users?startIndex=1",
        "/Users?filter=userName%20eq%20%22a%22",
    ] {
        let list = org.get(endpoint).await.expect(200).json();
        assert_eq!(list["totalResults"], 1, "{endpoint}");
        assert_eq!(list["Resources"].as_array().map(Vec::len), Some(1), "{endpoint}");
    }
}

async fn the_filter_on_groups_was_ignored(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.group("One", &[]).await;
    org.group("Two", &[]).await;
    let found = org
        .find("/Groups", "displayName eq \"two\"")
        .await
        .expect(200)
        .json();
    assert_eq!(found["totalResults"], 1);
    assert_eq!(found["Resources"][0]["displayName"], "Two");
}

async fn discovery_lists_were_bare_arrays(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for endpoint in ["/Schemas", "/ResourceTypes"] {
        let list = org.get(endpoint).await.expect(200).json();
        assert_eq!(list["schemas"], json!([LIST_RESPONSE]), "{endpoint}");
        assert!(
            list["Resources"].as_array().is_some_and(|all| !all.is_empty()),
            "{endpoint}"
        );
        assert!(
            list["totalResults"].is_u64() && list["startIndex"] == 1,
            "{endpoint}"
        );
    }
}

//! Lists that held too much, too little, or had the wrong form.

use std::collections::BTreeSet;

use serde_json::json;
use wicketgate_scim::{message::LIST_RESPONSE, schema::USER};
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    trap_23_every_clause_of_a_compound_filter_counts,
    trap_23_an_unreadable_filter_returns_nobody,
    trap_24_operators_bind_as_the_rfc_says,
    trap_25_users_are_found_by_what_entra_asks_for,
    trap_26_spaces_and_pluses_in_filter_values_arrive,
    trap_27_user_names_are_compared_without_regard_to_case,
    trap_28_pages_neither_overlap_nor_leave_anybody_out,
    trap_29_a_list_without_count_has_its_resources,
    trap_29_a_filter_on_groups_selects,
    trap_31_discovery_lists_are_list_responses,
}

async fn trap_23_every_clause_of_a_compound_filter_counts(gateway: TestGateway) {
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

async fn trap_23_an_unreadable_filter_returns_nobody(gateway: TestGateway) {
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

async fn trap_24_operators_bind_as_the_rfc_says(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (name, title, active) in [
        ("a", "x", true),
        ("b", "x", false),
        ("c", "y", true),
        ("d", "y", false),
    ] {
        let user = json!({"userName": name, "title": title, "active": active});
        org.post("/Users", &user).await.expect(201);
    }
    for (filter, names) in [
        // `and` before `or`, whichever is written first.
        (
            "userName eq \"a\" or userName eq \"b\" and active eq true",
            vec!["a"],
        ),
        (
            "active eq true and userName eq \"b\" or userName eq \"d\"",
            vec!["d"],
        ),
        (
            "(userName eq \"a\" or userName eq \"b\") and active eq false",
            vec!["b"],
        ),
        (
            "active eq false and (title eq \"x\" or title eq \"y\")",
            vec!["b", "d"],
        ),
        // `not` takes what is in its parentheses and no more.
        ("not (active eq true)", vec!["b", "d"]),
        ("not (title eq \"x\") and active eq true", vec!["c"]),
        ("not (title eq \"x\" or active eq false)", vec!["c"]),
        (
            "NOT (userName eq \"a\") AND (title eq \"x\" OR title eq \"y\") AND not (active eq false)",
            vec!["c"],
        ),
        ("((userName eq \"a\"))", vec!["a"]),
    ] {
        let list = org.find("/Users", filter).await.expect(200).json();
        let found: Vec<&str> = list["Resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["userName"].as_str().unwrap())
            .collect();
        assert_eq!(found, names, "{filter}");
        assert_eq!(list["totalResults"], names.len(), "{filter}");
    }
}

async fn trap_25_users_are_found_by_what_entra_asks_for(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({
        "userName": "anna@x.example", "externalId": "0d3f7a",
        "emails": [{"value": "work@x.example", "type": "work"}, {"value": "home@x.example", "type": "home"}],
    });
    let id = org.post("/Users", &user).await.expect(201).id();
    org.user("other@x.example").await;
    for (filter, total) in [
        ("externalId eq \"0d3f7a\"".to_owned(), 1),
        ("externalId eq \"0D3F7A\"".to_owned(), 0),
        (
            "emails[type eq \"work\"].value eq \"work@x.example\"".to_owned(),
            1,
        ),
        (
            "emails[type eq \"work\"].value eq \"home@x.example\"".to_owned(),
            0,
        ),
        (
            "emails[type eq \"work\" and value eq \"work@x.example\"]".to_owned(),
            1,
        ),
        ("emails.value eq \"home@x.example\"".to_owned(), 1),
        ("emails[value co \"home\"]".to_owned(), 1),
        ("emails[value co \"nobody\"]".to_owned(), 0),
        ("emails.value co \"@x.example\"".to_owned(), 1),
        (format!("{USER}:userName eq \"anna@x.example\""), 1),
        (format!("{USER}:externalId eq \"nobody\""), 0),
        (format!("{USER}:emails.value eq \"work@x.example\""), 1),
    ] {
        let list = org.find("/Users", &filter).await.expect(200).json();
        assert_eq!(list["totalResults"], total, "{filter}");
        let shown = list["Resources"].as_array().unwrap();
        assert!(shown.iter().all(|user| user["id"] == id), "{filter}: {list}");
        assert_eq!(shown.len(), total, "{filter}");
    }
}

async fn trap_26_spaces_and_pluses_in_filter_values_arrive(gateway: TestGateway) {
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

async fn trap_27_user_names_are_compared_without_regard_to_case(gateway: TestGateway) {
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

async fn trap_28_pages_neither_overlap_nor_leave_anybody_out(gateway: TestGateway) {
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

async fn trap_29_a_list_without_count_has_its_resources(gateway: TestGateway) {
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

async fn trap_29_a_filter_on_groups_selects(gateway: TestGateway) {
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

async fn trap_31_discovery_lists_are_list_responses(gateway: TestGateway) {
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

//! Rows L3 to L5, L8, L9, L13, L20 and L21: `GET /Users`. L1 and L2 are in `strangers.rs`, filters in
//! `list_filters.rs`, L22 in `provisioning_domains.rs`.

use serde_json::{Value, json};
use wicketgate_scim::{message::LIST_RESPONSE, schema::USER};
use wicketgate_testbed::both_engines;

use super::{created, full_user, user_names};
use crate::harness::{TestGateway, TestOrg, refused};

both_engines! {
    run with crate::harness::run:
    l03_an_unknown_sort_order_is_refused,
    l04_an_unknown_attribute_to_sort_by_is_refused,
    l05_users_are_sorted_by_external_id,
    l08_a_list_without_parameters_is_the_first_page,
    l09_pages_of_a_sorted_list_follow_its_order,
    l13_a_count_of_zero_asks_for_the_total,
    l20_listed_users_equal_users_read_alone,
    l21_another_organizations_users_are_neither_listed_nor_counted,
}

/// Creates these users, in this order.
async fn users(org: &TestOrg, user_names: &[&str]) {
    for user_name in user_names {
        org.user(user_name).await;
    }
}

async fn l03_an_unknown_sort_order_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("anna").await;
    let answer = org.get("/Users?sortBy=id&sortOrder=fooBar").await;
    refused(
        &answer,
        400,
        Some("invalidValue"),
        &["sortOrder", "ascending", "descending"],
    );
}

async fn l04_an_unknown_attribute_to_sort_by_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("anna").await;
    refused(
        &org.get("/Users?sortBy=fooBar").await,
        400,
        Some("invalidValue"),
        &["sortBy", "fooBar"],
    );
}

/// ZITADEL answers 400, because it keeps the attribute where it cannot sort; here every attribute sorts.
async fn l05_users_are_sorted_by_external_id(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (user_name, external_id) in [("a", "2"), ("b", "3"), ("c", "1")] {
        created(
            &org,
            &json!({"schemas": [USER], "userName": user_name, "externalId": external_id}),
        )
        .await;
    }
    for (query, expected) in [
        ("sortBy=externalId", ["c", "a", "b"]),
        ("sortBy=externalid&sortOrder=ascending", ["c", "a", "b"]),
        ("sortBy=externalId&sortOrder=descending", ["b", "a", "c"]),
    ] {
        let list = org.get(&format!("/Users?{query}")).await.expect(200).json();
        assert_eq!(user_names(&list), expected, "{query}");
    }
}

/// ZITADEL answers `itemsPerPage` with the page size that was asked for; RFC 7644 §3.4.2 wants how many there are.
async fn l08_a_list_without_parameters_is_the_first_page(gateway: TestGateway) {
    let org = gateway.with_org().await;
    users(&org, &["b", "a", "c"]).await;
    let list = org.get("/Users").await.expect(200).json();
    assert_eq!(list["schemas"], json!([LIST_RESPONSE]));
    assert_eq!(
        (&list["totalResults"], &list["startIndex"], &list["itemsPerPage"]),
        (&json!(3), &json!(1), &json!(3))
    );
    assert_eq!(user_names(&list), ["b", "a", "c"]);
}

async fn l09_pages_of_a_sorted_list_follow_its_order(gateway: TestGateway) {
    let org = gateway.with_org().await;
    users(&org, &["g", "c", "a", "e", "b", "d", "f"]).await;
    for (query, expected) in [
        (
            "count=2&startIndex=5&sortOrder=descending&sortBy=username",
            ["c", "b"],
        ),
        (
            "count=2&startIndex=5&sortOrder=ascending&sortBy=userName",
            ["e", "f"],
        ),
        ("count=2&startIndex=5&sortBy=meta.created", ["b", "d"]),
        (
            "count=2&startIndex=5&sortBy=meta.created&sortOrder=descending",
            ["a", "c"],
        ),
        ("count=2&startIndex=5", ["b", "d"]),
    ] {
        let list = org.get(&format!("/Users?{query}")).await.expect(200).json();
        assert_eq!(user_names(&list), expected, "{query}");
        assert_eq!(
            (&list["totalResults"], &list["startIndex"], &list["itemsPerPage"]),
            (&json!(7), &json!(5), &json!(2)),
            "{query}"
        );
    }
}

async fn l13_a_count_of_zero_asks_for_the_total(gateway: TestGateway) {
    let org = gateway.with_org().await;
    users(&org, &["a", "b", "c"]).await;
    for (query, total) in [
        ("count=0", 3),
        ("count=-1", 3),
        ("count=0&filter=username%20sw%20%22b%22", 1),
        ("count=0&filter=userName%20eq%20%22nobody%22", 0),
    ] {
        let list = org.get(&format!("/Users?{query}")).await.expect(200).json();
        assert_eq!(list["totalResults"], total, "{query}");
        assert_eq!(list["Resources"].as_array().map_or(0, Vec::len), 0, "{query}");
        assert_eq!(list["itemsPerPage"], 0, "{query}");
    }
}

async fn l20_listed_users_equal_users_read_alone(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = created(&org, &full_user("anna")).await;
    let other = org.user("berta").await;
    org.group("Pilots", &[&other]).await;
    let read = [
        org.get(&endpoint).await.expect(200).json(),
        org.get(&format!("/Users/{other}")).await.expect(200).json(),
    ];
    assert_eq!(
        org.get("/Users").await.expect(200).json()["Resources"],
        json!(read)
    );
    let found = org
        .find("/Users", "userName eq \"anna\"")
        .await
        .expect(200)
        .json();
    assert_eq!(found["Resources"], json!([read[0]]));
}

async fn l21_another_organizations_users_are_neither_listed_nor_counted(gateway: TestGateway) {
    let [org, other] = [gateway.with_org().await, gateway.with_org().await];
    org.user("anna").await;
    users(&other, &["anna", "berta", "cara"]).await;
    for filter in [
        "active eq true",
        "userName pr",
        "userName eq \"anna\"",
        "not (userName eq \"cara\")",
    ] {
        let list = org.find("/Users", filter).await.expect(200).json();
        assert_eq!(
            (&list["totalResults"], user_names(&list)),
            (&Value::from(1), vec!["anna".to_owned()])
        );
    }
    let list = org.get("/Users").await.expect(200).json();
    assert_eq!(list["totalResults"], 1);
    let nobody = org
        .find("/Users", "userName eq \"berta\"")
        .await
        .expect(200)
        .json();
    assert_eq!(nobody["totalResults"], 0);
}

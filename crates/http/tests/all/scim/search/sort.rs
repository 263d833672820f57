//! `sortBy` and `sortOrder` (RFC 7644 §3.4.2.3).

use serde_json::json;
use wicketgate_scim::schema::USER;
use wicketgate_testbed::both_engines;

use super::{names, people};
use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    text_is_sorted_without_regard_to_case_and_ascending_by_default,
    users_without_a_value_are_last_and_first_when_descending,
    of_several_values_the_primary_one_counts_and_else_the_first,
    users_of_the_same_value_keep_the_order_of_their_creation,
    times_and_truth_values_are_sorted_by_what_they_mean,
    an_attribute_that_cannot_be_sorted_by_is_named,
    an_order_that_is_none_is_refused,
}

async fn text_is_sorted_without_regard_to_case_and_ascending_by_default(gateway: TestGateway) {
    let org = gateway.with_org().await;
    people(
        &org,
        &[("carla", None), ("Berta", None), ("anna", None), ("Ärmel", None)],
    )
    .await;
    let ascending = ["anna", "Berta", "carla", "Ärmel"];
    for query in [
        "sortBy=userName",
        "sortby=USERNAME&sortOrder=Ascending",
        "sortBy=urn:ietf:params:scim:schemas:core:2.0:User:userName",
    ] {
        assert_eq!(
            names(&org.get(&format!("/Users?{query}")).await.expect(200)),
            ascending
        );
    }
    let descending = org
        .get("/Users?sortBy=userName&sortOrder=descending")
        .await
        .expect(200);
    assert_eq!(names(&descending), ["Ärmel", "carla", "Berta", "anna"]);
}

async fn users_without_a_value_are_last_and_first_when_descending(gateway: TestGateway) {
    let org = gateway.with_org().await;
    people(&org, &[("a", None), ("b", Some("Pilot")), ("c", Some("clerk"))]).await;
    let ascending = org.get("/Users?sortBy=title").await.expect(200);
    assert_eq!(names(&ascending), ["c", "b", "a"]);
    let descending = org
        .get("/Users?sortBy=title&sortOrder=descending")
        .await
        .expect(200);
    assert_eq!(names(&descending), ["a", "b", "c"]);
}

async fn of_several_values_the_primary_one_counts_and_else_the_first(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (name, emails) in [
        (
            "third",
            json!([{"value": "c@x.example"}, {"value": "a@x.example"}]),
        ),
        (
            "second",
            json!([{"value": "z@x.example"}, {"value": "b@x.example", "primary": true}]),
        ),
        ("first", json!([{"value": "a@x.example"}])),
    ] {
        let user = json!({"schemas": [USER], "userName": name, "emails": emails});
        org.post("/Users", &user).await.expect(201);
    }
    for sort_by in ["emails", "emails.value"] {
        let list = org.get(&format!("/Users?sortBy={sort_by}")).await.expect(200);
        assert_eq!(names(&list), ["first", "second", "third"], "{sort_by}");
    }
}

async fn users_of_the_same_value_keep_the_order_of_their_creation(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let team: Vec<String> = (0..9).map(|number| format!("u{number}")).collect();
    for name in &team {
        people(&org, &[(name, Some("Pilot"))]).await;
    }
    let mut walked = Vec::new();
    for start in [1, 4, 7] {
        let page = org
            .get(&format!("/Users?sortBy=title&startIndex={start}&count=3"))
            .await
            .expect(200);
        walked.extend(names(&page));
    }
    assert_eq!(walked, team);
}

async fn times_and_truth_values_are_sorted_by_what_they_mean(gateway: TestGateway) {
    let org = gateway.with_org().await;
    people(&org, &[("a", None), ("b", None), ("c", None)]).await;
    let id = org.find("/Users", "userName eq \"b\"").await.json()["Resources"][0]["id"].clone();
    let off = json!([{"op": "replace", "path": "active", "value": false}]);
    org.patch(&format!("/Users/{}", id.as_str().unwrap()), &off)
        .await
        .expect(200);
    let by_state = org.get("/Users?sortBy=active").await.expect(200);
    assert_eq!(names(&by_state), ["b", "a", "c"]);
    let newest = org
        .get("/Users?sortBy=meta.lastModified&sortOrder=descending")
        .await
        .expect(200);
    assert_eq!(names(&newest)[0], "b");
    let created = org.get("/Users?sortBy=meta.created").await.expect(200);
    assert_eq!(names(&created), ["a", "b", "c"]);
}

async fn an_attribute_that_cannot_be_sorted_by_is_named(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for sort_by in ["shoeSize", "name", "password", "emails.size"] {
        let answer = org.get(&format!("/Users?sortBy={sort_by}")).await;
        refused(&answer, 400, Some("invalidValue"), &["sortBy", sort_by]);
    }
}

async fn an_order_that_is_none_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let answer = org.get("/Users?sortBy=userName&sortOrder=upwards").await;
    refused(&answer, 400, Some("invalidValue"), &["sortOrder", "upwards"]);
}

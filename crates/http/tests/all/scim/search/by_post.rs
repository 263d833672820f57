//! `POST …/.search` (RFC 7644 §3.4.3): the same question as by GET, and nothing personal in the URL.

use serde_json::json;
use wicketgate_scim::message::LIST_RESPONSE;
use wicketgate_testbed::both_engines;

use super::{names, people, request};
use crate::harness::{TestGateway, percent_encoded, refused};

both_engines! {
    run with crate::harness::run:
    a_query_by_post_is_answered_as_by_get,
    a_reader_may_ask_by_post,
    each_endpoint_lists_its_own_resources,
    an_empty_request_asks_for_the_first_page_of_all,
    what_is_no_search_request_is_refused_by_name,
    a_query_in_the_url_says_nothing_to_a_query_by_post,
}

async fn a_query_by_post_is_answered_as_by_get(gateway: TestGateway) {
    let org = gateway.with_org().await;
    people(
        &org,
        &[("anna", Some("Pilot")), ("berta", Some("Pilot")), ("carla", None)],
    )
    .await;
    org.group("Staff", &[]).await;
    for (endpoint, filter, sort_by) in [
        ("/Users", "title eq \"pilot\"", "userName"),
        ("/Users", "userName sw \"c\" or title pr", "title"),
        ("/Groups", "displayName co \"taf\"", "displayName"),
        (
            "",
            "userName eq \"anna\" or displayName eq \"staff\"",
            "displayName",
        ),
    ] {
        let by_get = org
            .get(&format!(
                "{endpoint}?filter={}&sortBy={sort_by}&sortOrder=descending&startIndex=1&count=2&attributes=userName,displayName",
                percent_encoded(filter)
            ))
            .await
            .expect(200);
        let body = request(&json!({
            "filter": filter, "sortBy": sort_by, "sortOrder": "descending", "startIndex": 1, "count": 2,
            "attributes": ["userName", "displayName"],
        }));
        let by_post = org.post(&format!("{endpoint}/.search"), &body).await;
        assert_eq!(by_post, by_get, "{endpoint} {filter}");
        assert!(
            by_get.json()["totalResults"].as_u64().unwrap() > 0,
            "{endpoint} {filter}"
        );
    }
}

async fn a_reader_may_ask_by_post(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("anna").await;
    let body = request(&json!({})).to_string();
    let reader = org.token(wicketgate_auth::Role::OrgUserReader).to_owned();
    for endpoint in ["/.search", "/Users/.search", "/Groups/.search"] {
        gateway
            .call(
                "POST",
                &org.path(endpoint),
                Some(&reader),
                &[],
                Some(body.as_bytes()),
            )
            .await
            .expect(200);
    }
}

async fn each_endpoint_lists_its_own_resources(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("anna").await;
    org.group("Staff", &[]).await;
    for (endpoint, expected) in [
        ("/Users/.search", vec!["anna"]),
        ("/Groups/.search", vec!["Staff"]),
        ("/.search", vec!["anna", "Staff"]),
    ] {
        let list = org.post(endpoint, &request(&json!({}))).await.expect(200);
        assert_eq!(names(&list), expected, "{endpoint}");
    }
}

async fn an_empty_request_asks_for_the_first_page_of_all(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let list = org.post("/Users/.search", &request(&json!({}))).await.expect(200);
    assert_eq!(
        list.json(),
        json!({
            "schemas": [LIST_RESPONSE], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": [],
        })
    );
}

async fn what_is_no_search_request_is_refused_by_name(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (members, scim_type, word) in [
        (json!({"filter": {}}), "invalidSyntax", "filter"),
        (json!({"count": {}}), "invalidSyntax", "count"),
        (json!({"attributes": 1}), "invalidSyntax", "attributes"),
        (json!({"filter": "userName ~ 1"}), "invalidFilter", "~"),
        (json!({"filter": "shoeSize eq 1"}), "invalidFilter", "shoeSize"),
        (json!({"sortBy": "shoeSize"}), "invalidValue", "shoeSize"),
        (
            json!({"attributes": ["a"], "excludedAttributes": ["b"]}),
            "invalidValue",
            "excludedAttributes",
        ),
    ] {
        for endpoint in ["/.search", "/Users/.search", "/Groups/.search"] {
            let answer = org.post(endpoint, &request(&members)).await;
            refused(&answer, 400, Some(scim_type), &[word]);
        }
    }
    let text = org.send("POST", "/Users/.search", &[], Some(b"[]")).await;
    refused(&text, 400, Some("invalidSyntax"), &[]);
}

async fn a_query_in_the_url_says_nothing_to_a_query_by_post(gateway: TestGateway) {
    let org = gateway.with_org().await;
    people(&org, &[("anna", None), ("berta", None)]).await;
    let list = org
        .post(
            "/Users/.search?filter=userName+eq+%22anna%22&count=0",
            &request(&json!({})),
        )
        .await
        .expect(200);
    assert_eq!(names(&list), ["anna", "berta"]);
}

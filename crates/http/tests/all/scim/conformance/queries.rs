//! Queries that ask for more than one request may cost. What costs how much is tested in the domain crate.

use std::time::Duration;

use serde_json::json;
use wicketgate_domain::SearchLimits;
use wicketgate_scim::{message::SEARCH_REQUEST, schema::USER};
use wicketgate_testbed::{Database, both_engines};

use crate::harness::{TestGateway, percent_encoded, refused, run_within};

both_engines! {
    run with super::bounded:
    a_query_that_asks_for_too_much_is_refused_and_told_what_is_cheap,
    a_query_that_an_index_answers_never_asks_for_too_much,
}

/// Runs a scenario on a gateway where a search without an index may read three resources.
fn bounded<F: Future>(database: Database, scenario: impl FnOnce(TestGateway) -> F) -> F::Output {
    let limits = SearchLimits {
        unindexed: 3,
        patience: Duration::ZERO,
        piece: 1,
        ..SearchLimits::default()
    };
    run_within(limits, database, scenario)
}

async fn a_query_that_asks_for_too_much_is_refused_and_told_what_is_cheap(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let filter = "title eq \"Pilot\"";
    let by_filter = format!("/Users?filter={}", percent_encoded(filter));
    for number in 0..2 {
        let user = json!({"schemas": [USER], "userName": format!("u{number}"), "title": "Pilot"});
        org.post("/Users", &user).await.expect(201);
    }
    let within = org.get(&by_filter).await.expect(200);
    assert_eq!(within.json()["totalResults"], 2);

    for name in ["u2", "u3"] {
        org.user(name).await;
    }
    let post = |members: serde_json::Value| {
        let mut body = json!({"schemas": [SEARCH_REQUEST]});
        body.as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        body
    };
    for (answer, words) in [
        (org.get(&by_filter).await, ["title", "userName"]),
        (org.get("/Users?sortBy=title").await, ["title", "userName"]),
        (
            org.get(&format!("{by_filter}&cursor=")).await,
            ["title", "userName"],
        ),
        (
            org.post("/Users/.search", &post(json!({"filter": filter}))).await,
            ["title", "userName"],
        ),
        (
            org.get(&format!("?filter={}", percent_encoded(filter))).await,
            ["title", "userName"],
        ),
    ] {
        refused(&answer, 400, Some("tooMany"), &words);
    }
}

async fn a_query_that_an_index_answers_never_asks_for_too_much(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for number in 0..6 {
        let user = json!({"schemas": [USER], "userName": format!("u{number}"), "title": "Pilot"});
        org.post("/Users", &user).await.expect(201);
    }
    for (filter, total) in [
        ("userName eq \"u1\"", 1),
        ("userName eq \"u1\" and title eq \"pilot\"", 1),
    ] {
        let list = org.find("/Users", filter).await.expect(200);
        assert_eq!(list.json()["totalResults"], total, "{filter}");
    }
    for query in ["", "?sortBy=userName", "?sortBy=meta.created&count=2"] {
        let list = org.get(&format!("/Users{query}")).await.expect(200);
        assert_eq!(list.json()["totalResults"], 6, "{query}");
    }
}

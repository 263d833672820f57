//! `Accept` and `Content-Type`, over HTTP. Which values mean what is tested beside the code that reads them.

use serde_json::json;
use wicketgate_scim::schema::USER;
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    json_is_answered_where_only_json_is_accepted,
    what_cannot_be_answered_is_refused_before_anything_happens,
    a_body_of_another_type_is_refused_before_anything_happens,
    a_body_may_say_nothing_about_its_type,
}

async fn json_is_answered_where_only_json_is_accepted(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    for endpoint in [
        format!("/Users/{id}"),
        "/Users".to_owned(),
        "/Groups".to_owned(),
        "/Schemas".to_owned(),
    ] {
        for (accept, answered) in [
            ("application/json", "application/json"),
            ("application/scim+json", "application/scim+json"),
            ("*/*", "application/scim+json"),
            ("text/html;q=0.9, application/*;q=0.1", "application/scim+json"),
        ] {
            let answer = org
                .send("GET", &endpoint, &[("Accept", accept)], None)
                .await
                .expect(200);
            assert_eq!(
                answer.header("content-type"),
                Some(answered),
                "{endpoint} {accept}"
            );
        }
    }
}

async fn what_cannot_be_answered_is_refused_before_anything_happens(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let before = org.latest_event().await;
    let user = json!({"schemas": [USER], "userName": "anna"}).to_string();
    for accept in ["text/html", "application/xml, text/*", "application/json;q=0"] {
        let headers = [("Accept", accept)];
        refused(
            &org.send("POST", "/Users", &headers, Some(user.as_bytes())).await,
            406,
            None,
            &["Accept"],
        );
        for endpoint in ["/Users", "/Groups", "/Schemas", "/ServiceProviderConfig"] {
            refused(
                &org.send("GET", endpoint, &headers, None).await,
                406,
                None,
                &["Accept"],
            );
        }
    }
    assert_eq!(org.latest_event().await, before);
}

async fn a_body_of_another_type_is_refused_before_anything_happens(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    let before = org.latest_event().await;
    let user = json!({"schemas": [USER], "userName": "berta"}).to_string();
    for content_type in [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
    ] {
        let headers = [("Content-Type", content_type)];
        for (method, endpoint) in [
            ("POST", "/Users"),
            ("PUT", &format!("/Users/{id}")),
            ("POST", "/Groups"),
        ] {
            let answer = org.send(method, endpoint, &headers, Some(user.as_bytes())).await;
            refused(&answer, 415, None, &["Content-Type"]);
        }
    }
    let headers = [("Content-Encoding", "gzip")];
    let answer = org.send("POST", "/Users", &headers, Some(user.as_bytes())).await;
    refused(&answer, 415, None, &["Content-Encoding"]);
    assert_eq!(org.latest_event().await, before);
}

async fn a_body_may_say_nothing_about_its_type(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (number, content_type) in [
        "",
        "application/json",
        "application/scim+json; charset=UTF-8",
        "Application/JSON;charset=\"utf-8\"",
    ]
    .into_iter()
    .enumerate()
    {
        let user = json!({"schemas": [USER], "userName": format!("user{number}")}).to_string();
        let headers = [("Content-Type", content_type)];
        org.send("POST", "/Users", &headers, Some(user.as_bytes()))
            .await
            .expect(201);
    }
}

//! `GET /Users/{id}`.

use serde_json::json;
use wicketgate_scim::Mode;
use wicketgate_testbed::both_engines;

use crate::harness::{PUBLIC_URL, TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    a_user_is_read_with_its_location_and_version,
    an_id_that_was_never_given_out_is_not_found,
    the_groups_of_a_user_are_computed,
    one_trailing_slash_says_nothing,
    endpoints_in_another_case_are_found_in_tolerant_mode_only,
    links_never_name_the_host_of_the_request,
}

async fn a_user_is_read_with_its_location_and_version(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna@example.com").await;
    let read = org.get(&format!("/Users/{id}")).await.expect(200);
    let location = format!("{PUBLIC_URL}{}", org.path(&format!("/Users/{id}")));
    assert_eq!(read.header("etag"), Some("W/\"1\""));
    assert_eq!(read.header("location"), Some(location.as_str()));
    assert_eq!(read.header("content-location"), Some(location.as_str()));
    assert_eq!(read.json()["meta"]["location"], location);
    assert_eq!(read.json()["meta"]["version"], "W/\"1\"");
}

async fn an_id_that_was_never_given_out_is_not_found(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna@example.com").await;
    for unknown in [
        "0193d8a4-9b7e-7c3d-8f21-5a6b7c8d9e0f".to_owned(),
        "1".to_owned(),
        "anna@example.com".to_owned(),
        format!("{id}.scim"),
        id.to_uppercase(),
        id.replace('-', ""),
        "%00".to_owned(),
        "%F0%9F%98%80".to_owned(),
        "x".repeat(4_000),
    ] {
        refused(&org.get(&format!("/Users/{unknown}")).await, 404, None, &[]);
    }
}

async fn the_groups_of_a_user_are_computed(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna@example.com").await;
    let pilots = org.group("Pilots", &[&anna]).await;
    let crew = org.group("Crew", &[&pilots]).await;
    let groups = || async { org.get(&format!("/Users/{anna}")).await.expect(200).json()["groups"].clone() };
    let reference = |id: &str| format!("{PUBLIC_URL}{}", org.path(&format!("/Groups/{id}")));
    assert_eq!(
        groups().await,
        json!([
            {"value": pilots, "$ref": reference(&pilots), "display": "Pilots", "type": "direct"},
            {"value": crew, "$ref": reference(&crew), "display": "Crew", "type": "indirect"},
        ])
    );
    org.delete(&format!("/Groups/{pilots}")).await.expect(204);
    assert!(groups().await.is_null());
}

async fn one_trailing_slash_says_nothing(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna@example.com").await;
    let plain = org.get(&format!("/Users/{id}")).await.expect(200);
    assert_eq!(org.get(&format!("/Users/{id}/")).await, plain);
    assert_eq!(org.get(&format!("/Users/{id}?")).await, plain);
    assert_eq!(org.get(&format!("/Users/{id}&aadOptscim062020")).await, plain);
    for path in [
        format!("/Users//{id}"),
        format!("/Users/{id}//"),
        format!("//Users/{id}"),
        format!("/./Users/{id}"),
    ] {
        refused(&org.get(&path).await, 404, None, &[]);
    }
}

async fn endpoints_in_another_case_are_found_in_tolerant_mode_only(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna@example.com").await;
    for (mode, status) in [(Mode::Tolerant, 200), (Mode::Strict, 404), (Mode::Interop, 404)] {
        org.set_mode(mode).await;
        for endpoint in [format!("/users/{id}"), "/USERS".to_owned(), "/groups".to_owned()] {
            org.get(&endpoint).await.expect(status);
        }
        org.get(&format!("/Users/{id}")).await.expect(200);
    }
}

async fn links_never_name_the_host_of_the_request(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna@example.com").await;
    let endpoint = format!("/Users/{id}");
    let plain = org.get(&endpoint).await.expect(200);
    let headers = [
        ("Host", "evil.example"),
        ("Forwarded", "host=evil.example;proto=http"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "http"),
    ];
    assert_eq!(org.send("GET", &endpoint, &headers, None).await, plain);
}

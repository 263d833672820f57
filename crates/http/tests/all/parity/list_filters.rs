//! Rows L6, L7, L10 to L12 and L14 to L19: filters on `/Users`.

use serde_json::{Value, json};
use wicketgate_scim::{message::SEARCH_REQUEST, schema::USER};
use wicketgate_testbed::both_engines;

use super::{created, user_names};
use crate::harness::{TestGateway, TestOrg, refused};

both_engines! {
    run with crate::harness::run:
    l06_a_filter_on_an_unknown_attribute_is_refused,
    l07_a_malformed_filter_is_refused,
    l10_users_are_found_by_how_their_name_begins,
    l11_users_are_found_by_how_an_address_begins_and_ends,
    l12_a_search_by_post_answers_what_a_get_does,
    l14_inactive_users_are_found,
    l15_users_are_found_by_external_id,
    l16_users_with_an_external_id_are_found,
    l17_users_are_found_by_external_id_and_name,
    l18_users_changed_since_are_found_in_any_spelling_of_the_attribute,
    l19_users_created_since_are_found,
}

/// An organization with six users, and somebody else's users around it.
async fn crew(gateway: &TestGateway) -> TestOrg {
    let [org, other] = [gateway.with_org().await, gateway.with_org().await];
    for org in [&org, &other] {
        for (number, user_name) in ["Crew-1", "crew-2", "crew-3", "pilot-1", "pilot-2", "Pilot-3"]
            .into_iter()
            .enumerate()
        {
            let mut user = json!({
                "schemas": [USER], "userName": user_name, "active": number % 3 != 0,
                "emails": [
                    {"value": format!("{user_name}@work.example"), "type": "work", "primary": true},
                    {"value": format!("home-{number}@x.example"), "type": "home"},
                ],
            });
            if number % 2 == 0 {
                user["externalId"] = json!(format!("00u{number}"));
            }
            created(org, &user).await;
        }
    }
    org
}

#[track_caller]
fn finds(list: &Value, names: &[&str], what: &str) {
    assert_eq!(user_names(list), names, "{what}");
    assert_eq!(list["totalResults"], names.len(), "{what}");
}

async fn each_finds(org: &TestOrg, cases: &[(&str, &[&str])]) {
    for (filter, names) in cases {
        let list = org.find("/Users", filter).await;
        assert_eq!(list.status, 200, "{filter}: {list:?}");
        finds(&list.json(), names, filter);
    }
}

async fn l06_a_filter_on_an_unknown_attribute_is_refused(gateway: TestGateway) {
    let org = crew(&gateway).await;
    for (filter, word) in [
        ("fooBar eq \"10\"", "fooBar"),
        ("userName eq \"crew-2\" and fooBar pr", "fooBar"),
        ("name.fooBar eq \"x\"", "fooBar"),
        ("urn:fooBar:userName eq \"crew-2\"", "urn:fooBar"),
    ] {
        refused(
            &org.find("/Users", filter).await,
            400,
            Some("invalidFilter"),
            &[word],
        );
    }
}

async fn l07_a_malformed_filter_is_refused(gateway: TestGateway) {
    let org = crew(&gateway).await;
    for filter in [
        "fooBar",
        "userName",
        "userName eq",
        "userName xx \"a\"",
        "(userName pr",
        "userName pr)",
    ] {
        refused(&org.find("/Users", filter).await, 400, Some("invalidFilter"), &[]);
    }
}

async fn l10_users_are_found_by_how_their_name_begins(gateway: TestGateway) {
    let org = crew(&gateway).await;
    each_finds(
        &org,
        &[
            ("userName sw \"crew-\"", &["Crew-1", "crew-2", "crew-3"]),
            ("username sw \"PILOT\"", &["pilot-1", "pilot-2", "Pilot-3"]),
            ("userName sw \"nobody\"", &[]),
            ("userName sw \"%\"", &[]),
            ("userName sw \"crew_1\"", &[]),
        ],
    )
    .await;
}

async fn l11_users_are_found_by_how_an_address_begins_and_ends(gateway: TestGateway) {
    let org = crew(&gateway).await;
    each_finds(
        &org,
        &[
            (
                "emails sw \"crew-\" and emails ew \"@work.example\"",
                &["Crew-1", "crew-2", "crew-3"],
            ),
            (
                "emails.value sw \"home-1\" and emails.value ew \"-2@work.example\"",
                &["crew-2"],
            ),
            ("emails[value sw \"home-1\" and value ew \"@work.example\"]", &[]),
            ("emails co \"-3@\"", &["crew-3", "pilot-1", "Pilot-3"]),
        ],
    )
    .await;
}

async fn l12_a_search_by_post_answers_what_a_get_does(gateway: TestGateway) {
    let org = crew(&gateway).await;
    let filter = "emails sw \"crew-\" and emails ew \"@work.example\"";
    let search = json!({
        "schemas": [SEARCH_REQUEST], "filter": filter, "startIndex": 2, "count": 1, "sortBy": "userName",
        "sortOrder": "descending", "attributes": ["userName"],
    });
    let found = org.post("/Users/.search", &search).await.expect(200);
    finds_one_of_three(&found.json());
    let query = "startIndex=2&count=1&sortBy=userName&sortOrder=descending&attributes=userName";
    let filter = crate::harness::percent_encoded(filter);
    let got = org
        .get(&format!("/Users?{query}&filter={filter}"))
        .await
        .expect(200);
    assert_eq!(found, got);
    assert_eq!(
        org.get("/Users").await.expect(200).json()["totalResults"],
        6,
        "nothing was created"
    );
}

fn finds_one_of_three(list: &Value) {
    assert_eq!(user_names(list), ["crew-2"]);
    assert_eq!(
        (&list["totalResults"], &list["startIndex"], &list["itemsPerPage"]),
        (&json!(3), &json!(2), &json!(1))
    );
    assert_eq!(list["Resources"][0].get("emails"), None);
}

async fn l14_inactive_users_are_found(gateway: TestGateway) {
    let org = crew(&gateway).await;
    each_finds(
        &org,
        &[
            ("active eq false", &["Crew-1", "pilot-1"]),
            ("active ne true", &["Crew-1", "pilot-1"]),
            ("active eq true", &["crew-2", "crew-3", "pilot-2", "Pilot-3"]),
        ],
    )
    .await;
}

async fn l15_users_are_found_by_external_id(gateway: TestGateway) {
    let org = crew(&gateway).await;
    each_finds(
        &org,
        &[
            ("externalid eq \"00u2\"", &["crew-3"]),
            ("externalId eq \"00U2\"", &[]),
            ("externalId eq \"00u1\"", &[]),
        ],
    )
    .await;
}

/// ZITADEL answers 400 `invalidFilter`; here every operator works on every attribute that can be seen.
async fn l16_users_with_an_external_id_are_found(gateway: TestGateway) {
    let org = crew(&gateway).await;
    each_finds(
        &org,
        &[
            ("externalid pr", &["Crew-1", "crew-3", "pilot-2"]),
            ("not (externalId pr)", &["crew-2", "pilot-1", "Pilot-3"]),
            ("externalId sw \"00u\" and active eq true", &["crew-3", "pilot-2"]),
        ],
    )
    .await;
}

async fn l17_users_are_found_by_external_id_and_name(gateway: TestGateway) {
    let org = crew(&gateway).await;
    each_finds(
        &org,
        &[
            ("externalid eq \"00u2\" and username eq \"CREW-3\"", &["crew-3"]),
            ("externalid eq \"00u2\" and username eq \"crew-2\"", &[]),
            (
                "externalid eq \"00u2\" or username eq \"crew-2\"",
                &["crew-2", "crew-3"],
            ),
        ],
    )
    .await;
}

async fn l18_users_changed_since_are_found_in_any_spelling_of_the_attribute(gateway: TestGateway) {
    let org = crew(&gateway).await;
    let all = org.get("/Users").await.expect(200).json();
    let last = all["Resources"][5]["meta"]["lastModified"].as_str().unwrap();
    let title = json!([{"op": "add", "path": "title", "value": "Captain"}]);
    let first = all["Resources"][0]["id"].as_str().unwrap();
    org.patch(&format!("/Users/{first}"), &title).await.expect(200);
    each_finds(
        &org,
        &[
            (&format!("meta.LASTMODIFIED gt \"{last}\""), &["Crew-1"]),
            (
                &format!("meta.lastModified ge \"{last}\""),
                &["Crew-1", "Pilot-3"],
            ),
            (
                &format!("meta.lastmodified gt \"{last}\" and username sw \"pilot\""),
                &[],
            ),
            ("meta.lastModified gt \"2100-01-01T00:00:00Z\"", &[]),
        ],
    )
    .await;
}

async fn l19_users_created_since_are_found(gateway: TestGateway) {
    let org = crew(&gateway).await;
    let all = org.get("/Users").await.expect(200).json();
    let fourth = all["Resources"][3]["meta"]["created"].as_str().unwrap();
    // The same instant, written for another time zone.
    let elsewhere = fourth
        .replace("2025-01-01T00", "2025-01-01T02")
        .replace('Z', "+02:00");
    assert_ne!(elsewhere, fourth);
    each_finds(
        &org,
        &[
            (&format!("meta.created gt \"{fourth}\""), &["pilot-2", "Pilot-3"]),
            (
                &format!("meta.created gt \"{elsewhere}\""),
                &["pilot-2", "Pilot-3"],
            ),
            (
                &format!("meta.created lt \"{fourth}\""),
                &["Crew-1", "crew-2", "crew-3"],
            ),
            (&format!("meta.created eq \"{fourth}\""), &["pilot-1"]),
            (
                "meta.created gt \"2000-01-01T00:00:00Z\" and userName eq \"crew-2\"",
                &["crew-2"],
            ),
        ],
    )
    .await;
}

//! What ZITADEL's SCIM server is tested for, row by row: a row's letter is the operation, its number the case, and the
//! name of the test says what is true here. Where this gateway decides otherwise, the test asserts our decision and its
//! comment says how and why the two differ.

mod bulk;
mod create;
mod discovery;
mod get;
mod groups;
mod list;
mod list_filters;
mod provisioning_domains;
mod remove;
mod replace;
mod strangers;
mod update;
mod update_refused;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wicketgate_scim::schema::USER;

use crate::harness::{Answer, TestOrg};

const SOURCES: [&str; 13] = [
    include_str!("bulk.rs"),
    include_str!("create.rs"),
    include_str!("discovery.rs"),
    include_str!("get.rs"),
    include_str!("groups.rs"),
    include_str!("list.rs"),
    include_str!("list_filters.rs"),
    include_str!("provisioning_domains.rs"),
    include_str!("remove.rs"),
    include_str!("replace.rs"),
    include_str!("strangers.rs"),
    include_str!("update.rs"),
    include_str!("update_refused.rs"),
];
/// The rows: create, get, list, replace, update, delete, bulk, discovery, groups.
const ROWS: [(char, u8); 9] = [
    ('c', 20),
    ('g', 7),
    ('l', 22),
    ('r', 9),
    ('u', 10),
    ('d', 3),
    ('b', 7),
    ('v', 1),
    ('p', 7),
];

/// The ids of the scenarios that run; a scenario that no list names is dead code, which the compiler reports.
fn tested() -> BTreeSet<String> {
    SOURCES
        .iter()
        .flat_map(|source| source.lines())
        .filter_map(|line| line.trim_start().strip_prefix("async fn ")?.split_once('_'))
        .filter(|(id, _)| id.len() == 3 && id.get(1..).is_some_and(|number| number.parse::<u8>().is_ok()))
        .map(|(id, _)| id.to_owned())
        .collect()
}

#[test]
fn every_row_has_a_test() {
    let rows: BTreeSet<String> = ROWS
        .iter()
        .flat_map(|(letter, last)| (1..=*last).map(move |number| format!("{letter}{number:02}")))
        .collect();
    assert_eq!(tested(), rows);
}

/// A user with every attribute of the core schema, two values where there can be two.
fn full_user(user_name: &str) -> Value {
    let plural = |value: &str| {
        json!([
            {"value": value, "display": "First", "type": "work", "primary": true},
            {"value": format!("{value}-2"), "display": "Second", "type": "home"},
        ])
    };
    json!({
        "schemas": [USER],
        "externalId": format!("external {user_name}"),
        "userName": user_name,
        "name": {
            "formatted": "Dr. Anna M. Berg III", "familyName": "Berg", "givenName": "Anna", "middleName": "M.",
            "honorificPrefix": "Dr.", "honorificSuffix": "III",
        },
        "displayName": "Anna Berg",
        "nickName": "Annie",
        "profileUrl": "https://example.com/anna",
        "title": "Pilot",
        "userType": "Employee",
        "preferredLanguage": "en-US",
        "locale": "en-US",
        "timezone": "America/Los_Angeles",
        "active": true,
        "emails": plural(&format!("{user_name}@x.example")),
        "phoneNumbers": plural("+41 44 668 18 00"),
        "ims": plural("anna"),
        "photos": plural("https://photos.example.com/anna"),
        "addresses": [
            {
                "formatted": "Seilergraben 1", "streetAddress": "Seilergraben 1", "locality": "Zürich",
                "region": "ZH", "postalCode": "8001", "country": "CH", "type": "work", "primary": true,
            },
            {"locality": "Bern", "country": "CH", "type": "home"},
        ],
        "entitlements": plural("entitlement"),
        "roles": plural("role"),
        "x509Certificates": [{"value": "MIIDQzCC", "type": "work"}],
    })
}

/// Creates a user and answers its endpoint.
async fn created(org: &TestOrg, user: &Value) -> String {
    format!("/Users/{}", org.post("/Users", user).await.expect(201).id())
}

/// What a resource says beside what every resource has.
#[track_caller]
fn said(resource: &Value) -> Value {
    let mut resource = resource.clone();
    let members = resource.as_object_mut().unwrap();
    assert!(members.shift_remove("id").is_some() && members.shift_remove("meta").is_some());
    resource
}

/// The user names in a list, in its order.
#[track_caller]
fn user_names(list: &Value) -> Vec<String> {
    let resources = list["Resources"].as_array().unwrap();
    resources
        .iter()
        .map(|user| user["userName"].as_str().unwrap().to_owned())
        .collect()
}

/// Sends a request as another identity provider than the organization's first.
async fn send_as(org: &TestOrg, token: &str, method: &str, endpoint: &str, body: Option<&Value>) -> Answer {
    let body = body.map(Value::to_string);
    org.gateway
        .call(
            method,
            &org.path(endpoint),
            Some(token),
            &[],
            body.as_deref().map(str::as_bytes),
        )
        .await
}

/// The `externalId` of a user as a provider reads it.
async fn external_id(org: &TestOrg, token: &str, endpoint: &str) -> Value {
    let read = send_as(org, token, "GET", endpoint, None).await.expect(200);
    read.json().get("externalId").cloned().unwrap_or_default()
}

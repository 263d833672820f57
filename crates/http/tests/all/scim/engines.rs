//! Both databases answer alike: refusals the same bytes, resources the same JSON. The order of an object's members says
//! nothing in JSON, and `jsonb` does not keep it. Ids and times are the same on every run, so whole conversations are
//! compared.

use serde_json::json;
use wicketgate_scim::{
    message::PATCH_OP,
    schema::{ENTERPRISE_USER, GROUP, USER},
};
use wicketgate_testbed::{Database, Engine};

use super::bad_requests::bad_requests;
use crate::harness::{Answer, TestGateway, percent_encoded, run};

/// The answers of one conversation, on each engine.
pub(super) fn on_both<F: Future<Output = Vec<(String, Answer)>>>(
    conversation: impl Fn(TestGateway) -> F,
) -> Vec<(String, [Answer; 2])> {
    let [sqlite, postgres] = Engine::ALL.map(|engine| run(Database::new(engine), &conversation));
    assert_eq!(sqlite.len(), postgres.len());
    sqlite
        .into_iter()
        .zip(postgres)
        .map(|((request, sqlite), (_, postgres))| (request, [sqlite, postgres]))
        .collect()
}

#[test]
fn refusals_are_the_same_bytes_on_both_engines() {
    let answers = on_both(|gateway| async move {
        let org = gateway.with_org().await;
        let user = org.user("anna").await;
        let group = org.group("Pilots", &[&user]).await;
        let mut answers = Vec::new();
        for bad in bad_requests() {
            let endpoint = bad.endpoint.replace("{user}", &user).replace("{group}", &group);
            let answer = org.send(bad.method, &endpoint, &[], bad.body.as_deref()).await;
            answers.push((bad.name(), answer));
        }
        answers
    });
    for (request, [sqlite, postgres]) in answers {
        assert_eq!(sqlite, postgres, "{request}");
    }
}

#[test]
fn a_provisioning_is_the_same_on_both_engines() {
    let answers = on_both(|gateway| async move {
        let org = gateway.with_org().await;
        let mut answers = Vec::new();
        let mut ids = Vec::new();
        // Names whose order, case and width depend on the collation of a database.
        for (number, name) in ["ä", "Z", "a", "ｆull", "ß", "İ", "ñ", "é\u{301}"]
            .into_iter()
            .enumerate()
        {
            let user = json!({
                "schemas": [USER, ENTERPRISE_USER], "userName": name, "externalId": format!("00u{number}"),
                "name": {"familyName": name, "givenName": "\"\\\u{1F600}"}, "active": number % 2 == 0,
                "emails": [{"value": format!("{name}@x.example"), "type": "work", "primary": true}],
                ENTERPRISE_USER: {"employeeNumber": number.to_string(), "manager": {"value": "boss"}},
                "urn:example:1.0:Badge": {"z": 1, "a": [1, 2.5, -0.0, 1e-7, 123_456_789_012_345_i64], "m": {"y": true}},
            });
            let created = org.post("/Users", &user).await;
            ids.push(created.id());
            answers.push((format!("POST {name}"), created));
        }
        let members: Vec<_> = ids.iter().rev().map(|id| json!({"value": id})).collect();
        let group = json!({"schemas": [GROUP], "displayName": "Crew", "members": members});
        let created = org.post("/Groups", &group).await;
        let crew = created.id();
        answers.push(("POST /Groups".to_owned(), created));
        let first = ids[0].clone();
        let put = json!({"schemas": [USER], "userName": "Ä", "title": "Pilot"}).to_string();
        let patch = |operations: serde_json::Value| {
            json!({"schemas": [PATCH_OP], "Operations": operations}).to_string()
        };
        let deactivate = patch(json!([{"op": "replace", "path": "active", "value": false}]));
        let remove = patch(json!([{"op": "remove", "path": format!("members[value eq \"{first}\"]")}]));
        let filter = |filter: &str| format!("/Users?filter={}", percent_encoded(filter));
        for (method, endpoint, body) in [
            ("GET", "/Users".to_owned(), None),
            ("GET", "/Users?startIndex=3&count=3".to_owned(), None),
            ("GET", filter("userName eq \"z\""), None),
            ("GET", filter("userName eq \"SS\""), None),
            ("GET", filter("emails.value eq \"É\u{301}@X.EXAMPLE\""), None),
            ("GET", filter("active eq false"), None),
            ("GET", format!("/Users/{first}"), None),
            ("GET", format!("/Groups/{crew}"), None),
            ("GET", "/Groups?excludedAttributes=members".to_owned(), None),
            ("PUT", format!("/Users/{first}"), Some(put.as_str())),
            ("PATCH", format!("/Users/{first}"), Some(&deactivate)),
            ("PATCH", format!("/Groups/{crew}"), Some(&remove)),
            ("POST", "/Users".to_owned(), Some(&put)),
            ("DELETE", format!("/Users/{}", ids[1]), None),
            ("GET", format!("/Groups/{crew}"), None),
            ("GET", "/Users?count=0".to_owned(), None),
            ("DELETE", format!("/Groups/{crew}"), None),
            ("GET", format!("/Users/{first}"), None),
        ] {
            let answer = org.send(method, &endpoint, &[], body.map(str::as_bytes)).await;
            answers.push((format!("{method} {endpoint}"), answer));
        }
        answers
    });
    for (request, [sqlite, postgres]) in answers {
        assert_eq!(
            (sqlite.status, &sqlite.headers),
            (postgres.status, &postgres.headers),
            "{request}"
        );
        assert_eq!(sqlite.body.is_empty(), postgres.body.is_empty(), "{request}");
        if !sqlite.body.is_empty() {
            assert_eq!(sqlite.json(), postgres.json(), "{request}");
        }
    }
}

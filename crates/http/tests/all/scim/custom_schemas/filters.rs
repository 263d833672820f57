//! Filters on defined attributes, by type, indexed or not.

use serde_json::json;
use wicketgate_domain::Extended;
use wicketgate_testbed::both_engines;

use super::{BADGE, CLINIC, clinic, clinic_org, employee};
use crate::harness::{TestGateway, TestOrg, refused};

both_engines! {
    run with crate::harness::run:
    each_type_is_compared_as_what_it_is,
    an_unknown_attribute_or_operator_is_refused_by_name,
    what_was_there_before_the_definition_is_found,
    a_short_name_is_not_enough,
}

/// The user names that a filter finds; `$` is the schema.
async fn found(org: &TestOrg, filter: &str) -> Vec<String> {
    let filter = filter.replace('$', CLINIC);
    let list = org.find("/Users", &filter).await.expect(200).json();
    let resources = list["Resources"].as_array().cloned().unwrap_or_default();
    assert_eq!(list["totalResults"], resources.len(), "{filter}");
    let name = |user: &serde_json::Value| user["userName"].as_str().unwrap().to_owned();
    resources.iter().map(name).collect()
}

async fn each_type_is_compared_as_what_it_is(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    for user in [
        employee(
            "anna",
            json!({
                "badgeNumber": "B7", "floor": 9, "hired": "2026-01-31T12:00:00Z", "onCall": true, "weight": 61.5,
                "keys": ["K1", "K2"], "shifts": [{"value": "early", "type": "day"}],
            }),
        ),
        employee(
            "bert",
            json!({
                "badgeNumber": "b70", "floor": 10, "hired": "2026-01-31T14:00:00+03:00", "onCall": false,
                "keys": ["k1"], "shifts": [{"value": "early", "type": "night"}, {"value": "late", "type": "day"}],
            }),
        ),
        employee("cleo", json!({})),
    ] {
        org.post("/Users", &user).await.expect(201);
    }
    for (filter, names) in [
        ("$:badgeNumber eq \"b7\"", &["anna"][..]),
        ("$:BADGENUMBER sw \"B7\"", &["anna", "bert"]),
        ("$:badgeNumber pr", &["anna", "bert"]),
        ("not ($:badgeNumber pr)", &["cleo"]),
        ("$:badgeNumber co \"0\"", &["bert"]),
        ("$:badgeNumber ew \"7\"", &["anna"]),
        ("$:floor gt 9", &["bert"]),
        ("$:floor eq 9 or $:floor eq 10", &["anna", "bert"]),
        ("$:hired lt \"2026-01-31T12:00:00Z\"", &["bert"]),
        ("$:hired eq \"2026-01-31T13:00:00+01:00\"", &["anna"]),
        ("$:onCall eq false", &["bert"]),
        ("$:weight ge 61.5", &["anna"]),
        ("$:keys eq \"K1\"", &["anna"]),
        ("$:keys eq \"k1\"", &["bert"]),
        ("$:shifts eq \"EARLY\"", &["anna", "bert"]),
        ("$:shifts.value eq \"early\" and $:floor lt 10", &["anna"]),
        ("$:shifts[type eq \"day\" and value eq \"early\"]", &["anna"]),
        ("$:shifts[type eq \"day\" and value sw \"l\"]", &["bert"]),
        ("schemas eq \"$\"", &["anna", "bert"]),
        ("userName sw \"a\" and $:badgeNumber ne \"b70\"", &["anna"]),
    ] {
        assert_eq!(found(&org, filter).await, names, "{filter}");
    }
}

async fn an_unknown_attribute_or_operator_is_refused_by_name(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    for (filter, words) in [
        (format!("{CLINIC}:nurse eq \"x\""), "nurse"),
        (format!("{CLINIC}:onCall gt true"), "onCall"),
        (format!("{CLINIC}:floor co \"1\""), "floor"),
        (format!("{CLINIC}:pin eq \"1234\""), "pin"),
        (format!("{CLINIC}:shifts.nurse eq \"x\""), "nurse"),
    ] {
        let answer = org.find("/Users", &filter).await;
        refused(&answer, 400, Some("invalidFilter"), &[words]);
    }
}

async fn what_was_there_before_the_definition_is_found(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = employee("anna", json!({"badgeNumber": "B7", "floor": 3}));
    org.post("/Users", &user).await.expect(201);
    let filter = format!("{BADGE} eq \"b7\"");
    refused(
        &org.find("/Users", &filter).await,
        400,
        Some("invalidFilter"),
        &[],
    );
    org.define(Extended::User, false, clinic()).await;
    assert_eq!(found(&org, &filter).await, ["anna"]);
    assert_eq!(found(&org, "$:floor eq 3").await, ["anna"]);
    org.undefine(CLINIC).await;
    refused(
        &org.find("/Users", &filter).await,
        400,
        Some("invalidFilter"),
        &[],
    );
}

async fn a_short_name_is_not_enough(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    let answer = org.find("/Users", "badgeNumber eq \"B7\"").await;
    refused(&answer, 400, Some("invalidFilter"), &["badgeNumber"]);
}

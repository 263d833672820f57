//! POST, PUT, PATCH and the choice of attributes.

use serde_json::json;
use wicketgate_scim::{
    Mode,
    schema::{ENTERPRISE_USER, USER},
};
use wicketgate_testbed::both_engines;

use super::{BADGE, CLINIC, clinic_org, employee};
use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    what_is_sent_comes_back,
    a_value_of_another_type_is_refused_by_name,
    what_is_not_in_the_schema_is_dropped_or_refused,
    a_replacement_clears_what_it_leaves_out,
    an_immutable_value_stays,
    a_patch_reaches_every_attribute,
    a_patch_without_a_path_reaches_them_too,
    the_last_value_takes_the_urn_with_it,
    attributes_are_chosen_by_their_full_names,
    an_unchanged_replacement_keeps_the_version,
}

async fn what_is_sent_comes_back(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    let sent = employee(
        "anna",
        json!({
            "badgeNumber": "B7", "floor": 3, "hired": "2026-01-31T12:00:00Z", "onCall": false, "weight": 61.5,
            "keys": ["K1", "k1"], "license": "L9", "pin": "1234",
            "shifts": [{"value": "early", "type": "day", "primary": true}, {"value": "late", "type": "night"}],
        }),
    );
    let created = org.post("/Users", &sent).await.expect(201);
    let id = created.id();
    let read = org.get(&format!("/Users/{id}")).await.expect(200).json();
    assert_eq!(read["schemas"], json!([USER, CLINIC]));
    let mut shown = sent[CLINIC].clone();
    shown.as_object_mut().unwrap().remove("pin");
    shown.as_object_mut().unwrap().remove("license");
    assert_eq!(read[CLINIC], shown);
    let asked = org
        .get(&format!("/Users/{id}?attributes={CLINIC}:license"))
        .await
        .json();
    assert_eq!(asked[CLINIC], json!({"license": "L9"}));
    let asked = org
        .get(&format!("/Users/{id}?attributes={CLINIC}:pin"))
        .await
        .json();
    assert_eq!(asked.get(CLINIC), None);
}

async fn a_value_of_another_type_is_refused_by_name(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    for (name, value) in [
        ("floor", json!("third")),
        ("floor", json!(3.5)),
        ("hired", json!("yesterday")),
        ("onCall", json!("perhaps")),
        ("weight", json!([1, 2])),
        ("shifts", json!([[1]])),
    ] {
        let answer = org.post("/Users", &employee("anna", json!({name: value}))).await;
        refused(&answer, 400, Some("invalidValue"), &[CLINIC, name]);
    }
    assert_eq!(org.get("/Users").await.json()["totalResults"], 0);
}

async fn what_is_not_in_the_schema_is_dropped_or_refused(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    let sent = employee("anna", json!({"badgeNumber": "B7", "nurse": true}));
    let created = org.post("/Users", &sent).await.expect(201).json();
    assert_eq!(created[CLINIC], json!({"badgeNumber": "B7"}));
    org.set_mode(Mode::Interop).await;
    let sent = employee("bert", json!({"badgeNumber": "B7", "nurse": true}));
    refused(
        &org.post("/Users", &sent).await,
        400,
        Some("invalidSyntax"),
        &[CLINIC, "nurse"],
    );
}

async fn a_replacement_clears_what_it_leaves_out(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    let id = org
        .post(
            "/Users",
            &employee("anna", json!({"badgeNumber": "B7", "floor": 3})),
        )
        .await
        .id();
    let user = format!("/Users/{id}");
    let replaced = org
        .put(&user, &employee("anna", json!({"floor": 4})))
        .await
        .expect(200)
        .json();
    assert_eq!(replaced[CLINIC], json!({"floor": 4}));
    let plain = json!({"schemas": [USER], "userName": "anna"});
    let replaced = org.put(&user, &plain).await.expect(200).json();
    assert_eq!(
        (replaced.get(CLINIC), &replaced["schemas"]),
        (None, &json!([USER]))
    );
}

async fn an_immutable_value_stays(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    let id = org
        .post("/Users", &employee("anna", json!({"license": "L9"})))
        .await
        .id();
    let user = format!("/Users/{id}");
    let other = employee("anna", json!({"license": "L10"}));
    refused(
        &org.put(&user, &other).await,
        400,
        Some("mutability"),
        &["license", "immutable"],
    );
    let target = format!("{CLINIC}:license");
    let patch = json!([{"op": "replace", "path": target, "value": "L10"}]);
    refused(
        &org.patch(&user, &patch).await,
        400,
        Some("mutability"),
        &["license", "immutable"],
    );
    org.put(&user, &json!({"schemas": [USER], "userName": "anna"}))
        .await
        .expect(200);
    let asked = org
        .get(&format!("{user}?attributes={CLINIC}:license"))
        .await
        .json();
    assert_eq!(asked[CLINIC], json!({"license": "L9"}));
}

async fn a_patch_reaches_every_attribute(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    let user = format!("/Users/{}", org.user("anna").await);
    let path = |rest: &str| format!("{CLINIC}:{rest}");
    for (operation, expected) in [
        (
            json!({"op": "add", "path": BADGE, "value": "B7"}),
            json!({"badgeNumber": "B7"}),
        ),
        (
            json!({"op": "Replace", "path": BADGE.to_uppercase(), "value": "B8"}),
            json!({"badgeNumber": "B8"}),
        ),
        (
            json!({"op": "add", "path": path("shifts"), "value": [{"value": "early", "type": "day"}]}),
            json!({"badgeNumber": "B8", "shifts": [{"value": "early", "type": "day"}]}),
        ),
        (
            json!({"op": "replace", "path": path("shifts[type eq \"day\"].value"), "value": "late"}),
            json!({"badgeNumber": "B8", "shifts": [{"value": "late", "type": "day"}]}),
        ),
        (
            json!({"op": "remove", "path": path("shifts[value eq \"LATE\"]")}),
            json!({"badgeNumber": "B8"}),
        ),
        (
            json!({"op": "add", "path": path("keys"), "value": ["K1"]}),
            json!({"badgeNumber": "B8", "keys": ["K1"]}),
        ),
        (json!({"op": "remove", "path": BADGE}), json!({"keys": ["K1"]})),
    ] {
        let patched = org.patch(&user, &json!([operation])).await.expect(200).json();
        assert_eq!(patched[CLINIC], expected, "{operation}");
    }
}

async fn a_patch_without_a_path_reaches_them_too(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    let user = format!("/Users/{}", org.user("anna").await);
    for (value, expected) in [
        (
            json!({CLINIC: {"badgeNumber": "B7"}}),
            json!({"badgeNumber": "B7"}),
        ),
        (json!({BADGE: "B8"}), json!({"badgeNumber": "B8"})),
    ] {
        let patched = org
            .patch(&user, &json!([{"op": "replace", "value": value}]))
            .await;
        assert_eq!(patched.expect(200).json()[CLINIC], expected, "{value}");
    }
    let whole = json!([{"op": "add", "path": CLINIC, "value": {"floor": 3}}]);
    let patched = org.patch(&user, &whole).await.expect(200).json();
    assert_eq!(patched[CLINIC], json!({"badgeNumber": "B8", "floor": 3}));
}

async fn the_last_value_takes_the_urn_with_it(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    let id = org
        .post("/Users", &employee("anna", json!({"floor": 3})))
        .await
        .id();
    let remove = json!([{"op": "remove", "path": format!("{CLINIC}:floor")}]);
    let patched = org
        .patch(&format!("/Users/{id}"), &remove)
        .await
        .expect(200)
        .json();
    assert_eq!((patched.get(CLINIC), &patched["schemas"]), (None, &json!([USER])));
}

async fn attributes_are_chosen_by_their_full_names(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    let mut sent = employee("anna", json!({"badgeNumber": "B7", "floor": 3}));
    sent[ENTERPRISE_USER] = json!({"department": "Surgery"});
    let id = org.post("/Users", &sent).await.expect(201).id();
    let read = |query: String| {
        let path = format!("/Users/{id}?{query}");
        let org = &org;
        async move { org.get(&path).await.expect(200).json() }
    };
    let only = read(format!("attributes={BADGE}")).await;
    assert_eq!(
        (&only[CLINIC], only.get("userName")),
        (&json!({"badgeNumber": "B7"}), None)
    );
    assert_eq!(only.get(ENTERPRISE_USER), None);
    let whole = read(format!("attributes={}", CLINIC.to_lowercase())).await;
    assert_eq!(whole[CLINIC], sent[CLINIC]);
    let without = read(format!("excludedAttributes={BADGE}")).await;
    assert_eq!(
        (&without[CLINIC], &without["userName"]),
        (&json!({"floor": 3}), &json!("anna"))
    );
    let without = read(format!("excludedAttributes={CLINIC}")).await;
    assert_eq!(
        (without.get(CLINIC), &without[ENTERPRISE_USER]),
        (None, &sent[ENTERPRISE_USER])
    );
}

async fn an_unchanged_replacement_keeps_the_version(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    let sent = employee("anna", json!({"badgeNumber": "B7", "keys": ["K1"]}));
    let created = org.post("/Users", &sent).await.expect(201).json();
    let id = created["id"].as_str().unwrap();
    let replaced = org.put(&format!("/Users/{id}"), &sent).await.expect(200).json();
    assert_eq!(replaced["meta"], created["meta"]);
}

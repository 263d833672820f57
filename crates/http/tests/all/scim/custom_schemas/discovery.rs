//! `/Schemas` and `/ResourceTypes` of the organization that defined a schema, and of the others.

use serde_json::{Value, json};
use wicketgate_domain::Extended;
use wicketgate_scim::{
    discovery::SCHEMA,
    schema::{ENTERPRISE_USER, GROUP, USER},
};
use wicketgate_testbed::both_engines;

use super::{CLINIC, clinic, clinic_org};
use crate::harness::{PUBLIC_URL, TestGateway, percent_encoded, refused};

both_engines! {
    run with crate::harness::run:
    the_schema_is_listed_with_every_characteristic,
    the_schema_is_read_at_its_location_in_every_spelling,
    the_resource_type_names_the_schema_and_whether_it_is_required,
    a_schema_of_groups_extends_groups_alone,
    another_organization_sees_what_it_saw_before,
    a_removed_schema_is_gone,
}

async fn the_schema_is_listed_with_every_characteristic(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    let list = org.get("/Schemas").await.expect(200).json();
    assert_eq!(
        (&list["totalResults"], &list["itemsPerPage"]),
        (&json!(4), &json!(4))
    );
    let ids: Vec<&Value> = list["Resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(json!(ids), json!([USER, ENTERPRISE_USER, CLINIC, GROUP]));
    let shown = &list["Resources"][2];
    assert_eq!(shown["schemas"], json!([SCHEMA]));
    assert_eq!(shown["name"], "Clinic");
    assert_eq!(
        shown["attributes"][0],
        json!({
            "name": "badgeNumber", "type": "string", "multiValued": false, "description": "On the badge.",
            "required": false, "caseExact": false, "mutability": "readWrite", "returned": "default",
            "uniqueness": "none",
        })
    );
    let named = |name: &str| {
        let mut attributes = shown["attributes"].as_array().unwrap().iter();
        attributes
            .find(|attribute| attribute["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&named("license")["mutability"], &named("license")["returned"]),
        (&json!("immutable"), &json!("request"))
    );
    assert_eq!(
        named("shifts")["subAttributes"][1]["canonicalValues"],
        json!(["day", "night"])
    );
    assert_eq!(named("shifts").get("indexed"), None);
}

async fn the_schema_is_read_at_its_location_in_every_spelling(gateway: TestGateway) {
    let org = clinic_org(&gateway).await;
    let schema = org.get(&format!("/Schemas/{CLINIC}")).await.expect(200);
    let path = org.path(&format!("/Schemas/{CLINIC}"));
    assert_eq!(
        schema.json()["meta"],
        json!({"resourceType": "Schema", "location": format!("{PUBLIC_URL}{path}")})
    );
    for spelling in [percent_encoded(CLINIC), CLINIC.to_uppercase()] {
        assert_eq!(
            org.get(&format!("/Schemas/{spelling}")).await,
            schema,
            "{spelling}"
        );
    }
}

async fn the_resource_type_names_the_schema_and_whether_it_is_required(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let mut other = clinic();
    other["id"] = json!("urn:example:required");
    org.define(Extended::User, false, clinic()).await;
    org.define(Extended::User, true, other).await;
    let list = org.get("/ResourceTypes").await.expect(200).json();
    assert_eq!(
        list["Resources"][0]["schemaExtensions"],
        json!([
            {"schema": ENTERPRISE_USER, "required": false},
            {"schema": CLINIC, "required": false},
            {"schema": "urn:example:required", "required": true},
        ])
    );
    assert_eq!(org.get("/ResourceTypes/User").await.json(), list["Resources"][0]);
    // What it says of a required extension is so.
    let plain = json!({"schemas": [USER], "userName": "anna"});
    refused(
        &org.post("/Users", &plain).await,
        400,
        Some("invalidValue"),
        &["urn:example:required", "required"],
    );
}

async fn a_schema_of_groups_extends_groups_alone(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let before = org.get("/ResourceTypes/User").await.expect(200);
    let mut definition = clinic();
    for attribute in definition["attributes"].as_array_mut().unwrap() {
        attribute.as_object_mut().unwrap().remove("indexed");
    }
    org.define(Extended::Group, false, definition).await;
    assert_eq!(org.get("/ResourceTypes/User").await, before);
    let group = org.get("/ResourceTypes/Group").await.expect(200).json();
    assert_eq!(
        group["schemaExtensions"],
        json!([{"schema": CLINIC, "required": false}])
    );
    let body = json!({"schemas": [GROUP, CLINIC], "displayName": "Pilots", CLINIC: {"badgeNumber": "P1"}});
    let created = org.post("/Groups", &body).await.expect(201).json();
    assert_eq!(
        (&created[CLINIC], &created["schemas"]),
        (&body[CLINIC], &body["schemas"])
    );
}

async fn another_organization_sees_what_it_saw_before(gateway: TestGateway) {
    let (ours, theirs) = (gateway.with_org().await, gateway.with_org().await);
    let path = |endpoint: &str| endpoint.replace('$', CLINIC);
    let reads = [
        "/Schemas",
        "/Schemas/$",
        "/Schemas/urn:example:nothing",
        "/ResourceTypes",
        "/ResourceTypes/User",
        "/Users?filter=$:badgeNumber%20eq%20%221%22",
        "/Users?attributes=$:badgeNumber",
    ];
    let mut before = Vec::new();
    for read in reads {
        before.push(theirs.get(&path(read)).await);
    }
    ours.define(Extended::User, true, clinic()).await;
    for (read, before) in reads.iter().zip(before) {
        assert_eq!(theirs.get(&path(read)).await, before, "{read}");
    }
    // A schema of another organization and one of nobody are refused in the same words.
    let text = |answer: &crate::harness::Answer| answer.json().to_string();
    let foreign = text(&theirs.get(&path("/Schemas/$")).await);
    let unknown = text(&theirs.get("/Schemas/urn:example:nothing").await);
    assert_eq!(foreign, unknown);
    let filter = |urn: &str| format!("{urn}:badgeNumber eq \"1\"");
    let foreign = theirs.find("/Users", &filter(CLINIC)).await;
    let unknown = theirs.find("/Users", &filter("urn:example:nothing")).await;
    assert_eq!(
        text(&foreign).replace(CLINIC, "X"),
        text(&unknown).replace("urn:example:nothing", "X")
    );
    // It is not required there, and it holds values to no type there.
    theirs.user("anna").await;
    let odd = super::employee("bert", json!({"badgeNumber": {"odd": true}}));
    let stored = theirs.post("/Users", &odd).await.expect(201).json();
    assert_eq!(stored[CLINIC], odd[CLINIC]);
}

async fn a_removed_schema_is_gone(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let before = org.get("/Schemas").await;
    org.define(Extended::User, false, clinic()).await;
    org.undefine(CLINIC).await;
    assert_eq!(org.get("/Schemas").await, before);
    refused(&org.get(&format!("/Schemas/{CLINIC}")).await, 404, None, &[]);
}

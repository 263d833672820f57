//! The published schemas, resource types and configuration, held against what RFC 7643 demands of all of them.

use serde_json::{Value, json};
use wicketgate_scim::schema::ENTERPRISE_USER;
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, TestOrg};

both_engines! {
    run with crate::harness::run:
    published_names_are_well_formed,
    every_published_attribute_states_all_its_characteristics,
    attributes_with_several_values_have_the_usual_parts,
    the_enterprise_extension_has_the_attributes_of_the_rfc,
    a_type_names_schemas_that_can_be_read,
    the_configuration_has_every_required_member,
}

/// Every published attribute with the path to it, the parts of complex ones behind their wholes.
async fn attributes(org: &TestOrg) -> Vec<(String, Value)> {
    let schemas = org.get("/Schemas").await.expect(200).json();
    let mut all = Vec::new();
    for schema in schemas["Resources"].as_array().unwrap() {
        for attribute in schema["attributes"].as_array().unwrap() {
            let path = format!("{}:{}", text(&schema["id"]), text(&attribute["name"]));
            for part in attribute["subAttributes"].as_array().into_iter().flatten() {
                all.push((format!("{path}.{}", text(&part["name"])), part.clone()));
            }
            all.push((path, attribute.clone()));
        }
    }
    assert!(all.len() > 60, "only {} attributes are published", all.len());
    all
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

async fn published_names_are_well_formed(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (path, attribute) in attributes(&org).await {
        let name = text(&attribute["name"]);
        let begins_well = name.starts_with(|first: char| first.is_ascii_alphabetic());
        let goes_on_well = name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        assert!((begins_well && goes_on_well) || name == "$ref", "{path}");
    }
}

async fn every_published_attribute_states_all_its_characteristics(gateway: TestGateway) {
    const TYPES: [&str; 8] = [
        "string",
        "boolean",
        "decimal",
        "integer",
        "dateTime",
        "binary",
        "reference",
        "complex",
    ];
    let org = gateway.with_org().await;
    for (path, attribute) in attributes(&org).await {
        for name in ["multiValued", "required", "caseExact"] {
            assert!(attribute[name].is_boolean(), "{path} {name}");
        }
        for (name, words) in [
            ("type", &TYPES[..]),
            ("mutability", &["readOnly", "readWrite", "immutable", "writeOnly"]),
            ("returned", &["always", "never", "default", "request"]),
            ("uniqueness", &["none", "server", "global"]),
        ] {
            assert!(words.contains(&text(&attribute[name])), "{path} {name}");
        }
        assert!(!text(&attribute["description"]).is_empty(), "{path}");
        let is_complex = attribute["type"] == "complex";
        assert_eq!(attribute.get("subAttributes").is_some(), is_complex, "{path}");
        let is_reference = attribute["type"] == "reference";
        assert_eq!(attribute.get("referenceTypes").is_some(), is_reference, "{path}");
        if ["binary", "reference"].contains(&text(&attribute["type"])) {
            assert_eq!(attribute["caseExact"], true, "{path}");
        }
    }
}

async fn attributes_with_several_values_have_the_usual_parts(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let attributes = attributes(&org).await;
    for (path, attribute) in attributes
        .iter()
        .filter(|(_, attribute)| attribute["multiValued"] == true)
    {
        assert_eq!(attribute["type"], "complex", "{path}");
        for part in attribute["subAttributes"].as_array().unwrap() {
            let expected = match text(&part["name"]) {
                "primary" => "boolean",
                "$ref" => "reference",
                "type" | "display" => "string",
                _ => continue,
            };
            assert_eq!(part["type"], expected, "{path}.{}", part["name"]);
            assert_eq!(part["multiValued"], false, "{path}.{}", part["name"]);
        }
    }
}

async fn the_enterprise_extension_has_the_attributes_of_the_rfc(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let schema = org
        .get(&format!("/Schemas/{ENTERPRISE_USER}"))
        .await
        .expect(200)
        .json();
    let names = |attributes: &Value| -> Vec<String> {
        let attributes = attributes.as_array().unwrap().iter();
        attributes
            .map(|attribute| text(&attribute["name"]).to_owned())
            .collect()
    };
    assert_eq!(
        names(&schema["attributes"]),
        [
            "employeeNumber",
            "costCenter",
            "organization",
            "division",
            "department",
            "manager"
        ]
    );
    assert_eq!(
        names(&schema["attributes"][5]["subAttributes"]),
        ["value", "$ref", "displayName"]
    );
    assert_eq!(
        schema["attributes"][5]["subAttributes"][2]["mutability"],
        "readOnly"
    );
    let user = org.get("/ResourceTypes/User").await.expect(200).json();
    assert_eq!(
        user["schemaExtensions"],
        json!([{"schema": ENTERPRISE_USER, "required": false}])
    );
}

async fn a_type_names_schemas_that_can_be_read(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    org.group("Pilots", &[&anna]).await;
    let types = org.get("/ResourceTypes").await.expect(200).json();
    for resource_type in types["Resources"].as_array().unwrap() {
        assert_eq!(resource_type["id"], resource_type["name"]);
        let mut urns = vec![text(&resource_type["schema"])];
        for extension in resource_type["schemaExtensions"].as_array().unwrap() {
            assert!(extension["required"].is_boolean(), "{resource_type}");
            urns.push(text(&extension["schema"]));
        }
        for urn in urns {
            let schema = org.get(&format!("/Schemas/{urn}")).await.expect(200).json();
            assert_eq!(schema["id"], urn);
        }
        let endpoint = text(&resource_type["endpoint"]);
        assert!(
            endpoint.starts_with('/'),
            "{endpoint} is not relative to the base URL"
        );
        let listed = org.get(endpoint).await.expect(200).json();
        assert_eq!(listed["totalResults"], 1, "{endpoint}");
        let resource = &listed["Resources"][0];
        assert_eq!(resource["meta"]["resourceType"], resource_type["name"]);
        assert_eq!(resource["schemas"][0], resource_type["schema"]);
    }
}

async fn the_configuration_has_every_required_member(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let config = org.get("/ServiceProviderConfig").await.expect(200).json();
    for feature in ["patch", "bulk", "filter", "changePassword", "sort", "etag"] {
        assert!(config[feature]["supported"].is_boolean(), "{feature}");
    }
    for (feature, number) in [
        ("bulk", "maxOperations"),
        ("bulk", "maxPayloadSize"),
        ("filter", "maxResults"),
    ] {
        assert!(config[feature][number].is_u64(), "{feature}.{number}");
    }
    for way in ["cursor", "index"] {
        assert!(config["pagination"][way].is_boolean(), "{way}");
    }
    let schemes = config["authenticationSchemes"].as_array().unwrap();
    assert!(!schemes.is_empty());
    for scheme in schemes {
        for name in ["type", "name", "description"] {
            assert!(!text(&scheme[name]).is_empty(), "{scheme} {name}");
        }
    }
}
